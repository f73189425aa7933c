import { describe, expect, it } from "vitest";
import { areasOf, bend, bordersOf, limitsOf, reach, type Point } from "./regions";
import type { Test } from "./verdict";

const test = (quantity: string, limit: number): Test => ({
  rule: "",
  paragraph: "",
  quantity,
  value: 1,
  unit: "",
  relation: ">=",
  limit,
  met: true,
  margin_percent: 0,
});
const box = { x: [1, 10000], y: [1, 10000] } as const;

const size = (polygon: readonly Point[]) =>
  Math.abs(
    polygon.reduce((total, [x, y], index) => {
      const [x2, y2] = polygon[(index + 1) % polygon.length] ?? [x, y];
      return total + (x * y2 - x2 * y) / 2;
    }, 0),
  );

describe("limitsOf", () => {
  it("sorts limits by the axis they stand on", () => {
    const tests = [
      test("tpp", 4800),
      test("pd", 5.92),
      test("tpp", 1600),
      test("tpp", 4800),
      test("bw+io", 1700),
      test("mbd", 2),
    ];
    expect(limitsOf(tests, ["tpp"], ["pd"])).toEqual({ x: [1600, 4800], y: [5.92], sum: [] });
    expect(limitsOf(tests, ["bw"], ["io"])).toEqual({ x: [], y: [], sum: [1700] });
  });
});

describe("areasOf", () => {
  it("covers the plane without overlap, and points lie inside their areas", () => {
    const limits = { x: [1400, 6500], y: [600, 1100], sum: [1700, 9000] };
    const areas = areasOf(limits, box);
    const whole = areas.reduce((total, { polygon }) => total + size(polygon), 0);
    expect(whole).toBeCloseTo(9999 * 9999, 0);
    for (const {
      polygon,
      inside: [x, y],
    } of areas) {
      for (const limit of limits.x)
        expect(polygon.every(([px]) => px >= limit === x > limit || px === limit)).toBe(true);
      for (const limit of limits.sum) {
        expect(
          polygon.every(
            ([px, py]) =>
              px + py - limit > -1e-6 === x + y > limit || Math.abs(px + py - limit) < 1e-6,
          ),
        ).toBe(true);
      }
    }
  });

  it("is one area where nothing is tested", () => {
    expect(areasOf({ x: [], y: [], sum: [] }, box)).toHaveLength(1);
  });
});

describe("bordersOf", () => {
  it("draws the line between different answers only", () => {
    const limits = { x: [1600, 4800], y: [5.92], sum: [] };
    const areas = areasOf(limits, { x: [100, 10000], y: [1, 100] });
    // The rule of October 2023: tpp >= 4800, or tpp >= 1600 and pd >= 5.92.
    const answers = areas.map(({ inside: [x, y] }) =>
      x >= 4800 || (x >= 1600 && y >= 5.92) ? "caught" : "free",
    );
    const lines = bordersOf(areas, answers).map(({ from, to }) =>
      [...[from, to]].sort().flat().join(" "),
    );
    expect(lines.sort()).toEqual(["1600 100 1600 5.92", "1600 5.92 4800 5.92", "4800 1 4800 5.92"]);
  });
});

it("bends a sum and leaves straight lines alone", () => {
  expect(bend({ from: [1, 5], to: [1, 9] })).toHaveLength(2);
  expect(
    bend({ from: [600, 1100], to: [1400, 300] }).every(([x, y]) => Math.abs(x + y - 1700) < 1e-9),
  ).toBe(true);
});

it("reaches beyond values and limits", () => {
  const [low, high] = reach([10, 0, 100], [4800]);
  expect(low).toBeLessThan(10);
  expect(high).toBeGreaterThan(4800);
});
