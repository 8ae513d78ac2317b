import assert from "node:assert/strict";
import { test } from "node:test";

import { type Choice, type MultipleChoice, type SingleChoice, combined_value, plaintexts_of, shape_of } from "../src/encoding.js";
import { item } from "../src/refusal.js";
import { assert_refused } from "./support.js";

const single = (outcomes: number): SingleChoice => ({ type: "single", outcomes });
const BOARD: MultipleChoice = { type: "multiple", options: 4, min: 1, max: 3, blank: true };

test("[05.7] two and three outcomes take one ciphertext", () => {
  assert.deepEqual(shape_of(single(2)), { ciphertexts: 1, claims: [{ values: [0n, 1n], weights: [1n] }] });
  assert.deepEqual(shape_of(single(3)), { ciphertexts: 1, claims: [{ values: [0n, 1n, 2n ** 32n], weights: [1n] }] });
  assert.deepEqual([0, 1].map((outcome) => plaintexts_of(single(2), { outcome })), [[1n], [0n]]);
  assert.deepEqual([0, 1, 2].map((outcome) => plaintexts_of(single(3), { outcome })), [[1n], [2n ** 32n], [0n]]);
});

test("[05.8] more outcomes take a bit for each but the last, and a proof of their sum", () => {
  const { ciphertexts, claims } = shape_of(single(5));
  assert.equal(ciphertexts, 4);
  assert.deepEqual(claims.map(({ weights }) => weights.join("")), ["1000", "0100", "0010", "0001", "1111"]);
  assert.ok(claims.every(({ values }) => values.join() === "0,1"));
  assert.deepEqual(plaintexts_of(single(5), { outcome: 1 }), [0n, 1n, 0n, 0n]);
  assert.deepEqual(plaintexts_of(single(5), { outcome: 4 }), [0n, 0n, 0n, 0n]);
});

test("[05.9] a multiple choice with a blank has its place last, of weight k + 1", () => {
  const { ciphertexts, claims } = shape_of(BOARD);
  assert.equal(ciphertexts, 5);
  assert.equal(claims.length, 6);
  assert.deepEqual(item(claims, 5), { values: [1n, 2n, 3n, 5n], weights: [1n, 1n, 1n, 1n, 5n] });
  assert.deepEqual(plaintexts_of(BOARD, "blank"), [0n, 0n, 0n, 0n, 1n]);
  assert.deepEqual(plaintexts_of(BOARD, { options: [3, 0] }), [1n, 0n, 0n, 1n, 0n]);
  const without = shape_of({ ...BOARD, blank: false });
  assert.deepEqual(item(without.claims, 4), { values: [1n, 2n, 3n], weights: [1n, 1n, 1n, 1n] });
});

test("[05.9] of all bits, exactly the allowed combinations satisfy every claim", () => {
  for (const encoding of [BOARD, { ...BOARD, min: 0 }, { ...BOARD, blank: false }, { ...BOARD, max: 4 }]) {
    const { ciphertexts, claims } = shape_of(encoding);
    for (let bits = 0; bits < 2 ** ciphertexts; bits++) {
      const plaintexts = Array.from({ length: ciphertexts }, (_, i) => BigInt((bits >> i) & 1));
      const chosen = plaintexts.slice(0, 4).filter((bit) => bit === 1n).length;
      const is_blank = encoding.blank && plaintexts[4] === 1n;
      const allowed = is_blank ? chosen === 0 : chosen >= encoding.min && chosen <= encoding.max;
      const proved = claims.every((claim) => claim.values.includes(combined_value(claim, plaintexts)));
      assert.equal(proved, allowed, `${JSON.stringify(encoding)} ${plaintexts.join("")}`);
    }
  }
});

test("every allowed choice satisfies every claim of its question", () => {
  const choices: [SingleChoice | MultipleChoice, Choice][] = [
    ...[2, 3, 4, 9].flatMap((m) =>
      Array.from({ length: m }, (_, outcome): [SingleChoice, Choice] => [single(m), { outcome }]),
    ),
    [BOARD, { options: [2] }],
    [BOARD, { options: [1, 2, 3] }],
    [BOARD, "blank"],
    [{ ...BOARD, min: 0 }, { options: [] }],
  ];
  for (const [encoding, choice] of choices) {
    const plaintexts = plaintexts_of(encoding, choice);
    for (const claim of shape_of(encoding).claims) assert.ok(claim.values.includes(combined_value(claim, plaintexts)));
  }
});

test("choices that the question does not allow are refused", () => {
  assert_refused("05.7", () => plaintexts_of(single(3), { outcome: 3 }));
  assert_refused("05.7", () => plaintexts_of(single(3), { outcome: -1 }));
  assert_refused("05.7", () => plaintexts_of(single(3), { outcome: 0.5 }));
  assert_refused("05.7", () => plaintexts_of(single(3), { options: [0] }));
  assert_refused("05.7", () => plaintexts_of(single(3), "blank"));
  assert_refused("05.9", () => plaintexts_of(BOARD, { outcome: 0 }));
  assert_refused("05.9", () => plaintexts_of(BOARD, { options: [] }));
  assert_refused("05.9", () => plaintexts_of(BOARD, { options: [0, 1, 2, 3] }));
  assert_refused("05.9", () => plaintexts_of(BOARD, { options: [1, 1] }));
  assert_refused("05.7", () => plaintexts_of(BOARD, { options: [4] }));
  assert_refused("05.9", () => plaintexts_of({ ...BOARD, blank: false }, "blank"));
});

test("questions that cannot be asked are refused", () => {
  for (const outcomes of [0, 1, 2.5]) assert_refused("05.7", () => shape_of(single(outcomes)));
  for (const change of [{ min: -1 }, { min: 3, max: 2 }, { max: 5 }, { min: 0, max: 0 }, { options: 0 }]) {
    assert_refused("05.9", () => shape_of({ ...BOARD, ...change }));
  }
});
