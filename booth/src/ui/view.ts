/** What a screen gets, and what it gives back. */
import type { Document } from "../manifest.js";
import type { Event, Session } from "../session.js";

export interface Context {
  readonly session: Session;
  readonly send: (event: Event) => void;
  /** Now, by the server's clock: an ISO text. */
  readonly now: () => string;
  /** A code that the address brought, to be shown where codes are typed. */
  readonly code: string | null;
  /** The receipt of the ballot that was cast, while its screen is shown. */
  readonly save: (() => void) | null;
  /** Fetches a document, compares its fingerprint, and offers it; resolves to words where that failed. */
  readonly open_document: (document: Document) => Promise<string | null>;
  readonly page: PageFingerprint;
}

/** Whether this page is the one that the ballot names; null while that is being found out. */
export interface PageFingerprint {
  readonly shown: string | null;
  readonly named: string | null;
  /** The host that ballots go to, where this page is from somewhere else. */
  readonly host: string | null;
}

export interface View {
  readonly element: HTMLElement;
  /** Takes a change of the same screen in; without it the screen is drawn anew. */
  readonly update?: (context: Context) => void;
}
