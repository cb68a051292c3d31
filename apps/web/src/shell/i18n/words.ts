import type { Locale } from "@maru/protocol";

/** Words of one language: texts in a tree, whose paths are their keys. */
export type WordTree = { readonly [name: string]: string | WordTree };

type WithoutForm<K extends string> = K extends `${infer Base}_${"one" | "other"}` ? Base : K;

/** Keys of a tree: `"rooms.empty.title"`. Of a text with a form for each number, the name without the form. */
export type WordKey<T> = {
  [K in keyof T & string]: T[K] extends string ? WithoutForm<K> : `${K}.${WordKey<T[K]>}`;
}[keyof T & string];

/** The words of a tree in another language: the same keys, which the compiler asks for. */
export type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]> };

/** What stands in the slots of a text, by name. `count` also chooses the form that a language has for a number. */
export type WordValues = Readonly<Record<string, string | number>>;

/** Returns the text of a key, with its `{{slots}}` filled. */
export type Say<T> = (key: WordKey<T>, values?: WordValues) => string;

/** Returns the text of whatever key. */
export type SayAny = (key: string, values?: WordValues) => string;

/** Letters that are written from right to left, and what changes the direction by itself. */
const turning =
  /[\u0590-\u08FF\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFF]|[\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Keeps what somebody wrote from turning the words around it, as `Written` does where there are elements. */
export function isolate(text: string): string {
  return turning.test(text) ? `\u2068${text}\u2069` : text;
}

/**
 * Makes what says the words of a tree; what it lacks is asked of `rest`. A key that nobody has is said itself, so that a fault
 * shows instead of breaking a screen.
 */
export function sayFrom<T>(tree: T, locale: Locale, rest?: SayAny): Say<T> {
  const forms = new Intl.PluralRules(locale);
  const find = (path: string): string | null => {
    let at: unknown = tree;
    for (const name of path.split(".")) at = isTree(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    return typeof at === "string" ? at : null;
  };
  return (key, values = {}) => {
    const { count } = values;
    const counted = typeof count === "number" ? find(`${key}_${forms.select(count)}`) : null;
    const own = counted ?? find(key) ?? find(`${key}_other`);
    if (own === null && rest) return rest(key, values);
    const text = own ?? key;
    // What is filled in is text of people: it is never read for slots itself.
    return text.replace(/\{\{(\w+)\}\}/g, (slot, name: string) => isolate(String(values[name] ?? slot)));
  };
}

function isTree(value: unknown): value is WordTree {
  return typeof value === "object" && value !== null;
}
