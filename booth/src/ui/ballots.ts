/** What the board has: a code's own ballots, the ballot that will be replaced, a tracker's fate. */
import { shown_tracker } from "../ballot.js";
import { type Fate, type Found, type OwnBallot, type Screen, counting, window_of } from "../session.js";
import { back } from "./code.js";
import { actions, button, code_groups, error_summary, h, heading, notice, paragraph, summary } from "./dom.js";
import { clock_in, grouped, instant_in, moment_in } from "./format.js";
import { _, number } from "./text.js";
import type { Context, View } from "./view.js";

export function own(context: Context, { voter }: Extract<Screen, { at: "own" }>): View {
  const { session, send } = context;
  const { manifest, status } = session;
  const open = window_of(status) === "open";
  const time = clock_in(manifest.zone, voter.read_at);
  const closes = instant_in(manifest.zone, status.closes, context.now());
  const again = counting(voter) === null ? _("Vote now") : _("Change my vote");
  const element = h(
    "section",
    {},
    heading(_("Ballots of this code")),
    ...(voter.ballots.length === 0
      ? [
          notice(
            "plain",
            _("No ballot is registered for this code on the public board at {time}.", { time }),
            open
              ? _("If you voted, tell the help line before {closes}: {contact}.", { contact: manifest.contact, closes })
              : _("If you voted, tell the help line: {contact}.", { contact: manifest.contact }),
          ),
        ]
      : [
          paragraph(_("The public board had {entries} entries at {time}.", { entries: number(voter.entries), time }), "quiet"),
          own_list(context, voter.ballots),
          paragraph(_("Did you not cast one of these? Change your vote, and tell the help line now: {contact}.", { contact: manifest.contact }), "quiet"),
        ]),
    open
      ? actions({ label: again, run: () => send({ type: "continue" }) }, { label: _("Done"), kind: "secondary", run: () => send({ type: "back" }) })
      : actions({ label: _("Done"), run: () => send({ type: "back" }) }),
  );
  return { element };
}

export function own_list(context: Context, ballots: readonly OwnBallot[]): HTMLElement {
  const rows = ballots.map((ballot) =>
    h(
      "li",
      { class: "card" },
      h("p", {}, h("strong", {}, fate_words(ballot.fate, window_of(context.session.status) === "over"))),
      summary([
        ...when(context, ballot),
        [_("Tracker"), h("span", { class: "code" }, code_groups(shown_tracker(ballot.tracker)))],
        [_("Entry"), number(ballot.entry)],
      ]),
    ),
  );
  return h("ol", { class: "plain" }, ...rows);
}

function when({ session, now }: Context, { time }: OwnBallot): [string, string][] {
  return time === null ? [] : [[_("On the board"), moment_in(session.manifest.zone, time, now())]];
}

export function fate_words(fate: Fate, over: boolean): string {
  switch (fate) {
    case "counts":
      return over ? _("Counts") : _("Counts unless it is replaced");
    case "replaced":
      return _("Replaced by a later ballot: does not count");
    case "withdrawn":
      return _("Does not count: its code was replaced");
    case "spoiled":
      return _("Checked, never counted");
  }
}

/** `your ballot from Thu 10 Dec, 18:02 Chicago`, as far as the time is known. */
export function replaces_words(context: Context, ballot: OwnBallot): string {
  const time = ballot.time === null ? null : moment_in(context.session.manifest.zone, ballot.time, context.now());
  return time === null ? _("This replaces your earlier ballot.") : _("This replaces your ballot from {time}.", { time });
}

export function change(context: Context, { voter, meanwhile }: Extract<Screen, { at: "change" }>): View {
  const { session, send } = context;
  const earlier = counting(voter);
  const time = earlier?.time == null ? null : moment_in(session.manifest.zone, earlier.time, context.now());
  const element = h(
    "section",
    {},
    heading(_("Change your vote")),
    meanwhile
      ? notice(
          "warn",
          _("Another ballot was cast with this code while you were choosing."),
          _("Your new choice was not cast. Was that not you, in another window or on another device? Tell the help line now: {contact}.", { contact: session.manifest.contact }),
        )
      : null,
    paragraph(_("A ballot of this code is on the public board. If you vote again, only your last ballot counts.")),
    summary([
      [_("Earlier ballot"), time ?? _("Entry {n} of the board", { n: number(earlier?.entry ?? 0) })],
      [_("Tracker"), earlier === null ? null : h("span", { class: "code" }, code_groups(shown_tracker(earlier.tracker)))],
    ]),
    actions(
      { label: _("Choose again"), run: () => send({ type: "continue" }) },
      { label: _("Keep my earlier ballot"), kind: "secondary", run: () => send({ type: "keep" }) },
    ),
  );
  return { element };
}

export function find(context: Context): View {
  const { send } = context;
  const submit = (): void => send({ type: "tracker", typed: field.value });
  const field: HTMLTextAreaElement = h("textarea", {
    id: "tracker",
    class: "code-field",
    rows: 3,
    maxlength: 80,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    "aria-describedby": "tracker-hint",
    keydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      submit();
    },
  });
  const problem_place = h("div", {});
  const answer = h("div", { "aria-live": "polite" });
  const main = button({ label: _("Find"), run: submit });
  const element = h(
    "section",
    {},
    problem_place,
    heading(_("Find a ballot by its tracker")),
    h("label", { for: "tracker" }, _("Tracker")),
    h("p", { id: "tracker-hint", class: "hint" }, _("Eight groups of four, as your confirmation shows them.")),
    field,
    h("div", { class: "actions" }, main),
    answer,
    back(context),
  );
  const update = ({ session }: Context): void => {
    if (session.screen.at !== "find") return;
    const { problem, busy, found } = session.screen;
    main.textContent = busy ? _("Looking at the board…") : _("Find");
    main.setAttribute("aria-busy", String(busy));
    const words = {
      form: _("A tracker has eight groups of four letters and digits, and no U."),
      offline: _("We could not read the public board. Look at your connection, then press Find again."),
    };
    problem_place.replaceChildren(...(problem === null ? [] : [error_summary(words[problem], "tracker")]));
    document.getElementById("problem")?.focus();
    answer.replaceChildren(...(found === null ? [] : [found_notice(found, window_of(session.status) === "over")]));
  };
  update(context);
  return { element, update };
}

function found_notice(found: Found, over: boolean): HTMLElement {
  const tracker = h("p", { class: "code" }, code_groups(grouped(found.tracker)));
  if (found.fate === null) {
    return notice("warn", _("There is no ballot with this tracker on the public board."), tracker, _("Compare each group of four with your confirmation. If they are the same, call the help line."));
  }
  return notice("plain", fate_words(found.fate, over), tracker, _("It is entry {n} of the public board.", { n: number(found.entry) }));
}
