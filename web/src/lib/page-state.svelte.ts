// Ties the schema of a page to the URL: `view.values` follows it, `view.set` moves it.
import { migrate } from "./migrations";
import { go, languageOfUrl, path, search } from "./router.svelte";
import { parse, serialise, type Note, type Schema, type Values } from "./state";

export interface PageState<S extends Schema> {
  readonly values: Values<S>;
  readonly notes: Note[];
  /** Moves on in the history; quick changes of the same keys (a slider) are one step of it. */
  set(change: Partial<Values<S>>): void;
  /** The address with some values changed. */
  href(change: Partial<Values<S>>): string;
}

const ONE_STEP_MS = 1000;

export function pageState<S extends Schema>(schema: S): PageState<S> {
  // While another page loads, the URL is already that of the other: this one keeps what it had.
  const own = path();
  let last = parse(schema, new URLSearchParams(search()));
  const now = $derived.by(() => {
    if (path() === own) last = parse(schema, new URLSearchParams(search()));
    return last;
  });
  let lastKeys = "";
  let lastTime = 0;

  const href = (change: Partial<Values<S>>) =>
    own + serialise(schema, { ...now.values, ...change }, languageOfUrl());

  // An old link becomes a new one in the address bar too, so that it is passed on as such.
  const given = new URLSearchParams(search());
  const { params, newer } = migrate(given);
  if (search() !== "" && !newer && given.get("v") !== params.get("v")) {
    const language = params.get("lang");
    go(own + serialise(schema, parse(schema, params).values, language), "replace");
  }

  return {
    get values() {
      return now.values;
    },
    get notes() {
      return now.notes;
    },
    set(change) {
      const keys = Object.keys(change).sort().join();
      const time = Date.now();
      const goesOn = keys === lastKeys && time - lastTime < ONE_STEP_MS;
      lastKeys = keys;
      lastTime = time;
      const to = href(change);
      if (to !== own + search()) go(to, goesOn ? "replace" : "push");
    },
    href,
  };
}
