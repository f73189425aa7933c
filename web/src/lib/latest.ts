// Questions that come faster than their answers, as under a slider: one is under way at a time, and of
// those that came meanwhile only the last is asked.

export interface Latest<Q> {
  ask(question: Q): void;
  /** What is under way or waits is of no use any more. */
  forget(): void;
}

export function latest<Q, A>(
  work: (question: Q, signal: AbortSignal) => Promise<A>,
  tell: (answer: A | null, error: unknown) => void,
): Latest<Q> {
  let control: AbortController | null = null;
  let next: { question: Q } | null = null;

  async function run(question: Q) {
    const own = new AbortController();
    control = own;
    let answer: A | null = null;
    let error: unknown = null;
    try {
      answer = await work(question, own.signal);
    } catch (caught) {
      error = caught;
    }
    if (own.signal.aborted) return;
    control = null;
    tell(answer, error);
    if (!next) return;
    const waiting = next;
    next = null;
    void run(waiting.question);
  }

  return {
    ask(question) {
      if (control) next = { question };
      else void run(question);
    },
    forget() {
      next = null;
      control?.abort();
      control = null;
    },
  };
}
