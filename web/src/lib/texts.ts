// Texts and their translations: the catalogue of the command line, flat, from English.

export type Catalogue = Readonly<Record<string, string>>;
export type Arguments = Record<string, string | number>;

export function fill(text: string, values: Arguments): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

interface Template {
  pattern: RegExp;
  names: string[];
  translation: string;
  literal: number;
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function templateOf(text: string, translation: string): Template {
  const names: string[] = [];
  const parts = text.split(/\{(\w+)\}/);
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return escape(part);
    names.push(part);
    return "(.+?)";
  });
  const literal = parts.filter((_, index) => index % 2 === 0).join("").length;
  return { pattern: new RegExp(`^${source.join("")}$`, "s"), names, translation, literal };
}

/**
 * Answers are in English, filled in already: "destination CN, as none was given". They are found
 * again among the texts with placeholders, the most literal one first.
 */
export class Translator {
  readonly #catalogue: Catalogue;
  #templates: Template[] | null = null;
  readonly #found = new Map<string, string>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  exact(text: string): string | undefined {
    return this.#catalogue[text];
  }

  ofAnswer(text: string): string {
    const known = this.exact(text) ?? this.#found.get(text);
    if (known !== undefined) return known;
    const translated = this.#byTemplate(text) ?? text;
    this.#found.set(text, translated);
    return translated;
  }

  #byTemplate(text: string): string | undefined {
    // A text that is little more than placeholders would match anything.
    const enough = 8;
    this.#templates ??= Object.entries(this.#catalogue)
      .filter(([key]) => /\{\w+\}/.test(key))
      .map(([key, translation]) => templateOf(key, translation))
      .filter((template) => template.literal >= enough)
      .sort((a, b) => b.literal - a.literal);
    for (const { pattern, names, translation } of this.#templates) {
      const match = pattern.exec(text);
      if (!match) continue;
      const values = names.map((name, index) => {
        const value = match[index + 1] ?? "";
        return [name, this.exact(value) ?? value] as const;
      });
      return fill(translation, Object.fromEntries(values));
    }
    return undefined;
  }
}
