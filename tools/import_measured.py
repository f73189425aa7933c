#!/usr/bin/env python3
"""Writes published measurements into data/measured, one row a line, in an order that does not change.

usage: import_measured.py KERNELS.json data/measured/kernels.json
       import_measured.py TRAINING.json|INFERENCE.json data/measured/NAME.json

Rows of operators stay as they are. Of runs of whole steps figures and names are kept, no prose, where
`spec_level` is full and the phase is one step after another. docs/measurements.md tells what the
fields mean. Sources stand in data/sources/measured.toml and runs.toml.
"""

import json
import sys

PHASES = {"train", "train-layer", "train-memory", "train-sft", "train-lora",
          "prefill", "decode", "serving-static", "serving-batch1"}
FIELDS = ("id", "source", "date", "system", "model", "precision", "parallelism", "phase", "shape",
          "metric", "value", "unit", "spec_level", "missing", "confidence", "group")
PROSE = {"script", "note", "slo"}


def run_of(row: dict) -> dict:
    """A run of steps without its prose."""
    found = {name: row[name] for name in FIELDS if name in row}
    found["source"] = row["source"]["key"]
    found["shape"] = {key: value for key, value in row["shape"].items() if key not in PROSE}
    return found


def main() -> None:
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        rows = json.load(file)["rows"]
    runs = any("phase" in row for row in rows)
    if runs:
        rows = [run_of(row) for row in rows
                if row["spec_level"] == "full" and row["phase"] in PHASES]
    rows.sort(key=lambda row: (row["source"], row.get("op", ""),
                               "" if runs else row["chip"], row["id"]))
    ids = [row["id"] for row in rows]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        sys.exit(f"ids are not unique: {', '.join(sorted(twice))}")
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    schema = "redline-runs-v1" if runs else "redline-kernels-v1"
    with open(target, "w", encoding="utf-8") as file:
        file.write('{\n  "schema": "' + schema + '",\n  "rows": [\n')
        file.write(lines + "\n  ]\n}\n")


main()
