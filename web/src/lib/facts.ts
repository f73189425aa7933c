// A record of the catalogue as a list of facts: key, value, and what it rests on.

export interface Fact {
  record: string;
  key: string;
  value: string | number | boolean | null;
  basis: string | null;
  confidence: string | null;
  sources: string[];
}

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
  value !== null && typeof value === "object" && !Array.isArray(value);
const isFact = (tree: Tree) => "value" in tree && ("basis" in tree || "source" in tree);
const isPlain = (value: unknown) => value === null || typeof value !== "object";

function listed(value: unknown): string[] {
  return value === undefined || value === null ? [] : [value].flat().map(String);
}

function plainValue(value: unknown): Fact["value"] {
  return typeof value === "number" || typeof value === "boolean" || value === null
    ? value
    : String(value);
}

/** "13,600 USD (12,000 USD – 15,200 USD)": what bounds or dates a value stands beside it. */
function factValue(tree: Tree): Fact["value"] {
  const range = Array.isArray(tree["range"]) ? ` (${tree["range"].join(" – ")})` : "";
  const unit = typeof tree["unit"] === "string" && tree["unit"] ? ` ${tree["unit"]}` : "";
  const value = plainValue(tree["value"]);
  return range || unit ? `${value ?? "?"}${unit}${range}` : value;
}

function walk(
  record: string,
  key: string,
  value: unknown,
  inherited: string[],
  facts: Fact[],
): void {
  const push = (
    given: Fact["value"],
    basis: unknown = null,
    confidence: unknown = null,
    sources: string[] = inherited,
  ) =>
    facts.push({
      record,
      key,
      value: given,
      basis: basis === null || basis === undefined ? null : String(basis),
      confidence: confidence === null || confidence === undefined ? null : String(confidence),
      sources,
    });
  if (isPlain(value)) {
    push(plainValue(value));
  } else if (Array.isArray(value)) {
    if (value.every(isPlain)) push(value.join(", "));
    else
      value.forEach((item: unknown, index) =>
        walk(record, `${key}[${nameOf(item, index)}]`, item, inherited, facts),
      );
  } else if (isTree(value)) {
    const own = listed(value["source"] ?? value["sources"]);
    const sources = own.length > 0 ? own : inherited;
    if (isFact(value)) {
      push(factValue(value), value["basis"], value["confidence"], sources);
      return;
    }
    for (const [inner, item] of Object.entries(value)) {
      if (inner === "source" || inner === "sources") continue;
      walk(record, key ? `${key}.${inner}` : inner, item, sources, facts);
    }
  }
}

function nameOf(item: unknown, index: number): string {
  const tree = isTree(item) ? item : {};
  const name = tree["quantity"] ?? tree["name"] ?? tree["item"] ?? tree["id"];
  return typeof name === "string" ? name : String(index + 1);
}

export function factsOf(record: Tree): Fact[] {
  const facts: Fact[] = [];
  const { derived, source, sources = source, ...stated } = record;
  const id = String(record["id"] ?? record["code"] ?? "");
  // What the record as a whole rests on is told once.
  const whole = listed(sources);
  walk(id, "", stated, [], facts);
  if (whole.length > 0) {
    facts.push({
      record: id,
      key: "sources",
      value: whole.length,
      basis: null,
      confidence: null,
      sources: whole,
    });
  }
  for (const item of Array.isArray(derived) ? (derived as Tree[]) : []) {
    const from = item["from"] ? ` = ${String(item["from"])}` : "";
    const unit = item["unit"] ? ` ${String(item["unit"])}` : "";
    const value =
      item["value"] === null || item["value"] === undefined
        ? null
        : `${String(item["value"])}${unit}${from}`;
    facts.push({
      record: id,
      key: `derived.${String(item["quantity"])}`,
      value,
      basis: "derived",
      confidence: null,
      sources: [],
    });
  }
  return facts;
}

export interface Coverage {
  key: string;
  known: number;
  stated: number;
  derived: number;
  estimated: number;
}

/** For each key how many records have it, and what it rests on there. */
export function coverageOf(facts: readonly Fact[]): Coverage[] {
  const counts = new Map<string, Coverage>();
  for (const { key, value, basis } of facts) {
    if (basis === null) continue;
    const row = counts.get(key) ?? { key, known: 0, stated: 0, derived: 0, estimated: 0 };
    counts.set(key, row);
    if (value === null) continue;
    row.known += 1;
    if (basis === "stated" || basis === "derived" || basis === "estimated") row[basis] += 1;
  }
  return [...counts.values()].sort((a, b) => b.known - a.known);
}
