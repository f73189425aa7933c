#!/usr/bin/env python3
"""What a server on a network must survive: malformed requests, strangers, slow and hasty clients, floods,
leavers, full disks, kills. Each case says what it expects; one that fails does not stop the others.

    faults.py REDLINE [--seconds N] [--only WORD]

--seconds: of mixed load, for the case that looks at memory (default 10). --only: cases of that name.
"""

import argparse
import gzip
import http.client
import json
import os
import pathlib
import random
import re
import resource
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time

import malformed
from client import JSON, SLOW, Cases, Server, wait_until

H20 = {"chip": "h20", "as_of": "2025-04-16"}
# Minutes of work, and what ends as soon as it is told to.
LONG = {"command": "exposure", "scenario": "april-2025", "samples": 20_000_000}
# The same for some seconds and for one.
SECONDS = {**LONG, "samples": 100_000}
SECOND = {**LONG, "samples": 50_000}
MIB = 1 << 20


def fields_of(request):
    return {key: value for key, value in request.items() if key != "command"}


def within(seconds, limit, what):
    assert seconds < limit * SLOW, f"{what} took {seconds:.2f} s, more than {limit * SLOW:g}"
    return f"{seconds:.2f} s"


def statuses(answer):
    """Of all answers on a connection; an interim one is none."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+)", answer) if code != b"100"]


def http_text(one):
    """All that comes until the server closes."""
    text = b""
    while part := one.recv(1 << 16):
        text += part
    return text


def in_threads(count, work):
    """Runs work(0) to work(count - 1) at once; the first exception of any is raised."""
    failed = []

    def one(number):
        try:
            work(number)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def batch(redline, requests):
    """What `redline batch` answers to the same requests."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    done = subprocess.run([redline, "batch"], input=lines, capture_output=True, text=True, check=True,
                          timeout=300)
    return [json.loads(line) for line in done.stdout.splitlines()]


def many_requests(count):
    """Quick ones of all kinds, every ninth of which is wrong."""
    chips = ["h20", "l20", "h200-sxm", "h100-sxm5", "a100-sxm-80gb", "rtx-4090", "gb300", "ascend-910b"]
    requests = []
    for i in range(count):
        chip, day = chips[i % len(chips)], f"2025-{1 + i % 12:02}-{1 + i % 28:02}"
        requests.append([
            {"command": "classify", "chip": chip, "as_of": day},
            {"command": "classify", "chip": chip, "to": "SA", "as_of": day},
            {"command": "estimate-kernel", "chip": chip, "op": "gemm", "m": 16 * (1 + i), "n": 4096, "k": 4096},
            {"command": "estimate-decode", "chip": "h20", "model": "llama-3.1-8b", "batch": 1 + i},
            {"command": "quota", "chip": "h200-sxm", "us_units": 1000 + i, "china_units": i},
            {"command": "data-show", "name": chip},
            {"command": "compare", "chip": ["h20", chip], "model": "llama-3.1-8b"},
            {"command": "explain", "code": f"RL{1101 + i % 3}"},
            {"command": "classify", "chip": f"no-such-{i}"},
        ][i % 9])
    return requests


def same_answer(answer, wanted, request):
    got = answer.json()
    if "error" in wanted:
        assert 400 <= answer.status < 500 and got["error"]["code"] == wanted["error"]["code"], (request, answer)
    else:
        assert answer.status == 200 and got["results"] == wanted["results"], (request, answer)


class Http:
    """Cases of one server, which has to outlive them all."""

    def __init__(self, server, redline):
        self.server, self.redline = server, redline

    def alive(self, after):
        answer = self.server.post("/v1/classify", H20)
        assert answer.status == 200 and answer.results()[0]["outcome"] == "license-required", (after, answer)

    def case_start(self):
        first = time.monotonic()
        self.alive("start")
        took = time.monotonic() - first
        within(self.server.ready_s, 3, "the first line")
        within(took, 2, "the first answer")
        return f"ready after {self.server.ready_s * 1000:.0f} ms, first answer after {took * 1000:.0f} ms"

    def malformed(self, kind, text, rest, good):
        def case():
            answer = self.server.raw(text + rest)
            got = statuses(answer)
            assert good(got), f"answered {got}"
            for line in answer.split(b"\r\n"):
                assert not line.lower().startswith(b"access-control"), line
            self.alive(kind)
        return case

    def malformed_cases(self):
        def refused(got):
            return len(got) <= 1 and all(400 <= code < 600 for code in got)

        for kind, text in malformed.REFUSED.items():
            yield f"refused: {kind}", self.malformed(kind, text, malformed.REST, refused)
        for kind, text in malformed.WRONG.items():
            yield f"wrong: {kind}", self.malformed(kind, text, b"", lambda got: refused(got) and got)
        for kind, text in malformed.CUT_OFF.items():
            yield f"cut off: {kind}", self.malformed(kind, text, b"", refused)
        for kind, text in malformed.AT_MOST_ONE.items():
            yield f"not misled: {kind}", self.malformed(kind, text, malformed.REST, lambda got: len(got) <= 1)
        for kind, (text, count) in malformed.SERVED.items():
            yield f"served: {kind}", self.malformed(kind, text, b"", lambda got, n=count: got == [200] * n)

    def case_interim_answer(self):
        """With Expect the body comes when the server has asked for it, and it does not ask for one it refuses."""
        head = (b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n")
        with self.server.connect() as one:
            one.sendall(head % 14)
            assert one.recv(100).startswith(b"HTTP/1.1 100 "), "no 100"
            one.sendall(b'{"chip":"h20"}')
            assert one.recv(100).startswith(b"HTTP/1.1 200 ")
        with self.server.connect() as one:
            one.sendall(head % (2 * MIB))
            one.shutdown(socket.SHUT_WR)
            assert statuses(http_text(one)) == [413]

    def case_bodies(self):
        """Huge, deep and odd JSON gets an error with a code, in UTF-8."""
        many = ",".join(f'"k{i}":{i}' for i in range(60_000))
        deep = '{"a":' * 100_000 + "1" + "}" * 100_000
        bodies = {
            "2 MiB": (413, b" " * (2 * MIB)), "one byte over": (413, b" " * (MIB + 1)),
            "blanks": (400, b" " * MIB), "brackets": (400, b"[" * MIB), "objects": (400, deep.encode()),
            "deep files": (400, b'{"chip":"h20","files":' + b"[" * 9000 + b"]" * 9000 + b"}"),
            "a text of 1 MiB": (400, b'{"chip":"' + b"a" * (MIB - 20) + b'"}'),
            "a number of 1 MiB": (400, b'{"chip":"h20","id":' + b"9" * (MIB - 20) + b"}"),
            "many keys": (400, ('{"chip":"h20",' + many + "}").encode()),
            "many chips": (400, json.dumps({"chip": ["h21"] * 100_000}).encode()),
            "a lone surrogate": (400, b'{"chip":"\\ud800"}'), "surrogates": (400, b'{"chip":"\\udc00\\ud800"}'),
            "no UTF-8": (400, b'{"chip":"\xff\xfe"}'), "overlong": (400, b'{"chip":"\xc0\xaf"}'),
            "no UTF-8 in a key": (400, b'{"\xff":1,"chip":"h20"}'), "NUL": ((200, 400), b'{"chip":"h20\\u0000"}'),
            "a byte order mark": ((200, 400), b'\xef\xbb\xbf{"chip":"h20"}'), "empty": (400, b""),
            "null": (400, b"null"), "a list": (400, b"[]"), "two": (400, b'{"chip":"h20"}{"chip":"h20"}'),
            "1e999": (400, b'{"chip":"h20","set":{"tpp":1e999}}'), "NaN": (400, b'{"chip":NaN}'),
            "a comment": (400, b'{"chip":"h20"/**/}'), "another command": (400, b'{"command":"quota","chip":"h20"}'),
            "a file of the server": (400, b'{"chip":"/etc/passwd"}'),
            "a folder of the server": (400, b'{"chip":"../data/chips/nvidia/h20.toml"}'),
            "a file that is none": (400, b'{"chip":"my.toml","files":{"my.toml":3}}'),
            "a file of 1 MB": (400, json.dumps({"chip": "my.toml", "files": {"my.toml": "a = [" * 200_000}}).encode()),
        }
        slowest = (0, "none")
        for name, (status, body) in bodies.items():
            begun = time.monotonic()
            answer = self.server.post("/v1/classify", body, headers=JSON)
            slowest = max(slowest, (time.monotonic() - begun, name))
            wanted = status if isinstance(status, tuple) else (status,)
            assert answer.status in wanted, (name, answer)
            assert answer.status == 200 or re.fullmatch("RL[0-9]{4}", answer.code() or ""), (name, answer)
            answer.body.decode("utf-8")
            assert len(answer.body) < MIB, f"{name}: an answer of {len(answer.body)} bytes"
            self.alive(name)
        return f"{len(bodies)} bodies, the slowest took " + within(slowest[0], 5, f"'{slowest[1]}'")

    def case_greedy(self):
        """A small question for very much is refused before it is worked out."""
        before = self.server.status("VmHWM") // 1024
        begun = time.monotonic()
        for command, fields in (("classify", {"chip": ["*"] * 60}), ("classify", {"chip": ["h20"] * 8000}),
                                ("estimate-die", {"die": ["gh100"] * 20_000}),
                                ("compare", {"chip": ["h20"] * 2000, "model": "llama-3.1-8b"})):
            answer = self.server.post(f"/v1/{command}", fields)
            # Or answered once for what stands there many times.
            assert answer.code() or len(answer.body) < MIB, f"{command}: {answer.status}, {len(answer.body)} bytes"
        grown = self.server.status("VmHWM") // 1024 - before
        assert grown < 256, f"{grown} MiB more"
        return within(time.monotonic() - begun, 5, "the refusals")

    def case_strangers(self):
        own, evil = f"http://127.0.0.1:{self.server.port}", "http://evil.example"
        cases = [
            ({"Host": "evil.example"}, 403), ({"Host": f"evil.example:{self.server.port}"}, 403),
            ({"Host": "localhost.evil.example"}, 403), ({"Host": "127.0.0.1.evil.example"}, 403),
            ({"Host": ""}, 403), ({"Origin": evil}, 403), ({"Origin": "null"}, 403),
            ({"Origin": f"https://127.0.0.1.evil.example:{self.server.port}"}, 403),
            ({"Origin": f"http://127.0.0.1:{self.server.port + 1}"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
            ({"Origin": own}, 200), ({"Origin": own, "Sec-Fetch-Site": "same-origin"}, 200),
            ({"Sec-Fetch-Site": "none"}, 200), ({"Host": "localhost"}, 200), ({"Host": "LOCALHOST:80"}, 200),
            ({"Host": f"[::1]:{self.server.port}"}, 200),
        ]
        for headers, status in cases:
            for answer in (self.server.post("/v1/classify", H20, headers=headers),
                           self.server.get("/v1/classify?chip=h20", headers=headers),
                           self.server.get("/v1/jobs", headers=headers)):
                assert answer.status == status, (headers, answer)
                assert status == 200 or answer.code() == "RL2502", (headers, answer)
                assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        assert self.server.get("/", headers=linked).status in (200, 404), "a link to a page may be followed"

    def case_preflight(self):
        answer = self.server.ask("OPTIONS", "/v1/classify", headers={
            "Origin": "http://evil.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type"})
        assert answer.status == 403, answer
        for headers in ({}, {"Origin": f"http://127.0.0.1:{self.server.port}"}):
            answer = self.server.ask("OPTIONS", "/v1/classify", headers=headers)
            assert answer.status in (204, 405), answer
            assert not [name for name in answer.headers if name.lower().startswith("access-control")], answer

    def case_headers(self):
        """HEAD, ETag, gzip, fields."""
        path = "/v1/classify?chip=h20&why=true&as_of=2025-04-16"
        for target in (path, "/v1", "/openapi.json", "/v1/texts/zh-Hans", "/v1/version"):
            plain = self.server.get(target)
            tag = plain.headers["ETag"]
            head = self.server.ask("HEAD", target)
            assert (head.status, head.body) == (200, b""), head
            assert head.headers["Content-Length"] == str(len(plain.body)) and head.headers["ETag"] == tag, target
            packed = self.server.get(target, headers={"Accept-Encoding": "br, gzip"})
            if packed.headers.get("Content-Encoding") == "gzip":
                unpacked = gzip.decompress(packed.body)
                assert unpacked == plain.body or json.loads(unpacked)["results"] == plain.results(), target
                assert len(packed.body) < len(plain.body), target
            else:
                assert len(plain.body) < 1024, f"{target} is not compressed"
            assert packed.headers["Vary"] == "Accept-Encoding", packed.headers
            for tags in (tag, f'"other", {tag}'):
                same = self.server.get(target, headers={"If-None-Match": tags})
                assert (same.status, same.body) == (304, b""), (target, same)
                assert same.headers["ETag"] == tag
            assert self.server.get(target, headers={"If-None-Match": '"other"'}).status == 200
            for refused in ("gzip;q=0", "identity", "br", ""):
                answer = self.server.get(target, headers={"Accept-Encoding": refused})
                assert "Content-Encoding" not in answer.headers, (target, refused)
            assert plain.headers["X-Content-Type-Options"] == "nosniff"
        few = self.server.get(path + "&fields=chip,tests.limit,no.such").results()[0]
        assert set(few) == {"chip", "tests"} and all(set(test) == {"limit"} for test in few["tests"]), few
        assert self.server.post("/v1/classify?fields=outcome", H20).results() == [{"outcome": "license-required"}]

    def case_cache(self):
        """What was answered before does not answer what only looks like it."""
        asked = "/v1/classify?as_of=2025-04-16&chip=h20"
        assert self.server.get(asked).results() == self.server.get(asked).results()
        for other in ("/v1/classify?as_of=2025-04-16%0Achip=h20", "/v1/classify?as_of=2025-04-16%0achip%3Dh20"):
            assert self.server.get(other).status == 400, other
        first = self.server.post("/v1/classify", H20).results()
        assert self.server.post("/v1/classify", {**H20, "as_of": "2025-04-08"}).results() != first
        assert self.server.post("/v1/classify", {**H20, "id": 7}).json()["id"] == 7
        assert "id" not in self.server.post("/v1/classify", H20).json()

    def case_resources(self):
        """What is not there is 404 with the nearest that is; what is there in another way 405."""
        for method, path, status in (
                ("GET", "/v1/clasify", 404), ("GET", "/v1/texts/fr", 404), ("GET", "/assets/no-such.js", 404),
                ("POST", "/v1/clasify", 404), ("GET", "/v1/jobs/j999999", 404), ("DELETE", "/v1/jobs/x", 404),
                ("DELETE", "/v1/classify", 405), ("DELETE", "/v1/jobs", 405), ("POST", "/v1/version", 405),
                ("POST", "/openapi.json", 404), ("DELETE", "/", 405)):
            answer = self.server.ask(method, path, {} if method == "POST" else None)
            assert answer.status == status and answer.code() == "RL2504", (method, path, answer)
            assert status != 405 or answer.headers["Allow"], answer.headers
        assert "/v1/classify" in self.server.get("/v1/clasify").json()["error"]["help"][0]

    def case_slow_clients(self):
        """Others are served while they dawdle; their time ends after 10 seconds."""
        begun = time.monotonic()
        slow = []
        for _ in range(100):
            slow.append(self.server.connect(30))
            slow[-1].sendall(b"GET /v1/version HTTP/1.1\r\nHost: localhost\r\nX: ")
        opened = time.monotonic() - begun
        bodies = [self.server.connect() for _ in range(10)]
        for one in bodies:
            one.sendall(malformed.post(b"Content-Length: 1000\r\n", b"{"))
        deaf = [self.server.connect() for _ in range(10)]
        for one in deaf:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(malformed.get(b"/v1/classify?chip=*&why=true") * 8)  # 2 MB each
        worst, dawdling = 0, True
        while time.monotonic() < begun + 8 and dawdling:
            for one in slow:
                try:
                    one.send(b"a", socket.MSG_NOSIGNAL)
                except OSError:
                    dawdling = False
            asked = time.monotonic()
            self.alive("slow clients")
            worst = max(worst, time.monotonic() - asked)
            time.sleep(0.5)
        assert worst < 2 * SLOW, f"a good client waited {worst:.2f} s"
        answer = http_text(slow[0])
        took = time.monotonic() - begun
        assert answer.startswith(b"HTTP/1.1 408 ") and b"RL2503" in answer, answer
        assert 9 < took < 12 * SLOW, f"after {took:.1f} s"
        for one in slow[1:]:
            assert http_text(one).startswith(b"HTTP/1.1 408 ")
        self.server.hang_up()
        self.alive("slow clients")
        return f"opened in {opened:.1f} s, others waited for {worst * 1000:.0f} ms at most, 408 after {took:.1f} s"

    def case_at_once(self):
        """200 connections that ask in the same moment."""
        requests = [r for r in many_requests(240) if "no-such" not in str(r)][:200]
        wanted = batch(self.redline, requests)
        together = threading.Barrier(len(requests))

        def ask(number):
            one = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60 * SLOW)
            one.connect()
            together.wait()
            request = requests[number]
            answer = self.server.post("/v1/" + request["command"], fields_of(request), connection=one)
            same_answer(answer, wanted[number], request)
            one.close()

        begun = time.monotonic()
        in_threads(len(requests), ask)
        return within(time.monotonic() - begun, 15, "200 answers")

    def case_too_many(self):
        """Of 300 idle connections 256 are kept; the others get 503, and all is well when they have gone."""
        self.server.hang_up()
        wait_until(lambda: self.server.fds() <= self.quiet_fds, 8, "connections of before are closed")
        begun = time.monotonic()
        with selectors.DefaultSelector() as selector:
            idle = [self.server.connect() for _ in range(300)]
            opened = within(time.monotonic() - begun, 3, "to open 300 connections")
            for one in idle:
                selector.register(one, selectors.EVENT_READ)
            answers = []
            until = time.monotonic() + 4 * SLOW
            while len(answers) < 44 and time.monotonic() < until:
                for key, _ in selector.select(0.1):
                    answers.append(key.fileobj.recv(4096))
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
        turned_away = [answer for answer in answers if answer.startswith(b"HTTP/1.1 503 ")]
        assert len(turned_away) == 44, f"{len(turned_away)} of 300 were turned away, {len(answers)} answered"
        assert b"RL2505" in turned_away[0], turned_away[0]
        self.server.hang_up()
        begun = time.monotonic()
        self.alive("300 connections")
        return f"opened in {opened}, served again after " + within(time.monotonic() - begun, 2, "the next answer")

    def case_flood(self):
        """As many as come in some seconds: none is lost, each is right."""
        requests = many_requests(270)
        wanted = batch(self.redline, requests)
        until = time.monotonic() + 4
        counts = [0] * 16

        def ask(number):
            one = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60 * SLOW)
            order = random.Random(number)
            while time.monotonic() < until:
                which = order.randrange(len(requests))
                request = requests[which]
                answer = self.server.post("/v1/" + request["command"], fields_of(request), connection=one)
                same_answer(answer, wanted[which], request)
                counts[number] += 1
            one.close()

        in_threads(16, ask)
        assert min(counts) > 0, counts
        return f"{sum(counts)} answers in 4 s, all right"

    def case_leavers(self):
        """Nobody waits for the answer any more: the work ends."""
        plan = {"model": "gpt-3-175b", "chip": "a100-sxm-80gb", "chips": 4096, "batch": 4096,
                "space": "megatron-offload"}
        notes = []
        traffic = {"model": "llama-3.1-8b", "chip": "h20", "rate": 2, "requests": 3_000_000}
        for command, fields in (("search-rule", {"space": "april-2025"}), ("exposure", fields_of(LONG)),
                                ("search-plan-train", plan), ("simulate-serve", traffic),
                                ("impact", {"before": "2025-04-08", "after": "2025-04-16"})):
            before = self.server.cpu_s()
            with self.server.connect() as one:
                body = json.dumps(fields).encode()
                one.sendall(malformed.post(b"Content-Length: %d\r\n" % len(body), body,
                                           target=b"/v1/" + command.encode()))
                wait_until(lambda: self.server.cpu_s() > before + 0.1, 20, f"{command} begins")
            left = time.monotonic()

            def quiet():
                cpu = self.server.cpu_s()
                time.sleep(0.3)
                return self.server.cpu_s() - cpu < 0.05
            wait_until(quiet, 5, f"{command} ends when its client has left")
            notes.append(f"{command} {time.monotonic() - left - 0.3:.1f}")
            begun = time.monotonic()
            answer = self.server.post("/v1/search-plan-train", {
                "model": "llama-3.1-8b", "chip": "h20", "chips": 64, "batch": 128 + len(notes)})
            assert answer.status == 200, answer
            within(time.monotonic() - begun, 5, "the next long request")
        return "quiet after s: " + ", ".join(notes)

    def case_events_of_leavers(self):
        """Those that follow a job and go away give back their thread."""
        job = self.server.add_job(LONG)
        self.server.wait_job(job, "running")
        busy = []
        for _ in range(2):
            files = self.server.fds()
            followers = [self.server.connect() for _ in range(30)]
            for one in followers:
                one.sendall(malformed.get(f"/v1/jobs/{job}/events".encode()))
            for one in followers:
                assert one.recv(1000).startswith(b"HTTP/1.1 200 ")
            for one in followers:
                one.close()
            wait_until(lambda: self.server.fds() <= files, 6, "the connections are closed")
            busy.append(self.server.status("Threads"))
        assert self.server.ask("DELETE", f"/v1/jobs/{job}").status == 200
        assert self.server.wait_job(job)["state"] == "cancelled"
        assert busy[1] <= busy[0], f"threads grew: {busy}"

    def case_memory(self):
        """Mixed load does not make the server grow. First the store of answers is filled: it may have 64 MiB."""
        for number in range(80):  # what was asked is kept, too
            text = {"note.toml": f"# {number} " + "x" * 1_000_000}
            assert self.server.post("/v1/classify", {"chip": "h20", "files": text}).status == 200
        begun, until = time.monotonic(), time.monotonic() + self.seconds
        counts = {}

        def count(what):
            counts[what] = counts.get(what, 0) + 1

        def ask(number):
            one = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60 * SLOW)
            turn = 0
            while time.monotonic() < until:
                turn += 1
                kind = (number + turn) % 12
                if kind == 0:
                    # One client's jobs: they wait for each other, and some are too many.
                    answer = self.server.post("/v1/jobs", {"command": "classify", **H20}, connection=one)
                    assert answer.status in (202, 429), answer
                elif kind == 1:
                    with self.server.connect() as leaver:
                        body = json.dumps(fields_of(LONG)).encode()
                        leaver.sendall(malformed.post(b"Content-Length: %d\r\n" % len(body), body,
                                                      target=b"/v1/exposure"))
                elif kind == 2:
                    answer = self.server.post("/v1/classify", b'{"chip":"' + b"a" * (MIB - 99) + b'"}',
                                              headers=JSON, connection=one)
                    assert answer.status == 400, answer
                elif kind == 3:
                    self.server.raw(random.choice(list(malformed.REFUSED.values())))
                elif kind == 4:
                    text = {"my.toml": 'id = "a"\n' + "# " + "x" * 100_000}
                    self.server.post("/v1/classify", {"chip": "my.toml", "files": text}, connection=one)
                elif kind == 5:
                    self.server.post("/v1/classify", {"chip": "*", "why": True, "id": f"{number}-{turn}"},
                                     connection=one)
                else:
                    answer = self.server.post("/v1/estimate-decode", {
                        "chip": "h20", "model": "llama-3.1-8b", "batch": turn, "id": number}, connection=one)
                    assert answer.status == 200, answer
                count(kind)
            one.close()

        samples = []

        def watch():
            while time.monotonic() < until:
                samples.append((time.monotonic() - begun, self.server.status("VmRSS") / 1024,
                                self.server.status("Threads"), self.server.fds()))
                time.sleep(0.1)

        watcher = threading.Thread(target=watch)
        watcher.start()
        in_threads(12, ask)
        watcher.join()
        self.server.hang_up()
        third = self.seconds / 3
        warm = max(rss for at, rss, _, _ in samples if at <= third)
        last = statistics.median(rss for at, rss, _, _ in samples if at >= 2 * third)
        threads = max(sample[2] for sample in samples)
        assert threads <= 256 + 8 + 2 * (os.cpu_count() or 1), f"{threads} threads"
        if SLOW == 1:  # sanitizers keep what is freed
            assert last <= max(1.2 * warm, warm + 32), f"from {warm:.0f} to {last:.0f} MiB"
        wait_until(lambda: self.server.fds() <= self.quiet_fds, 10,
                   f"the files are closed ({self.server.fds()} are open, {self.quiet_fds} were)")
        self.alive("mixed load")
        return (f"{sum(counts.values())} requests, {warm:.0f} MiB after a third, {last:.0f} at the end, "
                f"{threads} threads")

    def all(self, seconds):
        self.seconds = seconds
        self.server.hang_up()
        time.sleep(0.3)
        self.quiet_fds = self.server.fds()
        yield "start", self.case_start
        yield from self.malformed_cases()
        for name in ("interim_answer", "bodies", "greedy", "strangers", "preflight", "headers", "cache", "resources",
                     "at_once", "too_many", "flood", "leavers", "events_of_leavers", "memory", "slow_clients"):
            yield name.replace("_", " "), getattr(self, "case_" + name)
        yield "ends well", lambda: self.ends_well(self.server)

    @staticmethod
    def ends_well(server):
        status, took = server.stop()
        assert status == 0, (status, server.errors())
        assert not server.errors(), server.errors()
        return within(took, 3, "its end")


class Tokens:
    def __init__(self, redline):
        self.redline = redline

    def check_server(self, server, token):
        wrong = "0" * len(token)
        for path in ("/", "/v1", "/v1/classify?chip=h20", "/v1/jobs", "/openapi.json", "/assets/x.js"):
            for headers in ({}, {"Authorization": f"Bearer {wrong}"}, {"Authorization": token},
                            {"Authorization": f"Basic {token}"}, {"Authorization": "Bearer "},
                            {"Cookie": f"redline_token={wrong}"}, {"Cookie": f"x_redline_token={token}"}):
                answer = server.get(path, headers=headers)
                assert answer.status == 401 and answer.code() == "RL2502", (path, headers, answer)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.headers
                assert token not in f"{answer.headers}{answer.body}"
        assert server.get(f"/?token={wrong}").status == 401
        assert server.post("/v1/jobs", {"command": "classify", **H20}).status == 401
        right = {"Authorization": f"Bearer {token}"}
        page = server.get(f"/?token={token}")
        cookie = page.headers["Set-Cookie"]
        assert page.status == 200 and "HttpOnly" in cookie and "SameSite=Strict" in cookie, page.headers
        assert token not in page.body.decode()
        with_cookie = {"Cookie": "a=b; " + cookie.split(";")[0]}
        for headers in (right, with_cookie, {"Authorization": f"bearer {token}"}):
            assert server.post("/v1/classify", H20, headers=headers).status == 200, headers
        job = server.post("/v1/jobs", {"command": "classify", "chip": "h20"}, headers=with_cookie).json()["id"]
        wait_until(lambda: server.get(f"/v1/jobs/{job}", headers=right).json()["state"] == "done", 10, "a job")
        for method, path in (("GET", "/"), ("GET", "/v1"), ("GET", "/openapi.json"), ("GET", f"/v1/jobs/{job}/result"),
                             ("GET", f"/v1/jobs/{job}/events"), ("GET", "/v1/jobs"), ("GET", "/v1/nothing"),
                             ("GET", f"/v1/classify?chip=h20&token={token}"), ("GET", f"/v1/nothing?token={token}"),
                             ("PUT", "/v1"), ("POST", f"/v1/classify?token={token}")):
            answer = server.ask(method, path, H20 if method == "POST" else None, headers=right)
            assert token not in f"{answer.headers}{answer.body}", (path, answer.headers, answer)
        assert server.get("/", headers={**right, "Origin": "http://evil.example"}).status == 403

    def case_given(self):
        with Server(self.redline, "--token", "a-Token_of.ours~1") as server:
            assert server.token == "a-Token_of.ours~1", server.line
            self.check_server(server, server.token)
        with Server(self.redline, env={"REDLINE_TOKEN": "from-outside"}) as server:
            self.check_server(server, "from-outside")

    def case_on_a_network(self):
        """Off this machine there is a token, a new one each time."""
        tokens = []
        for _ in range(2):
            with Server(self.redline, "--host", "0.0.0.0") as server:
                assert server.token and re.fullmatch("[0-9a-f]{32}", server.token), server.line
                tokens.append(server.token)
                self.check_server(server, server.token)
        assert tokens[0] != tokens[1], tokens
        with Server(self.redline) as server:
            assert not server.token, server.line

    def case_names(self):
        with Server(self.redline, "--allow-host", "planner.example.org") as server:
            for name, status in (("planner.example.org", 200), ("Planner.Example.org:8177", 200),
                                 ("evil.example", 403), ("x.planner.example.org", 403)):
                assert server.get("/v1", headers={"Host": name}).status == status, name
            # Pages that a proxy with TLS hands on.
            for scheme in ("http", "https"):
                headers = {"Host": "planner.example.org", "Origin": f"{scheme}://planner.example.org"}
                assert server.post("/v1/classify", H20, headers=headers).status == 200, headers

    def case_wrong_options(self):
        for words in (["--token", "a b"], ["--token", "a;b"], ["--port", "99999"], ["--port", "x"],
                      ["--timeout", "0"], ["--host", "no.such.host.invalid"], ["--no-such"]):
            done = subprocess.run([self.redline, "serve", "--port", "0", *words], capture_output=True, text=True,
                                  timeout=30 * SLOW, check=False)
            assert done.returncode in (2, 3) and "error[RL" in done.stderr, (words, done)
            assert not done.stdout, (words, done)

    def all(self):
        for name in ("given", "on_a_network", "names", "wrong_options"):
            yield "token: " + name.replace("_", " "), getattr(self, "case_" + name)


class Jobs:
    """Cases of one server without a folder."""

    def __init__(self, server):
        self.server = server

    def hold(self):
        """A job that runs until it is cancelled."""
        job = self.server.add_job(LONG)
        assert self.server.wait_job(job, "running")["state"] == "running"
        return job

    def cancel(self, *jobs):
        for job in jobs:
            assert self.server.ask("DELETE", f"/v1/jobs/{job}").status == 200
        for job in jobs:
            assert self.server.wait_job(job)["state"] in ("cancelled", "done")

    def case_follow(self):
        """Events to the end, and the answer of one that is waited for."""
        for request in (SECOND, {"command": "classify", **H20},
                        {"command": "search-chip", "rule": "us-2023-10", "to": "CN", "as_of": "2023-10-17",
                         "from": "gh100"}):
            job = self.server.add_job(request)
            events = self.server.follow(job)
            assert [event["id"] for event in events] == [job] * len(events)
            states = [event["state"] for event in events]
            order = ["queued", "running", "done"]
            assert states == sorted(states, key=order.index) and states[-1] == "done", states
            done = [event["progress"]["done"] for event in events if event["progress"]]
            assert done == sorted(done), done
            assert request is not SECOND or done, "no progress was told"
            got = self.server.get(f"/v1/jobs/{job}/result")
            asked = self.server.post("/v1/" + request["command"], fields_of(request))
            assert got.status == asked.status == 200 and got.results() == asked.results(), request
            packed = self.server.get(f"/v1/jobs/{job}/result", headers={"Accept-Encoding": "gzip"})
            assert packed.results() == got.results()
            assert self.server.get(f"/v1/jobs/{job}/page").status == 404  # none but a report has one
            assert [event["state"] for event in self.server.follow(job)] == ["done"]
            assert self.server.ask("DELETE", f"/v1/jobs/{job}").json()["state"] == "done"

    def case_fails(self):
        job = self.server.add_job({"command": "classify", "chip": "h21"})
        assert self.server.follow(job)[-1]["state"] == "failed"
        assert self.server.job(job)["error"]["code"] == "RL2101", self.server.job(job)
        answer = self.server.get(f"/v1/jobs/{job}/result")
        assert answer.status == 400 and answer.code() == "RL2101", answer
        for wrong in ({}, {"command": "clasify"}, {"command": 7}, {"command": "report", "scenario": 7},
                      {"command": "report", "no_such": "x"}):
            answer = self.server.post("/v1/jobs", wrong)
            assert answer.status == 400 and answer.code() in ("RL2302", "RL2303"), (wrong, answer)

    def case_cancel(self):
        running = self.hold()
        waiting = self.server.add_job(SECOND)
        assert self.server.job(waiting)["ahead"] == 0, self.server.job(waiting)
        for job in (running, waiting):
            answer = self.server.get(f"/v1/jobs/{job}/result")
            assert answer.status == 409 and answer.code() == "RL2507", answer
        assert self.server.ask("DELETE", f"/v1/jobs/{waiting}").json()["state"] == "cancelled"
        begun = time.monotonic()
        self.server.ask("DELETE", f"/v1/jobs/{running}")
        assert self.server.follow(running)[-1]["state"] == "cancelled"
        took = within(time.monotonic() - begun, 2, "to cancel")
        for job in (running, waiting):
            answer = self.server.get(f"/v1/jobs/{job}/result")
            assert answer.status == 409 and answer.code() == "RL2507", answer
        return f"it ended after {took}"

    def case_cancel_a_report(self):
        job = self.server.add_job({"command": "report", "scenario": "april-2025"})
        self.server.wait_job(job, "running")
        time.sleep(0.5)
        begun = time.monotonic()
        assert self.server.ask("DELETE", f"/v1/jobs/{job}").status == 200
        state = self.server.wait_job(job)["state"]
        assert state == "cancelled", state
        return within(time.monotonic() - begun, 15, "to cancel a report")

    def case_unknown(self):
        for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/result"), ("GET", "/page"), ("DELETE", "")):
            for name in ("j999999", "no-such", "..%2f..%2flock", "j1"):
                answer = self.server.ask(method, f"/v1/jobs/{name}{path}")
                assert answer.status == 404 and answer.code() == "RL2504", (method, name, path, answer)

    def case_full(self):
        """64 may wait; the next is told to come again, and quick questions are answered all the same."""
        jobs = [self.hold()]
        jobs += [self.server.add_job({"command": "classify", **H20}) for _ in range(64)]
        answer = self.server.post("/v1/jobs", {"command": "classify", **H20})
        assert answer.status == 429 and answer.code() == "RL2505", answer
        assert int(answer.headers["Retry-After"]) > 0, answer.headers
        begun = time.monotonic()
        assert self.server.get("/v1/classify?chip=h20&to=SA").status == 200
        within(time.monotonic() - begun, 2, "a quick question")
        self.cancel(jobs[0])
        for job in jobs[1:]:
            assert self.server.wait_job(job)["state"] == "done"

    def case_turns(self):
        """One that asks for a little is not behind all that another has asked for before."""
        first = self.hold()
        many = [self.server.add_job({**SECOND, "seed": seed}, agent="A") for seed in range(6)]
        one = self.server.add_job({**SECOND, "seed": 9}, agent="B")
        assert self.server.job(one)["ahead"] < 3, self.server.job(one)
        self.server.ask("DELETE", f"/v1/jobs/{first}")
        assert self.server.wait_job(one)["state"] == "done"
        waiting = [job for job in many if self.server.job(job)["state"] == "queued"]
        assert len(waiting) >= 3, [self.server.job(job)["state"] for job in many]
        self.cancel(*many)

    def all(self):
        for name in ("follow", "fails", "cancel", "unknown", "full", "turns", "cancel_a_report"):
            yield "jobs: " + name.replace("_", " "), getattr(self, "case_" + name)


class Kept:
    """Jobs in a folder, each case with its own."""

    def __init__(self, redline, folder):
        self.redline, self.folder = redline, folder

    def new_folder(self, name):
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        return folder

    @staticmethod
    def files(folder):
        return sorted(path.name for path in folder.iterdir() if path.name != "jobs-lock")

    def outlive(self, how, expect):
        folder = self.new_folder(f"kept-{how}")
        requests = [{"command": "classify", **H20}, SECONDS, {"command": "classify", "chip": "h21"},
                    {**SECOND, "seed": 5}, {"command": "classify", "chip": "l20"}]
        with Server(self.redline, "--jobs", folder) as server:
            jobs = [server.add_job(request) for request in requests]
            assert server.wait_job(jobs[1], "running")["state"] == "running"
            status, took = server.stop(how)
            assert status == expect, (status, server.errors())
            note = within(took, 3, "its end")
        with Server(self.redline, "--jobs", folder) as server:
            states = [server.wait_job(job)["state"] for job in jobs]
            assert states == ["done", "done", "failed", "done", "done"], states
            for job, request in zip(jobs, requests):
                answer = server.get(f"/v1/jobs/{job}/result")
                asked = server.post("/v1/" + request["command"], fields_of(request))
                assert answer.status == asked.status, (answer, asked)
                assert answer.status != 200 or answer.results() == asked.results(), request
            assert server.add_job({"command": "classify", **H20}) not in jobs, "a number was given twice"
        # What has ended is there a third time, too, and nothing else is left.
        assert self.files(folder)[:5] == [f"{job}.job.json" for job in jobs], self.files(folder)
        assert len(self.files(folder)) == 6, self.files(folder)
        with Server(self.redline, "--jobs", folder) as server:
            assert server.get(f"/v1/jobs/{jobs[1]}/result").status == 200
        return f"ended after {note}"

    def case_interrupted(self):
        return self.outlive(signal.SIGTERM, 0)

    def case_killed(self):
        return self.outlive(signal.SIGKILL, -signal.SIGKILL)

    def fill(self, server, folder, big):
        """A job that cannot be kept is refused, and leaves nothing; one that can is taken."""
        before = self.files(folder)
        answer = server.post("/v1/jobs", {"command": "classify", "chip": "my.toml", "files": {"my.toml": "#" * big}})
        assert answer.status == 507 and answer.code() == "RL4001", answer
        assert self.files(folder) == before, self.files(folder)
        job = server.add_job({"command": "classify", "chip": "*", "why": True})  # its answer is too big to keep
        state = server.wait_job(job)
        assert state["state"] == "done" and state["unkept"], state
        assert server.get(f"/v1/jobs/{job}/result").status == 200
        return [f"{job}.job.json"]

    def case_full_disk(self):
        """A limit on the size of files, and where root may, a small disk."""
        folder = self.new_folder("limited")
        limit = 50_000
        with Server(self.redline, "--jobs", folder,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as server:
            kept = self.fill(server, folder, 2 * limit)
            assert self.files(folder) == kept, self.files(folder)
        folder = self.new_folder("small")
        folder.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder],
                                 capture_output=True, check=False).returncode == 0
        if not mounted:
            return "a small disk could not be mounted: skipped"
        try:
            with Server(self.redline, "--jobs", folder) as server:
                self.fill(server, folder, 200_000)
                assert self.files(folder) == ["j000001.job.json"], self.files(folder)
                (folder / "filler").write_bytes(bytes(4096))
                try:
                    with (folder / "filler").open("wb") as filler:
                        filler.write(bytes(1 << 20))
                except OSError:
                    pass  # full
                answer = server.post("/v1/jobs", {"command": "classify", **H20})
                assert answer.status == 507 and answer.code() == "RL4001", answer
                (folder / "filler").unlink()
                job = server.add_job({"command": "classify", **H20})
                assert server.wait_job(job)["state"] == "done"
                assert "unkept" not in server.job(job), server.job(job)
            # The answer that could not be kept is worked out anew.
            with Server(self.redline, "--jobs", folder) as server:
                assert server.wait_job("j000001")["state"] == "done"
        finally:
            subprocess.run(["umount", folder], check=False)
        return None

    def fails(self, code, *words, port=0, says=""):
        done = subprocess.run([self.redline, "serve", "--port", str(port), *map(str, words)],
                              capture_output=True, text=True, timeout=30 * SLOW, check=False)
        assert done.returncode in (2, 3) and f"error[{code}]" in done.stderr, (words, done)
        assert str(says) in done.stderr, (says, done.stderr)
        assert not done.stdout, done.stdout

    def case_unwritable(self):
        (self.folder / "file").write_text("", encoding="utf-8")
        self.fails("RL4001", "--jobs", self.folder / "file")
        self.fails("RL4001", "--jobs", "/proc/jobs")
        if os.getuid() == 0:
            return "root may write in a folder without permission: skipped"
        folder = self.new_folder("closed")
        folder.mkdir(mode=0o500)
        self.fails("RL4001", "--jobs", folder, says=folder)
        return None

    def case_damaged(self):
        """An error that names the file, and the server starts when it is moved away."""
        folder = self.new_folder("damaged")
        with Server(self.redline, "--jobs", folder) as server:
            job = server.add_job({"command": "classify", **H20})
            server.wait_job(job)
        whole = (folder / f"{job}.job.json").read_text(encoding="utf-8")
        file = folder / "j000002.job.json"
        state = whole.replace('"done"', '"dnoe"', 1)
        for text in ("", "{", whole[:100], whole[:-20], state, "[]", "null", "[" * 100_000, '{"state":"queued"}',
                     '{"state":"queued","request":[]}', "\0" * 100):
            file.write_text(text, encoding="utf-8")
            self.fails("RL1501", "--jobs", folder, says=file)
        file.unlink()
        (folder / "jx.job.json").write_text(whole, encoding="utf-8")
        self.fails("RL1501", "--jobs", folder, says="jx.job.json")
        (folder / "jx.job.json").unlink()
        # Damaged while the server runs: the answer says so, with a code.
        with Server(self.redline, "--jobs", folder) as server:
            (folder / f"{job}.job.json").write_text(whole[:100], encoding="utf-8")
            answer = server.get(f"/v1/jobs/{job}/result")
            assert answer.status >= 400 and answer.code() == "RL1501", answer
            (folder / f"{job}.job.json").unlink()
            answer = server.get(f"/v1/jobs/{job}/result")
            assert answer.status >= 400 and answer.code(), answer

    def case_two_servers(self):
        """One folder, one port: the second is told, the first goes on."""
        folder = self.new_folder("shared")
        with Server(self.redline, "--jobs", folder) as server:
            self.fails("RL2403", "--jobs", folder, says=folder)
            self.fails("RL2501", port=server.port, says=server.port)
            job = server.add_job({"command": "classify", **H20})
            assert server.wait_job(job)["state"] == "done"
            port = server.port
        # Both are free at once when it has ended.
        with Server(self.redline, "--jobs", folder, port=port) as server:
            assert server.get(f"/v1/jobs/{job}/result").status == 200

    def all(self):
        for name in ("interrupted", "killed", "full_disk", "unwritable", "damaged", "two_servers"):
            yield "kept jobs: " + name.replace("_", " "), getattr(self, "case_" + name)


class Ends:
    """Whatever is going on, an interrupt ends the server soon, with 0."""

    def __init__(self, redline):
        self.redline = redline

    def case(self, busy, how):
        def end():
            with Server(self.redline) as server:
                held = [server.connect() for _ in range(5)]
                for one in held:  # idle, after a request
                    one.sendall(malformed.get())
                    assert one.recv(4096).startswith(b"HTTP/1.1 200 ")
                last = busy(server)
                status, took = server.stop(how)
                assert status == 0, (status, server.errors())
                # A section of a report ends by itself.
                within(took, 15, "its end")
                if last:
                    answer = http_text(last)
                    assert answer.startswith(b"HTTP/1.1 503 ") and b"RL2505" in answer, answer
                return f"{took:.2f} s"
        return end

    @staticmethod
    def search(server):
        one = server.connect()
        body = json.dumps(fields_of(LONG)).encode()
        one.sendall(malformed.post(b"Content-Length: %d\r\n" % len(body), body, target=b"/v1/exposure"))
        before = server.cpu_s()
        wait_until(lambda: server.cpu_s() > before + 0.2, 20, "the search begins")
        return one

    @staticmethod
    def nothing(_):
        return None

    def many(self, server):
        self.held = [self.search(server)]
        for seed in range(20):
            one = server.connect()
            body = json.dumps({**fields_of(LONG), "seed": seed}).encode()
            one.sendall(malformed.post(b"Content-Length: %d\r\n" % len(body), body, target=b"/v1/exposure"))
            self.held.append(one)
        time.sleep(0.3)

    def half(self, text):
        def busy(server):
            self.held = [server.connect() for _ in range(3)]
            for one in self.held:
                one.sendall(text)
            time.sleep(0.3)
        return busy

    def deaf(self, server):
        self.held = [server.connect() for _ in range(3)]
        for one in self.held:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.sendall(malformed.get(b"/v1/classify?chip=*&why=true") * 8)
        time.sleep(1)

    def twice(self):
        """As `timeout` and others say it: to the program, and to its group."""
        with Server(self.redline) as server:
            server.process.send_signal(signal.SIGTERM)
            status, took = server.stop(signal.SIGTERM)
            assert status == 0, (status, server.errors())
            return within(took, 3, "its end")

    def job(self, request, follow=False):
        def busy(server):
            job = server.add_job(request)
            server.wait_job(job, "running")
            time.sleep(0.5)
            if follow:
                self.half(malformed.get(f"/v1/jobs/{job}/events".encode()))(server)
        return busy

    def all(self):
        report = {"command": "report", "scenario": "april-2025"}
        for name, how, busy in (
                ("SIGTERM", signal.SIGTERM, self.nothing), ("SIGINT", signal.SIGINT, self.nothing),
                ("SIGTERM while it searches", signal.SIGTERM, self.search),
                ("SIGINT while it searches", signal.SIGINT, self.search),
                ("SIGTERM while many wait", signal.SIGTERM, self.many),
                ("SIGTERM in half a head", signal.SIGTERM, self.half(b"GET /v1/ver")),
                ("SIGTERM in half a body", signal.SIGTERM, self.half(malformed.post(b"Content-Length: 99\r\n"))),
                ("SIGTERM while nobody reads", signal.SIGTERM, self.deaf),
                ("SIGTERM while a job is followed", signal.SIGTERM, self.job(LONG, follow=True)),
                ("SIGTERM while a report is made", signal.SIGTERM, self.job(report))):
            yield "ends: " + name, self.case(busy, how)
        yield "ends: SIGTERM twice at once", self.twice


def case_time_limit(redline):
    """An answer that takes too long says how to ask for it."""
    with Server(redline, "--timeout", "1") as server:
        begun = time.monotonic()
        answer = server.post("/v1/exposure", fields_of(LONG))
        took = time.monotonic() - begun
        assert answer.status == 504 and answer.code() == "RL2506" and "/v1/jobs" in answer.body.decode(), answer
        return within(took, 3, "the refusal")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("redline")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    redline = str(pathlib.Path(arguments.redline).resolve())
    cases = Cases()

    def run(named, server=None):
        for name, body in named:
            if arguments.only in name:
                cases.check(name, body)
                if server:
                    server.hang_up()

    with Server(redline) as server:
        run(Http(server, redline).all(arguments.seconds), server)
    run(Tokens(redline).all())
    with Server(redline) as server:
        run(Jobs(server).all(), server)
    with tempfile.TemporaryDirectory() as folder:
        run(Kept(redline, pathlib.Path(folder)).all())
    run(Ends(redline).all())
    run([("time limit", lambda: case_time_limit(redline))])
    raise SystemExit(cases.end())


if __name__ == "__main__":
    main()
