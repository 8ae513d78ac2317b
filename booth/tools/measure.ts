/** `npm run bench`: time to make and to verify one ballot, in milliseconds. */
import { randomBytes } from "node:crypto";

import { type Question, NO_PREVIOUS, make_body, sign_body, verify_ballot } from "../src/ballot.js";
import { credential_secret, check_symbol } from "../src/credential.js";
import { Element, SecretScalar, scalar_from_wide_bytes } from "../src/group.js";
import { ballot_from_entry, ballot_to_entry } from "../src/record.js";

const phi = randomBytes(32);
const ballot_key = new SecretScalar(scalar_from_wide_bytes(randomBytes(64))).public_key();
const symbols = "0123456789ABCDEFGHJKMNP";
const STRIKE: Question = { question: 0, encoding: { type: "single", outcomes: 3 } };
const BOARD: Question = { question: 0, encoding: { type: "multiple", options: 4, min: 1, max: 3, blank: true } };

function report(name: string, repeat: number, run: () => unknown): void {
  const times = Array.from({ length: repeat }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
  const [first = 0] = times;
  const median = [...times].sort((a, b) => a - b)[Math.floor(repeat / 2)] ?? 0;
  console.log(`${name.padEnd(52)} first ${first.toFixed(2).padStart(8)} ms   median ${median.toFixed(3).padStart(8)} ms`);
}

function ballot_of(question: Question, choice: Parameters<typeof make_body>[2][number]) {
  const secret = credential_secret(symbols + check_symbol(symbols), phi);
  const context = { phi, ballot_key, credential: secret.public_key(), prev: NO_PREVIOUS };
  const body = make_body(context, [question], [choice], randomBytes(32));
  return sign_body(body, ballot_key, secret, randomBytes(32));
}

const scalar = scalar_from_wide_bytes(randomBytes(64));
const other = Element.G.multiply(scalar);
report("yes / no / blank: code to signed ballot", 41, () => ballot_of(STRIKE, { outcome: 0 }));
report("1..3 of 4 with blank: code to signed ballot", 15, () => ballot_of(BOARD, { options: [0, 1] }));
for (const [name, question, choice] of [["yes / no / blank", STRIKE, { outcome: 0 }], ["1..3 of 4 with blank", BOARD, { options: [0] }]] as const) {
  const entry = ballot_to_entry(ballot_of(question, choice));
  const form = { phi, ballot_key, questions: [question] };
  report(`${name}: parse and verify (${entry.length} bytes)`, 21, () => verify_ballot(form, ballot_from_entry(entry, [question])));
}
report("multiplication of G", 101, () => Element.G.multiply(scalar));
report("multiplication of another element", 101, () => other.multiply(scalar));
const encoded = other.to_bytes();
report("decode an element", 101, () => Element.from_canonical_bytes(encoded));
report("double and encode an element", 101, () => other.add(other).to_bytes());
