/**
 * Fresh bytes from the operating system, or none at all: a device whose generator is absent, fails or repeats
 * itself must not vote, as its ballot could be read by anyone.
 */
import { same_bytes } from "./bytes.js";

const LENGTH = 32;
/** 64 uniform bytes hold fewer than 24 different values with a probability below 2^-80. */
const LEAST_DIFFERENT = 24;

export interface Generator {
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown;
}

/** This device makes no random numbers that could be trusted with a vote. */
export class NoRandomness extends Error {
  override readonly name = "NoRandomness";
}

/** Draws 32 bytes at a time and keeps what it drew, so that a repetition is noticed. */
export class Randomness {
  readonly #generator: Generator | undefined;
  readonly #drawn: Uint8Array[] = [];

  constructor(generator: Generator | undefined) {
    this.#generator = generator;
  }

  /** Refuses with `NoRandomness`, and then nothing of what was drawn may be used. */
  draw(): Uint8Array {
    const bytes = this.#read();
    const second = this.#read();
    if (new Set([...bytes, ...second]).size < LEAST_DIFFERENT) throw new NoRandomness("the bytes are not random");
    this.#remember(bytes);
    this.#remember(second);
    return bytes;
  }

  #read(): Uint8Array {
    const bytes = new Uint8Array(LENGTH);
    try {
      if (this.#generator === undefined) throw new Error("there is no generator");
      this.#generator.getRandomValues(bytes);
    } catch (error) {
      throw new NoRandomness("the generator failed", { cause: error });
    }
    return bytes;
  }

  #remember(bytes: Uint8Array): void {
    if (this.#drawn.some((earlier) => same_bytes(earlier, bytes))) throw new NoRandomness("the generator repeats itself");
    this.#drawn.push(Uint8Array.from(bytes));
  }
}
