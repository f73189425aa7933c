import { expect, it } from "vitest";
import { coverageOf, factsOf } from "./facts";

const record = {
  id: "h20",
  aliases: ["H20", "HGX H20"],
  memory: {
    type: "HBM3",
    capacity: { value: "96 GB", basis: "stated", confidence: "press", source: ["a", "b"] },
  },
  price: {
    purchase: {
      value: "13600 USD",
      range: ["12000 USD", "15200 USD"],
      basis: "estimated",
      source: "c",
    },
  },
  published: [{ quantity: "tpp", value: 2368, by: "Epoch AI", source: ["e"] }],
  derived: [
    { quantity: "tpp", value: 2368, unit: "TOPS*bit", from: "bf16: 148 × 16 bit" },
    { quantity: "mbd", value: null, unit: "GB/s/mm2", from: "" },
  ],
};

it("lists each value with what it rests on", () => {
  const facts = factsOf(record).map(({ key, value, basis, sources }) => [
    key,
    value,
    basis,
    sources.join(),
  ]);
  expect(facts).toEqual([
    ["id", "h20", null, ""],
    ["aliases", "H20, HGX H20", null, ""],
    ["memory.type", "HBM3", null, ""],
    ["memory.capacity", "96 GB", "stated", "a,b"],
    ["price.purchase", "13600 USD (12000 USD – 15200 USD)", "estimated", "c"],
    ["published[tpp]", 2368, null, "e"],
    ["derived.tpp", "2368 TOPS*bit = bf16: 148 × 16 bit", "derived", ""],
    ["derived.mbd", null, "derived", ""],
  ]);
});

it("tells the sources of a record once, and hands those of a part down within it", () => {
  const facts = factsOf({
    id: "x",
    sources: ["s"],
    version: [{ effective: "2023-11-17", source: "t" }],
  });
  expect(facts.map(({ key, sources }) => [key, ...sources])).toEqual([
    ["id"],
    ["version[1].effective", "t"],
    ["sources", "s"],
  ]);
});

it("counts coverage by key and basis, unknown values apart", () => {
  const counts = coverageOf([...factsOf(record), ...factsOf({ ...record, id: "h21", price: {} })]);
  expect(counts.find(({ key }) => key === "memory.capacity")).toMatchObject({
    known: 2,
    stated: 2,
  });
  expect(counts.find(({ key }) => key === "price.purchase")).toMatchObject({
    known: 1,
    estimated: 1,
  });
  expect(counts.find(({ key }) => key === "derived.mbd")?.known).toBe(0);
});
