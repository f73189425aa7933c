import { expect, it } from "vitest";
import { bindingLimits, limitsOf, readMove, rowsOf, withMove, writeMove, type Part, type Reply } from "./design-data";

const part = (tpp: number, value: number): Part => ({
  die: "gh100",
  node: "tsmc-n5",
  dies: 1,
  cores_on: 128,
  cores_drawn: 144,
  tpp,
  silicon_tpp: 15351,
  capped: true,
  pd: 2.9,
  memory: "hbm3",
  memory_units: 6,
  dram_gb_s: 4020,
  capacity_gb: 96,
  link_gb_s: 900,
  market: "data-center",
  value,
  usd_per_hour: 1,
  power_w: 450,
  cost_usd: { low: 1, value: 2, high: 3 },
  work: [{ work: "decode llama-2-70b", tokens_per_s: 470 }],
  evasions: [],
});
const reply: Reply = {
  to: "CN",
  rules_as_of: "2023-11-17",
  facts_until: "2023-10-17",
  rules: [],
  base: "h100-sxm5",
  per: "chip",
  best: [part(2397.6, 0.45), part(2397.6, 0.44)],
  pareto: [part(2397.6, 0.45), part(2300, 0.4)],
};
const test = (quantity: string, value: number, limit: number) => ({
  rule: "R",
  paragraph: "a",
  quantity,
  value,
  relation: ">=",
  limit,
  margin_percent: (value / limit - 1) * 100,
});
const price = (limit: number, gain_percent: number) => ({
  quantity: "tpp",
  unit: "TOPS*bit",
  limit,
  loosened_percent: 1,
  gain_percent,
  best: null,
});

it("reads and writes moves of limits as the command line does", () => {
  const move = { quantity: "dram_bw + letter_io", at: 1700, to: 1500.5 };
  expect(readMove(writeMove(move))).toEqual(move);
  for (const text of ["", "tpp", "tpp:4800", "tpp:4800=", "tpp:x=1", "tpp:4800=-1", ":1=2"]) {
    expect(readMove(text)).toBeNull();
  }
});

it("moves a limit once, and not where it stands already", () => {
  const first = withMove([], { quantity: "tpp", at: 4800, to: 3000 });
  const second = withMove(first, { quantity: "tpp", at: 4800, to: 2500 });
  expect(second).toEqual([{ quantity: "tpp", at: 4800, to: 2500 }]);
  expect(withMove(second, { quantity: "tpp", at: 4800, to: 4800 })).toEqual([]);
});

it("takes the limits of older programs from their prices", () => {
  const prices = [price(4800, 0), price(4800, 0), price(2400, 1)];
  expect(limitsOf({ ...reply, shadow_prices: prices }).map(({ at }) => at)).toEqual([4800, 2400]);
});

it("names the limits that bind", () => {
  const verdict = {
    outcome: "no-license" as const,
    tests: [test("tpp", 2397.6, 4800), test("tpp", 2397.6, 2400), test("tpp", 2397.6, 1600)],
  };
  const found = bindingLimits({ ...reply, verdict, binding: ["tpp"] });
  expect(found.map(({ limit }) => limit)).toEqual([2400]);
  const moved = bindingLimits({ ...reply, shadow_prices: [price(4800, 0), price(3000, 2)] });
  expect(moved.map(({ limit }) => limit)).toEqual([3000]);
});

it("shows each part once, the best first", () => {
  expect(rowsOf(reply, ({ die }) => die).map(({ role, value }) => [role, value])).toEqual([
    ["best", 0.45],
    ["front", 0.4],
    ["near", 0.44],
  ]);
});
