/** The Schnorr signature of [07.9], which every signed transcript of the protocol shares. */
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

import {
  Element,
  type Scalar,
  type SecretScalar,
  scalar_from_canonical_bytes,
  scalar_from_wide_bytes,
  scalar_multiply,
  scalar_subtract,
  scalar_sum,
  scalar_from_integer,
  scalar_to_bytes,
} from "./group.js";
import { Refusal } from "./refusal.js";
import { type Transcript, frame } from "./transcript.js";

/** `R || s` ([07.9]). */
export interface Signature {
  readonly R: Element;
  readonly s: Scalar;
}

/**
 * [03.11]: a nonce from 32 fresh bytes, the secret and the transcript so far. A generator that repeats
 * itself still yields distinct nonces for distinct statements.
 */
export function hedged_nonce(fresh: Uint8Array, secret: SecretScalar, transcript: Transcript): Scalar {
  if (fresh.length !== 32) throw new RangeError("a nonce takes 32 fresh bytes");
  return scalar_from_wide_bytes(
    sha512(
      concatBytes(
        frame("quorate/1 nonce"),
        frame(fresh),
        frame(scalar_to_bytes(secret.reveal())),
        frame(transcript.encoded()),
      ),
    ),
  );
}

/** Signs a transcript that lacks only its `commitment`: `R = kG`, `s = k + e sk`. */
export function sign(secret: SecretScalar, transcript: Transcript, nonce: Scalar): Signature {
  const R = Element.G.multiply(nonce);
  const e = transcript.bytes("commitment", R.to_bytes()).challenge();
  return { R, s: scalar_sum([nonce, scalar_multiply(e, secret.reveal())]) };
}

/** Refuses unless `sG = R + eK` for the transcript that lacks only its `commitment`. */
export function verify_signature(public_key: Element, transcript: Transcript, { R, s }: Signature): void {
  const e = transcript.bytes("commitment", R.to_bytes()).challenge();
  const minus_e = scalar_subtract(scalar_from_integer(0), e);
  if (!Element.vartime_multiscalar([s, minus_e], [Element.G, public_key]).equals(R)) {
    throw new Refusal("07.9", `the signature of the ${transcript.kind} transcript does not hold`);
  }
}

export function signature_to_bytes({ R, s }: Signature): Uint8Array {
  return concatBytes(R.to_bytes(), scalar_to_bytes(s));
}

export function signature_from_bytes(bytes: Uint8Array): Signature {
  if (bytes.length !== 64) throw new Refusal("07.9", `a signature has 64 bytes, not ${bytes.length}`);
  return {
    R: Element.from_canonical_bytes(bytes.subarray(0, 32)),
    s: scalar_from_canonical_bytes(bytes.subarray(32)),
  };
}
