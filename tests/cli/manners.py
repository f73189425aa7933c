#!/usr/bin/env python3
"""What a transcript cannot show: interrupts, closed pipes, progress, messages for programs.

    manners.py REDLINE
"""

import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import tomllib

REDLINE = str(pathlib.Path(sys.argv[1]).resolve())
REQUEST = '{"id":%d,"command":"classify","chip":"h20"}\n'


def run(*words, env=None, **more):
    return subprocess.run([REDLINE, *words], capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}, **more)


def check_interrupt(folder):
    """The first Ctrl-C writes what is done and leaves with 130."""
    count = 200_000
    requests = folder / "many.ndjson"
    with requests.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(REQUEST % number)
    for threads in ("1", "2"):
        answers = folder / "answers.ndjson"
        with subprocess.Popen([REDLINE, "batch", requests, "-o", answers, "--threads", threads],
                              stderr=subprocess.PIPE, text=True) as batch:
            until = time.monotonic() + 30
            while time.monotonic() < until and not (answers.exists() and answers.stat().st_size):
                time.sleep(0.02)
            batch.send_signal(signal.SIGINT)
            _, message = batch.communicate(timeout=30)
        lines = answers.read_text(encoding="utf-8").split("\n")
        assert batch.returncode == 130, (batch.returncode, message)
        assert lines.pop() == "", "the last line is not complete"
        assert 0 < len(lines) < count, len(lines)
        assert [json.loads(line)["id"] for line in lines] == list(range(len(lines)))
        assert f"{len(lines)} lines" in message, message
        answers.unlink()


def check_interrupt_of_a_search():
    """Ctrl-C answers with what was found, says how far the optimum may be, and leaves with 130."""
    words = ("search plan train --model gpt-3-175b --chip a100-sxm-80gb --chips 4096 --batch 4096"
             " --space megatron-offload --no-prune --threads 1 --format json").split()
    for wait in (0.02 * 1.4**i for i in range(20)):  # however quickly the program starts and works
        with subprocess.Popen([REDLINE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as search:
            time.sleep(wait)
            search.send_signal(signal.SIGINT)
            answer, message = search.communicate(timeout=120)
        if search.returncode == -signal.SIGINT:
            continue  # before it began
        assert search.returncode == 130, (search.returncode, message)
        envelope = json.loads(answer)
        result, work = envelope["results"][0], envelope["run"]
        assert not result["optimal"] and work["evaluated"] < work["plans"], envelope
        if result["feasible"] is None:
            continue  # before anything was found
        assert 0 < result["gap_percent"] < 100, result
        return
    raise AssertionError("no search was interrupted while it worked")


def check_interrupt_of_a_waiting_read():
    with subprocess.Popen([REDLINE, "batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as batch:
        batch.stdin.write(REQUEST % 1)
        batch.stdin.flush()
        assert '"id":1' in batch.stdout.readline()
        batch.send_signal(signal.SIGINT)
        assert batch.wait(timeout=30) == 130


def check_closed_pipe():
    """A reader that goes away is no error and no message."""
    for words in ("redline data list places", "redline classify", "redline --help"):
        command = words.replace("redline", REDLINE, 1) + " | head -1"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True,
                              text=True, timeout=60, check=False)
        assert done.returncode == 0 and not done.stderr, (words, done)


def progress_of(*mode, lines=1000):
    """A batch with standard error on a terminal: what it wrote there, and the lines it was given.

    A line follows every 0.15 s until something is shown, however slowly the program starts, or
    until `lines` are given."""
    master, slave = pty.openpty()
    with subprocess.Popen([REDLINE, "batch", *mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=slave, text=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}) as program:
        os.close(slave)
        given, shown = 0, False
        while not shown and given < lines:
            given += 1
            program.stdin.write(REQUEST % given)
            program.stdin.flush()
            assert f'"id":{given}' in program.stdout.readline()
            shown = bool(select.select([master], [], [], 0.15)[0])
        program.stdin.close()
        text = b""
        while select.select([master], [], [], 60)[0]:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            text += more
        assert program.wait(timeout=60) == 0
    os.close(master)
    return text.decode(), given


def check_progress():
    """One line that is rewritten and in the end cleared; nothing in files and for quick runs."""
    text, given = progress_of()
    assert given > 1 and " done, " in text and "\n" not in text, repr(text)
    assert text.endswith("\r\x1b[K"), repr(text)
    text, _ = progress_of(lines=1)
    assert text == "", repr(text)
    text, _ = progress_of("--progress", "off", lines=2 * given)
    assert text == "", repr(text)
    text, _ = progress_of("--progress", "json")
    events = [json.loads(line)["event"] for line in text.split()]
    assert events[0] == "progress" and events[-1] == "done", events
    slow = ["bash", "-c", "for i in 1 2 3 4 5 6 7; do echo '%s'; sleep 0.15; done" % (REQUEST % 1).strip()]
    with subprocess.Popen(slow, stdout=subprocess.PIPE) as source:
        done = run("batch", stdin=source.stdout)
    assert not done.stderr, done.stderr


def check_messages(folder):
    (folder / "bad.toml").write_text('id = "bad"\nname = 7\nvendr = "X"\n', encoding="utf-8")
    done = run("classify", "bad.toml", "--message-format", "json", cwd=folder)
    errors = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 3 and len(errors) >= 2, done
    for error in errors:
        assert set(error) == {"level", "code", "title", "message", "file", "line", "column", "length",
                              "label", "help"}, error
    unknown = next(error for error in errors if "vendr" in error["message"])
    assert (unknown["code"], unknown["file"], unknown["line"], unknown["column"], unknown["length"]) == (
        "RL1102", "bad.toml", 3, 1, 5), unknown
    for words in (["clasify"], ["classify", "--asof", "x"], ["classify", "h21"]):
        done = run(*words, "--message-format=json")
        assert done.returncode == 2 and json.loads(done.stderr)["level"] == "error", done


def check_warnings(folder):
    done = run("version", "-o", "version.dat", cwd=folder)
    assert done.returncode == 0 and "warning:" in done.stderr and "--format" in done.stderr, done
    done = run("version", "-o", "version.dat", "--deny-warnings", cwd=folder)
    assert done.returncode == 1 and "error[RL2005]" in done.stderr, done
    assert (folder / "version.dat").exists()
    done = run("classify", "h20", "--why", "--format", "csv", "--as-of", "2099-01-01")
    assert done.returncode == 0 and done.stderr.count("warning:") == 2, done
    assert "--as-of" in done.stderr and "--format json" in done.stderr, done
    done = run("classify", "h20", "-o", "case.html", "--fail-if", "margin>0", cwd=folder)
    assert done.returncode == 1 and (folder / "case.html").exists(), done


def check_colour():
    """The flag beats NO_COLOR, which beats CLICOLOR_FORCE; nothing is said by colour alone."""
    cases = [([], {}, False), (["--color", "always"], {"NO_COLOR": "1"}, True),
             ([], {"CLICOLOR_FORCE": "1"}, True), ([], {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
             (["--color=never"], {"CLICOLOR_FORCE": "1"}, False)]
    for words, env, colour in cases:
        answer = run("classify", "h20", *words, env=env).stdout
        error = run("classify", "h21", *words, env=env).stderr
        assert ("\x1b[" in answer) == ("\x1b[" in error) == colour, (words, env, error)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", error)
        assert plain == run("classify", "h21").stderr, plain


def check_languages():
    """The language of the line holds for the help and for errors of parsing, too."""
    english = run("clasify").stderr
    assert english.startswith("error[RL2001]: there is no command 'redline clasify'"), english
    for how in ({"words": ["--lang", "zh-Hans"]}, {"env": {"LC_ALL": "zh_CN.UTF-8"}}):
        done = run("clasify", *how.get("words", []), env=how.get("env"))
        assert done.returncode == 2 and "[RL2001] " in done.stderr, done
        assert "there is no command 'redline clasify'" in done.stderr, done
        assert done.stderr.startswith("\u9519\u8bef["), done
    for words in (["--lang", "zh-Hans", "--help"], ["--lang", "zh-Hans"], ["help", "--lang=zh-Hans"],
                  ["--help", "--lang", "zh-Hans"], ["--lang=zh-Hans", "classify", "-h"],
                  ["classify", "-h", "--lang", "zh-Hans"], ["data", "--help", "--lang", "zh-Hans"],
                  ["help", "classify", "--lang", "zh-Hans"]):
        done = run(*words)
        first = done.stdout.split("\n")[0]
        assert done.returncode == 0 and re.search("[\u4e00-\u9fff]", first), done


def check_config():
    done = run("classify", "h20", "--to", "SA", "--set", "tpp=1", "--why", "--print-config",
               "--end-user", 'a "b" \\c', env={"NO_COLOR": "1"})
    config = tomllib.loads(done.stdout)
    assert config["command"] == "classify" and config["arguments"] == ["h20"], config
    options = config["options"]
    assert (options["to"], options["hq"], options["set"], options["why"]) == ("SA", "SA", ["tpp=1"], True)
    assert (options["color"], options["seed"], options["end-user"]) == ("never", 1, 'a "b" \\c')
    assert "# environment: NO_COLOR" in done.stdout and "# command line" in done.stdout
    listing = run("--help").stdout
    for name in ("report x", "batch", "data list", "explain", "version", "data new chip"):
        tomllib.loads(run(*name.split(), "--print-config").stdout)
        assert name.split()[0] in listing


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_interrupt(folder)
        check_interrupt_of_a_search()
        check_interrupt_of_a_waiting_read()
        check_closed_pipe()
        check_progress()
        check_messages(folder)
        check_warnings(folder)
        check_colour()
        check_languages()
        check_config()
    print("manners: all kept")


if __name__ == "__main__":
    main()
