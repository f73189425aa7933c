import { choice, date, flag, list, number, text } from "../lib/state";

/** What lies across the plot of the front. */
export const ACROSS = ["cost", "power", "hour", "tpp"] as const;
export type Across = (typeof ACROSS)[number];

const VIEWS = ["chart", "table"] as const;

/** By default the question that October 2023 put to the maker of the H100. */
export const designSchema = {
  from: text("gh100"),
  rule: text("us-2023-10"),
  to: text("CN"),
  hq: text(),
  "as-of": date("2023-10-17"),
  objective: choice(["decode", "prefill", "train"], "decode"),
  per: choice(["chip", "dollar", "watt"], "chip"),
  model: text(),
  mode: choice(["cut-down", "new", "both"], "cut-down"),
  markets: choice(["any", "data-center", "workstation"], "any"),
  "max-watts": number(0, { min: 0, max: 1e5 }),
  exceptions: flag(),
  caps: flag(true),
  "slow-memory": flag(true),
  limits: list(),
  x: choice(ACROSS, "cost"),
  front: choice(VIEWS, "chart"),
  parts: choice(VIEWS, "chart"),
  margins: choice(VIEWS, "chart"),
  prices: choice(VIEWS, "chart"),
};
