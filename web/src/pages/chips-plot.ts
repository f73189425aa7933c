// The plot of all chips on two quantities, with the areas where a part may go.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, say } from "../lib/i18n.svelte";
import {
  answerWords,
  OUTCOME_HATCH,
  OUTCOME_SHAPES,
  OUTCOMES,
  outcomeWord,
  type Outcome,
} from "../lib/outcomes";
import { bend, bendPolygon, bordersOf, type Border } from "../lib/regions";
import type { Span } from "../lib/verdict";
import { answersOn, type AreaAnswers } from "./chips-data";

export interface Dot {
  id: string;
  name: string;
  x: number;
  y: number;
  span: Span;
  labelled: boolean;
  /** Its label goes before others. */
  first: boolean;
}

export interface PlotTitles {
  x: string;
  y: string;
  xShort: string;
  yShort: string;
}

interface CustomApi {
  coord(point: readonly number[]): number[];
  value(index: number): number;
}

const FILL_OPACITY: Record<Outcome, number> = {
  "no-license": 0.16,
  "license-exception": 0.1,
  "license-required": 0.05,
  unknown: 0.03,
};

function areaSeries(palette: Palette, areas: AreaAnswers, answers: readonly Outcome[]): object {
  return {
    type: "custom",
    name: "areas",
    silent: true,
    z: 0,
    clip: true,
    data: areas.areas.map(({ inside }, index) => [...inside, index]),
    renderItem: (_: unknown, api: CustomApi) => {
      const index = api.value(2);
      const outcome = answers[index] ?? "unknown";
      const turn = OUTCOME_HATCH[outcome];
      const points = bendPolygon(areas.areas[index]?.polygon ?? []).map((point) =>
        api.coord(point),
      );
      return {
        type: "polygon",
        shape: { points },
        style: {
          fill: palette.outcome[outcome],
          opacity: FILL_OPACITY[outcome],
          decal: turn === null ? undefined : hatch(turn, palette.outcome[outcome]),
        },
      };
    },
  };
}

function borderSeries(palette: Palette, borders: readonly Border[]): object {
  return {
    type: "custom",
    name: "red line",
    silent: true,
    z: 1,
    clip: true,
    data: borders.map(({ from }, index) => [...from, index]),
    renderItem: (_: unknown, api: CustomApi) => {
      const border = borders[api.value(2)];
      const points = border ? bend(border).map((point) => api.coord(point)) : [];
      return {
        type: "polyline",
        shape: { points },
        style: { fill: "none", stroke: palette.red, lineWidth: 2.5 },
      };
    },
  };
}

/** The numbers of the red line, once each: where it stands upright, and where it lies. */
function limitGuides(palette: Palette, borders: readonly Border[], areas: AreaAnswers): object {
  const upright = [
    ...new Set(borders.filter(({ from, to }) => from[0] === to[0]).map(({ from }) => from[0])),
  ];
  const lying = [
    ...new Set(borders.filter(({ from, to }) => from[1] === to[1]).map(({ from }) => from[1])),
  ];
  const { x, y } = areas.box;
  const labels = [
    ...upright.map((value) => ({
      at: [value, y[1]],
      end: [value, y[0]],
      text: num(value),
      turn: Math.PI / 2,
    })),
    ...lying.map((value) => ({ at: [x[1], value], end: [x[0], value], text: num(value), turn: 0 })),
  ];
  return {
    type: "custom",
    name: "limits",
    silent: true,
    z: 3,
    data: labels.map(({ at }, index) => [...at, index]),
    renderItem: (_: unknown, api: CustomApi) => {
      const label = labels[api.value(2)];
      if (!label) return undefined;
      const [left = 0, top = 0] = api.coord(label.at);
      const [endLeft = 0, endTop = 0] = api.coord(label.end);
      const guide = {
        type: "line",
        shape: { x1: left, y1: top, x2: endLeft, y2: endTop },
        style: { stroke: palette.red, lineWidth: 1, lineDash: [2, 4], opacity: 0.7 },
      };
      const text = {
        type: "text",
        x: left,
        y: top,
        rotation: label.turn,
        style: {
          text: label.text,
          x: -4,
          align: "right",
          verticalAlign: "middle",
          fill: palette.red,
          fontSize: 12,
          fontWeight: 600,
          backgroundColor: palette.surface,
          padding: [1, 3],
        },
      };
      return { type: "group", children: [guide, text] };
    },
  };
}

function dotSeries(palette: Palette, dots: readonly Dot[]): object[] {
  return OUTCOMES.map((outcome) => ({
    type: "scatter",
    name: outcomeWord(outcome),
    z: 2,
    symbol: OUTCOME_SHAPES[outcome],
    symbolSize: 10,
    itemStyle: {
      // A ring has nothing in it.
      color: outcome === "unknown" ? palette.surface : palette.outcome[outcome],
      borderColor: outcome === "unknown" ? palette.outcome.unknown : palette.surface,
      borderWidth: outcome === "unknown" ? 2 : 1,
    },
    label: {
      show: true,
      position: "top",
      color: palette.text,
      fontSize: 12,
      textBorderColor: palette.surface,
      textBorderWidth: 2,
      formatter: ({ data }: { data: { labelled: boolean; name: string } }) =>
        data.labelled ? data.name : "",
    },
    labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
    data: dots
      .filter(({ span }) => span.outcome === outcome)
      .map(({ id, name, x, y, span, labelled, first }) => ({
        name: id,
        value: [x, y],
        labelled,
        title: name,
        words: answerWords(span),
        // Where labels collide, that of the larger point stays.
        ...(first ? { symbolSize: 14, label: { fontWeight: 600 } } : {}),
      })),
  }));
}

export function plotOption(
  palette: Palette,
  titles: PlotTitles,
  dots: readonly Dot[],
  areas: AreaAnswers | null,
  date: string,
): EChartsCoreOption {
  const answers = areas ? answersOn(areas, date) : [];
  const borders = areas ? bordersOf(areas.areas, answers) : [];
  const range = (side: "x" | "y") =>
    areas ? { min: areas.box[side][0], max: areas.box[side][1] } : {};
  const format = (value: number) => num(value, { digits: 3 });
  return {
    grid: { top: palette.narrow ? 62 : 36 },
    legend: {
      top: 0,
      left: 0,
      itemGap: 8,
      itemWidth: 13,
      itemHeight: 11,
      textStyle: { color: palette.text },
      data: OUTCOMES.map((outcome) => outcomeWord(outcome)),
      selectedMode: false,
    },
    xAxis: axis(palette, "x", { name: titles.x, type: "log", format, ...range("x") }),
    yAxis: axis(palette, "y", { name: titles.y, type: "log", format, ...range("y") }),
    tooltip: {
      trigger: "item",
      formatter: ({ data }: { data: { title: string; words: string; value: [number, number] } }) =>
        [
          `<strong>${data.title}</strong>`,
          data.words,
          `${titles.xShort} ${num(data.value[0], { digits: 6 })}`,
          `${titles.yShort} ${num(data.value[1], { digits: 6 })}`,
        ].join("<br>"),
    },
    series: [
      ...(areas ? [areaSeries(palette, areas, answers), borderSeries(palette, borders)] : []),
      ...dotSeries(palette, dots),
      ...(areas ? [limitGuides(palette, borders, areas)] : []),
    ],
  };
}

export const densityTitles = (narrow: boolean): PlotTitles => ({
  x: narrow ? say("TPP (TOPS·bit)") : say("Total processing performance (TPP, TOPS·bit)"),
  y: narrow ? say("PD (TPP/mm²)") : say("Performance density (TPP/mm²)"),
  xShort: say("TPP"),
  yShort: say("PD"),
});

export const bandwidthTitles = (narrow: boolean): PlotTitles => ({
  x: say("Memory bandwidth (GB/s)"),
  y: narrow ? say("I/O (GB/s)") : say("Input and output, both directions (GB/s)"),
  xShort: say("Memory"),
  yShort: say("I/O"),
});
