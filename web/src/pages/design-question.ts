// The page's state as a request of `search-chip`, and as the options of the command.
import type { Fields } from "../lib/api";
import type { Values } from "../lib/state";
import { writeMove, type Move } from "./design-data";
import type { designSchema } from "./design-schema";

/** So many of the best parts are shown besides the front. */
const TOP = 12;

/** What stands at its default is left out, so that links, requests and commands stay short. */
export function fieldsOf(values: Values<typeof designSchema>, moves: readonly Move[]): Fields {
  const { from, rule, to, hq, objective, per, model, mode, markets, exceptions } = values;
  return {
    from,
    ...(rule ? { rule } : {}),
    to,
    ...(hq ? { hq } : {}),
    ...(values["as-of"] ? { as_of: values["as-of"] } : {}),
    ...(objective === "decode" ? {} : { objective }),
    ...(per === "chip" ? {} : { per }),
    ...(model ? { model } : {}),
    ...(mode === "cut-down" ? {} : { mode }),
    ...(markets === "any" ? {} : { markets }),
    ...(values["max-watts"] > 0 ? { max_watts: values["max-watts"] } : {}),
    ...(exceptions ? { exceptions } : {}),
    ...(values.caps ? {} : { caps: false }),
    ...(values["slow-memory"] ? {} : { slow_memory: false }),
    ...(moves.length > 0 ? { limits: moves.map(writeMove).join(",") } : {}),
    top: TOP,
  };
}

/** On the command line what is on by default is turned off by an option of its own. */
export function optionsOf({ caps, slow_memory, ...others }: Fields): Fields {
  return {
    ...others,
    ...(caps === false ? { no_caps: true } : {}),
    ...(slow_memory === false ? { no_slow_memory: true } : {}),
  };
}
