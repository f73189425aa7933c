#!/usr/bin/env python3
"""Reads every #include of ours and checks that dependencies point one way.

    base -> data -> catalog -> {rules, workload, silicon} -> perf -> sim -> search -> exposure
         -> app -> server -> cli -> mpi

results stands on base alone and store on results; both are used from app up. rules and perf never
see each other.
Public headers include/redline/*.h belong to the module that owns their concept.

    tests/layers.py [ROOT]       check a source tree
    tests/layers.py --self-test  prove that a wrong include is found
"""

import pathlib
import re
import sys
import tempfile

# What each module may include besides itself.
LOW = ["base", "data", "catalog"]
MIDDLE = LOW + ["rules", "workload", "silicon"]
PERF = LOW + ["workload", "silicon"]  # speed knows nothing of legality
SEARCH = MIDDLE + ["perf", "sim"]
APP = SEARCH + ["search", "exposure", "results", "store"]
MAY_USE = {
    "base": [],
    "data": ["base"],
    "catalog": ["base", "data"],
    "rules": LOW,
    "workload": LOW,
    "silicon": LOW,
    "results": ["base"],
    "store": ["base", "results"],
    "perf": PERF,
    "sim": PERF + ["perf"],
    "search": SEARCH,
    "exposure": SEARCH + ["search"],
    "app": APP,
    "server": APP + ["app"],
    "cli": APP + ["app", "server"],
    "mpi": APP + ["app", "server", "cli"],
}

# The module that owns each public header. A new header needs a line here.
PUBLIC = {
    "error": "base",
    "message": "base",
    "units": "base",
    "date": "base",
    "quantity": "base",
    "random": "base",
    "distribution": "base",
    "tri": "base",
    "interval": "base",
    "fact": "base",
    "silicon": "silicon",
    "chip_search": "search",
    "sampling": "exposure",
    "copula": "exposure",
    "sensitivity": "exposure",
    "forecast_score": "exposure",
    "ledger": "exposure",
    "rule_search": "search",
    "chip": "catalog",
    "system": "catalog",
    "fabric": "catalog",
    "llm_model": "catalog",
    "market": "catalog",
    "place": "catalog",
    "catalog": "catalog",
    "verdict": "rules",
    "operator": "workload",
    "workload": "workload",
    "fabric": "catalog", "kernel": "perf", "step": "perf", "economics": "perf",
    "serving": "perf", "reasoning": "perf",
    "traffic": "sim", "simulation": "sim",
    "search": "search", "plan_search": "search", "serving_search": "search",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
SUFFIXES = {".h", ".cc", ".in"}


def module_of_file(path):
    """The module of a source file, given relative to the root; None for one that has none."""
    parts = path.parts
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("include", "redline") and len(parts) == 3:
        return PUBLIC.get(path.stem)
    return parts[0] if parts[0] in ("server", "cli", "mpi") else None


def module_of_include(name):
    first, _, rest = name.partition("/")
    if first == "redline":
        return PUBLIC.get(pathlib.PurePath(rest).stem)
    return first if first in MAY_USE and rest else None


def check(root):
    """All problems of a tree, one line each."""
    problems = []
    seen = 0
    for folder in ("include", "src", "server", "cli", "mpi"):
        for path in sorted((root / folder).rglob("*")):
            if not path.is_file() or path.suffix not in SUFFIXES:
                continue
            seen += 1
            relative = path.relative_to(root)
            module = module_of_file(relative)
            if module not in MAY_USE:
                problems.append(f"{relative}: belongs to no module that tests/layers.py knows")
                continue
            problems += check_file(path, relative, module)
    if seen == 0:
        problems.append(f"{root}: no sources found")
    return problems


def check_file(path, relative, module):
    problems = []
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        name = match.group(1)
        line = text.count("\n", 0, match.start()) + 1
        target = module_of_include(name)
        if target is None:
            problems.append(f'{relative}:{line}: "{name}" belongs to no module that is known')
        elif target != module and target not in MAY_USE[module]:
            problems.append(f'{relative}:{line}: {module} may not include "{name}" of {target}')
    return problems


def self_test():
    """A small tree with one fault of each kind, and one without any."""
    good = {
        "include/redline/error.h": "#include <string>\n",
        "include/redline/verdict.h": '#include "redline/chip.h"\n',
        "src/rules/decide.cc": '#include "rules/decide.h"\n#include "data/files.h"\n',
        "src/results/table.cc": '#include "redline/error.h"\n#include "base/x.h"\n',
        "src/search/chips.cc": '#include "rules/decide.h"\n#include "perf/roofline.h"\n',
        "cli/main.cc": '#include "app/report.h"\n#include "cli/options.h"\n',
    }
    faults = {
        "src/base/date.cc": '#include "data/node.h"\n',
        "src/perf/roofline.cc": '#include "rules/decide.h"\n',
        "src/rules/facts.cc": '#include "redline/units.h"\n#include "perf/roofline.h"\n',
        "src/results/html.cc": '  #  include "catalog/records.h"\n',
        "src/catalog/names.cc": '#include "redline/verdict.h"\n',
        "src/app/serve.cc": '#include "cli/options.h"\n',
        "include/redline/unheard_of.h": "#include <string>\n",
        "src/unheard_of/thing.cc": "#include <string>\n",
        "src/data/thing.cc": '#include "../base/nearest.h"\n',
    }
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        write(root, good)
        assert check(root) == [], check(root)
    for path, text in faults.items():
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            write(root, {**good, path: text})
            problems = check(root)
            assert len(problems) == 1 and problems[0].startswith(path), (path, problems)
    assert check(pathlib.Path("/nonexistent")), "an empty tree must not pass"
    print(f"layers: self-test passed, {len(faults)} faults found")


def write(root, files):
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    problems = check(root)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"layers: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
