// The same question on the command line, to be copied.
import type { Fields } from "./api";

interface Form {
  words: string;
  /** Fields that stand behind the words, without the name of an option. */
  first?: readonly string[];
}

const FORMS: Record<string, Form> = {
  classify: { words: "classify", first: ["chip"] },
  quota: { words: "quota", first: ["chip"] },
  compare: { words: "compare", first: ["chip"] },
  "estimate-kernel": { words: "estimate kernel", first: ["chip", "op"] },
  "estimate-train": { words: "estimate train" },
  "estimate-prefill": { words: "estimate prefill" },
  "estimate-decode": { words: "estimate decode" },
  "estimate-reasoning": { words: "estimate reasoning", first: ["chip"] },
  "search-plan-train": { words: "search plan train" },
  "search-plan-serve": { words: "search plan serve" },
  "search-chip": { words: "search chip" },
  "search-rule": { words: "search rule" },
  "simulate-serve": { words: "simulate serve" },
  "simulate-capacity": { words: "simulate capacity" },
  impact: { words: "impact", first: ["before", "after"] },
  exposure: { words: "exposure", first: ["scenario"] },
  report: { words: "report", first: ["scenario"] },
  "data-list": { words: "data list", first: ["kind"] },
  "data-show": { words: "data show", first: ["name"] },
  explain: { words: "explain", first: ["code"] },
};

/** Fields that the command line calls otherwise. */
const OPTION_NAMES: Record<string, string> = {
  rent_usd_per_hour: "rent",
  price_usd: "price",
  prefill_rent_usd_per_hour: "prefill-rent",
  prefill_price_usd: "prefill-price",
};

export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function optionsOf(key: string, value: unknown): string[] {
  const name = `--${OPTION_NAMES[key] ?? key.replaceAll("_", "-")}`;
  if (value === undefined || value === null || value === false || value === "") return [];
  if (value === true) return [name];
  if (Array.isArray(value)) return [name, value.join(",")];
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([inner, set]) => [name, `${inner}=${String(set)}`]);
  }
  return [name, String(value)];
}

export function commandLine(command: string, fields: Fields): string {
  const { words, first = [] } = FORMS[command] ?? { words: command };
  const behind = first.flatMap((key) => [fields[key] ?? []].flat().map(String));
  const options = Object.entries(fields)
    .filter(([key]) => !first.includes(key))
    .flatMap(([key, value]) => optionsOf(key, value));
  return ["redline", words, ...[...behind, ...options].map(shellWord)].join(" ");
}
