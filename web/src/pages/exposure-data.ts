// The answers of `exposure`, as far as the page reads them.

export interface Distribution {
  mean: number;
  mean_error: number;
  deviation: number;
  p5: number;
  p25: number;
  p50: number;
  p75: number;
  p95: number;
  p5_error: number;
  p95_error: number;
  least: number;
  most: number;
}

export const MEASURES = ["net", "revenue", "charge", "gross_profit", "cash", "released"] as const;
export type Measure = (typeof MEASURES)[number];
/** What is booked by quarter; tax, and with it the net, is reckoned over all of them. */
export const QUARTERLY = ["revenue", "charge", "gross_profit", "cash"] as const;
export type Quarterly = (typeof QUARTERLY)[number];

export type Quarter = { quarter: string; ends: string } & Record<`${Quarterly}_usd`, Distribution>;

/** Worlds in which an event comes by the end of the quarters, or does not; the root is all worlds. */
export interface Branch {
  event: string | null;
  comes: boolean | null;
  share: number;
  net_usd: Pick<Distribution, "mean" | "p5" | "p95">;
  branches: Branch[];
}

export type Path = {
  option: string;
  title: string;
  lines: string[];
  share_of_worlds_best: number;
  quarters: Quarter[];
  answers: Record<string, Distribution>;
  tree?: Branch | null;
} & Record<`${Measure}_usd`, Distribution>;

export interface Share {
  value: number;
  low: number;
  high: number;
}

export interface Sensitivity {
  input: string;
  what?: string;
  options: Record<
    string,
    {
      net_usd_at_p5: number | null;
      net_usd_at_p95: number | null;
      first: Share | null;
      total: Share | null;
    }
  >;
}

export interface Event {
  id: string;
  what: string;
  actor: string | null;
  odds: string;
  after: string[];
  unless: string[];
  sources: string[];
  probability_by_end: number;
  days_p5: number | null;
  days_p50: number | null;
  days_p95: number | null;
}

export interface Quantity {
  id: string;
  what: string;
  understood: string;
  unit: string | null;
  reading: string | null;
  origin: string;
  date: string | null;
  sources: string[];
  note: string | null;
}

export interface Scored {
  score: number | null;
  probability: number | null;
  p5: number | null;
  p50: number | null;
  p95: number | null;
  covered: boolean | null;
}

export interface ScoredQuestion {
  id: string;
  what: string;
  cluster: string;
  kind: string;
  unit: string | null;
  scale: number;
  came: number[];
  resolved_on: string | null;
  forecast: Scored;
  naive: Scored | null;
  naive_from: string | null;
  sell_side: Scored | null;
  sell_side_from: string | null;
  sources: string[];
  note: string | null;
}

export interface Cluster {
  cluster: string;
  questions: number;
  brier: number | null;
  naive_brier: number | null;
  crps: number | null;
  naive_crps: number | null;
}

export interface Backtest {
  option: string;
  brier: number | null;
  naive_brier: number | null;
  crps: number | null;
  naive_crps: number | null;
  covered: number;
  numbers: number;
  naive_covered: number;
  naive_numbers: number;
  clusters: Cluster[];
  questions: ScoredQuestion[];
}

export type BeliefCell = Record<string, string | number> & { best: string; net_usd: number };

export interface Exposure {
  scenario: string;
  title: string;
  as_of: string;
  firm: string;
  samples: number;
  finished: boolean;
  best: string;
  options: Path[];
  answers: Record<
    string,
    { what: string; unit: string | null; formula: string; value: Distribution | null }
  >;
  perfect_information_usd: { value: number; error: number } | null;
  information: { input: string; what: string; value_usd: number; error_usd: number }[];
  sensitivity: Sensitivity[];
  beliefs: BeliefCell[][];
  worlds_without_a_value: number;
  quantities: Quantity[];
  events: Event[];
  backtest: Backtest | null;
}

/** Paths by the mean of a measure; of a charge the least is the best. */
export function ranked(answer: Exposure, measure: Measure): Path[] {
  const sign = measure === "charge" ? 1 : -1;
  return [...answer.options].sort(
    (a, b) => sign * (a[`${measure}_usd`].mean - b[`${measure}_usd`].mean),
  );
}

/** Inputs and events by what they are, where that is known. */
export function namesOf(answer: Exposure): Map<string, string> {
  const named = [...answer.quantities, ...answer.events].map(({ id, what }) => [id, what] as const);
  return new Map([
    ...named,
    ...answer.information.map(({ input, what }) => [input, what] as const),
  ]);
}

export interface TornadoRow {
  input: string;
  what: string;
  low: number;
  high: number;
  first: Share | null;
  total: Share | null;
}

/** What moves the net of a path, the largest first. */
export function tornadoOf(answer: Exposure, option: string): TornadoRow[] {
  const names = namesOf(answer);
  const rows = answer.sensitivity.flatMap(({ input, options }) => {
    const one = options[option];
    if (!one || one.net_usd_at_p5 === null || one.net_usd_at_p95 === null) return [];
    return [
      {
        input,
        what: names.get(input) ?? input,
        low: one.net_usd_at_p5,
        high: one.net_usd_at_p95,
        first: one.first,
        total: one.total,
      },
    ];
  });
  return rows.sort((a, b) => Math.abs(b.high - b.low) - Math.abs(a.high - a.low));
}

/** Shares of the variance, the largest first. */
export function sharesOf(answer: Exposure, option: string): TornadoRow[] {
  const names = namesOf(answer);
  const rows = answer.sensitivity.flatMap(({ input, options }) => {
    const one = options[option];
    if (!one?.total) return [];
    return [
      {
        input,
        what: names.get(input) ?? input,
        low: one.net_usd_at_p5 ?? NaN,
        high: one.net_usd_at_p95 ?? NaN,
        first: one.first,
        total: one.total,
      },
    ];
  });
  return rows.sort((a, b) => (b.total?.value ?? 0) - (a.total?.value ?? 0));
}

const DAY_MS = 86_400_000;

export function dayAfter(asOf: string, days: number): string {
  return new Date(Date.parse(`${asOf}T00:00:00Z`) + Math.round(days) * DAY_MS)
    .toISOString()
    .slice(0, 10);
}

/** When an event comes, if it comes: on its fixed day, or at a share of the worlds in which it does. */
export function dayOf(
  answer: Exposure,
  event: Event,
  key: "days_p5" | "days_p50" | "days_p95",
): string | null {
  const [, fixed] = /^on (\d{4}-\d{2}-\d{2})$/.exec(event.odds) ?? [];
  const days = event[key];
  return fixed ?? (days === null ? null : dayAfter(answer.as_of, days));
}

/** The two beliefs that a map varies: down and across. */
export function axesOf(cells: readonly BeliefCell[]): [string, string] {
  const [down = "", across = ""] = Object.keys(cells[0] ?? {}).filter(
    (key) => key !== "best" && key !== "net_usd",
  );
  return [down, across];
}

export const sourcesOf = (answer: Exposure) =>
  [
    ...new Set(
      [...answer.quantities, ...answer.events, ...(answer.backtest?.questions ?? [])].flatMap(
        ({ sources }) => sources,
      ),
    ),
  ].sort();
