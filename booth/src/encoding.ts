/** How a choice becomes plaintexts, and what is proved of them: clauses 05.7 to 05.9. */
import { Refusal, paired } from "./refusal.js";
import { type Claim, check_claim } from "./value_set.js";

/** One of `outcomes` outcomes, the blank one (where there is one) being the last. */
export interface SingleChoice {
  readonly type: "single";
  readonly outcomes: number;
}

/** From `min` to `max` of `options` options; `blank` says whether a labelled blank is allowed instead. */
export interface MultipleChoice {
  readonly type: "multiple";
  readonly options: number;
  readonly min: number;
  readonly max: number;
  readonly blank: boolean;
}

export type Encoding = SingleChoice | MultipleChoice;

/** The index of the chosen outcome, or the set of chosen options, or the blank of a multiple choice. */
export type Choice = { readonly outcome: number } | { readonly options: readonly number[] } | "blank";

/** The number of ciphertexts of an answer and the claims proved of them, in order ([05.10]). */
export interface Shape {
  readonly ciphertexts: number;
  readonly claims: readonly Claim[];
}

const BIT = [0n, 1n];
const SECOND = 1n << 32n;

export function shape_of(encoding: Encoding): Shape {
  check_encoding(encoding);
  const shape = encoding.type === "single" ? shape_of_single(encoding) : shape_of_multiple(encoding);
  shape.claims.forEach(check_claim);
  return shape;
}

function check_encoding(encoding: Encoding): void {
  if (encoding.type === "single") {
    if (!Number.isInteger(encoding.outcomes) || encoding.outcomes < 2) {
      throw new Refusal("05.7", "a single choice has two outcomes at least");
    }
    return;
  }
  const { options, min, max } = encoding;
  if (![options, min, max].every(Number.isInteger) || min < 0 || min > max || max > options || max < 1) {
    throw new Refusal("05.9", "a multiple choice needs 0 <= min <= max <= options and max of one at least");
  }
}

function shape_of_single({ outcomes }: SingleChoice): Shape {
  if (outcomes <= 3) {
    const values = outcomes === 2 ? BIT : [...BIT, SECOND];
    return { ciphertexts: 1, claims: [{ values, weights: [1n] }] };
  }
  const ciphertexts = outcomes - 1;
  const sum = { values: BIT, weights: Array<bigint>(ciphertexts).fill(1n) };
  return { ciphertexts, claims: [...bits(ciphertexts), sum] };
}

function shape_of_multiple({ options, min, max, blank }: MultipleChoice): Shape {
  const ciphertexts = options + (blank ? 1 : 0);
  const forces_blank = BigInt(options + 1);
  const allowed = Array.from({ length: max - min + 1 }, (_, i) => BigInt(min + i));
  const joint = {
    values: blank ? [...allowed, forces_blank] : allowed,
    weights: Array.from({ length: ciphertexts }, (_, i) => (i < options ? 1n : forces_blank)),
  };
  return { ciphertexts, claims: [...bits(ciphertexts), joint] };
}

/** For each ciphertext alone: it holds 0 or 1. */
function bits(ciphertexts: number): Claim[] {
  return Array.from({ length: ciphertexts }, (_, place) => ({
    values: BIT,
    weights: Array.from({ length: ciphertexts }, (_, i) => (i === place ? 1n : 0n)),
  }));
}

/** The plaintexts of a choice, one for each ciphertext; refuses a choice that the question does not allow. */
export function plaintexts_of(encoding: Encoding, choice: Choice): bigint[] {
  const { ciphertexts } = shape_of(encoding);
  if (encoding.type === "single") {
    if (choice === "blank" || !("outcome" in choice)) {
      throw new Refusal("05.7", "a single choice takes the index of one outcome, the last being the blank one");
    }
    const { outcome } = choice;
    check_index(outcome, encoding.outcomes, "outcome");
    if (ciphertexts > 1) return indicator(ciphertexts, [outcome]);
    if (outcome === encoding.outcomes - 1) return [0n];
    return [outcome === 0 ? 1n : SECOND];
  }
  if (choice === "blank") {
    if (!encoding.blank) throw new Refusal("05.9", "this question takes no blank answer");
    return indicator(ciphertexts, [encoding.options]);
  }
  if (!("options" in choice)) throw new Refusal("05.9", "a multiple choice takes a set of options");
  const { options } = choice;
  options.forEach((option) => check_index(option, encoding.options, "option"));
  if (new Set(options).size !== options.length) throw new Refusal("05.9", "an option is chosen once");
  if (options.length < encoding.min || options.length > encoding.max) {
    throw new Refusal("05.9", `choose from ${encoding.min} to ${encoding.max}, not ${options.length}`);
  }
  return indicator(ciphertexts, options);
}

function check_index(index: number, count: number, what: string): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new Refusal("05.7", `there is no ${what} of index ${index}`);
  }
}

function indicator(length: number, chosen: readonly number[]): bigint[] {
  return Array.from({ length }, (_, i) => (chosen.includes(i) ? 1n : 0n));
}

/** The value that a claim's combination of these plaintexts has. */
export function combined_value({ weights }: Claim, plaintexts: readonly bigint[]): bigint {
  return paired(weights, plaintexts).reduce((sum, [weight, v]) => sum + weight * v, 0n);
}
