// Plots of simulations: times by percentile, the cluster over time, and a curve of rate against time.
import { axis, hatch, SHAPES, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say } from "../lib/i18n.svelte";
import { seconds, three } from "../lib/performance";
import { whiskers } from "../lib/whiskers";
import {
  onAxisOf,
  PERCENTILES,
  percentileWord,
  QUANTITY_LIST,
  quantityName,
  type Alone,
  type Moment,
  type Percentile,
  type Quantity,
  type Range,
  type Times,
} from "./serve-data";

const PLOT = 150;
const HEAD = 30;
const GAP = 34;

export const percentilesHeight = QUANTITY_LIST.length * (HEAD + PLOT + GAP);

/** The limit is drawn where it is not so far off that the times would be squashed. */
const LIMIT_WITHIN = 4;

/** The next round number, so that an axis ends on one. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  return power * (steps.find((step) => step * power >= value) ?? steps.length);
}

export type Target = Partial<Record<Quantity, number | null>>;

/** One plot for each time, one above the other, as their units differ; red is the limit. */
export function percentilesOption(palette: Palette, of: Alone, target: Target): EChartsCoreOption {
  const left = palette.narrow ? 50 : 66;
  const limits = QUANTITY_LIST.map((quantity) => {
    const limit = target[quantity] ?? null;
    const most = onAxisOf(
      quantity,
      Math.max(
        ...PERCENTILES.map(
          (percentile) =>
            of[quantity][`${percentile}_interval`]?.[1] ?? of[quantity][percentile] ?? 0,
        ),
      ),
    );
    const drawn =
      limit !== null && onAxisOf(quantity, limit) <= LIMIT_WITHIN * most
        ? onAxisOf(quantity, limit)
        : null;
    return { drawn, end: most > 0 ? roundUp(1.08 * Math.max(most, drawn ?? 0)) : 1 };
  });
  const top = (index: number) => index * (HEAD + PLOT + GAP);
  return {
    title: QUANTITY_LIST.map((quantity, index) => ({
      text: quantityName(quantity),
      left: 0,
      top: top(index) + 4,
      textStyle: { color: palette.text, fontSize: 13, fontWeight: 600 },
    })),
    grid: QUANTITY_LIST.map((_, index) => ({
      left,
      right: 20,
      top: top(index) + HEAD,
      height: PLOT,
      outerBoundsMode: "none",
    })),
    xAxis: QUANTITY_LIST.map((_, index) => ({
      type: "category",
      gridIndex: index,
      data: PERCENTILES.map(percentileWord),
      axisLabel: { color: palette.text, fontSize: 12 },
      axisLine: { lineStyle: { color: palette.faint } },
      axisTick: { show: false },
    })),
    yAxis: QUANTITY_LIST.map((_, index) => ({
      ...axis(palette, "y", { name: "", format: (value) => num(value, { digits: 3 }) }),
      gridIndex: index,
      splitNumber: 3,
      min: 0,
      max: limits[index]?.end,
    })),
    tooltip: {
      trigger: "item",
      formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
        const quantity = QUANTITY_LIST[Math.floor(seriesIndex / 2)] ?? "ttft_s";
        const percentile = PERCENTILES[dataIndex] ?? "mean";
        const value = of[quantity][percentile];
        const range = of[quantity][`${percentile}_interval`];
        const lines = [
          `${percentileWord(percentile)}: <strong>${value === null ? "?" : seconds(value)}</strong>`,
        ];
        if (range) lines.push(`${seconds(range[0])} – ${seconds(range[1])}`);
        return lines.join("<br>");
      },
    },
    series: QUANTITY_LIST.flatMap((quantity, index) => {
      const limit = limits[index]?.drawn ?? null;
      return [
        {
          type: "scatter",
          xAxisIndex: index,
          yAxisIndex: index,
          symbol: SHAPES[index],
          symbolSize: 11,
          itemStyle: { color: palette.series[index] },
          data: PERCENTILES.map((percentile) => {
            const value = of[quantity][percentile];
            return value === null ? null : onAxisOf(quantity, value);
          }),
          label: {
            show: !palette.narrow,
            position: "right",
            distance: 8,
            color: palette.text,
            fontSize: 11,
            formatter: ({ value }: { value: number }) => three(value),
          },
          markLine:
            limit === null
              ? undefined
              : {
                  silent: true,
                  symbol: "none",
                  lineStyle: { color: palette.red, width: 2, type: "solid" },
                  label: { formatter: say("limit"), color: palette.red, position: "insideEndTop" },
                  data: [{ yAxis: limit }],
                },
        },
        whiskers(
          palette,
          PERCENTILES.flatMap((percentile, at) => {
            const range = of[quantity][`${percentile}_interval`];
            return range
              ? [{ at, low: onAxisOf(quantity, range[0]), high: onAxisOf(quantity, range[1]) }]
              : [];
          }),
          { along: "y", axis: index },
        ),
      ];
    }),
  };
}

export function timelineOption(palette: Palette, moments: readonly Moment[]): EChartsCoreOption {
  const line = (
    name: string,
    value: (moment: Moment) => number,
    index: number,
    right: boolean,
  ) => ({
    type: "line",
    name,
    step: "end",
    yAxisIndex: right ? 1 : 0,
    symbol: SHAPES[index],
    symbolSize: 7,

    showSymbol: !palette.narrow,
    lineStyle: {
      color: palette.series[index],
      width: 2,
      type: (["solid", "dashed", "dotted"] as const)[index],
    },
    itemStyle: { color: palette.series[index] },
    data: moments.map((moment) => [moment.at_s, value(moment)]),
  });
  return {
    legend: {
      top: 0,
      left: 0,
      selectedMode: false,
      textStyle: { color: palette.text, fontSize: 12 },
    },
    grid: {
      left: palette.narrow ? 56 : 66,
      right: palette.narrow ? 50 : 62,
      top: palette.narrow ? 86 : 38,
      bottom: 46,
    },
    tooltip: { trigger: "axis", valueFormatter: (value: number) => three(value) },
    xAxis: axis(palette, "x", { name: say("Time in the simulation (s)") }),
    yAxis: [
      axis(palette, "y", { name: say("Requests"), format: (value) => num(value, { digits: 3 }) }),
      {
        ...axis(palette, "y", {
          name: say("Cache in use (%)"),
          format: (value) => num(value, { digits: 3 }),
          min: 0,
          max: 100,
        }),
        splitLine: { show: false },
        nameGap: 36,
        axisLabel: { color: palette.text, fontSize: 12 },
      },
    ],
    series: [
      line(say("Requests running"), ({ running }) => running, 0, false),
      line(say("Requests waiting"), ({ waiting }) => waiting, 1, false),
      line(say("Cache in use (%)"), (moment) => 100 * moment.cache_share, 2, true),
    ],
  };
}

export interface CurvePoint {
  rate: number;
  times: Record<Quantity, Times> | null;
  good_share: number | null;
  /** Why there is nothing. */
  reason: string | null;
}

const CURVE: readonly Percentile[] = ["p50", "p90", "p99"];

export function curveOption(
  palette: Palette,
  points: readonly CurvePoint[],
  of: Quantity,
  target: number | null,
): EChartsCoreOption {
  const sorted = [...points].sort((a, b) => a.rate - b.rate);
  const at = (point: CurvePoint, percentile: Percentile): number | null => {
    const value = point.times?.[of][percentile] ?? null;
    return value === null ? null : onAxisOf(of, value);
  };
  return {
    legend: {
      top: 0,
      left: 0,
      selectedMode: false,
      data: [...CURVE],
      textStyle: { color: palette.text, fontSize: 12 },
    },
    grid: { left: palette.narrow ? 60 : 74, right: 30, top: 40, bottom: 48 },
    xAxis: {
      ...axis(palette, "x", {
        name: say("Requests a second"),
        format: (value) => num(value, { digits: 3 }),
      }),
      min: 0,
    },
    // Near saturation times grow by orders of magnitude.
    yAxis: {
      ...axis(palette, "y", {
        name: quantityName(of),
        type: "log",
        format: (value) => num(value, { digits: 2 }),
      }),
      nameGap: palette.narrow ? 42 : 54,
    },
    tooltip: {
      trigger: "item",
      formatter: ({ seriesName, value }: { seriesName: string; value: [number, number] }) =>
        `${say("{rate} a second", { rate: three(value[0]) })}<br>${seriesName}: <strong>${seconds(of === "tpot_s" ? value[1] / 1e3 : value[1])}</strong>`,
    },
    series: CURVE.flatMap((percentile, index) => [
      {
        type: "line",
        name: percentile,
        symbol: SHAPES[index],
        symbolSize: 10,
        connectNulls: false,
        lineStyle: {
          color: palette.series[index],
          width: 2,
          type: (["solid", "dashed", "dotted"] as const)[index],
        },
        itemStyle: { color: palette.series[index] },
        data: sorted.map((point) => [point.rate, at(point, percentile)]),
        markLine:
          index === 0 && target !== null
            ? {
                silent: true,
                symbol: "none",
                lineStyle: { color: palette.red, width: 2, type: "solid" },
                label: { formatter: say("limit"), color: palette.red, position: "insideEndTop" },
                data: [{ yAxis: onAxisOf(of, target) }],
              }
            : undefined,
      },
      whiskers(
        palette,
        sorted.flatMap((point) => {
          const range: Range | null = point.times?.[of][`${percentile}_interval`] ?? null;
          // A logarithm has no zero.
          return range && range[0] > 0
            ? [{ at: point.rate, low: onAxisOf(of, range[0]), high: onAxisOf(of, range[1]) }]
            : [];
        }),
        { along: "y", ...(palette.series[index] ? { colour: palette.series[index] } : {}) },
      ),
    ]),
  };
}

/** The rates that each run found, and their mean with its interval. */
export function ratesOption(
  palette: Palette,
  rates: readonly number[],
  mean: number,
  range: Range | null,
): EChartsCoreOption {
  const names = [
    ...rates.map((_, index) => say("run {number}", { number: index + 1 })),
    say("mean"),
  ];
  return {
    grid: { left: 76, right: 60, top: 10, bottom: 46, outerBoundsMode: "none" },
    tooltip: { trigger: "item", valueFormatter: (value: number) => three(value) },
    xAxis: {
      ...axis(palette, "x", {
        name: say("Requests a second"),
        format: (value) => num(value, { digits: 3 }),
      }),
      min: 0,
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: names,
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 12 },
    },
    series: [
      {
        type: "bar",
        barWidth: 14,
        data: [...rates, mean].map((value, index) => ({
          value,
          itemStyle:
            index === rates.length
              ? { color: palette.series[0] }
              : { color: palette.series[6], decal: hatch(Math.PI / 4, palette.surface) },
        })),
        label: {
          show: true,
          position: "insideLeft",
          color: palette.text,
          backgroundColor: palette.surface,
          padding: [1, 4],
          fontSize: 11,
          formatter: ({ value }: { value: number }) => three(value),
        },
      },
      whiskers(
        palette,
        range ? [{ at: rates.length, low: Math.max(0, range[0]), high: range[1] }] : [],
        { along: "x" },
      ),
    ],
  };
}

export const ratesHeight = (rates: readonly number[]) => 70 + (rates.length + 1) * 30;
