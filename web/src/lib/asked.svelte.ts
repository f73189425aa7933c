// A question whose answer is shown: it is asked again when it changes, and the last answer stays
// until the next is there, so that a page does not flicker under a slider.
import { ask, type AskOptions, type Envelope, type Fields } from "./api";

export interface Question {
  command: string;
  fields: Fields;
  only?: AskOptions["only"];
}

export class Asked<T> {
  answer = $state.raw<T | null>(null);
  error = $state.raw<unknown>(null);
  loading = $state(false);
  /** It takes longer than a second: say so. */
  slow = $state(false);

  /** Runs the work and keeps what comes of it; returns what gives it up. */
  start(work: (signal: AbortSignal) => Promise<T>, slowAfterMs = 1000): () => void {
    const control = new AbortController();
    const timer = setTimeout(() => (this.slow = true), slowAfterMs);
    this.loading = true;
    const finish = (answer: T | null, error: unknown) => {
      clearTimeout(timer);
      if (control.signal.aborted) return;
      this.answer = answer;
      this.error = error;
      this.loading = false;
      this.slow = false;
    };
    work(control.signal).then(
      (answer) => finish(answer, null),
      (error: unknown) => finish(null, error),
    );
    return () => {
      control.abort();
      clearTimeout(timer);
      this.slow = false;
    };
  }
}

/** Work that is done again whenever what it reads changes; null is no question. */
export function worked<T>(work: () => ((signal: AbortSignal) => Promise<T>) | null): Asked<T> {
  const asked = new Asked<T>();
  $effect(() => {
    const now = work();
    if (!now) return;
    return asked.start(now);
  });
  return asked;
}

export function asked<R>(question: () => Question | null): Asked<Envelope<R>> {
  // A question that says the same is the same: it is compared as text.
  const written = $derived.by(() => {
    const now = question();
    return now && JSON.stringify(now);
  });
  return worked<Envelope<R>>(() => {
    if (!written) return null;
    const { command, fields, only } = JSON.parse(written) as Question;
    return (signal) => ask<R>(command, fields, only ? { only, signal } : { signal });
  });
}
