/** The voter's secret and what it does: seal, sign, open. Randomness is a parameter. */
import {
  type Ballot,
  type Body,
  type BallotForm,
  make_body,
  sign_body,
  spoil_transcript,
  tracker_of,
  verify_ballot,
} from "./ballot.js";
import { base64 } from "./bytes.js";
import { type Json, canonical_text } from "./canonical.js";
import { credential_secret } from "./credential.js";
import type { Choice } from "./encoding.js";
import type { SecretScalar } from "./group.js";
import { ballot_to_entry, spoil_to_entry } from "./record.js";
import { Refusal } from "./refusal.js";
import { hedged_nonce, sign } from "./signature.js";

interface Sealed {
  readonly body: Body;
  readonly choices: readonly Choice[];
  readonly rho: Uint8Array;
  readonly form: BallotForm;
}

/** One code's credential, and the ballot that is sealed but not cast yet. */
export class Voter {
  readonly #secret: SecretScalar;
  readonly #firsts = new Set<string>();
  #sealed: Sealed | undefined;

  constructor(code: string, ballot_id: Uint8Array) {
    this.#secret = credential_secret(code, ballot_id);
  }

  /** K ([07.3]). */
  get credential(): Uint8Array {
    return this.#secret.public_key().to_bytes();
  }

  /** Seals choices under `rho`, in place of what was sealed before; returns the tracker ([07.8], [07.11]). */
  seal(form: BallotForm, prev: Uint8Array, choices: readonly Choice[], rho: Uint8Array): Uint8Array {
    const { phi, ballot_key, questions } = form;
    const context = { phi, ballot_key, credential: this.#secret.public_key(), prev };
    const body = make_body(context, questions, choices, rho);
    this.#check_firsts(body);
    this.#sealed = { body, choices, rho, form };
    return tracker_of(body);
  }

  /** The entry to send, signed; the choice and its randomness are forgotten. */
  sign(fresh: Uint8Array): Uint8Array {
    const { body, form } = this.#take();
    const ballot: Ballot = sign_body(body, form.ballot_key, this.#secret, fresh);
    verify_ballot(form, ballot);
    return ballot_to_entry(ballot);
  }

  /** The spoil entry of what is sealed, and what opens it to a second device ([07.13]). */
  open(fresh: Uint8Array): { readonly entry: Uint8Array; readonly opening: string } {
    const { body, choices, rho, form } = this.#take();
    const tracker = tracker_of(body);
    const transcript = spoil_transcript(form.phi, form.ballot_key, body.credential, tracker);
    const signature = sign(this.#secret, transcript, hedged_nonce(fresh, this.#secret, transcript));
    const entry = spoil_to_entry({ phi: form.phi, credential: body.credential, tracker, signature });
    const opening = canonical_text({
      choices: choices.map(choice_as_json),
      credential: base64(body.credential.to_bytes()),
      phi: base64(body.phi),
      prev: base64(body.prev),
      rho: base64(rho),
    });
    return { entry, opening };
  }

  #take(): Sealed {
    const sealed = this.#sealed;
    if (sealed === undefined) throw new Error("nothing is sealed");
    this.#sealed = undefined;
    return sealed;
  }

  /** Every A occurs once ([07.12]): a repeated one comes from a broken generator. */
  #check_firsts({ answers }: Body): void {
    for (const ciphertext of answers.flatMap(({ ciphertexts }) => ciphertexts)) {
      const first = base64(ciphertext.A.to_bytes());
      if (this.#firsts.has(first)) throw new Refusal("07.12", "a ciphertext repeats its first half");
      this.#firsts.add(first);
    }
  }
}

function choice_as_json(choice: Choice): Json {
  if (choice === "blank") return choice;
  return "outcome" in choice ? { outcome: choice.outcome } : { options: choice.options };
}
