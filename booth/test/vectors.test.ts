import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { booth_ballots, booth_refused_ballots } from "../tools/ballot_vectors.js";

const VECTORS = fileURLToPath(new URL("../../../vectors/", import.meta.url));
const CHECK = fileURLToPath(new URL("../src/check.js", import.meta.url));

function check(...paths: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, [CHECK, ...paths], { encoding: "utf8" });
}

/** A folder with one file of vectors in it. */
function folder_with(file: object): string {
  const folder = mkdtempSync(join(tmpdir(), "booth-"));
  writeFileSync(join(folder, "vectors.json"), JSON.stringify(file));
  return folder;
}

const TREE = {
  format: "quorate-vectors/1",
  topic: "tree",
  cases: [{ name: "empty", input: { entries: [] }, expected: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }],
};

test("every file of vectors/ holds, and each has cases", () => {
  const { status, stdout } = check(VECTORS);
  assert.equal(status, 0, stdout);
  const files = readdirSync(VECTORS).filter((name) => name.endsWith(".json"));
  assert.equal(stdout.trim().split("\n").length, files.length);
});

test("the booth's own vectors are what its generator makes, byte for byte", () => {
  for (const file of [booth_ballots(), booth_refused_ballots()]) {
    const committed = readFileSync(join(VECTORS, `${String(file["topic"])}.json`), "utf8");
    assert.ok(committed === `${JSON.stringify(file, null, 1)}\n`, `run \`npm run vectors\`: ${String(file["topic"])} differs`);
  }
});

test("the checker exits 0, 1, 2 and 64 as it says", () => {
  assert.equal(check(folder_with(TREE)).status, 0);
  assert.equal(check(join(folder_with(TREE), "vectors.json")).status, 0);
  const wrong = { ...TREE, cases: [{ ...TREE.cases[0], expected: "00" }] };
  const refused = { ...TREE, cases: [{ name: "accepted, though it should fail", input: { entries: [] }, failure: "why" }] };
  const both = { ...TREE, cases: [{ ...TREE.cases[0], failure: "why" }] };
  for (const file of [wrong, refused, both, { ...TREE, cases: [] }, { ...TREE, topic: "unheard of" }, { ...TREE, format: "other" }]) {
    assert.equal(check(folder_with(file)).status, 1, JSON.stringify(file));
  }
  assert.equal(check(mkdtempSync(join(tmpdir(), "booth-"))).status, 2);
  assert.equal(check(join(tmpdir(), "no such folder")).status, 2);
  assert.equal(check().status, 64);
  assert.equal(check(VECTORS, VECTORS).status, 64);
});

test("a malformed input does not count as a refusal", () => {
  const broken = { ...TREE, cases: [{ name: "no entries", input: { leaves: [] }, failure: "why" }] };
  const { status, stdout } = check(folder_with(broken));
  assert.notEqual(status, 0);
  assert.ok(!stdout.includes("1 of 1 cases hold"));
});
