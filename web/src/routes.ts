// Pages by path. Each is a chunk of its own; to add one, write the page and name it here.
import type { Component } from "svelte";
import { say } from "./lib/i18n.svelte";

export interface Route {
  pattern: RegExp;
  load: () => Promise<{ default: Component<Record<string, string>> }>;
  /** The names of the groups in the pattern, given to the page as properties. */
  names?: readonly string[];
  /** The path and title in the navigation. */
  nav?: { path: string; title: () => string };
}

type Page = { default: Component<Record<string, string>> };
const page = (load: () => Promise<unknown>) => load as () => Promise<Page>;

export const ROUTES: readonly Route[] = [
  { pattern: /^\/$/, load: page(() => import("./pages/Home.svelte")) },
  {
    pattern: /^\/chips$/,
    load: page(() => import("./pages/Chips.svelte")),
    nav: { path: "/chips", title: () => say("Chips") },
  },
  { pattern: /^\/chip\/([^/]+)$/, names: ["id"], load: page(() => import("./pages/Chip.svelte")) },
  {
    pattern: /^\/compare$/,
    load: page(() => import("./pages/Compare.svelte")),
    nav: { path: "/compare", title: () => say("Compare") },
  },
  {
    pattern: /^\/plan$/,
    load: page(() => import("./pages/Plan.svelte")),
    nav: { path: "/plan", title: () => say("Plan") },
  },
  {
    pattern: /^\/serve$/,
    load: page(() => import("./pages/Serve.svelte")),
    nav: { path: "/serve", title: () => say("Serve") },
  },
  {
    pattern: /^\/design$/,
    load: page(() => import("./pages/Design.svelte")),
    nav: { path: "/design", title: () => say("Design") },
  },
  {
    pattern: /^\/exposure$/,
    load: page(() => import("./pages/Exposure.svelte")),
    nav: { path: "/exposure", title: () => say("Exposure") },
  },
  {
    pattern: /^\/report$/,
    load: page(() => import("./pages/Report.svelte")),
    nav: { path: "/report", title: () => say("Report") },
  },
  {
    pattern: /^\/data$/,
    load: page(() => import("./pages/Data.svelte")),
    nav: { path: "/data", title: () => say("Data and sources") },
  },
  {
    pattern: /^\/data\/([^/]+)\/([^/]+)$/,
    names: ["kind", "id"],
    load: page(() => import("./pages/Record.svelte")),
  },
];

const missing = page(() => import("./pages/Missing.svelte"));

export function routeOf(path: string): { load: Route["load"]; properties: Record<string, string> } {
  const clean = path.length > 1 ? path.replace(/\/$/, "") : path;
  for (const { pattern, load, names = [] } of ROUTES) {
    const match = pattern.exec(clean);
    if (!match) continue;
    const values = names.map((name, index) => [name, decoded(match[index + 1] ?? "")]);
    return { load, properties: Object.fromEntries(values) };
  }
  return { load: missing, properties: {} };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a lone % is itself
  }
}
