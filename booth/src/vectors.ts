/** The files of vectors/: each case is recomputed from its input, and a case with `failure` must be refused. */
import { text_of } from "./bytes.js";
import { type Json, type JsonObject, canonical_text, take_list, take_string } from "./canonical.js";
import { Refusal } from "./refusal.js";
import { BALLOT_TOPICS } from "./topics_of_ballots.js";
import { BOARD_TOPICS } from "./topics_of_board.js";

/** From a case's input to what it expects, by the specification alone. */
export type Recompute = (input: Json) => Json;

/** Outcome of one case: `problem` is null where the case holds. */
export interface Verdict {
  readonly name: string;
  readonly problem: string | null;
}

export const TOPICS: ReadonlyMap<string, Recompute> = new Map([...BALLOT_TOPICS, ...BOARD_TOPICS]);

/** Topics of vectors/ that are not the booth's to check, and why. */
export const NOT_OURS: ReadonlyMap<string, string> = new Map([
  ["ballots", "not checked here: not written for the booth yet; its own ballots are booth-ballots"],
  ["transcript", "not checked here: not written for the booth yet"],
  ["tally", "not checked here: not written for the booth yet"],
  ["ceremony", "not checked here: the tellers' program"],
  ["ceremony-decryption", "not checked here: the tellers' program"],
  ["ed25519-edge", "not checked here: the verifier's library"],
  ["minutes", "not checked here: the verifier"],
  ["passkeys", "not checked here: the verifier"],
  ["records", "not checked here: the verifier"],
  ["rules-decisions", "not checked here: the rules engine"],
  ["rules-refused", "not checked here: the rules engine"],
]);

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
