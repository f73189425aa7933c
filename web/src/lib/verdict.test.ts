import { expect, it } from "vitest";
import { possibleAnswer, spanOn } from "./verdict";

it("reads the answers that an unknown one may be", () => {
  expect(possibleAnswer("license-required, review denial")).toEqual({
    outcome: "license-required",
    review: "denial",
    exception: null,
  });
  expect(possibleAnswer("license-exception NAC")).toEqual({
    outcome: "license-exception",
    review: null,
    exception: "NAC",
  });
  expect(possibleAnswer("no-license")).toEqual({
    outcome: "no-license",
    review: null,
    exception: null,
  });
});

it("finds the span of a day, its ends included", () => {
  const spans = [
    { first: null, last: "2025-04-08" },
    { first: "2025-04-09", last: null },
  ];
  expect(spanOn(spans, "2025-04-08")).toBe(spans[0]);
  expect(spanOn(spans, "2025-04-09")).toBe(spans[1]);
  expect(spanOn([], "2025-04-09")).toBeUndefined();
});
