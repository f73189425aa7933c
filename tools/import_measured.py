#!/usr/bin/env python3
"""Writes published measurements into data/measured, one row a line, in an order that does not change.

usage: import_measured.py KERNELS.json data/measured/kernels.json
       import_measured.py TRAINING.json|INFERENCE.json data/measured/NAME.json
       import_measured.py --load INFERENCE.json data/measured/serving.json
       import_measured.py TEST_TIME_SCALING.json data/measured/test_time_scaling.json

Rows of operators stay as they are. Of runs of whole steps figures and names are kept, no prose, where
`spec_level` is full; of runs under load the time to the first token besides. Of accuracy against tokens and samples rows are kept that say what was spent; the number of
problems of a benchmark comes with them. docs/measurements.md tells what the fields mean. Sources stand
in data/sources/measured.toml, runs.toml and accuracy.toml.
"""

import json
import re
import sys
import zlib

PHASES = {"train", "train-layer", "train-memory", "train-sft", "train-lora",
          "prefill", "decode", "serving-static", "serving-batch1"}
LOAD = {"serving-offline", "serving-agg", "serving-disagg", "serving"}
FIELDS = ("id", "source", "date", "system", "model", "precision", "parallelism", "phase", "shape",
          "metric", "value", "unit", "spec_level", "missing", "confidence", "group")
PROSE = {"script", "note", "slo"}


def run_of(row: dict) -> dict:
    """A run of steps without its prose."""
    found = {name: row[name] for name in FIELDS if name in row}
    found["source"] = row["source"]["key"]
    found["shape"] = {key: value for key, value in row["shape"].items() if key not in PROSE}
    return found


def load_of(row: dict) -> dict:
    """A run under load; what it needs of its model is fixed by the dimensions."""
    found = run_of(row)
    for name in ("missing", "confidence"):
        found.pop(name, None)
    for name in ("params_total", "params_active", "variant"):
        found["model"].pop(name, None)
    found["group"] = f"{zlib.crc32(found['group'].encode()):08x}"
    if "ttft_ms" in row["other_metrics"]:
        found["ttft_ms"] = row["other_metrics"]["ttft_ms"]
    return found
SCALING = "test-time-scaling"
# Problems of a benchmark, and the source that says so.
PROBLEMS = {
    "AIME 2024": (30, "aime"), "AIME 2025": (30, "aime"), "AIME 2025 (tools)": (30, "aime"),
    "GPQA Diamond": (198, "gpqa"), "MATH500": (500, "lets-verify"), "MMLU": (14042, "mmlu"),
    "SWE-bench Lite": (300, "swe-bench-lite"),
}
# Records of data/models with the shape of a checkpoint whose weights are published.
RECORDS = {
    "DeepSeek-R1": "deepseek-r1", "DeepSeek-R1-Zero": "deepseek-r1", "DeepSeek-R1-0528": "deepseek-r1",
    "s1-32B": "s1-32b", "Gemma-2B": "gemma-2b", "Llama-3-8B": "llama-3-8b",
    "DeepSeek-Coder-V2-Instruct": "deepseek-coder-v2", "QwQ-32B-Preview": "qwq-32b-preview",
    "Qwen3-32B": "qwen3-32b", "Qwen3-235B-A22B": "qwen3-235b-a22b", "gpt-oss-120b": "gpt-oss-120b",
}
# What a budget is spent on. Of a revision `passes` counts the stretches of thinking in one answer: one
# more than the times that its end was put off. Where that is not said it was put off at least once.
CHAINS = {"no budget forcing": 1, "no extrapolation": 1, "2x 'Alternatively'": 3,
          "with budget forcing": None}
SERIES = {"Table 1": "budget forcing", "Table 4 (extrapolation ablation)": "'Alternatively'"}


def checkpoint_of(row: dict) -> dict:
    """The name of what answered, and the record that has its shape."""
    model, shape = row["model"], row["shape"]
    name = re.sub(r" \(\d{4}-\d{2}\)$", "", model.get("variant", model["name"]))
    name = re.sub(r", (RL step \d+)$", r" (\1)", name)
    name = re.sub(r" \(Qwen2\.5-32B-Instruct SFT\)$", "", name)
    if "reasoning_effort" in shape:
        name += f" ({shape['reasoning_effort']} effort)"
    bare = name.split(" (")[0]
    record = RECORDS.get(bare, bare.lower() if "Distill" in bare else None)
    return {"name": name} | ({"record": record} if record else {})


def spent(row: dict) -> dict | None:
    """Method and number of samples or passes; none where the row does not say them."""
    shape = row["shape"]
    if row["metric"].startswith("generation_ratio"):
        return {"method": "revision", "passes": shape["generations_compute_optimal"],
                "equal_samples": shape["generations_best_of_n"]}
    if "setting" in shape:
        if shape["setting"] not in CHAINS:
            return None
        passes = CHAINS[shape["setting"]]
        series = {"method": "revision", "series": SERIES[row["source"]["table"]]}
        return series | ({"passes": passes} if passes else {"least_passes": 2})
    selection = shape.get("selection", "pass@1")
    method = ("chain" if selection == "pass@1" else
              "best-of" if "oracle" in selection else "majority")
    return {"method": method, "samples": shape.get("samples", 1), "selection": selection}


def accuracy_of(row: dict) -> dict | None:
    """A point of accuracy against what was spent, without its prose."""
    way = spent(row)
    if way is None:
        return None
    shape = row["shape"]
    stated = re.search(r" \((\d+) problems\)$", shape["benchmark"])
    benchmark = re.sub(r" \((?:\d+ problems|no tools)\)$", "", shape["benchmark"])
    found = {"id": row["id"], "source": row["source"]["key"], "date": row["date"],
             "phase": SCALING, "model": checkpoint_of(row), "benchmark": benchmark}
    if stated:
        found |= {"problems": int(stated[1]), "problems_source": row["source"]["key"]}
    elif benchmark in PROBLEMS:
        found |= dict(zip(("problems", "problems_source"), PROBLEMS[benchmark]))
    found |= way
    if "mean_tokens_per_question" in shape:
        found["mean_tokens"] = shape["mean_tokens_per_question"]
    if "max_tokens" in shape:
        found["max_tokens"] = shape["max_tokens"]
    each = re.search(r"(\d+) responses for pass@1", row["notes"])
    runs = shape.get("estimate_from", int(each[1]) if each and way["method"] == "chain" else None)
    if runs:
        found["runs"] = runs
    metric = row["metric"] if row["unit"] == "x" else "accuracy"
    return found | {"metric": metric, "value": row["value"], "unit": row["unit"],
                    "basis": "stated", "confidence": row["confidence"]}


def write(target: str, schema: str, rows: list[dict]) -> None:
    ids = [row["id"] for row in rows]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        sys.exit(f"ids are not unique: {', '.join(sorted(twice))}")
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    with open(target, "w", encoding="utf-8") as file:
        file.write('{\n  "schema": "' + schema + '",\n  "rows": [\n')
        file.write(lines + "\n  ]\n}\n")


def main() -> None:
    load = sys.argv[1] == "--load"
    source, target = sys.argv[2:] if load else sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    if all(row.get("phase") == SCALING for row in rows):
        points = [point for row in rows if (point := accuracy_of(row))]
        points.sort(key=lambda row: (row["source"], row["id"]))
        write(target, "redline-accuracy-v1", points)
        return
    runs = any("phase" in row for row in rows)
    if runs:
        full = [row for row in rows if row["spec_level"] == "full"]
        rows = ([load_of(row) for row in full if row["phase"] in LOAD]
                if load else [run_of(row) for row in full if row["phase"] in PHASES])
    rows.sort(key=lambda row: (row["source"], row.get("op", ""),
                               "" if runs else row["chip"], row["id"]))
    write(target, "redline-runs-v1" if runs else "redline-kernels-v1", rows)


main()
