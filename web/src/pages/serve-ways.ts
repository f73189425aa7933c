// Ways to serve a model within limits: the answer of the search, its words and tables.
import { percent, say } from "../lib/i18n.svelte";
import { objectiveName, objectiveWords, type Objectives } from "../lib/objectives";
import { bytes, costWords, interval80, partWord, seconds, three } from "../lib/performance";
import type { Column } from "../lib/table";
import type { Sensitivity } from "../lib/vary";

type Range = [number, number];

interface Pool {
  chip: string;
  system: string | null;
  weights: string;
  cache: string;
  tp: number;
  pp: number;
  dp: number;
  ep: number;
  batch: number;
  instances: number;
  chips: number;
}

export interface Way {
  number: number;
  objectives: Objectives;
  decode: Pool;
  chunk: number | null;
  prefill: Pool | null;
  chips: number;
  ttft_s: number;
  tpot_s: number;
  interval_tpot_s: Range;
  tokens_per_s: number;
  requests_per_s: number;
  tokens_per_s_per_chip: number;
  cost_usd_per_million_tokens: number | null;
  energy_j_per_token: number | null;
  mfu: number | null;
  memory_bytes_per_chip: number;
  bound: string | null;
  evidence: string | null;
  /** The command that works out the same step. */
  estimate: string;
}

export interface ServeSearch {
  feasible: boolean | null;
  optimal: boolean;
  gap_percent: number | null;
  best: Way | null;
  next_best?: Way[];
  pareto?: Way[];
  sensitivity?: Sensitivity[];
  binding?: string;
  least_ttft_s?: number | null;
  least_tpot_s?: number | null;
  least_memory_bytes?: number;
  capacity_bytes?: number;
  fits_with_tp?: number | null;
  fits_with_chips?: number | null;
}

const poolWords = ({ tp, pp, dp, ep, batch }: Pool) =>
  [
    `tp ${tp}`,
    ...(pp > 1 ? [`pp ${pp}`] : []),
    ...(dp > 1 ? [`dp ${dp}`] : []),
    ...(ep > 1 ? [`ep ${ep}`] : []),
    `batch ${batch}`,
  ].join(", ");

export function wayWords({ decode, chunk, prefill }: Way): string {
  const { weights, cache } = decode;
  const plan = poolWords(decode);
  if (prefill) {
    return say("{plan}, {weights} with {cache} cache; prompts on {chip}: {other}", {
      plan,
      weights,
      cache,
      chip: prefill.chip,
      other: poolWords(prefill),
    });
  }
  return chunk === null
    ? say("{plan}, {weights} with {cache} cache, whole prompts beside", { plan, weights, cache })
    : say("{plan}, {weights} with {cache} cache, chunks of {chunk} tokens", {
        plan,
        weights,
        cache,
        chunk,
      });
}

/** How far a way is behind the best, in the first objective. */
export function wayBehind(way: Way, best: Way): number | null {
  const key = Object.keys(best.objectives)[0] ?? "";
  const [own, least] = [way.objectives[key], best.objectives[key]];
  return own == null || !least ? null : 100 * (own / least - 1);
}

export const waysOf = ({ best, next_best = [], pareto = [] }: ServeSearch): Way[] => [
  ...new Map(
    [...(best ? [best] : []), ...next_best, ...pareto].map((way) => [way.number, way]),
  ).values(),
];

export function wayColumns(best: Way, keys: readonly string[]): Column<Way>[] {
  const extra = keys.filter(
    (key) => !["ttft_s", "tpot_s", "memory_bytes", "cost_usd_per_million_tokens"].includes(key),
  );
  return [
    { key: "way", title: say("Way"), wide: true, value: wayWords },
    {
      key: "behind_percent",
      title: say("Behind the best"),
      numeric: true,
      value: (way) => wayBehind(way, best),
      show: (way) => percent(wayBehind(way, best) ?? 0, { sign: true }),
    },
    {
      key: "ttft_s",
      title: "TTFT",
      numeric: true,
      value: (way) => way.ttft_s,
      show: (way) => seconds(way.ttft_s),
    },
    {
      key: "tpot_s",
      title: "TPOT",
      numeric: true,
      value: (way) => way.tpot_s,
      show: (way) => seconds(way.tpot_s),
    },
    {
      key: "tpot_p10_s",
      title: "p10",
      numeric: true,
      value: (way) => way.interval_tpot_s[0],
      show: (way) => seconds(way.interval_tpot_s[0]),
    },
    {
      key: "tpot_p90_s",
      title: "p90",
      numeric: true,
      value: (way) => way.interval_tpot_s[1],
      show: (way) => seconds(way.interval_tpot_s[1]),
    },
    {
      key: "tokens_per_s_per_chip",
      title: say("Tokens/s of one chip"),
      numeric: true,
      value: (way) => way.tokens_per_s_per_chip,
      show: (way) => three(way.tokens_per_s_per_chip),
    },
    {
      key: "cost_usd_per_million_tokens",
      title: say("A million tokens"),
      unit: "USD",
      numeric: true,
      value: (way) => way.cost_usd_per_million_tokens,
      show: (way) => three(way.cost_usd_per_million_tokens ?? 0),
    },
    {
      key: "chips",
      title: say("Number of chips"),
      numeric: true,
      value: ({ chips }) => chips,
      show: ({ chips }) => three(chips),
    },
    {
      key: "memory_bytes_per_chip",
      title: say("Memory of a chip"),
      numeric: true,
      value: (way) => way.memory_bytes_per_chip,
      show: (way) => bytes(way.memory_bytes_per_chip),
    },
    ...extra.map((key): Column<Way> => ({
      key,
      title: objectiveName(key),
      numeric: true,
      value: ({ objectives }) => objectives[key] ?? null,
      show: ({ objectives }) => objectiveWords(key, objectives[key] ?? 0),
    })),
    {
      key: "bound",
      title: say("Bound by"),
      value: ({ bound }) => bound,
      show: ({ bound }) => partWord(bound ?? ""),
    },
  ];
}

export function wayFigures(way: Way) {
  return [
    {
      label: say("A million tokens of answers"),
      value: costWords(way.cost_usd_per_million_tokens),
      note:
        way.cost_usd_per_million_tokens === null
          ? say("no rent or price of this chip is known")
          : "",
    },
    { label: say("Time to the first token, TTFT"), value: seconds(way.ttft_s) },
    {
      label: say("Time per output token, TPOT"),
      value: seconds(way.tpot_s),
      note: interval80(way.interval_tpot_s, seconds),
    },
    { label: say("Tokens a second on each chip"), value: three(way.tokens_per_s_per_chip) },
    {
      label: say("Number of chips"),
      value: three(way.chips),
      note: way.prefill
        ? say("{prompts} for prompts, {answers} for answers", {
            prompts: three(way.prefill.chips),
            answers: three(way.decode.chips),
          })
        : "",
    },
    { label: say("Requests a second"), value: three(way.requests_per_s) },
    { label: say("Memory of each chip"), value: bytes(way.memory_bytes_per_chip) },
    {
      label: say("Energy of a token"),
      value: way.energy_j_per_token === null ? "?" : `${three(way.energy_j_per_token)} J`,
    },
  ];
}

/** The way as a cluster to be simulated: keys of the form. */
export function clusterOf(way: Way): Record<string, string> {
  const { decode, prefill } = way;
  const whole = (instances: number) => String(Math.max(1, Math.round(instances)));
  const pool = {
    "prefill-chip": prefill?.chip ?? "",
    "prefill-replicas": prefill ? whole(prefill.instances) : "",
    "prefill-tp": prefill ? String(prefill.tp) : "",
    "prefill-pp": prefill ? String(prefill.pp) : "",
    "prefill-dp": prefill ? String(prefill.dp) : "",
    "prefill-ep": prefill ? String(prefill.ep) : "",
  };
  return {
    tp: String(decode.tp),
    pp: String(decode.pp),
    dp: String(decode.dp),
    ep: String(decode.ep),
    dtype: decode.weights,
    "kv-dtype": decode.cache,
    replicas: whole(decode.instances),
    ...pool,
  };
}
