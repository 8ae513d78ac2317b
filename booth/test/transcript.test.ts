import assert from "node:assert/strict";
import { test } from "node:test";

import { sha512 } from "@noble/hashes/sha2.js";

import { utf8 } from "../src/bytes.js";
import { L } from "../src/group.js";
import { FramedString, Transcript, frame, u32be, u64be } from "../src/transcript.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("[02.1] frames and big-endian integers", () => {
  assert.equal(hex(frame("ab")), "000000026162");
  assert.equal(hex(u64be(2n ** 53n - 1n)), "001fffffffffffff");
  for (const n of [-1, 2 ** 32, 0.5]) assert.throws(() => u32be(n), RangeError);
  for (const n of [-1n, 2n ** 64n]) assert.throws(() => u64be(n), RangeError);
});

test("[03.1] [03.2] the bytes of each kind of item", () => {
  const framed = new FramedString("round").bytes("b", Uint8Array.of(9)).list("l", [utf8("x"), utf8("")]).number("n", 258);
  const expected = [
    "00000009" + hex(utf8("quorate/1")) + "00000005" + hex(utf8("round")),
    "01" + "0000000162" + "0000000109",
    "02" + "000000016c" + "00000002" + "0000000178" + "00000000",
    "03" + "000000016e" + "0000000000000102",
  ];
  assert.equal(hex(framed.encoded()), expected.join(""));
});

test("[03.3] C12: nothing that differs hashes alike", () => {
  const start = (): FramedString => new FramedString("round");
  const encodings = [
    start().bytes("v", "ab").bytes("w", "c"),
    start().bytes("v", "a").bytes("w", "bc"),
    start().bytes("va", "b").bytes("w", "c"),
    start().list("v", []),
    start().list("v", [utf8("")]),
    start().list("v", [utf8(""), utf8("")]),
    start().bytes("v", ""),
    start().number("v", 0),
    start(),
    new FramedString("teller-commitment"),
  ].map((framed) => hex(framed.encoded()));
  assert.equal(new Set(encodings).size, encodings.length);
});

test("[03.4] one challenge: SHA-512 of everything, little-endian, modulo L", () => {
  const transcript = new Transcript("spoil").bytes("suite", "x");
  const digest = sha512(transcript.encoded());
  const value = digest.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  assert.equal(transcript.challenge(), value % L);
  assert.throws(() => transcript.bytes("late", "y"), /ends in its challenge/);
});
