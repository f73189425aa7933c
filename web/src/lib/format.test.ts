import { expect, it } from "vitest";
import {
  formatDate,
  formatMoney,
  formatNumber,
  formatPercent,
  formatQuantity,
  formatUnit,
} from "./format";

it("writes numbers without rounding what decides", () => {
  expect(formatNumber("en", 4799.99999)).toBe("4,799.99999");
  expect(formatNumber("en", 2.909090909090909, { digits: 3 })).toBe("2.91");
  expect(formatPercent("en", 1.3513513, { sign: true })).toBe("+1.35\u00a0%");
});

it("writes dates that are known to the day, the month or the year", () => {
  expect(formatDate("en", "2025-04-16")).toBe("Apr 16, 2025");
  expect(formatDate("zh-Hans", "2025-04-16")).toBe("2025年4月16日");
  expect(formatDate("en", "2025-04")).toBe("Apr 2025");
  expect(formatDate("en", "2025")).toBe("2025");
});

it("writes amounts of money and quantities with a fitting prefix", () => {
  expect(formatMoney("en", 0.523)).toBe("$0.523");
  expect(formatMoney("en", 5.5e9)).toBe("$5.5B");
  expect(formatMoney("zh-Hans", 5.5e9)).toBe("$55亿");
  expect(formatQuantity("en", 9.6e10, "B")).toBe("96\u00a0GB");
  expect(formatQuantity("en", 1e3, "B")).toBe("1\u00a0kB");
  expect(formatQuantity("en", 0.00123, "s")).toBe("1.23\u00a0ms");
  expect(formatQuantity("en", 0, "s")).toBe("0\u00a0s");
});

it("writes units in print", () => {
  expect(formatUnit("TPP/mm2")).toBe("TPP/mm²");
});
