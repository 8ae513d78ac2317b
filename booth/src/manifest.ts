/** What a voting booth needs of a manifest, and its fingerprint phi ([08.25]). */
import { sha256 } from "@noble/hashes/sha2.js";

import type { Question } from "./ballot.js";
import {
  type Json,
  parse_canonical,
  take_bytes,
  take_integer,
  take_list,
  take_string,
} from "./canonical.js";
import { type WitnessPolicy, check_witness_policy } from "./checkpoint.js";
import { type Choice, type Encoding, plaintexts_of, shape_of } from "./encoding.js";
import { Element } from "./group.js";
import { type VerifierKey, parse_verifier_key } from "./note.js";
import { Refusal, item } from "./refusal.js";
import { SUITE } from "./transcript.js";

export interface Document {
  readonly name: string;
  readonly sha256: Uint8Array;
  readonly size: number;
}

/** A question as people read it. Its rows are the options and, last, the blank answer where there is one. */
export interface AskedQuestion extends Question {
  readonly id: string;
  readonly text: string;
  readonly options: readonly string[];
  readonly blank: { readonly kind: "abstain" | "blank"; readonly label: string } | null;
  readonly documents: readonly Document[];
  readonly electorate: readonly number[] | null;
  /** Whether it is decided by yes and no. */
  readonly yes_no: boolean;
  readonly rule_title: string | null;
}

export interface Manifest {
  readonly phi: Uint8Array;
  readonly ballot_id: Uint8Array;
  readonly ballot_key: Element;
  readonly organisation: string;
  readonly body: string;
  readonly title: string;
  readonly contact: string;
  readonly kind: "live" | "replay" | "test";
  readonly origin: string;
  readonly log_key: VerifierKey;
  readonly witnesses: WitnessPolicy;
  readonly zone: string;
  readonly opens: string;
  readonly closes: string;
  readonly tellers: { readonly threshold: number; readonly count: number };
  /** SHA-256 of the program of the voting page that this ballot names, where it names one. */
  readonly booth: Uint8Array | null;
  readonly questions: readonly AskedQuestion[];
}

/** The manifest of the exact bytes of `manifest.json`, whose last line may be ended ([02.7]). */
export function read_manifest(file: Uint8Array): Manifest {
  const bytes = file.at(-1) === 0x0a ? file.subarray(0, -1) : file;
  const root = fields(parse_canonical(bytes), "manifest");
  if (root("suite") !== SUITE) throw new Refusal("03.9", "the manifest names another suite");
  if (root("format") !== 1) throw new Refusal("08.25", "the manifest has another format");
  const window = fields(root("window"), "window");
  const tellers = fields(root("tellers"), "tellers");
  const software = fields(root("software"), "software");
  const log_key = parse_verifier_key(take_string(root("log_key"), "log_key"));
  const origin = take_string(root("origin"), "origin");
  if (log_key.name !== origin) throw new Refusal("08.9", "the log's key has another name than the origin");
  const witnesses = take_policy(root("witnesses"), log_key);
  const booth = software("booth");
  const kind = take_string(fields(root("provenance"), "provenance")("kind"), "kind");
  if (kind !== "live" && kind !== "replay" && kind !== "test") throw new Refusal("08.25", "an unknown kind of ballot");
  return {
    phi: sha256(bytes),
    ballot_id: take_bytes(root("ballot_id"), "ballot_id", 32),
    ballot_key: Element.from_canonical_bytes(take_bytes(root("ballot_key"), "ballot_key", 32)),
    organisation: take_string(root("organisation"), "organisation"),
    body: take_string(root("body"), "body"),
    title: take_string(root("title"), "title"),
    contact: take_string(root("contact"), "contact"),
    kind,
    origin,
    log_key,
    witnesses,
    zone: take_string(window("zone"), "zone"),
    opens: take_instant(window("opens"), "opens"),
    closes: take_instant(window("closes"), "closes"),
    tellers: {
      threshold: take_integer(tellers("threshold"), "threshold", 1),
      count: take_list(tellers("names"), "tellers").length,
    },
    booth: booth === null ? null : take_bytes(booth, "booth", 32),
    questions: take_list(root("questions"), "questions").map(take_question),
  };
}

/** The questions on which a counting unit votes, in manifest order ([07.7]). */
export function questions_of({ questions }: Manifest, unit: number): AskedQuestion[] {
  return questions.filter(({ electorate }) => electorate === null || electorate.includes(unit));
}

/** The labels of all rows of a question: its options, then its blank answer. */
export function rows_of({ options, blank }: AskedQuestion): string[] {
  return blank === null ? [...options] : [...options, blank.label];
}

/** What is wrong with the rows that a voter marked; null when they are an answer. */
export type ChoiceProblem = "none" | "too-few" | "too-many" | "blank-and-more";

export function problem_of({ encoding, options, blank }: AskedQuestion, rows: readonly number[]): ChoiceProblem | null {
  const blank_marked = blank !== null && rows.includes(options.length);
  if (rows.length === 0) return encoding.type === "multiple" && encoding.min === 0 && blank === null ? null : "none";
  if (encoding.type === "single") return rows.length > 1 ? "too-many" : null;
  if (blank_marked) return rows.length > 1 ? "blank-and-more" : null;
  if (rows.length < encoding.min) return "too-few";
  return rows.length > encoding.max ? "too-many" : null;
}

/** The choice of marked rows; refuses rows that are no answer ([05.7], [05.9]). */
export function choice_of({ encoding, options, blank }: AskedQuestion, rows: readonly number[]): Choice {
  let choice: Choice;
  if (encoding.type === "single") choice = { outcome: rows.length === 1 ? item(rows, 0) : -1 };
  else choice = blank !== null && rows.includes(options.length) ? "blank" : { options: rows };
  plaintexts_of(encoding, choice);
  return choice;
}

/** The row of the blank answer. */
export function blank_row({ options }: AskedQuestion): number {
  return options.length;
}

function take_question(value: Json, question: number): AskedQuestion {
  const where = `question ${question}`;
  const field = fields(value, where);
  const rows = take_list(field("options"), where).map((option) => fields(option, where));
  const ids = rows.map((row) => take_string(row("id"), where));
  const options = rows.map((row) => take_string(row("label"), where));
  const blank_value = field("blank");
  const blank = blank_value === null ? null : take_blank(blank_value, where);
  const electorate = field("electorate");
  const rule = field("rule");
  const encoding = take_encoding(field("minimum"), field("maximum"), options.length, blank !== null, where);
  return {
    question,
    id: take_string(field("id"), where),
    text: take_string(field("text"), where),
    options,
    blank,
    documents: take_list(field("documents"), where).map((document) => take_document(document, where)),
    electorate: electorate === null ? null : take_list(electorate, where).map((unit) => take_integer(unit, where)),
    encoding,
    yes_no: ids.join(" ") === "yes no" && encoding.type === "single",
    rule_title: rule === null ? null : take_string(fields(rule, where)("title"), where),
  };
}

function take_encoding(minimum: Json, maximum: Json, options: number, blank: boolean, where: string): Encoding {
  const encoding: Encoding =
    minimum === null && maximum === null
      ? { type: "single", outcomes: options + (blank ? 1 : 0) }
      : {
          type: "multiple",
          options,
          min: take_integer(minimum, `${where}, minimum`),
          max: take_integer(maximum, `${where}, maximum`),
          blank,
        };
  shape_of(encoding);
  return encoding;
}

function take_blank(value: Json, where: string): AskedQuestion["blank"] {
  const field = fields(value, where);
  const kind = take_string(field("kind"), where);
  if (kind !== "abstain" && kind !== "blank") throw new Refusal("08.25", `${where}: an unknown kind of blank answer`);
  return { kind, label: take_string(field("label"), where) };
}

function take_document(value: Json, where: string): Document {
  const field = fields(value, where);
  return {
    name: take_string(field("name"), where),
    sha256: take_bytes(field("sha256"), where, 32),
    size: take_integer(field("size"), where),
  };
}

function take_policy(value: Json, log_key: VerifierKey): WitnessPolicy {
  const field = fields(value, "witnesses");
  const policy = {
    quorum: take_integer(field("quorum"), "quorum"),
    witnesses: take_list(field("witnesses"), "witnesses").map((key) => parse_verifier_key(take_string(key, "witness"))),
  };
  check_witness_policy(policy, log_key);
  return policy;
}

function take_instant(value: Json, where: string): string {
  const text = take_string(value, where);
  if (!/^\d{4}(-\d{2}){2}T\d{2}(:\d{2}){2}Z$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Refusal("08.25", `${where}: an instant such as 2015-12-11T23:00:00Z was expected`);
  }
  return text;
}

/** Reads the members of an object, of which the booth needs only some. */
function fields(value: Json, where: string): (key: string) => Json {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal("02.4", `${where}: an object was expected`);
  }
  const object = value as { readonly [key: string]: Json };
  return (key) => {
    if (!Object.hasOwn(object, key)) throw new Refusal("02.4", `${where}: missing key ${JSON.stringify(key)}`);
    return object[key] as Json;
  };
}
