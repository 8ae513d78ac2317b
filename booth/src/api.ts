/**
 * The public API of a ballot, as any booth uses it from any origin: no cookies, no sign-in, no identity. What it
 * answers is believed only as far as it is proved elsewhere; here it is only given a shape.
 */
import { base64, from_base64, text_of } from "./bytes.js";
import type { Json } from "./canonical.js";
import { Refusal } from "./refusal.js";
import type { Fate, OwnBallot, Status } from "./screens.js";

/** Every request, and the whole answer to it, within this time. */
const TIME_LIMIT = 20_000;
/** Bytes; the largest honest answer is a manifest. */
const SIZE_LIMIT = 4_000_000;
/** Above this a browser refuses `keepalive`, with which a vote goes out although its page is closed. */
const KEEPALIVE_LIMIT = 60_000;

export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** No answer that could be read: whether the request arrived is not known. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export type CastAnswer =
  | { readonly kind: "accepted"; readonly entry: number; readonly tracker: Uint8Array; readonly receipt: Uint8Array }
  | { readonly kind: "behind" }
  | { readonly kind: "refused"; readonly check: string; readonly reason: string }
  | { readonly kind: "closed" }
  | { readonly kind: "not-stored" };

export type CredentialAnswer =
  | { readonly kind: "unknown" }
  | { readonly kind: "replaced"; readonly since: string | null }
  | {
      readonly kind: "active";
      readonly unit: number;
      readonly latest: Uint8Array;
      readonly ballots: readonly OwnBallot[];
      readonly checkpoint: Uint8Array;
    };

const FATES: readonly string[] = ["counts", "replaced", "withdrawn", "spoiled"];

export class Api {
  readonly #base: string;
  readonly #fetch: Fetch;

  /** `origin` such as `https://vote.example.org`; `ballot` is 32 hex digits. */
  constructor(origin: string, ballot: string, fetch: Fetch) {
    this.#base = `${origin}/api/ballots/${ballot}`;
    this.#fetch = fetch;
  }

  /** The bytes of the manifest; null where there is no such ballot. */
  async manifest(): Promise<Uint8Array | null> {
    const { status, bytes } = await this.#request("manifest");
    if (status === 404) return null;
    return expect_ok(status, bytes);
  }

  async status(): Promise<Status> {
    const { status, bytes } = await this.#request("status");
    const take = reader(parse(expect_ok(status, bytes)));
    return {
      phase: take.string("phase"),
      opens: take.instant("opens"),
      closes: take.instant("closes"),
      now: take.instant("now"),
      eligible: take.count("eligible"),
      rules: take.list("rules").map((rule) => {
        const of_rule = reader(rule);
        return { needed: of_rule.strings("needed"), blank: of_rule.strings("blank") };
      }),
    };
  }

  async credential(credential: Uint8Array): Promise<CredentialAnswer> {
    const { status, bytes } = await this.#request("credential", JSON.stringify({ credential: base64(credential) }));
    const take = reader(parse(expect_ok(status, bytes)));
    if (!take.flag("known")) return { kind: "unknown" };
    if (!take.flag("active")) return { kind: "replaced", since: take.optional_instant("replaced") };
    return {
      kind: "active",
      unit: take.count("unit"),
      latest: take.bytes("latest"),
      ballots: take.list("ballots").map(own_ballot),
      checkpoint: new TextEncoder().encode(take.string("checkpoint")),
    };
  }

  async cast(line: Uint8Array): Promise<CastAnswer> {
    return cast_answer(await this.#request("ballots", text_of(line)));
  }

  async spoil(line: Uint8Array): Promise<CastAnswer> {
    return cast_answer(await this.#request("spoils", text_of(line)));
  }

  /** What became of a tracker; null when it is not on the board. */
  async tracker(symbols: string): Promise<{ readonly fate: Fate; readonly entry: number } | null> {
    const { status, bytes } = await this.#request("tracker", JSON.stringify({ tracker: symbols }));
    if (status === 404) return null;
    const take = reader(parse(expect_ok(status, bytes)));
    return { fate: take.fate(), entry: take.count("entry") };
  }

  /** A document by its fingerprint; whoever asks compares it. */
  async document(sha256_hex: string): Promise<Uint8Array> {
    const { status, bytes } = await this.#request(`documents/${sha256_hex}`);
    return expect_ok(status, bytes);
  }

  async #request(path: string, body?: string): Promise<{ status: number; bytes: Uint8Array }> {
    const options: RequestInit = {
      cache: "no-store",
      credentials: "omit",
      mode: "cors",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIME_LIMIT),
    };
    if (body !== undefined) {
      options.method = "POST";
      options.body = body;
      options.headers = { "content-type": "application/json" };
      options.keepalive = body.length < KEEPALIVE_LIMIT;
    }
    try {
      const response = await this.#fetch(`${this.#base}/${path}`, options);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (bytes.length > SIZE_LIMIT) throw new Error("the answer is too long");
      return { status: response.status, bytes };
    } catch (error) {
      throw new NoAnswer("no answer", { cause: error });
    }
  }
}

function cast_answer({ status, bytes }: { status: number; bytes: Uint8Array }): CastAnswer {
  switch (status) {
    case 200: {
      const take = reader(parse(bytes));
      return {
        kind: "accepted",
        entry: take.count("entry"),
        tracker: take.bytes("tracker"),
        receipt: new TextEncoder().encode(take.string("receipt")),
      };
    }
    case 403:
      return { kind: "closed" };
    case 409:
      return { kind: "behind" };
    case 422: {
      const take = reader(parse(bytes));
      return { kind: "refused", check: take.string("check"), reason: take.string("reason") };
    }
    case 429:
    case 503:
      return { kind: "not-stored" };
    default:
      throw new NoAnswer(`an answer with the status ${status}`);
  }
}

function own_ballot(value: Json): OwnBallot {
  const take = reader(value);
  return {
    tracker: take.bytes("tracker"),
    entry: take.count("entry"),
    fate: take.fate(),
    time: take.optional_instant("time"),
  };
}

function expect_ok(status: number, bytes: Uint8Array): Uint8Array {
  if (status !== 200) throw new NoAnswer(`an answer with the status ${status}`);
  return bytes;
}

function parse(bytes: Uint8Array): Json {
  try {
    return JSON.parse(text_of(bytes)) as Json;
  } catch (error) {
    throw new NoAnswer("an answer that is no JSON", { cause: error });
  }
}

/** Reads the members of an answer. Members that it does not know are left alone: an API grows. */
function reader(value: Json) {
  const members = new Map(value !== null && typeof value === "object" ? Object.entries(value) : []);
  const wrong = (key: string): NoAnswer => new NoAnswer(`an answer whose ${key} has another form`);
  const take = {
    string(key: string): string {
      const member = members.get(key);
      if (typeof member !== "string") throw wrong(key);
      return member;
    },
    flag(key: string): boolean {
      const member = members.get(key);
      if (typeof member !== "boolean") throw wrong(key);
      return member;
    },
    count(key: string): number {
      const member = members.get(key);
      if (typeof member !== "number" || !Number.isSafeInteger(member) || member < 0) throw wrong(key);
      return member;
    },
    instant(key: string): string {
      const text = take.string(key);
      if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|\+00:00)$/.test(text) || Number.isNaN(Date.parse(text))) throw wrong(key);
      return text;
    },
    optional_instant(key: string): string | null {
      return (members.get(key) ?? null) === null ? null : take.instant(key);
    },
    bytes(key: string): Uint8Array {
      try {
        const bytes = from_base64(take.string(key));
        if (bytes.length === 32) return bytes;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
      throw wrong(key);
    },
    /** Absent is empty. */
    list(key: string): readonly Json[] {
      const member = members.get(key) ?? [];
      if (!Array.isArray(member)) throw wrong(key);
      return member as readonly Json[];
    },
    strings(key: string): string[] {
      return take.list(key).map((member) => {
        if (typeof member !== "string") throw wrong(key);
        return member;
      });
    },
    fate(): Fate {
      const fate = take.string("fate");
      if (!FATES.includes(fate)) throw wrong("fate");
      return fate as Fate;
    },
  };
  return take;
}
