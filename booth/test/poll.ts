/** A small ballot for the booth's tests: a manifest, its log's key, and a board that gives receipts. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { concatBytes } from "@noble/hashes/utils.js";

import { base64, utf8 } from "../src/bytes.js";
import { type Json, type JsonObject, canonical_bytes } from "../src/canonical.js";
import { leaf_hash, node_hash } from "../src/merkle.js";
import { type Manifest, read_manifest } from "../src/manifest.js";
import { LOG_KIND, key_id_of } from "../src/note.js";
import type { OwnBallot, Registered, Session, Status } from "../src/session.js";
import { begin } from "../src/session.js";
import { named_bytes, named_secret } from "./support.js";

export const BALLOT_ID = named_bytes("ballot id");
export const ORIGIN = "vote.example/0123";
/** A code whose check holds. */
export const CODE = "0000-0000-0000-0000-0000-0000";

const LOG_SECRET = named_bytes("log key");
const LOG_KEY = { name: ORIGIN, kind: LOG_KIND, public_key: ed25519.getPublicKey(LOG_SECRET) } as const;

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function question(id: string, options: Json, more: JsonObject = {}): Json {
  return {
    blank: { kind: "blank", label: "Leave it blank" },
    documents: [],
    electorate: null,
    facts: { notice: null, present: null },
    id,
    maximum: null,
    minimum: null,
    options,
    rule: null,
    tally: "all",
    text: `What about ${id}?`,
    ...more,
  };
}

const option = (id: string): Json => ({ id, label: `Option ${id}` });

export const STRIKE = question("strike", [option("yes"), option("no")]);
/** Up to two of three, or blank; only for unit 1. */
export const BOARD = question("board", ["ames", "bell", "cole"].map(option), { electorate: [1], maximum: 2, minimum: 0 });
/** One or two of three, without a blank answer. */
export const SEATS = question("seats", ["ames", "bell", "cole"].map(option), { blank: null, maximum: 2, minimum: 1 });

export function manifest_value(change: JsonObject = {}): JsonObject {
  return {
    ballot_id: base64(BALLOT_ID),
    ballot_key: base64(named_secret("ballot key").public_key().to_bytes()),
    body: "Members",
    contact: "312-555-0100",
    credentials: {},
    format: 1,
    group_limit: 5,
    log_key: `${ORIGIN}+${hex(key_id_of(LOG_KEY))}+${base64(concatBytes(Uint8Array.of(LOG_KIND), LOG_KEY.public_key))}`,
    officers: [],
    organisation: "Example Union",
    organisation_key: null,
    origin: ORIGIN,
    previous: null,
    provenance: { derived: [], kind: "live", note: "" },
    questions: [STRIKE],
    roll: {},
    software: { booth: null, version: "0" },
    suite: "quorate/1 ristretto255 sha512",
    tellers: { ceremony: base64(named_bytes("ceremony")), names: ["One", "Two", "Three"], threshold: 2 },
    title: "Strike authorisation",
    units: ["North", "South"],
    window: { closes: "2015-12-11T23:00:00Z", opens: "2015-12-09T14:00:00Z", zone: "America/Chicago" },
    witnesses: { quorum: 0, witnesses: [] },
    ...change,
  };
}

export function manifest_file(change: JsonObject = {}): Uint8Array {
  return canonical_bytes(manifest_value(change));
}

export function manifest_of(change: JsonObject = {}): Manifest {
  return read_manifest(manifest_file(change));
}

export const STATUS: Status = {
  phase: "open",
  opens: "2015-12-09T14:00:00Z",
  closes: "2015-12-11T23:00:00Z",
  now: "2015-12-10T18:00:00Z",
  eligible: 3,
  rules: [],
};

export function session_of(change: JsonObject = {}, status: Partial<Status> = {}): Session {
  return begin(manifest_of(change), { ...STATUS, ...status }, null);
}

export function registered(...ballots: OwnBallot[]): Registered {
  const latest = ballots.at(-1)?.tracker ?? new Uint8Array(32);
  return { unit: 0, latest, ballots, entries: 5, read_at: STATUS.now };
}

export const EARLIER: OwnBallot = { tracker: named_bytes("earlier"), entry: 3, fate: "counts", time: null };

/** A note over this text, signed by the log. */
export function signed_note(text: string): string {
  const signature = ed25519.sign(utf8(text), LOG_SECRET);
  return `${text}\n\u2014 ${ORIGIN} ${base64(concatBytes(key_id_of(LOG_KEY), signature))}\n`;
}

/** The receipt of entry 1 of a board of two entries. */
export function receipt_for(entry: Uint8Array, first: Uint8Array = utf8("{}")): Uint8Array {
  const sibling = leaf_hash(first);
  const root = node_hash(sibling, leaf_hash(entry));
  const checkpoint = signed_note(`${ORIGIN}\n2\n${base64(root)}\n`);
  return utf8(`c2sp.org/tlog-proof@v1\nindex 1\n${base64(sibling)}\n\n${checkpoint}`);
}
