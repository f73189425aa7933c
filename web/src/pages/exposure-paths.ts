// The paths of an exposure, over all quarters and quarter by quarter.
import { axis, type EChartsCoreOption, type Palette } from "../lib/chart";
import { say, tell } from "../lib/i18n.svelte";
import { whiskers } from "../lib/whiskers";
import { gridFor, legendOf, money, namesAxis, type CustomApi } from "./exposure-axes";
import type { Measure, Path, Quarterly } from "./exposure-data";
import { measureWord, rangeWords } from "./exposure-words";

/** Boxes of the middle half, whiskers from 5 to 95 %, a diamond at the mean. */
export function pathsOption(
  palette: Palette,
  paths: readonly Path[],
  measure: Measure,
  chosen: string,
): EChartsCoreOption {
  const of = (path: Path) => path[`${measure}_usd`];
  const [colour = ""] = palette.series;
  return {
    grid: gridFor(palette, 170),
    tooltip: {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const path = paths[dataIndex];
        return path
          ? `<strong>${tell(path.title)}</strong><br>${measureWord(measure)}: ${rangeWords(of(path))}`
          : "";
      },
    },
    xAxis: axis(palette, "x", {
      name: say("{measure}, all quarters (USD)", { measure: measureWord(measure) }),
      format: money,
    }),
    yAxis: namesAxis(
      palette,
      paths.map(({ option, title }) => `${option === chosen ? "▸ " : ""}${tell(title)}`),
      170,
    ),
    series: [
      {
        type: "custom",
        data: paths.map((path, index) => ({
          name: path.option,
          value: [of(path).p25, index, of(path).p75, of(path).p50],
        })),
        encode: { x: [0, 2], y: 1 },
        z: 2,
        renderItem: (_: unknown, api: CustomApi) => {
          const row = api.value(1);
          const [left = 0, middle = 0] = api.coord([api.value(0), row]);
          const [right = 0] = api.coord([api.value(2), row]);
          const [median = 0] = api.coord([api.value(3), row]);
          const height = Math.min(20, (api.size([0, 1])[1] ?? 30) * 0.45);
          const path = paths[row];
          const own = path?.option === chosen;
          return {
            type: "group",
            children: [
              {
                type: "rect",
                shape: {
                  x: left,
                  y: middle - height / 2,
                  width: Math.max(1, right - left),
                  height,
                },
                style: {
                  fill: own ? colour : palette.surface,
                  stroke: colour,
                  lineWidth: 1.5,
                  opacity: own ? 0.55 : 1,
                },
              },
              {
                type: "line",
                shape: { x1: median, y1: middle - height / 2, x2: median, y2: middle + height / 2 },
                style: { stroke: palette.text, lineWidth: 2 },
              },
            ],
          };
        },
      },
      whiskers(
        palette,
        paths.map((path, at) => ({ at, low: of(path).p5, high: of(path).p95 })),
        { along: "x" },
      ),
      {
        type: "scatter",
        symbol: "diamond",
        symbolSize: 11,
        z: 7,
        itemStyle: { color: palette.red, borderColor: palette.surface, borderWidth: 1 },
        data: paths.map((path, index) => ({ name: path.option, value: [of(path).mean, index] })),
      },
    ],
  };
}

/** A fan over the quarters: 5 to 95 %, the middle half, median and mean. */
export function fanOption(palette: Palette, path: Path, measure: Quarterly): EChartsCoreOption {
  const of = path.quarters.map((quarter) => quarter[`${measure}_usd`]);
  const [colour = ""] = palette.series;
  // Bands are polygons, as they may reach from below zero to above it.
  const band = (
    name: string,
    low: (index: number) => number,
    high: (index: number) => number,
    opacity: number,
  ) => ({
    type: "custom",
    name,
    silent: true,
    z: 1,
    itemStyle: { color: colour, opacity },
    encode: { x: 0, y: [1, 2] },
    data: of.map((_, index) => [index, low(index), high(index)]),
    clip: true,
    tooltip: { show: false },
    renderItem: ({ dataIndex }: { dataIndex: number }, api: CustomApi) => {
      if (dataIndex === of.length - 1) return undefined;
      const points = [
        api.coord([dataIndex, high(dataIndex)]),
        api.coord([dataIndex + 1, high(dataIndex + 1)]),
        api.coord([dataIndex + 1, low(dataIndex + 1)]),
        api.coord([dataIndex, low(dataIndex)]),
      ];
      return {
        type: "polygon",
        shape: { points },
        style: { fill: colour, opacity },
      };
    },
  });
  return {
    legend: legendOf(palette),
    grid: { left: palette.narrow ? 56 : 72, right: 22, top: palette.narrow ? 62 : 40, bottom: 46 },
    tooltip: {
      trigger: "axis",
      formatter: (points: { dataIndex: number }[]) => {
        const index = points[0]?.dataIndex ?? 0;
        const one = of[index];
        return one
          ? `<strong>${path.quarters[index]?.quarter}</strong><br>${measureWord(measure)}: ${rangeWords(one)}`
          : "";
      },
    },
    xAxis: {
      ...axis(palette, "x", {
        name: say("Fiscal quarter"),
        type: "category",
        data: path.quarters.map(({ quarter }) => quarter),
      }),
      boundaryGap: false,
    },
    yAxis: axis(palette, "y", {
      name: palette.narrow ? "USD" : say("{measure} (USD)", { measure: measureWord(measure) }),
      format: money,
    }),
    series: [
      band(
        say("5 to 95 %"),
        (index) => of[index]?.p5 ?? 0,
        (index) => of[index]?.p95 ?? 0,
        0.22,
      ),
      band(
        say("25 to 75 %"),
        (index) => of[index]?.p25 ?? 0,
        (index) => of[index]?.p75 ?? 0,
        0.5,
      ),
      {
        type: "line",
        name: say("median"),
        symbol: "circle",
        symbolSize: 5,
        lineStyle: { color: palette.text, width: 2 },
        itemStyle: { color: palette.text },
        data: of.map(({ p50 }) => p50),
      },
      {
        type: "line",
        name: say("mean"),
        symbol: "diamond",
        symbolSize: 9,
        lineStyle: { color: palette.red, width: 1.5, type: "dashed" },
        itemStyle: { color: palette.red },
        data: of.map(({ mean }) => mean),
      },
    ],
  };
}
