/** Small helpers of the tests. */
import assert from "node:assert/strict";

import { sha512 } from "@noble/hashes/sha2.js";

import { utf8 } from "../src/bytes.js";
import { type Scalar, SecretScalar, scalar_from_wide_bytes } from "../src/group.js";
import { Refusal } from "../src/refusal.js";

/** A fixed scalar with a name: tests repeat exactly. */
export function named_scalar(name: string): Scalar {
  return scalar_from_wide_bytes(sha512(utf8(`test scalar ${name}`)));
}

export function named_secret(name: string): SecretScalar {
  return new SecretScalar(named_scalar(name));
}

/** 32 fixed bytes with a name. */
export function named_bytes(name: string): Uint8Array {
  return sha512(utf8(`test bytes ${name}`)).slice(0, 32);
}

/** The call is refused, and by this clause. */
export function assert_refused(clause: string, call: () => unknown): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.clause, clause, error.message);
    return true;
  });
}
