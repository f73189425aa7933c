#!/usr/bin/env python3
"""Writes published runs of whole steps into data/measured, one row a line, in an order that does not
change: figures and names, no prose.

usage: import_runs.py TRAINING.json|INFERENCE.json data/measured/NAME.json

Rows whose `spec_level` is full and whose phase is one step after another are kept. Sources stand in
data/sources/runs.toml.
"""

import json
import sys

PHASES = {"train", "train-layer", "train-memory", "train-sft", "train-lora",
          "prefill", "decode", "serving-static", "serving-batch1"}
FIELDS = ("id", "source", "date", "system", "model", "precision", "parallelism", "phase", "shape",
          "metric", "value", "unit", "spec_level", "missing", "confidence", "group")
PROSE = {"script", "note", "slo"}


def kept(row: dict) -> dict:
    found = {name: row[name] for name in FIELDS if name in row}
    found["source"] = row["source"]["key"]
    found["shape"] = {key: value for key, value in row["shape"].items() if key not in PROSE}
    return found


def main() -> None:
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        content = json.load(file)
    rows = [kept(row) for row in content["rows"]
            if row["spec_level"] == "full" and row["phase"] in PHASES]
    rows.sort(key=lambda row: (row["source"], row["id"]))
    ids = [row["id"] for row in rows]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        sys.exit(f"ids are not unique: {', '.join(sorted(twice))}")
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    with open(target, "w", encoding="utf-8") as file:
        file.write('{\n  "schema": "redline-runs-v1",\n  "rows": [\n')
        file.write(lines + "\n  ]\n}\n")


main()
