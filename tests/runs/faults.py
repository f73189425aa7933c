#!/usr/bin/env python3
"""What can go wrong with a large run: each a clear error that says what is kept and how to go on.

    faults.py REDLINE [--sanitized]

--sanitized: of a program whose memory says nothing, since sanitizers keep what is freed.
"""

import json
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
import time

import common

RUN = ("search", "run", "sweep.toml")


def limited(size):
    """Files of the process may not grow beyond so many bytes: a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


class Faults:
    def __init__(self, redline, folder):
        self.folder = folder
        self.program = common.Program(redline, folder)
        common.write_sweep(folder / "sweep.toml", days=90)
        self.wanted = {}
        for suffix in ("ndjson", "csv", "json", "sqlite"):
            self.program.run(*RUN, "-o", f"whole.{suffix}")
            self.wanted[suffix] = common.results_of(folder / f"whole.{suffix}")

    def fails(self, code, *words, status=None, says=(), **more):
        expect = status if status is not None else 3 if code < "RL2" else 2
        out, err = self.program.run(*words, expect=expect, **more)
        assert f"error[{code}]" in err and not out, (words, out, err)
        for text in ("= help:", *says):
            assert text in err, (text, err)
        return err

    def same(self, name):
        path = self.folder / name
        assert common.results_of(path) == self.wanted[path.suffix[1:]], name

    def make_shards(self, count, suffix="shard"):
        names = [f"part-{k}.{suffix}" for k in range(1, count + 1)]
        for k, name in enumerate(names, 1):
            self.program.run(*RUN, "--shard", f"{k}/{count}", "-o", name)
        return names

    def check_splits(self):
        """Any cut, any order, any number of threads, any kind of shard."""
        for count in (1, 2, 3, 7, 64):
            names = []
            for k in range(1, count + 1):
                names.append(f"cut-{k}." + common.choose("shard", "sqlite", "ndjson"))
                self.program.run(*RUN, "--shard", f"{k}/{count}", "-o", names[-1], "--threads",
                                 common.choose("1", "2", "5"))
            random.shuffle(names)
            for suffix in self.wanted:
                self.program.run("merge", *names, "-o", f"merged.{suffix}")
                self.same(f"merged.{suffix}")
            for name in names:
                (self.folder / name).unlink()
        # Cuts of different numbers that fit together, through a folder.
        for shard in ("1/2", "3/4", "7/8", "8/8"):
            self.program.run(*RUN, "--shard", shard, "-o", "mixed/")
        self.program.run("merge", "mixed", "-o", "merged.json")
        self.same("merged.json")
        for suffix, words in (("ndjson", ["--format", "ndjson"]), ("csv", ["--format", "csv"]),
                              ("json", ["--format", "json"])):
            for command in ([*RUN], ["merge", "mixed"]):
                out, _ = self.program.run(*command, *words)
                (self.folder / f"piped.{suffix}").write_bytes(out.replace("\n", "\r\n").encode()
                                                              if suffix == "csv" else out.encode())
                self.same(f"piped.{suffix}")

    def check_full_disk(self):
        for name, size in (("full.ndjson", 200_000), ("full.sqlite", 300_000), ("full.csv", 150_000),
                           ("full.shard", 4000), ("full.sqlite", 20_000), ("full.shard", 100)):
            kept = 0
            for path in self.folder.glob("full.*"):
                path.unlink()
            for grown in (0, 120_000):
                err = self.fails("RL4001", *RUN, "-o", name, "--resume",
                                 preexec_fn=limited(size + grown))
                assert "--resume" in err, err
                now = re.search(r"(\d+) rows are kept", err)
                assert (int(now.group(1)) if now else 0) >= kept, err
                kept = int(now.group(1)) if now else 0
                if name.endswith("csv") or size < 30_000:
                    break
            self.program.run(*RUN, "-o", name, "--resume")
            if not name.endswith("shard"):
                self.same(name)
        # A text that is made of the rows at the end: the rows are kept.
        self.program.run("merge", "whole.sqlite", "-o", "merged.ndjson")
        err = self.fails("RL4001", "merge", "whole.sqlite", "-o", "merged.ndjson",
                         preexec_fn=limited(50_000))
        self.same("merged.ndjson")
        self.fails("RL4001", "merge", "whole.sqlite", "-o", "again.sqlite", preexec_fn=limited(50_000))
        assert not list(self.folder.glob("again*")), list(self.folder.glob("again*"))
        self.fails("RL4001", *RUN, "-o", "/dev/full", "--format", "ndjson")
        assert pathlib.Path("/dev/full").is_char_device()

    def check_unwritable(self):
        (self.folder / "file").write_text("", encoding="utf-8")
        for name in ("file/result.sqlite", "file/result.ndjson", "/proc/result.shard",
                     "/proc/result.csv", "/proc/result.sqlite"):
            self.fails("RL4001", *RUN, "-o", name)
        shutil.copy(self.folder / "sweep.toml", self.folder / "notes.sqlite")
        self.fails("RL2402", *RUN, "-o", "notes.sqlite")
        self.fails("RL2402", *RUN, "-o", "notes.sqlite", "--resume")
        assert (self.folder / "notes.sqlite").read_text(encoding="utf-8").startswith("#")
        with sqlite3.connect(self.folder / "others.sqlite") as database:
            database.execute("CREATE TABLE manifest(key TEXT, value TEXT)")
        for words in ((*RUN, "-o", "others.sqlite"), ("merge", "whole.sqlite", "-o", "others.sqlite")):
            self.fails("RL2402", *words)

    def check_damage(self):
        """A byte that changed, an end that is missing: found, and cured by --resume."""
        whole = self.folder / "part-1.shard"
        name = self.make_shards(2)[0]
        good = whole.read_bytes()
        header = good.index(b"\n")
        for _ in range(60):
            bad = bytearray(good)
            place = random.randrange(header + 1, len(bad))
            if random.random() < 0.5:
                bad[place] ^= 1 << random.randrange(8)
            else:
                del bad[place:]
            whole.write_bytes(bad)
            _, err = self.program.run("merge", name, "part-2.shard", "-o", "merged.csv", expect=3)
            assert re.search(r"error\[RL150[12]\]", err) and "--resume" in err, err
            self.program.run(*RUN, "--shard", "1/2", "-o", name, "--resume")
            self.program.run("merge", name, "part-2.shard", "-o", "merged.ndjson")
            self.same("merged.ndjson")
        for _ in range(20):  # the beginning itself
            bad = bytearray(good)
            bad[random.randrange(header)] ^= 1 << random.randrange(8)
            whole.write_bytes(bad)
            _, err = self.program.run("merge", name, "part-2.shard", "-o", "merged.csv", expect=3)
            assert re.search(r"error\[RL150[13]\]", err), err
        whole.write_bytes(good)

    def check_damaged_database(self):
        """Pages that were overwritten or cut off give an error or, where nothing read them, the rows."""
        good = (self.folder / "whole.sqlite").read_bytes()
        found = 0
        for _ in range(25):
            bad = bytearray(good)
            place = random.randrange(len(bad))
            if random.random() < 0.5:
                bad[place : place + 64] = random.randbytes(min(64, len(bad) - place))
            else:
                del bad[place:]
            (self.folder / "bad.sqlite").write_bytes(bad)
            with self.program.start("merge", "bad.sqlite", "-o", "merged.ndjson") as process:
                _, err = process.communicate(timeout=60)
            if process.returncode == 0:
                self.same("merged.ndjson")
            else:
                found += 1
                assert process.returncode in (2, 3) and "error[RL" in err, (process.returncode, err)
        assert found > 0
        (self.folder / "bad.sqlite").unlink()
        shutil.copy(self.folder / "whole.sqlite", self.folder / "edited.sqlite")
        with sqlite3.connect(self.folder / "edited.sqlite") as database:
            database.execute("UPDATE documents SET json = replace(json, 'no-license', 'no-licence')")
        self.fails("RL1501", "merge", "edited.sqlite", "-o", "merged.csv")

    def check_strangers(self):
        """Other data, another sweep, another program, shards missing and twice."""
        one, two = self.make_shards(2)
        (self.folder / "mine/chips").mkdir(parents=True)
        out, _ = self.program.run("data", "new", "chip", "--like", "h20", "--id", "my-chip")
        (self.folder / "mine/chips/my-chip.toml").write_text(out, encoding="utf-8")
        other = ("--data", "mine", "--shard", "2/2")
        self.fails("RL1503", *RUN, *other, "-o", two, "--resume", says=["other data"])
        self.program.run(*RUN, *other, "-o", "other.shard")
        self.fails("RL1503", "merge", one, "other.shard", says=["other data"])
        self.fails("RL1503", *RUN, "-o", "whole.sqlite", "--data", "mine", "--resume",
                   says=["other data"])
        self.same("whole.sqlite")
        text = (self.folder / "sweep.toml").read_text(encoding="utf-8")
        (self.folder / "second.toml").write_text(text.replace('"JP"', '"KR"'), encoding="utf-8")
        self.program.run("search", "run", "second.toml", "--shard", "2/2", "-o", "second.shard")
        self.fails("RL1503", "merge", one, "second.shard", says=["another sweep"])
        (self.folder / "laid-out.toml").write_text("# the same\n" + text.replace(", ", " , "),
                                                   encoding="utf-8")
        self.program.run("search", "run", "laid-out.toml", "--shard", "2/2", "-o", two, "--resume")
        shard = (self.folder / two).read_text(encoding="utf-8")
        for before, after, says in (('"redline":"0.1.0"', '"redline":"9.9.9"', "Redline 9.9.9"),
                                    ('"format":1', '"format":9', "a later Redline"),
                                    ('"seed":1', '"seed":2', "seed 2")):
            assert before in shard
            (self.folder / "old.shard").write_text(shard.replace(before, after), encoding="utf-8")
            self.fails("RL1501" if "format" in before else "RL1503", "merge", one, "old.shard",
                       says=[says])
        self.fails("RL1505", "merge", two, says=["shard 1/2"])
        self.fails("RL1504", "merge", one, two, two)
        self.fails("RL1504", "merge", one, two, "whole.sqlite")
        self.fails("RL1503", *RUN, "--shard", "1/3", "-o", one, "--resume", says=["shard 1/2, not 1/3"])
        _, err = self.program.run("merge", one, "nowhere.shard", expect=2)
        assert "RL1001" in err, err
        (self.folder / "empty").mkdir()
        self.program.run("merge", "empty", expect=2)

    def check_unfinished(self):
        """Interrupted: what is done is kept, 130, and not thrown away by a slip."""
        common.write_sweep(self.folder / "long.toml", days=1)
        for name in ("long.sqlite", "long.ndjson", "long.shard"):
            with self.program.start("search", "run", "long.toml", "-o", name, "--threads", "2") as run:
                kept = self.folder / (name + ".partial" if name.endswith("ndjson") else name)
                until = time.monotonic() + 60
                while time.monotonic() < until and not (common.kept_points(kept) or 0):
                    time.sleep(0.02)
                run.send_signal(signal.SIGINT)
                _, err = run.communicate(timeout=60)
            assert run.returncode == 130 and "--resume" in err and "rows are kept" in err, err
            points = common.kept_points(kept)
            assert points > 0, err
            self.fails("RL2401", "search", "run", "long.toml", "-o", name, says=["--resume"])
            if not name.endswith("ndjson"):
                self.fails("RL1502", "merge", name, says=["--resume"])
            assert common.kept_points(kept) == points
            kept.unlink()

    def check_examples(self):
        """The tasks of the Slurm array, as Slurm starts them, and the sweep beside it."""
        examples = pathlib.Path(__file__).resolve().parents[2] / "examples"
        bash = common.Program("/bin/bash", self.folder)
        bash.environment["PATH"] = f"{pathlib.Path(self.program.path).parent}:{bash.environment['PATH']}"
        for task in (3, 1, 2, 1):  # one was started again
            bash.environment |= {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_CPUS_PER_TASK": "2"}
            bash.run(examples / "slurm-array.sh", "sweep.toml", "array", "3")
        self.program.run("merge", "array", "-o", "merged.sqlite")
        self.same("merged.sqlite")
        self.program.run("search", "run", examples / "sweep.toml", "-o", "example.sqlite")
        with sqlite3.connect(self.folder / "example.sqlite") as database:
            count, done = database.execute(
                "SELECT count(*), sum(status = 'done' AND verdict_outcome IS NOT NULL AND "
                "plan_best_step_time_s > 0) FROM results").fetchone()
        assert count == done == 64, (count, done)

    def check_two_writers(self):
        common.write_sweep(self.folder / "long.toml", days=1)
        for name in ("twice.shard", "twice.sqlite"):
            with self.program.start("search", "run", "long.toml", "-o", name, "--threads",
                                    "1") as first:
                try:
                    until = time.monotonic() + 300
                    while not common.kept_points(self.folder / name):
                        assert time.monotonic() < until and first.poll() is None, "no row is kept"
                        time.sleep(0.02)
                    # It holds the file for as long as the second asks.
                    first.send_signal(signal.SIGSTOP)
                    self.fails("RL2403", "search", "run", "long.toml", "-o", name, "--resume")
                finally:
                    first.send_signal(signal.SIGCONT)
                    first.send_signal(signal.SIGINT)
                    _, err = first.communicate(timeout=120)
            assert first.returncode == 130 and "rows are kept" in err, (first.returncode, err)
            (self.folder / name).unlink()

    def check_memory(self):
        """Many times the rows take no more memory."""
        def peak(sweep, name):
            script = ("import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, "
                      "stderr=subprocess.DEVNULL); "
                      "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
            helper = common.Program(sys.executable, self.folder)
            out, _ = helper.run("-c", script, self.program.path, "search", "run", sweep, "-o", name,
                                "--threads", "2")
            return int(out)
        common.write_sweep(self.folder / "long.toml", days=7)
        for suffix in ("ndjson", "sqlite", "csv"):
            few = peak("sweep.toml", f"memory.{suffix}")
            many = peak("long.toml", f"memory.{suffix}")
            assert many < few + 40_000, (suffix, few, many)  # kB; 1024 rows of 4 kB may wait

    def check_closed_pipe(self):
        """A reader that has seen enough ends the run, and is no error."""
        common.write_sweep(self.folder / "long.toml", days=1)
        with self.program.start("search", "run", "long.toml", "--format", "ndjson", "--progress",
                                "json") as process:
            assert process.stdout.readline().startswith('{"point":0,')
            process.stdout.close()
            err = process.stderr.read()
            assert process.wait(timeout=60) == 0, err
        last = json.loads(err.splitlines()[-1])
        assert last["event"] == "done" and last["done"] < 20_000 and "error" not in err, err

    def check_row(self):
        """A row says what was asked, and asking that again gives the same."""
        lines = (self.folder / "whole.ndjson").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        assert len(rows) == len({row["point"] for row in rows})
        points = [row["point"] for row in rows]
        assert points == sorted(points) and len(points) == max(points) + 1 - 2, len(points)
        for row in random.sample(rows, 5):
            answer = row["answers"][0]
            out, _ = self.program.run("batch", "-", stdin=self.file_with(answer["request"]))
            again = json.loads(out)
            assert again.get("results") == answer.get("results"), (again, answer)
            assert again.get("error", {}).get("code") == answer.get("error", {}).get("code")

    def file_with(self, request):
        path = self.folder / "request.ndjson"
        path.write_text(json.dumps(request) + "\n", encoding="utf-8")
        return path.open(encoding="utf-8")


# What sanitizers make slow or large, and what reads nothing that the others do not.
SLOW_OR_LARGE = {"check_memory", "check_splits", "check_examples", "check_full_disk"}


def main():
    random.seed(20250417)
    with tempfile.TemporaryDirectory() as name:
        faults = Faults(sys.argv[1], pathlib.Path(name))
        for check in [word for word in dir(faults) if word.startswith("check_")]:
            if check in SLOW_OR_LARGE and "--sanitized" in sys.argv:
                continue
            begun = time.monotonic()
            getattr(faults, check)()
            print(f"faults: {check[6:].replace('_', ' ')} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
