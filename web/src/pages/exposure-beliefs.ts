// Maps of two beliefs.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say, tell, usd } from "../lib/i18n.svelte";
import type { CustomApi } from "./exposure-axes";
import { axesOf, namesOf, type BeliefCell, type Exposure } from "./exposure-data";

/** A map of two beliefs: in each field the number, colour and hatching of the path that is best there. */
export function beliefsOption(
  palette: Palette,
  cells: readonly BeliefCell[],
  answer: Exposure,
): EChartsCoreOption {
  const [down, across] = axesOf(cells);
  const names = namesOf(answer);
  const steps = (key: string) =>
    [...new Set(cells.map((cell) => Number(cell[key])))].sort((a, b) => a - b);
  const rows = steps(down);
  const columns = steps(across);
  const words = (key: string) => tell(names.get(key) ?? key);
  const number = (option: string) => answer.options.findIndex((path) => path.option === option);
  const HATCHES = [null, Math.PI / 4, 0, Math.PI / 2, Math.PI / 8, -Math.PI / 4];
  const belief = (value: number) => num(value, { digits: 3 });
  // Long names are cut here; the caption has them whole.
  const named = (text: string, room: number) => ({
    name: text,
    nameTextStyle: { color: palette.text, fontSize: 12 },
    nameTruncate: { maxWidth: room, ellipsis: "…" },
  });
  return {
    grid: { left: palette.narrow ? 66 : 84, right: 12, top: 10, bottom: 58 },
    tooltip: {
      trigger: "item",
      formatter: ({ value }: { value: number[] }) => {
        const cell = cells[value[2] ?? 0];
        const path = answer.options.find(({ option }) => option === cell?.best);
        if (!cell || !path) return "";
        return [
          `<strong>${tell(path.title)}</strong>`,
          `${say("Net")} ${usd(cell.net_usd)}`,
          `${words(down)}: ${belief(Number(cell[down]))}`,
          `${words(across)}: ${belief(Number(cell[across]))}`,
        ].join("<br>");
      },
    },
    xAxis: {
      ...axis(palette, "x", { name: "", type: "category", data: columns.map(belief) }),
      ...named(words(across), palette.narrow ? 170 : 460),
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis(palette, "y", { name: "", type: "category", data: rows.map(belief) }),
      ...named(words(down), palette.narrow ? 220 : 330),
      nameGap: palette.narrow ? 34 : 42,
      inverse: true,
      splitLine: { show: false },
    },
    series: [
      {
        type: "custom",
        encode: { x: 0, y: 1 },
        data: cells.map((cell, index) => [
          columns.indexOf(Number(cell[across])),
          rows.indexOf(Number(cell[down])),
          index,
        ]),
        renderItem: (_: unknown, api: CustomApi) => {
          const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
          const [width = 0, height = 0] = api.size([1, 1]);
          const which = number(cells[api.value(2)]?.best ?? "");
          const turn = HATCHES[which] ?? null;
          const colour = palette.series[which] ?? palette.faint;
          return {
            type: "group",
            children: [
              {
                type: "rect",
                shape: {
                  x: x - width / 2,
                  y: y - height / 2,
                  width: width - 2,
                  height: height - 2,
                },
                style: {
                  fill: palette.surface,
                  stroke: colour,
                  lineWidth: 2,
                  decal: turn === null ? undefined : hatch(turn, colour),
                },
              },
              {
                type: "text",
                style: {
                  text: num(which + 1),
                  x,
                  y,
                  align: "center",
                  verticalAlign: "middle",
                  fill: palette.text,
                  backgroundColor: palette.surface,
                  padding: [2, 6],
                  fontSize: 14,
                  fontWeight: 600,
                },
              },
            ],
          };
        },
      },
    ],
  };
}
