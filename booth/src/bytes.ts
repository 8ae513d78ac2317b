/** Byte strings: text, base64 and comparison, without any platform's own helpers. */
import { Refusal } from "./refusal.js";

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of strict UTF-8. A byte order mark stays in the text, where a parser then refuses it. */
export function text_of(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("02.4", "the bytes are not UTF-8");
  }
}

/** Equality of public byte strings (time depends on where they differ). */
export function same_bytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** -1, 0 or 1: order of unsigned bytes, a prefix first. */
export function compare_bytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Standard base64 with padding; re-encoding must give the same text ([02.6]). */
export function from_base64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new Refusal("02.6", "the text is not base64");
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (base64(bytes) !== text) throw new Refusal("02.6", "the base64 is not canonical");
  return bytes;
}
