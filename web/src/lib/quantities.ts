// Quantities that rules ask for, by the names of `redline data schema predicate`.
import { say } from "./i18n.svelte";

export function quantityWord(name: string): string {
  switch (name) {
    case "tpp":
      return say("Total processing performance (TPP)");
    case "pd":
      return say("Performance density");
    case "die":
      return say("Applicable die area");
    case "bits_tops":
      return say("Bit length times TOPS (2022)");
    case "io_bidir":
      return say("Input and output, both directions");
    case "dram_bw":
      return say("Memory bandwidth");
    case "letter_io":
      return say("Input and output, as the letters read");
    case "dram_bw+letter_io":
      return say("Memory plus input and output");
    case "mbd":
      return say("Memory bandwidth density");
    case "atc":
      return say("Transistors");
    case "node_nm":
      return say("Process node");
    case "dc":
      return say("Made or marketed for data centers");
    case "has_hbm":
      return say("High-bandwidth memory in the package");
    case "us_available":
      return say("On sale in the US on 2026-01-15");
    default:
      return name;
  }
}

/** The same, short enough for an axis. */
export function quantityShort(name: string): string {
  switch (name) {
    case "tpp":
      return say("TPP");
    case "pd":
      return say("PD");
    case "dram_bw":
      return say("Memory");
    case "letter_io":
    case "io_bidir":
      return say("I/O");
    case "dram_bw+letter_io":
      return `${say("Memory")} + ${say("I/O")}`;
    default:
      return name;
  }
}

/** Numbers that a reader may edit, in the order of the form. */
export const EDITABLE_NUMBERS = [
  "tpp",
  "pd",
  "die",
  "bits_tops",
  "io_bidir",
  "letter_io",
  "dram_bw",
  "mbd",
  "atc",
  "node_nm",
];
/** Asked of memory only: shown where there is a value. */
export const MEMORY_NUMBERS = ["mbd"];
export const EDITABLE_FLAGS = ["dc", "us_available"];
