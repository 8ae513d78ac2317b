/** The contents of vectors/booth-ballots.json and vectors/booth-refused-ballots.json, from fixed inputs. */
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { type Body, NO_PREVIOUS, type Question, context_of, make_body } from "../src/ballot.js";
import { base64, from_base64, text_of, utf8 } from "../src/bytes.js";
import { type Json, type JsonObject, canonical_text } from "../src/canonical.js";
import { CROCKFORD, check_symbol, credential_secret, in_groups_of_four } from "../src/credential.js";
import type { Choice } from "../src/encoding.js";
import { Element, type Scalar, SecretScalar, scalar_from_wide_bytes, scalar_to_bytes } from "../src/group.js";
import { ballot_to_entry } from "../src/record.js";
import { Refusal, item } from "../src/refusal.js";
import { sign } from "../src/signature.js";
import { Transcript } from "../src/transcript.js";
import { TOPICS } from "../src/vectors.js";
import {
  proof_with,
  proof_without_a_true_branch,
  replaced,
  scalar_in_disguise,
  set_in,
  signed_entry,
  with_answer,
} from "../test/forgery.js";

const PROVENANCE =
  "The booth's generator (booth/tools), written from docs/protocol alone: every secret is a SHA hash of a fixed text, so that " +
  "another implementation can recompute each value. Ballots of nobody.";

/** 32 fixed bytes with a name. */
function fixed(name: string): Uint8Array {
  return sha256(utf8(`quorate booth vectors: ${name}`));
}

/** A fixed scalar with a name. */
function fixed_scalar(name: string): Scalar {
  return scalar_from_wide_bytes(sha512(utf8(`quorate booth vectors: ${name}`)));
}

function fixed_code(name: string): string {
  const symbols = [...fixed(`${name}, code`)].slice(0, 23).map((byte) => item([...CROCKFORD], byte % 32)).join("");
  return in_groups_of_four(symbols + check_symbol(symbols));
}

const BALLOT_ID = fixed("ballot_id");
const PHI = fixed("phi");
const BALLOT_KEY = new SecretScalar(fixed_scalar("ballot key")).public_key();

const APPROVAL: Question = { question: 0, encoding: { type: "single", outcomes: 2 } };
const STRIKE: Question = { question: 0, encoding: { type: "single", outcomes: 3 } };
const DATE: Question = { question: 0, encoding: { type: "single", outcomes: 5 } };
const BOARD: Question = { question: 0, encoding: { type: "multiple", options: 4, min: 1, max: 3, blank: true } };

interface Vote {
  readonly name: string;
  readonly questions: readonly Question[];
  readonly choices: readonly Choice[];
  readonly prev?: Uint8Array;
}

const VOTES: readonly Vote[] = [
  { name: "two outcomes, the first", questions: [APPROVAL], choices: [{ outcome: 0 }] },
  { name: "two outcomes, the last", questions: [APPROVAL], choices: [{ outcome: 1 }] },
  { name: "three outcomes, yes", questions: [STRIKE], choices: [{ outcome: 0 }] },
  { name: "three outcomes, no", questions: [STRIKE], choices: [{ outcome: 1 }] },
  { name: "three outcomes, blank", questions: [STRIKE], choices: [{ outcome: 2 }] },
  { name: "three outcomes, yes, voting again", questions: [STRIKE], choices: [{ outcome: 0 }], prev: fixed("earlier tracker") },
  { name: "one of five, the third", questions: [DATE], choices: [{ outcome: 2 }] },
  { name: "one of five, the last", questions: [DATE], choices: [{ outcome: 4 }] },
  { name: "one to three of four, two chosen", questions: [BOARD], choices: [{ options: [0, 3] }] },
  { name: "one to three of four, blank", questions: [BOARD], choices: ["blank"] },
  {
    name: "two questions, numbers 1 and 3",
    questions: [{ ...STRIKE, question: 1 }, { ...BOARD, question: 3 }],
    choices: [{ outcome: 1 }, { options: [1, 2, 3] }],
  },
];

function input_of({ name, questions, choices, prev = NO_PREVIOUS }: Vote): JsonObject {
  return {
    ballot_id: bytesToHex(BALLOT_ID),
    ballot_key: bytesToHex(BALLOT_KEY.to_bytes()),
    choices: choices as unknown as Json,
    code: fixed_code(name),
    nonce: bytesToHex(scalar_to_bytes(fixed_scalar(`${name}, nonce`))),
    phi: bytesToHex(PHI),
    prev: bytesToHex(prev),
    questions: questions as unknown as Json,
    rho: bytesToHex(fixed(`${name}, rho`)),
  };
}

/** Runs a topic of the checker. */
function recompute(topic: string, input: Json): Json {
  const function_of_topic = TOPICS.get(topic);
  if (function_of_topic === undefined) throw new Error(`no topic ${topic}`);
  return function_of_topic(input);
}

export function booth_ballots(): JsonObject {
  return {
    format: "quorate-vectors/1",
    topic: "booth-ballots",
    provenance: PROVENANCE,
    clause: ["05.2", "05.3", "05.5", "05.6", "05.7", "05.8", "05.9", "07.3", "07.7", "07.8", "07.9", "07.10", "07.11"],
    cases: VOTES.map((vote) => {
      const input = input_of(vote);
      return { name: vote.name, input, expected: recompute("booth-ballots", input) };
    }),
  };
}

/** One voter with a ballot, to be tampered with. */
class Voter {
  readonly secret: SecretScalar;
  readonly body: Body;

  constructor(readonly vote: Vote) {
    this.secret = credential_secret(fixed_code(vote.name), BALLOT_ID);
    const context = { phi: PHI, ballot_key: BALLOT_KEY, credential: this.secret.public_key(), prev: NO_PREVIOUS };
    this.body = make_body(context, vote.questions, vote.choices, fixed(`${vote.name}, rho`));
  }

  /** The entry of another body, signed by this voter. */
  entry(body: Body = this.body, ballot_key: Element = BALLOT_KEY): string {
    return signed_entry(body, ballot_key, this.secret, fixed_scalar(`${this.vote.name}, nonce`));
  }

  /** The voter's honest entry with one place of its JSON replaced, the signature left as it was. */
  entry_with(path: readonly (string | number)[], value: unknown): string {
    const tree = JSON.parse(this.entry()) as Json;
    set_in(tree, path, value);
    return canonical_text(tree);
  }
}

interface RefusedEntry {
  readonly name: string;
  /** The clause that forbids it, and why. */
  readonly failure: string;
  readonly entry: string;
  readonly voter: Voter;
}

function refused_entries(): RefusedEntry[] {
  const strike = new Voter(item(VOTES, 2));
  const date = new Voter(item(VOTES, 6));
  const board = new Voter(item(VOTES, 8));
  const pair = new Voter(item(VOTES, 10));
  return [
    ...not_canonical(strike),
    ...wrong_bytes(strike),
    ...wrong_shape(strike, date, pair),
    ...wrong_binding(strike, date),
    ...wrong_proof(strike, date, board),
  ];
}

function not_canonical(voter: Voter): RefusedEntry[] {
  const honest = voter.entry();
  const of = (name: string, failure: string, entry: string): RefusedEntry => ({ name, failure, entry, voter });
  const [, credential = ""] = /"credential":"([^"]*)"/.exec(honest) ?? [];
  const next_symbol = String.fromCharCode(credential.charCodeAt(42) + 1);
  const trailing_bits = `${credential.slice(0, 42)}${next_symbol}=`;
  return [
    of("a space", "02.5: white space", honest.replace(":", ": ")),
    of("a final newline", "02.5: the newline is not part of the entry", `${honest}\n`),
    of("a byte order mark", "02.4: byte order mark", `\ufeff${honest}`),
    of("a repeated key", "02.5: repeated key", honest.replace('"type":"ballot"', '"type":"ballot","type":"ballot"')),
    of("an unknown key", "02.4: unknown key", honest.replace('"type":"ballot"', '"type":"ballot","version":1')),
    of("a missing key", "02.4: missing key", honest.replace(/"prev":"[^"]*",/, "")),
    of("keys in another order", "02.5: key order", honest.replace(/^\{("answers":.*),("credential":"[^"]*"),/, "{$2,$1,")),
    of("a fraction", "02.5: numbers are written without a fraction", honest.replace('"question":0', '"question":0.0')),
    of("an exponent", "02.5: numbers are written without an exponent", honest.replace('"question":0', '"question":0e0')),
    of("a negative zero", "02.5: one way to write zero", honest.replace('"question":0', '"question":-0')),
    of("a negative question", "02.4: no negative number here", honest.replace('"question":0', '"question":-1')),
    of("an escaped letter", "02.5: escapes are not used where none is needed", honest.replace('"ballot"', '"\\u0062allot"')),
    of("base64 with other trailing bits", "02.6: one way to write bytes", honest.replace(credential, trailing_bits)),
    of("base64 without padding", "02.6: padding is written", honest.replace(credential, credential.slice(0, 43))),
    of("another type", "07.10: this is no ballot", honest.replace('"type":"ballot"', '"type":"spoil"')),
    of("deep nesting", "02.4: no schema allows it", `${"[".repeat(200)}${"]".repeat(200)}`),
  ];
}

function wrong_bytes(voter: Voter): RefusedEntry[] {
  const honest = JSON.parse(voter.entry()) as { answers: [{ ciphertexts: [string]; proofs: [string] }]; signature: string };
  const of = (name: string, failure: string, path: readonly (string | number)[], bytes: Uint8Array): RefusedEntry => ({
    name,
    failure,
    entry: voter.entry_with(path, base64(bytes)),
    voter,
  });
  const CIPHERTEXT = ["answers", 0, "ciphertexts", 0];
  const PROOF = ["answers", 0, "proofs", 0];
  const ciphertext = from_base64(honest.answers[0].ciphertexts[0]);
  const proof = from_base64(honest.answers[0].proofs[0]);
  const signature = from_base64(honest.signature);
  const put = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array => {
    const copy = bytes.slice();
    copy.set(part, at);
    return copy;
  };
  const identity = new Uint8Array(32);
  const negative = Uint8Array.of(1, ...identity.slice(1));
  const all_ones = new Uint8Array(32).fill(255);
  const disguised = (bytes: Uint8Array, at: number): Uint8Array =>
    put(bytes, at, scalar_in_disguise(bytes.slice(at, at + 32)));
  return [
    of("A is the identity", "01.6: identity", CIPHERTEXT, put(ciphertext, 0, identity)),
    of("B is the identity", "01.6: identity", CIPHERTEXT, put(ciphertext, 32, identity)),
    of("X_0 is the identity", "01.6: identity", PROOF, put(proof, 0, identity)),
    of("Z_2 is the identity", "01.6: identity", PROOF, put(proof, 160, identity)),
    of("K is the identity", "01.6: identity", ["credential"], identity),
    of("R is the identity", "01.6: identity", ["signature"], put(signature, 0, identity)),
    of("A is a negative field element", "01.3: not canonical", CIPHERTEXT, put(ciphertext, 0, negative)),
    of("X_1 is no field element", "01.3: not canonical", PROOF, put(proof, 64, all_ones)),
    of("c_0 is c_0 + L", "01.4: not below L", PROOF, disguised(proof, 192)),
    of("z_2 is z_2 + L", "01.4: not below L", PROOF, disguised(proof, 320)),
    of("s is s + L", "01.4: not below L", ["signature"], disguised(signature, 32)),
    of("s is all ones", "01.4: not below L", ["signature"], put(signature, 32, all_ones)),
    of("a ciphertext of 63 bytes", "02.6: length", CIPHERTEXT, ciphertext.slice(0, 63)),
    of("a ciphertext of 65 bytes", "02.6: length", CIPHERTEXT, Uint8Array.of(...ciphertext, 0)),
    of("a proof of two values", "05.10: length", PROOF, proof.slice(0, 224)),
    of("a proof of 353 bytes", "05.10: length", PROOF, Uint8Array.of(...proof, 0)),
    of("an empty proof", "05.10: length", PROOF, new Uint8Array(0)),
    of("a signature of 63 bytes", "02.6: length", ["signature"], signature.slice(0, 63)),
    of("phi of 31 bytes", "02.6: length", ["phi"], PHI.slice(0, 31)),
    of("prev of 33 bytes", "02.6: length", ["prev"], new Uint8Array(33)),
  ];
}

function wrong_shape(strike: Voter, date: Voter, pair: Voter): RefusedEntry[] {
  const of = (name: string, failure: string, voter: Voter, body: Body): RefusedEntry => ({
    name,
    failure,
    entry: voter.entry(body),
    voter,
  });
  const answer = item(strike.body.answers, 0);
  const of_date = item(date.body.answers, 0);
  return [
    of("no answer", "05.10: one answer is expected", strike, { ...strike.body, answers: [] }),
    of("two answers to one question", "05.10: one answer is expected", strike, { ...strike.body, answers: [answer, answer] }),
    of("no ciphertext", "05.10: one ciphertext is expected", strike, with_answer(strike.body, { ciphertexts: [] })),
    of("no proof", "05.10: one proof is expected", strike, with_answer(strike.body, { proofs: [] })),
    of("a proof twice", "05.10: one proof is expected", strike, with_answer(strike.body, { proofs: [...answer.proofs, ...answer.proofs] })),
    of("without the sum proof", "05.10: five proofs are expected", date, with_answer(date.body, { proofs: of_date.proofs.slice(0, -1) })),
    of("one ciphertext and its proof too few", "05.10: four ciphertexts are expected", date,
      with_answer(date.body, { ciphertexts: of_date.ciphertexts.slice(1), proofs: of_date.proofs.slice(1) })),
    of("an answer to another question", "07.7: question 0 is expected", strike, with_answer(strike.body, { question: 1 })),
    of("answers in another order", "07.7: manifest order", pair, { ...pair.body, answers: [...pair.body.answers].reverse() }),
    of("one answer too few", "05.10: two answers are expected", pair, { ...pair.body, answers: pair.body.answers.slice(0, 1) }),
  ];
}

function wrong_binding(strike: Voter, date: Voter): RefusedEntry[] {
  const stranger = new Voter({ ...strike.vote, name: "a stranger" });
  const another_key = new SecretScalar(fixed_scalar("another ballot key")).public_key();
  const under = (prev: Uint8Array, phi: Uint8Array, ballot_key: Element): Body => {
    const context = { phi, ballot_key, credential: strike.secret.public_key(), prev };
    return make_body(context, strike.vote.questions, strike.vote.choices, fixed("elsewhere, rho"));
  };
  const of = (name: string, failure: string, entry: string, voter = strike): RefusedEntry => ({ name, failure, entry, voter });
  const { phi } = strike.body;
  const spoiled = sign(
    strike.secret,
    new Transcript("spoil").bytes("phi", phi),
    fixed_scalar("spoil, nonce"),
  );
  const { R: R_of_stranger } = sign(stranger.secret, new Transcript("spoil"), fixed_scalar("stranger, nonce"));
  const honest = sign(strike.secret, new Transcript("spoil"), fixed_scalar("again, nonce"));
  const with_signature = (signature: typeof honest): string => text_of(ballot_to_entry({ body: strike.body, signature }));
  return [
    of("another's ballot under one's own credential", "05.4: the proof binds K",
      stranger.entry({ ...strike.body, credential: stranger.body.credential }), stranger),
    of("another's ballot with its credential, signed by oneself", "07.9: the signature is K's", stranger.entry(strike.body)),
    of("an old ballot with another prev, signed again", "05.4: the proof binds prev",
      strike.entry({ ...strike.body, prev: fixed("earlier tracker") })),
    of("a ballot of another manifest", "07.7: phi", strike.entry(under(NO_PREVIOUS, fixed("another phi"), BALLOT_KEY))),
    of("a ballot made for another manifest, its phi replaced", "05.4: the proof binds phi",
      strike.entry({ ...under(NO_PREVIOUS, fixed("another phi"), BALLOT_KEY), phi })),
    of("a ballot under another ballot key, signed for it", "07.9: the signature binds Y",
      strike.entry(under(NO_PREVIOUS, phi, another_key), another_key)),
    of("a ballot under another ballot key", "05.4: the proof binds Y", strike.entry(under(NO_PREVIOUS, phi, another_key))),
    of("a signature of another kind", "07.9: the transcript's kind", with_signature(spoiled)),
    of("a signature with another's R", "07.9: R", with_signature({ ...honest, R: R_of_stranger })),
    of("the answer of another question, signed", "05.10: shape", strike.entry({ ...strike.body, answers: date.body.answers })),
  ];
}

function wrong_proof(strike: Voter, date: Voter, board: Voter): RefusedEntry[] {
  const three = [0n, 1n, 1n << 32n];
  const answer = item(strike.body.answers, 0);
  const proof = item(answer.proofs, 0);
  const ciphertext = item(answer.ciphertexts, 0);
  const of = (name: string, failure: string, voter: Voter, body: Body): RefusedEntry => ({
    name,
    failure,
    entry: voter.entry(body),
    voter,
  });
  const changed = (name: string, change: (parts: Uint8Array[]) => void): RefusedEntry =>
    of(name, "05.4: the equations of the proof", strike, with_answer(strike.body, { proofs: [proof_with(proof, three, change)] }));
  const swap = (parts: Uint8Array[], left: number, right: number): void => {
    [parts[left], parts[right]] = [item(parts, right), item(parts, left)];
  };
  const another_scalar = scalar_to_bytes(fixed_scalar("another scalar"));
  const another_element = new SecretScalar(fixed_scalar("another element")).public_key();
  const statement = {
    context: context_of(strike.body, BALLOT_KEY),
    question: 0,
    proof: 0,
    ciphertexts: answer.ciphertexts,
    values: three,
    weights: [1n],
  };
  let drawn = 0;
  const forged = proof_without_a_true_branch(statement, () => fixed_scalar(`forged ${drawn++}`));
  const of_date = item(date.body.answers, 0);
  const of_board = item(board.body.answers, 0);
  const heavier = { ...ciphertext, B: ciphertext.B.add(Element.G) };
  return [
    changed("X_0 replaced", (parts) => parts.splice(0, 1, another_element.to_bytes())),
    changed("Z_1 replaced", (parts) => parts.splice(3, 1, another_element.to_bytes())),
    changed("c_0 replaced", (parts) => parts.splice(6, 1, another_scalar)),
    changed("c_0 and c_1 exchanged", (parts) => swap(parts, 6, 7)),
    changed("z_0 replaced", (parts) => parts.splice(8, 1, another_scalar)),
    changed("z_2 is zero", (parts) => parts.splice(10, 1, new Uint8Array(32))),
    changed("X_0 and Z_0 exchanged", (parts) => swap(parts, 0, 1)),
    changed("branches 0 and 1 exchanged", (parts) => {
      for (const [left, right] of [[0, 2], [1, 3], [6, 7], [8, 9]] as const) swap(parts, left, right);
    }),
    of("no true branch, a split of the attacker's", "05.4: the last challenge is what remains", strike,
      with_answer(strike.body, { proofs: [forged] })),
    of("one vote more in the ciphertext", "05.4: the proof binds the ciphertext", strike,
      with_answer(strike.body, { ciphertexts: [heavier] })),
    of("A and B exchanged", "05.4: the proof binds the ciphertext", strike,
      with_answer(strike.body, { ciphertexts: [{ A: ciphertext.B, B: ciphertext.A }] })),
    of("the proofs of two ciphertexts exchanged", "05.4: the proof binds its index", date,
      with_answer(date.body, { proofs: replaced(replaced(of_date.proofs, 0, item(of_date.proofs, 1)), 1, item(of_date.proofs, 0)) })),
    of("two ciphertexts exchanged, and their proofs", "05.4: the proof binds its place", date,
      with_answer(date.body, {
        ciphertexts: replaced(replaced(of_date.ciphertexts, 2, item(of_date.ciphertexts, 3)), 3, item(of_date.ciphertexts, 2)),
        proofs: replaced(replaced(of_date.proofs, 2, item(of_date.proofs, 3)), 3, item(of_date.proofs, 2)),
      })),
    of("the sum proof in place of a bit proof", "05.4: the proof binds weights", date,
      with_answer(date.body, { proofs: replaced(of_date.proofs, 0, item(of_date.proofs, 4)) })),
    of("the ciphertext of an option twice", "05.4: the proofs bind all ciphertexts", board,
      with_answer(board.body, { ciphertexts: replaced(of_board.ciphertexts, 1, item(of_board.ciphertexts, 0)) })),
  ];
}

export function booth_refused_ballots(): JsonObject {
  const cases = refused_entries().map(({ name, failure, entry, voter }) => {
    const input = {
      ballot_key: bytesToHex(BALLOT_KEY.to_bytes()),
      entry,
      phi: bytesToHex(PHI),
      questions: voter.vote.questions as unknown as Json,
    };
    assert_refused(name, failure, input);
    return { name, input, failure };
  });
  return {
    format: "quorate-vectors/1",
    topic: "booth-refused-ballots",
    provenance: `${PROVENANCE} Changed bodies are signed again with the voter's own secret, so only the clause named can stop them.`,
    clause: [...new Set(cases.map(({ failure }) => failure.slice(0, failure.indexOf(":"))))].sort(),
    cases,
  };
}

/** The booth itself must refuse the entry, and for the reason that the vector states. */
function assert_refused(name: string, failure: string, input: Json): void {
  try {
    recompute("booth-refused-ballots", input);
  } catch (error) {
    if (error instanceof Refusal && failure.startsWith(`${error.clause}:`)) return;
    throw new Error(`${name}: refused for another reason`, { cause: error });
  }
  throw new Error(`${name}: not refused`);
}
