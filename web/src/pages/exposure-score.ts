// The score of an exposure against what came.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say, tell } from "../lib/i18n.svelte";
import { whiskers } from "../lib/whiskers";
import { gridFor, legendOf, NAMES, namesAxis } from "./exposure-axes";
import type { Cluster, ScoredQuestion } from "./exposure-data";
import { amount } from "./exposure-words";

/** What came far beyond the forecast is drawn so far from it, with its amount. */
const BEYOND = 40;

/** Questions in numbers: the forecast from 0 at its 5 % to 100 at its 95 %, and what came. */
export function cameOption(
  palette: Palette,
  questions: readonly ScoredQuestion[],
): EChartsCoreOption {
  const [colour = ""] = palette.series;
  const within = (question: ScoredQuestion, value: number) => {
    const low = question.forecast.p5 ?? 0;
    const span = (question.forecast.p95 ?? 0) - low;
    if (span === 0) return value === low ? 50 : Math.sign(value - low) * Infinity;
    return ((value - low) / span) * 100;
  };
  const clipped = (share: number) => Math.max(-BEYOND, Math.min(100 + BEYOND, share));
  const middle = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return {
    legend: legendOf(palette),
    grid: gridFor(palette, NAMES + 40, true),
    tooltip: {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const question = questions[dataIndex];
        if (!question) return "";
        const { p5, p50, p95 } = question.forecast;
        const written = [p5, p50, p95].map((value) => amount(value ?? 0, question.unit));
        return [
          `<strong>${tell(question.what)}</strong>`,
          `${say("Forecast")}: ${written[1]} (${written[0]} – ${written[2]})`,
          `${say("Came")}: ${question.came.map((value) => amount(value, question.unit)).join(" – ")}`,
        ].join("<br>");
      },
    },
    xAxis: {
      ...axis(palette, "x", {
        name: say("0: the 5 % of the forecast; 100: its 95 %"),
        format: (value) => (value < -BEYOND || value > 100 + BEYOND ? "" : num(value)),
      }),
      // Beyond the last forecast there is room for amounts.
      min: -150,
      max: 250,
      interval: 50,
    },
    yAxis: namesAxis(
      palette,
      questions.map(({ what }) => tell(what)),
      NAMES + 40,
    ),
    series: [
      whiskers(
        palette,
        questions.map((_, at) => ({ at, low: 0, high: 100 })),
        { along: "x", colour },
      ),
      {
        type: "scatter",
        name: say("median of the forecast"),
        symbol: "circle",
        symbolSize: 9,
        z: 7,
        itemStyle: { color: colour },
        data: questions.map((question, index) => [
          clipped(within(question, question.forecast.p50 ?? 0)),
          index,
        ]),
      },
      {
        type: "scatter",
        name: say("what came"),
        symbol: "diamond",
        symbolSize: 13,
        z: 8,
        itemStyle: { color: palette.red, borderColor: palette.surface, borderWidth: 1 },
        data: questions.map((question, index) => {
          const share = within(question, middle(question.came));
          const beyond = share !== clipped(share);
          return {
            value: [clipped(share), index],
            label: {
              show: beyond,
              position: share > 0 ? "right" : "left",
              color: palette.text,
              fontSize: 11,
              formatter: `${share > 0 ? "» " : "« "}${amount(middle(question.came), question.unit)}`,
            },
          };
        }),
      },
    ],
  };
}

interface ClusterScore {
  words: string;
  ours: number;
  naive: number;
}

export function clusterScores(clusters: readonly Cluster[]): ClusterScore[] {
  return clusters.flatMap((one) => {
    const rows: ClusterScore[] = [];
    const name = tell(one.cluster);
    if (one.brier !== null && one.naive_brier !== null)
      rows.push({ words: `${name} · Brier`, ours: one.brier, naive: one.naive_brier });
    if (one.crps !== null && one.naive_crps !== null)
      rows.push({ words: `${name} · CRPS`, ours: one.crps, naive: one.naive_crps });
    return rows;
  });
}

/** Scores beside those of the base rates: the smaller is the better. */
export function scoresOption(palette: Palette, rows: readonly ClusterScore[]): EChartsCoreOption {
  const [colour = "", other = ""] = palette.series;
  return {
    legend: legendOf(palette),
    grid: gridFor(palette, 190, true),
    tooltip: { show: false },
    xAxis: {
      ...axis(palette, "x", {
        name: say("Score (lower is better)"),
        format: (value) => num(value),
      }),
      min: 0,
    },
    yAxis: namesAxis(
      palette,
      rows.map(({ words }) => words),
      190,
    ),
    series: [
      {
        type: "bar",
        name: say("this model"),
        silent: true,
        barMaxWidth: 9,
        itemStyle: { color: colour, borderColor: colour, borderWidth: 1.5 },
        data: rows.map(({ ours }) => ours),
      },
      {
        type: "bar",
        name: say("base rates"),
        silent: true,
        barMaxWidth: 9,
        itemStyle: {
          color: palette.surface,
          borderColor: other,
          borderWidth: 1.5,
          decal: hatch(Math.PI / 4, other),
        },
        data: rows.map(({ naive }) => naive),
      },
    ],
  };
}
