// What the page of the brief says before the brief itself: the parts of the answer that it reads.
import type { Answered } from "../lib/outcomes";
import type { Reply } from "./design-data";
import type { Exposure } from "./exposure-data";

interface Standing extends Answered {
  as_of: string;
  rule: string | null;
  paragraph: string | null;
}

interface Worth {
  chip: string;
  worth_of_first?: number | null;
  interval_worth?: [number, number];
}

export interface Brief {
  scenario: string;
  title: string;
  as_of: string;
  subject: string;
  why_caught?: { before: Standing; after: Standing } | null;
  worth?: {
    subject: string;
    reference: string;
    claim: { id: string; share: number } | null;
    data_sheet: { fp16_ratio: number; memory_bandwidth_ratio: number };
    uses: { use: string; model: string; chips: Worth[] }[];
  } | null;
  built?: { epoch: string; parts: Reply[] }[] | null;
  exposure?: Exposure | null;
  claims?: { counts: { claims: number; computed: number; confirmed: number; rounding: number; wrong: number; unverifiable: number; opinion: number } } | null;
}

/** What the subject is worth of the reference in a use, with its interval. */
export function worthOf(brief: Brief): { use: string; model: string; share: number; low: number; high: number }[] {
  const { subject = "", uses = [] } = brief.worth ?? {};
  return uses.flatMap(({ use, model, chips }) => {
    const one = chips.find(({ chip }) => chip === subject);
    if (one?.worth_of_first === null || one?.worth_of_first === undefined) return [];
    const [low, high] = one.interval_worth ?? [one.worth_of_first, one.worth_of_first];
    return [{ use, model, share: one.worth_of_first, low, high }];
  });
}
