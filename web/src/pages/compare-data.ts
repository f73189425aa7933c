// How many of one chip do the work of another: the answer of `redline compare`, and its measures.
import { num, say, tell, usd } from "../lib/i18n.svelte";
import { evidenceWord, partWord, rangeWords, three } from "../lib/performance";
import { link } from "../lib/router.svelte";
import type { Column } from "../lib/table";

type Range = readonly [number, number];

export interface Use {
  use: string;
  chip: string;
  /** Why nothing is known; then all else is. */
  reason: string | null;
  tokens_per_s_per_chip: number | null;
  interval_tokens_per_s_per_chip?: Range;
  bound?: string;
  evidence?: string;
  cost_usd_per_million_tokens?: number | null;
  chips?: number;
  tp?: number;
  pp?: number;
  dp?: number;
  ep?: number;
  batch?: number;
  worth_of_first?: number | null;
  interval_worth?: Range | null;
  equals_100_of_first?: number | null;
}

export interface Comparison {
  model: string;
  first: string;
  uses: Use[];
}

export const MEASURES = ["tokens", "equal", "cost"] as const;
export type Measure = (typeof MEASURES)[number];

export interface Measured {
  value: number | null;
  range: Range | null;
}

/** The reference is as good as itself: that has no interval. */
const wide = (range: Range | null | undefined): Range | null =>
  range && range[0] !== range[1] ? range : null;

export function measured(use: Use, measure: Measure): Measured {
  switch (measure) {
    case "tokens":
      return { value: use.tokens_per_s_per_chip, range: wide(use.interval_tokens_per_s_per_chip) };
    case "equal": {
      const worth = wide(use.interval_worth);
      return {
        value: use.equals_100_of_first ?? null,
        range: worth && [100 / worth[1], 100 / worth[0]],
      };
    }
    case "cost":
      return { value: use.cost_usd_per_million_tokens ?? null, range: null };
  }
}

export function measureName(measure: Measure, first: string): string {
  switch (measure) {
    case "tokens":
      return say("Tokens a second on one chip (tokens/s)");
    case "equal":
      return say("As good as 100 of {chip} (chips)", { chip: first });
    case "cost":
      return say("Cost of a million tokens (USD)");
  }
}

/** The same, short enough for a narrow axis. */
export function measureUnit(measure: Measure): string {
  switch (measure) {
    case "tokens":
      return say("tokens/s");
    case "equal":
      return say("Number of chips");
    case "cost":
      return "USD";
  }
}

export const shownMeasure = (value: number, measure: Measure) =>
  measure === "cost" ? usd(value) : three(value);

export function useWord(use: string): string {
  switch (use) {
    case "train":
      return say("Training");
    case "prefill":
      return say("Prefill (prompts)");
    case "decode":
      return say("Decode (answers)");
    default:
      return use;
  }
}

export function planWords(use: Use): string {
  const parts = (["tp", "pp", "dp", "ep", "batch"] as const).flatMap((key) =>
    use[key] === undefined ? [] : [`${key} ${num(use[key])}`],
  );
  return parts.join(", ");
}

/** "24 h200-sxm (18 – 31)", or that it is not known. */
export function equalWords(use: Use): string {
  const { value, range } = measured(use, "equal");
  if (value === null) return say("? {chip}: not known", { chip: use.chip });
  const count = `${three(value)} ${use.chip}`;
  return range ? `${count} (${rangeWords(range[0], range[1], three)})` : count;
}

/** Uses in the order of the answer, each with its chips. */
export function byUse(uses: readonly Use[]): { use: string; rows: Use[] }[] {
  const names = [...new Set(uses.map(({ use }) => use))];
  return names.map((use) => ({ use, rows: uses.filter((one) => one.use === use) }));
}

export function columns(first: string): Column<Use>[] {
  const of = (measure: Measure, end: 0 | 1) => (use: Use) =>
    measured(use, measure).range?.[end] ?? null;
  // In the table the reference has its interval too: it is exactly as good as itself.
  const equal = (end: 0 | 1) => (use: Use) => {
    const worth = use.interval_worth?.[1 - end];
    return worth ? 100 / worth : null;
  };
  const digits = (key: keyof Use) => (use: Use) => three(use[key] as number);
  return [
    { key: "use", title: say("Use"), value: ({ use }) => use, show: ({ use }) => useWord(use) },
    {
      key: "chip",
      title: say("Chip"),
      tight: true,
      value: ({ chip }) => chip,
      href: ({ chip }) => link(`/chip/${encodeURIComponent(chip)}`),
    },
    {
      key: "tokens_per_s_per_chip",
      title: say("Tokens/s of one chip"),
      numeric: true,
      value: (use) => use.tokens_per_s_per_chip,
      show: digits("tokens_per_s_per_chip"),
    },
    {
      key: "tokens_per_s_p10",
      title: "p10",
      numeric: true,
      value: of("tokens", 0),
      show: (use) => three(of("tokens", 0)(use) ?? 0),
    },
    {
      key: "tokens_per_s_p90",
      title: "p90",
      numeric: true,
      value: of("tokens", 1),
      show: (use) => three(of("tokens", 1)(use) ?? 0),
    },
    {
      key: "equals_100_of_first",
      title: say("For 100 of {chip}", { chip: first }),
      numeric: true,
      value: (use) => use.equals_100_of_first ?? null,
      show: digits("equals_100_of_first"),
    },
    {
      key: "equals_p10",
      title: say("at least"),
      numeric: true,
      value: equal(0),
      show: (use) => three(equal(0)(use) ?? 0),
    },
    {
      key: "equals_p90",
      title: say("at most"),
      numeric: true,
      value: equal(1),
      show: (use) => three(equal(1)(use) ?? 0),
    },
    {
      key: "cost_usd_per_million_tokens",
      title: say("A million tokens"),
      unit: "USD",
      numeric: true,
      value: (use) => use.cost_usd_per_million_tokens ?? null,
      show: (use) => three(use.cost_usd_per_million_tokens ?? 0),
    },
    {
      key: "bound",
      title: say("Bound by"),
      value: (use) => use.bound ?? null,
      show: (use) => partWord(use.bound ?? ""),
    },
    { key: "plan", title: say("Plan"), tight: true, value: (use) => planWords(use) || null },
    {
      key: "evidence",
      tight: true,
      title: say("Rests on"),
      value: (use) => use.evidence ?? null,
      show: (use) => evidenceWord(use.evidence),
    },
    {
      key: "reason",
      tight: true,
      title: say("Why not known"),
      value: (use) => use.reason ?? "",
      show: (use) => (use.reason ? tell(use.reason) : ""),
    },
  ];
}
