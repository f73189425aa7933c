#!/usr/bin/env python3
"""Kills a sweep at random points and goes on with --resume: nothing is lost or counted twice.

    kills.py REDLINE [KILLS [SEED]]

Outputs of all kinds, whole and in shards, on one thread and on two. After each kill what was kept
before is kept still; when a run is through, its bytes are those of a run that nothing disturbed.
"""

import pathlib
import random
import sys
import tempfile
import time

import common

OUTPUTS = ("result.ndjson", "result.csv", "result.json", "result.sqlite")


class Killer:
    def __init__(self, program, folder, kills):
        self.program, self.folder, self.left = program, folder, kills
        self.kills = self.runs = self.redone = 0

    def keep_on(self, name, words):
        """Runs the command to its end, however often it is killed on the way."""
        kept_in = self.folder / (name if name.endswith((".sqlite", ".shard")) else name + ".partial")
        kept, resume = 0, []
        while True:
            # From before the data are read until after the last row is written.
            wait = random.uniform(0.0, 1.3)
            threads = common.choose("1", "2")
            with self.program.start(*words, "-o", name, "--threads", threads, *resume) as process:
                until = time.monotonic() + wait
                while self.left > 0 and process.poll() is None and time.monotonic() < until:
                    time.sleep(0.001)
                if self.left > 0 and process.poll() is None:
                    process.kill()
                    self.left -= 1
                    self.kills += 1
                _, err = process.communicate(timeout=600)
            if process.returncode == 0:
                self.runs += 1
                return
            assert process.returncode == -9, (process.returncode, err)
            now = common.kept_points(kept_in)
            if now is not None or not (self.folder / name).exists():
                assert (now or 0) >= kept, (name, now, kept)
                kept = now or 0
            resume = ["--resume"]


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20250417
    random.seed(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = common.Program(sys.argv[1], folder)
        common.write_sweep(folder / "sweep.toml")
        words = ["search", "run", "sweep.toml"]
        wanted = {}
        for output in OUTPUTS:
            program.run(*words, "-o", "undisturbed-" + output)
            wanted[output] = common.results_of(folder / ("undisturbed-" + output))
        killer = Killer(program, folder, kills)
        while killer.left > 0:
            output = common.choose(*OUTPUTS)
            if random.random() < 0.3:
                shards = random.randint(2, 4)
                parts = []
                for k in random.sample(range(1, shards + 1), shards):
                    parts.append(f"part-{k}." + common.choose("shard", "sqlite"))
                    killer.keep_on(parts[-1], [*words, "--shard", f"{k}/{shards}"])
                program.run("merge", *random.sample(parts, shards), "-o", output)
            else:
                parts = []
                killer.keep_on(output, words)
            assert common.results_of(folder / output) == wanted[output], (output, parts)
            for path in folder.iterdir():
                if path.name.startswith(("result", "part")):
                    path.unlink()
    assert killer.kills == kills
    print(f"kills: {kills} kills (seed {seed}), {killer.runs} runs came through with the same bytes")


if __name__ == "__main__":
    main()
