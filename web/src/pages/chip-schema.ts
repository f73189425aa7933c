import { choice, date, list, text } from "../lib/state";

/** The state of the page of one chip, which other pages link to. */
export const chipSchema = {
  "as-of": date(),
  to: text("CN"),
  hq: text(),
  /** Changed figures: `tpp=2300`, as in `--set`. */
  set: list(),
  margins: choice(["chart", "table"], "chart"),
  timeline: choice(["chart", "table"], "chart"),
};
