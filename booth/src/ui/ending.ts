/** After Cast: waiting, the confirmation, voting that closed, and the reasons for which the booth stops. */
import { shown_tracker } from "../ballot.js";
import { type Screen, type StopReason, type Trouble, counting, window_of } from "../session.js";
import { own_list } from "./ballots.js";
import { type Child, actions, code_groups, h, heading, notice, paragraph, summary } from "./dom.js";
import { instant_in, moment_in, short_tracker } from "./format.js";
import { _, number } from "./text.js";
import type { Context, View } from "./view.js";

export function waiting(context: Context): View {
  const steps = ["seal", "send", "prove"] as const;
  const labels = [_("Sealed on this device"), _("Sent"), _("On the public board")];
  const items = labels.map((label) => {
    const state = h("span", { class: "visually-hidden" });
    return { state, row: h("li", {}, h("span", { class: "mark", "aria-hidden": "true" }), label, state) };
  });
  const trouble_place = h("div", { "aria-live": "assertive" });
  const live = h("p", { class: "visually-hidden", role: "status" });
  const element = h(
    "section",
    {},
    heading(_("Casting your vote")),
    trouble_place,
    h("ol", { class: "steps" }, ...items.map(({ row }) => row)),
    paragraph(_("Keep this page open.")),
    live,
  );
  let shown: Trouble | "held" | null = null;
  const update = ({ session }: Context): void => {
    if (session.screen.at !== "waiting") return;
    const { step, trouble, held } = session.screen;
    const reached = steps.indexOf(step);
    items.forEach(({ row, state }, place) => {
      const now = place < reached ? "done" : place === reached ? "now" : "later";
      row.className = now;
      state.textContent = { done: _(": done"), now: _(": under way"), later: _(": not yet") }[now];
    });
    live.textContent = labels.slice(0, reached).at(-1) ?? "";
    const said = trouble ?? (held ? "held" : null);
    if (said === shown) return;
    shown = said;
    trouble_place.replaceChildren(...(said === null ? [] : [trouble_notice(said, session.manifest.contact)]));
  };
  update(context);
  return { element, update };
}

function trouble_notice(trouble: Trouble | "held", contact: string): HTMLElement {
  switch (trouble) {
    case "unknown":
      return notice("warn", _("We do not know yet if your vote arrived."), _("Keep this page open. We are trying again; it can count only once."));
    case "not-stored":
      return notice("warn", _("Not cast yet."), _("Keep this page open; we are trying again."));
    case "no-proof":
      return notice(
        "error",
        _("We do not know if your vote is cast."),
        _("The website answered, but did not prove that your vote is on the public board. Keep this page open: we are asking again. Help line: {contact}.", { contact }),
      );
    case "held":
      return notice("warn", _("Your vote is on its way."), _("Going back does not stop it. Keep this page open."));
  }
}

export function looking(context: Context, screen: Extract<Screen, { at: "looking" }>): View {
  const { manifest } = context.session;
  const title = screen.why === "closed" ? _("Voting has closed") : _("Another ballot came first");
  const element = screen.failed
    ? h(
        "section",
        {},
        heading(title),
        notice("error", _("We could not read the public board."), _("This choice was not cast. Look at your connection and try again. Help line: {contact}.", { contact: manifest.contact })),
        actions({ label: _("Try again"), run: () => context.send({ type: "continue" }) }),
      )
    : h("section", { "aria-busy": "true" }, heading(title), paragraph(_("Looking at the public board…")));
  return { element };
}

export function cast(context: Context, screen: Extract<Screen, { at: "cast" }>): View {
  const { session, send, save, now } = context;
  const { manifest, status } = session;
  const shown = shown_tracker(screen.tracker);
  const closes = instant_in(manifest.zone, status.closes, now());
  const { threshold, count } = manifest.tellers;
  const replaced = screen.replaces;
  const element = h(
    "section",
    {},
    h(
      "div",
      { class: "notice ok" },
      heading(_("Your vote is cast.")),
      paragraph(_("It is on the public board and counts unless you replace it. Tracker {tracker}; it does not show how you voted. You can change your vote until {closes}.", { tracker: short_tracker(shown), closes })),
    ),
    replaced === null ? null : paragraph(_("It replaced your earlier ballot, entry {n}, which does not count any more.", { n: number(replaced.entry) })),
    summary([
      [_("Tracker"), h("span", { class: "code", id: "tracker" }, code_groups(shown))],
      [_("On the board"), moment_in(manifest.zone, screen.time, now())],
      [_("Entry"), number(screen.entry)],
    ]),
    h(
      "div",
      { class: "actions pair" },
      ...[
        ...(save === null ? [] : [{ label: _("Save"), run: save }]),
        { label: _("Print"), run: () => window.print() },
      ].map(({ label, run }) => h("button", { type: "button", class: "button secondary", click: run }, label)),
    ),
    h("h2", {}, _("What happens next")),
    h(
      "ul",
      {},
      h("li", {}, _("Voting closes {closes}. Until then only your last ballot counts.", { closes })),
      h("li", {}, _("Then at least {threshold} of {count} tellers together open the totals, never a single ballot.", { threshold, count })),
      h("li", {}, _("With the tracker you can find your ballot on the public board at any time. The saved file proves that it was there.")),
    ),
    actions({ label: _("Done"), run: () => send({ type: "back" }) }),
    paragraph(_("This page has forgotten your code and your choice. On a shared device, close the window."), "quiet"),
  );
  return { element };
}

export function closed(context: Context, screen: Extract<Screen, { at: "closed" }>): View {
  const { session, send, now } = context;
  const { manifest, status } = session;
  const { voter } = screen;
  const suspended = window_of(status) === "suspended";
  const time = instant_in(manifest.zone, status.closes, now());
  const earlier = voter === null ? null : counting(voter);
  const element = h(
    "section",
    {},
    heading(_("This choice was not cast")),
    notice(
      "warn",
      suspended ? _("Voting was suspended before your vote was cast.") : closed_words(screen.during, time),
      voter === null ? null : earlier === null ? _("No ballot is registered for this code.") : counts_words(context, earlier.time, earlier.entry),
    ),
    voter === null || voter.ballots.length === 0 ? null : own_list(context, voter.ballots),
    paragraph(_("Questions? {contact}", { contact: manifest.contact }), "quiet"),
    actions({ label: _("Back to the start"), run: () => send({ type: "back" }) }),
  );
  return { element };
}

function closed_words(during: "choosing" | "casting", time: string): string {
  return during === "choosing"
    ? _("Voting closed {time}, while you were choosing.", { time })
    : _("Voting closed {time}, before your vote arrived.", { time });
}

function counts_words(context: Context, time: string | null, entry: number): string {
  if (time === null) return _("Your ballot, entry {n} of the board, counts.", { n: number(entry) });
  return _("Your ballot from {time} counts.", { time: moment_in(context.session.manifest.zone, time, context.now()) });
}

export function stopped(why: StopReason, detail: string, contact: string | null): View {
  const [title, ...words] = stop_words(why, detail);
  const help = contact === null ? _("Call the help line of your union.") : _("Help: {contact}", { contact });
  const element = h("section", {}, heading(title ?? ""), notice("error", null, ...words.map((text): Child => text), h("p", {}, h("strong", {}, help))));
  return { element };
}

function stop_words(why: StopReason, detail: string): string[] {
  const nothing = _("Nothing was cast.");
  switch (why) {
    case "no-randomness":
      return [
        _("Do not vote on this device"),
        _("This browser makes no safe random numbers, so others could read a vote that is sealed with it."),
        `${nothing} ${_("Use another browser or another device.")}`,
      ];
    case "no-ballot":
      return [_("There is no ballot at this address"), `${nothing} ${_("Compare the address with the one in your letter.")}`];
    case "not-this-ballot":
      return [
        _("This is not the ballot that was announced"),
        _("Its fingerprint, or its name, is not the one that this page was given."),
        `${nothing} ${_("Do not vote here, and tell the help line.")}`,
      ];
    case "not-this-page":
      return [
        _("This is not the voting page that was announced"),
        _("The page that reached this device is not the one that the website names."),
        `${nothing} ${_("Do not vote here, and tell the help line.")}`,
      ];
    case "bad-manifest":
      return [
        _("This ballot cannot be read"),
        _("What the website sent is no ballot that this page can trust: {detail}.", { detail }),
        nothing,
      ];
    case "bad-board":
      return [
        _("The public board does not prove what it says"),
        _("Its signatures do not hold: {detail}.", { detail }),
        `${nothing} ${_("Do not vote here, and tell the help line.")}`,
      ];
    case "refused":
      return [
        _("Your ballot was refused"),
        _("It was not cast. The ballot box says: {detail}", { detail }),
        _("Try once more on another device. If it is refused again, call the help line."),
      ];
    case "program":
      return [
        _("This page failed"),
        _("It stopped before it could prove that a vote is cast. Load it again and look at the ballots of your code: a vote is cast if it is there."),
      ];
  }
}
