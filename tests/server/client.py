"""What the tests of the server share: the program, and a client that can send anything to it.

REDLINE_SLOW=N in the environment makes bounds of time N times as wide: programs with sanitizers.
"""

import gzip
import http.client
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

SLOW = float(os.environ.get("REDLINE_SLOW", "1"))
JSON = {"Content-Type": "application/json"}


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        plain = gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body
        return json.loads(plain)

    def results(self):
        return self.json()["results"]

    def code(self):
        """Of an error; none where it is none."""
        try:
            return self.json()["error"]["code"]
        except (ValueError, KeyError):
            return None

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Server:
    """`redline serve` on a free port of this machine, ended with the block."""

    def __init__(self, redline, *words, env=None, port=0, **more):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **(env or {})}
        environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        self.log = os.memfd_create("stderr")  # a pipe that nobody reads would fill
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [str(pathlib.Path(redline).resolve()), "serve", "--port", str(port), *map(str, words)],
            env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True, **more)
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        self.line = self.process.stdout.readline() if ready else ""
        self.ready_s = time.monotonic() - begun
        found = re.search(r"http://(\S+):(\d+)/(?:\?token=(\S+))?", self.line)
        if not found:
            self.stop()
            raise AssertionError(f"the server did not start: {self.line!r}, {self.errors()}")
        self.port, self.token = int(found[2]), found[3]
        self.url = f"http://127.0.0.1:{self.port}"
        self.opened = []
        self.client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60 * SLOW)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def errors(self):
        return os.pread(self.log, 1 << 16, 0).decode()

    def stop(self, how=signal.SIGTERM, within=20):
        """The exit status, and the seconds that it took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(timeout=within * SLOW)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
        return self.process.returncode, time.monotonic() - begun

    def ask(self, method, path, body=None, headers=None, agent=None, connection=None):
        """One request on the server's own connection, or on another; a body that is none of bytes is JSON."""
        headers = {"User-Agent": agent or "test", **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {**JSON, **headers}
        one = connection or self.client
        for again in (True, False):
            try:
                one.request(method, path, body=body, headers=headers)
                answer = one.getresponse()
                return Answer(answer.status, answer.headers, answer.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                one.close()  # the server ends connections that are idle
                if not again:
                    raise

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, body, **more):
        return self.ask("POST", path, body, **more)

    def connect(self, timeout=20):
        self.opened.append(socket.create_connection(("127.0.0.1", self.port), timeout=timeout * SLOW))
        return self.opened[-1]

    def hang_up(self):
        """Closes every connection, those that a failed case has left, too."""
        for one in self.opened:
            one.close()
        self.opened.clear()
        self.client.close()

    def raw(self, text, half_close=True, timeout=20):
        """Sends these bytes and reads until the server closes: what came, even where it was cut off."""
        with self.connect(timeout) as one:
            got = b""
            try:
                one.sendall(text)
                if half_close:
                    one.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the server has refused it already
            try:
                while part := one.recv(1 << 16):
                    got += part
            except ConnectionResetError:
                pass
            return got

    # Of the process, from /proc.
    def status(self, field):
        return int(re.search(rf"^{field}:\s+(\d+)", self.proc("status"), re.MULTILINE)[1])

    def proc(self, name):
        return pathlib.Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")

    def fds(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_s(self):
        fields = self.proc("stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # Jobs.
    def add_job(self, request, agent=None):
        answer = self.post("/v1/jobs", request, agent=agent)
        assert answer.status == 202, answer
        job = answer.json()
        assert answer.headers["Location"] == f"/v1/jobs/{job['id']}", answer.headers
        return job["id"]

    def job(self, job):
        return self.get(f"/v1/jobs/{job}").json()

    def follow(self, job):
        """The events of a job until its end, read as a browser reads them."""
        with self.connect(60) as one:
            one.sendall(f"GET /v1/jobs/{job}/events HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert answer.status == 200, answer.status
            assert answer.headers["Content-Type"] == "text/event-stream", answer.headers
            events = []
            for event in answer.read().decode().split("\n\n"):
                if event and not event.startswith(":"):
                    kind, number, data = event.split("\n")
                    assert kind == "event: job" and number.startswith("id: "), event
                    events.append(json.loads(data.removeprefix("data: ")))
            return events

    def wait_job(self, job, *states, within=60):
        """Asks until the job is in one of these states, or has ended."""
        until = time.monotonic() + within * SLOW
        while time.monotonic() < until:
            now = self.job(job)
            if now["state"] in (*states, "done", "failed", "cancelled"):
                return now
            time.sleep(0.05)
        raise AssertionError(f"job {job} is still {now}")


def wait_until(condition, within, what):
    until = time.monotonic() + within * SLOW
    while not condition():
        assert time.monotonic() < until, f"not within {within * SLOW:g} s: {what}"
        time.sleep(0.05)


class Cases:
    """Named cases of which a failing one does not stop the others."""

    def __init__(self):
        self.count, self.failed = 0, []

    def check(self, name, body):
        self.count += 1
        begun = time.monotonic()
        try:
            note = body()
        except Exception as error:  # whatever it is, it is this case's alone
            self.failed.append(name)
            line = error.__traceback__
            while line.tb_next:
                line = line.tb_next
            where = f"{pathlib.Path(line.tb_frame.f_code.co_filename).name}:{line.tb_lineno}"
            print(f"FAILED {name} ({where}): {type(error).__name__}: {error}", flush=True)
        else:
            print(f"ok {name} ({time.monotonic() - begun:.1f} s){': ' + note if note else ''}", flush=True)

    def end(self, noun="cases"):
        print(f"{self.count} {noun}, {len(self.failed)} failed" + "".join(f"\n  {f}" for f in self.failed))
        return 1 if self.failed else 0
