/** A voting code as people type it: what is wrong with it, and in which group ([07.1], [07.2]). */
import { CROCKFORD, read_code } from "./credential.js";
import { Refusal } from "./refusal.js";

const GROUPS = 6;
const GROUP = 4;

export type CodeProblem =
  | { readonly kind: "empty" }
  | { readonly kind: "sign"; readonly group: number; readonly sign: string }
  | { readonly kind: "group-length"; readonly group: number; readonly count: number }
  | { readonly kind: "length"; readonly count: number }
  | { readonly kind: "check" };

/** The typed text in capitals, with O and I, L read as people mean them, and nothing else changed. */
export function normalised(typed: string): string {
  return typed
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1")
    .replace(/[\u2010-\u2015\u2212_.]/g, "-");
}

const SEPARATORS = /[\s-]+/;

/** The groups that the person separated, or else each run of four signs. */
export function groups_of(typed: string): string[] {
  const separated = normalised(typed).split(SEPARATORS).filter((group) => group !== "");
  return separated.length === GROUPS ? separated : runs_of(separated.join(""));
}

function runs_of(symbols: string): string[] {
  return symbols.match(/.{1,4}/gsu) ?? [];
}

/** The code's 24 symbols, or what to look at; groups count from 1. */
export function check_code(typed: string): { readonly code: string } | { readonly problem: CodeProblem } {
  const groups = groups_of(typed);
  if (groups.length === 0) return { problem: { kind: "empty" } };
  for (const [place, group] of groups.entries()) {
    const sign = [...group].find((symbol) => !CROCKFORD.includes(symbol));
    if (sign !== undefined) return { problem: { kind: "sign", group: place + 1, sign } };
  }
  const symbols = groups.join("");
  if (symbols.length !== GROUPS * GROUP) {
    const place = groups.findIndex((group) => group.length !== GROUP);
    const separated = normalised(typed).trim().split(SEPARATORS).length === GROUPS;
    if (separated && place >= 0) {
      return { problem: { kind: "group-length", group: place + 1, count: groups[place]?.length ?? 0 } };
    }
    return { problem: { kind: "length", count: symbols.length } };
  }
  try {
    return { code: read_code(symbols) };
  } catch (error) {
    if (error instanceof Refusal) return { problem: { kind: "check" } };
    throw error;
  }
}

/**
 * Groups of four for the field, while somebody types or pastes. Groups that the person separated stay, also
 * short ones: the wrong one is then found where it is.
 */
export function spaced(typed: string): string {
  const groups = normalised(typed).split(SEPARATORS).filter((group) => group !== "");
  const open = /[\s-]$/.test(typed) && groups.length > 0 && groups.length < GROUPS;
  return groups.flatMap(runs_of).join("-") + (open ? "-" : "");
}
