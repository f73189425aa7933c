import { expect, it } from "vitest";
import {
  csvOf,
  filterRows,
  jsonOf,
  readSorting,
  sortRows,
  writeSorting,
  type Column,
} from "./table";

interface Row {
  id: string;
  tpp: number | null;
}
const columns: Column<Row>[] = [
  { key: "id", title: "Id", value: (row) => row.id },
  { key: "tpp", title: "TPP", numeric: true, value: (row) => row.tpp },
];
const rows: Row[] = [
  { id: "h20", tpp: 2368 },
  { id: "x", tpp: null },
  { id: 'h100, "sxm"', tpp: 15824 },
];
const ids = (list: Row[]) => list.map((row) => row.id);

it("sorts with unknown values last", () => {
  expect(ids(sortRows(rows, columns, readSorting("tpp")))).toEqual(["h20", 'h100, "sxm"', "x"]);
  expect(ids(sortRows(rows, columns, readSorting("-tpp")))).toEqual(['h100, "sxm"', "h20", "x"]);
  expect(writeSorting(readSorting("-tpp"))).toBe("-tpp");
});

it("leaves the order alone where there is no such column", () => {
  expect(sortRows(rows, columns, readSorting("no"))).toEqual(rows);
});

it("keeps rows that have all words", () => {
  expect(ids(filterRows(rows, columns, "H100 158"))).toEqual(['h100, "sxm"']);
});

it("writes CSV and JSON", () => {
  expect(csvOf(rows, columns)).toBe('id,tpp\r\nh20,2368\r\nx,\r\n"h100, ""sxm""",15824\r\n');
  expect(JSON.parse(jsonOf(rows, columns))[1]).toEqual({ id: "x", tpp: null });
});
