/**
 * `npm run check -- PATH`: checks the vectors in a folder (or one file of them) from the specification alone.
 *
 * Exits 0 when everything holds, 1 when something does not, 2 when there is nothing it can read, 64 on wrong usage.
 */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { Refusal } from "./refusal.js";
import { NOT_OURS, check_vector_file } from "./vectors.js";

/** Prints one line for each file and each failing case; true when all hold. */
function check_file(path: string): boolean {
  try {
    const { topic, verdicts } = check_vector_file(readFileSync(path));
    const failing = verdicts.filter(({ problem }) => problem !== null);
    const note = NOT_OURS.get(topic);
    console.log(`${path}: ${note ?? `${verdicts.length - failing.length} of ${verdicts.length} cases hold`}`);
    for (const { name, problem } of failing) console.log(`  ${name}: ${problem}`);
    return failing.length === 0;
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
    console.log(`${path}: ${error.message}`);
    return false;
  }
}

function main(paths: readonly string[]): number {
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) {
    console.error("usage: check PATH   (a folder of vectors, or one file of them)");
    return 64;
  }
  let files: string[];
  try {
    files = statSync(path).isDirectory()
      ? readdirSync(path).filter((name) => name.endsWith(".json")).sort().map((name) => join(path, name))
      : [path];
  } catch {
    console.error(`${path}: there is no such file or folder`);
    return 2;
  }
  if (files.length === 0) {
    console.error(`${path}: the folder holds no vectors`);
    return 2;
  }
  return files.map(check_file).every(Boolean) ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
