// Error bars: from the low to the high end of an interval, with a stroke at each end.
import type { Palette } from "./chart";

interface CustomApi {
  coord(point: readonly number[]): number[];
  value(index: number): number;
}

export interface Whisker {
  /** Where it stands on the other axis: a category's number, or a value. */
  at: number;
  low: number;
  high: number;
}

interface WhiskerStyle {
  /** The axis along which the interval lies. */
  along: "x" | "y";
  colour?: string;
  /** Pixels aside, where several stand in one category. */
  aside?: number;
  axis?: number;
}

const HALF = 5;

export function whiskers(
  palette: Palette,
  of: readonly Whisker[],
  { along, colour, aside = 0, axis = 0 }: WhiskerStyle,
): object {
  const upright = along === "y";
  return {
    type: "custom",
    silent: true,
    z: 6,
    xAxisIndex: axis,
    yAxisIndex: axis,
    encode: upright ? { x: 0, y: [1, 2] } : { x: [1, 2], y: 0 },
    data: of.map(({ at, low, high }) => [at, low, high]),
    tooltip: { show: false },
    renderItem: (_: unknown, api: CustomApi) => {
      const ends = [api.value(1), api.value(2)].map((value) =>
        api.coord(upright ? [api.value(0), value] : [value, api.value(0)]),
      );
      const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = ends;
      const style = { stroke: colour ?? palette.text, lineWidth: 1.5, fill: "none" };
      const line = (fromX: number, fromY: number, toX: number, toY: number) => ({
        type: "line",
        shape: upright
          ? { x1: fromX + aside, y1: fromY, x2: toX + aside, y2: toY }
          : { x1: fromX, y1: fromY + aside, x2: toX, y2: toY + aside },
        style,
      });
      const end = (x: number, y: number) =>
        upright ? line(x - HALF, y, x + HALF, y) : line(x, y - HALF, x, y + HALF);
      return { type: "group", children: [line(x1, y1, x2, y2), end(x1, y1), end(x2, y2)] };
    },
  };
}
