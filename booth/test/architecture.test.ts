import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
const names_in = (folder: string): string[] =>
  readdirSync(SOURCE + folder)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3));
const FILES = names_in("");
const SCREENS = names_in("ui/").map((name) => `ui/${name}`);

/** From the statement to its parts; the checker of vectors and records comes last, and is no part of the booth. */
const CORE = [
  "refusal", "bytes", "group", "transcript", "elgamal", "signature", "value_set", "encoding", "credential", "ballot",
  "tally", "canonical", "record", "merkle", "note", "checkpoint",
];
const CHECKER = FILES.filter((name) => /^(vector|topics_|check$)/.test(name));
/** The booth: what knows no page, then `ui/`. */
const BOOTH = ["manifest", "random", "code_entry", "address", "voter", "screens", "session", "api", "worker", "sealer"];

function text_of(name: string): string {
  return readFileSync(`${SOURCE}${name}.ts`, "utf8");
}

function imports_of(name: string): string[] {
  return [...text_of(name).matchAll(/from "([^"]+)"/g)].map((match) => match[1] as string);
}

/** Files that are imported, named from `src/`. */
function parts_of(name: string): string[] {
  const inside = name.startsWith("ui/");
  return imports_of(name)
    .filter((path) => path.startsWith("."))
    .map((path) => path.replace(/\.js$/, ""))
    .map((path) => (path.startsWith("../") ? path.slice(3) : `${inside ? "ui/" : ""}${path.slice(2)}`));
}

function assert_lacks(name: string, words: readonly string[]): void {
  for (const word of words) assert.ok(!text_of(name).includes(word), `${name} uses ${word}`);
}

test("only the checker's program reads files and prints; the core runs in a browser and logs nothing", () => {
  for (const name of [...FILES, ...SCREENS].filter((name) => name !== "check")) {
    assert.deepEqual(imports_of(name).filter((path) => path.startsWith("node:")), [], name);
    assert_lacks(name, ["console.", "process.", "Buffer.", "Math.random"]);
  }
  for (const name of CORE) assert_lacks(name, ["getRandomValues", "Date.now", "document.", "window.", "fetch("]);
});

test("the group is reached through group.ts only", () => {
  for (const name of [...FILES, ...SCREENS]) {
    const curves = imports_of(name).filter((path) => path.startsWith("@noble/curves"));
    if (name !== "group" && name !== "note") assert.deepEqual(curves, [], name);
  }
});

test("imports go from the statement to its parts, and the booth stands on the core", () => {
  assert.deepEqual([...CORE, ...BOOTH, ...CHECKER].sort(), [...FILES].sort());
  const order = [...CORE, ...BOOTH];
  for (const name of order) {
    for (const part of parts_of(name)) {
      assert.ok(order.includes(part) && order.indexOf(part) < order.indexOf(name), `${name} imports ${part}`);
    }
  }
  for (const name of CHECKER) {
    for (const part of parts_of(name)) assert.ok([...CORE, ...CHECKER, "manifest"].includes(part), `${name} imports ${part}`);
  }
});

test("the booth decides without a page: only ui/ knows one, and only it knows the clock", () => {
  for (const name of BOOTH) assert_lacks(name, ["document.", "window.", "history.push", "history.replace", "Date.now", "performance."]);
  for (const name of BOOTH.filter((name) => name !== "random")) assert_lacks(name, ["getRandomValues"]);
  assert_lacks("session", ["fetch(", "postMessage", "await "]);
  for (const name of SCREENS.filter((name) => !["ui/app", "ui/main", "ui/server_clock"].includes(name))) {
    assert_lacks(name, ["fetch(", "history.push", "history.replace", "Date.now", "postMessage"]);
  }
});

test("nothing is kept on the device, run from text, or parsed as markup (E8, W2)", () => {
  const never = [
    "localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "eval(", "new Function", "innerHTML",
    "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", ".style.", "sendBeacon", "console.",
  ];
  for (const name of [...FILES, ...SCREENS].filter((name) => name !== "check")) assert_lacks(name, never);
});
