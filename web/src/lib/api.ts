// The client of the API: the requests of `redline batch` over HTTP, same origin.

export interface Envelope<R> {
  schema: string;
  redline: string;
  data_hash: string;
  as_of: string;
  seed: number;
  results: R[];
  run?: Record<string, unknown>;
}

export interface Version {
  redline: string;
  data_hash: string;
  as_of: string;
}

export type Fields = Record<string, unknown>;

interface Issue {
  code: string;
  message: string;
  help: string[];
}

/** What the program says is wrong, with the codes of the command line. */
export class ApiError extends Error {
  readonly code: string;
  readonly help: string[];
  readonly others: Issue[];

  constructor(issue: Issue, others: Issue[] = []) {
    super(issue.message);
    this.name = "ApiError";
    this.code = issue.code;
    this.help = issue.help;
    this.others = others;
  }
}

/** The program does not answer: it was stopped, or the page was opened without it. */
export class NoAnswer extends Error {
  constructor() {
    super("the program does not answer");
    this.name = "NoAnswer";
  }
}

export function errorOf(body: unknown): ApiError {
  const found = (body as { error?: Partial<Issue> & { errors?: Issue[] } } | null)?.error;
  if (!found?.code)
    return new ApiError({ code: "", message: "the answer cannot be read", help: [] });
  const issue = { code: found.code, message: found.message ?? "", help: found.help ?? [] };
  return new ApiError(issue, found.errors?.slice(1) ?? []);
}

export async function fetchJson<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new NoAnswer();
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || body === null) throw errorOf(body);
  return body as T;
}

/** A text that would be read as JSON is quoted, so that it stays a text. */
function queryValue(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

/** A short question is a GET, which the browser can keep; a long one is a POST. */
const LONGEST_QUERY = 1500;

export function requestOf(
  command: string,
  fields: Fields,
  only: readonly string[] = [],
): { path: string; body: string | null } {
  const query = new URLSearchParams();
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  for (const [key, value] of given) {
    // A list of one would come back as the item alone, and an empty one not at all.
    const items = Array.isArray(value) && value.length > 1 ? value : [value];
    for (const item of items) query.append(key, queryValue(item));
  }
  const filter = only.length > 0 ? new URLSearchParams({ fields: only.join(",") }).toString() : "";
  const path = `/v1/${command}`;
  const whole = [query.toString(), filter].filter(Boolean).join("&");
  if (whole.length <= LONGEST_QUERY) return { path: whole ? `${path}?${whole}` : path, body: null };
  return {
    path: filter ? `${path}?${filter}` : path,
    body: JSON.stringify(Object.fromEntries(given)),
  };
}

// The data cannot change under a running program, so an answer is kept for the session.
const kept = new Map<string, Envelope<unknown>>();
const KEPT_AT_MOST = 200;

export interface AskOptions {
  /** Keep only these paths of each result: `chip`, `spans.outcome`. */
  only?: readonly string[];
  signal?: AbortSignal;
}

export async function ask<R>(
  command: string,
  fields: Fields = {},
  { only, signal }: AskOptions = {},
): Promise<Envelope<R>> {
  const { path, body } = requestOf(command, fields, only);
  const key = `${path}\n${body ?? ""}`;
  const known = kept.get(key);
  if (known) return known as Envelope<R>;
  const init: RequestInit = signal ? { signal } : {};
  if (body !== null) {
    Object.assign(init, { method: "POST", body, headers: { "Content-Type": "application/json" } });
  }
  const answer = await fetchJson<Envelope<R>>(path, init);
  if (kept.size >= KEPT_AT_MOST) kept.delete(kept.keys().next().value ?? "");
  kept.set(key, answer);
  return answer;
}

let versionAsked: Promise<Version> | null = null;

export function version(): Promise<Version> {
  versionAsked ??= fetchJson<Version>("/v1/version").catch((error: unknown) => {
    versionAsked = null;
    throw error;
  });
  return versionAsked;
}
