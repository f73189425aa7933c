// Records of the catalogue as rows of tables, whatever their kind.
import { say } from "../lib/i18n.svelte";
import { link } from "../lib/router.svelte";
import type { Cell, Column } from "../lib/table";

export type Listed = Record<string, unknown>;

export interface Kind {
  kind: string;
  records: number;
}

export function kindWord(kind: string): string {
  switch (kind) {
    case "chips":
      return say("Chips");
    case "systems":
      return say("Systems");
    case "fabrics":
      return say("Fabrics");
    case "dies":
      return say("Dies");
    case "models":
      return say("Language models");
    case "rules":
      return say("Rules");
    case "places":
      return say("Places");
    case "groups":
      return say("Country groups");
    case "sources":
      return say("Sources");
    case "market":
      return say("Market");
    default:
      return kind;
  }
}

export const nameOf = (row: Listed) => String(row["id"] ?? row["code"] ?? "");

export const recordLink = (kind: string, name: string) =>
  link(`/data/${kind}/${encodeURIComponent(name)}`);

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  return typeof value === "object" ? JSON.stringify(value) : (value as Cell);
}

/** Columns are the keys of the rows, by the names that the files use. */
export function columnsOf(kind: string, rows: readonly Listed[]): Column<Listed>[] {
  const keys = [...new Set(rows.flatMap(Object.keys))];
  return keys.map((key, index) => {
    const values = rows
      .map((row) => row[key])
      .filter((value) => value !== null && value !== undefined);
    return {
      key,
      title: key,
      numeric: values.length > 0 && values.every((value) => typeof value === "number"),
      value: (row) => cellOf(row[key]),
      ...(index === 0 ? { href: (row: Listed) => recordLink(kind, nameOf(row)) } : {}),
    };
  });
}
