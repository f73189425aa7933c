// The plane of two quantities, cut along every limit that the rules test. Within one area no test
// changes its answer, so the program is asked about one point of each, and the area has that answer.
import type { Test } from "./verdict";

export type Point = readonly [number, number];

export interface Limits {
  x: number[];
  y: number[];
  /** Limits on x + y. */
  sum: number[];
}

export interface Area {
  polygon: Point[];
  /** A point inside it. */
  inside: Point;
}

export interface Box {
  x: readonly [number, number];
  y: readonly [number, number];
}

const ascending = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);

/** The limits among tests for quantities that stand on the axes. */
export function limitsOf(
  tests: Iterable<Test>,
  xNames: readonly string[],
  yNames: readonly string[],
): Limits {
  const x = new Set<number>();
  const y = new Set<number>();
  const sum = new Set<number>();
  for (const { quantity, limit } of tests) {
    const [first = "", second] = quantity.split("+");
    if (second === undefined) {
      if (xNames.includes(first)) x.add(limit);
      if (yNames.includes(first)) y.add(limit);
    } else if (xNames.includes(first) && yNames.includes(second)) {
      sum.add(limit);
    }
  }
  return { x: ascending(x), y: ascending(y), sum: ascending(sum) };
}

/** The part of a convex polygon where x + y is at least (sign 1) or at most (sign -1) the limit. */
function cut(polygon: readonly Point[], limit: number, sign: 1 | -1): Point[] {
  const depth = ([x, y]: Point) => sign * (x + y - limit);
  return polygon.flatMap((from, index) => {
    const to = polygon[(index + 1) % polygon.length] ?? from;
    const a = depth(from);
    const b = depth(to);
    const kept: Point[] = a >= 0 ? [from] : [];
    if ((a > 0 && b < 0) || (a < 0 && b > 0)) {
      const t = a / (a - b);
      kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]);
    }
    return kept;
  });
}

const pairs = (values: number[]) =>
  values.slice(1).map((value, index) => [values[index] ?? value, value] as const);

function mean(polygon: readonly Point[]): Point {
  const total = polygon.reduce(([sx, sy], [x, y]) => [sx + x, sy + y] as const, [0, 0] as const);
  return [total[0] / polygon.length, total[1] / polygon.length];
}

export function areasOf(limits: Limits, { x, y }: Box): Area[] {
  const within = (values: number[], [low, high]: readonly [number, number]) =>
    pairs([low, ...values.filter((value) => value > low && value < high), high]);
  const bands = pairs([-Infinity, ...limits.sum, Infinity]);
  const areas: Area[] = [];
  for (const [x0, x1] of within(limits.x, x)) {
    for (const [y0, y1] of within(limits.y, y)) {
      for (const [low, high] of bands) {
        let polygon: Point[] = [
          [x0, y0],
          [x1, y0],
          [x1, y1],
          [x0, y1],
        ];
        if (low > -Infinity) polygon = cut(polygon, low, 1);
        if (high < Infinity) polygon = cut(polygon, high, -1);
        if (polygon.length >= 3) areas.push({ polygon, inside: mean(polygon) });
      }
    }
  }
  return areas;
}

export interface Border {
  from: Point;
  to: Point;
}

/** Edges between areas whose answers differ: the red line. */
export function bordersOf(areas: readonly Area[], answers: readonly string[]): Border[] {
  const written = ([x, y]: Point) => `${x.toPrecision(9)},${y.toPrecision(9)}`;
  const edges = new Map<string, { border: Border; answer: string }>();
  const borders: Border[] = [];
  areas.forEach(({ polygon }, index) => {
    const answer = answers[index] ?? "";
    polygon.forEach((from, corner) => {
      const to = polygon[(corner + 1) % polygon.length] ?? from;
      const key = [written(from), written(to)].sort().join(" ");
      const other = edges.get(key);
      if (!other) edges.set(key, { border: { from, to }, answer });
      else if (other.answer !== answer) borders.push(other.border);
    });
  });
  return borders;
}

/** A straight edge as it runs on logarithmic axes: a sum makes a curve, closest at its ends. */
export function bend({ from, to }: Border, steps = 32): Point[] {
  if (from[0] === to[0] || from[1] === to[1]) return [from, to];
  return Array.from({ length: steps + 1 }, (_, index) => {
    const t = (1 - Math.cos((Math.PI * index) / steps)) / 2;
    return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])] as const;
  });
}

export function bendPolygon(polygon: readonly Point[]): Point[] {
  return polygon.flatMap((from, index) => {
    const to = polygon[(index + 1) % polygon.length] ?? from;
    return bend({ from, to }).slice(0, -1);
  });
}

/** From below the least to above the most of the values and limits, for a logarithmic axis. */
export function reach(
  values: readonly number[],
  limits: readonly number[],
): readonly [number, number] {
  const all = [...values, ...limits].filter((value) => value > 0);
  if (all.length === 0) return [1, 10];
  return [Math.min(...all) / 1.4, Math.max(...all) * 1.4];
}
