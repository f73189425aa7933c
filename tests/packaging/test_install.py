#!/usr/bin/env python3
"""Installs Redline, moves the installed tree elsewhere and uses it there.

    test_install.py BUILD_DIR

The program is asked from an empty folder, through a relative and an absolute path and a link, and
must read the data that was installed beside it, not that of the source tree.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def run(command, cwd, expect=0):
    done = subprocess.run(
        command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, check=False,
    )
    if done.returncode != expect:
        sys.exit(f"{command}: exit status {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
    return done.stdout


def classify(program, cwd):
    out = run([program, "classify", "h20", "--as-of", "2025-04-16", "--format", "json"], cwd)
    answer = json.loads(out)
    assert answer["schema"].startswith("redline.classify/"), answer["schema"]
    outcomes = {r["chip"]: r["outcome"] for r in answer["results"]}
    assert outcomes and set(outcomes.values()) == {"license-required"}, outcomes
    return answer


def mark_data(prefix):
    """Makes the installed data different from that of the sources, so that its hash tells which."""
    with open(prefix / "share/redline/data/dataset.toml", "a", encoding="utf-8") as file:
        file.write("# installed copy\n")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        run(["cmake", "--install", str(build), "--prefix", str(work / "first")], work)
        prefix = work / "moved" / "redline"
        prefix.parent.mkdir()
        shutil.move(work / "first", prefix)
        mark_data(prefix)

        programs = sorted(p.name for p in (prefix / "bin").iterdir())
        assert "redline" in programs, programs
        stray = [p.name for p in prefix.rglob("*") if p.suffix in (".a", ".cc", ".o")]
        assert not stray, f"installed by mistake: {stray}"

        empty = work / "empty"
        empty.mkdir()
        absolute = classify(str(prefix / "bin/redline"), empty)
        relative = classify("./redline", prefix / "bin")
        (work / "link").symlink_to(prefix / "bin/redline")
        linked = classify(str(work / "link"), empty)
        source = classify(str(build / "redline"), empty)

        assert absolute["results"] == source["results"], "the installed program answers otherwise"
        assert absolute["data_hash"] == relative["data_hash"] == linked["data_hash"]
        assert absolute["data_hash"] != source["data_hash"], "read the data of the source tree"
        run([str(prefix / "bin/redline"), "data", "check"], empty)
        assert not list(empty.iterdir()), "wrote into the current folder"
    print("packaging: installed, moved and asked through 3 paths")


if __name__ == "__main__":
    main()
