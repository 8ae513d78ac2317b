/** Voting codes, credentials and the credential list: clauses 07.1 to 07.6. */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { base64, compare_bytes, from_base64, text_of, utf8 } from "./bytes.js";
import { Element, SecretScalar, scalar_from_wide_bytes } from "./group.js";
import { Refusal, item } from "./refusal.js";
import { SUITE, Transcript } from "./transcript.js";

export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS = 24;

/** A product in GF(32) = GF(2)[x]/(x^5 + x^2 + 1). */
function gf32_multiply(left: number, right: number): number {
  let product = 0;
  for (let bit = 4; bit >= 0; bit--) {
    product <<= 1;
    if (product & 0b100000) product ^= 0b100101;
    if ((right >> bit) & 1) product ^= left;
  }
  return product;
}

/** `sum alpha^i d_i` for i = 1.. over the symbols given. */
function weighted_sum(symbols: string): number {
  let power = 1;
  let sum = 0;
  for (const symbol of symbols) {
    power = gf32_multiply(power, 2);
    sum ^= gf32_multiply(power, CROCKFORD.indexOf(symbol));
  }
  return sum;
}

/** The 24th symbol of a code ([07.2]). */
export function check_symbol(random_symbols: string): string {
  if (random_symbols.length !== SYMBOLS - 1) throw new RangeError("a code has 23 random symbols");
  const found = [...CROCKFORD].find((symbol) => weighted_sum(random_symbols + symbol) === 0);
  if (found === undefined) throw new Error("every code has a check symbol");
  return found;
}

/** The first `5 count` bits of bytes as symbols, the highest bit first. */
export function crockford_symbols(bytes: Uint8Array, count: number): string {
  const bits = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const width = 8 * bytes.length;
  return Array.from({ length: count }, (_, i) => CROCKFORD[Number((bits >> BigInt(width - 5 * (i + 1))) & 31n)]).join("");
}

/**
 * The 24 symbols of a code that a person typed ([07.1]); refuses one whose check does not hold ([07.2]).
 * Only ASCII letters have a case here: other letters whose capital is one of the alphabet's are no symbols.
 */
export function read_code(typed: string): string {
  const symbols = typed
    .replace(/[\s-]/g, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  if (symbols.length !== SYMBOLS) throw new Refusal("07.1", `a code has ${SYMBOLS} symbols, not ${symbols.length}`);
  if ([...symbols].some((symbol) => !CROCKFORD.includes(symbol))) {
    throw new Refusal("07.1", "a code has only digits and letters, and no U");
  }
  if (weighted_sum(symbols) !== 0) throw new Refusal("07.2", "the code has a wrong or swapped symbol");
  return symbols;
}

/** Six groups of four ([07.1]); serves trackers too ([07.8]). */
export function in_groups_of_four(symbols: string): string {
  return symbols.replace(/(.{4})(?=.)/g, "$1-");
}

/** `sk` of a code, for one ballot ([07.3]). */
export function credential_secret(code: string, ballot_id: Uint8Array): SecretScalar {
  if (ballot_id.length !== 32) throw new Refusal("07.3", "a ballot_id has 32 bytes");
  const ikm = utf8(read_code(code).slice(0, SYMBOLS - 1));
  const sk = scalar_from_wide_bytes(hkdf(sha512, ikm, ballot_id, utf8("quorate/1 credential"), 64));
  if (sk === 0n) throw new Refusal("07.3", "the code yields no credential");
  return new SecretScalar(sk);
}

/** One line of the credential list ([07.4]). */
export interface ListedCredential {
  readonly credential: Element;
  readonly unit: number;
}

export function credential_line({ credential, unit }: ListedCredential): string {
  return `${base64(credential.to_bytes())} ${unit}`;
}

export function parse_credential_line(line: string): ListedCredential {
  const match = /^(\S{44}) (0|[1-9][0-9]{0,15})$/.exec(line);
  if (match === null) throw new Refusal("07.4", `no line of a credential list: ${JSON.stringify(line.slice(0, 80))}`);
  const unit = Number(match[2]);
  if (unit > 0xffffffff) throw new Refusal("07.4", "the index of the unit is too large");
  return { credential: Element.from_canonical_bytes(from_base64(match[1] as string)), unit };
}

/** The transcript of a registrar's signature on an event, which lacks only its commitment ([07.6]). */
export function registrar_transcript(ballot_id: Uint8Array, registrar_key: Element, event: Uint8Array): Transcript {
  return new Transcript("registrar-event")
    .bytes("suite", SUITE)
    .bytes("ballot_id", ballot_id)
    .bytes("registrar_key", registrar_key.to_bytes())
    .bytes("event", event);
}

/** The lines of a file, each ended by one LF ([02.7]). */
export function lines_of(file: Uint8Array): string[] {
  const text = text_of(file);
  if (text !== "" && !text.endsWith("\n")) throw new Refusal("02.7", "the last line is not ended: the file is damaged");
  return text.split("\n").slice(0, -1);
}

/** The whole list: sorted by the bytes of K and distinct ([07.4]). */
export function parse_credential_list(lines: readonly string[]): ListedCredential[] {
  const listed = lines.map(parse_credential_line);
  for (let i = 1; i < listed.length; i++) {
    const before = item(listed, i - 1).credential.to_bytes();
    if (compare_bytes(before, item(listed, i).credential.to_bytes()) >= 0) {
      throw new Refusal("07.4", `line ${i + 1} does not come after the line before it`);
    }
  }
  return listed;
}
