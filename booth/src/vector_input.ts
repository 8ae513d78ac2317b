/** Reading the inputs of vectors: a malformed input is an error of the file and never counts as a refusal. */
import { hexToBytes } from "@noble/hashes/utils.js";

import { type Json, take_list, take_object } from "./canonical.js";

export function take_input<Key extends string>(input: Json, keys: readonly Key[]): { readonly [key in Key]: Json } {
  try {
    return take_object(input, "input", keys);
  } catch (error) {
    throw new Error("the input of a vector has other fields than its topic", { cause: error });
  }
}

export function take_hex(value: Json): Uint8Array {
  if (typeof value !== "string" || !/^([0-9a-f]{2})*$/.test(value)) throw new Error("no lower-case hex");
  return hexToBytes(value);
}

export function take_hex_list(value: Json): Uint8Array[] {
  return take_list(value, "list of hex").map(take_hex);
}
