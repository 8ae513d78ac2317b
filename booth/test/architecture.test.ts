import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const SOURCE = fileURLToPath(new URL("../../src/", import.meta.url));
const FILES = readdirSync(SOURCE).filter((name) => name.endsWith(".ts"));

function imports_of(file: string): string[] {
  return [...readFileSync(SOURCE + file, "utf8").matchAll(/from "([^"]+)"/g)].map((match) => match[1] as string);
}

test("only the program reads files and prints; the core runs in a browser and logs nothing", () => {
  assert.ok(FILES.length > 10);
  for (const file of FILES.filter((name) => name !== "check.ts")) {
    const text = readFileSync(SOURCE + file, "utf8");
    assert.deepEqual(imports_of(file).filter((name) => name.startsWith("node:")), [], file);
    for (const word of ["console.", "process.", "Buffer", "Math.random", "getRandomValues", "Date.now"]) {
      assert.ok(!text.includes(word), `${file} uses ${word}`);
    }
  }
});

test("the group is reached through group.ts only", () => {
  for (const file of FILES) {
    const curves = imports_of(file).filter((name) => name.startsWith("@noble/curves"));
    if (file !== "group.ts" && file !== "note.ts") assert.deepEqual(curves, [], file);
  }
});

test("imports go from the statement to its parts", () => {
  const order = [
    "refusal", "bytes", "group", "transcript", "elgamal", "signature", "value_set", "encoding", "credential", "ballot", "tally",
    "canonical", "record", "merkle", "note", "checkpoint", "vector_input", "topics_of_ballots", "topics_of_board", "vectors", "check",
  ];
  assert.deepEqual([...order].sort(), FILES.map((name) => name.slice(0, -3)).sort());
  for (const file of FILES) {
    for (const name of imports_of(file).filter((path) => path.startsWith("./"))) {
      const imported = name.slice(2, -3);
      assert.ok(order.indexOf(imported) < order.indexOf(file.slice(0, -3)), `${file} imports ${imported}`);
    }
  }
});
