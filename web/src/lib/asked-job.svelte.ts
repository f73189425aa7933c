// A long question that is asked as soon as it stands, and again whenever it changes. Answers are kept, so
// that Back shows at once what was there.
import { untrack } from "svelte";
import type { Envelope } from "./api";
import type { Question } from "./asked.svelte";
import { JobRun } from "./job.svelte";
import type { Job } from "./jobs";

interface Kept {
  answer: Envelope<unknown>;
  page: string | null;
}

const kept = new Map<string, Kept>();
const KEPT_AT_MOST = 12;

export class AskedJob<R> {
  readonly #run = new JobRun<R>();
  #question = "";
  /** The answer that is shown: that of the question, or while it is worked out the one before. */
  answer = $state.raw<Envelope<R> | null>(null);
  /** The address of the page that the job wrote. */
  page = $state.raw<string | null>(null);
  /** It was given up by the reader. */
  stopped = $state(false);

  get job(): Job | null {
    return this.#run.job;
  }
  get running(): boolean {
    return this.#run.running;
  }
  get error(): unknown {
    return this.#run.error;
  }

  async ask(question: string): Promise<void> {
    this.#question = question;
    this.stopped = false;
    const known = kept.get(question);
    if (known) {
      this.#run.cancel();
      this.#run.error = null;
      this.#show(known as { answer: Envelope<R>; page: string | null });
      return;
    }
    const { command, fields } = JSON.parse(question) as Question;
    this.#run.answer = null;
    await this.#run.start(command, fields);
    if (this.#question !== question || !this.#run.answer) return;
    const now = { answer: this.#run.answer, page: this.#run.page };
    if (kept.size >= KEPT_AT_MOST) kept.delete(kept.keys().next().value ?? "");
    kept.set(question, now);
    this.#show(now);
  }

  /** Gives it up for good, or because the question is no more. */
  cancel(byReader = true): void {
    if (byReader) this.stopped = true;
    else this.#question = "";
    this.#run.cancel();
  }

  again(): void {
    if (this.#question) void this.ask(this.#question);
  }

  #show({ answer, page }: { answer: Envelope<R>; page: string | null }): void {
    this.answer = answer;
    this.page = page;
  }
}

/** null is no question: nothing is asked. */
export function askedJob<R>(question: () => Question | null): AskedJob<R> {
  const asked = new AskedJob<R>();
  const written = $derived.by(() => {
    const now = question();
    return now && JSON.stringify(now);
  });
  $effect(() => {
    const now = written;
    if (!now) return;
    untrack(() => void asked.ask(now));
    return () => asked.cancel(false);
  });
  return asked;
}
