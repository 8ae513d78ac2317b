import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";

import {
  Element,
  L,
  SecretScalar,
  scalar_from_canonical_bytes,
  scalar_from_integer,
  scalar_from_wide_bytes,
  scalar_multiply,
  scalar_subtract,
  scalar_sum,
  scalar_to_bytes,
  vartime_scalar_invert,
} from "../src/group.js";
import { assert_refused, named_scalar } from "./support.js";

const ONE = scalar_from_integer(1);

test("[01.2] G has the encoding of the specification", () => {
  const hex = Buffer.from(Element.G.to_bytes()).toString("hex");
  assert.equal(hex, "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76");
});

test("[01.3] an element has exactly 32 bytes", () => {
  for (const length of [0, 31, 33, 64]) {
    assert_refused("01.3", () => Element.from_canonical_bytes(new Uint8Array(length).fill(2)));
  }
});

test("[01.6] the identity is neither decoded nor encoded, but a sum may be it", () => {
  assert_refused("01.6", () => Element.from_canonical_bytes(new Uint8Array(32)));
  const zero = Element.G.subtract(Element.G);
  assert.ok(zero.is_identity());
  assert.ok(zero.equals(Element.G.multiply(scalar_from_integer(0))));
  assert_refused("01.6", () => zero.to_bytes());
});

test("[01.4] scalars: 0 and L - 1 decode, L and above and other lengths do not", () => {
  const bytes_of = (value: bigint, length = 32): Uint8Array =>
    Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
  for (const value of [0n, 1n, L - 1n]) {
    assert.deepEqual(scalar_to_bytes(scalar_from_canonical_bytes(bytes_of(value))), bytes_of(value));
  }
  for (const value of [L, L + 1n, 2n * L, 2n ** 255n, 2n ** 256n - 1n]) {
    assert_refused("01.4", () => scalar_from_canonical_bytes(bytes_of(value)));
  }
  for (const length of [0, 31, 33]) assert_refused("01.4", () => scalar_from_canonical_bytes(bytes_of(1n, length)));
});

test("[01.5] 64 bytes are reduced, no other width", () => {
  assert.equal(scalar_from_wide_bytes(new Uint8Array(64).fill(255)), (2n ** 512n - 1n) % L);
  assert_refused("01.5", () => scalar_from_wide_bytes(new Uint8Array(32)));
});

test("scalars are a field", () => {
  const [a, b] = [named_scalar("a"), named_scalar("b")];
  assert.equal(scalar_sum([scalar_subtract(a, b), b]), a);
  assert.equal(scalar_multiply(a, vartime_scalar_invert(a)), ONE);
  assert.equal(scalar_sum([]), 0n);
});

test("elements: regular-time and variable-time multiplication agree, and decoding inverts encoding", () => {
  const [a, b] = [named_scalar("a"), named_scalar("b")];
  const P = Element.G.multiply(a);
  const together = Element.vartime_multiscalar([a, b], [Element.G, P]);
  assert.ok(together.equals(P.add(P.multiply(b))));
  assert.ok(Element.from_canonical_bytes(P.to_bytes()).equals(P));
  assert.ok(Element.sum([P, P, P]).equals(P.multiply(scalar_from_integer(3))));
  assert.ok(Element.vartime_multiscalar([], []).is_identity());
});

test("what to_bytes gives is the caller's own", () => {
  const bytes = Element.G.to_bytes();
  bytes.fill(0);
  assert.notDeepEqual(Element.G.to_bytes(), bytes);
});

test("a secret scalar does not show its value", () => {
  const secret = new SecretScalar(named_scalar("secret"));
  const shown = `${String(secret)} ${inspect(secret)} ${inspect({ secret })}`;
  assert.ok(!shown.includes(secret.reveal().toString()) && !shown.includes(secret.reveal().toString(16)));
  assert.throws(() => JSON.stringify({ secret }), TypeError);
});
