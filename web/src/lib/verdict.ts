// The answers of `classify`, as far as the pages read them.
import type { Answered, Outcome } from "./outcomes";

export interface Test {
  rule: string;
  paragraph: string;
  quantity: string;
  value: number | null;
  unit: string;
  relation: string;
  limit: number;
  met: boolean | null;
  margin_percent: number | null;
}

export interface Flip {
  quantity: string;
  unit: string;
  from: number;
  to: number;
  relation: string;
  change_percent: number;
  outcome: Outcome;
  review: string | null;
  exception: string | null;
}

export interface Quantity {
  quantity: string;
  value: number | null;
  bounds: [number | null, number | null];
  unit: string;
  from: string | null;
}

export interface Measure {
  rule: string;
  status: string;
  scope: string;
  text: string;
}

export interface Verdict extends Answered {
  chip: string;
  to: string;
  headquarters: string;
  as_of: string;
  eccn: string | null;
  licenses_granted: boolean;
  import_duty_percent: number | null;
  rule: string | null;
  paragraph: string | null;
  unknown_because: string | null;
  possible: string[];
  tests: Test[];
  conditions: { rule: string; kind: string; text: string }[];
  fees: { rule: string; percent: number; base: string; legal_form: string }[];
  nearest_flip: Flip | null;
  flips: Flip[];
  destination_side: { status: string | null; measures: Measure[] };
  flag_details: { name: string; rule: string | null; text: string }[];
  flags: string[];
  assumptions: string[];
  quantities: Quantity[];
  sources: string[];
}

/** "license-required, review denial" or "license-exception NAC", as unknown answers list them. */
export function possibleAnswer(text: string): Answered {
  const [outcome = "unknown", ...rest] = text.split(/,? /);
  const last = rest.at(-1) ?? null;
  return {
    outcome: outcome as Outcome,
    review: rest[0] === "review" ? last : null,
    exception: rest[0] === "review" ? null : last,
  };
}

export interface Span extends Answered {
  /** First and last day of the answer; null is open. */
  first: string | null;
  last: string | null;
  rule: string | null;
  paragraph: string | null;
  eccn: string | null;
  tests: Test[];
  destination_side?: { status: string | null };
}

export interface Timeline<S = Span> {
  chip: string;
  to: string;
  spans: S[];
}

/** The span that holds a day: spans follow each other without gaps. */
export function spanOn<S extends { first: string | null; last: string | null }>(
  spans: readonly S[],
  date: string,
): S | undefined {
  return spans.find(({ first, last }) => (first ?? "") <= date && (last ?? "9999") >= date);
}
