/**
 * Signed notes, checkpoints and witnesses' cosignatures: C2SP signed-note, tlog-checkpoint and
 * tlog-cosignature (`cosignature/v1`), with Ed25519 only.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";

import { from_base64, same_bytes, text_of, utf8 } from "./bytes.js";
import { Refusal } from "./refusal.js";

const NOTE = "C2SP signed-note";
const CHECKPOINT = "C2SP tlog-checkpoint";
const COSIGNATURE = "C2SP tlog-cosignature";

const LOG_SIGNATURE = 0x01;
const TIMED_COSIGNATURE = 0x04;
/** More signature lines than any witness policy needs are refused. */
const MAX_SIGNATURES = 64;

/** A key that a note may be signed with: of a log, or of a witness that states the time. */
export interface NoteKey {
  readonly name: string;
  readonly type: typeof LOG_SIGNATURE | typeof TIMED_COSIGNATURE;
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

export interface Checkpoint {
  readonly note: Note;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export function key_id_of({ name, type, public_key }: NoteKey): Uint8Array {
  return sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), public_key)).slice(0, 4);
}

/** A verifier key `name+keyid+base64(type || key)`. */
export function parse_verifier_key(text: string): NoteKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text);
  if (match === null) throw new Refusal(NOTE, "the text is no verifier key");
  const [, name, key_id, key] = match as unknown as [string, string, string, string];
  check_key_name(name);
  const bytes = from_base64(key);
  const type = bytes[0];
  if (bytes.length !== 33 || (type !== LOG_SIGNATURE && type !== TIMED_COSIGNATURE)) {
    throw new Refusal(NOTE, `the key of ${name} is neither an Ed25519 log key nor a cosigner's`);
  }
  const note_key: NoteKey = { name, type, public_key: bytes.slice(1) };
  if (bytesToHex(key_id_of(note_key)) !== key_id) throw new Refusal(NOTE, `the key ID of ${name} is not that of its key`);
  return note_key;
}

function check_key_name(name: string): void {
  if (name === "" || /[\s+]/u.test(name)) throw new Refusal(NOTE, "a key name has no spaces and no plus sign");
}

export function parse_note(bytes: Uint8Array): Note {
  const whole = text_of(bytes);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Refusal(NOTE, "a note has no control characters");
  const end = whole.lastIndexOf("\n\n");
  if (end < 0 || !whole.endsWith("\n")) throw new Refusal(NOTE, "a note has a text, an empty line and signatures");
  const lines = whole.slice(end + 2).split("\n").slice(0, -1);
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw new Refusal(NOTE, `a note has from 1 to ${MAX_SIGNATURES} signatures`);
  }
  const signatures = lines.map((line) => {
    const match = /^\u2014 (\S+) (\S+)$/u.exec(line);
    if (match === null) throw new Refusal(NOTE, "a signature line has another form");
    const [, name, encoded] = match as unknown as [string, string, string];
    check_key_name(name);
    const signed = from_base64(encoded);
    if (signed.length < 5) throw new Refusal(NOTE, "a signature has a key ID and more");
    return { name, key_id: signed.slice(0, 4), signature: signed.slice(4) };
  });
  return { text: whole.slice(0, end + 1), signatures };
}

/** The signatures of exactly this key; those of unknown keys are ignored. */
function signatures_of(note: Note, key: NoteKey): NoteSignature[] {
  const key_id = key_id_of(key);
  return note.signatures.filter((signature) => signature.name === key.name && same_bytes(signature.key_id, key_id));
}

/** RFC 8032 verification with canonical encodings: what no other strict verifier would refuse. */
function verify_ed25519(signature: Uint8Array, message: Uint8Array, public_key: Uint8Array): boolean {
  return signature.length === 64 && ed25519.verify(signature, message, public_key, { zip215: false });
}

/** Refuses unless the note bears a signature of the log's key and every such one holds. */
export function verify_log_signature(note: Note, log_key: NoteKey): void {
  if (log_key.type !== LOG_SIGNATURE) throw new Refusal(NOTE, `${log_key.name} is a cosigner's key, not a log's`);
  const signatures = signatures_of(note, log_key);
  if (signatures.length === 0) throw new Refusal(NOTE, `the note is not signed by ${log_key.name}`);
  for (const { signature } of signatures) {
    if (!verify_ed25519(signature, utf8(note.text), log_key.public_key)) {
      throw new Refusal(NOTE, `the signature of ${log_key.name} does not hold`);
    }
  }
}

/** The times (seconds since 1970) that a witness states for this note; none where it did not sign. */
export function verify_cosignatures(note: Note, witness: NoteKey): number[] {
  if (witness.type !== TIMED_COSIGNATURE) throw new Refusal(COSIGNATURE, `${witness.name} is not a cosigner's key`);
  return signatures_of(note, witness).map(({ signature: timestamped }) => {
    if (timestamped.length !== 72) throw new Refusal(COSIGNATURE, `a cosignature of ${witness.name} has another length`);
    const time = new DataView(timestamped.buffer, timestamped.byteOffset).getBigUint64(0);
    if (time > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refusal(COSIGNATURE, "the time of a cosignature is too large");
    const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
    if (!verify_ed25519(timestamped.slice(8), message, witness.public_key)) {
      throw new Refusal(COSIGNATURE, `the cosignature of ${witness.name} does not hold`);
    }
    return Number(time);
  });
}

/** A checkpoint without extension lines; its signatures are not yet verified. */
export function parse_checkpoint(bytes: Uint8Array): Checkpoint {
  const note = parse_note(bytes);
  const lines = note.text.split("\n").slice(0, -1);
  if (lines.length !== 3) throw new Refusal(CHECKPOINT, "a checkpoint has an origin, a size and a root, and nothing else");
  const [origin, size, root] = lines as [string, string, string];
  if (origin === "") throw new Refusal(CHECKPOINT, "the origin is empty");
  if (!/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new Refusal(CHECKPOINT, "the size is no decimal number");
  }
  const hash = from_base64(root);
  if (hash.length !== 32) throw new Refusal(CHECKPOINT, "the root has 32 bytes");
  return { note, origin, size: Number(size), root: hash };
}
