// What a resource is worth: how the objective changes with less and with more of it.
import { axis, hatch, type EChartsCoreOption, type Palette } from "./chart";
import { num, percent, say } from "./i18n.svelte";
import { partWord } from "./performance";
import type { Column } from "./table";

export interface Sensitivity {
  resource: string;
  percent: number;
  less_change_percent: number | null;
  more_change_percent: number | null;
  /** Change of the objective for one percent more. */
  shadow_price_percent: number | null;
}

export function varyColumns(): Column<Sensitivity>[] {
  const signed =
    (key: "less_change_percent" | "more_change_percent" | "shadow_price_percent") =>
    (row: Sensitivity) =>
      percent(row[key] ?? 0, { sign: true });
  return [
    {
      key: "resource",
      title: say("Resource"),
      value: ({ resource }) => resource,
      show: ({ resource }) => partWord(resource),
    },
    {
      key: "percent",
      title: say("Varied by"),
      numeric: true,
      value: (row) => row.percent,
      show: (row) => `±${percent(row.percent)}`,
    },
    {
      key: "less_change_percent",
      title: say("Objective with less"),
      numeric: true,
      value: (row) => row.less_change_percent,
      show: signed("less_change_percent"),
    },
    {
      key: "more_change_percent",
      title: say("Objective with more"),
      numeric: true,
      value: (row) => row.more_change_percent,
      show: signed("more_change_percent"),
    },
    {
      key: "shadow_price_percent",
      title: say("For 1 % more"),
      numeric: true,
      value: (row) => row.shadow_price_percent,
      show: signed("shadow_price_percent"),
    },
  ];
}

export function varyOption(palette: Palette, rows: readonly Sensitivity[]): EChartsCoreOption {
  const bars = (
    name: string,
    key: "less_change_percent" | "more_change_percent",
    colour: string | undefined,
    hatched: boolean,
  ) => ({
    type: "bar",
    name,
    barWidth: 12,
    data: rows.map((row) => row[key] ?? 0),
    itemStyle: { color: colour, decal: hatched ? hatch(Math.PI / 4, palette.surface) : undefined },
    label: {
      show: true,
      color: palette.text,
      fontSize: 11,
      position: "right",
      formatter: ({ dataIndex, value }: { dataIndex: number; value: number }) =>
        rows[dataIndex]?.[key] === null ? "?" : percent(value, { sign: true }),
    },
  });
  const left = palette.narrow ? 92 : 150;
  return {
    legend: {
      top: 0,
      left: 0,
      selectedMode: false,
      textStyle: { color: palette.text, fontSize: 12 },
    },
    grid: { left, right: 64, top: 34, bottom: 46, outerBoundsMode: "none" },
    xAxis: axis(palette, "x", {
      name: say("Change of the objective (%)"),
      format: (value) => num(value, { sign: true, digits: 3 }),
    }),
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => `${partWord(row.resource)} ±${percent(row.percent)}`),
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 12, width: left - 12, overflow: "break" },
    },
    series: [
      bars(say("with less"), "less_change_percent", palette.series[1], true),
      bars(say("with more"), "more_change_percent", palette.series[0], false),
    ],
  };
}

export const varyHeight = (rows: readonly Sensitivity[]) => 90 + rows.length * 44;
