import assert from "node:assert/strict";
import { test } from "node:test";

import type { JsonObject } from "../src/canonical.js";
import {
  type Command,
  type Event,
  type Screen,
  type Session,
  type Status,
  step,
  tracker_symbols,
  window_of,
} from "../src/session.js";
import { BOARD, CODE, EARLIER, SEATS, STATUS, STRIKE, registered, session_of } from "./poll.js";
import { named_bytes } from "./support.js";

const TRACKER = named_bytes("tracker");
const AFTER: Status = { ...STATUS, now: "2015-12-11T23:00:00Z" };

/** A walk through the booth; every event must be taken. */
class Walk {
  session: Session;
  commands: readonly Command[] = [];

  constructor(change: JsonObject = {}, status: Partial<Status> = {}) {
    this.session = session_of(change, status);
  }

  take(...events: Event[]): this {
    for (const event of events) {
      const result = step(this.session, event);
      assert.ok(!("refused" in result), JSON.stringify(result));
      ({ session: this.session, commands: this.commands } = result);
    }
    return this;
  }

  assert_refuses(...events: Event[]): this {
    for (const event of events) assert.ok("refused" in step(this.session, event), event.type);
    return this;
  }

  screen<Name extends Screen["at"]>(at: Name): Extract<Screen, { at: Name }> {
    assert.equal(this.session.screen.at, at);
    return this.session.screen as Extract<Screen, { at: Name }>;
  }

  get done(): string[] {
    return this.commands.map((command) => command.do);
  }
}

const CODE_TYPED: Event = { type: "code", typed: CODE };
const REGISTERED: Event = { type: "registered", voter: registered() };
const choose = (...rows: number[]): Event => ({ type: "choose", rows });
const sealed = (seal: number): Event => ({ type: "sealed", seal, tracker: TRACKER });
const trouble = (kind: "unknown" | "not-stored" | "no-proof"): Event => ({ type: "trouble", trouble: kind });
const PROVED: Event = { type: "proved", entry: 7, time: STATUS.now };

function at_choose(change: JsonObject = {}): Walk {
  return new Walk(change).take({ type: "start" }, CODE_TYPED, REGISTERED);
}

function at_review(): Walk {
  return at_choose().take(choose(0));
}

function at_waiting(): Walk {
  return at_review().take(sealed(1), { type: "cast" });
}

test("a vote from start to the proof", () => {
  const walk = at_waiting();
  assert.deepEqual(walk.done, ["send"]);
  walk.take({ type: "answered" });
  assert.equal(walk.screen("waiting").step, "prove");
  walk.take(PROVED);
  assert.deepEqual(walk.screen("cast").tracker, TRACKER);
  assert.deepEqual(walk.done, ["forget"]);
});

test("cast is reached by a proof only, and only after an answer (B13)", () => {
  at_review().assert_refuses(PROVED, { type: "answered" });
  at_waiting().assert_refuses(PROVED);
  at_waiting().take(trouble("unknown")).assert_refuses(PROVED);
  at_waiting().take({ type: "answered" }, trouble("no-proof")).assert_refuses(PROVED);
});

test("no state holds a code, and none after Cast a choice", () => {
  const symbols = CODE.replaceAll("-", "");
  const walk = new Walk().take({ type: "start" });
  for (const event of [CODE_TYPED, REGISTERED, choose(0), sealed(1), { type: "cast" }, { type: "answered" }, PROVED] as Event[]) {
    walk.take(event);
    assert.ok(!JSON.stringify(walk.session.screen).includes(symbols));
    if (["waiting", "cast"].includes(walk.session.screen.at)) assert.ok(!("answers" in walk.session.screen));
  }
});

test("a double click casts once", () => {
  at_waiting().assert_refuses({ type: "cast" });
  new Walk().take({ type: "start" }, CODE_TYPED).assert_refuses(CODE_TYPED);
});

test("Cast before the sealing is done sends as soon as it is", () => {
  const walk = at_review().take({ type: "cast" });
  assert.deepEqual(walk.done, []);
  assert.equal(walk.screen("waiting").step, "seal");
  walk.assert_refuses(sealed(9)).take(sealed(1));
  assert.deepEqual(walk.done, ["send"]);
});

test("a changed answer is sealed anew, and what was sealed before is not taken for it", () => {
  const walk = at_review().take({ type: "change-answer", place: 0 }, choose(1));
  const [command] = walk.commands;
  assert.ok(command?.do === "seal");
  assert.deepEqual([command.seal, command.answers], [2, [[1]]]);
  walk.assert_refuses(sealed(1)).take(sealed(2));
});

test("a lost answer is not known, and stays so until the board answers", () => {
  const walk = at_waiting().take(trouble("unknown"));
  assert.equal(walk.screen("waiting").trouble, "unknown");
  walk.take(trouble("not-stored"));
  assert.equal(walk.screen("waiting").trouble, "unknown");
  walk.take({ type: "answered" }, PROVED).screen("cast");
});

test("what could not be stored is not cast yet", () => {
  const walk = at_waiting().take(trouble("not-stored"));
  assert.equal(walk.screen("waiting").trouble, "not-stored");
});

test("Back while a vote is on its way keeps the page and says so", () => {
  assert.equal(at_waiting().take({ type: "back" }).screen("waiting").held, true);
});

test("a code with an earlier ballot shows it first; nothing is marked", () => {
  const voter = registered(EARLIER);
  const walk = new Walk().take({ type: "start" }, CODE_TYPED, { type: "registered", voter });
  assert.deepEqual(walk.screen("change"), { at: "change", voter, meanwhile: false });
  walk.take({ type: "continue" });
  assert.deepEqual(walk.screen("choose").answers, [null]);
  const [command] = walk.take(choose(1)).commands;
  assert.ok(command?.do === "seal");
  assert.deepEqual(command.prev, EARLIER.tracker);
  assert.equal(walk.take({ type: "keep" }).screen("landing").notice, "kept");
});

test("a withdrawn or spoiled ballot is nothing that a vote replaces", () => {
  for (const fate of ["withdrawn", "spoiled"] as const) {
    const voter = registered({ ...EARLIER, fate });
    new Walk().take({ type: "start" }, CODE_TYPED, { type: "registered", voter }).screen("choose");
  }
});

test("another ballot of the code in between: looked up, shown, voted anew (two tabs)", () => {
  const walk = at_waiting().take({ type: "behind" });
  assert.deepEqual(walk.done, ["look-up-again"]);
  walk.take({ type: "registered", voter: registered(EARLIER) });
  assert.equal(walk.screen("change").meanwhile, true);
  walk.take({ type: "continue" }, choose(0));
  const [command] = walk.commands;
  assert.ok(command?.do === "seal");
  assert.deepEqual(command.prev, EARLIER.tracker);
});

test("when the look-up after a refusal fails, it can be tried again", () => {
  const walk = at_waiting().take({ type: "behind" }, { type: "look-up-failed" });
  assert.equal(walk.screen("looking").failed, true);
  assert.deepEqual(walk.take({ type: "continue" }).done, ["look-up-again"]);
});

test("closing while choosing: nothing is cast, and the code is forgotten", () => {
  for (const walk of [at_choose(), at_review(), at_choose().take(choose())]) {
    walk.take({ type: "status", status: AFTER });
    assert.equal(walk.screen("closed").during, "choosing");
    assert.deepEqual(walk.done, ["forget"]);
  }
});

test("closing while the vote is on its way does not stop it; a late refusal shows what counts", () => {
  const walk = at_waiting().take({ type: "status", status: AFTER });
  walk.screen("waiting");
  walk.take({ type: "too-late" }, { type: "registered", voter: registered(EARLIER) });
  assert.deepEqual(walk.screen("closed").voter?.ballots, [EARLIER]);
});

test("voting starts only while it is open, but a code's ballots can always be seen", () => {
  for (const status of [AFTER, { ...STATUS, phase: "scheduled" }, { ...STATUS, phase: "suspended" }]) {
    const walk = new Walk({}, status).assert_refuses({ type: "start" });
    walk.take({ type: "own-ballots" }, CODE_TYPED, REGISTERED).assert_refuses({ type: "continue" });
    assert.deepEqual(walk.screen("own").voter.ballots, []);
  }
});

test("a code that is looked up as voting closes does not come to a question", () => {
  const walk = new Walk().take({ type: "start" }, CODE_TYPED, { type: "status", status: AFTER }, REGISTERED);
  walk.screen("closed");
});

test("the window by what the server said", () => {
  const cases: [Partial<Status>, string][] = [
    [{}, "open"],
    [{ now: "2015-12-11T22:59:59.999Z" }, "open"],
    [{ now: "2015-12-11T23:00:00Z" }, "over"],
    [{ now: "2015-12-09T13:59:59Z" }, "before"],
    [{ phase: "scheduled" }, "before"],
    [{ phase: "closed" }, "over"],
    [{ phase: "released" }, "over"],
    [{ phase: "something new" }, "over"],
    [{ phase: "suspended" }, "suspended"],
  ];
  for (const [change, expected] of cases) assert.equal(window_of({ ...STATUS, ...change }), expected);
});

test("no answer: the blank ballot is asked about, and not assumed", () => {
  const walk = at_choose().take(choose());
  walk.screen("blank");
  assert.deepEqual(walk.take({ type: "back" }).screen("choose").answers, [null]);
  assert.deepEqual(walk.take(choose(), { type: "cast-blank" }).screen("review").answers, [[2]]);
});

test("questions follow one another; the units see their own; Review comes last", () => {
  const walk = new Walk({ questions: [STRIKE, BOARD, SEATS] });
  walk.take({ type: "start" }, CODE_TYPED, { type: "registered", voter: { ...registered(), unit: 1 } });
  assert.equal(walk.take(choose(2)).screen("choose").place, 1);
  assert.equal(walk.take(choose(0, 1, 2)).screen("choose").problem, "too-many");
  assert.equal(walk.take(choose(0, 3)).screen("choose").problem, "blank-and-more");
  assert.equal(walk.take(choose(2, 0)).screen("choose").place, 2);
  assert.equal(walk.take(choose()).screen("choose").problem, "none");
  assert.deepEqual(walk.take(choose(1)).screen("review").answers, [[2], [0, 2], [1]]);
  assert.deepEqual(walk.take({ type: "change-answer", place: 1 }, choose(3)).screen("review").answers, [[2], [3], [1]]);
  const other = new Walk({ questions: [STRIKE, BOARD, SEATS] });
  assert.equal(other.take({ type: "start" }, CODE_TYPED, REGISTERED).screen("choose").answers.length, 2);
});

test("documents come before the question", () => {
  const documents = [{ name: "Agreement.pdf", sha256: "A".repeat(43) + "=", size: 12 }];
  const walk = at_choose({ questions: [{ ...(STRIKE as JsonObject), documents }] });
  walk.screen("documents");
  walk.take({ type: "continue" }).screen("choose");
});

test("what is wrong with a code is said where it is typed", () => {
  const walk = new Walk().take({ type: "start" }, { type: "code", typed: "0000" });
  assert.deepEqual(walk.screen("code").problem, { kind: "length", count: 4 });
  walk.take(CODE_TYPED, { type: "unknown-code" });
  assert.deepEqual(walk.screen("code").problem, { kind: "unknown" });
  walk.take(CODE_TYPED, { type: "look-up-failed" });
  assert.deepEqual(walk.screen("code").problem, { kind: "offline" });
  walk.take(CODE_TYPED, { type: "replaced-code", since: null }).screen("replaced-code");
});

test("a checked ballot is never cast: afterwards the vote begins afresh", () => {
  const walk = at_review();
  walk.assert_refuses({ type: "check" });
  walk.take(sealed(1), { type: "check" }).assert_refuses({ type: "cast" }, { type: "opened", opening: "{}" });
  walk.take({ type: "show-opening" });
  assert.deepEqual(walk.done, ["open"]);
  walk.assert_refuses({ type: "vote-afresh" }, { type: "back" });
  assert.equal(walk.take({ type: "opened", opening: "{}" }).screen("check").opening, "{}");
  walk.assert_refuses({ type: "cast" });
  assert.deepEqual(walk.take({ type: "vote-afresh" }).screen("choose").answers, [null]);
  assert.deepEqual((walk.take(choose(0)).commands[0] as { seal: number }).seal, 2);
});

test("whatever stops the booth drops the code; nothing goes on from there", () => {
  const walk = at_review().take({ type: "stop", why: "no-randomness", detail: "" });
  assert.deepEqual(walk.done, ["forget"]);
  walk.assert_refuses({ type: "cast" }, { type: "back" }, { type: "start" }, { type: "leave", notice: "left" });
  assert.equal(at_waiting().take({ type: "refused", reason: "V11" }).screen("stopped").why, "refused");
});

test("leaving the page forgets the code and the choice", () => {
  const walk = at_review().take({ type: "leave", notice: "left" });
  assert.deepEqual([walk.done, walk.screen("landing").notice], [["forget"], "left"]);
});

test("trackers are read as people type them", () => {
  const tracker = "7Q4K-M2XD-0000-1111-2222-3333-4444-5555";
  const symbols = tracker.replaceAll("-", "");
  assert.equal(tracker_symbols(tracker), symbols);
  assert.equal(tracker_symbols(` ${tracker.toLowerCase().replaceAll("0", "o").replace("1111", "iL1l")} `), symbols);
  for (const wrong of ["", tracker.slice(1), `${tracker}0`, tracker.replace("7", "U")]) assert.equal(tracker_symbols(wrong), null);
  const walk = new Walk().take({ type: "find" }, { type: "tracker", typed: "7Q4K" });
  assert.equal(walk.screen("find").problem, "form");
  walk.take({ type: "tracker", typed: tracker });
  assert.deepEqual(walk.commands, [{ do: "find", symbols }]);
  walk.take({ type: "found", found: { tracker: symbols, fate: "replaced", entry: 4 } });
  assert.equal(walk.screen("find").found?.fate, "replaced");
});

test("no event on any screen leads to cast but the proof while it is awaited", () => {
  const events: Event[] = [
    { type: "start" }, { type: "own-ballots" }, { type: "find" }, CODE_TYPED, REGISTERED, { type: "unknown-code" },
    { type: "replaced-code", since: null }, { type: "look-up-failed" }, { type: "continue" }, { type: "keep" }, choose(0),
    choose(), { type: "cast-blank" }, { type: "change-answer", place: 0 }, sealed(1), { type: "check" },
    { type: "show-opening" }, { type: "opened", opening: "" }, { type: "open-failed" }, { type: "vote-afresh" },
    { type: "cast" }, { type: "answered" }, PROVED, trouble("unknown"), trouble("not-stored"), trouble("no-proof"),
    { type: "behind" }, { type: "refused", reason: "" }, { type: "too-late" }, { type: "status", status: AFTER },
    { type: "tracker", typed: "" }, { type: "find-failed" }, { type: "back" }, { type: "leave", notice: "left" },
  ]; // prettier-ignore
  const seen = new Set<string>();
  const waiting = [session_of()];
  let casts = 0;
  while (waiting.length > 0) {
    const session = waiting.pop() as Session;
    const key = JSON.stringify([session.screen, session.seals, session.status.now]);
    if (seen.has(key) || session.seals > 1) continue;
    seen.add(key);
    for (const event of events) {
      const result = step(session, event);
      if ("refused" in result) continue;
      if (result.session.screen.at === "cast" && session.screen.at !== "cast") {
        assert.ok(event === PROVED && session.screen.at === "waiting" && session.screen.step === "prove");
        casts += 1;
      }
      waiting.push(result.session);
    }
  }
  assert.ok(seen.size > 60 && casts > 0, String(seen.size));
});
