#!/usr/bin/env python3
"""Installs Redline, moves the installed tree elsewhere and uses it there.

    test_install.py BUILD_DIR

The program is asked from an empty folder, through a relative and an absolute path and a link, and
must read the data that was installed beside it, not that of the source tree. The manual pages and
the completions lie where man and the shells look.
"""

import json
import os
import pathlib
import re
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


def check_share(prefix, cwd):
    """A manual page for each command, and a completion for each shell that asks this program."""
    share = prefix / "share"
    program = str(prefix / "bin/redline")
    pages = {page.name for page in (share / "man/man1").iterdir()}
    listing = run([program, "--help"], cwd).split("Commands\n")[1].split("\n\n")[0]
    commands = re.findall(r"^  ([a-z]+(?: [a-z]+)*)(?= |$)", listing, re.MULTILINE)
    wanted = {"redline.1"} | {f"redline-{command.replace(' ', '-')}.1" for command in commands}
    assert len(wanted) > 10 and pages == wanted, pages ^ wanted
    if shutil.which("man"):
        page = run(["man", "-l", str(share / "man/man1/redline-classify.1")], cwd)
        assert "redline-classify - " in page and "--as-of" in page, page[:300]
    script = share / "bash-completion/completions/redline"
    program_line = (
        f"source {script}; COMP_WORDS=({program} classify h20-9); COMP_CWORD=2; _redline; "
        'echo "${COMPREPLY[*]}"'
    )
    assert run(["bash", "--norc", "-c", program_line], cwd).split() == ["h20-96gb"]
    for other in ("zsh/site-functions/_redline", "fish/vendor_completions.d/redline.fish"):
        assert "__complete" in (share / other).read_text(encoding="utf-8"), other


def check_destdir(build, work):
    """Packagers install below a folder that is not the prefix."""
    done = subprocess.run(
        ["cmake", "--install", str(build), "--prefix", "/usr"], cwd=work, capture_output=True,
        text=True, timeout=120, check=False, env={**os.environ, "DESTDIR": str(work / "stage")},
    )
    assert done.returncode == 0, done.stderr
    assert (work / "stage/usr/bin/redline").exists()
    assert (work / "stage/usr/share/man/man1/redline.1").exists()
    classify(str(work / "stage/usr/bin/redline"), work)


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
        check_share(prefix, empty)
        assert not list(empty.iterdir()), "wrote into the current folder"
        check_destdir(build, work)
    print("packaging: installed, moved and asked through 3 paths")


if __name__ == "__main__":
    main()
