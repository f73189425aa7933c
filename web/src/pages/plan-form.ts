// The form of the search for a plan of training, by the options of the command line.
import { say } from "../lib/i18n.svelte";
import type { FormGroup } from "../lib/questions";

export function trainForm(): FormGroup[] {
  const objective = [
    { value: "time", label: say("time") },
    { value: "cost", label: say("cost") },
    { value: "energy", label: say("energy") },
    { value: "chips", label: say("number of chips") },
    { value: "memory", label: say("memory of a chip") },
  ];
  return [
    {
      fields: [
        { key: "model", label: say("Model"), of: "models" },
        { key: "chip", label: say("Chip"), of: "chips" },
        {
          key: "system",
          label: say("System (chips, nodes, network)"),
          of: "systems",
          placeholder: say("that of the chip"),
        },
        { key: "chips", label: say("Number of chips"), placeholder: "64, 8..64" },
        { key: "batch", label: say("Sequences of a step"), placeholder: say("one a chip") },
        { key: "seq", label: say("Tokens of a sequence"), placeholder: "4096" },
        { key: "objective", label: say("Made least"), options: objective },
        { key: "pareto", label: say("Further objectives"), placeholder: "cost,memory" },
      ],
    },
    {
      title: say("Limits of the search"),
      fields: [
        { key: "tp", label: say("Tensor parallelism"), placeholder: say("all") },
        { key: "pp", label: say("Pipeline stages"), placeholder: say("all") },
        { key: "cp", label: say("Context parallelism"), placeholder: say("all") },
        { key: "ep", label: say("Expert parallelism"), placeholder: say("all") },
        { key: "microbatch", label: say("Microbatch"), placeholder: say("all") },
        { key: "zero", label: say("Stages of ZeRO"), placeholder: "0,1,2,3" },
        { key: "recompute", label: say("Recomputation"), placeholder: "none,selective,full" },
        { key: "schedule", label: say("Schedule"), placeholder: say("all") },
        { key: "dtype", label: say("Number formats"), placeholder: "bf16" },
        { key: "overlap", label: say("Overlap"), placeholder: "engine" },
        { key: "engine", label: say("Engine"), placeholder: "megatron-core" },
        {
          key: "space",
          label: say("Space"),
          options: [
            { value: "", label: say("usual") },
            { value: "megatron-offload", label: "megatron-offload" },
          ],
        },
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
    {
      title: say("Budget and prices"),
      fields: [
        { key: "tokens", label: say("Tokens in all"), placeholder: say("one step") },
        {
          key: "rent",
          label: say("Rent of a chip (USD an hour)"),
          placeholder: say("as recorded"),
        },
        { key: "price", label: say("Price of a chip (USD)"), placeholder: say("as recorded") },
        { key: "usd-per-kwh", label: say("Electricity (USD/kWh)"), placeholder: "0.08" },
        { key: "pue", label: say("PUE"), placeholder: "1.3" },
      ],
    },
  ];
}
