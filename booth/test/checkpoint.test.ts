import assert from "node:assert/strict";
import { test } from "node:test";

import { ED25519_TORSION_SUBGROUP, ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, concatBytes, hexToBytes, numberToBytesLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { base64, utf8 } from "../src/bytes.js";
import {
  type WitnessPolicy,
  check_witness_policy,
  cosignature_time,
  parse_checkpoint,
  parse_receipt,
  verify_log_signature,
  verify_quorum,
  verify_receipt,
} from "../src/checkpoint.js";
import { leaf_hash } from "../src/merkle.js";
import { LOG_KIND, type VerifierKey, WITNESS_KIND, holds_ed25519, key_id_of, parse_note, parse_verifier_key, verify_note } from "../src/note.js";
import { u64be } from "../src/transcript.js";
import { assert_refused, named_bytes } from "./support.js";

const ENTRY = utf8("the only entry");
const TEXT = `board.example/b\n1\n${base64(leaf_hash(ENTRY))}\n`;

function key(name: string, kind: VerifierKey["kind"]): VerifierKey {
  return { name, kind, public_key: ed25519.getPublicKey(named_bytes(name)) };
}

function line(signer: VerifierKey, signature: Uint8Array): string {
  return `\u2014 ${signer.name} ${base64(concatBytes(key_id_of(signer), signature))}\n`;
}

function signed_by_log(text = TEXT): string {
  return line(LOG, ed25519.sign(utf8(text), named_bytes(LOG.name)));
}

function cosigned(witness: VerifierKey, time = 1_800_000_000n): string {
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime ${time}\n${TEXT}`), named_bytes(witness.name));
  return line(witness, concatBytes(u64be(time), signature));
}

const LOG = key("board.example/b", LOG_KIND);
const WITNESSES = ["one", "two", "three"].map((name) => key(`${name}.example`, WITNESS_KIND));
const [ONE, TWO] = WITNESSES as [VerifierKey, VerifierKey];
const POLICY: WitnessPolicy = { quorum: 2, witnesses: WITNESSES };
const checkpoint = (...lines: string[]) => parse_checkpoint(utf8(`${TEXT}\n${lines.join("")}`));

test("[08.5] [08.7] the example of C2SP signed-note", () => {
  const foo = parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  const note = "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
  assert.ok(verify_note(parse_note(utf8(note)), foo));
  assert_refused("08.7", () => verify_note(parse_note(utf8(note.replace("an", "no"))), foo));
});

test("[08.9] a checkpoint is the log's only with its origin and its signature", () => {
  verify_log_signature(checkpoint(signed_by_log()), LOG);
  assert_refused("08.9", () => verify_log_signature(checkpoint(cosigned(ONE)), LOG));
  assert_refused("08.9", () => verify_log_signature(checkpoint(signed_by_log()), key("other.example", LOG_KIND)));
  assert_refused("08.7", () => verify_log_signature(checkpoint(signed_by_log("another text\n")), LOG));
  assert_refused("08.7", () => verify_log_signature(checkpoint(signed_by_log(), signed_by_log()), LOG));
  assert_refused("08.6", () => verify_log_signature(checkpoint(signed_by_log()), ONE));
});

test("[08.11] [08.13] witnesses' times are kept, and fewer than the quorum are refused", () => {
  const times = verify_quorum(checkpoint(signed_by_log(), cosigned(TWO, 7n), cosigned(ONE)), POLICY);
  assert.deepEqual([...times], [["one.example", 1_800_000_000n], ["two.example", 7n]]);
  assert_refused("08.13", () => verify_quorum(checkpoint(signed_by_log(), cosigned(ONE)), POLICY));
  assert_refused("08.7", () => verify_quorum(checkpoint(cosigned(ONE), cosigned(ONE)), POLICY));
  assert_refused("08.12", () => cosignature_time(checkpoint(signed_by_log()), LOG));
});

test("[08.12] policies that would let two quorums miss each other are refused", () => {
  check_witness_policy(POLICY, LOG);
  check_witness_policy({ quorum: 0, witnesses: [] }, LOG);
  for (const quorum of [0, 1, 1.5, 4]) assert_refused("08.12", () => check_witness_policy({ ...POLICY, quorum }, LOG));
  assert_refused("08.12", () => check_witness_policy({ quorum: 2, witnesses: [ONE, ONE] }, LOG));
  assert_refused("08.12", () => check_witness_policy({ quorum: 2, witnesses: [ONE, { ...TWO, public_key: ONE.public_key }] }, LOG));
  assert_refused("08.12", () => check_witness_policy({ quorum: 1, witnesses: [{ ...ONE, public_key: LOG.public_key }] }, LOG));
  assert_refused("08.12", () => check_witness_policy({ quorum: 1, witnesses: [LOG] }, key("other.example", LOG_KIND)));
});

test("[08.15] a receipt proves its own entry", () => {
  const bytes = utf8(`c2sp.org/tlog-proof@v1\nindex 0\n\n${TEXT}\n${signed_by_log()}${cosigned(ONE)}${cosigned(TWO)}`);
  verify_receipt(parse_receipt(bytes), ENTRY, LOG, POLICY);
  assert_refused("08.3", () => verify_receipt(parse_receipt(bytes), utf8("another entry"), LOG, POLICY));
  assert_refused("08.13", () => verify_receipt(parse_receipt(bytes), ENTRY, LOG, { ...POLICY, quorum: 3 }));
});

test("an Ed25519 signature that holds only times the cofactor is refused", () => {
  const { Point } = ed25519;
  const a = Point.Fn.create(bytesToNumberLE(named_bytes("a")));
  const r = Point.Fn.create(bytesToNumberLE(named_bytes("r")));
  const public_key = Point.BASE.multiply(a).toBytes();
  const message = utf8("message");
  const sign_with = (R: Uint8Array): Uint8Array => {
    const k = Point.Fn.create(bytesToNumberLE(sha512(concatBytes(R, public_key, message))));
    return concatBytes(R, numberToBytesLE(Point.Fn.create(r + k * a), 32));
  };
  assert.ok(holds_ed25519(sign_with(Point.BASE.multiply(r).toBytes()), message, public_key));
  const torsion = Point.fromBytes(hexToBytes(ED25519_TORSION_SUBGROUP[1] as string));
  const mixed = sign_with(Point.BASE.multiply(r).add(torsion).toBytes());
  assert.ok(ed25519.verify(mixed, message, public_key, { zip215: false }), "the library takes it");
  assert.ok(!holds_ed25519(mixed, message, public_key));
});

test("Ed25519 keys of small order and s + L are refused", () => {
  const message = utf8("message");
  const public_key = ed25519.getPublicKey(named_bytes("key"));
  const signature = ed25519.sign(message, named_bytes("key"));
  assert.ok(holds_ed25519(signature, message, public_key));
  const s = bytesToNumberLE(signature.slice(32)) + ed25519.Point.Fn.ORDER;
  assert.ok(!holds_ed25519(concatBytes(signature.slice(0, 32), numberToBytesLE(s, 32)), message, public_key));
  assert.ok(!holds_ed25519(signature.slice(1), message, public_key));
  const identity = Uint8Array.of(1, ...new Uint8Array(31));
  assert.ok(!holds_ed25519(concatBytes(identity, new Uint8Array(32)), message, identity));
});
