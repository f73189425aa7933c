// The state of a page lives in its URL: `?v=1&to=SA&as-of=2025-04-16`. A page declares its keys; what
// is left at its default is not written, what cannot be read falls back to it and is told.
import { migrate, VERSION } from "./migrations";

export interface Field<T> {
  readonly fallback: T;
  /** The value of the texts given for the key, or undefined where they make none. */
  read(texts: string[]): T | undefined;
  write(value: T): string[];
}

export type Schema = Record<string, Field<unknown>>;
export type Values<S extends Schema> = {
  [K in keyof S]: S[K] extends Field<infer T> ? T : never;
};

export interface Note {
  key: string;
  /** What stood in the URL. */
  given: string;
  problem: "bad value" | "unknown key" | "newer version";
}

function single<T>(
  fallback: T,
  read: (text: string) => T | undefined,
  write: (value: T) => string,
): Field<T> {
  return {
    fallback,
    read: (texts) => (texts.length === 1 ? read(texts[0] ?? "") : undefined),
    write: (value) => [write(value)],
  };
}

export const text = (fallback = ""): Field<string> =>
  single(
    fallback,
    (given) => given,
    (value) => value,
  );

export function number(
  fallback: number,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {},
): Field<number> {
  const read = (given: string) => {
    const value = given.trim() === "" ? NaN : Number(given);
    return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
  };
  return single(fallback, read, String);
}

export const flag = (fallback = false): Field<boolean> =>
  single<boolean>(
    fallback,
    (given) => (given === "1" ? true : given === "0" ? false : undefined),
    (value) => (value ? "1" : "0"),
  );

export function choice<const T extends string>(options: readonly T[], fallback: T): Field<T> {
  return single<T>(
    fallback,
    (given) => options.find((option) => option === given),
    (value) => value,
  );
}

export function isDate(given: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given)) return false;
  const time = Date.parse(`${given}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === given;
}

/** An ISO date; the empty text stands for the date of the data. */
export const date = (fallback = ""): Field<string> =>
  single(
    fallback,
    (given) => (given === "" || isDate(given) ? given : undefined),
    (value) => value,
  );

/** Several texts, each under a key of its own: `set=tpp=2300&set=pd=2`. */
export function list(fallback: readonly string[] = []): Field<readonly string[]> {
  return {
    fallback,
    read: (texts) => (texts.length === 1 && texts[0] === "" ? [] : texts),
    write: (values) => (values.length === 0 ? [""] : [...values]),
  };
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** Keys that every page understands; `lang` is read by the texts, not by the pages. */
const COMMON_KEYS = ["v", "lang"];

export function parse<S extends Schema>(
  schema: S,
  search: URLSearchParams,
): { values: Values<S>; notes: Note[] } {
  const { params, newer } = migrate(search);
  const notes: Note[] = newer
    ? [{ key: "v", given: search.get("v") ?? "", problem: "newer version" }]
    : [];
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema)) {
    const texts = params.getAll(key);
    const value = texts.length > 0 ? field.read(texts) : field.fallback;
    if (value === undefined) notes.push({ key, given: texts.join(", "), problem: "bad value" });
    values[key] = value ?? field.fallback;
  }
  for (const key of new Set(params.keys())) {
    if (!(key in schema) && !COMMON_KEYS.includes(key)) {
      notes.push({ key, given: params.getAll(key).join(", "), problem: "unknown key" });
    }
  }
  return { values: values as Values<S>, notes };
}

/** The query that says the values and the language, `""` where all stand at their defaults. */
export function serialise<S extends Schema>(
  schema: S,
  values: Partial<Values<S>>,
  language: string | null = null,
): string {
  const params = new URLSearchParams();
  for (const [key, field] of Object.entries(schema)) {
    if (!(key in values)) continue;
    const written = field.write(values[key as keyof S]);
    if (same(written, field.write(field.fallback))) continue;
    for (const item of written) params.append(key, item);
  }
  if (language) params.set("lang", language);
  if ([...params.keys()].length === 0) return "";
  return `?${new URLSearchParams([["v", String(VERSION)], ...params]).toString()}`;
}
