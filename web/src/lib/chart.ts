// What charts share: colours from the style sheet, shapes and patterns besides colour, axes with
// units, and writing a chart to a file.
import type { EChartsCoreOption, EChartsType } from "echarts/core";

export interface Palette {
  text: string;
  faint: string;
  line: string;
  surface: string;
  red: string;
  outcome: Record<"no-license" | "license-exception" | "license-required" | "unknown", string>;
  /** Okabe and Ito: told apart with any colour vision. */
  series: string[];
  reducedMotion: boolean;
  /** Too narrow for what stands beside the plot. */
  narrow: boolean;
}

export type MakeOption = (palette: Palette) => EChartsCoreOption;
export type { EChartsCoreOption, EChartsType };

/** The browser works `light-dark()` out for a colour that is used, not for a variable. */
function colourReader(within: Element): (name: string) => string {
  const probe = document.createElement("span");
  within.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  queueMicrotask(() => probe.remove());
  return read;
}

export const isNarrow = (box: Element) => box.clientWidth < 480;

export function paletteOf(within: Element): Palette {
  const colour = colourReader(within);
  return {
    text: colour("text"),
    faint: colour("text-faint"),
    line: colour("line"),
    surface: colour("surface"),
    red: colour("red"),
    outcome: {
      "no-license": colour("outcome-free"),
      "license-exception": colour("outcome-exception"),
      "license-required": colour("outcome-required"),
      unknown: colour("outcome-unknown"),
    },
    series: [1, 2, 3, 4, 5, 6, 7].map((number) => colour(`series-${number}`)),
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    narrow: isNarrow(within),
  };
}

/** Shapes of points, in the order of `Palette.series`. */
export const SHAPES = [
  "circle",
  "rect",
  "triangle",
  "diamond",
  "roundRect",
  "pin",
  "arrow",
] as const;

/** Patterns of areas: which way they are hatched says what they are, whatever their colour. */
export function hatch(rotation: number, colour: string): object {
  return { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 7], rotation, color: colour };
}

interface AxisStyle {
  name: string;
  type?: "value" | "log" | "category";
  min?: number;
  max?: number;
  format?: (value: number) => string;
  data?: string[];
}

/** An axis with its name and unit along it. */
export function axis(palette: Palette, side: "x" | "y", style: AxisStyle): object {
  return {
    type: style.type ?? "value",
    name: style.name,
    nameLocation: "middle",
    nameGap: side === "x" ? 28 : palette.narrow ? 38 : 48,
    min: style.min,
    max: style.max,
    data: style.data,
    nameTextStyle: { color: palette.text, fontSize: 12 },
    axisLabel: {
      color: palette.text,
      fontSize: 12,
      hideOverlap: true,
      formatter: style.format,
      // Ends that were chosen to fit the points are no round numbers.
      showMinLabel: style.min === undefined,
      showMaxLabel: style.max === undefined,
    },
    axisLine: { show: true, lineStyle: { color: palette.faint } },
    axisTick: { show: side === "x" },
    splitLine: { lineStyle: { color: palette.line } },
  };
}

/** What every chart starts from; the option of the page is laid over it. */
export function baseOption(palette: Palette): EChartsCoreOption {
  return {
    animation: false,
    // The page writes its own summary; the generated one recites raw points.
    aria: { enabled: true, label: { enabled: false }, decal: { show: false } },
    color: palette.series,
    // Double quotes would end the attribute that the family stands in, in files of the chart.
    textStyle: {
      color: palette.text,
      fontFamily: getComputedStyle(document.body).fontFamily.replaceAll('"', "'"),
    },
    grid: { left: palette.narrow ? 56 : 66, right: 16, top: 16, bottom: 46 },
    tooltip: {
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.faint,
      textStyle: { color: palette.text, fontSize: 13 },
    },
  };
}

export function svgOf(chart: EChartsType, palette: Palette): Blob {
  const svg = chart
    .renderToSVGString()
    // Files are seen on any ground, so they bring their own.
    .replace(/(<svg[^>]*>)/, `$1<rect width="100%" height="100%" fill="${palette.surface}"/>`);
  return new Blob([svg], { type: "image/svg+xml" });
}

const PNG_SCALE = 2;

export async function pngOf(chart: EChartsType, palette: Palette): Promise<Blob> {
  const url = URL.createObjectURL(svgOf(chart, palette));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = chart.getWidth() * PNG_SCALE;
    canvas.height = chart.getHeight() * PNG_SCALE;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("no picture"))),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
