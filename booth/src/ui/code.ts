/** Typing the code, and what can be wrong with it. */
import { type CodeProblem, groups_of, spaced } from "../code_entry.js";
import type { LookupProblem, Screen } from "../session.js";
import { actions, button, error_summary, h, heading, notice, paragraph } from "./dom.js";
import { moment_in } from "./format.js";
import { _ } from "./text.js";
import type { Context, View } from "./view.js";

type CodeScreen = Extract<Screen, { at: "code" }>;

export function code(context: Context, screen: CodeScreen): View {
  const { session, send } = context;
  const { manifest } = session;
  const submit = (): void => send({ type: "code", typed: field.value });
  const field: HTMLTextAreaElement = h("textarea", {
    id: "code",
    class: "code-field",
    rows: 2,
    maxlength: 80,
    autocomplete: "off",
    autocapitalize: "characters",
    autocorrect: "off",
    spellcheck: "false",
    "aria-describedby": "code-hint code-error",
    input: () => regroup(field),
    blur: () => (field.value = spaced(field.value)),
    keydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      submit();
    },
  });
  field.value = spaced(context.code ?? "");
  const problem_place = h("div", {});
  const error = h("p", { id: "code-error", class: "field-error" });
  const own = screen.purpose === "own";
  const idle = own ? _("Show the ballots of my code") : _("Continue");
  const main = button({ label: idle, id: "continue", run: submit });
  const element = h(
    "section",
    {},
    problem_place,
    heading(_("Type your voting code")),
    h("label", { for: "code" }, _("Voting code")),
    h("p", { id: "code-hint", class: "hint" }, _("Six groups of four letters and digits. Small letters and spaces do not matter.")),
    error,
    field,
    h("div", { class: "actions" }, main),
    back(context),
    paragraph(_("On a shared device, type the code instead of opening the link you were sent: a browser can keep links in its history. This page keeps no code."), "quiet"),
    paragraph(_("No code? {contact}", { contact: manifest.contact }), "quiet"),
  );
  let shown: LookupProblem | null = null;
  const update = ({ session }: Context): void => {
    if (session.screen.at !== "code") return;
    const { problem, busy } = session.screen;
    main.textContent = busy ? _("Looking up your code…") : idle;
    main.setAttribute("aria-busy", String(busy));
    field.readOnly = busy;
    if (problem === shown) return;
    shown = problem;
    field.toggleAttribute("aria-invalid", problem !== null);
    error.textContent = problem === null ? "" : problem_words(problem, manifest.title);
    problem_place.replaceChildren(...(problem === null ? [] : [error_summary(error.textContent, "code")]));
    document.getElementById("problem")?.focus();
    if (problem !== null) select_group(field, problem);
  };
  update(context);
  return { element, update };
}

/** Regroups while the caret is at the end; elsewhere it would jump, so that waits until the field is left. */
function regroup(field: HTMLTextAreaElement): void {
  if (field.selectionStart !== field.value.length) return;
  const grouped = spaced(field.value);
  if (grouped !== field.value) field.value = grouped;
}

/** Marks the group that is wrong, so that it is found when the field has the focus. */
function select_group(field: HTMLTextAreaElement, problem: LookupProblem): void {
  if (!("group" in problem)) return;
  const groups = groups_of(field.value);
  field.value = groups.join("-");
  const start = groups.slice(0, problem.group - 1).reduce((length, group) => length + group.length + 1, 0);
  field.setSelectionRange(start, start + (groups[problem.group - 1]?.length ?? 0));
}

function problem_words(problem: LookupProblem, title: string): string {
  switch (problem.kind) {
    case "unknown":
      return _("This code is not for the ballot “{title}”. Nothing was cast. Look whether your letter names another ballot.", { title });
    case "offline":
      return _("We could not reach the public board. Nothing was cast. Look at your connection, then press the button again.");
    default:
      return code_words(problem);
  }
}

function code_words(problem: CodeProblem): string {
  switch (problem.kind) {
    case "empty":
      return _("Type the voting code: six groups of four letters and digits.");
    case "sign":
      return problem.sign === "U"
        ? _("Group {group} of the code has a U, which codes never use. It may be a V.", { group: problem.group })
        : _("Group {group} of the code has the sign {sign}, which codes never use.", { group: problem.group, sign: problem.sign });
    case "group-length":
      return _("Group {group} of the code has {count} signs instead of 4.", { group: problem.group, count: problem.count });
    case "length":
      return _("The code has {count} signs instead of 24: six groups of four.", { count: problem.count });
    case "check":
      return _("A sign of the code is wrong, or two are swapped. Compare each group of four with your letter.");
  }
}

export function replaced_code(context: Context, since: string | null): View {
  const { manifest } = context.session;
  const when = since === null ? null : moment_in(manifest.zone, since, context.now());
  const element = h(
    "section",
    {},
    heading(when === null ? _("This code was replaced") : _("This code was replaced on {time}", { time: when })),
    notice("warn", null, _("Use the newer code sent to you. Did not ask for one? Tell the help line now: {contact}.", { contact: manifest.contact })),
    paragraph(_("Nothing was cast with the old code just now. Ballots that it cast before do not count any more.")),
    actions({ label: _("Back to the start"), run: () => context.send({ type: "back" }) }),
  );
  return { element };
}

/** The way back inside the booth, the same as the browser's. */
export function back({ send }: Context): HTMLElement {
  return h("div", { class: "links" }, button({ label: _("Back"), kind: "link", run: () => send({ type: "back" }) }));
}
