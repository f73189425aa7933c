import { describe, expect, it } from "vitest";
import { errorOf, requestOf } from "./api";

describe("requestOf", () => {
  it("asks in the query where that is short", () => {
    expect(requestOf("classify", { chip: "h20", timeline: true, to: undefined })).toEqual({
      path: "/v1/classify?chip=h20&timeline=true",
      body: null,
    });
  });

  it("writes lists as repeated keys, objects as JSON, and quotes texts that look like JSON", () => {
    const { path } = requestOf("x", {
      chip: ["a", "b"],
      one: ["a"],
      set: { tpp: 2300 },
      name: "12",
    });
    expect([...new URL(path, "http://x").searchParams]).toEqual([
      ["chip", "a"],
      ["chip", "b"],
      ["one", '["a"]'],
      ["set", '{"tpp":2300}'],
      ["name", '"12"'],
    ]);
  });

  it("posts what is long, and keeps the filter in the query", () => {
    const { path, body } = requestOf("classify", { chip: "x".repeat(2000) }, ["chip", "outcome"]);
    expect(path).toBe("/v1/classify?fields=chip%2Coutcome");
    expect(JSON.parse(body ?? "").chip).toHaveLength(2000);
  });
});

describe("errorOf", () => {
  it("keeps code, help and further errors", () => {
    const first = { code: "RL1102", message: "a", help: ["b"] };
    const second = { code: "RL1103", message: "c", help: [] };
    const error = errorOf({ error: { ...first, errors: [first, second] } });
    expect([error.code, error.message, error.help, error.others]).toEqual([
      "RL1102",
      "a",
      ["b"],
      [second],
    ]);
  });

  it("says so where the answer is no error of the program", () => {
    expect(errorOf(null).message).toBe("the answer cannot be read");
  });
});
