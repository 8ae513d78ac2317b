/** What stands around every screen: the union, its help line, our mark below. */
import type { Manifest } from "../manifest.js";
import { h, paragraph } from "./dom.js";
import { CATALOGUES, _, catalogue_for, language, use } from "./text.js";

/** The name leads the page; help is on every screen. */
export function header({ organisation, body, contact }: Manifest, redraw: () => void): HTMLElement {
  return h(
    "header",
    { class: "frame" },
    h("div", {}, h("p", { class: "union" }, organisation), paragraph(body, "quiet")),
    h("div", { class: "tools" }, languages(redraw), h("p", { class: "help" }, _("Help: {contact}", { contact }))),
  );
}

/** A choice of languages, where there is a choice. */
function languages(redraw: () => void): HTMLElement | null {
  if (CATALOGUES.length < 2) return null;
  const select = h("select", {
    "aria-label": _("Language"),
    change: () => {
      use(catalogue_for([select.value]));
      document.documentElement.lang = language();
      redraw();
    },
  });
  for (const { language: tag, name } of CATALOGUES) {
    select.append(h("option", { value: tag, lang: tag, selected: tag === language() }, name));
  }
  return select;
}

const SVG = "http://www.w3.org/2000/svg";

/** Our mark: a ring, three quarters of it full, whose tail is the threshold. */
export function footer(): HTMLElement {
  const shape = (name: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const mark = shape("svg", { viewBox: "0 0 48 48", width: "24", height: "24", "aria-hidden": "true" });
  const ring = { cx: "24", cy: "24", r: "17", fill: "none", "stroke-width": "7" };
  mark.append(
    shape("circle", { ...ring, class: "mark-rest" }),
    shape("circle", { ...ring, class: "mark-ring", pathLength: "4", "stroke-dasharray": "3 1", transform: "rotate(45 24 24)" }),
    shape("path", { d: "M31 31 44 44", class: "mark-ring", fill: "none", "stroke-width": "7" }),
  );
  return h("footer", { class: "frame" }, mark as unknown as HTMLElement, paragraph(_("Made with Quorate"), "quiet"));
}
