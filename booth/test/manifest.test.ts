/** Manifests of the published records, whoever their officers are ([08.25], [08.39]): the booth reads them all. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { base64 } from "../src/bytes.js";
import { read_manifest } from "../src/manifest.js";

const vectors = new URL("../../../vectors/", import.meta.url);

for (const name of ["record-smallest", "record-every-entry", "record-by-unit", "record-passkeys"]) {
  test(`${name}: the fingerprint is that of the pins`, () => {
    const folder = new URL(`${name}/`, vectors);
    const manifest = read_manifest(readFileSync(new URL("manifest.json", folder)));
    const pins = JSON.parse(readFileSync(new URL("pins.json", folder), "utf-8")) as { phi: string };
    assert.equal(base64(manifest.phi), pins.phi);
  });
}

test("officers who sign with passkeys do not keep a voter out", () => {
  const file = readFileSync(new URL("record-passkeys/manifest.json", vectors), "utf-8");
  assert.match(file, /"scheme":"webauthn-es256"/);
  assert.match(file, /"scheme":"webauthn-ed25519"/);
});
