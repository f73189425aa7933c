// Each text of the pages has its translations, and no translation is left over.
import { describe, expect, it } from "vitest";
import programHans from "../../../data/i18n/zh-Hans.json";
import programHant from "../../../data/i18n/zh-Hant.json";
import ownHans from "../../i18n/zh-Hans.json";
import ownHant from "../../i18n/zh-Hant.json";
import type { Catalogue } from "./texts";

const files = import.meta.glob<string>(["../**/*.svelte", "../**/*.ts", "!../**/*.test.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const source = Object.values(files).join("\n");
const texts = [...source.matchAll(/\bsay\(\s*"((?:[^"\\]|\\.)*)"/g)].map(
  (found) => JSON.parse(`"${found[1] ?? ""}"`) as string,
);
const used = new Set(texts);
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();

const languages: [string, Catalogue, Catalogue][] = [
  ["zh-Hans", programHans, ownHans],
  ["zh-Hant", programHant, ownHant],
];

it("finds the texts", () => {
  expect(used.size).toBeGreaterThan(100);
});

it("has each text written in place, so that it can be found", () => {
  const calls = [...source.matchAll(/(?<!function )\bsay\(\s*(.)/g)].filter(
    (found) => found[1] !== '"',
  );
  expect(calls.map((found) => source.slice(found.index, found.index + 60))).toEqual([]);
});

describe.each(languages)("the texts in %s", (_, program, own) => {
  it("are all translated", () => {
    expect([...used].filter((text) => !(text in program) && !(text in own))).toEqual([]);
  });
  // A word of the pages may mean something else than on the command line, and then differs.
  it("have no translation that is not used or is there already", () => {
    expect(
      Object.keys(own).filter((text) => !used.has(text) || own[text] === program[text]),
    ).toEqual([]);
  });
  it("keep their placeholders", () => {
    const changed = [...used].filter(
      (text) => placeholders(own[text] ?? program[text] ?? text) !== placeholders(text),
    );
    expect(changed).toEqual([]);
  });
});
