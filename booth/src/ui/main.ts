/**
 * The one program of the booth. In a page it starts the booth; in the thread that the page starts from the very
 * same file it is the part that encrypts. So one fingerprint covers all that runs.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { Api, NoAnswer } from "../api.js";
import { type Place, arrive, fragment_of, place_of_link } from "../address.js";
import { shown_tracker } from "../ballot.js";
import { utf8 } from "../bytes.js";
import { type Manifest, read_manifest } from "../manifest.js";
import { NoRandomness, Randomness } from "../random.js";
import { Refusal } from "../refusal.js";
import type { WorkerLike } from "../sealer.js";
import type { StopReason } from "../session.js";
import { serve } from "../worker.js";
import { App } from "./app.js";
import { actions, error_summary, h, heading, notice, paragraph } from "./dom.js";
import { stopped } from "./ending.js";
import { footer, header } from "./frame.js";
import { _, catalogue_for, language, use } from "./text.js";
import type { PageFingerprint } from "./view.js";

if (typeof document === "undefined") serve(self as never);
else void start(document.currentScript as HTMLScriptElement);

/** Something is not as announced; the booth stops and says so. */
class Stop extends Error {
  constructor(
    readonly why: StopReason,
    readonly detail = "",
  ) {
    super(why);
  }
}

async function start(script: HTMLScriptElement): Promise<void> {
  const root = document.documentElement;
  use(catalogue_for(root.dataset["language"] === undefined ? navigator.languages : [root.dataset["language"]]));
  root.lang = language();
  const page = {
    standalone: script.src === "",
    ballot: root.dataset["ballot"] ?? null,
    phi: root.dataset["phi"] ?? null,
  };
  const arrival = arrive(location, page);
  // At once, before anything is fetched: the code leaves the address, and with it what others could read there.
  if (location.hash !== "" || page.standalone) history.replaceState(null, "", arrival.clean);
  const main = h("main", { id: "main" });
  document.body.replaceChildren(main, footer());
  const again = (place: Place, code: string | null): void => {
    void open(script, main, place, code).catch((error: unknown) => {
      if (error instanceof NoAnswer) main.replaceChildren(unreachable(() => again(place, code)));
      else main.replaceChildren(stopped_by(error));
      main.querySelector("h1")?.focus();
    });
  };
  if (arrival.place !== null) again(arrival.place, arrival.code);
  else if (page.standalone) main.replaceChildren(ask_for_link(again, arrival.code));
  else main.replaceChildren(stopped("not-this-ballot", "", null).element);
}

async function open(script: HTMLScriptElement, main: HTMLElement, place: Place, code: string | null): Promise<void> {
  main.replaceChildren(h("p", { role: "status", class: "quiet" }, _("Opening the ballot…")));
  const randomness = new Randomness(globalThis.crypto as Crypto | undefined);
  randomness.draw();
  const program = await program_of(script);
  const bundle = document.documentElement.dataset["bundle"];
  if (bundle !== undefined && bundle !== bytesToHex(program.hash)) throw new Stop("not-this-page");
  const api = new Api(place.api, place.ballot, (url, options) => fetch(url, options));
  const manifest_file = await api.manifest();
  if (manifest_file === null) throw new Stop("no-ballot");
  const status = await api.status();
  const manifest = manifest_of(manifest_file, place);
  const page: PageFingerprint = {
    shown: shown_tracker(program.hash),
    named: manifest.booth === null ? null : shown_tracker(manifest.booth),
    host: place.api === location.origin ? null : new URL(place.api).host,
  };
  const parts = { api, manifest, manifest_file, status, randomness, main, code, page };
  const frame = (): void => {
    document.body.replaceChildren(header(manifest, redraw), main, footer());
  };
  const redraw = (): void => {
    frame();
    app.redraw();
  };
  frame();
  const app = new App({ ...parts, start_worker: program.start_worker, notice: loaded_again() ? "reloaded" : null });
  window.addEventListener("hashchange", () => take_new_code(app, script.src === ""));
}

/** A link that is opened in the tab of the booth changes only the fragment: its code is taken like the first. */
function take_new_code(app: App, standalone: boolean): void {
  const root = document.documentElement;
  const page = { standalone, ballot: root.dataset["ballot"] ?? null, phi: root.dataset["phi"] ?? null };
  const { code, clean } = arrive(location, page);
  if (code === null) return;
  history.replaceState(null, "", clean);
  app.bring_code(code);
}

interface Program {
  readonly hash: Uint8Array;
  readonly start_worker: () => WorkerLike;
}

/** The bytes of this very program, to compare them and to start its thread. */
async function program_of(script: HTMLScriptElement): Promise<Program> {
  if (script.src === "") {
    const bytes = utf8(script.textContent ?? "");
    const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: "text/javascript" }));
    return { hash: sha256(bytes), start_worker: () => new Worker(url) as WorkerLike };
  }
  try {
    const response = await fetch(script.src, { cache: "force-cache", credentials: "omit", redirect: "error" });
    if (!response.ok) throw new Error(String(response.status));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { hash: sha256(bytes), start_worker: () => new Worker(script.src) as WorkerLike };
  } catch (error) {
    throw new NoAnswer("the program could not be read again", { cause: error });
  }
}

/** The ballot of this place, or none: what the page, the link and the board call it must be one. */
function manifest_of(file: Uint8Array, place: Place): Manifest {
  let manifest: Manifest;
  try {
    manifest = read_manifest(file);
  } catch (error) {
    if (error instanceof Refusal) throw new Stop("bad-manifest", error.message);
    throw error;
  }
  if (bytesToHex(manifest.ballot_id).slice(0, 32) !== place.ballot) throw new Stop("not-this-ballot");
  if (place.phi !== null && place.phi !== bytesToHex(manifest.phi)) throw new Stop("not-this-ballot");
  return manifest;
}

function loaded_again(): boolean {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return navigation?.type === "reload" || navigation?.type === "back_forward";
}

function stopped_by(error: unknown): HTMLElement {
  if (error instanceof Stop) return stopped(error.why, error.detail, null).element;
  if (error instanceof Refusal) return stopped("bad-manifest", error.message, null).element;
  if (error instanceof NoRandomness) return stopped("no-randomness", "", null).element;
  return stopped("program", "", null).element;
}

function unreachable(again: () => void): HTMLElement {
  return h(
    "section",
    {},
    heading(_("We cannot reach the ballot")),
    notice("error", _("Nothing was cast from this page."), _("Look at your connection and try again. If it stays so, call the help line of your union.")),
    actions({ label: _("Try again"), run: again }),
  );
}

/** A booth that stands alone asks where to vote. */
function ask_for_link(go: (place: Place, code: string | null) => void, brought: string | null): HTMLElement {
  const problem_place = h("div", {});
  const submit = (): void => {
    const found = place_of_link(field.value);
    if (found === null) {
      const words = _("This is no address of a ballot. It begins with https:// and holds /b/ and 32 letters and digits.");
      problem_place.replaceChildren(error_summary(words, "link"));
      document.getElementById("problem")?.focus();
      return;
    }
    history.replaceState(null, "", `#${fragment_of(found.place)}`);
    go(found.place, found.code ?? brought);
  };
  const field: HTMLInputElement = h("input", {
    id: "link",
    type: "text",
    inputmode: "url",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": "link-hint",
    keydown: (event: KeyboardEvent) => {
      if (event.key === "Enter") submit();
    },
  });
  return h(
    "section",
    {},
    problem_place,
    heading(_("Which ballot?")),
    paragraph(_("This is a voting page of its own: it works with every ballot that has a public address.")),
    h("label", { for: "link" }, _("Address of the ballot, or your voting link")),
    h("p", { id: "link-hint", class: "hint" }, _("As in your letter, such as vote.example.org/b/…")),
    field,
    actions({ label: _("Open the ballot"), run: submit }),
  );
}
