#!/usr/bin/env python3
"""Runs every line of shell and every block of Python of docs/api.md, and compares what the page says comes back.

    docs.py REDLINE

Blocks of sh hold lines of `curl` and `redline data`, which run as they stand with another port, and `redline
serve`, which has been started. A block of json is what the last line before it gives; `[...]` stands for what is
left out. Every command of the API has to be asked both ways.
"""

import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from client import SLOW, Cases, Server

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "api.md"
PORT = "8177"


def blocks(text):
    """(language, first line, text) of each block of the page."""
    for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield match[1], text.count("\n", 0, match.start()) + 2, match[2]


class Page:
    def __init__(self, server, redline, folder):
        self.server, self.folder = server, folder
        (folder / "redline").symlink_to(redline)
        self.environment = {"PATH": f"{folder}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": str(folder),
                            "REDLINE_TOKEN": "none-is-asked-for"}
        self.names = {}  # of the Python blocks, one after another
        self.by_curl, self.by_python = set(), set()
        self.last = ""

    def here(self, text):
        return text.replace(f"localhost:{PORT}", f"127.0.0.1:{self.server.port}")

    def shell(self, line, expected):
        begun = time.monotonic()
        done = subprocess.run(["bash", "-c", self.here(line)], cwd=self.folder, env=self.environment,
                              capture_output=True, text=True, timeout=60 * SLOW, check=False)
        assert done.returncode == 0, (line, done)
        assert time.monotonic() - begun < 20 * SLOW, f"too slow for an example: {line}"
        if not line.startswith("curl "):
            return
        self.by_curl |= set(re.findall(r"/v1/([a-z-]+)", line))
        answer = done.stdout
        events = [json.loads(data) for data in re.findall("^data: (.*)$", answer, re.MULTILINE)]
        value = events[-1] if events else json.loads(answer)
        if expected is not None:
            self.compare(answer, expected)
        if isinstance(value, dict):
            wants_error = expected is not None and expected.startswith('{"error"')
            assert ("error" in value) == wants_error, (line, answer[:500])
            assert value.get("results", True), f"empty results: {line}"
            assert value.get("state") != "failed", (line, value)

    @staticmethod
    def compare(answer, expected):
        place = 0
        for part in expected.split("[...]"):
            part = part.strip("\n")
            found = answer.find(part, place)
            assert found >= 0 and (place or found == 0), f"the page says {part!r}, the answer is {answer[:500]!r}"
            place = found + len(part)

    def python(self, code):
        asked = self.by_python

        def checked(ask):
            def one(command, **fields):
                results = ask(command, **fields)
                assert results and isinstance(results, list), f"empty results: {command} {fields}"
                asked.add(command)
                return results
            return one

        with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.chdir(self.folder):
            exec(compile(self.here(code), "api.md", "exec"), self.names)
        assert printed.getvalue() or "def " in code, "it prints nothing"
        if "def ask(" in code:
            self.names["ask"] = checked(self.names["ask"])

    def all(self):
        page = list(blocks(PAGE.read_text(encoding="utf-8")))
        assert page, PAGE
        for number, (language, line, text) in enumerate(page):
            after = page[number + 1] if number + 1 < len(page) else ("", 0, "")
            if language == "sh":
                lines = text.replace("\\\n", "").splitlines()
                for offset, one in enumerate(lines):
                    assert one.startswith(("curl ", "redline data ", "redline serve")), f"{line}: {one}"
                    expected = after[2] if after[0] == "json" and offset == len(lines) - 1 else None
                    if not one.startswith("redline serve"):
                        yield f"line {line + offset}: {one[:70]}", lambda o=one, e=expected: self.shell(o, e)
            elif language == "python":
                yield f"line {line}: {text.splitlines()[-1][:70]}", lambda t=text: self.python(t)
            else:
                assert language in ("json", "nginx", "text"), f"{line}: a block of {language}"
        yield "every command is asked both ways", self.complete

    def complete(self):
        commands = set(self.server.get("/v1").json()["commands"])
        assert commands <= self.by_curl, f"not by curl: {commands - self.by_curl}"
        assert commands <= self.by_python, f"not by Python: {commands - self.by_python}"
        headings = set(re.findall("^### (.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
        assert headings == commands, headings ^ commands


def main():
    cases = Cases()
    redline = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name, Server(redline, "--timeout", int(60 * SLOW)) as server:
        for title, body in Page(server, redline, pathlib.Path(name)).all():
            cases.check(title, body)
    raise SystemExit(cases.end("examples"))


if __name__ == "__main__":
    main()
