// The tables behind the pictures of an exposure.
import { day, num, percent, say, tell, unit, usd } from "../lib/i18n.svelte";
import { link } from "../lib/router.svelte";
import type { Column } from "../lib/table";
import {
  axesOf,
  dayOf,
  namesOf,
  type BeliefCell,
  type Cluster,
  type Distribution,
  type Event,
  type Exposure,
  type Measure,
  type Path,
  type Quantity,
  type Quarter,
  type Quarterly,
  type Scored,
  type ScoredQuestion,
  type TornadoRow,
} from "./exposure-data";
import { amount, measureWord } from "./exposure-words";

function money<R>(key: string, title: string, value: (row: R) => number | null): Column<R> {
  return { key, title, unit: "USD", numeric: true, value, show: (row) => usd(value(row) ?? 0) };
}

function figure<R>(key: string, title: string, value: (row: R) => number | null, digits = 3): Column<R> {
  return { key, title, numeric: true, value, show: (row) => num(value(row) ?? 0, { digits }) };
}

/** All that is kept of a distribution, with the errors of drawing. */
function percentiles<R>(of: (row: R) => Distribution): Column<R>[] {
  return [
    money("mean_usd", say("Mean"), (row) => of(row).mean),
    money("mean_error_usd", say("Error of the mean"), (row) => of(row).mean_error),
    money("p5_usd", say("5 %"), (row) => of(row).p5),
    money("p25_usd", say("25 %"), (row) => of(row).p25),
    money("p50_usd", say("Median"), (row) => of(row).p50),
    money("p75_usd", say("75 %"), (row) => of(row).p75),
    money("p95_usd", say("95 %"), (row) => of(row).p95),
    money("p5_error_usd", say("Error of the 5 %"), (row) => of(row).p5_error),
    money("p95_error_usd", say("Error of the 95 %"), (row) => of(row).p95_error),
    money("least_usd", say("Least"), (row) => of(row).least),
    money("most_usd", say("Most"), (row) => of(row).most),
  ];
}

export const paths = (measure: Measure): Column<Path>[] => [
  { key: "path", title: say("Path"), value: (row) => row.option, show: (row) => tell(row.title) },
  { key: "measure", title: say("Measure"), value: () => measure, show: () => measureWord(measure) },
  {
    key: "share_of_worlds_best",
    title: say("Earns most in"),
    numeric: true,
    value: (row) => row.share_of_worlds_best,
    show: (row) => percent(row.share_of_worlds_best * 100),
  },
  ...percentiles<Path>((row) => row[`${measure}_usd`]),
];

export const quarters = (measure: Quarterly): Column<Quarter>[] => [
  { key: "quarter", title: say("Quarter"), tight: true, value: (row) => row.quarter },
  { key: "ends", title: say("Ends"), tight: true, value: (row) => row.ends, show: (row) => day(row.ends) },
  { key: "measure", title: say("Measure"), value: () => measure, show: () => measureWord(measure) },
  ...percentiles<Quarter>((row) => row[`${measure}_usd`]),
];

const what = (): Column<TornadoRow> => ({
  key: "what",
  title: say("What it is"),
  wide: true,
  value: (row) => row.what,
  show: (row) => tell(row.what),
});
const input = (): Column<TornadoRow> => ({
  key: "input",
  title: say("Input"),
  value: (row) => row.input,
});

export const moves = (): Column<TornadoRow>[] => [
  what(),
  money("net_usd_at_p5", say("Net at its 5 %"), (row) => row.low),
  money("net_usd_at_p95", say("Net at its 95 %"), (row) => row.high),
  input(),
];

const share = (key: string, title: string, value: (row: TornadoRow) => number | undefined): Column<TornadoRow> => ({
  key,
  title,
  unit: "%",
  numeric: true,
  value: (row) => value(row) ?? null,
  show: (row) => num((value(row) ?? 0) * 100, { digits: 3 }),
});

export const shares = (): Column<TornadoRow>[] => [
  what(),
  share("first", say("alone"), (row) => row.first?.value),
  share("first_low", say("alone, low"), (row) => row.first?.low),
  share("first_high", say("alone, high"), (row) => row.first?.high),
  share("total", say("with others"), (row) => row.total?.value),
  share("total_low", say("with others, low"), (row) => row.total?.low),
  share("total_high", say("with others, high"), (row) => row.total?.high),
  input(),
];

type Worth = Exposure["information"][number];

export const worth = (): Column<Worth>[] => [
  { key: "what", title: say("What it is"), wide: true, value: (row) => row.what, show: (row) => tell(row.what) },
  { key: "input", title: say("Input"), tight: true, value: (row) => row.input },
  money("value_usd", say("Worth"), (row) => row.value_usd),
  money("error_usd", say("Standard error"), (row) => row.error_usd),
];

export function events(answer: Exposure): Column<Event>[] {
  const when = (key: "days_p5" | "days_p50" | "days_p95", name: string, title: string): Column<Event> => ({
    key: name,
    title,
    tight: true,
    value: (row) => dayOf(answer, row, key),
    show: (row) => day(dayOf(answer, row, key) ?? ""),
  });
  return [
    { key: "what", title: say("Event"), wide: true, value: (row) => row.what, show: (row) => tell(row.what) },
    { key: "id", title: say("Name"), tight: true, value: (row) => row.id },
    { key: "actor", title: say("Who"), value: (row) => row.actor ?? "", show: (row) => tell(row.actor ?? "") },
    {
      key: "probability_by_end",
      title: say("Comes"),
      numeric: true,
      value: (row) => row.probability_by_end,
      show: (row) => percent(row.probability_by_end * 100),
    },
    when("days_p5", "day_p5", say("5 %")),
    when("days_p50", "day_p50", say("Median")),
    when("days_p95", "day_p95", say("95 %")),
    { key: "odds", title: say("Odds"), wide: true, value: (row) => row.odds },
    { key: "after", title: say("Only after"), value: (row) => row.after.join(", ") },
    { key: "sources", title: say("Sources"), wide: true, value: (row) => row.sources.join(", ") },
  ];
}

export function beliefs(cells: readonly BeliefCell[], answer: Exposure): Column<BeliefCell>[] {
  const names = namesOf(answer);
  return [
    ...axesOf(cells).map((key): Column<BeliefCell> => figure(key, tell(names.get(key) ?? key), (row) => Number(row[key]))),
    {
      key: "best",
      title: say("Best path"),
      value: (row) => row.best,
      show: (row) => tell(answer.options.find(({ option }) => option === row.best)?.title ?? row.best),
    },
    money("net_usd", say("Net"), (row) => row.net_usd),
  ];
}

function forecastWords(scored: Scored | null, inUnit: string | null): string {
  if (scored === null) return "";
  if (scored.probability !== null) return percent(scored.probability * 100);
  if (scored.p50 === null) return "";
  return say("{mean} ({low} to {high})", {
    mean: amount(scored.p50, inUnit),
    low: amount(scored.p5 ?? scored.p50, inUnit),
    high: amount(scored.p95 ?? scored.p50, inUnit),
  });
}

const cameWords = ({ kind, came, unit: inUnit }: ScoredQuestion) =>
  kind === "yes-no" ? (came[0] === 1 ? say("yes") : say("no")) : came.map((value) => amount(value, inUnit)).join(" – ");

export const questions = (): Column<ScoredQuestion>[] => [
  { key: "what", title: say("Question"), wide: true, value: (row) => row.what, show: (row) => tell(row.what) },
  { key: "id", title: say("Name"), tight: true, value: (row) => row.id },
  { key: "forecast", title: say("Forecast"), value: (row) => row.forecast.probability ?? row.forecast.p50, show: (row) => forecastWords(row.forecast, row.unit) },
  { key: "p5", title: say("5 %"), numeric: true, value: (row) => row.forecast.p5 ?? "", show: (row) => (row.forecast.p5 === null ? "" : amount(row.forecast.p5, row.unit)) },
  { key: "p95", title: say("95 %"), numeric: true, value: (row) => row.forecast.p95 ?? "", show: (row) => (row.forecast.p95 === null ? "" : amount(row.forecast.p95, row.unit)) },
  { key: "came", title: say("Came"), value: (row) => row.came.join(" "), show: cameWords },
  { key: "unit", title: say("Unit"), tight: true, value: (row) => row.unit ?? "", show: (row) => unit(row.unit ?? "") },
  figure("score", say("Score"), (row) => row.forecast.score),
  figure("naive_score", say("Base rate's score"), (row) => row.naive?.score ?? null),
  { key: "naive_from", title: say("Base rate"), wide: true, value: (row) => row.naive_from ?? "", show: (row) => tell(row.naive_from ?? "") },
  { key: "sell_side", title: say("Sell side"), value: (row) => row.sell_side?.p50 ?? "", show: (row) => forecastWords(row.sell_side, row.unit) },
  { key: "sell_side_from", title: say("Sell side, who"), wide: true, value: (row) => row.sell_side_from ?? "", show: (row) => tell(row.sell_side_from ?? "") },
  { key: "resolved_on", title: say("Resolved"), tight: true, value: (row) => row.resolved_on, show: (row) => day(row.resolved_on ?? "") },
  { key: "sources", title: say("Sources"), wide: true, value: (row) => row.sources.join(", ") },
];

/** No questions of a kind in a cluster is nothing to score, not something unknown. */
const score = (key: "brier" | "naive_brier" | "crps" | "naive_crps", title: string): Column<Cluster> => ({
  key,
  title,
  numeric: true,
  value: (row) => row[key] ?? "",
  show: (row) => (row[key] === null ? "–" : num(row[key] ?? 0, { digits: 3 })),
});

export const clusters = (): Column<Cluster>[] => [
  { key: "cluster", title: say("Questions about"), value: (row) => row.cluster, show: (row) => tell(row.cluster) },
  figure("questions", say("Questions"), (row) => row.questions),
  score("brier", "Brier"),
  score("naive_brier", say("Brier of base rates")),
  score("crps", "CRPS"),
  score("naive_crps", say("CRPS of base rates")),
];

export interface AnswerRow {
  id: string;
  what: string;
  /** Undefined where the answer does not say it. */
  unit: string | null | undefined;
  formula: string;
  value: Distribution | null;
}

/** Answers of the scenario, and those that hang on the path, of the path that is looked at. */
export function answerRows(answer: Exposure, chosen: Path): AnswerRow[] {
  const common = Object.entries(answer.answers).map(([id, one]) => ({
    ...one,
    id,
    value: chosen.answers[id] ?? one.value,
  }));
  const own = Object.entries(chosen.answers).filter(([id]) => !(id in answer.answers));
  return [
    ...common,
    ...own.map(([id, value]) => ({ id, what: id, unit: undefined, formula: "", value })),
  ];
}

const answerFigure = (
  key: "mean" | "p5" | "p95",
  title: string,
): Column<AnswerRow> => ({
  key,
  title,
  numeric: true,
  value: (row) => row.value?.[key] ?? null,
  show: (row) => num(row.value?.[key] ?? 0, { digits: 3 }),
});

export const answers = (): Column<AnswerRow>[] => [
  {
    key: "what",
    title: say("What it is"),
    wide: true,
    value: (row) => row.what,
    show: (row) => tell(row.what),
  },
  answerFigure("mean", say("Mean")),
  answerFigure("p5", say("5 %")),
  answerFigure("p95", say("95 %")),
  {
    key: "unit",
    title: say("Unit"),
    tight: true,
    value: (row) => (row.unit === undefined ? null : (row.unit ?? "")),
    show: (row) => unit(row.unit ?? ""),
  },
  { key: "id", title: say("Name"), tight: true, value: (row) => row.id },
  { key: "formula", title: say("Formula"), wide: true, value: (row) => row.formula },
];

export const quantities = (): Column<Quantity>[] => [
  { key: "what", title: say("What it is"), wide: true, value: (row) => row.what, show: (row) => tell(row.what) },
  { key: "id", title: say("Input"), tight: true, value: (row) => row.id },
  { key: "understood", title: say("Understood as"), wide: true, value: (row) => row.understood, show: (row) => tell(row.understood) },
  { key: "unit", title: say("Unit"), tight: true, value: (row) => row.unit ?? "", show: (row) => unit(row.unit ?? "") },
  { key: "reading", title: say("Reading"), wide: true, value: (row) => row.reading ?? "", show: (row) => tell(row.reading ?? "") },
  { key: "origin", title: say("Where from"), wide: true, value: (row) => row.origin, show: (row) => tell(row.origin) },
  { key: "date", title: say("Known"), tight: true, value: (row) => row.date ?? "", show: (row) => (row.date ? day(row.date) : "") },
  {
    key: "sources",
    title: say("Sources"), wide: true,
    value: (row) => row.sources.join(", "),
    href: (row) => (row.sources.length === 1 ? link(`/data/sources/${encodeURIComponent(row.sources[0] ?? "")}`) : null),
  },
  { key: "note", title: say("Note"), wide: true, value: (row) => row.note ?? "", show: (row) => tell(row.note ?? "") },
];
