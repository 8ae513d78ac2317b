/** Exponential ElGamal: document 04. */
import { concatBytes } from "@noble/hashes/utils.js";

import { Element, type Scalar, scalar_from_integer } from "./group.js";
import { Refusal } from "./refusal.js";

/** `(A, B) = (rG, rY + vG)` ([04.1]). */
export interface Ciphertext {
  readonly A: Element;
  readonly B: Element;
}

/** Encrypts the integer v under ballot key Y with the randomness r, which is not zero ([04.3]). */
export function encrypt(ballot_key: Element, v: bigint, r: Scalar): Ciphertext {
  if (r === 0n) throw new Refusal("04.3", "the randomness of a ciphertext is not zero");
  return {
    A: Element.G.multiply(r),
    B: ballot_key.multiply(r).add(Element.G.multiply(scalar_from_integer(v))),
  };
}

/** Sum of the plaintexts, under one key ([04.2]). */
export function sum_of_ciphertexts(ciphertexts: readonly Ciphertext[]): Ciphertext {
  return {
    A: Element.sum(ciphertexts.map(({ A }) => A)),
    B: Element.sum(ciphertexts.map(({ B }) => B)),
  };
}

export function ciphertext_to_bytes({ A, B }: Ciphertext): Uint8Array {
  return concatBytes(A.to_bytes(), B.to_bytes());
}

export function ciphertext_from_bytes(bytes: Uint8Array): Ciphertext {
  if (bytes.length !== 64) throw new Refusal("04.1", `a ciphertext has 64 bytes, not ${bytes.length}`);
  return {
    A: Element.from_canonical_bytes(bytes.subarray(0, 32)),
    B: Element.from_canonical_bytes(bytes.subarray(32)),
  };
}
