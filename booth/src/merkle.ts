/** Merkle trees of RFC 9162, section 2.1, with SHA-256. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { same_bytes } from "./bytes.js";
import { Refusal, item } from "./refusal.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leaf_hash(entry: Uint8Array): Uint8Array {
  return sha256(concatBytes(LEAF, entry));
}

export function node_hash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(NODE, left, right));
}

/** The root over leaf hashes, appended one by one: the complete subtrees on the right edge, largest first. */
export class Frontier {
  #size = 0;
  readonly #subtrees: Uint8Array[] = [];

  get size(): number {
    return this.#size;
  }

  append(hash: Uint8Array): void {
    let subtree = hash;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      subtree = node_hash(this.#subtrees.pop() as Uint8Array, subtree);
    }
    this.#subtrees.push(subtree);
    this.#size += 1;
  }

  root(): Uint8Array {
    if (this.#size === 0) return sha256(new Uint8Array(0));
    return this.#subtrees.reduceRight((right, left) => node_hash(left, right));
  }
}

export function root_of(entries: readonly Uint8Array[]): Uint8Array {
  const frontier = new Frontier();
  for (const entry of entries) frontier.append(leaf_hash(entry));
  return frontier.root();
}

/** Refuses unless `path` leads from `leaf` at `index` to the root of a tree of `size` (section 2.1.3.2). */
export function check_inclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): void {
  check_sizes(size, path);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new Refusal("RFC 9162 2.1.3.2", "the index is not in the tree");
  }
  let node = BigInt(index);
  let last = BigInt(size - 1);
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Refusal("RFC 9162 2.1.3.2", "the inclusion proof is too long");
    if (node % 2n === 1n || node === last) {
      hash = node_hash(sibling, hash);
      while (node % 2n === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) throw new Refusal("RFC 9162 2.1.3.2", "the inclusion proof is too short");
  if (!same_bytes(hash, root)) throw new Refusal("RFC 9162 2.1.3.2", "the inclusion proof leads to another root");
}

/** Refuses unless the tree of `size` extends that of `first_size` (section 2.1.4.2). */
export function check_consistency(
  first_size: number,
  first_root: Uint8Array,
  size: number,
  root: Uint8Array,
  path: readonly Uint8Array[],
): void {
  const refuse = (reason: string): never => {
    throw new Refusal("RFC 9162 2.1.4.2", reason);
  };
  check_sizes(size, path);
  if (!Number.isSafeInteger(first_size) || first_size < 0 || first_size > size) refuse("the first tree is the larger");
  if (first_size === 0 || first_size === size) {
    if (path.length > 0) refuse("the consistency proof is too long");
    const expected = first_size === 0 ? root_of([]) : root;
    if (!same_bytes(first_root, expected)) refuse("trees of one size have different roots");
    return;
  }
  const is_power_of_two = (BigInt(first_size) & BigInt(first_size - 1)) === 0n;
  const hashes = is_power_of_two ? [first_root, ...path] : [...path];
  if (hashes.length === 0) refuse("the consistency proof is too short");
  let node = BigInt(first_size - 1);
  let last = BigInt(size - 1);
  while (node % 2n === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  let of_first = item(hashes, 0);
  let of_second = of_first;
  for (const hash of hashes.slice(1)) {
    if (last === 0n) refuse("the consistency proof is too long");
    if (node % 2n === 1n || node === last) {
      of_first = node_hash(hash, of_first);
      of_second = node_hash(hash, of_second);
      while (node % 2n === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      of_second = node_hash(of_second, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  if (last !== 0n) refuse("the consistency proof is too short");
  if (!same_bytes(of_first, first_root)) refuse("the consistency proof leads to another first root");
  if (!same_bytes(of_second, root)) refuse("the consistency proof leads to another root");
}

function check_sizes(size: number, path: readonly Uint8Array[]): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new Refusal("RFC 9162 2.1", "no size of a tree");
  if (path.some((hash) => hash.length !== 32)) throw new Refusal("RFC 9162 2.1", "every hash of a proof has 32 bytes");
}
