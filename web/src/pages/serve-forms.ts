// The forms of the three questions about serving; what they share keeps its value from tab to tab.
import { say } from "../lib/i18n.svelte";
import { requestFields, type FormField, type FormGroup } from "../lib/questions";
import type { Fields } from "../lib/api";

export const TABS = ["plan", "simulate", "capacity"] as const;
export type Tab = (typeof TABS)[number];

export const COMMANDS: Record<Tab, string> = {
  plan: "search-plan-serve",
  simulate: "simulate-serve",
  capacity: "simulate-capacity",
};

/**
 * What a question takes where the form says nothing: sizes that answer within a second, and lengths of
 * requests that differ, as real ones do.
 */
export const TAB_DEFAULTS: Record<Tab, Record<string, string>> = {
  plan: {},
  simulate: { rate: "2", requests: "1000", prompt: "200 to 2k", answer: "20 to 500" },
  capacity: { requests: "500", runs: "3", prompt: "200 to 2k", answer: "20 to 500" },
};

const defaulted = (tab: Tab, fields: FormField[]) =>
  fields.map((field) => ({
    ...field,
    placeholder: TAB_DEFAULTS[tab][field.key] ?? field.placeholder ?? "",
  }));

const subject = (): FormField[] => [
  { key: "model", label: say("Model"), of: "models" },
  { key: "chip", label: say("Chip"), of: "chips" },
  {
    key: "system",
    label: say("System (chips, nodes, network)"),
    of: "systems",
    placeholder: say("that of the chip"),
  },
];

const limits = (): FormField[] => [
  { key: "ttft", label: say("TTFT at most"), placeholder: "2s" },
  { key: "tpot", label: say("TPOT at most"), placeholder: "50ms" },
];

const prices = (): FormGroup => ({
  title: say("Prices"),
  fields: [
    { key: "rent", label: say("Rent of a chip (USD an hour)"), placeholder: say("as recorded") },
    { key: "price", label: say("Price of a chip (USD)"), placeholder: say("as recorded") },
    { key: "usd-per-kwh", label: say("Electricity (USD/kWh)"), placeholder: "0.08" },
    { key: "pue", label: say("PUE"), placeholder: "1.3" },
  ],
});

const parallelism = (): FormField[] => [
  { key: "tp", label: say("Tensor parallelism") },
  { key: "pp", label: say("Pipeline stages") },
  { key: "dp", label: say("Data parallelism") },
  { key: "ep", label: say("Expert parallelism") },
];

function planGroups(): FormGroup[] {
  const all = say("all");
  return [
    {
      fields: [
        ...subject(),
        ...limits(),
        { key: "prompt", label: say("Tokens of a prompt"), placeholder: "2048" },
        { key: "answer", label: say("Tokens of an answer"), placeholder: "512" },
        { key: "rate", label: say("Requests a second"), placeholder: say("any") },
        { key: "chips", label: say("Number of chips"), placeholder: say("as many as it takes") },
        {
          key: "objective",
          label: say("Made best"),
          options: [
            { value: "", label: say("cost, where known") },
            { value: "cost", label: say("cost") },
            { value: "throughput", label: say("throughput of a chip") },
            { value: "energy", label: say("energy") },
            { value: "ttft", label: "TTFT" },
            { value: "tpot", label: "TPOT" },
            { value: "memory", label: say("memory of a chip") },
          ],
        },
        { key: "pareto", label: say("Further objectives"), placeholder: "ttft,tpot" },
      ],
    },
    {
      title: say("Limits of the search"),
      fields: [
        {
          key: "prefill",
          label: say("Prompts"),
          options: [
            { value: "", label: say("either way") },
            { value: "chunked", label: say("in chunks beside the answers") },
            { value: "pool", label: say("on a pool of their own") },
          ],
        },
        { key: "prefill-chip", label: say("Chips of that pool"), placeholder: say("the same") },
        ...parallelism().map((field) => ({ ...field, placeholder: all })),
        { key: "batch", label: say("Sequences of a replica"), placeholder: all },
        { key: "chunk", label: say("Tokens of a chunk"), placeholder: all },
        { key: "dtype", label: say("Number formats"), placeholder: say("own and 8 bits") },
        { key: "kv-dtype", label: say("Formats of the cache"), placeholder: say("own and 8 bits") },
        { key: "engine", label: say("Engine"), placeholder: "sglang" },
      ],
    },
    {
      title: say("Worth of resources"),
      fields: [
        {
          key: "vary",
          label: say("Resources to vary"),
          placeholder: "compute=10%,memory_bandwidth=10%,memory_capacity=10%,link=50%",
          wide: true,
        },
      ],
    },
    prices(),
  ];
}

const cluster = (): FormGroup => ({
  title: say("Cluster and engine"),
  fields: [
    ...parallelism().map((field) => ({ ...field, placeholder: say("the first that fits") })),
    { key: "replicas", label: say("Replicas"), placeholder: "1" },
    {
      key: "router",
      label: say("Router"),
      options: [
        { value: "", label: say("least loaded") },
        { value: "round-robin", label: say("round robin") },
        { value: "cache-aware", label: say("by cached beginnings") },
      ],
    },
    {
      key: "batching",
      label: say("Prompts in the batch"),
      options: [
        { value: "", label: say("in chunks beside the answers") },
        { value: "prompts-first", label: say("whole, in their own steps") },
      ],
    },
    { key: "dtype", label: say("Number formats"), placeholder: say("the model's own") },
    { key: "kv-dtype", label: say("Formats of the cache"), placeholder: say("the model's own") },
    { key: "engine", label: say("Engine"), placeholder: "sglang" },
    {
      key: "prefill-chip",
      label: say("Chip of a pool for prompts"),
      of: "chips",
      placeholder: say("none"),
    },
    { key: "prefill-replicas", label: say("Replicas of that pool"), placeholder: "1" },
    { key: "prefill-tp", label: say("Tensor parallelism of that pool") },
    { key: "prefill-pp", label: say("Pipeline stages of that pool") },
    { key: "prefill-dp", label: say("Data parallelism of that pool") },
    { key: "prefill-ep", label: say("Expert parallelism of that pool") },
  ],
});

const traffic = (): FormField[] => [
  { key: "requests", label: say("Requests simulated") },
  { key: "prompt", label: say("Tokens of a prompt") },
  { key: "answer", label: say("Tokens of an answer") },
  {
    key: "arrivals",
    label: say("Arrivals"),
    options: [
      { value: "", label: say("at random (Poisson)") },
      { value: "gamma", label: say("in bursts (gamma)") },
      { value: "at-once", label: say("all at once") },
    ],
  },
];

const burst = (): FormField[] => [
  { key: "gap-cv", label: say("Burstiness of gaps"), placeholder: "1" },
  { key: "prefixes", label: say("Beginnings that prompts share"), placeholder: say("none") },
  { key: "prefix-tokens", label: say("Tokens of a beginning"), placeholder: "1024" },
  { key: "seed", label: say("Seed"), placeholder: "1" },
];

function simulateGroups(): FormGroup[] {
  return [
    {
      fields: [
        ...subject(),
        ...defaulted("simulate", [{ key: "rate", label: say("Requests a second") }, ...traffic()]),
        ...limits().map((field) => ({ ...field, placeholder: say("none") })),
      ],
    },
    cluster(),
    { title: say("More about the traffic"), fields: burst() },
    prices(),
  ];
}

function capacityGroups(): FormGroup[] {
  return [
    {
      fields: [
        ...subject(),
        ...limits(),
        { key: "latency", label: say("Whole answer within"), placeholder: "30s" },
        { key: "share", label: say("Share that keeps it"), placeholder: "0.99" },
        ...defaulted("capacity", [
          ...traffic(),
          { key: "runs", label: say("Runs with other requests") },
        ]),
      ],
    },
    cluster(),
    { title: say("More about the traffic"), fields: burst() },
    prices(),
  ];
}

export function serveForm(tab: Tab): FormGroup[] {
  switch (tab) {
    case "plan":
      return planGroups();
    case "simulate":
      return simulateGroups();
    case "capacity":
      return capacityGroups();
  }
}

export function serveFields(
  tab: Tab,
  values: Record<string, unknown>,
  keys: readonly string[],
): Fields {
  const given = requestFields(values, keys);
  const defaults = requestFields(TAB_DEFAULTS[tab], Object.keys(TAB_DEFAULTS[tab]));
  return { ...defaults, ...given };
}

/** Lengths that vary are for simulations, lists of numbers for the search: they do not cross over. */
export function carriedTo(tab: Tab, values: Record<string, unknown>): Record<string, string> {
  const single = /^\d*$/;
  const keys = tab === "plan" ? ["prompt", "answer"] : ["tp", "pp", "dp", "ep"];
  return Object.fromEntries(
    keys.filter((key) => !single.test(String(values[key] ?? ""))).map((key) => [key, ""]),
  );
}
