/**
 * The voter's path through the booth: a state and an event in, the next state and commands out, or a refusal.
 *
 * Nothing here draws, sends or shows anything. No state holds a code or a secret, and none from `waiting` on
 * holds a choice. "Cast" is reached by one event only: a receipt that was verified.
 */
import { check_code } from "./code_entry.js";
import { CROCKFORD } from "./credential.js";
import { type AskedQuestion, type Manifest, blank_row, problem_of, questions_of } from "./manifest.js";
import { item } from "./refusal.js";
import type {
  Answers,
  Command,
  Event,
  LandingNotice,
  OwnBallot,
  Registered,
  Screen,
  Session,
  Status,
  Trouble,
} from "./screens.js";

export type * from "./screens.js";

export interface Step {
  readonly session: Session;
  readonly commands: readonly Command[];
}

export interface Refused {
  readonly refused: string;
}

export function begin(manifest: Manifest, status: Status, notice: LandingNotice | null): Session {
  return { manifest, status, seals: 0, screen: { at: "landing", notice } };
}

/** Whether ballots are taken now, by what the server said last; a phase that is not known takes none. */
export function window_of({ phase, opens, closes, now }: Status): "before" | "open" | "over" | "suspended" {
  if (phase === "suspended") return "suspended";
  if (Date.parse(now) < Date.parse(opens)) return "before";
  if (Date.parse(now) >= Date.parse(closes)) return "over";
  if (phase === "scheduled") return "before"; // its time has come, but it was not opened
  return phase === "open" ? "open" : "over";
}

/** The ballot of a code that counts, or would count: its last one that was cast. */
export function counting(voter: Registered): OwnBallot | null {
  return voter.ballots.findLast(({ fate }) => fate === "counts") ?? null;
}

export function questions_for({ manifest }: Session, voter: Registered): AskedQuestion[] {
  return questions_of(manifest, voter.unit);
}

/** One event. A refusal changes nothing: the event does not belong to this screen, or comes a second time. */
export function step(session: Session, event: Event): Step | Refused {
  switch (event.type) {
    case "stop":
      return to(session, { at: "stopped", why: event.why, detail: event.detail }, { do: "forget" });
    case "status":
      return new_status({ ...session, status: event.status });
    case "leave":
      if (session.screen.at === "stopped") return refused(session, event);
      return to(session, { at: "landing", notice: event.notice }, { do: "forget" });
    case "refused":
      if (session.screen.at !== "waiting") return refused(session, event);
      return to(session, { at: "stopped", why: "refused", detail: event.reason }, { do: "forget" });
    default:
      return on_screen(session, event);
  }
}

function on_screen(session: Session, event: Event): Step | Refused {
  const { screen } = session;
  switch (screen.at) {
    case "landing":
      return landing(session, event);
    case "code":
      return code(session, screen, event);
    case "replaced-code":
      return event.type === "back" ? home(session) : refused(session, event);
    case "own":
      return own(session, screen, event);
    case "change":
      return change(session, screen, event);
    case "documents":
      if (event.type === "continue") return choosing(session, screen.voter);
      return event.type === "back" ? home(session) : refused(session, event);
    case "choose":
      return choose(session, screen, event);
    case "blank":
      return blank(session, screen, event);
    case "review":
      return review(session, screen, event);
    case "check":
      return check(session, screen, event);
    case "waiting":
      return waiting(session, screen, event);
    case "looking":
      return looking(session, screen, event);
    case "cast":
    case "closed":
      return event.type === "back" ? home(session, "done") : refused(session, event);
    case "find":
      return find(session, screen, event);
    case "stopped":
      return refused(session, event);
  }
}

type At<Name extends Screen["at"]> = Extract<Screen, { at: Name }>;

function to(session: Session, screen: Screen, ...commands: Command[]): Step {
  return { session: { ...session, screen }, commands };
}

function refused({ screen }: Session, { type }: Event): Refused {
  return { refused: `${type} does not belong to the screen ${screen.at}` };
}

function home(session: Session, notice: LandingNotice | null = null): Step {
  return to(session, { at: "landing", notice }, { do: "forget" });
}

function landing(session: Session, { type }: Event): Step | Refused {
  const entry = { at: "code", problem: null, busy: false } as const;
  switch (type) {
    case "start":
      if (window_of(session.status) !== "open") return { refused: "voting is not open" };
      return to(session, { ...entry, purpose: "vote" });
    case "own-ballots":
      return to(session, { ...entry, purpose: "own" });
    case "find":
      return to(session, { at: "find", problem: null, busy: false, found: null });
    default:
      return { refused: `${type} does not belong to the screen landing` };
  }
}

function code(session: Session, screen: At<"code">, event: Event): Step | Refused {
  if (event.type === "back") return home(session);
  if (event.type === "code") {
    if (screen.busy) return { refused: "this code is being looked up" };
    const checked = check_code(event.typed);
    if ("problem" in checked) return to(session, { ...screen, problem: checked.problem });
    return to(session, { ...screen, problem: null, busy: true }, { do: "look-up", code: checked.code });
  }
  if (!screen.busy) return refused(session, event);
  switch (event.type) {
    case "registered":
      if (screen.purpose === "own") return to(session, { at: "own", voter: event.voter });
      return enter(session, event.voter, false);
    case "unknown-code":
      return to(session, { ...screen, busy: false, problem: { kind: "unknown" } }, { do: "forget" });
    case "replaced-code":
      return to(session, { at: "replaced-code", since: event.since }, { do: "forget" });
    case "look-up-failed":
      return to(session, { ...screen, busy: false, problem: { kind: "offline" } }, { do: "forget" });
    default:
      return refused(session, event);
  }
}

/** From a known code into the vote: past the earlier ballot, then the documents, where there are any. */
function enter(session: Session, voter: Registered, meanwhile: boolean): Step {
  if (window_of(session.status) !== "open") return to(session, { at: "closed", during: "choosing", voter }, { do: "forget" });
  if (counting(voter) !== null) return to(session, { at: "change", voter, meanwhile });
  return past_documents(session, voter);
}

function past_documents(session: Session, voter: Registered): Step {
  if (questions_for(session, voter).some(({ documents }) => documents.length > 0)) {
    return to(session, { at: "documents", voter });
  }
  return choosing(session, voter);
}

function choosing(session: Session, voter: Registered): Step {
  const questions = questions_for(session, voter);
  if (questions.length === 0) {
    return to(session, { at: "stopped", why: "not-this-ballot", detail: "no question" }, { do: "forget" });
  }
  return to(session, { at: "choose", voter, answers: questions.map(() => null), place: 0, problem: null });
}

function own(session: Session, { voter }: At<"own">, event: Event): Step | Refused {
  if (event.type === "back") return home(session);
  if (event.type === "continue" && window_of(session.status) === "open") return enter(session, voter, false);
  return refused(session, event);
}

function change(session: Session, { voter }: At<"change">, event: Event): Step | Refused {
  if (event.type === "continue") return past_documents(session, voter);
  if (event.type === "keep") return home(session, "kept");
  return event.type === "back" ? home(session) : refused(session, event);
}

function choose(session: Session, screen: At<"choose">, event: Event): Step | Refused {
  const { voter, answers, place } = screen;
  if (event.type === "back") {
    return place > 0 ? to(session, { ...screen, place: place - 1, problem: null }) : home(session);
  }
  if (event.type !== "choose") return refused(session, event);
  const question = item(questions_for(session, voter), place);
  const rows = [...event.rows].sort((a, b) => a - b);
  const problem = problem_of(question, rows);
  const answered = answers.map((answer, index) => (index === place ? rows : answer));
  if (problem === "none" && question.blank?.kind === "blank") {
    return to(session, { at: "blank", voter, answers, place });
  }
  if (problem !== null) return to(session, { ...screen, problem });
  return onwards(session, voter, answered);
}

function blank(session: Session, { voter, answers, place }: At<"blank">, event: Event): Step | Refused {
  if (event.type === "back") return to(session, { at: "choose", voter, answers, place, problem: null });
  if (event.type !== "cast-blank") return refused(session, event);
  const question = item(questions_for(session, voter), place);
  return onwards(
    session,
    voter,
    answers.map((answer, index) => (index === place ? [blank_row(question)] : answer)),
  );
}

/** To the next question without an answer, else to the review, where everything is sealed anew. */
function onwards(session: Session, voter: Registered, answers: Answers): Step {
  const place = answers.indexOf(null);
  if (place >= 0) return to(session, { at: "choose", voter, answers, place, problem: null });
  const seal = session.seals + 1;
  return to(
    { ...session, seals: seal },
    { at: "review", voter, answers, seal, tracker: null },
    { do: "seal", seal, prev: voter.latest, unit: voter.unit, answers },
  );
}

function review(session: Session, screen: At<"review">, event: Event): Step | Refused {
  const { voter, answers, seal, tracker } = screen;
  switch (event.type) {
    case "sealed":
      if (event.seal !== seal) return { refused: "an older choice was sealed" };
      return to(session, { ...screen, tracker: event.tracker });
    case "back":
    case "change-answer": {
      const place = event.type === "back" ? answers.length - 1 : event.place;
      if (place < 0 || place >= answers.length) return refused(session, event);
      return to(session, { at: "choose", voter, answers, place, problem: null });
    }
    case "keep":
      return counting(voter) === null ? refused(session, event) : home(session, "kept");
    case "check":
      if (tracker === null) return { refused: "the ballot is not sealed yet" };
      return to(session, { at: "check", voter, tracker, step: "show", opening: null });
    case "cast": {
      const waits = { at: "waiting", voter, seal, tracker, trouble: null, held: false } as const;
      return tracker === null
        ? to(session, { ...waits, step: "seal" })
        : to(session, { ...waits, step: "send" }, { do: "send" });
    }
    default:
      return refused(session, event);
  }
}

function check(session: Session, screen: At<"check">, event: Event): Step | Refused {
  switch (event.type) {
    case "show-opening":
      if (screen.step !== "show" && screen.step !== "failed") return refused(session, event);
      return to(session, { ...screen, step: "recording" }, { do: "open" });
    case "opened":
      if (screen.step !== "recording") return refused(session, event);
      return to(session, { ...screen, step: "open", opening: event.opening });
    case "open-failed":
      if (screen.step !== "recording") return refused(session, event);
      return to(session, { ...screen, step: "failed" });
    case "vote-afresh":
    case "back":
      // What was shown as sealed may have been recorded as checked, so it is never cast: choose again.
      return screen.step === "recording" ? refused(session, event) : choosing(session, screen.voter);
    default:
      return refused(session, event);
  }
}

function waiting(session: Session, screen: At<"waiting">, event: Event): Step | Refused {
  switch (event.type) {
    case "sealed":
      if (screen.step !== "seal" || event.seal !== screen.seal) return refused(session, event);
      return to(session, { ...screen, tracker: event.tracker, step: "send" }, { do: "send" });
    case "answered":
      return screen.step === "send" ? to(session, { ...screen, step: "prove" }) : refused(session, event);
    case "trouble":
      if (screen.step === "seal") return refused(session, event);
      // Once it is unknown whether a ballot arrived, a later "not stored" does not make it known.
      return to(session, { ...screen, step: "send", trouble: worse(screen.trouble, event.trouble) });
    case "proved":
      if (screen.step !== "prove" || screen.tracker === null) return refused(session, event);
      return to(
        session,
        {
          at: "cast",
          tracker: screen.tracker,
          entry: event.entry,
          time: event.time,
          replaces: counting(screen.voter),
        },
        { do: "forget" },
      );
    case "behind":
      return to(session, { at: "looking", why: "behind", failed: false }, { do: "look-up-again" });
    case "too-late":
      return to(session, { at: "looking", why: "closed", failed: false }, { do: "look-up-again" });
    case "back":
      return to(session, { ...screen, held: true });
    default:
      return refused(session, event);
  }
}

function worse(before: Trouble | null, now: Trouble): Trouble {
  return now === "not-stored" && before !== null ? before : now;
}

function looking(session: Session, screen: At<"looking">, event: Event): Step | Refused {
  switch (event.type) {
    case "registered":
      if (screen.why === "closed") return to(session, { at: "closed", during: "casting", voter: event.voter }, { do: "forget" });
      return enter(session, event.voter, true);
    case "look-up-failed":
    case "unknown-code":
      return to(session, { ...screen, failed: true });
    case "replaced-code":
      return to(session, { at: "replaced-code", since: event.since }, { do: "forget" });
    case "continue":
      return screen.failed ? to(session, { ...screen, failed: false }, { do: "look-up-again" }) : refused(session, event);
    case "back":
      return screen.failed ? home(session) : refused(session, event);
    default:
      return refused(session, event);
  }
}

function find(session: Session, screen: At<"find">, event: Event): Step | Refused {
  switch (event.type) {
    case "tracker": {
      if (screen.busy) return { refused: "this tracker is being looked up" };
      const symbols = tracker_symbols(event.typed);
      if (symbols === null) return to(session, { ...screen, problem: "form", found: null });
      return to(session, { at: "find", problem: null, busy: true, found: null }, { do: "find", symbols });
    }
    case "found":
      if (!screen.busy) return refused(session, event);
      return to(session, { at: "find", problem: null, busy: false, found: event.found });
    case "find-failed":
      return screen.busy ? to(session, { ...screen, busy: false, problem: "offline" }) : refused(session, event);
    case "back":
      return home(session);
    default:
      return refused(session, event);
  }
}

/** The 32 symbols of a tracker that somebody typed, or null ([07.8]). */
export function tracker_symbols(typed: string): string | null {
  const symbols = typed
    .replace(/[\s-]/g, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  return symbols.length === 32 && [...symbols].every((symbol) => CROCKFORD.includes(symbol)) ? symbols : null;
}

/** The screens on which a choice is being made that closing ends. */
const CHOOSING: readonly Screen["at"][] = ["change", "documents", "choose", "blank", "review", "check"];

function new_status(session: Session): Step {
  const { screen } = session;
  if (window_of(session.status) === "open" || !CHOOSING.includes(screen.at)) return { session, commands: [] };
  const voter = "voter" in screen ? screen.voter : null;
  return to(session, { at: "closed", during: "choosing", voter }, { do: "forget" });
}

