// All figures of all parts, along axes side by side.
import type { EChartsCoreOption, Palette } from "../lib/chart";
import { num, say, unit } from "../lib/i18n.svelte";
import type { PartRow } from "./design-data";
import { roleWord } from "./design-words";
import { inRoles, legendOf, lookOf, type Look } from "./design-looks";

/** A stroke in the legend, dashed as the line is. */
function strokeOf({ dashes, width }: Look): string {
  const length = 30;
  const half = width / 2;
  const parts: string[] = [];
  const [on = length, off = 0, ...more] = dashes;
  const pattern = [on, off, ...more];
  for (let at = 0, step = 0; at < length; step += 1) {
    const to = Math.min(length, at + (pattern[step % pattern.length] ?? length));
    if (step % 2 === 0) parts.push(`M${at},${-half}H${to}V${half}H${at}Z`);
    at = to;
  }
  return `path://${parts.join(" ")}`;
}

interface Axis {
  title: string;
  unit: string;
  read: (row: PartRow) => number | null;
}

const axesOf = (): Axis[] => [
  { title: say("TPP"), unit: unit("TOPS*bit"), read: (row) => row.tpp },
  { title: say("PD"), unit: unit("TPP/mm2"), read: (row) => row.pd },
  { title: say("Memory"), unit: "GB/s", read: (row) => row.dram_gb_s },
  { title: say("Capacity"), unit: "GB", read: (row) => row.capacity_gb },
  { title: say("Link"), unit: "GB/s", read: (row) => row.link_gb_s },
  { title: say("Power"), unit: "W", read: (row) => row.power_w },
  { title: say("Cost"), unit: "USD", read: (row) => row.cost_usd.value },
  { title: say("Work"), unit: say("base = 1"), read: (row) => row.value },
];

/** On narrow screens the axes lie one below the other. */
export function parallelOption(palette: Palette, rows: readonly PartRow[]): EChartsCoreOption {
  const { narrow } = palette;
  const axes = axesOf();
  const groups = inRoles(rows).map((group) => ({ ...group, look: lookOf(palette, group.role) }));
  return {
    legend: {
      ...legendOf(palette),
      itemWidth: 30,
      data: groups.map(({ role, look }) => ({ name: roleWord(role), icon: strokeOf(look) })),
    },
    parallel: narrow
      ? { layout: "vertical", left: 22, right: 30, top: 140, bottom: 30 }
      : { left: 46, right: 60, top: 100, bottom: 24 },
    parallelAxis: axes.map(({ title, unit: inUnit, read }, dim) => ({
      dim,
      name: narrow ? `${title} · ${inUnit}` : `${title}\n${inUnit}`,
      nameLocation: narrow ? "start" : "end",
      nameGap: narrow ? 0 : 12,
      nameTextStyle: narrow
        ? { color: palette.text, fontSize: 11, align: "left", verticalAlign: "bottom", padding: [0, 0, 6, 0] }
        : { color: palette.text, fontSize: 12, lineHeight: 15 },
      // All begin at 0, so that lengths compare; the largest is close to the end.
      min: 0,
      max: Math.max(...rows.map((row) => read(row) ?? 0)) * 1.02 || 1,
      splitNumber: 3,
      axisLine: { lineStyle: { color: palette.faint } },
      axisTick: { lineStyle: { color: palette.faint } },
      axisLabel: {
        color: palette.text,
        fontSize: 11,
        formatter: (value: number) => num(value, { digits: 4 }),
        showMaxLabel: false,
        hideOverlap: true,
        // Lines cross the numbers.
        backgroundColor: palette.surface,
        padding: 1,
      },
    })),
    tooltip: { show: false },
    series: [...groups].reverse().map(({ role, rows: group, look }) => ({
      type: "parallel",
      name: roleWord(role),
      lineStyle: {
        color: look.colour,
        width: look.width,
        type: look.dashes.length > 0 ? look.dashes : "solid",
        opacity: 0.95,
      },
      itemStyle: { color: look.colour },
      z: role === "best" ? 4 : 3,
      silent: true,
      data: group.map((row) => axes.map(({ read }) => read(row) ?? "-")),
    })),
  };
}
