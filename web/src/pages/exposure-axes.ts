// What the pictures of an exposure share: amounts, legends, and names down the side.
import type { Palette } from "../lib/chart";
import { usd } from "../lib/i18n.svelte";

export const money = (value: number) => usd(value, 3);

export const legendOf = (palette: Palette) => ({
  top: 0,
  left: 0,
  itemWidth: 22,
  textStyle: { color: palette.text, fontSize: 12 },
  inactiveColor: palette.faint,
});

/** Names down the side; on narrow screens over their row, where they have its whole width. */
export function namesAxis(palette: Palette, names: readonly string[], width: number): object {
  return {
    type: "category",
    inverse: true,
    data: [...names],
    axisTick: { show: false },
    axisLine: { show: false },
    splitLine: { show: false },
    axisLabel: palette.narrow
      ? {
          inside: true,
          color: palette.text,
          fontSize: 11,
          verticalAlign: "bottom",
          padding: [0, 0, 10, 0],
          width: 205,
          overflow: "truncate",
          interval: 0,
        }
      : {
          color: palette.text,
          fontSize: 12,
          width: width - 12,
          overflow: "break",
          interval: 0,
          lineHeight: 14,
        },
    z: 5,
  };
}
/** A legend may take two lines where it is narrow, and names stand over the first row there. */
export const gridFor = (palette: Palette, width: number, legend = false) => ({
  left: palette.narrow ? 10 : width,
  right: palette.narrow ? 14 : 26,
  top: palette.narrow ? (legend ? 66 : 18) : legend ? 34 : 10,
  bottom: 46,
});

/** Pixels for the names of inputs and events. */
export const NAMES = 220;

/** What ECharts hands to a custom series. */
export interface CustomApi {
  coord(point: readonly (number | string)[]): number[];
  value(index: number): number;
  size(point: readonly number[]): number[];
}
