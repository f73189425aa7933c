import { choice, flag, number, text } from "../lib/state";
import { MEASURES, QUARTERLY } from "./exposure-data";

const VIEWS = ["chart", "table"] as const;
const shown = () => choice(VIEWS, "chart");

/** Scenarios that come with the data; a name of the reader's own data may stand in the URL too. */
export const SCENARIOS = ["april-2025", "october-2023"] as const;
export const DEFAULT_SAMPLES = 131072;
export const SAMPLES = [4096, 16384, DEFAULT_SAMPLES, 1048576];
/** How the worlds are drawn. */
export const DESIGNS = ["sobol", "latin", "random"] as const;

export const exposureSchema = {
  scenario: text("april-2025"),
  samples: number(DEFAULT_SAMPLES, { min: 1, max: 1e8 }),
  seed: number(1, { min: 0, max: 2 ** 53 - 1 }),
  design: choice(DESIGNS, "sobol"),
  backtest: flag(true),
  /** The path that is looked at; none is the best one. */
  path: text(),
  measure: choice(MEASURES, "net"),
  quarterly: choice(QUARTERLY, "gross_profit"),
  map: number(1, { min: 1, max: 20 }),
  paths: shown(),
  quarters: shown(),
  moves: shown(),
  shares: shown(),
  worth: shown(),
  events: shown(),
  beliefs: shown(),
  came: shown(),
  scores: shown(),
};
