/** The tree of the board: clauses 08.1, 08.3 and 08.4 (RFC 9162, section 2.1, with SHA-256). */
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

/** A tree that grows by leaf hashes; it keeps only the complete subtrees of its right edge, largest first. */
export class Tree {
  #size = 0;
  readonly #subtrees: Uint8Array[] = [];

  get size(): bigint {
    return BigInt(this.#size);
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
  const tree = new Tree();
  for (const entry of entries) tree.append(leaf_hash(entry));
  return tree.root();
}

/** Refuses unless `path` leads from the leaf hash at `index` to the root of a tree of `size` ([08.3]). */
export function check_inclusion(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  path: readonly Uint8Array[],
  root: Uint8Array,
): void {
  check_hashes("08.3", path);
  if (index < 0n || index >= size) throw new Refusal("08.3", "the index is not in the tree");
  let node = index;
  let last = size - 1n;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Refusal("08.3", "the inclusion proof is too long");
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
  if (last !== 0n) throw new Refusal("08.3", "the inclusion proof is too short");
  if (!same_bytes(hash, root)) throw new Refusal("08.3", "the inclusion proof leads to another root");
}

/** Refuses unless the tree of `size` extends that of `first_size` ([08.4]). */
export function check_consistency(
  first_size: bigint,
  first_root: Uint8Array,
  size: bigint,
  root: Uint8Array,
  path: readonly Uint8Array[],
): void {
  check_hashes("08.4", path);
  if (first_size < 0n || first_size > size) throw new Refusal("08.4", "the first tree is not the smaller");
  if (first_size === 0n || first_size === size) {
    if (path.length > 0) throw new Refusal("08.4", "the consistency proof is too long");
    const expected = first_size === 0n ? root_of([]) : root;
    if (!same_bytes(first_root, expected)) throw new Refusal("08.4", "the first root is not that of its size");
    return;
  }
  const is_power_of_two = (first_size & (first_size - 1n)) === 0n;
  const hashes = is_power_of_two ? [first_root, ...path] : [...path];
  if (hashes.length === 0) throw new Refusal("08.4", "the consistency proof is too short");
  let node = first_size - 1n;
  let last = size - 1n;
  while (node % 2n === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  let of_first = item(hashes, 0);
  let of_second = of_first;
  for (const hash of hashes.slice(1)) {
    if (last === 0n) throw new Refusal("08.4", "the consistency proof is too long");
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
  if (last !== 0n) throw new Refusal("08.4", "the consistency proof is too short");
  if (!same_bytes(of_first, first_root)) throw new Refusal("08.4", "the consistency proof leads to another first root");
  if (!same_bytes(of_second, root)) throw new Refusal("08.4", "the consistency proof leads to another root");
}

function check_hashes(clause: string, path: readonly Uint8Array[]): void {
  if (path.some((hash) => hash.length !== 32)) throw new Refusal(clause, "every hash of a proof has 32 bytes");
}
