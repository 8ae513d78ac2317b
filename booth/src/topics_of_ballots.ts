/** Topics of vectors/ about the group and about ballots. */
import { bytesToHex } from "@noble/hashes/utils.js";

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
import { type Json, type JsonObject, take_integer, take_list, take_object, take_string } from "./canonical.js";
import {
  check_symbol,
  credential_secret,
  crockford_symbols,
  in_groups_of_four,
  parse_credential_list,
  read_code,
  registrar_transcript,
} from "./credential.js";
import { ciphertext_to_bytes } from "./elgamal.js";
import { type Choice, type Encoding, combined_value, plaintexts_of, shape_of } from "./encoding.js";
import { Element, type Scalar, SecretScalar, scalar_from_canonical_bytes, scalar_from_wide_bytes, scalar_to_bytes } from "./group.js";
import { root_of } from "./merkle.js";
import { ballot_from_entry, ballot_to_entry } from "./record.js";
import { item, paired } from "./refusal.js";
import { hedged_nonce, sign, signature_from_bytes, signature_to_bytes, verify_signature } from "./signature.js";
import { proof_to_bytes, proof_transcript } from "./value_set.js";
import { take_hex, take_input } from "./vector_input.js";

export const BALLOT_TOPICS: readonly [string, (input: Json) => Json][] = [
  ["ristretto255", ristretto255_operation],
  ["credential", credential_operation],
  ["booth-ballots", describe_ballot],
  ["booth-refused-ballots", accept_entry],
];

function scalar_hex(scalar: Scalar): string {
  return bytesToHex(scalar_to_bytes(scalar));
}

/** The identity, whose encoding is never sent, is written as its 32 zero bytes here. */
function element_hex(element: Element): string {
  return element.is_identity() ? "00".repeat(32) : bytesToHex(element.to_bytes());
}

function ristretto255_operation(input: Json): Json {
  const { operation = null, bytes: hex = null, scalar = hex } = input as JsonObject;
  const bytes = take_hex(scalar);
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
      throw new Error(`unknown operation ${String(operation)}`);
  }
}

function credential_operation(input: Json): Json {
  const { operation = null, ...fields } = input as JsonObject;
  switch (operation) {
    case "make": {
      const symbols = crockford_symbols(take_hex(take_input(fields, ["fresh"]).fresh), 23);
      return in_groups_of_four(symbols + check_symbol(symbols));
    }
    case "read":
      return read_code(take_string(take_input(fields, ["text"]).text, "text"));
    case "derive": {
      const { code, ballot_id } = take_input(fields, ["ballot_id", "code"]);
      const secret = credential_secret(take_string(code, "code"), take_hex(ballot_id));
      return { credential: element_hex(secret.public_key()), secret: scalar_hex(secret.reveal()) };
    }
    case "list": {
      const lines = take_list(take_input(fields, ["lines"]).lines, "lines").map((line) => take_string(line, "line"));
      return { count: parse_credential_list(lines).length, root: bytesToHex(root_of(lines.map(utf8))) };
    }
    case "event":
      return registrar_event(fields);
    default:
      throw new Error(`unknown operation ${String(operation)}`);
  }
}

/** Signs an event where the registrar's secret is given ([03.11]), and verifies the signature. */
function registrar_event({ secret, fresh, signature: given, ...fields }: JsonObject): Json {
  const { ballot_id, event, registrar_key } = take_input(fields, ["ballot_id", "event", "registrar_key"]);
  const key = Element.from_canonical_bytes(take_hex(registrar_key));
  const transcript = () => registrar_transcript(take_hex(ballot_id), key, utf8(take_string(event, "event")));
  let signature: Uint8Array;
  if (secret === undefined) {
    signature = take_hex(given ?? null);
  } else {
    const registrar = new SecretScalar(scalar_from_canonical_bytes(take_hex(secret)));
    const nonce = hedged_nonce(take_hex(fresh ?? null), registrar, transcript());
    signature = signature_to_bytes(sign(registrar, transcript(), nonce));
  }
  verify_signature(key, transcript(), signature_from_bytes(signature));
  return { signature: bytesToHex(signature) };
}

/** What the voter's device has before it makes a ballot; `nonce` is the signature's k. */
const BALLOT_INPUT = ["ballot_id", "ballot_key", "choices", "code", "nonce", "phi", "prev", "questions", "rho"] as const;

/** A ballot with every intermediate value of 05 and 07, from its inputs alone. */
function describe_ballot(input: Json): Json {
  const fields = take_input(input, BALLOT_INPUT);
  const questions = take_questions(fields.questions);
  const choices = take_list(fields.choices, "choices") as readonly Choice[];
  const secret = credential_secret(take_string(fields.code, "code"), take_hex(fields.ballot_id));
  const rho = take_hex(fields.rho);
  const context = {
    phi: take_hex(fields.phi),
    ballot_key: Element.from_canonical_bytes(take_hex(fields.ballot_key)),
    credential: secret.public_key(),
    prev: take_hex(fields.prev),
  };

  const plaintexts = paired(questions, choices).map(([{ encoding }, choice]) => plaintexts_of(encoding, choice));
  const derive = derivation(rho, context, questions, plaintexts);
  const body = make_body(context, questions, choices, rho);
  const transcript = ballot_signature_transcript(body, context.ballot_key);
  const signature = sign(secret, transcript, scalar_from_canonical_bytes(take_hex(fields.nonce)));
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
  const fields = take_input(input, ["ballot_key", "entry", "phi", "questions"]);
  const form = {
    phi: take_hex(fields.phi),
    ballot_key: Element.from_canonical_bytes(take_hex(fields.ballot_key)),
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
