/** The states of a session, the events that change them, and what they ask the program outside to do. */
import type { CodeProblem } from "./code_entry.js";
import type { ChoiceProblem, Manifest } from "./manifest.js";

/** What the server says of the ballot now. Instants are ISO texts in UTC. */
export interface Status {
  readonly phase: string;
  readonly opens: string;
  readonly closes: string;
  readonly now: string;
  readonly eligible: number;
  /** For each question of the manifest, sentences of the rules engine; empty where the server sends none. */
  readonly rules: readonly { readonly needed: readonly string[]; readonly blank: readonly string[] }[];
}

export type Fate = "counts" | "replaced" | "withdrawn" | "spoiled";

/** A ballot of a code, as the board has it. `time` is when the board first covered it, where that is known. */
export interface OwnBallot {
  readonly tracker: Uint8Array;
  readonly entry: number;
  readonly fate: Fate;
  readonly time: string | null;
}

/** What the board says of a code; `read_at` is when it said so. */
export interface Registered {
  readonly unit: number;
  readonly latest: Uint8Array;
  readonly ballots: readonly OwnBallot[];
  readonly entries: number;
  readonly read_at: string;
}

/** For each question of the voter the marked rows, or null where it is not answered yet. */
export type Answers = readonly (readonly number[] | null)[];

export type LandingNotice = "reloaded" | "left" | "kept" | "done";
export type LookupProblem = CodeProblem | { readonly kind: "unknown" } | { readonly kind: "offline" };
export type Trouble = "unknown" | "not-stored" | "no-proof";
export type StopReason =
  | "no-randomness"
  | "no-ballot"
  | "not-this-ballot"
  | "not-this-page"
  | "bad-manifest"
  | "bad-board"
  | "refused"
  | "program";

export type Screen =
  | { readonly at: "landing"; readonly notice: LandingNotice | null }
  | {
      readonly at: "code";
      readonly purpose: "vote" | "own";
      readonly problem: LookupProblem | null;
      readonly busy: boolean;
    }
  | { readonly at: "replaced-code"; readonly since: string | null }
  | { readonly at: "own"; readonly voter: Registered }
  | { readonly at: "change"; readonly voter: Registered; readonly meanwhile: boolean }
  | { readonly at: "documents"; readonly voter: Registered }
  | {
      readonly at: "choose";
      readonly voter: Registered;
      readonly answers: Answers;
      readonly place: number;
      readonly problem: ChoiceProblem | null;
    }
  | { readonly at: "blank"; readonly voter: Registered; readonly answers: Answers; readonly place: number }
  | {
      readonly at: "review";
      readonly voter: Registered;
      readonly answers: Answers;
      readonly seal: number;
      readonly tracker: Uint8Array | null;
    }
  | {
      readonly at: "check";
      readonly voter: Registered;
      readonly tracker: Uint8Array;
      readonly step: "show" | "recording" | "failed" | "open";
      readonly opening: string | null;
    }
  | {
      readonly at: "waiting";
      readonly voter: Registered;
      readonly seal: number;
      readonly tracker: Uint8Array | null;
      readonly step: "seal" | "send" | "prove";
      readonly trouble: Trouble | null;
      readonly held: boolean;
    }
  | { readonly at: "looking"; readonly why: "behind" | "closed"; readonly failed: boolean }
  | {
      readonly at: "cast";
      readonly tracker: Uint8Array;
      readonly entry: number;
      readonly time: string;
      readonly replaces: OwnBallot | null;
    }
  | {
      readonly at: "closed";
      readonly during: "choosing" | "casting";
      readonly voter: Registered | null;
    }
  | { readonly at: "find"; readonly problem: "form" | "offline" | null; readonly busy: boolean; readonly found: Found | null }
  | { readonly at: "stopped"; readonly why: StopReason; readonly detail: string };

export type Found =
  | { readonly tracker: string; readonly fate: Fate; readonly entry: number }
  | { readonly tracker: string; readonly fate: null };

export interface Session {
  readonly manifest: Manifest;
  readonly status: Status;
  /** Counts what was sealed, so that a late answer about another choice is not taken for this one. */
  readonly seals: number;
  readonly screen: Screen;
}

export type Event =
  | { readonly type: "start" }
  | { readonly type: "own-ballots" }
  | { readonly type: "find" }
  | { readonly type: "code"; readonly typed: string }
  | { readonly type: "registered"; readonly voter: Registered }
  | { readonly type: "unknown-code" }
  | { readonly type: "replaced-code"; readonly since: string | null }
  | { readonly type: "look-up-failed" }
  | { readonly type: "continue" }
  | { readonly type: "keep" }
  | { readonly type: "choose"; readonly rows: readonly number[] }
  | { readonly type: "cast-blank" }
  | { readonly type: "change-answer"; readonly place: number }
  | { readonly type: "sealed"; readonly seal: number; readonly tracker: Uint8Array }
  | { readonly type: "check" }
  | { readonly type: "show-opening" }
  | { readonly type: "opened"; readonly opening: string }
  | { readonly type: "open-failed" }
  | { readonly type: "vote-afresh" }
  | { readonly type: "cast" }
  | { readonly type: "answered" }
  | { readonly type: "proved"; readonly entry: number; readonly time: string }
  | { readonly type: "trouble"; readonly trouble: Trouble }
  | { readonly type: "behind" }
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "too-late" }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "tracker"; readonly typed: string }
  | { readonly type: "found"; readonly found: Found }
  | { readonly type: "find-failed" }
  | { readonly type: "back" }
  | { readonly type: "leave"; readonly notice: LandingNotice }
  | { readonly type: "stop"; readonly why: StopReason; readonly detail: string };

/** What the program outside must do; each answers with an event. */
export type Command =
  | { readonly do: "look-up"; readonly code: string }
  | { readonly do: "look-up-again" }
  | { readonly do: "seal"; readonly seal: number; readonly prev: Uint8Array; readonly unit: number; readonly answers: Answers }
  | { readonly do: "send" }
  | { readonly do: "open" }
  | { readonly do: "find"; readonly symbols: string }
  | { readonly do: "forget" };
