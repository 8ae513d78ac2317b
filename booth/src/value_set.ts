/** The value-set proof: document 05, clauses 05.1 to 05.5. Knows no question and no meaning of a value. */
import { concatBytes } from "@noble/hashes/utils.js";

import { type Ciphertext, ciphertext_to_bytes } from "./elgamal.js";
import {
  Element,
  type Scalar,
  scalar_from_canonical_bytes,
  scalar_from_integer,
  scalar_multiply,
  scalar_subtract,
  scalar_sum,
  scalar_to_bytes,
} from "./group.js";
import { Refusal, item } from "./refusal.js";
import { type BallotContext, type Transcript, ballot_transcript, u64be } from "./transcript.js";

/** What is claimed of the combination of an answer's ciphertexts, in public ([05.1]). */
export interface Claim {
  readonly values: readonly bigint[];
  readonly weights: readonly bigint[];
}

/** A claim about the ciphertexts of one answer, and where it stands in the ballot ([05.1], [05.3]). */
export interface Statement extends Claim {
  readonly context: BallotContext;
  readonly question: number;
  readonly proof: number;
  readonly ciphertexts: readonly Ciphertext[];
}

/** [05.2]: `challenges` is one shorter than the other lists. */
export interface Proof {
  readonly commitments: readonly { readonly X: Element; readonly Z: Element }[];
  readonly challenges: readonly Scalar[];
  readonly responses: readonly Scalar[];
}

/** The randomness of a proof: the nonce, and challenge and response of each branch but the true one. */
export interface ProofRandomness {
  readonly nonce: () => Scalar;
  readonly simulated: (branch: number) => { readonly challenge: Scalar; readonly response: Scalar };
}

/** [05.10]: the exact length of a proof over n values. */
export function proof_length(values: readonly bigint[]): number {
  return 32 * (4 * values.length - 1);
}

export function check_claim({ values, weights }: Claim): void {
  if (values.length < 2) throw new Refusal("05.1", "a value set has two values at least");
  if (new Set(values).size !== values.length) throw new Refusal("05.1", "the values must be distinct");
  if ([...values, ...weights].some((n) => n < 0n)) throw new Refusal("05.1", "values and weights are not negative");
  if (weights.every((weight) => weight === 0n)) throw new Refusal("05.1", "one weight at least is not zero");
}

/** `(sum w_i A_i, sum w_i B_i)`; weights are public. */
function combination({ ciphertexts, weights }: Statement): Ciphertext {
  const scalars = weights.map(scalar_from_integer);
  return {
    A: Element.vartime_multiscalar(scalars, ciphertexts.map(({ A }) => A)),
    B: Element.vartime_multiscalar(scalars, ciphertexts.map(({ B }) => B)),
  };
}

/** The transcript of [05.3], before its challenge is taken. */
export function proof_transcript(statement: Statement, commitments: Proof["commitments"]): Transcript {
  return ballot_transcript("value-set", statement.context)
    .number("question", statement.question)
    .number("proof", statement.proof)
    .list("values", statement.values.map(u64be))
    .list("weights", statement.weights.map(u64be))
    .list("ciphertexts", statement.ciphertexts.map(ciphertext_to_bytes))
    .list("commitments", commitments.flatMap(({ X, Z }) => [X.to_bytes(), Z.to_bytes()]));
}

/**
 * [05.5] for a combination that holds `value` under the randomness `r` = `sum w_i r_i`.
 *
 * Every branch, true or simulated, multiplies G and Y only: with `A = rG` and `B = rY + vG` known, the
 * simulated commitments are `X_j = (z_j - c_j r) G` and `Z_j = (z_j - c_j r) Y + c_j (v_j - v) G`.
 */
export function prove(statement: Statement, value: bigint, r: Scalar, randomness: ProofRandomness): Proof {
  check_claim(statement);
  const t = statement.values.indexOf(value);
  if (t < 0) throw new Refusal("05.1", "the plaintexts do not combine to an allowed value");
  const Y = statement.context.ballot_key;
  const G = Element.G;

  // X_t = wG, Z_t = wY; X_j = z_j G - c_j A, Z_j = z_j Y - c_j (B - v_j G)
  const w = randomness.nonce();
  const c: Scalar[] = [];
  const z: Scalar[] = [];
  const commitments = statement.values.map((v_j, j) => {
    if (j === t) return { X: G.multiply(w), Z: Y.multiply(w) };
    const { challenge, response } = randomness.simulated(j);
    c[j] = challenge;
    z[j] = response;
    const x_j = scalar_subtract(response, scalar_multiply(challenge, r));
    const shift = scalar_multiply(challenge, scalar_from_integer(v_j - value));
    return { X: G.multiply(x_j), Z: Y.multiply(x_j).add(G.multiply(shift)) };
  });
  // c_t = c - sum c_j, z_t = w + c_t r
  c[t] = scalar_subtract(proof_transcript(statement, commitments).challenge(), scalar_sum(Object.values(c)));
  z[t] = scalar_sum([w, scalar_multiply(c[t], r)]);
  return { commitments, challenges: c.slice(0, -1), responses: z };
}

/** Refuses unless every equation of [05.4] holds; names the first that does not. */
export function verify(statement: Statement, proof: Proof): void {
  check_claim(statement);
  const n = statement.values.length;
  if (proof.commitments.length !== n || proof.challenges.length !== n - 1 || proof.responses.length !== n) {
    throw new Refusal("05.10", `a proof over ${n} values has another shape`);
  }
  const Y = statement.context.ballot_key;
  const { A, B } = combination(statement);
  const challenge = proof_transcript(statement, proof.commitments).challenge();
  const c = [...proof.challenges, scalar_subtract(challenge, scalar_sum(proof.challenges))];

  // z_j G = X_j + c_j A and z_j Y = Z_j + c_j (B - v_j G)
  statement.values.forEach((v, j) => {
    const z_j = item(proof.responses, j);
    const minus_c_j = scalar_subtract(scalar_from_integer(0), item(c, j));
    const c_v = scalar_multiply(item(c, j), scalar_from_integer(v));
    const { X, Z } = item(proof.commitments, j);
    const where = `question ${statement.question}, proof ${statement.proof}, value ${v}`;
    if (!Element.vartime_multiscalar([z_j, minus_c_j], [Element.G, A]).equals(X)) {
      throw new Refusal("05.4", `the X equation does not hold: ${where}`);
    }
    if (!Element.vartime_multiscalar([z_j, minus_c_j, c_v], [Y, B, Element.G]).equals(Z)) {
      throw new Refusal("05.4", `the Z equation does not hold: ${where}`);
    }
  });
}

/** [05.2] */
export function proof_to_bytes({ commitments, challenges, responses }: Proof): Uint8Array {
  return concatBytes(
    ...commitments.flatMap(({ X, Z }) => [X.to_bytes(), Z.to_bytes()]),
    ...challenges.map(scalar_to_bytes),
    ...responses.map(scalar_to_bytes),
  );
}

/** The proof of `n` values in exactly `32 (4n - 1)` bytes ([05.10]). */
export function proof_from_bytes(bytes: Uint8Array, values: readonly bigint[]): Proof {
  const n = values.length;
  if (bytes.length !== proof_length(values)) {
    throw new Refusal("05.10", `a proof over ${n} values has ${proof_length(values)} bytes, not ${bytes.length}`);
  }
  const part = (index: number): Uint8Array => bytes.subarray(32 * index, 32 * (index + 1));
  const branches = values.map((_, j) => j);
  return {
    commitments: branches.map((j) => ({
      X: Element.from_canonical_bytes(part(2 * j)),
      Z: Element.from_canonical_bytes(part(2 * j + 1)),
    })),
    challenges: branches.slice(0, -1).map((j) => scalar_from_canonical_bytes(part(2 * n + j))),
    responses: branches.map((j) => scalar_from_canonical_bytes(part(3 * n - 1 + j))),
  };
}
