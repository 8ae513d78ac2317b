/** The first screen: what is decided, until when, what it takes, and one button. */
import { bytesToHex } from "@noble/hashes/utils.js";

import { shown_tracker } from "../ballot.js";
import type { Manifest } from "../manifest.js";
import { type Status, type LandingNotice, window_of } from "../session.js";
import { type Child, actions, button, code_groups, h, heading, notice, paragraph, summary } from "./dom.js";
import { instant_in, moment_in } from "./format.js";
import { _, number } from "./text.js";
import type { Context, View } from "./view.js";

export function landing(context: Context, said: LandingNotice | null): View {
  const element = draw(context, said);
  const shows = ({ session: { status } }: Context): string => `${window_of(status)} ${status.opens} ${status.closes}`;
  let shown = shows(context);
  const update = (next: Context): void => {
    if (shows(next) === shown) return;
    shown = shows(next);
    element.replaceChildren(...draw(next, said).childNodes);
  };
  return { element, update };
}

function draw(context: Context, said: LandingNotice | null): HTMLElement {
  const { session, send, page } = context;
  const { manifest, status } = session;
  const open = window_of(status) === "open";
  const lookups = h(
    "div",
    { class: "links" },
    button({ label: _("See the ballots of my code"), kind: "link", run: () => send({ type: "own-ballots" }) }),
    button({ label: _("Find a ballot by its tracker"), kind: "link", run: () => send({ type: "find" }) }),
  );
  return h(
    "section",
    {},
    said === null ? null : said_notice(said),
    kind_notice(context),
    page_notice(context),
    window_line(context, status),
    heading(manifest.title),
    ...needed(context),
    open ? actions({ label: _("Start voting"), id: "start", run: () => send({ type: "start" }) }) : null,
    open ? paragraph(_("Your vote is secret, and you can change it until voting closes."), "quiet") : null,
    lookups,
    window_of(status) === "over" && page.host === null
      ? h("p", {}, h("a", { href: `/b/${name_of(manifest)}/` }, _("The public page of this ballot, with its result once it is released")))
      : null,
    details(_("What you vote on"), ...what(context)),
    details(_("No code?"), ...no_code(context)),
    details(_("How your vote stays secret"), ...secrecy(context)),
  );
}

function said_notice(said: LandingNotice): Child {
  switch (said) {
    case "reloaded":
    case "left":
      return notice(
        "warn",
        said === "left" ? _("You left this page.") : _("This page was loaded again."),
        _("Nothing that you chose is kept, and neither is your code. If you had pressed Cast my vote, look at the ballots of your code: your vote is cast if it is there."),
      );
    case "kept":
      return notice("plain", _("Your earlier ballot counts."), _("Nothing was changed."));
    case "done":
      return notice("plain", _("This page has forgotten your code."), _("To look again, or to change your vote, start anew."));
  }
}

function kind_notice({ session }: Context): Child {
  if (session.manifest.kind === "test") return notice("warn", _("This is a test ballot."), _("Nothing is decided by it."));
  if (session.manifest.kind === "replay") {
    return notice("warn", _("This is a replay of a published vote."), _("Nothing is decided by it."));
  }
  return null;
}

function page_notice({ page }: Context): Child {
  if (page.host !== null) {
    return notice("plain", null, _("This page is independent of the ballot's website. Ballots go to {host}.", { host: page.host }));
  }
  if (page.shown !== null && page.named !== null && page.shown !== page.named) {
    return notice("warn", _("This is not the voting page that the ballot names."), _("Its fingerprint is another one. If nobody told you why, do not vote here; call the help line."));
  }
  return null;
}

function window_line({ session, now }: Context, status: Status): HTMLElement {
  const { zone } = session.manifest;
  const at = (iso: string): string => instant_in(zone, iso, now());
  const [state, words] = {
    open: ["open", _("Open until {time}", { time: at(status.closes) })],
    before: ["before", _("Opens {time}", { time: at(status.opens) })],
    over: ["over", _("Voting closed {time}", { time: at(status.closes) })],
    suspended: ["over", _("Voting is suspended. Read the notices of the ballot.")],
  }[window_of(status)] as [string, string];
  return h("p", { class: `chip ${state}` }, h("span", { class: "dot", "aria-hidden": "true" }), words);
}

/** What it takes, in the words of the rules engine. Without them only the rule's name is known here. */
function needed({ session }: Context): HTMLElement[] {
  const { manifest, status } = session;
  return manifest.questions.flatMap((question) => {
    const [first] = status.rules[question.question]?.needed ?? [];
    const words = first ?? (question.rule_title === null ? null : _("Decided by: {rule}", { rule: question.rule_title }));
    return words === null ? [] : [paragraph(words, "needed")];
  });
}

function what({ session }: Context): HTMLElement[] {
  const { manifest, status } = session;
  return manifest.questions.flatMap((question) => [
    ...question.text.split(/\n\s*\n/).map((text) => paragraph(text)),
    ...(status.rules[question.question]?.needed ?? []).map((text) => paragraph(text.trim(), "quiet")),
    ...(question.documents.length === 0
      ? []
      : [paragraph(_("Documents: {names}. You can open them after you have typed your code.", { names: question.documents.map(({ name }) => name).join(", ") }), "quiet")]),
  ]);
}

function no_code({ session }: Context): HTMLElement[] {
  const { manifest } = session;
  return [
    paragraph(_("Each member gets a code of six groups of four by letter or message. You need no account.")),
    paragraph(_("It did not come, or you lost it? Ask for a new one: {contact}. The old one then stops working.", { contact: manifest.contact })),
  ];
}

function secrecy({ session, page, now }: Context): HTMLElement[] {
  const { manifest, status } = session;
  const { threshold, count } = manifest.tellers;
  const fingerprint = (shown: string): Child => h("span", { class: "code" }, code_groups(shown));
  return [
    paragraph(
      _("Your vote is sealed on this device before it is sent: this website cannot read it, and only totals are opened, by at least {threshold} of {count} tellers together.", { threshold, count }),
    ),
    paragraph(_("Whoever serves this page could change it. So its fingerprint is on the paper notice, and you can use the same page from another place, or from a saved file.")),
    summary([
      [_("Fingerprint of the ballot"), fingerprint(shown_tracker(manifest.phi))],
      ...(page.shown === null ? [] : [[_("Fingerprint of this page"), fingerprint(page.shown)] as const]),
      [_("Public board"), manifest.origin],
      [_("Members"), number(status.eligible)],
      [_("As of"), moment_in(manifest.zone, now(), now())],
    ]),
    ...(page.host === null ? [h("p", {}, h("a", { href: program_page(manifest), target: "_blank", rel: "noopener" }, _("How to compare the program of this page (opens another window)")))] : []),
  ];
}

/** The site's page about this very program. */
function program_page(manifest: Manifest): string {
  return `/b/${name_of(manifest)}/program`;
}

/** How addresses of the site name a ballot. */
function name_of({ ballot_id }: Manifest): string {
  return bytesToHex(ballot_id).slice(0, 32);
}

function details(label: string, ...children: readonly Child[]): HTMLElement {
  return h("details", {}, h("summary", {}, label), ...children);
}
