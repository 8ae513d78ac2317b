/** Canonical bytes to objects and back: the entries of the board that voters make (07.10, 07.13). */
import { type Ballot, type Question, check_lengths } from "./ballot.js";
import { base64 } from "./bytes.js";
import {
  type Json,
  canonical_bytes,
  parse_canonical,
  take_bytes,
  take_integer,
  take_list,
  take_object,
  take_string,
} from "./canonical.js";
import { ciphertext_from_bytes, ciphertext_to_bytes } from "./elgamal.js";
import { shape_of } from "./encoding.js";
import { Element } from "./group.js";
import { Refusal, item, paired } from "./refusal.js";
import { type Signature, signature_from_bytes, signature_to_bytes } from "./signature.js";
import { proof_from_bytes, proof_length, proof_to_bytes } from "./value_set.js";

/** [07.10] */
export function ballot_to_entry({ body, signature }: Ballot): Uint8Array {
  return canonical_bytes({
    answers: body.answers.map(({ question, ciphertexts, proofs }) => ({
      ciphertexts: ciphertexts.map((ciphertext) => base64(ciphertext_to_bytes(ciphertext))),
      proofs: proofs.map((proof) => base64(proof_to_bytes(proof))),
      question,
    })),
    credential: base64(body.credential.to_bytes()),
    phi: base64(body.phi),
    prev: base64(body.prev),
    signature: base64(signature_to_bytes(signature)),
    type: "ballot",
  });
}

/** The ballot of an entry. All lengths are checked before anything is decoded ([05.10]). */
export function ballot_from_entry(entry: Uint8Array, questions: readonly Question[]): Ballot {
  const keys = ["answers", "credential", "phi", "prev", "signature", "type"] as const;
  const fields = take_object(parse_canonical(entry), "ballot", keys);
  take_type(fields.type, "ballot", "07.10");
  const answers = take_list(fields.answers, "answers").map((value, place) => {
    const where = `answer ${place}`;
    const answer = take_object(value, where, ["ciphertexts", "proofs", "question"]);
    return {
      question: take_integer(answer.question, `${where}, question`),
      ciphertexts: take_list(answer.ciphertexts, where).map((bytes) => take_bytes(bytes, `${where}, ciphertexts`, 64)),
      proofs: take_list(answer.proofs, where).map((bytes) => take_bytes(bytes, `${where}, proofs`)),
    };
  });
  check_lengths(questions, answers);
  const claims_of = (place: number) => shape_of(item(questions, place).encoding).claims;
  answers.forEach(({ proofs }, place) => {
    for (const [proof, { values }] of paired(proofs, claims_of(place))) {
      if (proof.length !== proof_length(values)) throw new Refusal("05.10", `answer ${place}: a proof has another length`);
    }
  });
  return {
    body: {
      phi: take_bytes(fields.phi, "phi", 32),
      credential: take_element(fields.credential, "credential"),
      prev: take_bytes(fields.prev, "prev", 32),
      answers: answers.map(({ question, ciphertexts, proofs }, place) => ({
        question,
        ciphertexts: ciphertexts.map(ciphertext_from_bytes),
        proofs: paired(proofs, claims_of(place)).map(([proof, { values }]) => proof_from_bytes(proof, values)),
      })),
    },
    signature: signature_from_bytes(take_bytes(fields.signature, "signature", 64)),
  };
}

/** [07.13] */
export interface Spoil {
  readonly phi: Uint8Array;
  readonly credential: Element;
  readonly tracker: Uint8Array;
  readonly signature: Signature;
}

export function spoil_to_entry({ phi, credential, tracker, signature }: Spoil): Uint8Array {
  return canonical_bytes({
    credential: base64(credential.to_bytes()),
    phi: base64(phi),
    signature: base64(signature_to_bytes(signature)),
    tracker: base64(tracker),
    type: "spoil",
  });
}

export function spoil_from_entry(entry: Uint8Array): Spoil {
  const keys = ["credential", "phi", "signature", "tracker", "type"] as const;
  const fields = take_object(parse_canonical(entry), "spoil", keys);
  take_type(fields.type, "spoil", "07.13");
  return {
    phi: take_bytes(fields.phi, "phi", 32),
    credential: take_element(fields.credential, "credential"),
    tracker: take_bytes(fields.tracker, "tracker", 32),
    signature: signature_from_bytes(take_bytes(fields.signature, "signature", 64)),
  };
}

function take_element(value: Json, where: string): Element {
  return Element.from_canonical_bytes(take_bytes(value, where, 32));
}

function take_type(value: Json, expected: string, clause: string): void {
  const type = take_string(value, "type");
  if (type !== expected) throw new Refusal(clause, `an entry of type ${expected} was expected, not ${JSON.stringify(type)}`);
}
