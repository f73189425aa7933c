// Long questions run as jobs: started by POST, followed by server-sent events, cancelled by DELETE.
import { ApiError, errorOf, fetchJson, NoAnswer, type Envelope, type Fields } from "./api";

export interface Progress {
  done: number;
  /** null: not known beforehand. */
  total: number | null;
  text?: string;
  /** The best that a search has so far. */
  best?: string | null;
}

export interface Job {
  id: string;
  command: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: Progress | null;
  error: { code: string; message: string; help: string[] } | null;
}

export const isOver = (job: Job) => ["done", "failed", "cancelled"].includes(job.state);

const jobPath = (job: Job) => `/v1/jobs/${encodeURIComponent(job.id)}`;

function follow(job: Job, tell: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  return new Promise((resolve, reject) => {
    const events = new EventSource(`${jobPath(job)}/events`);
    const stop = () => {
      events.close();
      signal.removeEventListener("abort", cancel);
    };
    const cancel = () => {
      stop();
      void fetch(jobPath(job), { method: "DELETE" }).catch(() => undefined);
      reject(signal.reason);
    };
    events.addEventListener("job", (event) => {
      const now = JSON.parse((event as MessageEvent<string>).data) as Job;
      tell(now);
      if (!isOver(now)) return;
      stop();
      resolve(now);
    });
    // The browser tries again by itself, unless the server is gone for good.
    events.addEventListener("error", () => {
      if (events.readyState !== EventSource.CLOSED) return;
      stop();
      reject(new NoAnswer());
    });
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
  });
}

/** Runs a job to its end; aborting the signal cancels it in the program too. */
export async function runJob(
  command: string,
  fields: Fields,
  tell: (job: Job) => void,
  signal: AbortSignal,
): Promise<Job> {
  const body = JSON.stringify({ ...fields, command });
  const headers = { "Content-Type": "application/json" };
  const job = await fetchJson<Job>("/v1/jobs", { method: "POST", body, headers, signal });
  tell(job);
  const last = isOver(job) ? job : await follow(job, tell, signal);
  if (last.state === "failed") {
    // Events are short: what went wrong stands with the job.
    const whole = last.error ? last : await fetchJson<Job>(jobPath(job), { signal });
    throw errorOf({ error: whole.error });
  }
  if (last.state === "cancelled") throw new ApiError({ code: "", message: "cancelled", help: [] });
  return last;
}

export const jobResult = <R>(job: Job, signal: AbortSignal) =>
  fetchJson<Envelope<R>>(`${jobPath(job)}/result`, { signal });

export const jobPage = (job: Job) => `${jobPath(job)}/page`;
