import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_PREVIOUS,
  type Question,
  derivation,
  make_body,
  shown_tracker,
  sign_body,
  spoil_transcript,
  tracker_of,
  verify_ballot,
} from "../src/ballot.js";
import { utf8 } from "../src/bytes.js";
import type { Choice } from "../src/encoding.js";
import { scalar_from_integer } from "../src/group.js";
import { ballot_from_entry, ballot_to_entry, spoil_from_entry, spoil_to_entry } from "../src/record.js";
import { sign, verify_signature } from "../src/signature.js";
import { assert_refused, named_bytes, named_secret } from "./support.js";

const SECRET = named_secret("credential");
const BALLOT_KEY = named_secret("ballot key").public_key();
const PHI = named_bytes("phi");
const CONTEXT = { phi: PHI, ballot_key: BALLOT_KEY, credential: SECRET.public_key(), prev: NO_PREVIOUS };
const STRIKE: Question = { question: 0, encoding: { type: "single", outcomes: 3 } };
const BOARD: Question = { question: 4, encoding: { type: "multiple", options: 4, min: 1, max: 3, blank: true } };
const QUESTIONS = [STRIKE, BOARD];
const CHOICES: Choice[] = [{ outcome: 1 }, { options: [1, 3] }];
const RHO = named_bytes("rho");

const BODY = make_body(CONTEXT, QUESTIONS, CHOICES, RHO);
const BALLOT = sign_body(BODY, BALLOT_KEY, SECRET, named_bytes("fresh"));
const FORM = { phi: PHI, ballot_key: BALLOT_KEY, questions: QUESTIONS };

test("[07.9] [05.4] a ballot verifies, and still does after a journey through its entry", () => {
  verify_ballot(FORM, BALLOT);
  const entry = ballot_to_entry(BALLOT);
  const read = ballot_from_entry(entry, QUESTIONS);
  verify_ballot(FORM, read);
  assert.deepEqual(ballot_to_entry(read), entry);
});

test("[07.11] the body is the same for the same rho and differs with anything that goes in", () => {
  const tracker = (change: Partial<typeof CONTEXT>, rho = RHO, choices = CHOICES): string =>
    Buffer.from(tracker_of(make_body({ ...CONTEXT, ...change }, QUESTIONS, choices, rho))).toString("hex");
  assert.equal(tracker({}), Buffer.from(tracker_of(BODY)).toString("hex"));
  const others = [
    tracker({}, named_bytes("another rho")),
    tracker({}, RHO, [{ outcome: 0 }, { options: [1, 3] }]),
    tracker({ phi: named_bytes("another phi") }),
    tracker({ prev: named_bytes("another prev") }),
    tracker({ credential: named_secret("another").public_key() }),
  ];
  assert.equal(new Set([...others, tracker({})]).size, others.length + 1);
});

test("[07.11] no two labels, choices or questions share a scalar", () => {
  const derive = derivation(RHO, CONTEXT, QUESTIONS, [[1n], [0n, 1n, 0n, 1n, 0n]]);
  const other_choice = derivation(RHO, CONTEXT, QUESTIONS, [[0n], [0n, 1n, 0n, 1n, 0n]]);
  const regrouped = derivation(RHO, CONTEXT, [STRIKE], [[1n]]);
  const labels = ["0/0/r", "0/0/w", "0/0/c/0", "0/0/z/0", "0/0/c/1", "0/1/r", "1/0/r", "4/0/r"];
  const scalars = [...labels.map(derive), other_choice("0/0/r"), regrouped("0/0/r")];
  assert.equal(new Set(scalars).size, scalars.length);
  assert.equal(derive("0/0/r"), derive("0/0/r"));
});

test("[07.8] a tracker does not depend on the signature, and people see 160 bits of it", () => {
  const again = sign_body(BODY, BALLOT_KEY, SECRET, named_bytes("other fresh bytes"));
  assert.notDeepEqual(again.signature.R.to_bytes(), BALLOT.signature.R.to_bytes());
  assert.deepEqual(tracker_of(again.body), tracker_of(BALLOT.body));
  assert.match(shown_tracker(tracker_of(BODY)), /^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.equal(shown_tracker(Uint8Array.from({ length: 32 }, (_, i) => i)), "000G-40R4-0M30-E209-185G-R38E-1W81-24GK");
});

test("[03.11] a repeated generator does not repeat a nonce over another body", () => {
  const other = make_body(CONTEXT, QUESTIONS, [{ outcome: 0 }, "blank"], RHO);
  const signature = sign_body(other, BALLOT_KEY, SECRET, named_bytes("fresh")).signature;
  assert.notDeepEqual(signature.R.to_bytes(), BALLOT.signature.R.to_bytes());
});

test("[07.9] the signature binds body, ballot key and credential", () => {
  const other = make_body(CONTEXT, QUESTIONS, CHOICES, named_bytes("other rho"));
  assert_refused("07.9", () => verify_ballot(FORM, { ...BALLOT, body: other }));
  assert_refused("07.9", () => verify_ballot({ ...FORM, ballot_key: named_secret("other").public_key() }, BALLOT));
  const s = scalar_from_integer(BALLOT.signature.s + 1n);
  assert_refused("07.9", () => verify_ballot(FORM, { ...BALLOT, signature: { ...BALLOT.signature, s } }));
});

test("[07.7] a ballot of another manifest is refused", () => {
  assert_refused("07.7", () => verify_ballot({ ...FORM, phi: named_bytes("other") }, BALLOT));
});

test("[07.13] a spoil entry is signed for one tracker and is no ballot signature", () => {
  const tracker = tracker_of(BODY);
  const transcript = (of: Uint8Array) => spoil_transcript(PHI, BALLOT_KEY, CONTEXT.credential, of);
  const signature = sign(SECRET, transcript(tracker), scalar_from_integer(77));
  const entry = spoil_to_entry({ phi: PHI, credential: CONTEXT.credential, tracker, signature });
  const read = spoil_from_entry(entry);
  assert.deepEqual(spoil_to_entry(read), entry);
  verify_signature(read.credential, transcript(read.tracker), read.signature);
  assert_refused("07.9", () => verify_signature(read.credential, transcript(named_bytes("other")), read.signature));
  assert_refused("07.9", () => verify_ballot(FORM, { ...BALLOT, signature }));
  assert_refused("02.4", () => spoil_from_entry(ballot_to_entry(BALLOT)));
  assert_refused("02.5", () => spoil_from_entry(utf8(`${Buffer.from(entry).toString()} `)));
});

test("every choice makes an entry of the same length (B15)", () => {
  const lengths = [{ outcome: 0 }, { outcome: 1 }, { outcome: 2 }].map((choice) => {
    const body = make_body(CONTEXT, [STRIKE], [choice], RHO);
    return ballot_to_entry(sign_body(body, BALLOT_KEY, SECRET, named_bytes("fresh"))).length;
  });
  assert.equal(new Set(lengths).size, 1);
});
