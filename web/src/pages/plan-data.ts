// Plans of a training step: the answer of `redline search plan train`, its form and its tables.
import { num, percent, say } from "../lib/i18n.svelte";
import { objectiveName, objectiveWords, type Objectives } from "../lib/objectives";
import { bytes, costWords, interval80, partWord, seconds, three } from "../lib/performance";
import type { Column } from "../lib/table";
import type { Sensitivity } from "../lib/vary";

export interface TrainPlan {
  number: number;
  model: string;
  chip: string;
  system: string | null;
  engine: string;
  chips: number;
  plan: {
    tp: number;
    pp: number;
    dp: number;
    ep: number;
    cp: number;
    vp: number;
    schedule: string;
    microbatch: number;
    microbatches: number;
    batch: number;
    seq: number;
    zero: number;
    recompute: string;
    sequence_parallel: boolean;
  };
  time_s: number;
  interval_s: [number, number];
  evidence: string | null;
  bound: string | null;
  breakdown: Record<string, number>;
  mfu: number | null;
  tokens_per_s_per_chip: number | null;
  cost_usd_per_million_tokens: number | null;
  energy_j_per_token: number | null;
  memory_bytes_per_chip: number;
  memory: Record<string, number>;
  capacity_bytes: number | null;
  token_budget?: number;
  chip_hours?: number;
  cost_usd?: number | null;
  assumptions: string[];
  variant: string | null;
  objectives: Objectives;
}

export interface TrainSearch {
  /** null: stopped before it was known. */
  feasible: boolean | null;
  optimal: boolean;
  gap_percent: number | null;
  best: TrainPlan | null;
  next_best?: TrainPlan[];
  pareto?: TrainPlan[];
  sensitivity?: Sensitivity[];
  binding?: string;
  least_memory_bytes?: number;
  capacity_bytes?: number;
  fits_with_chips?: number | null;
}

/** In the words of the options: "tp 4, pp 2, dp 8, …". */
export function trainWords({ plan, variant }: TrainPlan): string {
  const { tp, pp, dp, cp, ep, vp, schedule, microbatch, zero, recompute } = plan;
  return [
    `tp ${tp}`,
    `pp ${pp}`,
    `dp ${dp}`,
    ...(cp > 1 ? [`cp ${cp}`] : []),
    ...(ep > 1 ? [`ep ${ep}`] : []),
    ...(pp > 1 ? [vp > 1 ? `${schedule} ${vp}` : schedule] : []),
    `microbatch ${microbatch}`,
    `zero ${zero}`,
    `recompute ${recompute}`,
    ...(variant ? [variant] : []),
  ].join(", ");
}

/** Each plan once, the best first. */
export function plansOf({ best, next_best = [], pareto = [] }: TrainSearch): TrainPlan[] {
  const all = [...(best ? [best] : []), ...next_best, ...pareto];
  return [...new Map(all.map((plan) => [plan.number, plan])).values()];
}

const share = (value: number | null, of: number) =>
  value === null ? "" : percent((100 * value) / of);

/** The greatest part of the step: its word and share. */
export function greatest({ breakdown, time_s }: TrainPlan): { part: string; share: string } {
  const [key = "", value = 0] = Object.entries(breakdown).sort(([, a], [, b]) => b - a)[0] ?? [];
  return { part: partWord(key), share: share(value, time_s) };
}

/** How far a plan is behind the best, in the objective that is made least. */
export function behind(plan: TrainPlan, best: TrainPlan): number | null {
  const [key] = Object.keys(best.objectives);
  const [own, least] = [plan.objectives[key ?? ""], best.objectives[key ?? ""]];
  return own == null || !least ? null : 100 * (own / least - 1);
}

export function trainColumns(best: TrainPlan, keys: readonly string[]): Column<TrainPlan>[] {
  const extra = keys.filter((key) => !["time_s", "chips", "memory_bytes"].includes(key));
  return [
    { key: "plan", title: say("Plan"), wide: true, value: trainWords },
    {
      key: "behind_percent",
      title: say("Behind the best"),
      numeric: true,
      value: (plan) => behind(plan, best),
      show: (plan) => percent(behind(plan, best) ?? 0, { sign: true }),
    },
    { key: "chips", title: say("Number of chips"), numeric: true, value: ({ chips }) => chips },
    {
      key: "step_time_s",
      title: say("Step"),
      unit: "s",
      numeric: true,
      value: ({ time_s }) => time_s,
      show: ({ time_s }) => num(time_s, { digits: 4 }),
    },
    {
      key: "step_p10_s",
      title: "p10",
      unit: "s",
      numeric: true,
      value: ({ interval_s }) => interval_s[0],
      show: ({ interval_s }) => three(interval_s[0]),
    },
    {
      key: "step_p90_s",
      title: "p90",
      unit: "s",
      numeric: true,
      value: ({ interval_s }) => interval_s[1],
      show: ({ interval_s }) => three(interval_s[1]),
    },
    {
      key: "mfu_percent",
      title: "MFU",
      unit: "%",
      numeric: true,
      value: ({ mfu }) => (mfu === null ? null : 100 * mfu),
      show: ({ mfu }) => three(100 * (mfu ?? 0)),
    },
    {
      key: "memory_bytes_per_chip",
      title: say("Memory of a chip"),
      numeric: true,
      value: (plan) => plan.memory_bytes_per_chip,
      show: (plan) => bytes(plan.memory_bytes_per_chip),
    },
    {
      key: "cost_usd_per_million_tokens",
      title: say("A million tokens"),
      unit: "USD",
      numeric: true,
      value: (plan) => plan.cost_usd_per_million_tokens,
      show: (plan) => three(plan.cost_usd_per_million_tokens ?? 0),
    },
    ...extra.map((key): Column<TrainPlan> => ({
      key,
      title: objectiveName(key, best.token_budget !== undefined),
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

export interface PartRow {
  plan: string;
  part: string;
  value: number;
  share: number;
}

export function partRows(
  plans: readonly TrainPlan[],
  of: (plan: TrainPlan) => Record<string, number>,
): PartRow[] {
  return plans.flatMap((plan) => {
    const parts = Object.entries(of(plan)).filter(([, value]) => value > 0);
    const whole = parts.reduce((sum, [, value]) => sum + value, 0);
    return parts.map(([part, value]) => ({
      plan: trainWords(plan),
      part,
      value,
      share: (100 * value) / whole,
    }));
  });
}

export function partColumns(what: "bytes" | "s"): Column<PartRow>[] {
  return [
    { key: "plan", title: say("Plan"), wide: true, value: ({ plan }) => plan },
    {
      key: "part",
      title: say("Part"),
      value: ({ part }) => part,
      show: ({ part }) => partWord(part),
    },
    {
      key: what === "bytes" ? "bytes" : "time_s",
      title: what === "bytes" ? say("Memory") : say("Time"),
      numeric: true,
      value: ({ value }) => value,
      show: ({ value }) => (what === "bytes" ? bytes(value) : seconds(value)),
    },
    {
      key: "share_percent",
      title: say("Share"),
      numeric: true,
      value: (row) => row.share,
      show: (row) => percent(row.share),
    },
  ];
}

export function trainFigures(plan: TrainPlan) {
  const capacity = plan.capacity_bytes;
  return [
    {
      label: say("Step of {count} sequences", { count: num(plan.plan.batch) }),
      value: seconds(plan.time_s),
      note: interval80(plan.interval_s, seconds),
    },
    ...(plan.token_budget !== undefined
      ? [
          {
            label: say("All {count} tokens", { count: num(plan.token_budget, { digits: 4 }) }),
            value: costWords(plan.cost_usd ?? null),
            note: say("{hours} chip-hours", { hours: three(plan.chip_hours ?? 0) }),
          },
        ]
      : []),
    {
      label: say("A million tokens"),
      value: costWords(plan.cost_usd_per_million_tokens),
      note:
        plan.cost_usd_per_million_tokens === null
          ? say("no rent or price of this chip is known")
          : "",
    },
    {
      label: say("Model FLOPS utilisation, MFU"),
      value: plan.mfu === null ? "?" : percent(100 * plan.mfu),
    },
    {
      label: say("Memory of each chip"),
      value: bytes(plan.memory_bytes_per_chip),
      note: capacity ? say("of {capacity}", { capacity: bytes(capacity) }) : "",
    },
    {
      label: say("Tokens a second on each chip"),
      value: plan.tokens_per_s_per_chip === null ? "?" : three(plan.tokens_per_s_per_chip),
    },
    {
      label: say("Energy of a token"),
      value: plan.energy_j_per_token === null ? "?" : `${three(plan.energy_j_per_token)} J`,
    },
  ];
}
