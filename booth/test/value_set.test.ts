import assert from "node:assert/strict";
import { test } from "node:test";

import { ciphertexts_hash } from "../src/ballot.js";
import { encrypt } from "../src/elgamal.js";
import { Element, type Scalar, scalar_from_integer, scalar_multiply, scalar_subtract, scalar_sum } from "../src/group.js";
import { item } from "../src/refusal.js";
import type { BallotContext } from "../src/transcript.js";
import { type Proof, type Statement, proof_from_bytes, proof_length, proof_to_bytes, prove, verify } from "../src/value_set.js";
import { proof_with, proof_without_a_true_branch, replaced } from "./forgery.js";
import { assert_refused, named_bytes, named_scalar, named_secret } from "./support.js";

const Y = named_secret("ballot key").public_key();
const THREE = [0n, 1n, 1n << 32n];

interface Example {
  readonly statement: Statement;
  readonly value: bigint;
  readonly r: Scalar;
}

function example(plaintexts: readonly bigint[], weights: readonly bigint[], values: readonly bigint[]): Example {
  const randomness = plaintexts.map((_, i) => named_scalar(`r ${i}`));
  const ciphertexts = plaintexts.map((v, i) => encrypt(Y, v, item(randomness, i)));
  const context: BallotContext = {
    phi: named_bytes("phi"),
    ballot_key: Y,
    credential: named_secret("credential").public_key(),
    prev: named_bytes("prev"),
    ciphertexts_hash: ciphertexts_hash([{ question: 5, ciphertexts }]),
  };
  return {
    statement: { context, question: 5, proof: 2, ciphertexts, values, weights },
    value: weights.reduce((sum, weight, i) => sum + weight * item(plaintexts, i), 0n),
    r: scalar_sum(weights.map((weight, i) => scalar_multiply(scalar_from_integer(weight), item(randomness, i)))),
  };
}

function proof_of({ statement, value, r }: Example): Proof {
  return prove(statement, value, r, {
    nonce: () => named_scalar("nonce"),
    simulated: (j) => ({ challenge: named_scalar(`c ${j}`), response: named_scalar(`z ${j}`) }),
  });
}

const YES = example([1n], [1n], THREE);
const PROOF = proof_of(YES);

test("[05.4] [05.5] what is proved of each value of a set verifies", () => {
  for (const value of THREE) verify(example([value], [1n], THREE).statement, proof_of(example([value], [1n], THREE)));
  for (const plaintexts of [[0n, 1n, 0n], [1n, 1n, 0n], [0n, 0n, 1n]]) {
    const weighted = example(plaintexts, [1n, 1n, 4n], [1n, 2n, 4n]);
    verify(weighted.statement, proof_of(weighted));
  }
});

test("[05.1] a plaintext outside the set cannot be proved", () => {
  for (const value of [2n, 3n, (1n << 32n) + 1n]) {
    assert_refused("05.1", () => proof_of(example([value], [1n], THREE)));
  }
});

test("[05.1] a set of one, repeated or negative values, and weights of zero are no statement", () => {
  for (const change of [{ values: [1n] }, { values: [0n, 0n] }, { values: [-1n, 0n] }, { weights: [0n] }, { weights: [-1n] }]) {
    assert_refused("05.1", () => verify({ ...YES.statement, ...change }, PROOF));
  }
});

test("[03.10] C1: the proof binds every part of its statement", () => {
  const { statement } = YES;
  const { context } = statement;
  const cipher = item(statement.ciphertexts, 0);
  const elsewhere = named_secret("elsewhere").public_key();
  const changes: [string, Statement][] = [
    ["phi", { ...statement, context: { ...context, phi: named_bytes("other") } }],
    ["ballot key", { ...statement, context: { ...context, ballot_key: elsewhere } }],
    ["credential", { ...statement, context: { ...context, credential: elsewhere } }],
    ["prev", { ...statement, context: { ...context, prev: named_bytes("other") } }],
    ["ciphertexts_hash", { ...statement, context: { ...context, ciphertexts_hash: named_bytes("other") } }],
    ["question", { ...statement, question: 4 }],
    ["proof index", { ...statement, proof: 1 }],
    ["values", { ...statement, values: [0n, 1n, 2n] }],
    ["order of values", { ...statement, values: [1n, 0n, 1n << 32n] }],
    ["weights", { ...statement, weights: [2n] }],
    ["A", { ...statement, ciphertexts: [{ ...cipher, A: cipher.A.add(Element.G) }] }],
    ["B", { ...statement, ciphertexts: [{ ...cipher, B: cipher.B.add(Element.G) }] }],
    ["a ciphertext of weight zero", { ...statement, ciphertexts: [cipher, cipher], weights: [1n, 0n] }],
  ];
  for (const [what, changed] of changes) {
    assert.throws(() => verify(changed, PROOF), { clause: "05.4" }, what);
  }
});

test("[05.4] every element and scalar of a proof counts", () => {
  const parts = proof_length(THREE) / 32;
  for (let part = 0; part < parts; part++) {
    const other = part < 6 ? named_secret("other").public_key().to_bytes() : scalar_bytes_of_one();
    const changed = proof_with(PROOF, THREE, (all) => all.splice(part, 1, other));
    assert_refused("05.4", () => verify(YES.statement, changed));
  }
});

function scalar_bytes_of_one(): Uint8Array {
  return Uint8Array.of(1, ...new Uint8Array(31));
}

test("[05.4] C9: a wrong split of the challenge fails, whichever branch takes the rest", () => {
  const forged = proof_without_a_true_branch(YES.statement, counter("forged"));
  assert_refused("05.4", () => verify(YES.statement, forged));
  for (const j of [0, 1]) {
    const challenges = replaced(forged.challenges, j, named_scalar("another split"));
    assert_refused("05.4", () => verify(YES.statement, { ...forged, challenges }));
  }
});

test("[05.4] C1: commitments chosen for a ciphertext of 1000 before the challenge is known do not verify", () => {
  const overvote = example([1000n], [1n], THREE);
  assert_refused("05.4", () => verify(overvote.statement, proof_without_a_true_branch(overvote.statement, counter("overvote"))));
});

test("[05.4] C7: bits that sum to two cannot carry a proof for one", () => {
  const two = example([1n, 1n], [1n, 1n], [0n, 1n]);
  const one = example([1n, 0n], [1n, 1n], [0n, 1n]);
  assert_refused("05.1", () => proof_of(two));
  assert_refused("05.4", () => verify(two.statement, proof_of(one)));
});

test("[05.2] [05.10] a proof has exactly 32 (4n - 1) bytes and decodes to itself", () => {
  const bytes = proof_to_bytes(PROOF);
  assert.equal(bytes.length, 32 * 11);
  assert.deepEqual(proof_to_bytes(proof_from_bytes(bytes, THREE)), bytes);
  for (const wrong of [bytes.slice(32), bytes.slice(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
    assert_refused("05.10", () => proof_from_bytes(wrong, THREE));
  }
  assert_refused("05.10", () => verify({ ...YES.statement, values: [0n, 1n] }, PROOF));
});

test("[05.4] the last challenge is what remains of c, so adding it as a list item is refused", () => {
  const challenges = [...PROOF.challenges, scalar_subtract(named_scalar("x"), named_scalar("y"))];
  assert_refused("05.10", () => verify(YES.statement, { ...PROOF, challenges }));
});

function counter(name: string): () => Scalar {
  let drawn = 0;
  return () => named_scalar(`${name} ${drawn++}`);
}
