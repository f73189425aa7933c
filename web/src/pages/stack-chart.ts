// What a whole is made of: a bar a plan, cut into parts, against a limit where there is one.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num } from "../lib/i18n.svelte";

export interface Stack {
  name: string;
  /** Parts by their key, in the unit of the axis. */
  parts: Readonly<Record<string, number>>;
}

interface StackStyle {
  axisName: string;
  partName: (key: string) => string;
  show: (value: number) => string;
  limit?: { value: number; words: string } | undefined;
}

const TURNS = [null, Math.PI / 4, -Math.PI / 4, 0, Math.PI / 2];

/** Parts that are anything in any of the bars, the largest first. */
export function partsOf(stacks: readonly Stack[]): string[] {
  const most = new Map<string, number>();
  for (const { parts } of stacks) {
    for (const [key, value] of Object.entries(parts))
      most.set(key, Math.max(value, most.get(key) ?? 0));
  }
  return [...most]
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([key]) => key);
}

const ROW_WIDE = 34;
const ROW_NARROW = 60;
const legendRows = (count: number, narrow: boolean) => Math.ceil(count / (narrow ? 2 : 5));

/** What the plot needs, in pixels, with room for the narrow form. */
export const stackHeight = (stacks: readonly Stack[]) =>
  124 + legendRows(partsOf(stacks).length, true) * 22 + stacks.length * ROW_NARROW;

export function stackOption(
  palette: Palette,
  stacks: readonly Stack[],
  { axisName, partName, show, limit }: StackStyle,
): EChartsCoreOption {
  const parts = partsOf(stacks);
  const highest = Math.max(
    ...stacks.map(({ parts: of }) => Object.values(of).reduce((sum, value) => sum + value, 0)),
  );
  const top = legendRows(parts.length, palette.narrow) * 22 + (limit ? 30 : 12);
  return {
    legend: {
      top: 0,
      left: 0,
      itemWidth: 22,
      textStyle: { color: palette.text, fontSize: 12 },
      selectedMode: false,
      data: parts.map(partName),
    },
    grid: palette.narrow
      ? { left: 8, right: 16, top: top + 24, bottom: 46, outerBoundsMode: "none" }
      : { left: 250, right: 24, top, bottom: 46, outerBoundsMode: "none" },
    tooltip: {
      trigger: "item",
      formatter: ({
        seriesName,
        name,
        value,
      }: {
        seriesName: string;
        name: string;
        value: number;
      }) => `${name}<br>${seriesName}: <strong>${show(value)}</strong>`,
    },
    xAxis: axis(palette, "x", {
      name: axisName,
      format: (value) => num(value, { digits: 4 }),
      // The limit is seen even where the bars stay far below it.
      ...(limit ? { max: Math.max(limit.value, highest) * 1.04 } : {}),
    }),
    yAxis: {
      type: "category",
      inverse: true,
      data: stacks.map(({ name }) => name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.faint } },
      axisLabel: palette.narrow
        ? {
            inside: true,
            color: palette.text,
            fontSize: 11,
            verticalAlign: "bottom",
            padding: [0, 0, 12, 0],
            width: 225,
            overflow: "break",
          }
        : { color: palette.text, fontSize: 12, width: 235, overflow: "break" },
      z: 5,
    },
    series: parts.map((key, index) => {
      const turn = TURNS[index % TURNS.length] ?? null;
      return {
        type: "bar",
        name: partName(key),
        stack: "all",
        barWidth: palette.narrow ? 14 : Math.min(22, ROW_WIDE * 0.65),
        data: stacks.map((stack) => stack.parts[key] ?? 0),
        itemStyle: {
          color: palette.series[index % palette.series.length],
          borderColor: palette.surface,
          borderWidth: 1,
          decal: turn === null ? undefined : hatch(turn, palette.surface),
        },
        markLine:
          limit && index === 0
            ? {
                silent: true,
                symbol: "none",
                lineStyle: { color: palette.red, width: 2.5, type: "solid" },
                label: {
                  formatter: limit.words,
                  color: palette.red,
                  position: "start",
                  align: "right",
                },
                data: [{ xAxis: limit.value }],
              }
            : undefined,
      };
    }),
  };
}
