// The tables behind the pictures of a best reply.
import { num, say, tell, unit } from "../lib/i18n.svelte";
import { quantityWord } from "../lib/quantities";
import { link } from "../lib/router.svelte";
import type { Column } from "../lib/table";
import type { Test } from "../lib/verdict";
import { metWord } from "./chip-charts";
import { valueWord } from "./design-charts";
import { plainQuantity, type PartRow, type PriceRow } from "./design-data";
import { partName, roleWord } from "./design-words";

interface Figure {
  unit?: string;
  digits?: number;
}

function figure<R>(
  key: string,
  title: string,
  value: (row: R) => number | null,
  { unit: inUnit, digits = 6 }: Figure = {},
): Column<R> {
  return {
    key,
    title,
    ...(inUnit ? { unit: inUnit } : {}),
    numeric: true,
    value,
    show: (row) => num(value(row) ?? 0, { digits }),
  };
}

export const partColumns = (base: string | null): Column<PartRow>[] => [
  { key: "part", title: say("Part"), value: (row) => row.role, show: (row) => roleWord(row.role) },
  { key: "what", title: say("What it is"), wide: true, value: (row) => row.name },
  figure("tpp", say("TPP"), (row) => row.tpp, { unit: "TOPS*bit" }),
  figure("pd", say("PD"), (row) => row.pd, { unit: "TPP/mm2", digits: 4 }),
  figure("dram_gb_s", say("Memory"), (row) => row.dram_gb_s, { unit: "GB/s" }),
  figure("capacity_gb", say("Capacity"), (row) => row.capacity_gb, { unit: "GB" }),
  figure("link_gb_s", say("Link"), (row) => row.link_gb_s, { unit: "GB/s" }),
  figure("power_w", say("Power"), (row) => row.power_w, { unit: "W", digits: 3 }),
  figure("cost_usd", say("Cost"), (row) => row.cost_usd.value, { unit: "USD", digits: 4 }),
  figure("cost_usd_low", say("Cost, low"), (row) => row.cost_usd.low, { unit: "USD", digits: 4 }),
  figure("cost_usd_high", say("Cost, high"), (row) => row.cost_usd.high, { unit: "USD", digits: 4 }),
  figure("usd_per_hour", say("Owning it"), (row) => row.usd_per_hour, { unit: "USD/h", digits: 3 }),
  figure("value", valueWord(base), (row) => row.value, { digits: 3 }),
  figure("tokens_per_s", say("Tokens"), (row) => row.tokens_per_s, { unit: "1/s", digits: 4 }),
  {
    key: "evasions",
    title: say("Round the wording"),
    wide: true,
    value: (row) => row.evasions.join("; "),
    show: (row) => row.evasions.map(tell).join("; "),
  },
];

export const testColumns = (): Column<Test>[] => [
  {
    key: "quantity",
    title: say("Quantity"),
    value: (row) => row.quantity,
    show: (row) => quantityWord(plainQuantity(row.quantity)),
  },
  figure("value", say("Value"), (row) => row.value, { digits: 12 }),
  { key: "relation", title: say("Test"), tight: true, value: (row) => row.relation },
  figure("limit", say("Limit"), (row) => row.limit, { digits: 12 }),
  {
    key: "margin_percent",
    title: say("Margin"),
    unit: "%",
    numeric: true,
    value: (row) => row.margin_percent,
    show: (row) => num(row.margin_percent ?? 0, { digits: 4, sign: true }),
  },
  { key: "met", title: say("Met"), value: (row) => row.met, show: (row) => metWord(row.met) },
  { key: "paragraph", title: say("Paragraph"), tight: true, value: (row) => row.paragraph },
  {
    key: "rule",
    title: say("Rule"),
    tight: true,
    value: (row) => row.rule,
    href: (row) => link(`/data/rules/${row.rule}`),
  },
];

const gain = (index: number, title: string): Column<PriceRow> => ({
  key: `gain_${index + 1}_percent`,
  title,
  unit: "%",
  numeric: true,
  value: (row) => row.prices[index]?.gain_percent ?? null,
  show: (row) => num(row.prices[index]?.gain_percent ?? 0, { digits: 3, sign: true }),
});

function bestWords({ prices }: PriceRow): string {
  const best = prices.at(-1)?.best;
  return best ? `TPP ${num(best.tpp, { digits: 5 })}, ${partName(best)}` : "";
}

export const priceColumns = (): Column<PriceRow>[] => [
  {
    key: "quantity",
    title: say("Quantity"),
    value: (row) => row.quantity,
    show: (row) => quantityWord(plainQuantity(row.quantity)),
  },
  figure("limit", say("Limit"), (row) => row.limit, { digits: 12 }),
  {
    key: "unit",
    title: say("Unit"),
    tight: true,
    value: (row) => row.unit,
    show: (row) => unit(row.unit),
  },
  gain(0, say("Gain, loosened a little")),
  gain(1, say("Gain, loosened more")),
  {
    key: "best_tpp",
    title: say("Best part then, loosened more"),
    wide: true,
    value: (row) => row.prices.at(-1)?.best?.tpp ?? null,
    show: bestWords,
  },
];
