import assert from "node:assert/strict";
import { test } from "node:test";

import { base64, compare_bytes, from_base64, utf8 } from "../src/bytes.js";
import {
  type Json,
  canonical_bytes,
  canonical_text,
  parse_canonical,
  take_bytes,
  take_integer,
  take_list,
  take_object,
  take_string,
} from "../src/canonical.js";
import { assert_refused } from "./support.js";

const refused = (text: string, clause = "02.5"): void => assert_refused(clause, () => parse_canonical(utf8(text)));

test("[02.4] the order of RFC 8785 is that of UTF-16 code units", () => {
  // the example of RFC 8785, section 3.2.3
  const text = '{"\\r":"Carriage Return","1":"One","\u0080":"Control\u007f","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}';
  const parsed = parse_canonical(utf8(text)) as { [key: string]: Json };
  assert.equal(canonical_text(Object.fromEntries(Object.entries(parsed).reverse())), text);
});

test("[02.4] strings are escaped as RFC 8785 says", () => {
  // the string of RFC 8785, section 3.2.2
  assert.equal(canonical_text("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"), '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
});

test("[02.5] B5: every other way to write the same value is refused", () => {
  parse_canonical(utf8('{"a":[1,true,null,"x"],"b":{}}'));
  for (const text of [
    ' {"a":1}', '{"a":1} ', '{"a":1}\n', '{ "a":1}', '{"a": 1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":1,"a":2}',
    '"\\u0061"', '"\\/"', '"\\u000A"', '"\\u000a"', "1.0", "1e0", "10e-1", "-0", "1E2", "9007199254740991.0",
  ]) refused(text);
});

test("[02.4] what is not JSON, or not an integer in range, is refused", () => {
  for (const text of ["", "{", "NaN", "Infinity", "01", "+1", "'a'", "{a:1}", "[1,]", "/**/1", "\ufeff1", "\u00a01", "0x1"]) {
    refused(text, "02.4");
  }
  for (const text of ["1.5", "1e400", "9007199254740992", "9007199254740993", "-9007199254740992"]) refused(text, "02.4");
  refused('"\\ud800"', "02.4");
  refused('{"\\udc00":1}', "02.4");
  assert_refused("02.4", () => parse_canonical(Uint8Array.of(0x22, 0xff, 0x22)));
  assert_refused("02.4", () => parse_canonical(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)));
});

test("[02.4] B5: deep nesting is refused at once", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const started = performance.now();
    refused(`${open.repeat(100_000)}1${close.repeat(100_000)}`, "02.4");
    assert.ok(performance.now() - started < 2000);
  }
});

test("a key named like a built-in is a key like any other", () => {
  const value = parse_canonical(utf8('{"__proto__":{"a":1},"constructor":2}'));
  assert.equal(canonical_text(value), '{"__proto__":{"a":1},"constructor":2}');
  assert_refused("02.4", () => take_object(value, "it", ["constructor"]));
});

test("[02.4] a schema takes exactly its keys and shapes", () => {
  const value: Json = { a: 1, b: "x" };
  assert.equal(take_object(value, "it", ["a", "b"]).a, 1);
  assert_refused("02.4", () => take_object(value, "it", ["a"]));
  assert_refused("02.4", () => take_object(value, "it", ["a", "b", "c"]));
  for (const other of [null, [], "a", 1, true] as Json[]) assert_refused("02.4", () => take_object(other, "it", []));
  for (const other of [null, {}, "a"] as Json[]) assert_refused("02.4", () => take_list(other, "it"));
  for (const other of [null, 1, []] as Json[]) assert_refused("02.4", () => take_string(other, "it"));
  for (const other of [-1, "1", null, 2 ** 53] as Json[]) assert_refused("02.4", () => take_integer(other, "it"));
  assert.equal(take_integer(-1, "it", -5), -1);
});

test("[02.6] bytes have one base64 spelling", () => {
  for (const length of [0, 1, 2, 3, 32, 64]) {
    const bytes = Uint8Array.from({ length }, (_, i) => 255 - 7 * i);
    assert.deepEqual(from_base64(base64(bytes)), bytes);
    assert.equal(base64(bytes), Buffer.from(bytes).toString("base64"));
  }
  for (const text of ["AA", "AA=", "AB==", "AAB=", "AA==\n", " AA==", "A A=", "-_8=", "AA==AA==", "=", "A==="]) {
    assert_refused("02.6", () => from_base64(text));
  }
  assert_refused("02.6", () => take_bytes(base64(new Uint8Array(31)), "it", 32));
});

test("canonical bytes parse to the value they came from", () => {
  const value: Json = { list: [0, 1, 2 ** 53 - 1, "é\u2028\u0000", [], {}], "": null, z: false };
  assert.equal(canonical_text(parse_canonical(canonical_bytes(value))), canonical_text(value));
});

test("bytes are ordered as unsigned, a prefix first", () => {
  assert.equal(compare_bytes(Uint8Array.of(0x80), Uint8Array.of(0x7f)), 1);
  assert.equal(compare_bytes(Uint8Array.of(1), Uint8Array.of(1, 0)), -1);
  assert.equal(compare_bytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), 0);
});
