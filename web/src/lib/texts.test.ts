import { describe, expect, it } from "vitest";
import { fill, Translator } from "./texts";

const translator = new Translator({
  China: "中国",
  "destination {code}, as none was given": "未给出目的地，取 {code}",
  "exported from {place}": "自{place}出口",
  "{a}: {b}": "{a}：{b}",
});

describe("fill", () => {
  it("puts values in place and leaves what it does not know", () => {
    expect(fill("{a} of {b}", { a: 1 })).toBe("1 of {b}");
  });
});

describe("the translation of answers", () => {
  it("finds the text that an answer was made from", () => {
    expect(translator.ofAnswer("destination CN, as none was given")).toBe("未给出目的地，取 CN");
  });
  it("translates what was filled in", () => {
    expect(translator.ofAnswer("exported from China")).toBe("自中国出口");
  });
  it("leaves alone what it does not know, and what only placeholders would match", () => {
    expect(translator.ofAnswer("one: two")).toBe("one: two");
  });
});
