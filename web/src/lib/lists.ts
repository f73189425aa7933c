// Lists of the catalogue that several pages choose from.
import { ask } from "./api";

export interface Place {
  code: string;
  name: string;
  groups: string;
}

export interface ListedChip {
  id: string;
  name: string;
  status: string | null;
  launched: string | null;
  tpp: number | null;
  pd: number | null;
  dram_bw_gb_per_s: number | null;
}

const listOf = async <R>(kind: string) => (await ask<R>("data-list", { kind })).results;

export const places = () => listOf<Place>("places");
export const chips = () => listOf<ListedChip>("chips");

export interface ListedModel {
  id: string;
  name: string;
}

export interface ListedSystem {
  id: string;
  name: string;
  chip: string;
}

export interface ListedDie {
  id: string;
  name: string;
  vendor: string;
}

export interface ListedRule {
  id: string;
  title: string;
}

export const dies = () => listOf<ListedDie>("dies");
export const rules = () => listOf<ListedRule>("rules");
export const models = () => listOf<ListedModel>("models");
export const systems = () => listOf<ListedSystem>("systems");

export interface Source {
  id: string;
  kind: string;
  title: string;
  url: string;
}

export async function sources(): Promise<Map<string, Source>> {
  return new Map((await listOf<Source>("sources")).map((source) => [source.id, source]));
}
