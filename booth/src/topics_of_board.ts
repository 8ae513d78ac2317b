/** Topics of vectors/ about the board. */
import { bytesToHex } from "@noble/hashes/utils.js";

import { type Json, take_integer, take_list, take_object, take_string } from "./canonical.js";
import {
  type WitnessPolicy,
  check_witness_policy,
  parse_checkpoint,
  parse_receipt,
  verify_log_signature,
  verify_quorum,
  verify_receipt,
} from "./checkpoint.js";
import { check_consistency, check_inclusion, root_of } from "./merkle.js";
import { type VerifierKey, parse_note, parse_verifier_key, verify_note } from "./note.js";
import { take_hex, take_hex_list, take_input } from "./vector_input.js";

export const BOARD_TOPICS: readonly [string, (input: Json) => Json][] = [
  ["tree", (input) => bytesToHex(root_of(take_hex_list(take_input(input, ["entries"]).entries)))],
  ["tree-inclusion", inclusion],
  ["tree-consistency", consistency],
  ["note-keys", verifier_key],
  ["note", signers],
  ["checkpoint", checkpoint],
  ["tlog-proof", receipt],
];

/** Vectors hold negative numbers too, to be refused by what is tested. */
function take_size(value: Json, where: string): bigint {
  return BigInt(take_integer(value, where, -1));
}

function inclusion(input: Json): Json {
  const fields = take_input(input, ["index", "leaf", "proof", "root", "size"]);
  const [index, size] = [take_size(fields.index, "index"), take_size(fields.size, "size")];
  check_inclusion(take_hex(fields.leaf), index, size, take_hex_list(fields.proof), take_hex(fields.root));
  return "included";
}

function consistency(input: Json): Json {
  const fields = take_input(input, ["new", "new_root", "old", "old_root", "proof"]);
  const [old_size, new_size] = [take_size(fields.old, "old"), take_size(fields.new, "new")];
  const proof = take_hex_list(fields.proof);
  check_consistency(old_size, take_hex(fields.old_root), new_size, take_hex(fields.new_root), proof);
  return "consistent";
}

function verifier_key(input: Json): Json {
  const { name, kind, public_key } = take_key(take_input(input, ["vkey"]).vkey);
  return { kind, name, public_key: bytesToHex(public_key) };
}

function take_key(value: Json): VerifierKey {
  return parse_verifier_key(take_string(value, "verifier key"));
}

/** Names of the known keys that signed a note. */
function signers(input: Json): Json {
  const fields = take_input(input, ["known", "note"]);
  const note = parse_note(take_hex(fields.note));
  const known = take_list(fields.known, "known").map(take_key);
  return known.filter((key) => verify_note(note, key)).map(({ name }) => name);
}

function take_policy(value: Json): WitnessPolicy {
  const { quorum, witnesses } = take_object(value, "policy", ["quorum", "witnesses"]);
  return { quorum: take_integer(quorum, "quorum"), witnesses: take_list(witnesses, "witnesses").map(take_key) };
}

function checkpoint(input: Json): Json {
  const fields = take_input(input, ["log_key", "note", "policy"]);
  const [log_key, policy] = [take_key(fields.log_key), take_policy(fields.policy)];
  check_witness_policy(policy, log_key);
  const parsed = parse_checkpoint(take_hex(fields.note));
  verify_log_signature(parsed, log_key);
  const times = verify_quorum(parsed, policy);
  const { origin, root, size } = parsed;
  return { origin, root: bytesToHex(root), size: Number(size), times: [...times.values()].map(Number) };
}

function receipt(input: Json): Json {
  const fields = take_input(input, ["entry", "log_key", "policy", "receipt"]);
  const parsed = parse_receipt(take_hex(fields.receipt));
  verify_receipt(parsed, take_hex(fields.entry), take_key(fields.log_key), take_policy(fields.policy));
  return { index: Number(parsed.index), size: Number(parsed.checkpoint.size) };
}
