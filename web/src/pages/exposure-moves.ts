// What moves the net of a path: one input at a time, shares of the variance, what it is worth to know,
// and the events of the scenario.
import { axis, SHAPES, type EChartsCoreOption, type Palette } from "../lib/chart";
import { num, percent, say, tell } from "../lib/i18n.svelte";
import { whiskers } from "../lib/whiskers";
import { gridFor, legendOf, money, NAMES, namesAxis, type CustomApi } from "./exposure-axes";
import { dayOf, type Event, type Exposure, type TornadoRow } from "./exposure-data";
import { dayWords } from "./exposure-words";

/** Bars from the net at an input's 5 % to that at its 95 %; each end has its shape. */
export function tornadoOption(palette: Palette, rows: readonly TornadoRow[]): EChartsCoreOption {
  const [blue = "", orange = "", , , , , grey = ""] = palette.series;
  const end = (name: string, read: (row: TornadoRow) => number, symbol: string, colour: string) => ({
    type: "scatter",
    name,
    symbol,
    symbolSize: 12,
    silent: true,
    z: 7,
    itemStyle: { color: colour, borderColor: palette.surface, borderWidth: 1 },
    data: rows.map((row, index) => [read(row), index]),
  });
  return {
    legend: legendOf(palette),
    grid: gridFor(palette, NAMES, true),
    tooltip: { show: false },
    xAxis: {
      ...axis(palette, "x", {
        name: palette.narrow ? say("Net (USD)") : say("Net (USD), the other inputs at their medians"),
        format: money,
      }),
      scale: true,
    },
    yAxis: namesAxis(
      palette,
      rows.map(({ what }) => tell(what)),
      NAMES,
    ),
    series: [
      {
        type: "custom",
        silent: true,
        encode: { x: [0, 2], y: 1 },
        data: rows.map(({ low, high }, index) => [low, index, high]),
        renderItem: (_: unknown, api: CustomApi) => {
          const [from = 0, middle = 0] = api.coord([api.value(0), api.value(1)]);
          const [to = 0] = api.coord([api.value(2), api.value(1)]);
          const height = 7;
          return {
            type: "rect",
            shape: {
              x: Math.min(from, to),
              y: middle - height / 2,
              width: Math.max(1, Math.abs(to - from)),
              height,
            },
            style: { fill: grey, opacity: 0.45 },
          };
        },
      },
      end(say("at its 5 %"), ({ low }) => low, SHAPES[0], blue),
      end(say("at its 95 %"), ({ high }) => high, SHAPES[3], orange),
    ],
  };
}

/** Shares of the variance with their intervals: of an input alone, and with what it does with others. */
export function sharesOption(palette: Palette, rows: readonly TornadoRow[]): EChartsCoreOption {
  const kinds = [
    {
      name: say("alone"),
      read: (row: TornadoRow) => row.first,
      shape: SHAPES[0],
      colour: palette.series[0] ?? "",
      aside: -5,
    },
    {
      name: say("with others"),
      read: (row: TornadoRow) => row.total,
      shape: SHAPES[3],
      colour: palette.series[1] ?? "",
      aside: 5,
    },
  ];
  return {
    legend: legendOf(palette),
    grid: gridFor(palette, NAMES, true),
    tooltip: { show: false },
    xAxis: axis(palette, "x", {
      name: say("Share of the variance (%)"),
      format: (value) => num(value),
    }),
    yAxis: namesAxis(
      palette,
      rows.map(({ what }) => tell(what)),
      NAMES,
    ),
    series: kinds.flatMap(({ name, read, shape, colour, aside }) => [
      whiskers(
        palette,
        rows.flatMap((row, at) => {
          const share = read(row);
          return share ? [{ at, low: share.low * 100, high: share.high * 100 }] : [];
        }),
        { along: "x", colour, aside },
      ),
      {
        type: "scatter",
        name,
        symbol: shape,
        symbolSize: 10,
        symbolOffset: [0, aside],
        silent: true,
        z: 7,
        itemStyle: { color: colour },
        data: rows.flatMap((row, index) => {
          const share = read(row);
          return share ? [[share.value * 100, index]] : [];
        }),
      },
    ]),
  };
}

type Worth = Exposure["information"][number];
const SURE = 1.96;

export function worthOption(palette: Palette, rows: readonly Worth[]): EChartsCoreOption {
  const [colour = ""] = palette.series;
  return {
    grid: gridFor(palette, NAMES),
    tooltip: { show: false },
    xAxis: axis(palette, "x", {
      name: palette.narrow ? say("Worth (USD)") : say("Worth of knowing it before choosing (USD)"),
      format: money,
    }),
    yAxis: namesAxis(
      palette,
      rows.map(({ what }) => tell(what)),
      NAMES,
    ),
    series: [
      {
        type: "bar",
        silent: true,
        barMaxWidth: 12,
        itemStyle: { color: colour },
        data: rows.map(({ value_usd }) => value_usd),
      },
      whiskers(
        palette,
        rows.map(({ value_usd, error_usd }, at) => ({
          at,
          low: value_usd - SURE * error_usd,
          high: value_usd + SURE * error_usd,
        })),
        { along: "x" },
      ),
    ],
  };
}

export function eventsOption(
  palette: Palette,
  events: readonly Event[],
  answer: Exposure,
): EChartsCoreOption {
  const [colour = ""] = palette.series;
  return {
    grid: { ...gridFor(palette, NAMES + 40), right: palette.narrow ? 46 : 60 },
    tooltip: {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const event = events[dataIndex];
        if (!event) return "";
        const when = [dayOf(answer, event, "days_p5"), dayOf(answer, event, "days_p95")].map(
          dayWords,
        );
        return `<strong>${tell(event.what)}</strong><br>${percent(event.probability_by_end * 100)}<br>${[...new Set(when)].join(" – ")}`;
      },
    },
    xAxis: {
      ...axis(palette, "x", {
        name: palette.narrow ? say("% of worlds") : say("Comes by the end of the quarters (% of worlds)"),
        format: (value) => num(value),
      }),
      min: 0,
      max: 100,
    },
    yAxis: namesAxis(
      palette,
      events.map(({ what }) => tell(what)),
      NAMES + 40,
    ),
    series: [
      {
        type: "bar",
        barMaxWidth: 12,
        itemStyle: { color: colour },
        data: events.map(({ probability_by_end }) => probability_by_end * 100),
        label: {
          show: true,
          position: "right",
          color: palette.text,
          fontSize: 12,
          formatter: ({ value }: { value: number }) => percent(value, { digits: 2 }),
        },
      },
    ],
  };
}
