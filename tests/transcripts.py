#!/usr/bin/env python3
"""Runs the transcripts of the command line and of the documents, and compares the output.

A transcript is a .txt file, or the ```console blocks of a Markdown file:

    $ redline classify h20 --as-of 2025-04-16
    h20-96gb to China on 2025-04-16: LICENSE REQUIRED, review policy not stated
    [...]

`$` starts a command (bash), the lines below it are what it prints (standard output, then standard
error), `[...]` stands for anything, within a line or, alone, for any lines. `[exit 2]` at the end is
the exit status, 0 where it is not given. Commands run in a fresh folder in which `data` and `examples`
are those of the source tree, on a terminal of 80 columns without colour.

    transcripts.py REDLINE FILE...     compare
    transcripts.py REDLINE --examples  run every example that a --help shows
    REDLINE_UPDATE_GOLDEN=1 ...        rewrite the outputs of .txt files instead
    REDLINE_SKIP=PATTERN ...           leave commands out that match
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ANYTHING = "[...]"


@dataclass
class Step:
    command: str
    line: int
    expected: list[str] = field(default_factory=list)
    status: int = 0


def parse_steps(lines: list[str], first_line: int) -> list[Step]:
    steps: list[Step] = []
    for number, line in enumerate(lines, first_line):
        if line.startswith("$ "):
            steps.append(Step(line[2:], number))
        elif steps:
            status = re.fullmatch(r"\[exit (\d+)\]", line)
            if status:
                steps[-1].status = int(status.group(1))
            else:
                steps[-1].expected.append(line)
    for step in steps:
        while step.expected and not step.expected[-1].strip():
            step.expected.pop()
    return steps


def steps_of(path: Path) -> list[Step]:
    lines = path.read_text(encoding="utf-8").split("\n")
    if path.suffix != ".md":
        return parse_steps(lines, 1)
    steps: list[Step] = []
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line.strip() == "```console":
            start = number
        elif start is not None and line.strip() == "```":
            steps += parse_steps(lines[start : number - 1], start + 1)
            start = None
    return steps


def run(redline: Path, folder: Path, command: str) -> tuple[list[str], int]:
    environment = {
        "PATH": f"{redline.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, timeout=400, check=False,
    )
    # CSV ends its lines as RFC 4180 asks; a transcript has plain line ends.
    text = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r\n", "\n")
    lines = text.replace(str(ROOT), "SOURCE").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines, done.returncode


def matches(expected: list[str], actual: list[str]) -> bool:
    pattern = ""
    for line in expected:
        if line.strip() == ANYTHING:
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split(ANYTHING)) + r"[ ]*\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in actual)) is not None


def make_folder(folder: Path) -> None:
    for shared in ("data", "examples"):
        (folder / shared).symlink_to(ROOT / shared)
    (folder / "sweep.toml").write_text(
        '[request]\ncommand = "classify"\n\n[vary]\nchip = ["h20", "l20"]\nto = ["CN", "SA"]\n',
        encoding="utf-8",
    )
    (folder / "requests.ndjson").write_text(
        '{"id":1,"command":"classify","chip":"h20","as_of":"2025-04-16"}\n', encoding="utf-8"
    )
    (folder / "rows.json").write_text(
        '{"rows": [{"id": "one", "op": "gemm", "chip": "h20", "dtype": "bf16", "m": 4096,'
        ' "n": 4096, "k": 4096, "timing": "event", "library": "torch", "value_s": 1.05e-3}]}\n',
        encoding="utf-8",
    )
    (folder / "trace.csv").write_text(
        "arrival_s,input_tokens,output_tokens\n"
        + "".join(f"{i},{500 + 40 * i},{50 + i}\n" for i in range(100)),
        encoding="utf-8",
    )
    (folder / "shipments.csv").write_text(
        "chip,destination,units,end_use,date\n"
        "h200-sxm,US,500000,US,2026-02-01\n"
        "h200-sxm,US,20000,SG,2026-02-01\n"
        "h200-sxm,China,200000,,2026-03-01\n"
        "h200-sxm,Hong Kong,60000,,2026-03-01\n"
        "mi308x,Macau,10,,2026-03-02\n",
        encoding="utf-8",
    )


def is_skipped(command: str) -> bool:
    """What a build with sanitizers would take too long for."""
    pattern = os.environ.get("REDLINE_SKIP")
    return bool(pattern) and re.search(pattern, command) is not None


def check_file(redline: Path, path: Path, update: bool) -> tuple[int, int]:
    steps = steps_of(path)
    failures = 0
    rewritten: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_folder(folder)
        for step in steps:
            if is_skipped(step.command):
                continue
            actual, status = run(redline, folder, step.command)
            keep = matches(step.expected, actual) and status == step.status
            shown = step.expected if keep else actual
            rewritten += [f"$ {step.command}", *shown]
            rewritten += [f"[exit {status}]"] if status else []
            rewritten.append("")
            if keep or update:
                continue
            failures += 1
            print(f"{path}:{step.line}: $ {step.command}")
            print("\n".join(difflib.unified_diff(step.expected, actual, "expected", "actual", lineterm="")))
            if status != step.status:
                print(f"exit status {status}, expected {step.status}")
    if update and steps and path.suffix != ".md":
        path.write_text("\n".join(rewritten), encoding="utf-8")
    if not steps and (path.suffix != ".md" or path.name == "README.md"):
        print(f"{path}: no transcript in it")
        failures += 1
    return len(steps), failures


def help_examples(redline: Path, folder: Path) -> list[str]:
    program, _ = run(redline, folder, "redline --help")
    commands = []
    listing = program[program.index("Commands") + 1 :]
    for line in listing:
        if not line.startswith("  "):
            break
        # A line that is indented further goes on with the text of the one above.
        word = re.match(r"  ([a-z]+(?: [a-z]+)*)(?= |$)", line)
        if word:
            commands.append(word.group(1))
    assert len(commands) > 10, "the listing of the commands is not understood"
    examples = [line.strip() for line in program if line.startswith("  redline ")]
    for command in commands:
        lines, status = run(redline, folder, f"redline {command} --help")
        assert status == 0 and lines[0] == "Examples", f"{command} --help does not begin with examples"
        shown = []
        for line in lines[1:]:
            if not line.startswith("  "):
                break
            shown.append(line.strip())
        assert shown, f"{command} --help has no example"
        examples += shown
    return examples


def check_examples(redline: Path) -> tuple[int, int]:
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_folder(folder)
        examples = [one for one in help_examples(redline, folder) if not is_skipped(one)]
        for example in examples:
            # A server goes on until it is told to end; then it has done what it was asked for.
            served = example.startswith("redline serve")
            words = f"timeout --preserve-status --signal=TERM 3 {example}" if served else example
            actual, status = run(redline, folder, words)
            if status != 0 or not actual:
                failures += 1
                print(f"$ {example}\nexit status {status}")
                print("\n".join(actual[:10]))
    return len(examples), failures


def main() -> int:
    redline = Path(sys.argv[1]).resolve()
    update = bool(os.environ.get("REDLINE_UPDATE_GOLDEN"))
    total = failed = 0
    for argument in sys.argv[2:]:
        if argument == "--examples":
            count, failures = check_examples(redline)
        else:
            count, failures = check_file(redline, Path(argument), update)
        total += count
        failed += failures
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
