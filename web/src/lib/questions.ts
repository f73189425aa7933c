// Forms of long questions: fields by the names of the options of the command line, all of them texts, as
// the program reads numbers, times, lists and distributions itself and says what is wrong with them.
import type { Fields } from "./api";

export interface FormField {
  key: string;
  label: string;
  /** What it says if nothing is given. */
  placeholder?: string;
  /** Completed from a list of the catalogue. */
  of?: "chips" | "models" | "systems";
  options?: readonly { value: string; label: string }[];
  wide?: boolean;
}

export interface FormGroup {
  /** Groups with a title fold away. */
  title?: string;
  fields: readonly FormField[];
}

/** Fields of requests that have other names than their options. */
const FIELD_NAMES: Record<string, string> = {
  rent: "rent_usd_per_hour",
  price: "price_usd",
};

const isNumber = (text: string) => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);

/** The request that the values of a form make; what is not given is left out. */
export function requestFields(values: Record<string, unknown>, keys: readonly string[]): Fields {
  const fields: Fields = {};
  for (const key of keys) {
    const text = String(values[key] ?? "").trim();
    if (text === "") continue;
    fields[FIELD_NAMES[key] ?? key.replaceAll("-", "_")] = isNumber(text) ? Number(text) : text;
  }
  return fields;
}

export const keysOf = (groups: readonly FormGroup[]) =>
  groups.flatMap(({ fields }) => fields.map(({ key }) => key));
