// The two pictures of a verdict: how far each test is from its limit, and the answers over time.
import { axis, hatch, type EChartsCoreOption, type Palette } from "../lib/chart";
import { day, num, percent, say } from "../lib/i18n.svelte";
import { answerWords, OUTCOME_HATCH, outcomeWord } from "../lib/outcomes";
import { quantityShort } from "../lib/quantities";
import type { Span, Test } from "../lib/verdict";

/** What is asked: "TPP ≥ 4,800". */
function comparison({ quantity, relation, limit }: Test): string {
  const sign = relation.replace(">=", "≥").replace("<=", "≤");
  return `${quantityShort(quantity)} ${sign} ${num(limit)}`;
}

/** The same with its paragraph: "TPP ≥ 4,800 · 3A090.a". */
export const testWords = (test: Test) => `${comparison(test)} · ${test.paragraph}`;

export const metWord = (met: boolean | null) =>
  met === null ? say("not known") : met ? say("met") : say("not met");

export const marginWords = ({ margin_percent, met }: Test) =>
  [margin_percent === null ? "" : percent(margin_percent, { sign: true }), metWord(met)]
    .filter(Boolean)
    .join(" ");

/** The same comparison may stand in several paragraphs; one bar is enough for the eye. */
export function distinctTests(tests: readonly Test[]): Test[] {
  const seen = new Map(
    tests.map((test) => [`${test.quantity} ${test.limit}`, test]).reverse() as [string, Test][],
  );
  return tests.filter((test) => seen.get(`${test.quantity} ${test.limit}`) === test);
}

// Bars end here at most; beyond is room for their numbers.
const FARTHEST = 100;
const ROOM = 150;

/** Bars from the limit: to the right above it, to the left below it, hatched where the test is met. */
export function marginsOption(palette: Palette, tests: readonly Test[]): EChartsCoreOption {
  const known = tests.filter(({ margin_percent }) => margin_percent !== null);
  const clipped = (value: number) => Math.max(-FARTHEST, Math.min(FARTHEST, value));
  return {
    // On a narrow screen the words stand above their bars, within the plot.
    grid: palette.narrow
      ? { left: 4, right: 12, top: 10, outerBoundsMode: "none" }
      : { left: 250, right: 20, top: 10 },
    tooltip: { show: false },
    xAxis: {
      ...axis(palette, "x", {
        name: palette.narrow ? say("Margin (%)") : say("Value above or below the limit (%)"),
        format: (value) => (Math.abs(value) > FARTHEST ? "" : num(value, { sign: true })),
      }),
      min: -ROOM,
      max: ROOM,
      interval: 50,
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: known.map((test) =>
        palette.narrow ? `${comparison(test)}: ${marginWords(test)}` : testWords(test),
      ),
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: palette.narrow
        ? {
            show: true,
            inside: true,
            color: palette.text,
            fontSize: 11,
            verticalAlign: "bottom",
            padding: [0, 0, 9, 0],
          }
        : { color: palette.text, fontSize: 12, width: 235, overflow: "truncate" },
      z: 5,
    },
    series: [
      {
        type: "bar",
        barWidth: palette.narrow ? 8 : 14,
        data: known.map((test) => {
          const { met } = test;
          const value = test.margin_percent ?? 0;
          const colour = met ? palette.outcome["license-required"] : palette.outcome["no-license"];
          return {
            value: clipped(value),
            itemStyle: {
              color: met ? palette.surface : colour,
              borderColor: colour,
              borderWidth: 1.5,
              decal: met ? hatch(Math.PI / 4, colour) : undefined,
            },
            label: {
              show: !palette.narrow,
              position: value >= 0 ? "right" : "left",
              color: palette.text,
              fontSize: 12,
              formatter: marginWords(test),
            },
          };
        }),
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: palette.red, width: 2.5, type: "solid" },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  };
}

export interface Stretch {
  span: Span;
  /** First and last day within the picture. */
  from: string;
  to: string;
}

export function stretchesOf(spans: readonly Span[], first: string, last: string): Stretch[] {
  return spans
    .filter((span) => (span.last ?? "9999") >= first && (span.first ?? "") <= last)
    .map((span) => ({
      span,
      from: span.first && span.first > first ? span.first : first,
      to: span.last && span.last < last ? span.last : last,
    }));
}

export const thereWord = (status: string | null | undefined): string => {
  switch (status) {
    case "blocked":
      return say("blocked");
    case "restricted":
      return say("restricted");
    case null:
    case undefined:
      return say("nothing held here");
    default:
      return status;
  }
};

interface CustomApi {
  coord(point: readonly (number | string)[]): number[];
  value(index: number): number;
  size(point: readonly number[]): number[];
}

const DAY_MS = 86_400_000;
const timeOf = (date: string) => Date.parse(`${date}T00:00:00Z`);

/** Two lanes: what the exporting side asks, and what the destination does. */
export function timelineOption(
  palette: Palette,
  stretches: readonly Stretch[],
  now: string,
): EChartsCoreOption {
  const lanes = [say("License"), say("There")];
  const drawn = stretches.flatMap((stretch, index) =>
    lanes.flatMap((_, lane) =>
      lane === 1 && !stretch.span.destination_side?.status
        ? []
        : [
            {
              name: stretch.from,
              value: [timeOf(stretch.from), lane, timeOf(stretch.to) + DAY_MS, index],
            },
          ],
    ),
  );
  const styleOf = (span: Span, lane: number) => {
    if (lane === 1) {
      const blocked = span.destination_side?.status === "blocked";
      return {
        fill: palette.faint,
        decal: blocked ? hatch(Math.PI / 4, palette.surface) : hatch(0, palette.surface),
      };
    }
    const turn = OUTCOME_HATCH[span.outcome];
    return {
      fill: palette.outcome[span.outcome],
      decal: turn === null ? undefined : hatch(turn, palette.surface),
    };
  };
  return {
    grid: { left: palette.narrow ? 62 : 90, right: 16, top: 24, bottom: 30 },
    xAxis: {
      type: "time",
      min: timeOf(stretches[0]?.from ?? now),
      max: timeOf(stretches.at(-1)?.to ?? now) + DAY_MS,
      axisLabel: { color: palette.text, fontSize: 12, hideOverlap: true, formatter: "{yyyy}" },
      minInterval: 365 * DAY_MS,
      axisLine: { lineStyle: { color: palette.faint } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: lanes,
      axisLabel: { color: palette.text },
      axisTick: { show: false },
      axisLine: { show: false },
    },
    tooltip: {
      trigger: "item",
      formatter: ({ value }: { value: number[] }) => {
        const stretch = stretches[value[3] ?? 0];
        if (!stretch) return "";
        const { span } = stretch;
        const words = value[1] === 1 ? thereWord(span.destination_side?.status) : answerWords(span);
        return [
          `<strong>${words}</strong>`,
          `${day(stretch.from)} – ${day(stretch.to)}`,
          span.rule ?? "",
        ].join("<br>");
      },
    },
    series: [
      {
        type: "custom",
        clip: true,
        encode: { x: [0, 2], y: 1 },
        data: drawn,
        renderItem: (_: unknown, api: CustomApi) => {
          const lane = api.value(1);
          const [left = 0, middle = 0] = api.coord([api.value(0), lane]);
          const [right = 0] = api.coord([api.value(2), lane]);
          const height = Math.min(34, (api.size([0, 1])[1] ?? 40) * 0.7);
          const span = stretches[api.value(3)]?.span;
          if (!span) return undefined;
          const words =
            lane === 1 ? thereWord(span.destination_side?.status) : outcomeWord(span.outcome);
          // Some answers held for a day: they stay visible.
          const width = Math.max(right - left, 2);
          const rectangle = {
            type: "rect",
            shape: { x: left, y: middle - height / 2, width, height },
            style: { ...styleOf(span, lane), stroke: palette.surface, lineWidth: 1 },
          };
          const letter = 7;
          if (width < words.length * letter + 12) return rectangle;
          const text = {
            type: "text",
            style: {
              text: words,
              x: left + width / 2,
              y: middle,
              align: "center",
              verticalAlign: "middle",
              fill: palette.text,
              backgroundColor: palette.surface,
              padding: [2, 4],
              fontSize: 12,
            },
          };
          return { type: "group", children: [rectangle, text] };
        },
        markLine: {
          silent: true,
          symbol: "none",
          label: { formatter: day(now), color: palette.red, position: "start" },
          lineStyle: { color: palette.red, width: 2, type: "solid" },
          data: [{ xAxis: timeOf(now) }],
        },
      },
    ],
  };
}
