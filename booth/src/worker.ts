/**
 * The part that encrypts, away from the page so that the page stays awake. It alone holds the secret of the
 * code; it has no network of its own and draws nothing: fresh bytes come with each request.
 */
import type { BallotForm } from "./ballot.js";
import { parse_checkpoint, verify_log_signature, verify_quorum, verify_receipt, parse_receipt } from "./checkpoint.js";
import { type Manifest, choice_of, questions_of, read_manifest } from "./manifest.js";
import { Refusal, item } from "./refusal.js";
import { Voter } from "./voter.js";

/** What the page asks, and what comes back. Every value can be copied between threads. */
export interface Requests {
  /** Takes up a ballot by its manifest; returns phi. */
  manifest: [{ file: Uint8Array }, Uint8Array];
  /** Derives the credential of a code; returns K. */
  unlock: [{ code: string }, Uint8Array];
  /** Seals the marked rows; returns the tracker. */
  seal: [{ unit: number; prev: Uint8Array; answers: readonly (readonly number[])[]; rho: Uint8Array }, Uint8Array];
  /** Signs what is sealed; returns the entry to send. */
  sign: [{ fresh: Uint8Array }, Uint8Array];
  /** Signs the entry that opens what is sealed. */
  open: [{ fresh: Uint8Array }, { entry: Uint8Array; opening: string }];
  /** Verifies that an entry is on the board ([08.15]); returns its number and the latest time of a witness. */
  prove: [{ entry: Uint8Array; receipt: Uint8Array }, { index: number; time: number | null }];
  /** Verifies a checkpoint; returns the number of entries and the latest time of a witness. */
  checkpoint: [{ note: Uint8Array }, { size: number; time: number | null }];
}

export type Name = keyof Requests;
export interface Message<N extends Name = Name> {
  readonly id: number;
  readonly name: N;
  readonly body: Requests[N][0];
}
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly refused: string; readonly clause: string };

type Handlers = { [N in Name]: (body: Requests[N][0]) => Requests[N][1] };

export function make_handlers(): Handlers {
  let manifest: Manifest | undefined;
  let voter: Voter | undefined;
  const known = (): Manifest => {
    if (manifest === undefined) throw new Error("there is no manifest yet");
    return manifest;
  };
  const unlocked = (): Voter => {
    if (voter === undefined) throw new Error("there is no code yet");
    return voter;
  };
  return {
    manifest({ file }) {
      manifest = read_manifest(file);
      return manifest.phi;
    },
    unlock({ code }) {
      voter = new Voter(code, known().ballot_id);
      return voter.credential;
    },
    seal({ unit, prev, answers, rho }) {
      const { phi, ballot_key } = known();
      const questions = questions_of(known(), unit);
      const form: BallotForm = { phi, ballot_key, questions };
      const choices = answers.map((rows, place) => choice_of(item(questions, place), rows));
      return unlocked().seal(form, prev, choices, rho);
    },
    sign({ fresh }) {
      return unlocked().sign(fresh);
    },
    open({ fresh }) {
      return unlocked().open(fresh);
    },
    prove({ entry, receipt }) {
      const { log_key, witnesses } = known();
      const parsed = parse_receipt(receipt);
      verify_receipt(parsed, entry, log_key, witnesses);
      const times = verify_quorum(parsed.checkpoint, witnesses);
      return { index: Number(parsed.index), time: latest(times) };
    },
    checkpoint({ note }) {
      const { log_key, witnesses } = known();
      const checkpoint = parse_checkpoint(note);
      verify_log_signature(checkpoint, log_key);
      return { size: Number(checkpoint.size), time: latest(verify_quorum(checkpoint, witnesses)) };
    },
  };
}

function latest(times: Map<string, bigint>): number | null {
  const sorted = [...times.values()].sort((a, b) => (a < b ? -1 : 1));
  return sorted.length === 0 ? null : Number(sorted.at(-1));
}

/** Answers one message; a refusal travels as words, any other failure as a mistake of the program. */
export function answer(handlers: Handlers, { id, name, body }: Message): Reply {
  try {
    return { id, value: (handlers[name] as (body: unknown) => unknown)(body) };
  } catch (error) {
    if (error instanceof Refusal) return { id, refused: error.message, clause: error.clause };
    return { id, refused: "the program failed", clause: "" };
  }
}

interface WorkerScope {
  onmessage: ((event: { data: Message }) => void) | null;
  postMessage(reply: Reply): void;
}

/** Serves the page that started this thread. */
export function serve(scope: WorkerScope): void {
  const handlers = make_handlers();
  scope.onmessage = ({ data }) => scope.postMessage(answer(handlers, data));
}
