/**
 * Where the booth is and what its address brings: the ballot, and a voting code that leaves the address at once.
 *
 * On the union's site the page's own address names the ballot. A saved file or a booth on another site takes
 * site and ballot from the fragment, `#api=https://vote.example.org&ballot=...`, which is never sent anywhere.
 */

/** 32 hex digits: the start of the ballot_id, as in the board's origin. */
const BALLOT = /^[0-9a-f]{32}$/;

export interface Place {
  readonly api: string;
  readonly ballot: string;
  /** What this page, or the link, says that phi must be: hex. */
  readonly phi: string | null;
}

export interface Arrival {
  readonly place: Place | null;
  readonly code: string | null;
  /** The address without the code. */
  readonly clean: string;
}

export interface PageAddress {
  readonly origin: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/** What the server that serves this page says about it; a page that stands alone has none. */
export interface PageFacts {
  readonly standalone: boolean;
  readonly ballot: string | null;
  readonly phi: string | null;
}

/** Reads the address of the page. On the union's site nothing but a code is taken from the fragment. */
export function arrive(address: PageAddress, page: PageFacts): Arrival {
  const fragment = address.hash.replace(/^#/, "");
  if (!page.standalone) {
    const ballot = page.ballot ?? /\/b\/([0-9a-f]{32})\//.exec(address.pathname)?.[1] ?? null;
    const place = ballot !== null && BALLOT.test(ballot) ? { api: address.origin, ballot, phi: page.phi } : null;
    const code = code_in(fragment);
    return { place, code, clean: address.pathname + address.search };
  }
  const named = new Map<string, string>();
  let code: string | null = null;
  for (const part of fragment.split("&")) {
    const equals = part.indexOf("=");
    if (equals < 0) code ??= code_in(part);
    else named.set(part.slice(0, equals), decoded(part.slice(equals + 1)));
  }
  code = code_in(named.get("code") ?? "") ?? code;
  const place = place_of(named.get("api") ?? "", named.get("ballot") ?? "", named.get("phi") ?? null);
  return { place, code, clean: place === null ? "#" : `#${fragment_of(place)}` };
}

/** A voting link or a ballot's page that somebody pasted into a booth that stands alone. */
export function place_of_link(typed: string): { readonly place: Place; readonly code: string | null } | null {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(typed.trim()) ? typed.trim() : `https://${typed.trim()}`);
  } catch {
    return null;
  }
  const ballot = /\/(?:b|ballots)\/([0-9a-f]{32})(?:\/|$)/.exec(url.pathname)?.[1];
  const place = ballot === undefined ? null : place_of(url.origin, ballot, null);
  return place === null ? null : { place, code: code_in(url.hash.replace(/^#/, "")) };
}

export function fragment_of({ api, ballot, phi }: Place): string {
  return `api=${encodeURIComponent(api)}&ballot=${ballot}${phi === null ? "" : `&phi=${phi}`}`;
}

/** Only an origin is taken from what was given, and it must be reached safely. */
function place_of(api: string, ballot: string, phi: string | null): Place | null {
  let url: URL;
  try {
    url = new URL(api);
  } catch {
    return null;
  }
  const local = url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if ((url.protocol !== "https:" && !local) || url.username !== "" || url.password !== "") return null;
  if (!BALLOT.test(ballot) || (phi !== null && !/^[0-9a-f]{64}$/.test(phi))) return null;
  return { api: url.origin, ballot, phi };
}

/** A fragment that may be a code, right or mistyped; what is wrong with it is said where codes are typed. */
function code_in(fragment: string): string | null {
  const text = decoded(fragment.replace(/^code=/, ""));
  return /^[0-9A-Za-z]{12,40}$/.test(text.replace(/[\s-]/g, "")) ? text : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
