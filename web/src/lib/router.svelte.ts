// Where the reader is: path and query, moved by links, by the pages and by Back.
import { serialise, type Schema, type Values } from "./state";

// A server that asks for a token is opened with one in the link and answers with a cookie: the secret
// leaves the address bar, so that it is not copied along.
function dropToken(): void {
  const url = new URL(location.href);
  if (!url.searchParams.has("token")) return;
  url.searchParams.delete("token");
  history.replaceState(null, "", url);
}

dropToken();
const here = $state({ path: location.pathname, search: location.search });

function look(): void {
  here.path = location.pathname;
  here.search = location.search;
}

export const path = () => here.path;
export const search = () => here.search;

/** The language that the URL names; links within the app carry it on. */
export const languageOfUrl = () => new URLSearchParams(here.search).get("lang");

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  look();
}

/** A link within the app: `link("/chip/h20", schema, { to: "SA" })`. */
export function link<S extends Schema>(
  to: string,
  schema?: S,
  values?: Partial<Values<S>>,
): string {
  return to + serialise(schema ?? ({} as S), values ?? {}, languageOfUrl());
}

/** Plain clicks on links of the app move within it; all others are the browser's. */
function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const anchor = (event.target as Element | null)?.closest("a");
  if (!anchor || anchor.target || anchor.hasAttribute("download")) return;
  const url = new URL(anchor.href, location.href);
  const sameDocument = url.pathname === location.pathname && url.search === location.search;
  if (url.origin !== location.origin || url.pathname.startsWith("/v1/")) return;
  if (sameDocument && url.hash) return;
  event.preventDefault();
  const newPage = url.pathname !== here.path;
  go(url.pathname + url.search + url.hash);
  if (newPage) scrollTo(0, 0);
}

export function startRouter(): void {
  addEventListener("popstate", look);
  document.addEventListener("click", followLink);
}
