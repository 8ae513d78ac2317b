/** Elements from data. Text is only ever text: nothing in the booth is parsed as markup. */

export type Child = Node | string | null;
type Handler = (event: never) => void;
export type Attributes = Readonly<Record<string, string | number | boolean | Handler | null>>;

/** An element. Functions are listeners, `true` an attribute without a value, `null` and `false` none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function paragraph(text: string, kind: string | null = null): HTMLParagraphElement {
  return h("p", { class: kind }, text);
}

/** The heading that takes the focus when its screen appears. */
export function heading(text: string): HTMLHeadingElement {
  return h("h1", { tabindex: -1 }, text);
}

export interface Action {
  readonly label: string;
  readonly run: () => void;
  readonly kind?: "primary" | "secondary" | "link";
  readonly id?: string;
}

/** A button; never disabled: pressing it explains what is missing. */
export function button({ label, run, kind = "primary", id }: Action): HTMLButtonElement {
  return h("button", { type: "button", class: `button ${kind}`, id: id ?? null, click: run }, label);
}

/** The main action, large and at hand; others below it. */
export function actions(...entries: readonly Action[]): HTMLDivElement {
  return h("div", { class: "actions" }, ...entries.map(button));
}

/** A bordered notice. The bold words come first: what happened. */
export function notice(kind: "plain" | "ok" | "warn" | "error", strong: string | null, ...rest: readonly Child[]): HTMLDivElement {
  const lead = strong === null ? null : h("strong", {}, strong);
  const body = rest.map((child) => (typeof child === "string" ? h("p", {}, child) : child));
  return h("div", { class: `notice ${kind}` }, lead === null ? null : h("p", {}, lead), ...body);
}

/** What is wrong, focused when it appears and linked to the field. */
export function error_summary(text: string, field: string): HTMLDivElement {
  const focus = (event: Event): void => {
    event.preventDefault();
    document.getElementById(field)?.focus();
  };
  return h(
    "div",
    { class: "notice error", role: "alert", tabindex: -1, id: "problem" },
    h("p", {}, h("a", { href: `#${field}`, click: focus }, text)),
  );
}

/** Name and value pairs. */
export function summary(rows: readonly (readonly [string, Child])[]): HTMLDListElement {
  return h("dl", { class: "summary" }, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** A tracker in groups of four that wrap between groups, and are read out group by group. */
export function code_groups(shown: string): HTMLElement {
  const groups = shown.split("-");
  const parts = groups.flatMap((group, index): Child[] => [
    h("span", {}, index < groups.length - 1 ? `${group}-` : group),
    h("wbr"),
  ]);
  return h("span", { class: "groups" }, ...parts);
}
