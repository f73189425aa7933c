"""Bytes that are no good request, and what may become of them.

A `REST` stands behind those whose end is in doubt: a request that would be answered if the server took
what it has refused, or has misread, for a request of its own.
"""

HOST = b"Host: localhost\r\n"
TYPE = b"Content-Type: application/json\r\n"
REST = b"GET /v1/version HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
BODY = b'{"chip":"h20"}'
MIB = 1 << 20


def get(target=b"/v1/version", more=b"", version=b"HTTP/1.1", host=HOST):
    return b"GET " + target + b" " + version + b"\r\n" + host + more + b"\r\n"


def post(more, body=BODY, kind=TYPE, method=b"POST", target=b"/v1/classify"):
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + kind + more + b"\r\n" + body


def length(what, body=BODY):
    return post(b"Content-Length: " + what + b"\r\n", body)


def chunked(body, more=b""):
    return post(b"Transfer-Encoding: chunked\r\n" + more, body)


RANGES = b"Range: bytes=" + b",".join(b"%d-" % i for i in range(1000)) + b"\r\n"
REFUSED_LENGTH = b"Content-Length: %d\r\n" % len(REST)

# Never answered with 200, and what follows is nobody's request.
REFUSED = {
    "no version": b"GET /v1/version\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n",
    "HTTP/1.2": get(version=b"HTTP/1.2"),
    "HTTP/2.0": get(version=b"HTTP/2.0"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
    "TLS hello": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "lower case": b"get /v1/version http/1.1\r\n" + HOST + b"\r\n",
    "tabs": b"GET\t/v1/version\tHTTP/1.1\r\n" + HOST + b"\r\n",
    "only blanks": b" " * 500 + b"\r\n\r\n",
    "an empty line": b"\r\n",
    "NUL in the target": get(b"/v1/ver\0sion"),
    "only NUL": bytes(5000),
    "high bytes": bytes(range(128, 256)) * 4 + b"\r\n\r\n",
    "bare LF": REST.replace(b"\r\n", b"\n"),
    "bare CR": REST.replace(b"\r\n", b"\r"),
    "a request line of 1 MiB": get(b"/" + b"a" * MIB),
    "a line without end": b"GET /" + b"a" * MIB,
    "100,000 headers": get(more=b"A: b\r\n" * 100_000),
    "a header of 9 KB": get(more=b"X: " + b"a" * 9000 + b"\r\n"),
    "a header of 1 MB": get(more=b"X: " + b"a" * MIB + b"\r\n"),
    "a name of 1 MB": get(more=b"a" * MIB + b": x\r\n"),
    "a blank before the colon": post(b"Content-Length : 14\r\n"),
    "two lengths": post(b"Content-Length: 14\r\nContent-Length: 15\r\n"),
    "one length twice": post(b"Content-Length: 14\r\nContent-Length: 14\r\n"),
    "a list of lengths": length(b"14, 14"),
    "an empty length, then one": post(b"Content-Length: \r\n" + REFUSED_LENGTH, b""),
    "a negative length": length(b"-1"),
    "a signed length": length(b"+14"),
    "a hexadecimal length": length(b"0xe"),
    "a fraction as length": length(b"14.0"),
    "an overflowing length": length(b"18446744073709551630"),
    "a length of 2^63": length(b"9223372036854775808"),
    "a length over the limit": length(b"1048577"),
    "no length": post(b"", b""),
    "length and chunks": post(b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunks and length": post(b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n"),
    "TE gzip": post(b"Transfer-Encoding: gzip\r\n"),
    "TE gzip, chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "TE xchunked": post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "TE empty, then chunked": post(b"Transfer-Encoding: \r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "a chunk size of letters": chunked(b"zz\r\n{}\r\n0\r\n\r\n"),
    "an empty chunk size": chunked(b"\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk": chunked(b"-1\r\n{}\r\n0\r\n\r\n"),
    "a chunk of 2^64-1": chunked(b"ffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "a chunk of 68 bits": chunked(b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "a chunk over the limit": chunked(b"200000\r\n" + b" " * 2 * MIB + b"\r\n0\r\n\r\n"),
    "chunks over the limit": chunked((b"10000\r\n" + b" " * 65536 + b"\r\n") * 20 + b"0\r\n\r\n"),
    "chunks of one byte over the limit": chunked(b"1\r\n \r\n" * 300_000 + b"0\r\n\r\n"),
    "a chunk extension of 1 MB": chunked(b"1;" + b"a" * 900_000 + b"\r\n{\r\n0\r\n\r\n"),
    "compressed": post(b"Content-Encoding: gzip\r\n" + REFUSED_LENGTH, b""),
    "compressed to nothing": post(b"Content-Encoding: br\r\n" + REFUSED_LENGTH, b""),
    "text as body": post(REFUSED_LENGTH, b"", kind=b"Content-Type: text/plain\r\n"),
    "a body of no type": post(REFUSED_LENGTH, b"", kind=b""),
    "a form": post(REFUSED_LENGTH, b"", kind=b"Content-Type: application/x-www-form-urlencoded\r\n"),
    "multipart": post(REFUSED_LENGTH, b"", kind=b"Content-Type: multipart/form-data; boundary=x\r\n"),
    "multipart without boundary": post(REFUSED_LENGTH, b"", kind=b"Content-Type: multipart/form-data\r\n"),
    "GET with a body": post(REFUSED_LENGTH, b"", method=b"GET"),
    "GET with chunks": post(b"Transfer-Encoding: chunked\r\n", b"", method=b"GET"),
    "HEAD with a body": post(REFUSED_LENGTH, b"", method=b"HEAD"),
    "DELETE with a body": post(REFUSED_LENGTH, b"", method=b"DELETE", target=b"/v1/jobs/j000001"),
    "OPTIONS with a body": post(REFUSED_LENGTH, b"", method=b"OPTIONS"),
    "PUT": post(REFUSED_LENGTH, b"", method=b"PUT"),
    "PATCH": post(REFUSED_LENGTH, b"", method=b"PATCH"),
    "a body from a stranger": post(b"Origin: http://evil.example\r\n" + REFUSED_LENGTH, b""),
    "POST to nothing": post(REFUSED_LENGTH, b"", target=b"/v1/CLASSIFY"),
}

# Whole requests, but never answered with 200.
WRONG = {
    "unknown method": b"FOO /v1/version HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT localhost:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a target of 9 KB": get(b"/" + b"a" * 9000),
    "a query of 9 KB": get(b"/v1/classify?chip=" + b"a" * 9000),
    "no Host": get(host=b""),
    "OPTIONS *": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "bad escapes": get(b"/v1/classify?chip=%zz%2&%=%%%"),
    "an escaped NUL": get(b"/v1/version%00"),
    "dots to a file of the API": get(b"/v1/texts/..%2f..%2fetc%2fpasswd"),
    "dots in a name": get(b"/v1/classify?chip=../../../etc/passwd"),
    "a path as a name": get(b"/v1/classify?chip=/etc/passwd"),
    "overlong UTF-8 in a value": get(b"/v1/classify?chip=%c0%af%c0%af"),
    "bytes in a value": get(b"/v1/classify?chip=\xff\xfe"),
    "UTF-8 in a value": get("/v1/classify?chip=\u82af\u7247".encode()),
    "no range": get(more=b"Range: bytes=x\r\n"),
}

# At most one answer, whatever it says: a server may be lenient, but not misled.
AT_MOST_ONE = {
    "a header without colon": get(more=b"nonsense\r\nConnection: close\r\n"),
    "a folded header": get(more=b"X: a\r\n b\r\nConnection: close\r\n"),
    "CR in a header": get(more=b"X: a\rContent-Length: 50\r\nConnection: close\r\n"),
    "NUL in a header": get(more=b"X: a\0b\r\nConnection: close\r\n"),
    "two Hosts": get(more=b"Host: evil.example\r\nConnection: close\r\n"),
    "HTTP/1.0": get(version=b"HTTP/1.0"),
    "an absolute target": get(b"http://localhost/v1/version", b"Connection: close\r\n"),
    "an absolute target elsewhere": get(b"http://evil.example/v1/version", b"Connection: close\r\n"),
    "*": get(b"*", b"Connection: close\r\n"),
    "dots": get(b"/../../../../etc/passwd", b"Connection: close\r\n"),
    "escaped dots": get(b"/%2e%2e/%2e%2e/etc/passwd", b"Connection: close\r\n"),
    "overlong UTF-8 in the path": get(b"/\xc0\xaf%c0%af", b"Connection: close\r\n"),
    "1000 ranges": get(b"/v1", RANGES + b"Connection: close\r\n"),
    "a range of 8 KB": get(b"/v1", b"Range: bytes=" + b"9" * 8000 + b"-\r\nConnection: close\r\n"),
    "an unknown Expect": post(b"Expect: 200-ok\r\nContent-Length: 14\r\nConnection: close\r\n"),
    "two codings": chunked(b"e\r\n" + BODY + b"\r\n0\r\n\r\n",
                           b"Transfer-Encoding: identity\r\nConnection: close\r\n"),
    "a chunk size with 0x": chunked(b"0xe\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk size after a blank": chunked(b" e\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "a chunk without its end": chunked(b"e\r\n" + BODY + b"XX0\r\n\r\n"),
    "a smuggled chunk": chunked(b"e\r\n" + BODY + b"0\r\n\r\n"),
    "trailers": chunked(b"e\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n", b"Connection: close\r\n"),
    "two spaces": b"GET  /v1/version HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
}

# A request that is cut off gets no 200 either; nothing follows it.
CUT_OFF = {
    "nothing": b"",
    "half a line": b"GET /v1/ver",
    "half a head": b"GET /v1/version HTTP/1.1\r\nHost: lo",
    "no end of the head": b"GET /v1/version HTTP/1.1\r\nHost: localhost\r\n",
    "half a body": post(b"Content-Length: 100\r\n"),
    "half a chunk": chunked(b"e\r\n{"),
    "no last chunk": chunked(b"e\r\n" + BODY + b"\r\n"),
}

# Good, if unusual: so many answers with 200 (an interim 100 does not count).
SERVED = {
    "pipelined": (get() * 3 + REST, 4),
    "after a good body": (length(b"14") + REST, 2),
    "chunks": (chunked(b"e\r\n" + BODY + b"\r\n0\r\n\r\n", b"Connection: close\r\n"), 1),
    "chunks of one byte": (chunked(b"".join(b"1\r\n%c\r\n" % c for c in BODY) + b"0\r\n\r\n",
                                   b"Connection: close\r\n"), 1),
    "a chunk with an extension": (chunked(b"e;a=b\r\n" + BODY + b"\r\n0\r\n\r\n", b"Connection: close\r\n"), 1),
    "Expect: 100-continue": (post(b"Expect: 100-continue\r\nContent-Length: 14\r\nConnection: close\r\n"), 1),
    "a type with parameters": (post(b"Content-Length: 14\r\nConnection: close\r\n",
                                    kind=b"content-type: Application/JSON; charset=utf-8\r\n"), 1),
    "escapes": (get(b"/v1/classify?chip=%68%320", b"Connection: close\r\n"), 1),
    "a page of the application": (get(b"/chip/h20", b"Connection: close\r\n"), 1),
    "Upgrade": (get(more=b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 1),
}
