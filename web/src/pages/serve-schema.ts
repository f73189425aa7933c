// The state of the page that asks about serving: one schema for its three tabs.
import { choice, number, text } from "../lib/state";
import type { PageState } from "../lib/page-state.svelte";
import { TABS } from "./serve-forms";

const SHOWN = ["chart", "table"] as const;
export const QUANTITIES = ["ttft_s", "tpot_s", "latency_s"] as const;

export const serveSchema = {
  tab: choice(TABS, "plan"),
  model: text("llama-3.1-8b"),
  chip: text("h20-96gb"),
  system: text(),
  ttft: text("2s"),
  tpot: text("50ms"),
  latency: text(),
  prompt: text(),
  answer: text(),
  rate: text(),
  chips: text(),
  objective: text(),
  pareto: text("tpot"),
  prefill: text(),
  "prefill-chip": text(),
  "prefill-replicas": text(),
  "prefill-tp": text(),
  "prefill-pp": text(),
  "prefill-dp": text(),
  "prefill-ep": text(),
  tp: text(),
  pp: text(),
  dp: text(),
  ep: text(),
  batch: text(),
  chunk: text(),
  dtype: text(),
  "kv-dtype": text(),
  engine: text(),
  vary: text(),
  replicas: text(),
  router: text(),
  batching: text(),
  requests: text(),
  arrivals: text(),
  "gap-cv": text(),
  prefixes: text(),
  "prefix-tokens": text(),
  seed: text(),
  share: text(),
  runs: text(),
  rent: text(),
  price: text(),
  "usd-per-kwh": text(),
  pue: text(),
  /** Rates of the curve, with commas between. */
  rates: text(),
  of: choice(QUANTITIES, "ttft_s"),
  x: text(),
  y: text(),
  way: number(0, { min: 0 }),
  front: choice(SHOWN, "chart"),
  worth: choice(SHOWN, "chart"),
  percentiles: choice(SHOWN, "chart"),
  timeline: choice(SHOWN, "chart"),
  curve: choice(SHOWN, "chart"),
  found: choice(SHOWN, "chart"),
};

export type ServeState = PageState<typeof serveSchema>;
