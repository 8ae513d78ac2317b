import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const HERE = fileURLToPath(new URL("../../", import.meta.url));
const BUNDLE = join(HERE, "dist-bundle");
const FILES = readdirSync(BUNDLE).sort();

const bytes = (name: string): Buffer => readFileSync(join(BUNDLE, name));
const text = (name: string): string => bytes(name).toString("utf8");
const gzipped = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + gzipSync(bytes(name), { level: 9 }).length, 0);

test("building again gives the same bytes, from any working directory", () => {
  const again = mkdtempSync(join(tmpdir(), "booth-"));
  try {
    execFileSync(process.execPath, [join(HERE, "build.mjs"), again], { cwd: tmpdir() });
    assert.deepEqual(readdirSync(again).sort(), FILES);
    for (const name of FILES) assert.ok(readFileSync(join(again, name)).equals(bytes(name)), name);
  } finally {
    rmSync(again, { recursive: true });
  }
});

test("the published hashes are those of the files", () => {
  const lines = text("booth.sha256").trimEnd().split("\n");
  assert.deepEqual(lines.map((line) => line.slice(66)), FILES.filter((name) => name !== "booth.sha256"));
  for (const line of lines) {
    assert.equal(createHash("sha256").update(bytes(line.slice(66))).digest("hex"), line.slice(0, 64));
  }
});

test("the bundle stays below 120 kB gzipped", () => {
  const served = FILES.filter((name) => !["booth.html", "booth.sha256"].includes(name));
  assert.ok(gzipped(served) < 120_000, String(gzipped(served)));
  assert.ok(gzipped(["booth.html"]) < 120_000);
});

test("what runs makes no code from text, no markup from text, keeps nothing, and names no host (E8, W2, W4)", () => {
  const program = text("booth.js");
  const never = [
    /\beval\(/, /new Function\b/, /\.(inner|outer)HTML\b/, /insertAdjacentHTML/, /document\.write/, /localStorage/,
    /sessionStorage/, /indexedDB/, /document\.cookie/, /sendBeacon/, /\bconsole\./, /XMLHttpRequest/, /WebSocket/,
    /sourceMappingURL/,
  ]; // prettier-ignore
  for (const word of never) assert.ok(!word.test(program), String(word));
  const hosts = new Set([...program.matchAll(/https?:\/\/([\w.-]+)/g)].map((match) => match[1]));
  assert.deepEqual([...hosts], ["www.w3.org"]); // a name of SVG, not an address
  const home = fileURLToPath(new URL("../../..", import.meta.url));
  for (const name of FILES) assert.ok(!bytes(name).includes(home), `${name} names a folder of this machine`);
});

test("pages have no inline style or handler; the single file allows exactly its own script and style", () => {
  const page = text("index.html");
  assert.ok(!/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/.test(page));
  const single = text("booth.html");
  const [, script = ""] = /<script>([\s\S]*)<\/script>/.exec(single) ?? [];
  const [, style = ""] = /<style>([\s\S]*)<\/style>/.exec(single) ?? [];
  assert.equal(script, text("booth.js"));
  for (const inline of [script, style]) {
    assert.ok(single.includes(`'sha256-${createHash("sha256").update(inline).digest("base64")}'`));
  }
  assert.ok(!/ src=| href="(?!data:)/.test(single.replace(script, "")));
  assert.ok(!single.includes("unsafe"));
});
