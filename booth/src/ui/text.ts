/**
 * Words for people, in the manner of gettext: the English sentence is the key. A catalogue for another language
 * gives its sentences; what it lacks stays English. Names in braces are filled in.
 */

export interface Catalogue {
  /** BCP 47, for `lang` and for dates and numbers. */
  readonly language: string;
  /** The language's own name. */
  readonly name: string;
  readonly messages: Readonly<Record<string, string>>;
  /** For each English singular the forms of the language, chosen by `form_of`. */
  readonly plurals: Readonly<Record<string, readonly string[]>>;
  readonly form_of: (n: number) => number;
}

export type Values = Readonly<Record<string, string | number>>;

const ENGLISH: Catalogue = {
  language: "en-GB",
  name: "English",
  messages: {},
  plurals: {},
  form_of: (n) => (n === 1 ? 0 : 1),
};

/** Languages of the booth. A second one is one file and one line here. */
export const CATALOGUES: readonly Catalogue[] = [ENGLISH];

let current = ENGLISH;

export function use(catalogue: Catalogue): void {
  current = catalogue;
}

export function language(): string {
  return current.language;
}

/** The catalogue of the first wanted language that there is; English else. */
export function catalogue_for(wanted: readonly string[]): Catalogue {
  for (const tag of wanted) {
    const found = CATALOGUES.find((catalogue) => base_of(catalogue.language) === base_of(tag));
    if (found !== undefined) return found;
  }
  return ENGLISH;
}

function base_of(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}

/** The sentence in the current language. */
export function _(message: string, values: Values = {}): string {
  return fill(current.messages[message] ?? message, values);
}

/** The form of a sentence that fits `n` things. */
export function ngettext(singular: string, plural: string, n: number, values: Values = {}): string {
  const forms = current.plurals[singular] ?? [singular, plural];
  const form = current.plurals[singular] === undefined ? (n === 1 ? 0 : 1) : current.form_of(n);
  return fill(forms[form] ?? plural, { n: number(n), ...values });
}

/** A whole number as people read it. */
export function number(n: number): string {
  return new Intl.NumberFormat(current.language).format(n);
}

function fill(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
