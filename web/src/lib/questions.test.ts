import { expect, it } from "vitest";
import { requestFields } from "./questions";

it("makes a request of what is given", () => {
  const values = {
    model: "llama-3.1-8b",
    chips: "8..64",
    rent: "1.2",
    "kv-dtype": " fp8 ",
    tp: "",
    batch: "512",
  };
  expect(
    requestFields(values, ["model", "chips", "rent", "kv-dtype", "tp", "batch", "seq"]),
  ).toEqual({
    model: "llama-3.1-8b",
    chips: "8..64",
    rent_usd_per_hour: 1.2,
    kv_dtype: "fp8",
    batch: 512,
  });
});
