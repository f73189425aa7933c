#!/usr/bin/env python3
"""Writes measured kernels into data/measured, one row a line, in an order that does not change.

usage: import_measured.py KERNELS.json data/measured/kernels.json

Rows stay as they are; docs/measurements.md tells what the fields mean. Sources stand in
data/sources/measured.toml.
"""

import json
import sys


def main() -> None:
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        content = json.load(file)
    rows = sorted(content["rows"], key=lambda row: (row["source"], row["op"], row["chip"], row["id"]))
    ids = [row["id"] for row in rows]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        sys.exit(f"ids are not unique: {', '.join(sorted(twice))}")
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
    with open(target, "w", encoding="utf-8") as file:
        file.write('{\n  "schema": "redline-kernels-v1",\n  "rows": [\n')
        file.write(lines + "\n  ]\n}\n")


main()
