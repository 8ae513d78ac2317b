/** The server's time, and the voting window: told whenever it may have changed. */
import { type Api, NoAnswer } from "../api.js";
import type { Status } from "../session.js";

/** Milliseconds; a server that is asked at the closing time itself might not have closed yet. */
const AFTERWARDS = 500;
const LONGEST = 600_000;

export class ServerClock {
  readonly #api: Api;
  readonly #tell: (status: Status) => void;
  #status: Status;
  /** Milliseconds that the server's clock is ahead of this device's. */
  #ahead = 0;
  #timer = 0;

  constructor(api: Api, status: Status, tell: (status: Status) => void) {
    this.#api = api;
    this.#status = status;
    this.#tell = tell;
    this.take(status);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#ask();
    });
  }

  /** An ISO text. */
  readonly now = (): string => new Date(Date.now() + this.#ahead).toISOString();

  /** A status that the server has just sent. */
  take(status: Status): void {
    this.#status = status;
    this.#ahead = Date.parse(status.now) - Date.now();
    this.#plan();
  }

  #plan(): void {
    const now = Date.parse(this.now());
    const ahead = [this.#status.opens, this.#status.closes].map((iso) => Date.parse(iso) - now).filter((ms) => ms > 0);
    clearTimeout(this.#timer);
    if (ahead.length === 0) return;
    this.#timer = window.setTimeout(() => this.#ask(), Math.min(Math.min(...ahead) + AFTERWARDS, LONGEST));
  }

  #ask(): void {
    const ask = async (): Promise<void> => {
      try {
        this.take(await this.#api.status());
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        // Not reached: this device's own reckoning of the last known times still holds.
        this.#status = { ...this.#status, now: this.now() };
        this.#plan();
      }
      this.#tell(this.#status);
    };
    void ask();
  }
}
