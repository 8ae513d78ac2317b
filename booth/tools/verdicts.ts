/**
 * Judges ballots for a comparison with another implementation: reads the form of the ballots on the first line
 * of standard input, then the bytes of one entry in hex on each line; answers each with "accepted" and the
 * tracker, or with the clause that refuses it.
 */
import { createInterface } from "node:readline";

import { type BallotForm, type Question, tracker_of, verify_ballot } from "../src/ballot.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Element } from "../src/group.js";
import { ballot_from_entry } from "../src/record.js";
import { Refusal } from "../src/refusal.js";
import { take_hex } from "../src/vector_input.js";

interface FormInput {
  readonly ballot_key: string;
  readonly phi: string;
  readonly questions: readonly Question[];
}

function form_of(line: string): BallotForm {
  const { ballot_key, phi, questions } = JSON.parse(line) as FormInput;
  return { ballot_key: Element.from_canonical_bytes(take_hex(ballot_key)), phi: take_hex(phi), questions };
}

/** Anything but a refusal is a fault of the program, and ends it. */
function verdict_on(form: BallotForm, entry: Uint8Array): string {
  try {
    const ballot = ballot_from_entry(entry, form.questions);
    verify_ballot(form, ballot);
    return `accepted ${bytesToHex(tracker_of(ballot.body))}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `refused ${error.clause}`;
  }
}

let form: BallotForm | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  if (form === undefined) form = form_of(line);
  else console.log(verdict_on(form, take_hex(line)));
}
