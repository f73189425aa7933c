// The words of a best reply.
import { num, say, tell } from "../lib/i18n.svelte";
import type { Part, Reply, Role } from "./design-data";

export function roleWord(role: Role): string {
  switch (role) {
    case "best":
      return say("best legal part");
    case "front":
      return say("legal, on the front");
    case "near":
      return say("legal, next best");
    case "base":
      return say("base part, as it is");
    case "unlocked":
      return say("best part, unlocked");
  }
}

export function partName(part: Part): string {
  const dies = part.dies > 1 ? `${num(part.dies)} × ` : "";
  return say("{die}: {capacity} GB {memory} at {bandwidth} GB/s", {
    die: dies + part.die.toUpperCase(),
    capacity: num(part.capacity_gb, { digits: 4 }),
    memory: part.memory.toUpperCase(),
    bandwidth: num(part.dram_gb_s, { digits: 4 }),
  });
}

export function perWord(per: Reply["per"]): string {
  switch (per) {
    case "chip":
      return say("for a chip");
    case "dollar":
      return say("for a dollar");
    case "watt":
      return say("for a watt");
  }
}

/** "decode llama-2-70b": the kind of work is a word, the model a name. */
export function workWords(work: string): string {
  const [kind = "", ...model] = work.split(" ");
  return [tell(kind), ...model].join(" ");
}
