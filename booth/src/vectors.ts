/**
 * The files of vectors/, recomputed from the specification: for each topic a function from a case's input
 * to what it expects. A case with `failure` must be refused.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

import {
  type Body,
  type Question,
  ballot_signature_transcript,
  body_to_bytes,
  ciphertexts_hash,
  context_of,
  derivation,
  make_body,
  shown_tracker,
  tracker_of,
  verify_ballot,
} from "./ballot.js";
import { text_of, utf8 } from "./bytes.js";
import { type Json, type JsonObject, canonical_text, take_integer, take_list, take_object, take_string } from "./canonical.js";
import { credential_secret } from "./credential.js";
import { ciphertext_to_bytes } from "./elgamal.js";
import { type Choice, type Encoding, combined_value, plaintexts_of, shape_of } from "./encoding.js";
import { Element, type Scalar, scalar_from_canonical_bytes, scalar_from_wide_bytes, scalar_to_bytes } from "./group.js";
import { ballot_from_entry, ballot_to_entry } from "./record.js";
import { Refusal, item, paired } from "./refusal.js";
import { sign, signature_to_bytes } from "./signature.js";
import { proof_to_bytes, proof_transcript } from "./value_set.js";

export type Recompute = (input: Json) => Json;

/** Outcome of one case: `problem` is null where the case holds. */
export interface Verdict {
  readonly name: string;
  readonly problem: string | null;
}

export const TOPICS: ReadonlyMap<string, Recompute> = new Map([
  ["ristretto255", ristretto255_operation],
  ["booth-ballots", describe_ballot],
  ["booth-refused-ballots", accept_entry],
]);

/** Topics of vectors/ that are not the booth's to check, and why. */
export const NOT_OURS: ReadonlyMap<string, string> = new Map();

/** The verdict on each case of a file; refuses a file of unknown format or topic. */
export function check_vector_file(bytes: Uint8Array): { topic: string; verdicts: Verdict[] } {
  const file = JSON.parse(text_of(bytes)) as JsonObject;
  if (file["format"] !== "quorate-vectors/1") throw new Refusal("vectors", "the file is not in the format quorate-vectors/1");
  const topic = take_string(file["topic"] ?? null, "topic");
  if (NOT_OURS.has(topic)) return { topic, verdicts: [] };
  const recompute = TOPICS.get(topic);
  if (recompute === undefined) throw new Refusal("vectors", `the booth knows no topic ${JSON.stringify(topic)}`);
  const cases = take_list(file["cases"] ?? null, "cases");
  if (cases.length === 0) throw new Refusal("vectors", "a file of vectors has one case at least");
  return { topic, verdicts: cases.map((value) => verdict_on(value as JsonObject, recompute)) };
}

function verdict_on(vector: JsonObject, recompute: Recompute): Verdict {
  const name = take_string(vector["name"] ?? null, "name");
  const { input = null, expected, failure } = vector;
  if ((expected === undefined) === (failure === undefined)) {
    return { name, problem: "a case has either `expected` or `failure`" };
  }
  try {
    const found = canonical_text(recompute(input));
    if (expected === undefined) return { name, problem: `accepted, although: ${String(failure)}` };
    const wanted = canonical_text(expected);
    return { name, problem: found === wanted ? null : `expected ${excerpt(wanted, found)}` };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { name, problem: failure === undefined ? `refused: ${error.message}` : null };
  }
}

/** Both texts around their first difference. */
function excerpt(wanted: string, found: string): string {
  let start = 0;
  while (wanted[start] === found[start]) start++;
  const around = (text: string): string => text.slice(Math.max(0, start - 40), start + 80);
  return `...${around(wanted)}... but found ...${around(found)}...`;
}

function hex(value: Json, where: string): Uint8Array {
  const text = take_string(value, where);
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new RangeError(`${where} is not lower-case hex`);
  return hexToBytes(text);
}

function scalar_hex(scalar: Scalar): string {
  return bytesToHex(scalar_to_bytes(scalar));
}

/** The identity, whose encoding is never sent, is written as its 32 zero bytes here. */
function element_hex(element: Element): string {
  return element.is_identity() ? "00".repeat(32) : bytesToHex(element.to_bytes());
}

function ristretto255_operation(input: Json): Json {
  const fields = input as JsonObject;
  const operation = take_string(fields["operation"] ?? null, "operation");
  const bytes = hex(fields["bytes"] ?? fields["scalar"] ?? null, "bytes");
  switch (operation) {
    case "multiply-generator":
      return element_hex(Element.G.multiply(scalar_from_canonical_bytes(bytes)));
    case "decode-element":
      return element_hex(Element.from_canonical_bytes(bytes));
    case "decode-scalar":
      return scalar_from_canonical_bytes(bytes).toString();
    case "reduce-wide":
      return scalar_hex(scalar_from_wide_bytes(bytes));
    case "derive-element":
      return element_hex(Element.derive(bytes));
    default:
      throw new RangeError(`unknown operation ${operation}`);
  }
}

/** What the voter's device has before it makes a ballot; `nonce` is the signature's k. */
const BALLOT_INPUT = ["ballot_id", "ballot_key", "choices", "code", "nonce", "phi", "prev", "questions", "rho"] as const;

/** A ballot with every intermediate value of 05 and 07, from its inputs alone. */
function describe_ballot(input: Json): Json {
  const fields = take_object(input, "input", BALLOT_INPUT);
  const questions = take_questions(fields.questions);
  const choices = take_list(fields.choices, "choices") as readonly Choice[];
  const secret = credential_secret(take_string(fields.code, "code"), hex(fields.ballot_id, "ballot_id"));
  const rho = hex(fields.rho, "rho");
  const context = {
    phi: hex(fields.phi, "phi"),
    ballot_key: Element.from_canonical_bytes(hex(fields.ballot_key, "ballot_key")),
    credential: secret.public_key(),
    prev: hex(fields.prev, "prev"),
  };

  const plaintexts = paired(questions, choices).map(([{ encoding }, choice]) => plaintexts_of(encoding, choice));
  const derive = derivation(rho, context, questions, plaintexts);
  const body = make_body(context, questions, choices, rho);
  const transcript = ballot_signature_transcript(body, context.ballot_key);
  const signature = sign(secret, transcript, scalar_from_canonical_bytes(hex(fields.nonce, "nonce")));
  verify_ballot({ ...context, questions }, { body, signature });

  const of_first_proof = first_proof_transcript(body, context.ballot_key, questions);
  const tracker = tracker_of(body);
  return {
    body: bytesToHex(body_to_bytes(body)),
    ciphertexts: body.answers.map(({ ciphertexts }) => ciphertexts.map((c) => bytesToHex(ciphertext_to_bytes(c)))),
    ciphertexts_hash: bytesToHex(ciphertexts_hash(body.answers)),
    credential: bytesToHex(context.credential.to_bytes()),
    derived: Object.fromEntries(labels(questions, plaintexts).map((label) => [label, scalar_hex(derive(label))])),
    entry: text_of(ballot_to_entry({ body, signature })),
    plaintexts: plaintexts.map((of_answer) => of_answer.map(Number)),
    proof_0_transcript: bytesToHex(of_first_proof.encoded()),
    proof_0_challenge: scalar_hex(of_first_proof.challenge()),
    proofs: body.answers.map(({ proofs }) => proofs.map((proof) => bytesToHex(proof_to_bytes(proof)))),
    secret: scalar_hex(secret.reveal()),
    shown_tracker: shown_tracker(tracker),
    signature: bytesToHex(signature_to_bytes(signature)),
    signature_transcript: bytesToHex(transcript.encoded()),
    tracker: bytesToHex(tracker),
  };
}

/** The transcript of the first answer's proof 0. */
function first_proof_transcript(body: Body, ballot_key: Element, questions: readonly Question[]) {
  const { question, ciphertexts, proofs } = item(body.answers, 0);
  const claim = item(shape_of(item(questions, 0).encoding).claims, 0);
  const statement = { context: context_of(body, ballot_key), question, proof: 0, ciphertexts, ...claim };
  return proof_transcript(statement, item(proofs, 0).commitments);
}

/** Every label of [07.11] that a ballot of these plaintexts uses. */
function labels(questions: readonly Question[], plaintexts: readonly (readonly bigint[])[]): string[] {
  return paired(questions, plaintexts).flatMap(([{ question, encoding }, of_answer]) => [
    ...of_answer.map((_, i) => `${question}/${i}/r`),
    ...shape_of(encoding).claims.flatMap((claim, p) => {
      const value = combined_value(claim, of_answer);
      const simulated = claim.values.flatMap((v, j) => (v === value ? [] : [`c/${j}`, `z/${j}`]));
      return ["w", ...simulated].map((suffix) => `${question}/${p}/${suffix}`);
    }),
  ]);
}

/** "accepted", or a refusal, for an entry under the form that the manifest fixes. */
function accept_entry(input: Json): Json {
  const fields = take_object(input, "input", ["ballot_key", "entry", "phi", "questions"]);
  const form = {
    phi: hex(fields.phi, "phi"),
    ballot_key: Element.from_canonical_bytes(hex(fields.ballot_key, "ballot_key")),
    questions: take_questions(fields.questions),
  };
  verify_ballot(form, ballot_from_entry(utf8(take_string(fields.entry, "entry")), form.questions));
  return "accepted";
}

function take_questions(value: Json): Question[] {
  return take_list(value, "questions").map((member) => {
    const { question, encoding } = take_object(member, "question", ["encoding", "question"]);
    return { question: take_integer(question, "question"), encoding: encoding as unknown as Encoding };
  });
}
