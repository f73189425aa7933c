// Outcomes of verdicts: for each a word, a shape and a colour, so that none stands alone.
import { say } from "./i18n.svelte";

export const OUTCOMES = ["no-license", "license-exception", "license-required", "unknown"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Answered {
  outcome: Outcome;
  review?: string | null;
  exception?: string | null;
}

/** Points on charts; unknown is a ring. */
export const OUTCOME_SHAPES: Record<Outcome, string> = {
  "no-license": "circle",
  "license-exception": "triangle",
  "license-required": "rect",
  unknown: "circle",
};

/** Hatching of regions, in degrees. */
export const OUTCOME_HATCH: Record<Outcome, number | null> = {
  "no-license": null,
  "license-exception": 0,
  "license-required": Math.PI / 4,
  unknown: Math.PI / 2,
};

export function outcomeWord(outcome: Outcome): string {
  switch (outcome) {
    case "no-license":
      return say("No license needed");
    case "license-exception":
      return say("License exception");
    case "license-required":
      return say("License required");
    case "unknown":
      return say("Unknown");
  }
}

export function reviewWord(review: string): string {
  switch (review) {
    case "denial":
      return say("presumption of denial");
    case "case-by-case":
      return say("case-by-case review");
    case "approval":
      return say("presumption of approval");
    default:
      return say("review policy not stated");
  }
}

/** The answer in words: "License required, case-by-case review". */
export function answerWords({ outcome, review, exception }: Answered): string {
  const word = outcomeWord(outcome);
  if (outcome === "license-exception" && exception) return `${word} ${exception}`;
  if (outcome === "license-required" && review) {
    return say("{answer}, {review}", { answer: word, review: reviewWord(review) });
  }
  return word;
}
