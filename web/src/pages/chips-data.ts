// What the page of all chips asks for: the answers of all dates, so that the slider needs no request,
// and for each plane the answers of its areas.
import { ask, type Envelope } from "../lib/api";
import { chips as listedChips } from "../lib/lists";
import type { Outcome } from "../lib/outcomes";
import { areasOf, limitsOf, reach, type Area, type Box } from "../lib/regions";
import { spanOn, type Quantity, type Span, type Test, type Timeline } from "../lib/verdict";

export interface Chip {
  id: string;
  name: string;
  status: string | null;
  launched: string | null;
  tpp: number | null;
  pd: number | null;
  memory: number | null;
  io: number | null;
  spans: Span[];
}

export interface Destination {
  to: string;
  hq: string;
}

const SPAN_FIELDS = [
  "first",
  "last",
  "outcome",
  "review",
  "exception",
  "eccn",
  "rule",
  "paragraph",
  "tests",
];

const owner = ({ to, hq }: Destination) => (hq ? { to, hq } : { to });

export interface Loaded {
  chips: Chip[];
  tests: Test[];
  hash: string;
}

export async function loadChips(where: Destination, signal: AbortSignal): Promise<Loaded> {
  const timeline = ask<Timeline>(
    "classify",
    { chip: "*", ...owner(where), timeline: true },
    { only: ["chip", ...SPAN_FIELDS.map((field) => `spans.${field}`)], signal },
  );
  const figures = ask<{ chip: string; quantities: Quantity[] }>(
    "classify",
    { chip: "*" },
    { only: ["chip", "quantities.quantity", "quantities.value"], signal },
  );
  const [answers, { results: rows }, listed] = await Promise.all([
    timeline,
    figures,
    listedChips(),
  ]);
  const quantities = new Map(rows.map((row) => [row.chip, row.quantities]));
  const facts = new Map(listed.map((chip) => [chip.id, chip]));
  const chips = answers.results.map(({ chip, spans }) => {
    const value = (name: string) =>
      quantities.get(chip)?.find(({ quantity }) => quantity === name)?.value ?? null;
    const fact = facts.get(chip);
    return {
      id: chip,
      name: fact?.name ?? chip,
      status: fact?.status ?? null,
      launched: fact?.launched ?? null,
      tpp: value("tpp"),
      pd: value("pd"),
      memory: value("dram_bw"),
      io: value("io_bidir"),
      spans,
    };
  });
  const tests = chips.flatMap(({ spans }) => spans.flatMap((span) => span.tests));
  return { chips, tests, hash: answers.data_hash };
}

/** Days on which an answer changes, in order. */
export function changeDays(chips: readonly Chip[]): string[] {
  const days = chips.flatMap(({ spans }) => spans.flatMap(({ first }) => first ?? []));
  return [...new Set(days)].sort();
}

export interface Plane {
  xNames: readonly string[];
  yNames: readonly string[];
  /** Figures of the part that the areas are asked about, besides those on the axes. */
  others: Record<string, number>;
}

// The October 2022 metric is the same product for every part held here, so both stand on one axis;
// likewise the two readings of input and output.
const COMPUTE_NAMES = ["tpp", "bits_tops"];
const IO_NAMES = ["io_bidir", "letter_io"];

const setAll = (names: readonly string[], value: number) =>
  Object.fromEntries(names.map((name) => [name, value]));

export const densityPlane = (memory: number, io: number): Plane => ({
  xNames: COMPUTE_NAMES,
  yNames: ["pd"],
  others: { dram_bw: memory, ...setAll(IO_NAMES, io) },
});

export const bandwidthPlane = (tpp: number, pd: number): Plane => ({
  xNames: ["dram_bw"],
  yNames: IO_NAMES,
  others: { ...setAll(COMPUTE_NAMES, tpp), pd },
});

// A part for data centers of a vendor that the letters address, under a name that no rule names.
const LIKE = "l20";
const UNNAMED = {
  chip: "hypothetical",
  chip_family: "hypothetical",
  dc: true,
  us_available: false,
};

export interface AreaAnswers {
  box: Box;
  areas: Area[];
  spans: Span[][];
}

export async function loadAreas(
  plane: Plane,
  points: readonly (readonly [number, number])[],
  tests: readonly Test[],
  where: Destination,
  signal: AbortSignal,
): Promise<AreaAnswers> {
  const limits = limitsOf(tests, plane.xNames, plane.yNames);
  const box = {
    x: reach(
      points.map(([x]) => x),
      [...limits.x, ...limits.sum],
    ),
    y: reach(
      points.map(([, y]) => y),
      [...limits.y, ...limits.sum],
    ),
  };
  const areas = areasOf(limits, box);
  const answers = await Promise.all(
    areas.map(({ inside: [x, y] }): Promise<Envelope<Timeline>> => {
      const set = {
        ...UNNAMED,
        ...plane.others,
        ...setAll(plane.xNames, x),
        ...setAll(plane.yNames, y),
      };
      const only = ["first", "last", "outcome", "review", "exception"].map(
        (field) => `spans.${field}`,
      );
      return ask(
        "classify",
        { chip: LIKE, ...owner(where), timeline: true, set },
        { only, signal },
      );
    }),
  );
  return { box, areas, spans: answers.map(({ results }) => results[0]?.spans ?? []) };
}

export function answersOn({ spans }: AreaAnswers, date: string): Outcome[] {
  return spans.map((list) => spanOn(list, date)?.outcome ?? "unknown");
}
