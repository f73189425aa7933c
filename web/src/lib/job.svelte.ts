// A long question, run when the reader says so, with progress and a way to give it up.
import type { Envelope, Fields } from "./api";
import { jobPage, jobResult, runJob, type Job } from "./jobs";

export class JobRun<R> {
  job = $state.raw<Job | null>(null);
  answer = $state.raw<Envelope<R> | null>(null);
  error = $state.raw<unknown>(null);
  running = $state(false);
  #control: AbortController | null = null;

  /** The address of the page that the job wrote (a report). */
  get page(): string | null {
    return this.job?.state === "done" ? jobPage(this.job) : null;
  }

  async start(command: string, fields: Fields): Promise<void> {
    this.cancel();
    const control = new AbortController();
    this.#control = control;
    this.running = true;
    this.error = null;
    try {
      const tell = (job: Job) => (this.job = job);
      const job = await runJob(command, fields, tell, control.signal);
      const answer = await jobResult<R>(job, control.signal);
      if (!control.signal.aborted) this.answer = answer;
    } catch (error) {
      if (!control.signal.aborted) this.error = error;
    } finally {
      if (this.#control === control) this.running = false;
    }
  }

  cancel(): void {
    this.#control?.abort();
    this.running = false;
  }
}
