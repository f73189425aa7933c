// The language of the page. English texts are the keys; the translations come from the program's
// catalogue and from the pages' own, and are asked for only where they are needed.
import { fetchJson } from "./api";
import * as format from "./format";
import { languageOfUrl } from "./router.svelte";
import { fill, Translator, type Arguments, type Catalogue } from "./texts";

export const LANGUAGES = ["en", "zh-Hans", "zh-Hant"] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: "English",
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
};

const OWN_TEXTS: Record<Exclude<Language, "en">, () => Promise<{ default: Catalogue }>> = {
  "zh-Hans": () => import("../../i18n/zh-Hans.json"),
  "zh-Hant": () => import("../../i18n/zh-Hant.json"),
};

function ofBrowser(): Language {
  for (const wanted of navigator.languages) {
    const { language, script } = new Intl.Locale(wanted).maximize();
    if (language === "en") return "en";
    if (language === "zh") return script === "Hant" ? "zh-Hant" : "zh-Hans";
  }
  return "en";
}

/** The language that the URL asks for, else the browser's. */
export function wantedLanguage(): Language {
  const named = languageOfUrl();
  return LANGUAGES.find((known) => known === named) ?? ofBrowser();
}

let shown = $state.raw<{ language: Language; translator: Translator }>({
  language: "en",
  translator: new Translator({}),
});

export const language = () => shown.language;

export async function loadLanguage(wanted: Language): Promise<void> {
  if (wanted === "en") {
    shown = { language: "en", translator: new Translator({}) };
    return;
  }
  // Without the program's catalogue the pages can still speak for themselves.
  const [ofProgram, own] = await Promise.all([
    fetchJson<Catalogue>(`/v1/texts/${wanted}`).catch(() => ({})),
    OWN_TEXTS[wanted](),
  ]);
  if (wanted !== wantedLanguage()) return;
  shown = { language: wanted, translator: new Translator({ ...ofProgram, ...own.default }) };
}

/** A text of the pages: `say("{count} chips", { count })`. Its first argument is written in place. */
export function say(text: string, values: Arguments = {}): string {
  return fill(shown.translator.exact(text) ?? text, values);
}

/** A text that came with an answer: English where the catalogue does not have it. */
export const tell = (text: string) => shown.translator.ofAnswer(text);

export const num = (value: number, style?: format.NumberStyle) =>
  format.formatNumber(shown.language, value, style);
export const percent = (value: number, style?: format.NumberStyle) =>
  format.formatPercent(shown.language, value, style);
export const day = (iso: string) => format.formatDate(shown.language, iso);
export const usd = (value: number, digits?: number) =>
  format.formatMoney(shown.language, value, digits);
export const quantity = (value: number, unit: string, digits?: number) =>
  format.formatQuantity(shown.language, value, unit, digits);
export const unit = format.formatUnit;
