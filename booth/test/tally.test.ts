import assert from "node:assert/strict";
import { test } from "node:test";

import { encrypt, sum_of_ciphertexts } from "../src/elgamal.js";
import { Element, type Scalar, SecretScalar, scalar_from_integer, scalar_multiply, scalar_sum } from "../src/group.js";
import { item } from "../src/refusal.js";
import {
  type Aggregate,
  type PartialDecryption,
  check_total,
  combine,
  counts_of_total,
  lagrange_at_zero,
  partial_decryption_proof_from_bytes,
  partial_decryption_proof_to_bytes,
  partial_decryption_transcript,
  verify_partial_decryption,
} from "../src/tally.js";
import type { TallyContext } from "../src/transcript.js";
import { assert_refused, named_bytes, named_scalar, named_secret } from "./support.js";

/** Two coefficients: any two of three tellers decrypt. */
const COEFFICIENTS = [named_scalar("a0"), named_scalar("a1")];
const BALLOT_KEY = new SecretScalar(item(COEFFICIENTS, 0)).public_key();
const SECOND = 1n << 32n;
const VOTES = [1n, SECOND, 1n, 0n, 1n];
const SUM = sum_of_ciphertexts(VOTES.map((v, i) => encrypt(BALLOT_KEY, v, named_scalar(`r ${i}`))));
const AGGREGATE: Aggregate = { ...SUM, question: 0, group: 0, place: 0 };

function share_of(teller: number): Scalar {
  const powers = COEFFICIENTS.map((a, k) => scalar_multiply(a, scalar_from_integer(teller ** k)));
  return scalar_sum(powers);
}

function context_of(teller: number): TallyContext {
  return { phi: named_bytes("phi"), closing_index: 9, closing_root: named_bytes("root"), teller };
}

/** What a teller's tool does; here only, since the booth never decrypts. */
function decrypt(teller: number, aggregate: Aggregate = AGGREGATE, share: Scalar = share_of(teller)): PartialDecryption {
  const w = named_scalar(`w ${teller}`);
  const partial = aggregate.A.multiply(share);
  const T = { T_1: Element.G.multiply(w), T_2: aggregate.A.multiply(w) };
  const transcript = partial_decryption_transcript(context_of(teller), aggregate, key_of(teller), partial, T);
  const c = transcript.challenge();
  return { partial, proof: { ...T, z: scalar_sum([w, scalar_multiply(c, share)]) } };
}

function key_of(teller: number): Element {
  return new SecretScalar(share_of(teller)).public_key();
}

test("[09.3] [09.5] [09.7] any two tellers give the total", () => {
  for (const tellers of [[1, 2], [1, 3], [3, 2], [1, 2, 3]]) {
    const partials = tellers.map((teller): [number, Element] => {
      const decryption = decrypt(teller);
      verify_partial_decryption(context_of(teller), AGGREGATE, key_of(teller), decryption);
      return [teller, decryption.partial];
    });
    const M = combine(SUM, new Map(partials));
    check_total(M, 3n + SECOND);
    for (const wrong of [0n, 3n, 4n + SECOND, 3n + 2n * SECOND, -3n]) assert_refused("09.7", () => check_total(M, wrong));
  }
});

test("[09.5] one teller of a threshold of two gives another point", () => {
  assert_refused("09.7", () => check_total(combine(SUM, new Map([[1, decrypt(1).partial]])), 3n + SECOND));
});

test("[09.7] a total of zero is the identity", () => {
  const zero = sum_of_ciphertexts([encrypt(BALLOT_KEY, 0n, named_scalar("r"))]);
  const of_zero = (teller: number): [number, Element] => [teller, zero.A.multiply(share_of(teller))];
  check_total(combine(zero, new Map([of_zero(1), of_zero(2)])), 0n);
});

test("[09.3] C2: a partial decryption with a wrong share is refused", () => {
  const wrong = decrypt(1, AGGREGATE, named_scalar("no share"));
  assert_refused("09.3", () => verify_partial_decryption(context_of(1), AGGREGATE, key_of(1), wrong));
});

test("[09.3] C2: the proof binds context, place, ciphertext, key, output and commitments", () => {
  const honest = decrypt(1);
  const context = context_of(1);
  const more = AGGREGATE.B.add(Element.G);
  const attempts: [TallyContext, Aggregate, Element, PartialDecryption][] = [
    [{ ...context, phi: named_bytes("other") }, AGGREGATE, key_of(1), honest],
    [{ ...context, closing_index: 10 }, AGGREGATE, key_of(1), honest],
    [{ ...context, closing_root: named_bytes("other") }, AGGREGATE, key_of(1), honest],
    [{ ...context, teller: 2 }, AGGREGATE, key_of(1), honest],
    [context, { ...AGGREGATE, question: 1 }, key_of(1), honest],
    [context, { ...AGGREGATE, group: 1 }, key_of(1), honest],
    [context, { ...AGGREGATE, place: 1 }, key_of(1), honest],
    [context, { ...AGGREGATE, A: AGGREGATE.A.add(Element.G) }, key_of(1), honest],
    [context, { ...AGGREGATE, B: more }, key_of(1), honest],
    [context, AGGREGATE, key_of(2), honest],
    [context, AGGREGATE, key_of(1), { ...honest, partial: honest.partial.add(Element.G) }],
    [context, AGGREGATE, key_of(1), { ...honest, proof: { ...honest.proof, T_1: more } }],
    [context, AGGREGATE, key_of(1), { ...honest, proof: { ...honest.proof, T_2: more } }],
    [context, AGGREGATE, key_of(1), { ...honest, proof: { ...honest.proof, z: named_scalar("other") } }],
  ];
  for (const attempt of attempts) assert_refused("09.3", () => verify_partial_decryption(...attempt));
});

test("[09.3] the proof has 96 bytes and decodes to itself", () => {
  const bytes = partial_decryption_proof_to_bytes(decrypt(1).proof);
  assert.deepEqual(partial_decryption_proof_to_bytes(partial_decryption_proof_from_bytes(bytes)), bytes);
  assert_refused("09.3", () => partial_decryption_proof_from_bytes(bytes.slice(32)));
});

test("[09.5] tellers of a combination are distinct and numbered from 1", () => {
  assert.equal(lagrange_at_zero([2], 2), 1n);
  assert_refused("09.5", () => lagrange_at_zero([1, 1], 1));
  assert_refused("09.5", () => lagrange_at_zero([0, 1], 1));
  assert_refused("09.5", () => lagrange_at_zero([1, 2], 3));
});

test("[09.6] [09.7] the counts of one total, within the number of counted ballots", () => {
  assert.deepEqual(counts_of_total(3, 3n + SECOND, 5), [3, 1, 1]);
  assert.deepEqual(counts_of_total(3, 0n, 0), [0, 0, 0]);
  assert.deepEqual(counts_of_total(2, 3n, 3), [3, 0]);
  assert_refused("09.7", () => counts_of_total(3, 3n + SECOND, 3));
  assert_refused("09.7", () => counts_of_total(2, SECOND, 5));
  assert_refused("09.7", () => counts_of_total(3, -1n, 5));
  assert_refused("09.7", () => counts_of_total(3, 0n, 2 ** 32));
});

test("[09.3] a key that is not the teller's own proves nothing", () => {
  assert_refused("09.3", () => verify_partial_decryption(context_of(1), AGGREGATE, named_secret("x").public_key(), decrypt(1)));
});
