// Light, dark, or as the system says. It is a matter of the reader's screen, so it is kept in the
// browser and not in the URL.
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "redline-theme";

function kept(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

const state = $state({ theme: kept(), changes: 0 });

function show(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  state.changes += 1;
}

export const theme = () => state.theme;

/** Grows with each change of colours, whoever made it: charts are drawn again. */
export const colourChanges = () => state.changes;

export function chooseTheme(wanted: Theme): void {
  state.theme = wanted;
  show(wanted);
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // It then holds for this visit.
  }
}

export function startTheme(): void {
  show(state.theme);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (state.changes += 1));
}
