#!/usr/bin/env python3
"""Writes what is generated from the program's own tables: JSON Schemas and reference pages.

    tools/generate.py REDLINE           write data/schema and docs/reference
    tools/generate.py REDLINE --check   fail if any of it is stale
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ["chip", "system", "model", "instrument", "places", "groups", "sources", "scenario"]


def output(redline: Path, *words: str) -> str:
    done = subprocess.run([redline, *words], capture_output=True, check=True, text=True)
    return done.stdout


def pages(redline: Path) -> dict[Path, str]:
    found: dict[Path, str] = {}
    for record in RECORDS:
        schema = ROOT / "data" / "schema" / f"{record}.schema.json"
        found[schema] = output(redline, "data", "schema", record)
        page = ROOT / "docs" / "reference" / f"{record}.md"
        found[page] = f"# Record: {record}\n\n" + output(
            redline, "data", "schema", record, "--format", "markdown"
        )
    found[ROOT / "docs" / "reference" / "predicate.md"] = "# Names in predicates\n\n" + output(
        redline, "data", "schema", "predicate", "--format", "markdown"
    )
    found[ROOT / "docs" / "reference" / "errors.md"] = "# Error codes\n\n" + output(
        redline, "explain", "--format", "markdown"
    )
    return found


def main() -> int:
    redline = Path(sys.argv[1]).resolve()
    check = "--check" in sys.argv[2:]
    stale = 0
    for path, text in pages(redline).items():
        current = path.read_text(encoding="utf-8") if path.exists() else None
        if current == text:
            continue
        stale += 1
        if check:
            print(f"{path.relative_to(ROOT)} is stale; run `make generate`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
