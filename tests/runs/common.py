"""What the tests of large runs share: a sweep, the program, and the rows that it has to give."""

import json
import os
import pathlib
import random
import sqlite3
import subprocess

SWEEP = """# {points} points, two of which are left out, and one chip that there is not.
[request]
command = "classify"

[vary]
to = {to}
chip = ["h20", "l20", "no-such-chip", "h100-sxm5", "a100-sxm-80gb"]
as_of = {{ from = 2022-09-01, to = {last}, days = {days} }}

[[exclude]]
to = "DE"
chip = "l20"
as_of = [2022-09-01, {second}]
"""


def write_sweep(path, days=7):
    """A sweep whose rows take about a tenth of a millisecond each; one of every day is not done soon."""
    to = ["CN", "SA", "DE", "JP"]
    if days == 1:
        to += ["AE", "IN", "MY", "SG", "VN", "FR", "KR", "MO"]
    second = {1: "2022-09-02", 7: "2022-09-08", 90: "2022-11-30"}[days]
    path.write_text(SWEEP.format(points="Many", last="2026-08-31", days=days, second=second,
                                  to=json.dumps(to)),
                    encoding="utf-8")


class Program:
    """The program with an environment of its own; every call is from one folder."""

    def __init__(self, path, folder):
        self.path = str(pathlib.Path(path).resolve())
        self.folder = pathlib.Path(folder)
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def start(self, *words, **more):
        return subprocess.Popen([self.path, *map(str, words)], cwd=self.folder, env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)

    def run(self, *words, expect=0, **more):
        with self.start(*words, **more) as process:
            out, err = process.communicate(timeout=600)
        assert process.returncode == expect, (words, process.returncode, out[-2000:], err[-4000:])
        return out, err


def results_of(path):
    """The bytes that must be the same for any way to them."""
    path = pathlib.Path(path)
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as database:
            columns = database.execute("SELECT name, type FROM pragma_table_info('results')").fetchall()
            rows = database.execute("SELECT * FROM results ORDER BY point").fetchall()
            documents = database.execute("SELECT * FROM documents ORDER BY point").fetchall()
            state = database.execute("SELECT value FROM manifest WHERE key = 'state'").fetchone()
        assert state == ("finished",), state
        return repr((columns, rows, documents))
    text = path.read_bytes()
    if path.suffix == ".json":
        begin, end = text.index(b'"results":['), text.rindex(b'],"run":{')
        assert isinstance(json.loads(text)["results"], list)
        return text[begin:end]
    return text


def kept_points(path):
    """The first point that is not kept yet, by a reader of our own; none where there is no file."""
    path = pathlib.Path(path)
    if not path.exists():
        return None
    if path.suffix == ".sqlite":
        try:
            with sqlite3.connect(path) as database:
                return database.execute("SELECT max(next) FROM batches").fetchone()[0] or 0
        except sqlite3.OperationalError:
            return 0
    kept = 0
    for line in path.read_bytes().split(b"\n")[:-1]:
        if line.startswith((b'{"batch":', b'{"end":')):
            kept = next(iter(json.loads(line).values()))["next"]
    return kept


def choose(*options):
    return random.choice(options)
