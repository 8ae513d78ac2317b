/** `npm run vectors`: writes the booth's files of vectors/. */
import { writeFileSync } from "node:fs";

import { booth_ballots, booth_refused_ballots } from "./ballot_vectors.js";

for (const file of [booth_ballots(), booth_refused_ballots()]) {
  writeFileSync(new URL(`../../../vectors/${String(file["topic"])}.json`, import.meta.url), `${JSON.stringify(file, null, 1)}\n`);
}
