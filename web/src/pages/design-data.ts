// The answers of `search-chip`, as far as the page reads them, and the limits that a reader moves.
import type { Outcome } from "../lib/outcomes";
import type { Test } from "../lib/verdict";

export interface Spread {
  low: number;
  value: number;
  high: number;
}

export interface Work {
  work: string;
  tokens_per_s: number;
  usd_per_million_tokens?: number | null;
}

export interface Part {
  die: string;
  node: string;
  dies: number;
  cores_on: number;
  cores_drawn: number;
  tpp: number;
  silicon_tpp: number;
  capped: boolean;
  pd: number | null;
  memory: string;
  memory_units: number;
  dram_gb_s: number;
  capacity_gb: number;
  link_gb_s: number;
  market: string;
  /** How many of the base part it stands for. */
  value: number;
  usd_per_hour: number;
  power_w: number;
  cost_usd: Spread;
  work: Work[];
  evasions: string[];
}

export interface Price {
  quantity: string;
  unit: string;
  limit: number;
  loosened_percent: number;
  /** null: nothing is legal even then. */
  gain_percent: number | null;
  best: Part | null;
}

export interface Limit {
  quantity: string;
  unit: string;
  at: number;
}

type SearchTest = Omit<Test, "met" | "unit"> & {
  value: number;
  met?: boolean | null;
  unit?: string;
};

export interface Reply {
  to: string;
  rules_as_of: string;
  facts_until: string;
  rules: string[];
  base: string | null;
  per: "chip" | "dollar" | "watt";
  /** Why the work cannot be worked out at all. */
  refused?: string;
  feasible?: boolean | null;
  optimal?: boolean;
  designs?: number;
  base_part?: {
    tpp: number;
    dram_gb_s: number;
    capacity_gb: number;
    cost_usd: Spread;
    power_w: number;
    work: Work[];
  };
  best?: Part[];
  verdict?: { outcome: Outcome; tests: SearchTest[] };
  binding?: string[];
  unlocked?: Part;
  because?: { outcome: Outcome; rule: string; paragraph: string };
  shadow_prices?: Price[];
  pareto?: Part[];
  robustness?: {
    draws: number;
    share_near_best: number;
    objective_low: number;
    objective_high: number;
  };
  assumptions?: string[];
  limits?: Limit[];
}

/** A limit that the reader has moved. */
export interface Move {
  quantity: string;
  at: number;
  to: number;
}

/** `tpp:4800=3000`, as on the command line: the limit of 4,800 stands at 3,000. */
export function readMove(text: string): Move | null {
  const [, quantity = "", at = "", to = ""] = /^([^:]+):([^=]+)=(.+)$/.exec(text) ?? [];
  const move = { quantity, at: Number(at), to: Number(to) };
  const isAmount = (value: number) => Number.isFinite(value) && value >= 0;
  return quantity && to.trim() && isAmount(move.at) && isAmount(move.to) ? move : null;
}

export const writeMove = ({ quantity, at, to }: Move) => `${quantity}:${at}=${to}`;

export const sameLimit = (
  a: { quantity: string; at: number },
  b: { quantity: string; at: number },
) => a.quantity === b.quantity && a.at === b.at;

/** The moves with one more; a limit that is back where it stood is moved no longer. */
export function withMove(moves: readonly Move[], move: Move): Move[] {
  const others = moves.filter((one) => !sameLimit(one, move));
  return move.to === move.at ? others : [...others, move];
}

/** The limits that can be moved; of older programs those that have a price, which only show where they stand. */
export function limitsOf(reply: Reply): Limit[] {
  if (reply.limits) return reply.limits;
  const found: Limit[] = [];
  for (const { quantity, unit, limit } of reply.shadow_prices ?? []) {
    const one = { quantity, unit, at: limit };
    if (!found.some((known) => sameLimit(known, one))) found.push(one);
  }
  return found;
}

/** Sums of quantities are written with and without spaces. */
export const plainQuantity = (quantity: string) => quantity.replaceAll(" ", "");

const HOLDS: Record<string, (value: number, limit: number) => boolean> = {
  ">=": (value, limit) => value >= limit,
  ">": (value, limit) => value > limit,
  "<=": (value, limit) => value <= limit,
  "<": (value, limit) => value < limit,
};

export function testsOf(reply: Reply): Test[] {
  return (reply.verdict?.tests ?? []).map((test) => ({
    unit: "",
    ...test,
    met: test.met ?? HOLDS[test.relation]?.(test.value, test.limit) ?? null,
  }));
}

export const ROLES = ["best", "front", "near", "base", "unlocked"] as const;
export type Role = (typeof ROLES)[number];

/** A line of the plots and of their table; null is not known. */
export interface PartRow {
  role: Role;
  name: string;
  tpp: number;
  pd: number | null;
  dram_gb_s: number;
  capacity_gb: number;
  link_gb_s: number | null;
  power_w: number;
  cost_usd: Spread;
  usd_per_hour: number | null;
  value: number;
  tokens_per_s: number | null;
  evasions: string[];
}

const rowOf = (role: Role, part: Part, name: (part: Part) => string): PartRow => ({
  ...part,
  role,
  name: name(part),
  tokens_per_s: part.work.length === 1 ? (part.work[0]?.tokens_per_s ?? null) : null,
});

const samePart = (a: Part, b: Part) =>
  a.tpp === b.tpp &&
  a.value === b.value &&
  a.cost_usd.value === b.cost_usd.value &&
  a.link_gb_s === b.link_gb_s;

/** The parts of a reply, the best first; each is called by `name`. */
export function rowsOf(reply: Reply, name: (part: Part) => string): PartRow[] {
  const [best, ...near] = reply.best ?? [];
  const front = (reply.pareto ?? []).filter((part) => !best || !samePart(part, best));
  const others = near.filter((part) => !front.some((one) => samePart(part, one)));
  const base = reply.base_part;
  return [
    ...(best ? [rowOf("best", best, name)] : []),
    ...front.map((part) => rowOf("front", part, name)),
    ...others.map((part) => rowOf("near", part, name)),
    ...(base
      ? [
          {
            ...base,
            role: "base" as const,
            name: reply.base ?? "",
            pd: null,
            link_gb_s: null,
            usd_per_hour: null,
            value: 1,
            tokens_per_s: base.work.length === 1 ? (base.work[0]?.tokens_per_s ?? null) : null,
            evasions: [],
          },
        ]
      : []),
    ...(reply.unlocked ? [rowOf("unlocked", reply.unlocked, name)] : []),
  ];
}

/** What a limit is worth, loosened by each share that was tried. */
export interface PriceRow {
  quantity: string;
  unit: string;
  limit: number;
  prices: Price[];
}

export function priceRows(reply: Reply): PriceRow[] {
  const rows: PriceRow[] = [];
  for (const price of reply.shadow_prices ?? []) {
    const row = rows.find(
      ({ quantity, limit }) => quantity === price.quantity && limit === price.limit,
    );
    if (row) row.prices.push(price);
    else
      rows.push({
        quantity: price.quantity,
        unit: price.unit,
        limit: price.limit,
        prices: [price],
      });
  }
  return rows;
}

/** A part stands just below a limit if it is no farther from it than this. */
const BINDS_PERCENT = 5;

/**
 * The limits that bind: those of the text that the best part stands just below, the nearest first;
 * where limits were moved, of which there is no verdict, those that it would gain from.
 */
export function bindingLimits(reply: Reply): { quantity: string; limit: number }[] {
  if (!reply.verdict) {
    return priceRows(reply).filter(({ prices }) => prices.some((one) => (one.gain_percent ?? 0) > 0));
  }
  const binding = (reply.binding ?? []).map(plainQuantity);
  const near = testsOf(reply).filter(({ quantity, margin_percent: margin }) => {
    const below = margin !== null && margin <= 0 && margin >= -BINDS_PERCENT;
    return below && binding.includes(plainQuantity(quantity));
  });
  const known = new Map(near.map((test) => [`${plainQuantity(test.quantity)} ${test.limit}`, test]));
  return [...known.values()].sort((a, b) => (b.margin_percent ?? 0) - (a.margin_percent ?? 0));
}
