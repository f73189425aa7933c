import { flag, text } from "../lib/state";

/** Scenarios that come with the data. */
export const BRIEFS = ["april-2025"] as const;

export const reportSchema = {
  scenario: text("april-2025"),
  /** The brief takes a while, so it is worked out only when it is asked for. */
  open: flag(),
};
