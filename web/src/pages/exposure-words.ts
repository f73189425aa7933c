// The words and amounts of an exposure.
import { day, num, say, unit, usd } from "../lib/i18n.svelte";
import type { Distribution, Measure } from "./exposure-data";

export function measureWord(measure: Measure): string {
  switch (measure) {
    case "net":
      return say("Net");
    case "revenue":
      return say("Revenue");
    case "charge":
      return say("Charge");
    case "gross_profit":
      return say("Gross profit");
    case "cash":
      return say("Cash");
    case "released":
      return say("Reserves released");
  }
}

/** "$17.5B ($5.5B to $37B)" */
export const rangeWords = ({ mean, p5, p95 }: Pick<Distribution, "mean" | "p5" | "p95">) =>
  p5 === p95
    ? usd(mean)
    : say("{mean} ({low} to {high})", { mean: usd(mean), low: usd(p5), high: usd(p95) });

export const dayWords = (iso: string | null) => (iso === null ? say("not known") : day(iso));

/** An amount in the unit of a question: "10.5 GUSD". */
export function amount(value: number, inUnit: string | null): string {
  if (inUnit === "percent") return `${num(value, { digits: 3 })} %`;
  return `${num(value, { digits: 3 })}${inUnit ? ` ${unit(inUnit)}` : ""}`;
}
