/** Checkpoints, witnesses and receipts: clauses 08.8, 08.9 and 08.11 to 08.15. */
import { base64, from_base64, same_bytes, text_of, utf8 } from "./bytes.js";
import { check_inclusion, leaf_hash, root_of } from "./merkle.js";
import {
  LOG_KIND,
  type Note,
  type VerifierKey,
  WITNESS_KIND,
  check_key_name,
  holds_ed25519,
  parse_note,
  signature_of,
  verify_note,
} from "./note.js";
import { Refusal } from "./refusal.js";

const LIMIT = 1n << 63n;

/** [08.8] */
export interface Checkpoint {
  readonly note: Note;
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** [08.12] */
export interface WitnessPolicy {
  readonly quorum: number;
  readonly witnesses: readonly VerifierKey[];
}

/** A decimal number below 2^63 without leading zeros. */
function decimal(text: string): bigint | undefined {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < LIMIT ? value : undefined;
}

/** [08.8]; no signature is verified yet. */
export function parse_checkpoint(bytes: Uint8Array): Checkpoint {
  const note = parse_note(bytes);
  const lines = note.text.split("\n").slice(0, -1);
  if (lines.length !== 3) throw new Refusal("08.8", "a checkpoint has an origin, a size and a root, and nothing else");
  const [origin, size_text, root_text] = lines as [string, string, string];
  check_key_name(origin);
  const size = decimal(size_text);
  if (size === undefined) throw new Refusal("08.8", "the size is no decimal number below 2^63");
  const root = from_base64(root_text);
  if (root.length !== 32) throw new Refusal("08.8", "the root has 32 bytes");
  if (size === 0n && !same_bytes(root, root_of([]))) throw new Refusal("08.8", "the root is not that of the empty tree");
  return { note, origin, size, root };
}

/** Refuses unless the log's key, which is the origin's, signed the checkpoint ([08.7], [08.9]). */
export function verify_log_signature({ note, origin }: Checkpoint, log_key: VerifierKey): void {
  if (log_key.kind !== LOG_KIND) throw new Refusal("08.6", `${log_key.name} is not a log's key`);
  if (origin !== log_key.name) throw new Refusal("08.9", `the origin ${origin} is not the log ${log_key.name}`);
  if (!verify_note(note, log_key)) throw new Refusal("08.9", `the checkpoint is not signed by ${log_key.name}`);
}

/** The time that a witness states for this checkpoint; undefined where it did not cosign ([08.11]). */
export function cosignature_time({ note }: Checkpoint, witness: VerifierKey): bigint | undefined {
  if (witness.kind !== WITNESS_KIND) throw new Refusal("08.12", `${witness.name} is not a witness's key`);
  const timestamped = signature_of(note, witness);
  if (timestamped === undefined) return undefined;
  if (timestamped.length !== 72) throw new Refusal("08.11", `the cosignature of ${witness.name} has another length`);
  const time = new DataView(timestamped.buffer, timestamped.byteOffset, 8).getBigUint64(0);
  if (time === 0n || time >= LIMIT) throw new Refusal("08.11", `the time of ${witness.name} is not between 0 and 2^63`);
  if (!holds_ed25519(timestamped.slice(8), utf8(`cosignature/v1\ntime ${time}\n${note.text}`), witness.public_key)) {
    throw new Refusal("08.7", `the cosignature of ${witness.name} does not hold`);
  }
  return time;
}

/** [08.12] */
export function check_witness_policy({ quorum, witnesses }: WitnessPolicy, log_key: VerifierKey): void {
  const n = witnesses.length;
  const distinct = (values: string[]): boolean => new Set(values).size === values.length;
  if (!Number.isInteger(quorum) || quorum > n || (n === 0 ? quorum !== 0 : 2 * quorum <= n)) {
    throw new Refusal("08.12", `a quorum of ${quorum} does not suit ${n} witnesses`);
  }
  if (witnesses.some(({ kind }) => kind !== WITNESS_KIND)) throw new Refusal("08.12", "a witness has a key of kind 0x04");
  const all = [log_key, ...witnesses];
  if (!distinct(all.map(({ name }) => name)) || !distinct(all.map(({ public_key }) => base64(public_key)))) {
    throw new Refusal("08.12", "witnesses and log have distinct names and distinct keys");
  }
}

/** The times of all cosignatures by witness; refuses fewer than the quorum ([08.13]). */
export function verify_quorum(checkpoint: Checkpoint, { quorum, witnesses }: WitnessPolicy): Map<string, bigint> {
  const times = new Map<string, bigint>();
  for (const witness of witnesses) {
    const time = cosignature_time(checkpoint, witness);
    if (time !== undefined) times.set(witness.name, time);
  }
  if (times.size < quorum) {
    throw new Refusal("08.13", `${times.size} witnesses cosigned the checkpoint of size ${checkpoint.size}, not ${quorum}`);
  }
  return times;
}

/** [08.14] */
export interface Receipt {
  readonly extra: Uint8Array | undefined;
  readonly index: bigint;
  readonly path: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
}

/** A tlog-proof; nothing of it is verified yet ([08.14]). */
export function parse_receipt(bytes: Uint8Array): Receipt {
  const text = text_of(bytes);
  const end = text.indexOf("\n\n");
  if (end < 0) throw new Refusal("08.14", "a receipt has a proof, an empty line and a checkpoint");
  const lines = text.slice(0, end).split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Refusal("08.14", "a receipt starts with c2sp.org/tlog-proof@v1");
  const extra = lines[0]?.startsWith("extra ") ? from_base64((lines.shift() as string).slice(6)) : undefined;
  if (extra?.length === 0) throw new Refusal("08.14", "without extra data their line is left out");
  const index_line = lines.shift() ?? "";
  const index = index_line.startsWith("index ") ? decimal(index_line.slice(6)) : undefined;
  if (index === undefined) throw new Refusal("08.14", "the line with the index is missing or has another form");
  const path = lines.map(from_base64);
  return { extra, index, path, checkpoint: parse_checkpoint(utf8(text.slice(end + 2))) };
}

/** Refuses unless the receipt proves that `entry` is on the log's board, with the quorum ([08.15]). */
export function verify_receipt(receipt: Receipt, entry: Uint8Array, log_key: VerifierKey, policy: WitnessPolicy): void {
  const { checkpoint, index, path } = receipt;
  verify_log_signature(checkpoint, log_key);
  verify_quorum(checkpoint, policy);
  check_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root);
}
