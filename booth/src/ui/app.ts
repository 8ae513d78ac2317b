/**
 * Runs a session: shows its screen, does its commands, answers with events. What touches the network, the
 * worker or the browser's history is here; what may follow what is in `session.ts`.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { type Api, type CastAnswer, NoAnswer } from "../api.js";
import { shown_tracker } from "../ballot.js";
import { same_bytes } from "../bytes.js";
import type { Document, Manifest } from "../manifest.js";
import { NoRandomness, Randomness } from "../random.js";
import { Refusal } from "../refusal.js";
import { Sealer, SealerFailed, type WorkerLike } from "../sealer.js";
import {
  type Command,
  type Event,
  type LandingNotice,
  type Registered,
  type Screen,
  type Session,
  type Status,
  begin,
  step,
} from "../session.js";
import { offer, pause } from "./browser.js";
import { draw } from "./draw.js";
import { ServerClock } from "./server_clock.js";
import { _ } from "./text.js";
import type { Context, PageFingerprint, View } from "./view.js";

/** A ballot leaves at a multiple of this after Cast (ms), however long signing took: time shows no choice. */
const SEND_GRID = 300;
/** Milliseconds before the same ballot is sent again; the last one repeats. */
const AGAIN_AFTER: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000];

export interface Parts {
  readonly api: Api;
  readonly manifest: Manifest;
  readonly manifest_file: Uint8Array;
  readonly status: Status;
  readonly start_worker: () => WorkerLike;
  readonly randomness: Randomness;
  readonly main: HTMLElement;
  readonly code: string | null;
  readonly notice: LandingNotice | null;
  readonly page: PageFingerprint;
}

export class App {
  readonly #parts: Parts;
  #session: Session;
  #view: { readonly screen: Screen; readonly view: View } | undefined;
  #sealer: Promise<Sealer> | undefined;
  #code: string | null;
  #credential: Uint8Array | undefined;
  #line: Uint8Array | undefined;
  #receipt: Uint8Array | undefined;
  #opening: { readonly entry: Uint8Array; readonly opening: string } | undefined;
  #cast_at = 0;
  #retry: { timer: number; run: () => void } | undefined;
  readonly #clock: ServerClock;
  /** Counts what was begun, so that an answer to what was given up is dropped. */
  #era = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#code = parts.code;
    this.#session = begin(parts.manifest, parts.status, parts.notice);
    this.#clock = new ServerClock(parts.api, parts.status, (status) => this.#send({ type: "status", status }));
    this.#show(false);
    window.addEventListener("popstate", () => this.#back());
    window.addEventListener("pagehide", () => this.#leave());
    window.addEventListener("online", () => this.#retry_now());
    window.addEventListener("beforeunload", (event) => {
      if (this.#session.screen.at === "waiting") event.preventDefault();
    });
    // Whatever fails unseen is said aloud: a voter must not wait for a program that died.
    window.addEventListener("unhandledrejection", (event) => this.#failed(event.reason));
  }

  /** The code that a link brought while the page was open already. */
  bring_code(found: string): void {
    if (this.#session.screen.at === "waiting") return;
    this.#send({ type: "leave", notice: "done" });
    this.#code = found;
  }

  /** Shows the same screen again, in another language. */
  redraw(): void {
    this.#view = undefined;
    this.#show(false);
  }

  readonly #send = (event: Event): void => {
    const result = step(this.#session, event);
    if ("refused" in result) return;
    const before = this.#session.screen;
    this.#session = result.session;
    if (event.type === "cast") this.#cast_at = performance.now();
    for (const command of result.commands) this.#do(command);
    this.#show(before.at !== this.#session.screen.at);
    // A link that brought the code saves typing it: the screen appears only if something is wrong with it.
    if ((event.type === "start" || event.type === "own-ballots") && this.#code !== null) {
      this.#send({ type: "code", typed: this.#code });
    }
  };

  #do(command: Command): void {
    const era = command.do === "forget" ? ++this.#era : this.#era;
    const answer = (event: Event): void => {
      if (era === this.#era) this.#send(event);
    };
    const work = this.#work(command, answer);
    void work.catch((error: unknown) => {
      if (era === this.#era) this.#failed(error);
    });
  }

  async #work(command: Command, answer: (event: Event) => void): Promise<void> {
    switch (command.do) {
      case "look-up": {
        this.#sealer = this.#start_sealer();
        const sealer = await this.#sealer;
        this.#credential = await sealer.ask("unlock", { code: command.code });
        return this.#look_up(answer);
      }
      case "look-up-again":
        return this.#look_up(answer);
      case "seal": {
        const sealer = await this.#unlocked();
        this.#opening = undefined;
        const rho = this.#parts.randomness.draw();
        const answers = command.answers.map((rows) => rows ?? []);
        const tracker = await sealer.ask("seal", { unit: command.unit, prev: command.prev, answers, rho });
        return answer({ type: "sealed", seal: command.seal, tracker });
      }
      case "send": {
        const sealer = await this.#unlocked();
        this.#line = await sealer.ask("sign", { fresh: this.#parts.randomness.draw() });
        const late = (performance.now() - this.#cast_at) % SEND_GRID;
        await pause(SEND_GRID - late);
        return this.#deliver(sealer, this.#line, 0, answer);
      }
      case "open": {
        const sealer = await this.#unlocked();
        this.#opening ??= await sealer.ask("open", { fresh: this.#parts.randomness.draw() });
        return this.#open(this.#opening, answer);
      }
      case "find": {
        try {
          const found = await this.#parts.api.tracker(command.symbols);
          const tracker = command.symbols;
          return answer({ type: "found", found: found === null ? { tracker, fate: null } : { tracker, ...found } });
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error;
          return answer({ type: "find-failed" });
        }
      }
      case "forget":
        return this.#forget();
    }
  }

  async #start_sealer(): Promise<Sealer> {
    this.#end_sealer();
    const sealer = new Sealer(this.#parts.start_worker());
    const phi = await sealer.ask("manifest", { file: this.#parts.manifest_file });
    if (!same_bytes(phi, this.#parts.manifest.phi)) throw new SealerFailed("the worker read another manifest");
    return sealer;
  }

  async #unlocked(): Promise<Sealer> {
    if (this.#sealer === undefined) throw new SealerFailed("there is no worker");
    return this.#sealer;
  }

  #end_sealer(): void {
    void this.#sealer?.then((sealer) => sealer.end()).catch(() => undefined);
    this.#sealer = undefined;
  }

  /** Drops the code, the secret, and what is not sent. The receipt stays until the booth is left. */
  #forget(): void {
    this.#end_sealer();
    this.#credential = undefined;
    this.#line = undefined;
    this.#opening = undefined;
    clearTimeout(this.#retry?.timer);
    this.#retry = undefined;
    const { at } = this.#session.screen;
    if (at !== "code") this.#code = null;
    if (at !== "cast") this.#receipt = undefined;
  }

  async #look_up(answer: (event: Event) => void): Promise<void> {
    const sealer = await this.#unlocked();
    if (this.#credential === undefined) throw new SealerFailed("there is no credential");
    try {
      const { api } = this.#parts;
      const [status, found] = await Promise.all([api.status(), api.credential(this.#credential)]);
      this.#clock.take(status);
      answer({ type: "status", status });
      if (found.kind === "unknown") return answer({ type: "unknown-code" });
      if (found.kind === "replaced") return answer({ type: "replaced-code", since: found.since });
      const { size } = await sealer.ask("checkpoint", { note: found.checkpoint });
      const { unit, latest, ballots } = found;
      const voter: Registered = { unit, latest, ballots, entries: size, read_at: this.#clock.now() };
      this.#code = null;
      answer({ type: "registered", voter });
    } catch (error) {
      if (error instanceof NoAnswer) return answer({ type: "look-up-failed" });
      if (error instanceof Refusal) return answer({ type: "stop", why: "bad-board", detail: error.message });
      throw error;
    }
  }

  /** Sends one ballot, the same bytes each time, until the board proves that it has it or says that it has not. */
  async #deliver(sealer: Sealer, line: Uint8Array, tries: number, answer: (event: Event) => void): Promise<void> {
    const again = (): void => {
      const after = AGAIN_AFTER[Math.min(tries, AGAIN_AFTER.length - 1)] ?? 0;
      const run = (): void => {
        clearTimeout(this.#retry?.timer);
        this.#retry = undefined;
        void this.#deliver(sealer, line, tries + 1, answer).catch((error: unknown) => this.#failed(error));
      };
      this.#retry = { timer: window.setTimeout(run, after), run };
    };
    let said: CastAnswer;
    try {
      said = await this.#parts.api.cast(line);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      answer({ type: "trouble", trouble: "unknown" });
      if (this.#line === line) again();
      return;
    }
    switch (said.kind) {
      case "behind":
        return answer({ type: "behind" });
      case "closed":
        return answer({ type: "too-late" });
      case "refused":
        if (said.check === "V13") return answer({ type: "stop", why: "no-randomness", detail: said.reason });
        return answer({ type: "refused", reason: said.reason });
      case "not-stored":
        answer({ type: "trouble", trouble: "not-stored" });
        if (this.#line === line) again();
        return;
      case "accepted":
        break;
    }
    answer({ type: "answered" });
    try {
      const { index, time } = await sealer.ask("prove", { entry: line, receipt: said.receipt });
      this.#receipt = said.receipt;
      answer({ type: "proved", entry: index, time: time === null ? this.#clock.now() : new Date(time * 1000).toISOString() });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer({ type: "trouble", trouble: "no-proof" });
      if (this.#line === line) again();
    }
  }

  /** The opening is shown only once the board says that this ballot can never be cast ([07.13]). */
  async #open({ entry, opening }: { entry: Uint8Array; opening: string }, answer: (event: Event) => void): Promise<void> {
    try {
      const said = await this.#parts.api.spoil(entry);
      if (said.kind === "accepted") {
        const sealer = await this.#unlocked();
        await sealer.ask("prove", { entry, receipt: said.receipt });
        this.#opening = undefined;
        return answer({ type: "opened", opening });
      }
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    }
    answer({ type: "open-failed" });
  }

  #retry_now(): void {
    this.#retry?.run();
  }

  #failed(error: unknown): void {
    if (error instanceof NoRandomness) this.#send({ type: "stop", why: "no-randomness", detail: "" });
    else this.#send({ type: "stop", why: "program", detail: "" });
  }

  // The browser's history: one entry stands behind every screen but the first, so that Back stays in the booth.

  #back(): void {
    this.#guarded = false;
    if (this.#session.screen.at === "landing") return;
    this.#send({ type: "back" });
    this.#guard();
  }

  #guarded = false;

  #guard(): void {
    if (this.#guarded || this.#session.screen.at === "landing" || this.#session.screen.at === "stopped") return;
    this.#guarded = true;
    history.pushState(null, "");
  }

  /** The page may come back from the browser's memory, on a shared device for somebody else. */
  #leave(): void {
    if (this.#session.screen.at !== "landing") this.#send({ type: "leave", notice: "left" });
  }

  // Screens.

  #show(moved: boolean): void {
    const { screen } = this.#session;
    const shown = this.#view;
    if (shown?.screen === screen && shown.view.update === undefined) return;
    const context = this.#context();
    if (shown !== undefined && shown.view.update !== undefined && same_place(shown.screen, screen)) {
      shown.view.update(context);
      this.#view = { screen, view: shown.view };
      return;
    }
    const view = draw(context, screen);
    this.#view = { screen, view };
    this.#parts.main.replaceChildren(view.element);
    const title = view.element.querySelector("h1");
    document.title = `${title?.textContent ?? _("Vote")} – ${this.#parts.manifest.organisation}`;
    if (shown === undefined) return;
    if (moved || !same_place(shown.screen, screen)) {
      window.scrollTo(0, 0);
      title?.focus();
    }
    this.#guard();
  }

  #context(): Context {
    return {
      session: this.#session,
      send: this.#send,
      now: this.#clock.now,
      code: this.#code,
      save: this.#receipt === undefined ? null : this.#save,
      open_document: this.#open_document,
      page: this.#parts.page,
    };
  }

  readonly #save = (): void => {
    const { screen } = this.#session;
    if (this.#receipt === undefined || screen.at !== "cast") return;
    offer(this.#receipt, `receipt-${shown_tracker(screen.tracker).slice(0, 9)}.tlog-proof`);
  };

  readonly #open_document = async (wanted: Document): Promise<string | null> => {
    try {
      const bytes = await this.#parts.api.document(bytesToHex(wanted.sha256));
      if (!same_bytes(sha256(bytes), wanted.sha256)) {
        return _("What the website sent is not this document: its fingerprint is another one. Tell the help line.");
      }
      offer(bytes, wanted.name);
      return null;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return _("The document could not be fetched. Look at your connection and try again.");
    }
  };
}

/** The same screen with other details, which its view can take in without losing the focus. */
function same_place(left: Screen, right: Screen): boolean {
  if (left.at !== right.at) return false;
  return !("place" in left && "place" in right) || left.place === right.place;
}
