import assert from "node:assert/strict";
import { test } from "node:test";

import { clock_in, instant_in, moment_in, size_of } from "../src/ui/format.js";
import { type Catalogue, CATALOGUES, _, catalogue_for, ngettext, number, use } from "../src/ui/text.js";

test("every time has its zone, and the year where it is not this one (O2)", () => {
  const now = "2026-12-10T12:00:00Z";
  const chicago = (iso: string): string => instant_in("America/Chicago", iso, now);
  assert.equal(chicago("2026-12-12T23:00:00Z"), "Sat 12 Dec, 17:00 Chicago (23:00\u00a0UTC)");
  assert.equal(chicago("2015-12-11T23:00:00Z"), "Fri 11 Dec 2015, 17:00 Chicago (23:00\u00a0UTC)");
  assert.equal(chicago("2026-07-01T23:00:00Z"), "Wed 1 Jul, 18:00 Chicago (23:00\u00a0UTC)");
  assert.equal(moment_in("America/Argentina/Buenos_Aires", "2026-12-10T00:30:00Z", now), "Wed 9 Dec, 21:30 Buenos Aires");
  assert.equal(clock_in("America/Chicago", "2026-12-10T05:00:09Z"), "23:00:09 Chicago");
  assert.equal(chicago("2026-12-13T04:30:00Z"), "Sat 12 Dec, 22:30 Chicago (Sun 13 Dec, 04:30\u00a0UTC)");
  assert.equal(instant_in("Nowhere/Unknown", "2026-12-12T23:00:00Z", now), "Sat 12 Dec, 23:00 UTC");
});

test("sizes are cut, not rounded up", () => {
  assert.deepEqual([999, 1999, 1_299_999].map(size_of), ["999 bytes", "1 kB", "1.2 MB"]);
});

test("a catalogue replaces sentences and keeps English where it has none", () => {
  const catalogue: Catalogue = {
    language: "es-US",
    name: "Español",
    messages: { "Review": "Revisar", "Entry {n} of the board": "Registro {n} del tablón" },
    plurals: { "Choose at least {n} answer.": ["Elija al menos {n} respuesta.", "Elija al menos {n} respuestas."] },
    form_of: (n) => (n === 1 ? 0 : 1),
  };
  try {
    use(catalogue);
    assert.equal(_("Review"), "Revisar");
    assert.equal(_("Entry {n} of the board", { n: 7 }), "Registro 7 del tablón");
    assert.equal(ngettext("Choose at least {n} answer.", "Choose at least {n} answers.", 2), "Elija al menos 2 respuestas.");
    assert.equal(_("Back"), "Back");
    assert.equal(number(26502), "26,502");
  } finally {
    use(CATALOGUES[0] as Catalogue);
  }
  assert.equal(ngettext("Choose at least {n} answer.", "Choose at least {n} answers.", 1), "Choose at least 1 answer.");
  assert.equal(_("left {alone}"), "left {alone}");
  assert.equal(catalogue_for(["xx", "en-US"]).name, "English");
});
