// What searches make least, and how it is written: the keys of `objectives` in their answers.
import { num, quantity, say, usd } from "./i18n.svelte";
import { bytes, seconds, three } from "./performance";

export type Objectives = Record<string, number | null>;

/** With its unit, for an axis. */
export function objectiveName(key: string, ofBudget = false): string {
  switch (key) {
    case "time_s":
      return ofBudget ? say("Time for all tokens (s)") : say("Time of a step (s)");
    case "cost_usd":
      return ofBudget ? say("Cost of all tokens (USD)") : say("Cost of a step (USD)");
    case "energy_j":
      return ofBudget ? say("Energy for all tokens (J)") : say("Energy of a step (J)");
    case "chips":
      return say("Number of chips");
    case "memory_bytes":
      return say("Memory of a chip (GB)");
    case "cost_usd_per_million_tokens":
      return say("Cost of a million tokens (USD)");
    case "chip_seconds_per_million_tokens":
      return say("Chip-seconds for a million tokens (s)");
    case "energy_j_per_million_tokens":
      return say("Energy for a million tokens (J)");
    case "ttft_s":
      return say("Time to the first token, TTFT (s)");
    case "tpot_s":
      return say("Time per output token, TPOT (ms)");
    default:
      return key;
  }
}

/** In the unit of its axis. */
export function onAxis(key: string, value: number): number {
  if (key === "memory_bytes") return value / 1e9;
  if (key === "tpot_s") return value * 1e3;
  return value;
}

export function objectiveWords(key: string, value: number): string {
  if (key.includes("_usd")) return usd(value);
  if (key === "memory_bytes") return bytes(value);
  if (key.startsWith("energy")) return quantity(value, "J");
  if (key === "chips") return num(value);
  if (key.endsWith("_s")) return seconds(value);
  return three(value);
}
