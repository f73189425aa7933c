import { describe, expect, it } from "vitest";
import { choice, date, flag, list, number, parse, serialise, text, type Values } from "./state";

const schema = {
  "as-of": date(),
  to: text("CN"),
  count: number(8, { min: 1, max: 1000 }),
  log: flag(true),
  view: choice(["chart", "table"], "chart"),
  set: list(),
  chips: list(["h20", "h100"]),
};

const read = (query: string) => parse(schema, new URLSearchParams(query));

describe("the state in the URL", () => {
  it("leaves defaults out", () => {
    expect(serialise(schema, read("").values)).toBe("");
    expect(serialise(schema, { to: "SA", log: false })).toBe("?v=1&to=SA&log=0");
  });

  it("keeps the language", () => {
    expect(serialise(schema, {}, "zh-Hans")).toBe("?v=1&lang=zh-Hans");
  });

  it("tells what it cannot read, and takes the default", () => {
    const { values, notes } = read("v=1&as-of=2025-02-30&count=0&view=pie&log=yes&colour=red");
    expect(values).toEqual(read("").values);
    expect(notes.map((note) => `${note.key}: ${note.problem}`)).toEqual([
      "as-of: bad value",
      "count: bad value",
      "log: bad value",
      "view: bad value",
      "colour: unknown key",
    ]);
  });

  it("tells a key that stands twice where one value is meant", () => {
    expect(read("v=1&to=SA&to=AE").notes).toHaveLength(1);
  });

  it("tells a link of a newer version and reads what it can", () => {
    const { values, notes } = read("v=7&to=SA");
    expect(values.to).toBe("SA");
    expect(notes).toEqual([{ key: "v", given: "7", problem: "newer version" }]);
  });

  it("understands links of version 0", () => {
    const { values, notes } = read("date=2025-04-16&dest=SA&lang=zh-CN");
    expect(notes).toEqual([]);
    expect(values["as-of"]).toBe("2025-04-16");
    expect(values.to).toBe("SA");
  });

  it("prefers the new name where a link has both", () => {
    expect(read("dest=SA&to=AE").values.to).toBe("AE");
  });

  it("can empty a list that is not empty by default", () => {
    const query = serialise(schema, { chips: [] });
    expect(query).toBe("?v=1&chips=");
    expect(read(query).values.chips).toEqual([]);
  });

  // A small generator instead of a library: a fixed sequence, so that a failure can be repeated.
  it("gives back any values it wrote", () => {
    let seed = 1;
    const below = (limit: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % limit;
    };
    const letters = ["a", "Z", "0", " ", "&", "=", "+", "%", "#", "?", "芯", "é", "/", '"', "\n"];
    const words = () =>
      Array.from({ length: below(6) }, () => letters[below(letters.length)]).join("");
    for (let round = 0; round < 2000; ++round) {
      const values: Values<typeof schema> = {
        "as-of": below(2) ? "" : new Date(below(20000) * 86400e3).toISOString().slice(0, 10),
        to: words(),
        count: 1 + below(999) / (1 + below(7)),
        log: below(2) === 1,
        view: below(2) ? "chart" : "table",
        set: Array.from({ length: below(4) }, () => `${words()}x`),
        chips: Array.from({ length: below(3) }, () => `${words()}x`),
      };
      const query = serialise(schema, values, below(2) ? "zh-Hant" : null);
      const back = read(query);
      expect(back.notes).toEqual([]);
      expect(back.values).toEqual(values);
      expect(serialise(schema, back.values)).toBe(serialise(schema, values));
    }
  });
});
