import { expect, it } from "vitest";
import { latest } from "./latest";

interface Asked {
  question: number;
  answer: (value: number) => void;
  fail: (error: Error) => void;
  signal: AbortSignal;
}

function desk() {
  const asked: Asked[] = [];
  const told: (number | null)[] = [];
  const errors: unknown[] = [];
  const line = latest<number, number>(
    (question, signal) =>
      new Promise((answer, fail) => asked.push({ question, answer, fail, signal })),
    (answer, error) => {
      told.push(answer);
      if (error) errors.push(error);
    },
  );
  return { asked, told, errors, line };
}
const turn = () => new Promise((resolve) => setTimeout(resolve));

it("asks one at a time, and of those that wait the last alone", async () => {
  const { asked, told, line } = desk();
  for (const question of [1, 2, 3]) line.ask(question);
  expect(asked.map(({ question }) => question)).toEqual([1]);
  asked[0]?.answer(10);
  await turn();
  expect(asked.map(({ question }) => question)).toEqual([1, 3]);
  asked[1]?.answer(30);
  await turn();
  expect(told).toEqual([10, 30]);
});

it("goes on after an error", async () => {
  const { asked, told, errors, line } = desk();
  line.ask(1);
  line.ask(2);
  asked[0]?.fail(new Error("no"));
  await turn();
  asked[1]?.answer(20);
  await turn();
  expect(told).toEqual([null, 20]);
  expect(errors).toHaveLength(1);
});

it("tells nothing of what was forgotten", async () => {
  const { asked, told, line } = desk();
  line.ask(1);
  line.ask(2);
  line.forget();
  asked[0]?.answer(10);
  await turn();
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(told).toEqual([]);
  line.ask(3);
  asked[1]?.answer(30);
  await turn();
  expect(told).toEqual([30]);
});
