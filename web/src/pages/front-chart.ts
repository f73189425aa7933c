// The plans that no other betters: one objective against another, with a step between neighbours.
import { axis, SHAPES, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say } from "../lib/i18n.svelte";
import { objectiveName, objectiveWords, onAxis, type Objectives } from "../lib/objectives";
import { whiskers } from "../lib/whiskers";

export interface FrontPoint {
  /** Names the plan for the click. */
  number: number;
  words: string;
  objectives: Objectives;
  /** Of the objective named, an 80 % interval. */
  range?: { key: string; low: number; high: number } | undefined;
}

interface FrontStyle {
  x: string;
  y: string;
  best: number;
  chosen: number;
  ofBudget?: boolean;
}

/** Beyond that many whiskers hide the points. */
const MOST_WHISKERS = 40;
/** From the least to the most: beyond the first a logarithm shows more, beyond the second one of ten. */
const FAR = 12;
const VERY_FAR = 500;

export function frontOption(
  palette: Palette,
  points: readonly FrontPoint[],
  { x, y, best, chosen, ofBudget }: FrontStyle,
): EChartsCoreOption {
  const known = points.flatMap((point) => {
    const [a, b] = [point.objectives[x], point.objectives[y]];
    return a == null || b == null ? [] : [{ point, at: [onAxis(x, a), onAxis(y, b)] as const }];
  });
  const along = [...known].sort((one, other) => one.at[0] - other.at[0] || one.at[1] - other.at[1]);
  // With more than two objectives some points are worse in these two; only the others make the line.
  let least = Infinity;
  const line = along.flatMap(({ at }) => {
    if (at[1] >= least) return [];
    least = at[1];
    return [at];
  });
  // The best is drawn last, over its neighbours.
  const order = [...known].sort(
    (one, other) => Number(one.point.number === best) - Number(other.point.number === best),
  );
  const axisOf = (side: "x" | "y", key: string): object => {
    const values = known.map(({ at }) => at[side === "x" ? 0 : 1]);
    const [low = 0, high = 0] = [Math.min(...values), Math.max(...values)];
    const style = axis(palette, side, {
      name: objectiveName(key, ofBudget),
      format: (value) => num(value, { digits: 4 }),
    });
    const far = low > 0 && high / low > FAR;
    // Marks at the powers of two, where those of ten would be one or none.
    const spread = far ? { type: "log", logBase: high / low > VERY_FAR ? 10 : 2 } : { scale: true };
    return { ...style, ...spread, ...(side === "y" ? { nameGap: palette.narrow ? 44 : 56 } : {}) };
  };
  const few = known.length <= MOST_WHISKERS;
  const ranged = (key: string) =>
    few
      ? known.flatMap(({ point, at }) =>
          point.range?.key === key
            ? [
                {
                  at: key === x ? at[1] : at[0],
                  low: onAxis(key, point.range.low),
                  high: onAxis(key, point.range.high),
                },
              ]
            : [],
        )
      : [];
  const shape = (number: number) => (number === best ? SHAPES[3] : SHAPES[0]);
  return {
    grid: { left: palette.narrow ? 62 : 76, right: 24, top: 24, bottom: 50 },
    xAxis: axisOf("x", x),
    yAxis: axisOf("y", y),
    tooltip: {
      trigger: "item",
      formatter: ({ data }: { data: { index?: number } }) => {
        const point = order[data.index ?? -1]?.point;
        if (!point) return "";
        const lines = [x, y].map(
          (key) =>
            `${objectiveName(key, ofBudget)}: ${objectiveWords(key, point.objectives[key] ?? 0)}`,
        );
        return [`<strong>${point.words}</strong>`, ...lines].join("<br>");
      },
    },
    series: [
      {
        type: "line",
        step: "end",
        data: line,
        symbol: "none",
        silent: true,
        lineStyle: { color: palette.faint, width: 1.5, type: "dashed" },
      },
      ...[x, y]
        .filter((key) => ranged(key).length > 0)
        .map((key) =>
          whiskers(palette, ranged(key), { along: key === x ? "x" : "y", colour: palette.faint }),
        ),
      {
        type: "scatter",
        z: 8,
        data: order.map(({ point, at }, index) => ({
          name: String(point.number),
          index,
          value: at,
          symbol: shape(point.number),
          symbolSize: point.number === best ? 17 : 11,
          itemStyle: {
            color: point.number === best ? palette.red : palette.series[0],
            borderColor: palette.text,
            borderWidth: point.number === chosen ? 3 : 0,
          },
          label: {
            show: point.number === best,
            formatter: say("best"),
            position: "top",
            color: palette.text,
            fontSize: 12,
          },
        })),
      },
    ],
  };
}
