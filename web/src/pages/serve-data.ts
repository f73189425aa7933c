// Answers of simulations: times by percentile, the cluster, capacity; their words and tables.
import { num, percent, say } from "../lib/i18n.svelte";
import { costWords, seconds, three } from "../lib/performance";
import type { Column } from "../lib/table";

export type Range = readonly [number, number];

export const PERCENTILES = ["mean", "p50", "p90", "p95", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];
export type Times = { [P in Percentile]: number | null } & {
  [P in `${Percentile}_interval`]: Range | null;
} & { max: number | null };

export type Quantity = "ttft_s" | "tpot_s" | "latency_s";

export interface Alone {
  ttft_s: Times;
  tpot_s: Times;
  latency_s: Times;
}

export interface ClusterPool {
  chip: string;
  replicas: number;
  tp: number;
  pp: number;
  dp: number;
  ep: number;
  utilisation: number | null;
  mean_batch: number | null;
  cache_share: number | null;
  cache_peak: number | null;
  preemptions: number;
}

export interface Moment {
  at_s: number;
  span_s: number;
  running: number;
  waiting: number;
  cache_share: number;
}

export interface Simulation extends Alone {
  feasible: boolean;
  /** Why not. */
  reason?: string;
  model: string;
  chips: number;
  answers: ClusterPool;
  prompts: ClusterPool | null;
  offered: number;
  finished: number;
  rejected: number;
  warmup_s: number;
  warmup_requests: number;
  window_s: number;
  measured: number;
  requests_per_s: number | null;
  output_tokens_per_s: number | null;
  tokens_per_s_per_chip: number | null;
  target: { ttft_s: number | null; tpot_s: number | null; latency_s: number | null };
  good_share: number | null;
  goodput_requests_per_s: number | null;
  cost_usd_per_million_tokens: number | null;
  energy_j_per_token: number | null;
  step_interval_factor: number | null;
  evidence: string | null;
  timeline: Moment[];
  assumptions: string[];
}

export interface Capacity {
  feasible: boolean;
  reason?: string;
  rate: number | null;
  rate_interval: Range | null;
  rates: number[];
  share: number;
  chips: number;
  rate_per_chip: number;
  at?: Simulation;
  alone?: Alone & { good_share: number };
}

export function quantityName(of: Quantity): string {
  switch (of) {
    case "ttft_s":
      return say("Time to the first token, TTFT (s)");
    case "tpot_s":
      return say("Time per output token, TPOT (ms)");
    case "latency_s":
      return say("Whole answer (s)");
  }
}

export function quantityShort(of: Quantity): string {
  switch (of) {
    case "ttft_s":
      return "TTFT";
    case "tpot_s":
      return "TPOT";
    case "latency_s":
      return say("Whole answer");
  }
}

/** In the unit of its axis. */
export const onAxisOf = (of: Quantity, value: number) => (of === "tpot_s" ? value * 1e3 : value);

export const percentileWord = (percentile: Percentile) =>
  percentile === "mean" ? say("mean") : percentile;

export interface TimeRow {
  quantity: Quantity;
  percentile: Percentile;
  value: number | null;
  range: Range | null;
}

export const QUANTITY_LIST: readonly Quantity[] = ["ttft_s", "tpot_s", "latency_s"];

export const timeRows = (of: Alone): TimeRow[] =>
  QUANTITY_LIST.flatMap((quantity) =>
    PERCENTILES.map((percentile) => ({
      quantity,
      percentile,
      value: of[quantity][percentile],
      range: of[quantity][`${percentile}_interval`],
    })),
  );

export function timeColumns(): Column<TimeRow>[] {
  return [
    {
      key: "quantity",
      title: say("Quantity"),
      value: ({ quantity }) => quantity,
      show: ({ quantity }) => quantityName(quantity),
    },
    {
      key: "percentile",
      title: say("Percentile"),
      value: ({ percentile }) => percentile,
      show: ({ percentile }) => percentileWord(percentile),
    },
    {
      key: "time_s",
      title: say("Time"),
      numeric: true,
      value: ({ value }) => value,
      show: ({ value }) => seconds(value ?? 0),
    },
    {
      key: "low_s",
      title: say("95 % interval from"),
      numeric: true,
      value: ({ range }) => range?.[0] ?? null,
      show: ({ range }) => seconds(range?.[0] ?? 0),
    },
    {
      key: "high_s",
      title: say("to"),
      numeric: true,
      value: ({ range }) => range?.[1] ?? null,
      show: ({ range }) => seconds(range?.[1] ?? 0),
    },
  ];
}

const time = (of: Times, percentile: Percentile) => {
  const value = of[percentile];
  return value === null ? "?" : seconds(value);
};
const range95 = (of: Times, percentile: Percentile) => {
  const range = of[`${percentile}_interval`];
  return range
    ? say("95 % interval {range}", { range: `${seconds(range[0])} – ${seconds(range[1])}` })
    : say("too few requests for an interval");
};

export function simulationFigures(of: Simulation) {
  return [
    { label: say("TTFT, median"), value: time(of.ttft_s, "p50"), note: range95(of.ttft_s, "p50") },
    {
      label: say("TTFT, 99 of 100 within"),
      value: time(of.ttft_s, "p99"),
      note: range95(of.ttft_s, "p99"),
    },
    { label: say("TPOT, median"), value: time(of.tpot_s, "p50"), note: range95(of.tpot_s, "p50") },
    {
      label: say("TPOT, 99 of 100 within"),
      value: time(of.tpot_s, "p99"),
      note: range95(of.tpot_s, "p99"),
    },
    ...(of.good_share === null
      ? []
      : [
          {
            label: say("Requests within the limits"),
            value: percent(100 * of.good_share),
            note: say("{rate} a second", { rate: three(of.goodput_requests_per_s ?? 0) }),
          },
        ]),
    {
      label: say("Requests done a second"),
      value: of.requests_per_s === null ? "?" : three(of.requests_per_s),
      note: say("{tokens} tokens of answers a second", {
        tokens: three(of.output_tokens_per_s ?? 0),
      }),
    },
    { label: say("A million tokens"), value: costWords(of.cost_usd_per_million_tokens) },
    {
      label: say("Energy of a token"),
      value: of.energy_j_per_token === null ? "?" : `${three(of.energy_j_per_token)} J`,
    },
  ];
}

export function poolLine(name: string, pool: ClusterPool): string {
  const share = (value: number | null) => (value === null ? "?" : percent(100 * value));
  return say(
    "{name}: {replicas} × {chip} (tp {tp}, pp {pp}, dp {dp}, ep {ep}); busy {busy} of the time, {batch} sequences in a step, cache {cache} full, at most {peak}",
    {
      name,
      replicas: num(pool.replicas),
      chip: pool.chip,
      tp: pool.tp,
      pp: pool.pp,
      dp: pool.dp,
      ep: pool.ep,
      busy: share(pool.utilisation),
      batch: pool.mean_batch === null ? "?" : three(pool.mean_batch),
      cache: share(pool.cache_share),
      peak: share(pool.cache_peak),
    },
  );
}

export function momentColumns(): Column<Moment>[] {
  return [
    { key: "at_s", title: say("From"), unit: "s", numeric: true, value: ({ at_s }) => at_s },
    { key: "span_s", title: say("Span"), unit: "s", numeric: true, value: ({ span_s }) => span_s },
    {
      key: "running",
      title: say("Requests running"),
      numeric: true,
      value: ({ running }) => running,
      show: ({ running }) => three(running),
    },
    {
      key: "waiting",
      title: say("Requests waiting"),
      numeric: true,
      value: ({ waiting }) => waiting,
      show: ({ waiting }) => three(waiting),
    },
    {
      key: "cache_percent",
      title: say("Cache in use"),
      unit: "%",
      numeric: true,
      value: (row) => 100 * row.cache_share,
      show: (row) => three(100 * row.cache_share),
    },
  ];
}
