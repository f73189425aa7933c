// Words of answers about performance: parts of a step, resources, what a number rests on.
import { num, quantity, say, tell, usd } from "./i18n.svelte";

/** Parts and resources have the names of the program: "tensor_parallel_s" is "tensor parallel". */
export function partWord(key: string): string {
  const name = key.replace(/_(s|bytes)$/, "");
  switch (name) {
    case "memory_bandwidth":
      return say("memory bandwidth");
    case "memory_capacity":
      return say("memory capacity");
    default: {
      const word = tell(name);
      return word === name ? name.replaceAll("_", " ") : word;
    }
  }
}

/** What a number rests on, from best to least. */
export function evidenceWord(evidence: string | null | undefined): string {
  switch (evidence) {
    case "measured":
      return say("measured on this chip");
    case "family":
      return say("measured on chips of the same family");
    case "extrapolated":
      return say("extrapolated from other chips");
    case null:
    case undefined:
      return say("not known");
    default:
      return tell(evidence);
  }
}

export const seconds = (value: number, digits = 3) => quantity(value, "s", digits);
export const bytes = (value: number) => quantity(value, "B");

/** "1.67 s – 2.45 s" */
export const rangeWords = (low: number, high: number, show: (value: number) => string) =>
  `${show(low)} – ${show(high)}`;

export const interval80 = (
  [low, high]: readonly [number, number],
  show: (value: number) => string,
) => say("80 % interval {range}", { range: rangeWords(low, high, show) });

export const three = (value: number) => num(value, { digits: 3 });

/** A cost; where no price is known neither is it. */
export const costWords = (value: number | null) =>
  value === null ? `? ${say("not known")}` : usd(value);
