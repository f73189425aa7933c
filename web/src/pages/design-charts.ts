// The pictures of a best reply: the front, and what each limit is worth.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, percent, say, usd } from "../lib/i18n.svelte";
import { quantityShort } from "../lib/quantities";
import { whiskers } from "../lib/whiskers";
import { plainQuantity, type PartRow, type PriceRow, type Reply } from "./design-data";
import { roleWord } from "./design-words";
import { inRoles, legendOf, lookOf } from "./design-looks";
import type { Across } from "./design-schema";

export function acrossWord(across: Across): string {
  switch (across) {
    case "cost":
      return say("Cost of making it (USD)");
    case "power":
      return say("Power (W)");
    case "hour":
      return say("Cost of owning it (USD/h)");
    case "tpp":
      return say("TPP (TOPS·bit)");
  }
}

const acrossValue: Record<Across, (row: PartRow) => number | null> = {
  cost: (row) => row.cost_usd.value,
  power: (row) => row.power_w,
  hour: (row) => row.usd_per_hour,
  tpp: (row) => row.tpp,
};

export const valueWord = (base: string | null) =>
  say("Work, in parts of {base}", { base: base ?? "" });

const spread = ({ cost_usd }: PartRow) =>
  cost_usd.low === cost_usd.high
    ? usd(cost_usd.value)
    : `${usd(cost_usd.value)} (${usd(cost_usd.low)} – ${usd(cost_usd.high)})`;

function rowTip(row: PartRow, base: string | null): string {
  return [
    `<strong>${roleWord(row.role)}</strong>`,
    row.name,
    `TPP ${num(row.tpp, { digits: 5 })}${row.pd === null ? "" : ` · ${say("PD")} ${num(row.pd, { digits: 4 })}`}`,
    `${num(row.power_w, { digits: 3 })} W · ${spread(row)}`,
    `${num(row.value, { digits: 3 })} × ${base ?? ""}`,
  ].join("<br>");
}

/** Work against cost, power or TPP; the front is drawn through the parts that no other betters. */
export function frontOption(
  palette: Palette,
  rows: readonly PartRow[],
  across: Across,
  reply: Reply,
): EChartsCoreOption {
  const x = acrossValue[across];
  const place = (row: PartRow) => ({ row, at: [x(row), row.value] as const });
  const known = (point: { row: PartRow; at: readonly [number | null, number] }) =>
    point.at[0] !== null;
  const front = rows
    .filter(({ role }) => role === "front" || role === "best")
    .map(place)
    .filter(known)
    .sort((a, b) => (a.at[0] ?? 0) - (b.at[0] ?? 0));
  const [best] = rows;
  // Next best parts cost as much as the best one, and their whiskers would lie on its own.
  const drawn = rows.filter(({ role }) => role !== "near");
  const bestAt = best ? x(best) : null;
  const steady = reply.robustness;
  const format = (value: number) =>
    across === "cost" || across === "hour" ? usd(value) : num(value, { digits: 5 });
  return {
    legend: { ...legendOf(palette), data: inRoles(rows).map(({ role }) => roleWord(role)) },
    grid: { left: palette.narrow ? 50 : 66, right: 24, top: palette.narrow ? 120 : 62, bottom: 46 },
    xAxis: { ...axis(palette, "x", { name: acrossWord(across), format }), scale: true },
    yAxis: {
      ...axis(palette, "y", {
        name: palette.narrow ? say("Work (base = 1)") : valueWord(reply.base),
        format: (value) => num(value, { digits: 3 }),
      }),
      min: 0,
    },
    tooltip: {
      trigger: "item",
      formatter: ({ data }: { data?: { row?: PartRow } }) =>
        data?.row ? rowTip(data.row, reply.base) : "",
    },
    series: [
      ...(across === "cost" && front.length > 1
        ? [
            {
              type: "line",
              silent: true,
              symbol: "none",
              z: 1,
              lineStyle: { color: palette.series[0], width: 1.5 },
              tooltip: { show: false },
              data: front.map(({ at }) => at),
            },
          ]
        : []),
      ...(across === "cost"
        ? [
            whiskers(
              palette,
              drawn.map(({ value, cost_usd }) => ({ at: value, ...cost_usd })),
              { along: "x", colour: palette.faint },
            ),
          ]
        : []),
      ...(best?.role === "best" && steady && reply.per === "chip" && bestAt !== null
        ? [
            whiskers(
              palette,
              [{ at: bestAt, low: steady.objective_low, high: steady.objective_high }],
              { along: "y", colour: palette.red },
            ),
          ]
        : []),
      ...inRoles(rows)
        .reverse()
        .map(({ role, rows: group }) => {
          const look = lookOf(palette, role);
          return {
            type: "scatter",
            name: roleWord(role),
            symbol: look.shape,
            symbolSize: look.size,
            itemStyle: {
              color: look.hollow ? palette.surface : look.colour,
              borderColor: look.colour,
              borderWidth: 2,
            },
            z: role === "best" ? 8 : 7,
            data: group
              .map(place)
              .filter(known)
              .map(({ row, at }) => ({ value: at, row })),
          };
        }),
    ],
  };
}

export const limitWords = ({ quantity, limit }: { quantity: string; limit: number }) =>
  `${quantityShort(plainQuantity(quantity))} ${num(limit)}`;

/** Bars of gain, hatched for the larger loosening. */
export function pricesOption(palette: Palette, rows: readonly PriceRow[]): EChartsCoreOption {
  const steps = [
    ...new Set(
      rows.flatMap(({ prices }) => prices.map(({ loosened_percent }) => loosened_percent)),
    ),
  ];
  const gain = (row: PriceRow, step: number) =>
    row.prices.find((price) => price.loosened_percent === step)?.gain_percent ?? null;
  return {
    legend: legendOf(palette),
    grid: { left: palette.narrow ? 84 : 150, right: 52, top: palette.narrow ? 58 : 34, bottom: 46 },
    tooltip: { show: false },
    xAxis: {
      ...axis(palette, "x", { name: say("Work gained (%)"), format: (value) => num(value) }),
      min: 0,
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(limitWords),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.faint } },
      axisLabel: {
        color: palette.text,
        fontSize: 12,
        width: palette.narrow ? 76 : 140,
        overflow: "break",
      },
    },
    series: steps.map((step, index) => {
      const colour = palette.series[index] ?? palette.text;
      return {
        type: "bar",
        name: say("loosened by {share}", { share: percent(step) }),
        barMaxWidth: 12,
        itemStyle: {
          color: index === 0 ? colour : palette.surface,
          borderColor: colour,
          borderWidth: 1.5,
          decal: index === 0 ? undefined : hatch(Math.PI / 4, colour),
        },
        data: rows.map((row) => gain(row, step)),
        label: {
          show: true,
          position: "right",
          color: palette.text,
          fontSize: 11,
          formatter: ({ value }: { value: number | null }) =>
            value === null ? "" : value === 0 ? "0" : percent(value, { sign: true }),
        },
      };
    }),
  };
}
