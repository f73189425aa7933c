#!/usr/bin/env python3
"""A sweep on the ranks of an MPI job, all on this machine: the same bytes as the single run.

    ranks.py REDLINE REDLINE_MPI
"""

import fcntl
import os
import pathlib
import signal
import sys
import tempfile
import time

import common

SWEEP = ("search", "run", "sweep.toml")


class Ranks:
    def __init__(self, redline, redline_mpi, folder):
        self.folder = folder
        self.program = common.Program(redline, folder)
        self.mpirun = common.Program("/usr/bin/env", folder)
        # Ranks in a container run as root and on fewer cores than there are ranks.
        self.mpirun.environment |= {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                                    "OMPI_MCA_btl_base_warn_component_unused": "0"}
        self.redline_mpi = str(pathlib.Path(redline_mpi).resolve())
        common.write_sweep(folder / "sweep.toml", days=7)
        self.wanted = {}
        for suffix in ("ndjson", "csv", "json", "sqlite"):
            self.program.run(*SWEEP, "-o", f"whole.{suffix}")
            self.wanted[suffix] = common.results_of(folder / f"whole.{suffix}")

    def words(self, ranks, *words):
        return ("mpirun", "--oversubscribe", "-n", ranks, self.redline_mpi, *words)

    def run(self, ranks, *words, expect=0):
        return self.mpirun.run(*self.words(ranks, *words), expect=expect)

    def same(self, name):
        path = self.folder / name
        assert common.results_of(path) == self.wanted[path.suffix[1:]], name
        assert not (self.folder / (name + ".shards")).exists(), "shards are left over"

    def wait_for_shards(self, name, count):
        """Until so many shards of a job are finished."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            shards = list((self.folder / (name + ".shards")).glob("*.shard"))
            if sum(b'{"end":' in shard.read_bytes()[-4096:] for shard in shards) >= count:
                return
            time.sleep(0.005)
        raise AssertionError(f"{name}: no {count} shards in a minute")

    def check_bytes(self):
        for ranks in (1, 2, 4):
            for suffix in self.wanted:
                self.run(ranks, *SWEEP, "-o", f"result.{suffix}", "--shards", 7 * ranks)
                self.same(f"result.{suffix}")

    def check_lost_rank(self):
        """A rank that is gone ends the job; finished shards are kept, and a job of another size goes on."""
        for lost, ranks, after in ((1, 2, 4), (3, 4, 1), (0, 4, 2)):
            name = "result.sqlite"
            (self.folder / name).unlink(missing_ok=True)
            job = self.mpirun.start(*self.words(ranks, *SWEEP, "-o", name, "--shards", 64))
            self.wait_for_shards(name, 3)
            victims = [pid for pid, rank in self.ranks_of(job.pid) if rank == lost]
            assert len(victims) == 1, victims
            os.kill(victims[0], signal.SIGKILL)
            job.communicate(timeout=60)
            assert job.returncode != 0, "the job went on without a rank"
            shards = self.folder / (name + ".shards")
            kept = {path.name: path.read_bytes() for path in shards.glob("*.shard")
                    if b'{"end":' in path.read_bytes()[-4096:]}
            assert len(kept) >= 3, kept.keys()
            _, err = self.run(after, *SWEEP, "-o", name, expect=2)
            assert "RL2401" in err and "--resume" in err and err.count("error[") == 1, err
            assert kept.items() <= {p.name: p.read_bytes() for p in shards.glob("*.shard")}.items()
            self.run(after, *SWEEP, "-o", name, "--resume")
            self.same(name)

    @staticmethod
    def ranks_of(job):
        """The ranks of a job with their process ids."""
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                parent = next(line.split()[1] for line in status.read_text().splitlines()
                              if line.startswith("PPid:"))
                environment = (status.parent / "environ").read_bytes().split(b"\0")
            except (OSError, StopIteration):
                continue
            rank = [entry[21:] for entry in environment if entry.startswith(b"OMPI_COMM_WORLD_RANK=")]
            if int(parent) == job and rank:
                yield int(status.parent.name), int(rank[0])

    def check_interrupt(self):
        name = "interrupted.ndjson"
        job = self.mpirun.start(*self.words(2, *SWEEP, "-o", name, "--shards", 64))
        self.wait_for_shards(name, 2)
        for pid, _ in list(self.ranks_of(job.pid)):
            os.kill(pid, signal.SIGTERM)
        _, err = job.communicate(timeout=60)
        assert job.returncode == 130 and "--resume" in err, (job.returncode, err)
        self.run(2, *SWEEP, "-o", name, "--resume")
        self.same(name)

    def check_failed_shard(self):
        """A shard that cannot be written for a while is handed out again."""
        name = "result.ndjson"
        shards = self.folder / (name + ".shards")
        shards.mkdir()
        held = (shards / "shard-0005-of-0016.shard").open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        job = self.mpirun.start(*self.words(2, *SWEEP, "-o", name, "--resume"))
        self.wait_for_shards(name, 15)
        time.sleep(0.3)
        held.close()
        _, err = job.communicate(timeout=60)
        assert job.returncode == 0, err
        self.same(name)
        # One that can never be written ends the job and says so once; the others are kept.
        shards.mkdir()
        (shards / "shard-0005-of-0016.shard").mkdir()
        _, err = self.run(2, *SWEEP, "-o", name, "--resume", expect=2)
        assert err.count("error[RL4001]") == 1 and "shard-0005-of-0016.shard" in err, err
        assert "--resume" in err, err
        (shards / "shard-0005-of-0016.shard").rmdir()
        self.run(4, *SWEEP, "-o", name, "--resume")
        self.same(name)

    def check_mistakes(self):
        """Said once, whatever the number of ranks."""
        (self.folder / "bad.toml").write_text('[request]\ncommand = "clasify"\n', encoding="utf-8")
        for words, status, code in ((("search", "run", "bad.toml", "-o", "x.csv"), 3, "RL1105"),
                                    ((*SWEEP,), 2, "RL2004"), (("classify", "h20"), 2, "RL2004"),
                                    ((*SWEEP, "-o", "x.csv", "--shards", "none"), 2, "RL2004")):
            _, err = self.run(3, *words, expect=status)
            assert err.count("error[") == 1 and code in err, (words, err)
        out, _ = self.run(2, "--help")
        assert out.count("Usage:") == 1


def main():
    with tempfile.TemporaryDirectory() as name:
        ranks = Ranks(sys.argv[1], sys.argv[2], pathlib.Path(name))
        for check in [word for word in dir(ranks) if word.startswith("check_")]:
            begun = time.monotonic()
            getattr(ranks, check)()
            print(f"ranks: {check[6:].replace('_', ' ')} ({time.monotonic() - begun:.1f} s)", flush=True)


if __name__ == "__main__":
    main()
