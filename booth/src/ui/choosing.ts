/** Documents, the question, the blank answer, the review, and the check of a sealed ballot. */
import { shown_tracker } from "../ballot.js";
import { type AskedQuestion, type ChoiceProblem, type Document, rows_of } from "../manifest.js";
import { item } from "../refusal.js";
import { type Screen, counting, questions_for } from "../session.js";
import { replaces_words } from "./ballots.js";
import { back } from "./code.js";
import { actions, button, code_groups, error_summary, h, heading, notice, paragraph, summary } from "./dom.js";
import { size_of } from "./format.js";
import { _, ngettext, number } from "./text.js";
import type { Context, View } from "./view.js";

export function documents(context: Context, { voter }: Extract<Screen, { at: "documents" }>): View {
  const all = questions_for(context.session, voter).flatMap((question) => question.documents);
  const element = h(
    "section",
    {},
    heading(_("Before you choose")),
    paragraph(_("These are the texts that are decided on. You can leave and come back: your code works until voting closes.")),
    h("ul", { class: "plain" }, ...all.map((document) => document_row(context, document))),
    actions({ label: _("Continue"), id: "continue", run: () => context.send({ type: "continue" }) }),
    back(context),
  );
  return { element };
}

function document_row(context: Context, document: Document): HTMLElement {
  const said = h("p", { "aria-live": "polite", class: "field-error" });
  const label = _("Open {name}", { name: document.name });
  const open = button({
    label,
    kind: "secondary",
    run: () => {
      open.setAttribute("aria-busy", "true");
      void context.open_document(document).then((problem) => {
        open.setAttribute("aria-busy", "false");
        said.textContent = problem ?? "";
      });
    },
  });
  return h("li", { class: "card" }, h("p", {}, h("strong", {}, document.name)), paragraph(size_of(document.size), "quiet"), open, said);
}

/** A short first paragraph is the heading; a long text stands below the ballot's title. */
function headline(context: Context, question: AskedQuestion): { head: string; rest: string[] } {
  const [first = "", ...rest] = question.text.split(/\n\s*\n/);
  if (first.length > 0 && first.length <= 160) return { head: first, rest };
  return { head: context.session.manifest.title, rest: [first, ...rest] };
}

export function choose(context: Context, screen: Extract<Screen, { at: "choose" }>): View {
  const { send, session } = context;
  const questions = questions_for(session, screen.voter);
  const question = item(questions, screen.place);
  const { head, rest } = headline(context, question);
  const kind = question.encoding.type === "single" ? "radio" : "checkbox";
  const marked = screen.answers[screen.place] ?? [];
  const inputs = rows_of(question).map((label, row) => {
    const input = h("input", { type: kind, name: "answer", value: row, id: `answer-${row}`, autocomplete: "off" });
    input.checked = marked.includes(row);
    return { input, label };
  });
  const rows = inputs.map(({ input, label }) => h("label", { class: "option" }, input, h("span", {}, label)));
  const chosen = (): number[] => inputs.flatMap(({ input }, row) => (input.checked ? [row] : []));
  const last = screen.answers.every((answer, place) => answer !== null || place === screen.place);
  const problem_place = h("div", {});
  const element = h(
    "section",
    {},
    problem_place,
    questions.length > 1
      ? paragraph(_("Question {n} of {all}", { n: screen.place + 1, all: questions.length }), "step")
      : null,
    h(
      "fieldset",
      {},
      h("legend", {}, heading(head)),
      ...rest.map((text) => paragraph(text)),
      h("p", { class: "hint", id: "hint" }, how_many(question)),
      h("div", { class: "options" }, ...rows),
    ),
    h(
      "div",
      { class: "actions bar" },
      button({ label: last ? _("Review") : _("Next question"), id: "review", run: () => send({ type: "choose", rows: chosen() }) }),
    ),
    back(context),
  );
  const update = ({ session }: Context): void => {
    if (session.screen.at !== "choose") return;
    const { problem } = session.screen;
    problem_place.replaceChildren(...(problem === null ? [] : [error_summary(problem_words(question, problem), "answer-0")]));
    document.getElementById("problem")?.focus();
  };
  update(context);
  return { element, update };
}

function how_many({ encoding, blank }: AskedQuestion): string {
  if (encoding.type === "single") return _("Choose one.");
  const { min, max } = encoding;
  const words =
    min === max
      ? ngettext("Choose {n}.", "Choose {n}.", max)
      : min === 0
        ? ngettext("Choose up to {n}.", "Choose up to {n}.", max)
        : _("Choose from {min} to {max}.", { min: number(min), max: number(max) });
  return blank === null ? words : `${words} ${_("Or leave it blank.")}`;
}

function problem_words({ encoding }: AskedQuestion, problem: ChoiceProblem): string {
  const limits = encoding.type === "multiple" ? encoding : { min: 1, max: 1 };
  switch (problem) {
    case "none":
      return _("You have not chosen an answer. Choose, then go on.");
    case "too-few":
      return ngettext("Choose at least {n} answer.", "Choose at least {n} answers.", limits.min);
    case "too-many":
      return ngettext("Choose at most {n} answer. Take the mark off another.", "Choose at most {n} answers. Take the mark off another.", limits.max);
    case "blank-and-more":
      return _("You marked both answers and the blank one. Keep one or the other.");
  }
}

export function blank(context: Context, screen: Extract<Screen, { at: "blank" }>): View {
  const { session, send } = context;
  const questions = questions_for(session, screen.voter);
  const question = item(questions, screen.place);
  const said = session.status.rules[question.question]?.blank ?? [];
  const words = said.length > 0 && question.yes_no ? said : [
    question.yes_no
      ? _("A blank ballot counts as voting, but not as yes or no.")
      : _("A blank ballot counts as voting, but for none of the answers."),
  ];
  const element = h(
    "section",
    {},
    heading(_("You have not chosen an answer.")),
    ...words.map((text) => paragraph(text)),
    actions(
      { label: _("Go back and choose"), run: () => send({ type: "back" }) },
      {
        label: questions.length === 1 ? _("Cast a blank ballot") : _("Leave it blank"),
        kind: "secondary",
        run: () => send({ type: "cast-blank" }),
      },
    ),
  );
  return { element };
}

export function review(context: Context, screen: Extract<Screen, { at: "review" }>): View {
  const { session, send } = context;
  const { voter, answers } = screen;
  const earlier = counting(voter);
  const questions = questions_for(session, voter);
  const rows = questions.map((question, place) => {
    const labels = rows_of(question);
    const chosen = (answers[place] ?? []).map((row) => item(labels, row));
    const list = chosen.length === 0 ? [_("None")] : chosen;
    const { head } = headline(context, question);
    return h(
      "div",
      { class: "card answer" },
      paragraph(head, "quiet"),
      ...list.map((label) => h("p", { class: "choice" }, label)),
      button({ label: questions.length === 1 ? _("Change") : _("Change answer {n}", { n: place + 1 }), kind: "link", run: () => send({ type: "change-answer", place }) }),
    );
  });
  const element = h(
    "section",
    {},
    h("p", { class: "chip before" }, h("span", { class: "dot", "aria-hidden": "true" }), _("Not cast yet")),
    heading(_("Review your vote")),
    ...rows,
    earlier === null ? null : notice("plain", replaces_words(context, earlier), _("Only your last ballot counts.")),
    h(
      "div",
      { class: "actions bar" },
      button({ label: earlier === null ? _("Cast my vote") : _("Cast my new vote"), id: "cast", run: () => send({ type: "cast" }) }),
    ),
    h(
      "div",
      { class: "links" },
      earlier === null ? null : button({ label: _("Keep my earlier ballot"), kind: "link", run: () => send({ type: "keep" }) }),
      button({ label: _("Check this ballot first (optional)"), kind: "link", run: () => send({ type: "check" }) }),
    ),
  );
  return { element, update: () => undefined };
}

export function check(context: Context, screen: Extract<Screen, { at: "check" }>): View {
  const { session, send } = context;
  const tracker = summary([[_("Tracker"), h("span", { class: "code" }, code_groups(shown_tracker(screen.tracker)))]]);
  const help = _("If it does not: do not vote on this device. Tell the help line: {contact}.", { contact: session.manifest.contact });
  const afresh = { label: _("Vote afresh"), run: () => send({ type: "vote-afresh" }) } as const;
  if (screen.step === "open") {
    const text = h("textarea", { class: "opening", rows: 8, readonly: true, "aria-label": _("Opening of the ballot") });
    text.value = screen.opening ?? "";
    const element = h(
      "section",
      {},
      heading(_("This ballot is open, and is never counted")),
      tracker,
      paragraph(_("A program on a second device makes the ballot again from this text. It must show what you chose, and the tracker that you noted.")),
      text,
      notice("warn", null, help),
      actions(afresh),
    );
    return { element };
  }
  const busy = screen.step === "recording";
  const element = h(
    "section",
    {},
    heading(_("Check this ballot")),
    screen.step === "failed" ? notice("error", _("The check could not be recorded."), _("Nothing was cast. Look at your connection and try again, or vote afresh.")) : null,
    paragraph(_("A second device will show what was sealed. A checked ballot is never counted; you then vote afresh.")),
    paragraph(_("First note this tracker, on the second device or on paper. Then have the ballot opened.")),
    tracker,
    actions(
      { label: busy ? _("Recording the check…") : _("I have noted it: open the ballot"), run: () => send({ type: "show-opening" }) },
      { ...afresh, kind: "secondary" },
    ),
  );
  return { element };
}
