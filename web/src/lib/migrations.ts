// Links outlive the pages that made them. Each step takes the keys of one version to those of the
// next; a link without `v` is of version 0.

export const VERSION = 1;

type Step = (params: URLSearchParams) => void;

function rename(params: URLSearchParams, from: string, to: string): void {
  if (!params.has(to)) for (const value of params.getAll(from)) params.append(to, value);
  params.delete(from);
}

const LANGUAGES_OF_0: Record<string, string> = {
  zh: "zh-Hans",
  "zh-CN": "zh-Hans",
  "zh-TW": "zh-Hant",
  "zh-HK": "zh-Hant",
};

// Version 1 calls things as the options of the command line do, and languages by script.
const from0: Step = (params) => {
  rename(params, "date", "as-of");
  rename(params, "dest", "to");
  rename(params, "owner", "hq");
  const language = params.get("lang");
  if (language !== null) params.set("lang", LANGUAGES_OF_0[language] ?? language);
};

const STEPS: readonly Step[] = [from0];

export function migrate(search: URLSearchParams): { params: URLSearchParams; newer: boolean } {
  const params = new URLSearchParams(search);
  const version = Number(params.get("v") ?? "0");
  if (!Number.isInteger(version) || version < 0 || version > VERSION) {
    return { params, newer: true };
  }
  for (const step of STEPS.slice(version)) step(params);
  params.set("v", String(VERSION));
  return { params, newer: false };
}
