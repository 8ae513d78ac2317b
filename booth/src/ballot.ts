/** Ballots: bodies, trackers, derivation from rho, signing and verifying ([05.6], 07.7 to 07.11, 07.13). */
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { same_bytes } from "./bytes.js";
import { crockford_symbols, in_groups_of_four } from "./credential.js";
import { type Ciphertext, ciphertext_to_bytes, encrypt } from "./elgamal.js";
import { type Choice, type Encoding, combined_value, plaintexts_of, shape_of } from "./encoding.js";
import {
  type Element,
  type Scalar,
  type SecretScalar,
  scalar_from_integer,
  scalar_from_wide_bytes,
  scalar_multiply,
  scalar_sum,
} from "./group.js";
import { Refusal, paired } from "./refusal.js";
import { type Signature, hedged_nonce, sign, verify_signature } from "./signature.js";
import { type BallotContext, FramedString, SUITE, Transcript, ballot_transcript, frame, u64be } from "./transcript.js";
import { type Proof, proof_to_bytes, prove, verify } from "./value_set.js";

/** A question as a ballot sees it: its number in the manifest and its encoding. */
export interface Question {
  readonly question: number;
  readonly encoding: Encoding;
}

export interface Answer {
  readonly question: number;
  readonly ciphertexts: readonly Ciphertext[];
  readonly proofs: readonly Proof[];
}

/** [07.7] */
export interface Body {
  readonly phi: Uint8Array;
  readonly credential: Element;
  readonly prev: Uint8Array;
  readonly answers: readonly Answer[];
}

export interface Ballot {
  readonly body: Body;
  readonly signature: Signature;
}

/** `prev` of the first ballot of a credential ([07.8]). */
export const NO_PREVIOUS: Uint8Array = new Uint8Array(32);

/** [05.6] */
export function ciphertexts_hash(answers: readonly Pick<Answer, "question" | "ciphertexts">[]): Uint8Array {
  const framed = new FramedString("ballot-ciphertexts");
  for (const { question, ciphertexts } of answers) {
    framed.number("question", question).list("ciphertexts", ciphertexts.map(ciphertext_to_bytes));
  }
  return sha512(framed.encoded());
}

/** [07.7] */
export function body_to_bytes({ phi, credential, prev, answers }: Body): Uint8Array {
  const framed = new FramedString("ballot-body")
    .bytes("phi", phi)
    .bytes("credential", credential.to_bytes())
    .bytes("prev", prev)
    .number("answers", answers.length);
  for (const { question, ciphertexts, proofs } of answers) {
    framed
      .number("question", question)
      .list("ciphertexts", ciphertexts.map(ciphertext_to_bytes))
      .list("proofs", proofs.map(proof_to_bytes));
  }
  return framed.encoded();
}

/** [07.8] */
export function tracker_of(body: Body): Uint8Array {
  return sha256(body_to_bytes(body));
}

/** The 160 bits of a tracker that people see: 32 symbols in groups of four ([07.8]). */
export function shown_tracker(tracker: Uint8Array): string {
  return in_groups_of_four(crockford_symbols(tracker, 32));
}

/** What is fixed before a voter chooses: phi, Y, K and the tracker of the credential's latest ballot. */
export type VotingContext = Omit<BallotContext, "ciphertexts_hash">;

/** The scalar of a label, derived from rho ([07.11]). */
export type Derivation = (label: string) => Scalar;

/** [07.11]. `plaintexts` has one list for each question, in order. */
export function derivation(
  rho: Uint8Array,
  { phi, credential, prev }: VotingContext,
  questions: readonly Question[],
  plaintexts: readonly (readonly bigint[])[],
): Derivation {
  if (rho.length !== 32) throw new RangeError("rho has 32 bytes");
  const framed_plaintexts = concatBytes(
    ...paired(questions, plaintexts).flatMap(([{ question }, of_answer]) => [
      u64be(question),
      u64be(of_answer.length),
      ...of_answer.map(u64be),
    ]),
  );
  const info = concatBytes(
    frame("quorate/1 ballot"),
    frame(credential.to_bytes()),
    frame(prev),
    frame(framed_plaintexts),
  );
  const key = extract(sha512, rho, phi);
  return (label) => scalar_from_wide_bytes(expand(sha512, key, concatBytes(info, frame(label)), 64));
}

/**
 * The unsigned body of a voter's choices, one for each question in order. The same arguments give the
 * same body, so a second device can rebuild it ([07.11]).
 */
export function make_body(
  context: VotingContext,
  questions: readonly Question[],
  choices: readonly Choice[],
  rho: Uint8Array,
): Body {
  const plaintexts = paired(questions, choices).map(([{ encoding }, choice]) => plaintexts_of(encoding, choice));
  const derive = derivation(rho, context, questions, plaintexts);
  const encrypted = paired(questions, plaintexts).map(([{ question, encoding }, values]) => {
    const randomness = values.map((_, i) => derive(`${question}/${i}/r`));
    const ciphertexts = paired(values, randomness).map(([v, r]) => encrypt(context.ballot_key, v, r));
    return { question, encoding, values, randomness, ciphertexts };
  });
  const ballot_context = { ...context, ciphertexts_hash: ciphertexts_hash(encrypted) };
  const answers = encrypted.map(({ question, encoding, values, randomness, ciphertexts }) => {
    const proofs = shape_of(encoding).claims.map((claim, proof) =>
      prove(
        { context: ballot_context, question, proof, ciphertexts, ...claim },
        combined_value(claim, values),
        scalar_sum(paired(claim.weights, randomness).map(([w, r]) => scalar_multiply(scalar_from_integer(w), r))),
        {
          nonce: () => derive(`${question}/${proof}/w`),
          simulated: (j) => ({
            challenge: derive(`${question}/${proof}/c/${j}`),
            response: derive(`${question}/${proof}/z/${j}`),
          }),
        },
      ),
    );
    return { question, ciphertexts, proofs };
  });
  return { phi: context.phi, credential: context.credential, prev: context.prev, answers };
}

/** The ballot context of a body under a ballot key ([03.6]). */
export function context_of(body: Body, ballot_key: Element): BallotContext {
  const { phi, credential, prev, answers } = body;
  return { phi, ballot_key, credential, prev, ciphertexts_hash: ciphertexts_hash(answers) };
}

/** The transcript of a ballot's signature, which lacks only its commitment ([07.9]). */
export function ballot_signature_transcript(body: Body, ballot_key: Element): Transcript {
  return ballot_transcript("ballot-signature", context_of(body, ballot_key)).bytes(
    "body_hash",
    sha512(body_to_bytes(body)),
  );
}

/** Signs a body with the credential's secret; `fresh` are 32 bytes of the operating system's generator. */
export function sign_body(body: Body, ballot_key: Element, secret: SecretScalar, fresh: Uint8Array): Ballot {
  const transcript = ballot_signature_transcript(body, ballot_key);
  return { body, signature: sign(secret, transcript, hedged_nonce(fresh, secret, transcript)) };
}

/** The transcript of a spoil entry's signature, which lacks only its commitment ([07.13]). */
export function spoil_transcript(
  phi: Uint8Array,
  ballot_key: Element,
  credential: Element,
  tracker: Uint8Array,
): Transcript {
  return new Transcript("spoil")
    .bytes("suite", SUITE)
    .bytes("phi", phi)
    .bytes("ballot_key", ballot_key.to_bytes())
    .bytes("credential", credential.to_bytes())
    .bytes("tracker", tracker);
}

/** Refuses a body whose answers, ciphertexts or proofs are not exactly those of the questions ([05.10]). */
export function check_lengths(
  questions: readonly Question[],
  answers: readonly { question: number; ciphertexts: readonly unknown[]; proofs: readonly unknown[] }[],
): void {
  if (answers.length !== questions.length) {
    throw new Refusal("05.10", `the ballot has ${answers.length} answers to ${questions.length} questions`);
  }
  for (const [{ question, encoding }, answer] of paired(questions, answers)) {
    const { ciphertexts, claims } = shape_of(encoding);
    if (answer.question !== question) throw new Refusal("07.7", `an answer to question ${question} was expected`);
    if (answer.ciphertexts.length !== ciphertexts || answer.proofs.length !== claims.length) {
      throw new Refusal("05.10", `question ${question} takes ${ciphertexts} ciphertexts and ${claims.length} proofs`);
    }
  }
}

/** What the manifest fixes for the ballots of one counting unit. */
export interface BallotForm {
  readonly phi: Uint8Array;
  readonly ballot_key: Element;
  readonly questions: readonly Question[];
}

/** Refuses a ballot that is not of this form, or whose signature or any proof does not hold. */
export function verify_ballot({ phi, ballot_key, questions }: BallotForm, { body, signature }: Ballot): void {
  if (!same_bytes(body.phi, phi)) throw new Refusal("07.7", "the ballot is of another manifest");
  check_lengths(questions, body.answers);
  verify_signature(body.credential, ballot_signature_transcript(body, ballot_key), signature);
  const context = context_of(body, ballot_key);
  for (const [{ encoding }, { question, ciphertexts, proofs }] of paired(questions, body.answers)) {
    paired(shape_of(encoding).claims, proofs).forEach(([claim, proof], index) => {
      verify({ context, question, proof: index, ciphertexts, ...claim }, proof);
    });
  }
}
