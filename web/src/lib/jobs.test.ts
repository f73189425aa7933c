import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { runJob, type Job } from "./jobs";

const job = (state: Job["state"], done = 0): Job => ({
  id: "7",
  command: "search-chip",
  state,
  progress: { done, total: 10, text: "" },
  error: state === "failed" ? { code: "RL2301", message: "no", help: ["try"] } : null,
});

class Events {
  static last: Events;
  static CLOSED = 2;
  readyState = 1;
  listeners = new Map<string, (event: { data: string }) => void>();
  constructor(readonly url: string) {
    Events.last = this;
  }
  addEventListener(type: string, listener: (event: { data: string }) => void) {
    this.listeners.set(type, listener);
  }
  send(now: Job) {
    this.listeners.get("job")?.({ data: JSON.stringify(now) });
  }
  close() {
    this.readyState = Events.CLOSED;
  }
}

function start() {
  const asked: string[] = [];
  vi.stubGlobal("EventSource", Events);
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${path}`);
    return Promise.resolve(new Response(JSON.stringify(job("queued")), { status: 202 }));
  });
  const control = new AbortController();
  const told: Job[] = [];
  const end = runJob("search-chip", { die: "gh100" }, (now) => told.push(now), control.signal);
  return { asked, control, told, end };
}

afterEach(() => vi.unstubAllGlobals());

it("follows a job to its end", async () => {
  const { told, end } = start();
  await vi.waitFor(() => expect(told).toHaveLength(1));
  Events.last.send(job("running", 5));
  Events.last.send(job("done", 10));
  expect((await end).state).toBe("done");
  expect(told.map(({ state }) => state)).toEqual(["queued", "running", "done"]);
  expect(Events.last.url).toBe("/v1/jobs/7/events");
  expect(Events.last.readyState).toBe(Events.CLOSED);
});

it("tells why a job failed", async () => {
  const { told, end } = start();
  await vi.waitFor(() => expect(told).toHaveLength(1));
  Events.last.send(job("failed"));
  const error: unknown = await end.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).code).toBe("RL2301");
});

it("cancels the job in the program when it is given up", async () => {
  const { asked, control, told, end } = start();
  await vi.waitFor(() => expect(told).toHaveLength(1));
  control.abort();
  await expect(end).rejects.toThrow();
  expect(asked).toEqual(["POST /v1/jobs", "DELETE /v1/jobs/7"]);
});
