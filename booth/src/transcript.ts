/** Framing and transcripts: documents 02 and 03. */
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { utf8 } from "./bytes.js";
import { type Element, type Scalar, scalar_from_wide_bytes } from "./group.js";

/** The only suite; it is compiled in and never read from a record ([03.9]). */
export const SUITE = "quorate/1 ristretto255 sha512";

/** Kinds that yield a challenge, then kinds that are hashed only ([03.5]). */
export type ChallengeKind =
  | "value-set"
  | "ballot-signature"
  | "spoil"
  | "teller-message"
  | "registrar-event"
  | "dkg-keys"
  | "dkg-share-key"
  | "dkg-complaint"
  | "rehearsal"
  | "partial-decryption";
export type HashedKind =
  | "ballot-ciphertexts"
  | "ballot-body"
  | "officer-statement"
  | "ceremony-context"
  | "teller-commitment"
  | "round";

/** [02.1] */
export function u32be(n: number): Uint8Array {
  if (!Number.isInteger(n) || n < 0 || n > 0xffffffff) throw new RangeError("not an integer of 32 bits");
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/** [02.1] */
export function u64be(n: number | bigint): Uint8Array {
  const value = BigInt(n);
  if (value < 0n || value >= 1n << 64n) throw new RangeError("not an integer of 64 bits");
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** [02.1] */
export function frame(value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? utf8(value) : value;
  return concatBytes(u32be(bytes.length), bytes);
}

/** A sequence of labelled items of one kind ([03.1], [03.2]). */
export class FramedString<Kind extends ChallengeKind | HashedKind = HashedKind> {
  readonly #parts: Uint8Array[];
  #closed = false;

  constructor(readonly kind: Kind) {
    this.#parts = [frame("quorate/1"), frame(kind)];
  }

  bytes(label: string, value: Uint8Array | string): this {
    return this.#append(Uint8Array.of(1), frame(label), frame(value));
  }

  list(label: string, values: readonly Uint8Array[]): this {
    return this.#append(Uint8Array.of(2), frame(label), u32be(values.length), ...values.map(frame));
  }

  number(label: string, n: number | bigint): this {
    return this.#append(Uint8Array.of(3), frame(label), u64be(n));
  }

  /** Everything so far. */
  encoded(): Uint8Array {
    return concatBytes(...this.#parts);
  }

  protected close(): void {
    this.#closed = true;
  }

  #append(...parts: Uint8Array[]): this {
    if (this.#closed) throw new Error("a transcript ends in its challenge");
    this.#parts.push(...parts);
    return this;
  }
}

/** A framed string that ends in its one challenge ([03.4]). */
export class Transcript extends FramedString<ChallengeKind> {
  challenge(): Scalar {
    this.close();
    return scalar_from_wide_bytes(sha512(this.encoded()));
  }
}

/** [03.6] */
export interface BallotContext {
  readonly phi: Uint8Array;
  readonly ballot_key: Element;
  readonly credential: Element;
  readonly prev: Uint8Array;
  readonly ciphertexts_hash: Uint8Array;
}

export function ballot_transcript(kind: "value-set" | "ballot-signature", context: BallotContext): Transcript {
  return new Transcript(kind)
    .bytes("suite", SUITE)
    .bytes("phi", context.phi)
    .bytes("ballot_key", context.ballot_key.to_bytes())
    .bytes("credential", context.credential.to_bytes())
    .bytes("prev", context.prev)
    .bytes("ciphertexts_hash", context.ciphertexts_hash);
}

/** [03.8] */
export interface TallyContext {
  readonly phi: Uint8Array;
  readonly closing_index: number;
  readonly closing_root: Uint8Array;
  readonly teller: number;
}

export function tally_transcript(kind: "partial-decryption" | "teller-message", context: TallyContext): Transcript {
  return new Transcript(kind)
    .bytes("suite", SUITE)
    .bytes("phi", context.phi)
    .number("closing_index", context.closing_index)
    .bytes("closing_root", context.closing_root)
    .number("teller", context.teller);
}
