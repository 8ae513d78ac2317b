import assert from "node:assert/strict";
import { test } from "node:test";

import { utf8 } from "../src/bytes.js";
import { Tree, check_consistency, check_inclusion, leaf_hash, node_hash, root_of } from "../src/merkle.js";
import { assert_refused } from "./support.js";

const ENTRIES = Array.from({ length: 34 }, (_, i) => utf8(`entry ${i}`));

/** RFC 9162, section 2.1, as it is written: the other way to every root and proof. */
function split(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

function mth(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 1) return leaf_hash(entries[0] as Uint8Array);
  const k = split(entries.length);
  return node_hash(mth(entries.slice(0, k)), mth(entries.slice(k)));
}

function path(m: number, entries: readonly Uint8Array[]): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...path(m, entries.slice(0, k)), mth(entries.slice(k))]
    : [...path(m - k, entries.slice(k)), mth(entries.slice(0, k))];
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  const n = entries.length;
  if (m === n) return whole ? [] : [mth(entries)];
  const k = split(n);
  return m <= k
    ? [...subproof(m, entries.slice(0, k), whole), mth(entries.slice(k))]
    : [...subproof(m - k, entries.slice(k), false), mth(entries.slice(0, k))];
}

test("[08.1] roots are those of the recursive definition", () => {
  for (let n = 1; n <= ENTRIES.length; n++) assert.deepEqual(root_of(ENTRIES.slice(0, n)), mth(ENTRIES.slice(0, n)));
  const tree = new Tree();
  assert.equal(Buffer.from(tree.root()).toString("hex"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("[08.3] L5: every inclusion proof holds for its index and size alone", () => {
  for (let n = 1; n <= ENTRIES.length; n++) {
    const root = mth(ENTRIES.slice(0, n));
    for (let m = 0; m < n; m++) {
      const proof = path(m, ENTRIES.slice(0, n));
      const leaf = leaf_hash(ENTRIES[m] as Uint8Array);
      const check = (index: number, size: number, hashes = proof): void =>
        check_inclusion(leaf, BigInt(index), BigInt(size), hashes, root);
      check(m, n);
      for (const index of [m - 1, m + 1, n]) assert_refused("08.3", () => check(index, n));
      assert_refused("08.3", () => check(m, n, [...proof, root]));
      if (proof.length > 0) assert_refused("08.3", () => check(m, n, proof.slice(1)));
      if (proof.length > 0) assert_refused("08.3", () => check(m, n, proof.slice(0, -1)));
    }
  }
});

test("[08.4] L5: every consistency proof holds for its sizes alone", () => {
  for (let n = 1; n <= ENTRIES.length; n++) {
    const root = mth(ENTRIES.slice(0, n));
    for (let m = 1; m <= n; m++) {
      const proof = subproof(m, ENTRIES.slice(0, n), true);
      const first_root = mth(ENTRIES.slice(0, m));
      const check = (first: number, size: number, hashes = proof, of_first = first_root): void =>
        check_consistency(BigInt(first), of_first, BigInt(size), root, hashes);
      check(m, n);
      assert_refused("08.4", () => check(n + 1, n));
      assert_refused("08.4", () => check(m, n, [...proof, root]));
      assert_refused("08.4", () => check(m, n, proof, leaf_hash(first_root)));
      if (proof.length > 0) assert_refused("08.4", () => check(m, n, proof.slice(0, -1)));
      if (proof.length > 1) assert_refused("08.4", () => check(m, n, proof.slice(1)));
    }
  }
});

test("[08.4] every tree extends the empty one, whose root is fixed", () => {
  check_consistency(0n, root_of([]), 3n, root_of(ENTRIES.slice(0, 3)), []);
  assert_refused("08.4", () => check_consistency(0n, root_of(ENTRIES.slice(0, 1)), 3n, root_of(ENTRIES.slice(0, 3)), []));
});
