/** The tally: partial decryptions, their combination, and the check of a published total (document 09). */
import { concatBytes } from "@noble/hashes/utils.js";

import type { Ciphertext } from "./elgamal.js";
import {
  Element,
  type Scalar,
  scalar_from_canonical_bytes,
  scalar_from_integer,
  scalar_multiply,
  scalar_subtract,
  scalar_to_bytes,
  vartime_scalar_invert,
} from "./group.js";
import { Refusal } from "./refusal.js";
import { type TallyContext, type Transcript, tally_transcript } from "./transcript.js";

/** One aggregate that tellers decrypt ([09.1]). */
export interface Aggregate extends Ciphertext {
  readonly question: number;
  readonly group: number;
  readonly place: number;
}

/** `T_1 || T_2 || z` ([09.3]). */
export interface PartialDecryptionProof {
  readonly T_1: Element;
  readonly T_2: Element;
  readonly z: Scalar;
}

export interface PartialDecryption {
  readonly partial: Element;
  readonly proof: PartialDecryptionProof;
}

/** The transcript of [09.3], before its challenge is taken. */
export function partial_decryption_transcript(
  context: TallyContext,
  { question, group, place, A, B }: Aggregate,
  verification_key: Element,
  partial: Element,
  { T_1, T_2 }: Pick<PartialDecryptionProof, "T_1" | "T_2">,
): Transcript {
  return tally_transcript("partial-decryption", context)
    .number("question", question)
    .number("group", group)
    .number("place", place)
    .bytes("A", A.to_bytes())
    .bytes("B", B.to_bytes())
    .bytes("verification_key", verification_key.to_bytes())
    .bytes("partial", partial.to_bytes())
    .list("commitments", [T_1.to_bytes(), T_2.to_bytes()]);
}

/** Refuses unless `zG = T_1 + c V_j` and `zA = T_2 + c D`; V_j is of the context's teller ([09.3]). */
export function verify_partial_decryption(
  context: TallyContext,
  aggregate: Aggregate,
  verification_key: Element,
  { partial, proof }: PartialDecryption,
): void {
  const transcript = partial_decryption_transcript(context, aggregate, verification_key, partial, proof);
  const minus_c = scalar_subtract(scalar_from_integer(0), transcript.challenge());
  const where = `teller ${context.teller}, question ${aggregate.question}, group ${aggregate.group}, place ${aggregate.place}`;
  if (!Element.vartime_multiscalar([proof.z, minus_c], [Element.G, verification_key]).equals(proof.T_1)) {
    throw new Refusal("09.3", `the key equation of a partial decryption does not hold: ${where}`);
  }
  if (!Element.vartime_multiscalar([proof.z, minus_c], [aggregate.A, partial]).equals(proof.T_2)) {
    throw new Refusal("09.3", `the decryption equation does not hold: ${where}`);
  }
}

export function partial_decryption_proof_to_bytes({ T_1, T_2, z }: PartialDecryptionProof): Uint8Array {
  return concatBytes(T_1.to_bytes(), T_2.to_bytes(), scalar_to_bytes(z));
}

export function partial_decryption_proof_from_bytes(bytes: Uint8Array): PartialDecryptionProof {
  if (bytes.length !== 96) throw new Refusal("09.3", `the proof has 96 bytes, not ${bytes.length}`);
  return {
    T_1: Element.from_canonical_bytes(bytes.subarray(0, 32)),
    T_2: Element.from_canonical_bytes(bytes.subarray(32, 64)),
    z: scalar_from_canonical_bytes(bytes.subarray(64)),
  };
}

/** The Lagrange coefficient at 0 of teller j among the tellers given ([09.5]). */
export function lagrange_at_zero(tellers: readonly number[], j: number): Scalar {
  if (new Set(tellers).size !== tellers.length || !tellers.includes(j)) {
    throw new Refusal("09.5", "the tellers of a combination are distinct");
  }
  if (tellers.some((teller) => !Number.isSafeInteger(teller) || teller < 1)) {
    throw new Refusal("09.5", "tellers are numbered from 1");
  }
  // product of m / (m - j) over the other tellers m
  const others = tellers.filter((m) => m !== j);
  const product = (factors: number[]): Scalar =>
    factors.map(scalar_from_integer).reduce(scalar_multiply, scalar_from_integer(1));
  return scalar_multiply(product(others), vartime_scalar_invert(product(others.map((m) => m - j))));
}

/** `M = B - sum lambda_j D_j` over exactly the partial decryptions given, by teller ([09.5]). */
export function combine({ B }: Ciphertext, partials: ReadonlyMap<number, Element>): Element {
  const tellers = [...partials.keys()];
  const coefficients = tellers.map((j) => lagrange_at_zero(tellers, j));
  return B.subtract(Element.vartime_multiscalar(coefficients, [...partials.values()]));
}

/** Refuses unless `T G = M` ([09.7]). */
export function check_total(M: Element, T: bigint): void {
  if (T < 0n) throw new Refusal("09.7", "a total is not negative");
  if (!Element.vartime_multiscalar([scalar_from_integer(T)], [Element.G]).equals(M)) {
    throw new Refusal("09.7", `the total ${T} is not what the shares decrypt to`);
  }
}

/** The counts of a question of [05.7] from its one T and the number of counted ballots, outcomes in order. */
export function counts_of_total(outcomes: 2 | 3, T: bigint, counted: number): number[] {
  const n = BigInt(counted);
  if (n >= 1n << 32n) throw new Refusal("09.7", "more ballots than a total can hold");
  const chosen = outcomes === 2 ? [T] : [T & 0xffffffffn, T >> 32n];
  const last = chosen.reduce((rest, count) => rest - count, n);
  if (T < 0n || last < 0n) throw new Refusal("09.7", "the counts are not within the number of counted ballots");
  return [...chosen, last].map(Number);
}
