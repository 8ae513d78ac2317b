/**
 * Canonical JSON: RFC 8785 restricted as in 02.4 to 02.6, read strictly.
 *
 * `parse_canonical` gives a tree; the `take_...` functions read it by a schema, refusing what is unknown,
 * missing or of another shape. `where` names the place for people: "entry 41", "manifest".
 */
import { from_base64, same_bytes, text_of, utf8 } from "./bytes.js";
import { Refusal } from "./refusal.js";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Deeper nesting is refused before it can exhaust the stack; no record needs more. */
const MAX_DEPTH = 32;

/** The canonical text of a value ([02.4]); negative integers are left to the schema. */
export function canonical_text(value: Json, depth = 0): string {
  if (depth > MAX_DEPTH) throw new Refusal("02.4", "the JSON is nested too deeply");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Refusal("02.4", "numbers are integers below 2^53");
    return String(value);
  }
  if (typeof value === "string") {
    if (!value.isWellFormed()) throw new Refusal("02.4", "a string holds half of a surrogate pair");
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((member: Json) => canonical_text(member, depth + 1)).join(",")}]`;
  }
  const object = value as JsonObject;
  const members = Object.keys(object)
    .sort()
    .map((key) => `${canonical_text(key)}:${canonical_text(object[key] as Json, depth + 1)}`);
  return `{${members.join(",")}}`;
}

export function canonical_bytes(value: Json): Uint8Array {
  return utf8(canonical_text(value));
}

/** The value of bytes that are its one canonical form ([02.5]). */
export function parse_canonical(bytes: Uint8Array): Json {
  let value: Json;
  try {
    value = JSON.parse(text_of(bytes)) as Json;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("02.4", "the text is not JSON");
  }
  if (!same_bytes(canonical_bytes(value), bytes)) throw new Refusal("02.5", "the JSON is not in canonical form");
  return value;
}

/** An object with exactly these keys. */
export function take_object<Key extends string>(
  value: Json,
  where: string,
  keys: readonly Key[],
): { readonly [key in Key]: Json } {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal("02.4", `${where}: an object was expected`);
  }
  const found = Object.keys(value);
  const unknown = found.find((key) => !(keys as readonly string[]).includes(key));
  const missing = keys.find((key) => !found.includes(key));
  if (unknown !== undefined) throw new Refusal("02.4", `${where}: unknown key ${JSON.stringify(unknown)}`);
  if (missing !== undefined) throw new Refusal("02.4", `${where}: missing key ${JSON.stringify(missing)}`);
  return value as { readonly [key in Key]: Json };
}

export function take_list(value: Json, where: string): readonly Json[] {
  if (!Array.isArray(value)) throw new Refusal("02.4", `${where}: a list was expected`);
  return value as readonly Json[];
}

export function take_string(value: Json, where: string): string {
  if (typeof value !== "string") throw new Refusal("02.4", `${where}: a string was expected`);
  return value;
}

/** An integer from `least` (0 unless a field says otherwise) to 2^53 - 1. */
export function take_integer(value: Json, where: string, least = 0): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
    throw new Refusal("02.4", `${where}: an integer from ${least} was expected`);
  }
  return value;
}

/** Bytes in base64, of exactly `length` where one is given. */
export function take_bytes(value: Json, where: string, length?: number): Uint8Array {
  const bytes = from_base64(take_string(value, where));
  if (length !== undefined && bytes.length !== length) {
    throw new Refusal("02.6", `${where}: ${length} bytes were expected, not ${bytes.length}`);
  }
  return bytes;
}

