import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, place_of_link } from "../src/address.js";
import { Api, NoAnswer } from "../src/api.js";
import { verify_ballot } from "../src/ballot.js";
import { base64, utf8 } from "../src/bytes.js";
import { canonical_bytes } from "../src/canonical.js";
import { check_code, spaced } from "../src/code_entry.js";
import { blank_row, choice_of, problem_of, questions_of, rows_of } from "../src/manifest.js";
import { NoRandomness, Randomness } from "../src/random.js";
import { ballot_from_entry, spoil_from_entry } from "../src/record.js";
import { item } from "../src/refusal.js";
import { Sealer, SealerFailed, type WorkerLike } from "../src/sealer.js";
import { Voter } from "../src/voter.js";
import { type Message, answer, make_handlers } from "../src/worker.js";
import { BALLOT_ID, BOARD, CODE, ORIGIN, SEATS, STRIKE, manifest_file, manifest_of, receipt_for, signed_note } from "./poll.js";
import { assert_refused, named_bytes } from "./support.js";

const MANIFEST = manifest_of({ questions: [STRIKE, BOARD, SEATS] });
const BALLOT = "0123456789abcdef".repeat(2);

// Codes.

test("[07.1] [07.2] a code is read as people type it, and the wrong group is named", () => {
  for (const typed of [CODE, CODE.replaceAll("-", ""), "oooo OOOO 0000\n0000–0000_0000", `  ${CODE}  `]) {
    assert.deepEqual(check_code(typed), { code: "0".repeat(24) }, typed);
  }
  const problem = (typed: string) => (check_code(typed) as { problem: unknown }).problem;
  assert.deepEqual(problem(" - "), { kind: "empty" });
  assert.deepEqual(problem("0000-00U0-0000-0000-0000-0000"), { kind: "sign", group: 2, sign: "U" });
  assert.deepEqual(problem("0000-0000-0000-0000-00é0-0000"), { kind: "sign", group: 5, sign: "é" });
  assert.deepEqual(problem("0000-0000-000-0000-0000-0000"), { kind: "group-length", group: 3, count: 3 });
  assert.deepEqual(problem("0000-0000-00000-0000-0000-0000"), { kind: "group-length", group: 3, count: 5 });
  assert.deepEqual(problem("0".repeat(23)), { kind: "length", count: 23 });
  assert.deepEqual(problem("1000-0000-0000-0000-0000-0000"), { kind: "check" });
  assert.deepEqual(["7q4km2xdo", "7q4k m2x", "7q4 m2xd-", "7q4k", "-", ""].map(spaced), ["7Q4K-M2XD-0", "7Q4K-M2X", "7Q4-M2XD-", "7Q4K", "", ""]);
});

// Addresses.

const SITE = { origin: "https://vote.example.org", pathname: `/b/${BALLOT}/vote`, search: "", hash: "" };
const SERVED = { standalone: false, ballot: null, phi: null };
const ALONE = { standalone: true, ballot: null, phi: null };

test("the code leaves the address at once (E8), and the site's page takes nothing else from it (W3)", () => {
  const place = { api: SITE.origin, ballot: BALLOT, phi: null };
  assert.deepEqual(arrive({ ...SITE, hash: `#${CODE}` }, SERVED), { place, code: CODE, clean: SITE.pathname });
  const evil = arrive({ ...SITE, hash: `#api=https://evil.example&ballot=${"f".repeat(32)}` }, SERVED);
  assert.deepEqual(evil, { place, code: null, clean: SITE.pathname });
  assert.equal(arrive({ ...SITE, pathname: "/b/../vote" }, SERVED).place, null);
  assert.equal(arrive(SITE, { ...SERVED, ballot: "x".repeat(32) }).place, null);
});

test("a booth that stands alone takes site and ballot from the fragment, and nothing unsafe", () => {
  const here = { origin: "null", pathname: "/saved/booth.html", search: "", hash: "" };
  const hash = `#api=https%3A%2F%2Fvote.example.org%2Fpath&ballot=${BALLOT}&phi=${"a".repeat(64)}&code=${CODE}`;
  assert.deepEqual(arrive({ ...here, hash }, ALONE), {
    place: { api: "https://vote.example.org", ballot: BALLOT, phi: "a".repeat(64) },
    code: CODE,
    clean: `#api=https%3A%2F%2Fvote.example.org&ballot=${BALLOT}&phi=${"a".repeat(64)}`,
  });
  for (const api of ["http://vote.example.org", "javascript:alert(1)", "https://user@vote.example.org", "file:///x", ""]) {
    assert.equal(arrive({ ...here, hash: `#api=${encodeURIComponent(api)}&ballot=${BALLOT}` }, ALONE).place, null, api);
  }
  assert.equal(arrive({ ...here, hash: `#api=https://vote.example.org&ballot=${BALLOT}&phi=00` }, ALONE).place, null);
  assert.equal(arrive({ ...here, hash: "#%E0%A4%A" }, ALONE).place, null);
});

test("a voting link that is pasted names site, ballot and code", () => {
  const place = { api: "https://vote.example.org", ballot: BALLOT, phi: null };
  assert.deepEqual(place_of_link(` vote.example.org/b/${BALLOT}/vote#${CODE} `), { place, code: CODE });
  assert.deepEqual(place_of_link(`http://127.0.0.1:8000/b/${BALLOT}`)?.place.api, "http://127.0.0.1:8000");
  for (const wrong of ["", "vote.example.org", `http://vote.example.org/b/${BALLOT}/vote`, "::", `ftp://x/b/${BALLOT}`]) {
    assert.equal(place_of_link(wrong), null, wrong);
  }
});

// Random numbers (C11).

test("a device without safe random numbers does not vote (C11)", () => {
  const draws = (fill: (bytes: Uint8Array, call: number) => void): Randomness => {
    let call = 0;
    return new Randomness({ getRandomValues: (bytes) => fill(bytes, call++) });
  };
  const honest = (bytes: Uint8Array): void => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
  const bad = [
    new Randomness(undefined),
    draws(() => {
      throw new Error("no");
    }),
    draws(() => undefined),
    draws((bytes) => bytes.fill(255)),
    draws((bytes, call) => bytes.fill(call)),
    draws((bytes, call) => bytes.forEach((_byte, i) => (bytes[i] = (i * 7 + (call % 2)) % 23))),
    draws((bytes) => bytes.set(named_bytes("always the same"))),
  ];
  for (const randomness of bad) assert.throws(() => randomness.draw(), NoRandomness);
  const good = draws(honest);
  assert.notDeepEqual(good.draw(), good.draw());
});

test("a generator that repeats itself later is noticed then (C11)", () => {
  const period = [named_bytes("a"), named_bytes("b"), named_bytes("c"), named_bytes("d")];
  let call = 0;
  const randomness = new Randomness({ getRandomValues: (bytes) => bytes.set(item(period, call++ % 4)) });
  randomness.draw();
  randomness.draw();
  assert.throws(() => randomness.draw(), NoRandomness);
});

// Manifests.

test("[08.25] a manifest in its one form, with or without the end of its line", () => {
  const file = manifest_file();
  const handlers = make_handlers();
  assert.deepEqual(handlers.manifest({ file: utf8(`${Buffer.from(file).toString()}\n`) }), manifest_of().phi);
  assert_refused("02.5", () => handlers.manifest({ file: utf8(` ${Buffer.from(file).toString()}`) }));
});

test("[03.9] a manifest that names another suite, another log, or lacks a field is refused (C14)", () => {
  assert_refused("03.9", () => manifest_of({ suite: "quorate/0 toy" }));
  assert_refused("08.9", () => manifest_of({ origin: "elsewhere.example/0123" }));
  assert_refused("08.25", () => manifest_of({ format: 2 }));
  assert_refused("08.12", () => manifest_of({ witnesses: { quorum: 1, witnesses: [] } }));
  assert_refused("01.3", () => manifest_of({ ballot_key: base64(new Uint8Array(32).fill(255)) }));
  assert_refused("05.7", () => manifest_of({ questions: [{ ...(STRIKE as object), options: [{ id: "yes", label: "Yes" }], blank: null }] }));
});

test("rows are options, then blank; what they may be follows the question", () => {
  const [strike, board, seats] = MANIFEST.questions as [never, never, never];
  assert.deepEqual(rows_of(strike), ["Option yes", "Option no", "Leave it blank"]);
  assert.equal(blank_row(board), 3);
  assert.deepEqual(questions_of(MANIFEST, 0).map(({ id }) => id), ["strike", "seats"]);
  const problems = [problem_of(strike, []), problem_of(board, []), problem_of(seats, []), problem_of(seats, [0, 1, 2])];
  assert.deepEqual(problems, ["none", "none", "none", "too-many"]);
  assert.deepEqual([choice_of(strike, [2]), choice_of(board, [3]), choice_of(seats, [0, 2])], [{ outcome: 2 }, "blank", { options: [0, 2] }]);
  assert_refused("05.7", () => choice_of(strike, []));
  assert_refused("05.9", () => choice_of(seats, []));
});

// Sealing.

const FORM = { phi: MANIFEST.phi, ballot_key: MANIFEST.ballot_key, questions: questions_of(MANIFEST, 1) };
const NONE = new Uint8Array(32);

function rows_as_entry(rows: readonly (readonly number[])[], rho: string): Uint8Array {
  const voter = new Voter(CODE, BALLOT_ID);
  voter.seal(FORM, NONE, rows.map((of_question, place) => choice_of(item(MANIFEST.questions, place), of_question)), named_bytes(rho));
  return voter.sign(named_bytes("fresh"));
}

test("[07.9] what the voter's program signs is a ballot", () => {
  const entry = rows_as_entry([[1], [3], [0, 2]], "rho");
  const ballot = ballot_from_entry(entry, FORM.questions);
  verify_ballot(FORM, ballot);
  assert.deepEqual(ballot.body.credential.to_bytes(), new Voter(CODE, BALLOT_ID).credential);
});

test("every choice makes a request of the same length (B15)", () => {
  const choices = [[[0], [2], [0]], [[1], [0, 1], [1, 2]], [[2], [3], [0, 2]]];
  const lengths = choices.map((rows, i) => rows_as_entry(rows, `rho ${i}`).length);
  assert.equal(new Set(lengths).size, 1, String(lengths));
});

test("[07.12] a repeated A is noticed on the device (C11)", () => {
  const voter = new Voter(CODE, BALLOT_ID);
  const choices = [{ outcome: 0 }, "blank", { options: [0] }] as const;
  voter.seal(FORM, NONE, choices, named_bytes("rho"));
  assert_refused("07.12", () => voter.seal(FORM, NONE, choices, named_bytes("rho")));
});

test("what is sealed is signed once: a ballot that was opened cannot be cast, nor the other way round", () => {
  const voter = new Voter(CODE, BALLOT_ID);
  const tracker = voter.seal(FORM, NONE, [{ outcome: 0 }, "blank", { options: [0] }], named_bytes("rho"));
  const { entry, opening } = voter.open(named_bytes("fresh"));
  assert.deepEqual(spoil_from_entry(entry).tracker, tracker);
  assert.deepEqual(JSON.parse(opening).choices, [{ outcome: 0 }, "blank", { options: [0] }]);
  assert.throws(() => voter.sign(named_bytes("fresh")), /nothing is sealed/);
});

// The worker.

test("the worker answers in words, and keeps the secret to itself", () => {
  const handlers = make_handlers();
  const ask = (name: Message["name"], body: object) => answer(handlers, { id: 1, name, body } as Message);
  assert.deepEqual(ask("unlock", { code: CODE }), { id: 1, refused: "the program failed", clause: "" });
  ask("manifest", { file: manifest_file() });
  assert.ok("value" in ask("unlock", { code: CODE }));
  assert.match((ask("unlock", { code: "0000" }) as { refused: string }).refused, /24 symbols/);
  ask("seal", { unit: 0, prev: NONE, answers: [[0]], rho: named_bytes("rho") });
  const { value: entry } = ask("sign", { fresh: named_bytes("fresh") }) as { value: Uint8Array };
  assert.deepEqual(ask("prove", { entry, receipt: receipt_for(entry) }), { id: 1, value: { index: 1, time: null } });
  const note = utf8(signed_note(`${ORIGIN}\n2\n${base64(named_bytes("root"))}\n`));
  assert.deepEqual(ask("checkpoint", { note }), { id: 1, value: { size: 2, time: null } });
});

test("[08.15] a receipt proves only the very line that was sent, by the manifest's log", () => {
  const handlers = make_handlers();
  handlers.manifest({ file: manifest_file() });
  const entry = utf8('{"type":"ballot"}');
  const receipt = receipt_for(entry);
  assert_refused("08.3", () => handlers.prove({ entry: utf8('{"type":"ballot "}'), receipt }));
  const text = Buffer.from(receipt).toString();
  assert_refused("08.3", () => handlers.prove({ entry, receipt: utf8(text.replace("index 1", "index 0")) }));
  assert_refused("08.7", () => handlers.prove({ entry, receipt: utf8(text.replace(`${ORIGIN}\n2\n`, `${ORIGIN}\n3\n`)) }));
  assert_refused("08.9", () => handlers.prove({ entry, receipt: utf8(text.replaceAll(ORIGIN, "other.example/0123")) }));
});

test("the page's end of the worker: answers find their question, failures reach everyone who waits", async () => {
  const handlers = make_handlers();
  const sent: Message[] = [];
  const worker: WorkerLike = { onmessage: null, onerror: null, postMessage: (message) => sent.push(message), terminate: () => undefined };
  const sealer = new Sealer(worker);
  const manifest = sealer.ask("manifest", { file: manifest_file() });
  const code = sealer.ask("unlock", { code: "0000" });
  for (const message of sent.splice(0)) worker.onmessage?.({ data: answer(handlers, message) });
  assert.deepEqual(await manifest, manifest_of().phi);
  await assert.rejects(code, { name: "Refusal", clause: "07.1" });
  const lost = sealer.ask("unlock", { code: CODE });
  worker.onerror?.(undefined as never);
  await assert.rejects(lost, SealerFailed);
});

// The API.

interface Sent {
  url: string;
  options: RequestInit;
}

function api_answering(status: number, body: string | Uint8Array): { api: Api; sent: Sent[] } {
  const sent: Sent[] = [];
  const api = new Api("https://vote.example.org", BALLOT, (url, options) => {
    sent.push({ url, options });
    return Promise.resolve(new Response(body as BodyInit, { status }));
  });
  return { api, sent };
}

const LINE = canonical_bytes({ type: "ballot" });

test("requests carry no cookie, no referrer, and follow no redirect (E8, W7)", async () => {
  const { api, sent } = api_answering(409, "{}");
  await api.cast(LINE);
  const [{ url, options }] = sent as [Sent];
  assert.equal(url, `https://vote.example.org/api/ballots/${BALLOT}/ballots`);
  assert.deepEqual(
    [options.credentials, options.referrerPolicy, options.redirect, options.cache, options.method, options.body],
    ["omit", "no-referrer", "error", "no-store", "POST", '{"type":"ballot"}'],
  );
});

test("each answer to a cast is what it says, and nothing else is taken for an answer", async () => {
  const tracker = base64(named_bytes("tracker"));
  const kinds: [number, string, string][] = [
    [200, JSON.stringify({ entry: 3, tracker, receipt: "proof" }), "accepted"],
    [403, "{}", "closed"],
    [409, JSON.stringify({ check: "V12", reason: "behind", last: null }), "behind"],
    [422, JSON.stringify({ check: "V11", reason: "no proof" }), "refused"],
    [503, "", "not-stored"],
    [429, "", "not-stored"],
  ];
  for (const [status, body, kind] of kinds) assert.equal((await api_answering(status, body).api.cast(LINE)).kind, kind);
  const unreadable: [number, string][] = [
    [500, ""], [502, "<html>"], [404, "{}"], [200, ""], [200, "{}"], [200, "null"], [200, '"cast"'], [200, "[]"],
    [200, JSON.stringify({ entry: -1, tracker, receipt: "" })], [200, JSON.stringify({ entry: 1.5, tracker, receipt: "" })],
    [200, JSON.stringify({ entry: 1, tracker: "AA==", receipt: "" })], [422, "{}"],
  ]; // prettier-ignore
  for (const [status, body] of unreadable) await assert.rejects(api_answering(status, body).api.cast(LINE), NoAnswer, `${status} ${body}`);
  const dead = new Api("https://vote.example.org", BALLOT, () => Promise.reject(new TypeError("network")));
  await assert.rejects(dead.cast(LINE), NoAnswer);
});

test("what the board says of a code has its form, or is no answer", async () => {
  const latest = base64(NONE);
  const active = { known: true, active: true, unit: 0, latest, ballots: [], checkpoint: "note" };
  const ask = (body: object) => api_answering(200, JSON.stringify(body)).api.credential(NONE);
  assert.equal((await ask({ ...active, known: false })).kind, "unknown");
  assert.deepEqual(await ask({ ...active, active: false }), { kind: "replaced", since: null });
  assert.equal((await ask(active)).kind, "active");
  const one = { tracker: latest, entry: 2, fate: "counts", more: "an API grows" };
  const answered = await ask({ ...active, ballots: [one] });
  assert.ok(answered.kind === "active");
  assert.deepEqual(answered.ballots, [{ tracker: NONE, entry: 2, fate: "counts", time: null }]);
  for (const ballots of [[{ ...one, fate: "cast" }], [{ ...one, time: "yesterday" }], {}, [null]]) {
    await assert.rejects(ask({ ...active, ballots }), NoAnswer, JSON.stringify(ballots));
  }
});
