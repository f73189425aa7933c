// One plot for each use, one above the other, as their scales differ: bars from zero with error bars.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say, tell } from "../lib/i18n.svelte";
import { rangeWords } from "../lib/performance";
import { whiskers } from "../lib/whiskers";
import {
  byUse,
  measured,
  measureName,
  measureUnit,
  shownMeasure,
  useWord,
  type Comparison,
  type Measure,
} from "./compare-data";

const ROW = 34;
const HEAD = 26;
const FOOT = 26;
const NAME = 24;

const plotHeight = (rows: number) => HEAD + rows * ROW + FOOT;

/** What the plot needs, in pixels. */
export function compareHeight({ uses }: Comparison): number {
  return byUse(uses).reduce((sum, { rows }) => sum + plotHeight(rows.length), 0) + NAME;
}

/** Of each plot: bars, error bars, numbers. */
const SERIES = 3;
/** How a bar is filled: each chip has a colour and a pattern of its own in all plots. */
const TURNS = [null, Math.PI / 4, -Math.PI / 4, 0, Math.PI / 2];

export function compareOption(
  palette: Palette,
  answer: Comparison,
  measure: Measure,
): EChartsCoreOption {
  const groups = byUse(answer.uses);
  const chips = [...new Set(answer.uses.map(({ chip }) => chip))];
  const left = palette.narrow ? 8 : 130;
  const colourOf = (chip: string) =>
    palette.series[chips.indexOf(chip) % palette.series.length] ?? palette.text;
  const turnOf = (chip: string) => TURNS[chips.indexOf(chip) % TURNS.length] ?? null;
  const nameOf = palette.narrow ? measureUnit : measureName;
  let top = 0;
  const tops = groups.map(({ rows }) => {
    const here = top;
    top += plotHeight(rows.length);
    return here;
  });
  return {
    title: groups.map(({ use }, index) => ({
      text: useWord(use),
      left: 0,
      top: (tops[index] ?? 0) + 2,
      textStyle: { color: palette.text, fontSize: 13, fontWeight: 600 },
    })),
    tooltip: {
      trigger: "item",
      formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
        const use = groups[Math.floor(seriesIndex / SERIES)]?.rows[dataIndex];
        if (!use) return "";
        const { value, range } = measured(use, measure);
        if (value === null)
          return `<strong>${use.chip}</strong><br>${use.reason ? tell(use.reason) : say("not known")}`;
        const show = (number: number) => shownMeasure(number, measure);
        return [
          `<strong>${use.chip}</strong>`,
          show(value),
          range ? rangeWords(range[0], range[1], show) : "",
        ]
          .filter(Boolean)
          .join("<br>");
      },
    },
    grid: groups.map(({ rows }, index) => ({
      left,
      right: palette.narrow ? 24 : 70,
      top: (tops[index] ?? 0) + HEAD,
      height: rows.length * ROW,
      outerBoundsMode: "none",
    })),
    xAxis: groups.map((_, index) => ({
      ...axis(palette, "x", {
        name: index === groups.length - 1 ? nameOf(measure, answer.first) : "",
        format: (value) => num(value, { digits: 3 }),
      }),
      gridIndex: index,
      splitNumber: palette.narrow ? 3 : 5,
    })),
    yAxis: groups.map(({ rows }, index) => ({
      type: "category",
      gridIndex: index,
      inverse: true,
      data: rows.map(({ chip }) => chip),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.faint } },
      // Names stand on their bars where there is no room beside them.
      axisLabel: palette.narrow
        ? { show: false }
        : { color: palette.text, fontSize: 12, width: left - 12, overflow: "truncate" },
    })),
    series: groups.flatMap(({ rows }, index) => [
      {
        type: "bar",
        xAxisIndex: index,
        yAxisIndex: index,
        barWidth: palette.narrow ? 12 : 16,
        data: rows.map((use) => {
          const { value } = measured(use, measure);
          const turn = turnOf(use.chip);
          const words = value === null ? `? ${say("not known")}` : shownMeasure(value, measure);
          return {
            value: value ?? 0,
            itemStyle: {
              color: colourOf(use.chip),
              decal: turn === null ? undefined : hatch(turn, palette.surface),
            },
            // Where names have no room beside the plot they stand above their bars, with the number.
            label: {
              show: palette.narrow,
              position: [2, -13],
              color: palette.text,
              fontSize: 11,
              formatter: `${use.chip}: ${words}`,
            },
          };
        }),
      },
      whiskers(
        palette,
        rows.flatMap((use, at) => {
          const { range } = measured(use, measure);
          return range ? [{ at, low: range[0], high: range[1] }] : [];
        }),
        { along: "x", axis: index },
      ),
      {
        type: "scatter",
        silent: true,
        symbolSize: 0,
        xAxisIndex: index,
        yAxisIndex: index,
        // Numbers stand clear of the error bars.
        data: rows.map((use, at) => {
          const { value, range } = measured(use, measure);
          const words = value === null ? `? ${say("not known")}` : shownMeasure(value, measure);
          return {
            value: [range?.[1] ?? value ?? 0, at],
            label: {
              show: !palette.narrow,
              position: "right",
              distance: 8,
              color: palette.text,
              fontSize: 12,
              formatter: words,
            },
          };
        }),
      },
    ]),
  };
}
