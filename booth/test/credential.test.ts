import assert from "node:assert/strict";
import { test } from "node:test";

import { base64, compare_bytes, utf8 } from "../src/bytes.js";
import {
  CROCKFORD,
  check_symbol,
  credential_line,
  credential_secret,
  in_groups_of_four,
  lines_of,
  parse_credential_line,
  parse_credential_list,
  read_code,
  registrar_transcript,
} from "../src/credential.js";
import { sign, verify_signature } from "../src/signature.js";
import { assert_refused, named_bytes, named_secret } from "./support.js";

const RANDOM = "0123456789ABCDEFGHJKMNP";
const CODE = RANDOM + check_symbol(RANDOM);

test("[07.2] every single wrong symbol is detected", () => {
  for (let i = 0; i < 24; i++) {
    for (const symbol of CROCKFORD) {
      if (symbol !== CODE[i]) assert_refused("07.2", () => read_code(CODE.slice(0, i) + symbol + CODE.slice(i + 1)));
    }
  }
});

test("[07.2] every swap of two different symbols is detected", () => {
  for (let i = 0; i < 24; i++) {
    for (let j = i + 1; j < 24; j++) {
      const symbols = [...CODE];
      [symbols[i], symbols[j]] = [symbols[j] as string, symbols[i] as string];
      const swapped = symbols.join("");
      if (swapped !== CODE) assert_refused("07.2", () => read_code(swapped));
    }
  }
});

test("[07.1] a code is read as people write it", () => {
  const printed = in_groups_of_four(CODE);
  assert.match(printed, /^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
  for (const typed of [printed, printed.toLowerCase(), ` ${printed.replaceAll("-", " ")}\t`, CODE.replace("0", "o").replace("1", "l"), CODE.replace("1", "I")]) {
    assert.equal(read_code(typed), CODE);
  }
});

test("[07.1] other lengths and symbols are refused", () => {
  for (const typed of ["", CODE.slice(1), `${CODE}0`, CODE.replace("5", "U"), CODE.replace("5", "é"), CODE.replace("5", "\u0665")]) {
    assert_refused("07.1", () => read_code(typed));
  }
});

test("[07.1] a foreign letter is no symbol, even if its capital is one", () => {
  const random = `S${RANDOM.slice(1)}`;
  const code = random + check_symbol(random);
  assert.equal(read_code(code.replace("S", "s")), code);
  for (const letter of ["\u017f", "\uff33", "\u212a"]) assert_refused("07.1", () => read_code(code.replace("S", letter)));
});

test("[07.6] a registrar's signature is for one event of one ballot", () => {
  const secret = named_secret("registrar");
  const transcript = (event: string, ballot = "ballot") =>
    registrar_transcript(named_bytes(ballot), secret.public_key(), utf8(event));
  const signature = sign(secret, transcript("{}"), named_secret("nonce").reveal());
  verify_signature(secret.public_key(), transcript("{}"), signature);
  assert_refused("07.9", () => verify_signature(secret.public_key(), transcript("[]"), signature));
  assert_refused("07.9", () => verify_signature(secret.public_key(), transcript("{}", "other"), signature));
});

test("[07.3] a code gives one credential for each ballot, however it is written", () => {
  const ballot_id = named_bytes("ballot");
  const K = credential_secret(CODE, ballot_id).public_key();
  assert.ok(K.equals(credential_secret(in_groups_of_four(CODE).toLowerCase(), ballot_id).public_key()));
  assert.ok(!K.equals(credential_secret(CODE, named_bytes("another ballot")).public_key()));
  assert_refused("07.3", () => credential_secret(CODE, ballot_id.slice(1)));
});

const LISTED = ["one", "two", "three"]
  .map((name, unit) => ({ credential: named_secret(name).public_key(), unit }))
  .sort((left, right) => compare_bytes(left.credential.to_bytes(), right.credential.to_bytes()));
const LINES = LISTED.map(credential_line);

test("[07.4] a sorted list parses and encodes to itself", () => {
  assert.deepEqual(parse_credential_list(LINES).map(credential_line), LINES);
  assert.deepEqual(parse_credential_list([]), []);
});

test("[07.4] E1: an unsorted or repeated credential is refused", () => {
  assert_refused("07.4", () => parse_credential_list([...LINES].reverse()));
  assert_refused("07.4", () => parse_credential_list([LINES[0] as string, ...LINES]));
  const twice = LINES[0]?.replace(/ \d+$/, " 7") as string;
  assert_refused("07.4", () => parse_credential_list([LINES[0] as string, twice]));
});

test("[07.4] lines of another form are refused", () => {
  const K = base64(named_secret("one").public_key().to_bytes());
  for (const line of ["", K, `${K}  0`, `${K} 01`, `${K} -1`, `${K} 1.0`, `${K} 0 `, `${K} 4294967296`, ` ${K} 0`]) {
    assert_refused("07.4", () => parse_credential_line(line));
  }
  assert_refused("01.6", () => parse_credential_line(`${base64(new Uint8Array(32))} 0`));
  assert_refused("01.3", () => parse_credential_line(`${base64(new Uint8Array(33))} 0`));
  assert_refused("02.6", () => parse_credential_line(`${K.slice(0, 43)}- 0`));
});

test("[02.7] a file whose last line is not ended is damaged", () => {
  assert_refused("02.7", () => lines_of(utf8("a\nb")));
  assert.deepEqual(lines_of(utf8("a\n\nb\n")), ["a", "", "b"]);
});
