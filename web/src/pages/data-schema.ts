import { text } from "../lib/state";

/** The state of the page of all data, which other pages link to. */
export const dataSchema = {
  kind: text("chips"),
  q: text(),
  sort: text(),
  /** Only facts under this key. */
  key: text(),
};
