// Several long questions one after another, as for the points of a curve; each answer is kept as it comes.
import { untrack } from "svelte";
import type { Fields } from "./api";
import { jobResult, runJob } from "./jobs";

interface Asked {
  key: string;
  command: string;
  fields: Fields;
}

const kept = new Map<string, unknown>();
const KEPT_AT_MOST = 60;

export class JobSeries<R> {
  answers = $state.raw<ReadonlyMap<string, R>>(new Map());
  error = $state.raw<unknown>(null);
  running = $state(false);
  stopped = $state(false);
  total = $state(0);
  #control: AbortController | null = null;

  async run(questions: readonly Asked[]): Promise<void> {
    this.#control?.abort();
    const control = new AbortController();
    this.#control = control;
    this.answers = new Map();
    this.total = questions.length;
    this.error = null;
    this.stopped = false;
    this.running = questions.length > 0;
    try {
      for (const { key, command, fields } of questions) {
        const written = JSON.stringify([command, fields]);
        if (!kept.has(written)) {
          const job = await runJob(command, fields, () => undefined, control.signal);
          const answer = await jobResult<R>(job, control.signal);
          if (kept.size >= KEPT_AT_MOST) kept.delete(kept.keys().next().value ?? "");
          kept.set(written, answer.results[0]);
        }
        if (control.signal.aborted) return;
        this.answers = new Map([...this.answers, [key, kept.get(written) as R]]);
      }
    } catch (error) {
      if (!control.signal.aborted) this.error = error;
    } finally {
      if (this.#control === control) this.running = false;
    }
  }

  cancel(byReader = true): void {
    this.#control?.abort();
    this.#control = null;
    this.running = false;
    this.stopped = byReader;
  }
}

export function jobSeries<R>(questions: () => readonly Asked[]): JobSeries<R> {
  const series = new JobSeries<R>();
  const written = $derived(JSON.stringify(questions()));
  $effect(() => {
    const now = JSON.parse(written) as Asked[];
    untrack(() => void series.run(now));
    return () => series.cancel(false);
  });
  return series;
}
