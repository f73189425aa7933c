// Tables as data: columns that say how a row is read, sorted, shown and written to a file.

export type Cell = string | number | boolean | null;

export interface Column<R> {
  key: string;
  title: string;
  unit?: string;
  numeric?: boolean;
  /** Its cells stay on one line: dates, codes. */
  tight?: boolean;
  /** Its cells hold sentences and are given room. */
  wide?: boolean;
  /** The value for sorting and files; null is unknown. */
  value(row: R): Cell;
  /** How it is shown, where that is not the value itself. */
  show?(row: R): string;
  href?(row: R): string | null;
}

export interface Sorting {
  key: string;
  descending: boolean;
}

/** `-tpp` in the URL is tpp, largest first. */
export const readSorting = (text: string): Sorting => ({
  key: text.replace(/^-/, ""),
  descending: text.startsWith("-"),
});

export const writeSorting = ({ key, descending }: Sorting) => (descending ? `-${key}` : key);

function compare(a: Cell, b: Cell): number {
  if (typeof a === "string" && typeof b === "string")
    return a.localeCompare(b, "en", { numeric: true });
  return Number(a) - Number(b);
}

/** Unknown values stand last, whichever way the others go. */
export function sortRows<R>(rows: readonly R[], columns: readonly Column<R>[], by: Sorting): R[] {
  const column = columns.find(({ key }) => key === by.key);
  if (!column) return [...rows];
  return [...rows].sort((left, right) => {
    const a = column.value(left);
    const b = column.value(right);
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return by.descending ? compare(b, a) : compare(a, b);
  });
}

export function filterRows<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  words: string,
): R[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...rows];
  return rows.filter((row) => {
    const line = columns.map((column) => `${column.show?.(row) ?? ""} ${column.value(row) ?? ""}`);
    const text = line.join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

function csvCell(value: Cell): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180; unknown is empty, as in the files of the command line. */
export function csvOf<R>(rows: readonly R[], columns: readonly Column<R>[]): string {
  const lines = [
    columns.map(({ key }) => key),
    ...rows.map((row) => columns.map((column) => column.value(row))),
  ];
  return lines.map((line) => `${line.map(csvCell).join(",")}\r\n`).join("");
}

export function jsonOf<R>(rows: readonly R[], columns: readonly Column<R>[]): string {
  const records = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.key, column.value(row)])),
  );
  return `${JSON.stringify(records, null, 2)}\n`;
}
