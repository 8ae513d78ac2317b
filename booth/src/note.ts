/** Signed notes and verifier keys, with Ed25519 only: clauses 08.5 to 08.7 (C2SP signed-note). */
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";

import { from_base64, same_bytes, text_of, utf8 } from "./bytes.js";
import { Refusal } from "./refusal.js";

/** Ed25519 over the note's text, of a log. */
export const LOG_KIND = 0x01;
/** cosignature/v1, of a witness. */
export const WITNESS_KIND = 0x04;

const MAX_LINES = 100;
const MAX_BYTES = 1_000_000;

/** [08.6] */
export interface VerifierKey {
  readonly name: string;
  readonly kind: typeof LOG_KIND | typeof WITNESS_KIND;
  readonly public_key: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly key_id: Uint8Array;
  readonly signature: Uint8Array;
}

/** `text` ends in its newline and is what is signed. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** [08.6] */
export function key_id_of({ name, kind, public_key }: VerifierKey): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(kind), public_key)).slice(0, 4);
}

/** A verifier key `name+hex(key ID)+base64(kind || public key)` of a kind in use ([08.6]). */
export function parse_verifier_key(text: string): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text);
  if (match === null) throw new Refusal("08.6", "the text is no verifier key");
  const [, name, key_id, encoded] = match as unknown as [string, string, string, string];
  check_key_name(name);
  const bytes = from_base64(encoded);
  const kind = bytes[0];
  if (bytes.length !== 33 || (kind !== LOG_KIND && kind !== WITNESS_KIND)) {
    throw new Refusal("08.6", `the key of ${name} is neither a log's nor a witness's`);
  }
  const key: VerifierKey = { name, kind, public_key: bytes.slice(1) };
  if (bytesToHex(key_id_of(key)) !== key_id) throw new Refusal("08.6", `the key ID of ${name} is not that of its key`);
  return key;
}

/** [08.5] */
export function check_key_name(name: string): void {
  if (name === "" || /[\p{White_Space}+]/u.test(name)) {
    throw new Refusal("08.5", "a key name is not empty and has no space and no plus sign");
  }
}

/** [08.5]; no signature is verified yet. */
export function parse_note(bytes: Uint8Array): Note {
  if (bytes.length > MAX_BYTES) throw new Refusal("08.5", `a note has at most ${MAX_BYTES} bytes`);
  const whole = text_of(bytes);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Refusal("08.5", "a note has no control characters");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n")) throw new Refusal("08.5", "a note has a text, an empty line and signatures");
  const lines = whole.slice(end + 2).split("\n").slice(0, -1);
  if (lines.length === 0 || lines.length > MAX_LINES) {
    throw new Refusal("08.5", `a note has from 1 to ${MAX_LINES} signatures`);
  }
  return { text: whole.slice(0, end + 1), signatures: lines.map(parse_signature_line) };
}

function parse_signature_line(line: string): NoteSignature {
  const match = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  if (match === null) throw new Refusal("08.5", "a signature line has another form");
  const [, name, encoded] = match as unknown as [string, string, string];
  check_key_name(name);
  const signed = from_base64(encoded);
  if (signed.length < 5) throw new Refusal("08.5", "a signature follows its key ID");
  return { name, key_id: signed.slice(0, 4), signature: signed.slice(4) };
}

/** The one signature of this key, by name and key ID; undefined where it did not sign ([08.7]). */
export function signature_of(note: Note, key: VerifierKey): Uint8Array | undefined {
  const key_id = key_id_of(key);
  const found = note.signatures.filter(({ name, key_id: id }) => name === key.name && same_bytes(id, key_id));
  if (found.length > 1) throw new Refusal("08.7", `${key.name} signed more than once`);
  return found[0]?.signature;
}

/** Whether a known key signed the note's text; refuses a signature of that key which does not hold ([08.7]). */
export function verify_note(note: Note, key: VerifierKey): boolean {
  const signature = signature_of(note, key);
  if (signature === undefined) return false;
  if (!holds_ed25519(signature, utf8(note.text), key.public_key)) {
    throw new Refusal("08.7", `the signature of ${key.name} does not hold`);
  }
  return true;
}

/**
 * Strict Ed25519: canonical encodings, no key of small order, and the exact equation `SB = R + kA`. The
 * library alone would check it times the cofactor, which accepts signatures that others refuse.
 */
export function holds_ed25519(signature: Uint8Array, message: Uint8Array, public_key: Uint8Array): boolean {
  if (signature.length !== 64 || !ed25519.verify(signature, message, public_key, { zip215: false })) return false;
  const { Point } = ed25519;
  const R = signature.slice(0, 32);
  const S = bytesToNumberLE(signature.slice(32));
  const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(R, public_key, message))));
  const kA = Point.fromBytes(public_key, false).multiplyUnsafe(k);
  return same_bytes(Point.BASE.multiplyUnsafe(S).subtract(kA).toBytes(), R);
}
