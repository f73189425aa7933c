import { describe, expect, it } from "vitest";
import { axesOf } from "./axes";

describe("the axes of a front", () => {
  const keys = ["time_s", "cost_usd", "memory_bytes"];
  it("are those asked for where the answer has both", () => {
    expect(axesOf(keys, { x: "cost_usd", y: "time_s" }, "time_s")).toEqual({
      x: "cost_usd",
      y: "time_s",
    });
  });
  it("are never the same, and none where there is one objective", () => {
    expect(axesOf(keys, { x: "cost_usd", y: "cost_usd" }, "time_s").y).toBe("time_s");
    expect(axesOf(["time_s"], { x: "", y: "" }, "time_s")).toEqual({ x: "time_s", y: "" });
  });
  it("fall back where the answer has other objectives", () => {
    expect(axesOf(keys, { x: "ttft_s", y: "tpot_s" }, "time_s")).toEqual({
      x: "time_s",
      y: "cost_usd",
    });
  });
});
