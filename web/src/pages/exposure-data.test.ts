import { expect, it } from "vitest";
import { axesOf, dayAfter, dayOf, ranked, type BeliefCell, type Event, type Exposure, type Path } from "./exposure-data";

const path = (option: string, net: number, charge: number) =>
  ({ option, net_usd: { mean: net }, charge_usd: { mean: charge } }) as unknown as Path;
const answer = {
  as_of: "2025-04-17",
  options: [path("a", 1, 5), path("b", 3, 7), path("c", 2, 4)],
} as Exposure;

it("ranks by what a measure is: the most is best, of a charge the least", () => {
  expect(ranked(answer, "net").map(({ option }) => option)).toEqual(["b", "c", "a"]);
  expect(ranked(answer, "charge").map(({ option }) => option)).toEqual(["c", "a", "b"]);
});

it("dates events by days, by a fixed day, or not at all", () => {
  const event = { odds: "after license_delay", days_p50: 31.2, days_p5: null } as Event;
  expect(dayAfter("2024-02-28", 2)).toBe("2024-03-01");
  expect(dayOf(answer, event, "days_p50")).toBe("2025-05-18");
  expect(dayOf(answer, event, "days_p5")).toBeNull();
  expect(dayOf(answer, { ...event, odds: "on 2025-04-09" }, "days_p5")).toBe("2025-04-09");
});

it("finds the beliefs that a map varies", () => {
  const cells = [{ license: 0, demand: 0.5, best: "a", net_usd: 1 }] as BeliefCell[];
  expect(axesOf(cells)).toEqual(["license", "demand"]);
});
