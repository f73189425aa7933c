#!/usr/bin/env python3
"""/openapi.json is sound, and true: what it says of the API is what the API does.

    openapi.py REDLINE
"""

import json
import re
import sys
import time
import urllib.parse

from client import SLOW, Cases, Server

TYPES = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list, "object": dict,
         "null": type(None)}
# A value of each kind that may be no sensible one, but is one.
PLAUSIBLE = {"as_of": "2025-04-16", "diff": "2025-04-08..2025-04-16", "since": "2026-01-01", "until": "2026-12-31",
             "to": "SA", "hq": "CN", "from": "SG", "chip": "l20", "system": "hgx-h20-8", "model": "llama-3.1-8b",
             "ttft": "2s", "tpot": "50ms", "chips": 64, "set": {"tpp": 2300}, "files": {"note.txt": "x"}, "id": 7}
# Both are told where both are wrong: then one request shows whether a third is known, and costs nothing.
UNKNOWN = ("no_such_field", "a_other")


class Document:
    def __init__(self, server):
        self.server = server
        self.root = server.get("/openapi.json").json()
        self.commands = {path.removeprefix("/v1/"): item for path, item in self.root["paths"].items()
                         if "requestBody" in item.get("post", {}) and path != "/v1/jobs"}
        self.slow = set()  # whose example took long

    def resolve(self, value):
        if isinstance(value, dict) and "$ref" in value:
            place = self.root
            for part in value["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            return place
        return value

    def schema(self, command):
        return self.root["components"]["schemas"][command]

    def example(self, command):
        return self.commands[command]["post"]["requestBody"]["content"]["application/json"]["example"]

    def misfits(self, schema, value, where="answer"):
        """Where a value is not what a schema of this document says."""
        schema = self.resolve(schema)
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if kinds and not any(isinstance(value, TYPES[kind]) and not (isinstance(value, bool) and kind != "boolean")
                             for kind in kinds):
            return [f"{where} is {value!r:.80}, not {kinds}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where} is {value!r:.80}, none of {schema['enum']}")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{where} is {value!r:.80}, not like {schema['pattern']}")
        if isinstance(value, dict):
            known = schema.get("properties", {})
            found += [f"{where}.{key} is missing" for key in schema.get("required", []) if key not in value]
            for key, item in value.items():
                if key in known:
                    found += self.misfits(known[key], item, f"{where}.{key}")
                elif schema.get("additionalProperties") is False:
                    found.append(f"{where}.{key} is not known")
        if isinstance(value, list):
            for number, item in enumerate(value):
                found += self.misfits(schema.get("items", {}), item, f"{where}[{number}]")
        return found

    def fits(self, name, value):
        found = self.misfits(self.root["components"]["schemas"][name], value)
        assert not found, found[:5]


def check_structure(document):
    root = document.root
    assert root["openapi"] == "3.1.0" and root["info"]["title"] and root["info"]["version"], root["info"]
    assert root["info"]["version"] == document.server.get("/v1/version").json()["redline"]
    refs, operations = [], []

    def walk(value):
        if isinstance(value, dict):
            if "$ref" in value:
                refs.append(value["$ref"])
                assert len(value) == 1 and document.resolve(value) is not None, value
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(root)
    for path, item in root["paths"].items():
        in_path = set(re.findall(r"\{(\w+)\}", path))
        assert path.startswith("/") and not set(item) - {"get", "post", "delete", "parameters"}, (path, set(item))
        for method in {"get", "post", "delete"} & set(item):
            operation = item[method]
            operations.append(operation["operationId"])
            assert operation["summary"] and operation["responses"], path
            for status, response in operation["responses"].items():
                assert re.fullmatch("[2-5][0-9][0-9]|default", status), (path, status)
                assert document.resolve(response)["description"], (path, status)
            parameters = [document.resolve(one) for one in item.get("parameters", []) + operation.get("parameters", [])]
            names = [(one["in"], one["name"]) for one in parameters]
            assert len(set(names)) == len(names), (path, method, "a parameter twice")
            assert {name for place, name in names if place == "path"} == in_path, (path, names)
            for one in parameters:
                assert one["schema"] and (one["in"] != "path" or one["required"] is True), (path, one)
    assert len(set(operations)) == len(operations), sorted(operations)
    commands = document.server.get("/v1").json()["commands"]
    assert sorted(commands) == sorted(document.commands), set(commands) ^ set(document.commands)
    for command in commands:
        item, schema = document.commands[command], document.schema(command)
        asked = {one["name"] for one in map(document.resolve, item["get"]["parameters"])} - {"fields"}
        assert asked == set(schema["properties"]) - {"id", "files"}, (command, asked ^ set(schema["properties"]))
        for name, one in schema["properties"].items():
            assert one["description"] and one["type"], (command, name)
        assert set(schema.get("required", [])) <= set(document.example(command)), command
    return f"{len(refs)} references, {len(operations)} operations"


def check_example(document, command):
    """Answered by POST and GET with the same results."""
    server, example = document.server, document.example(command)
    found = document.misfits(document.schema(command), example, "example")
    assert not found, found
    begun = time.monotonic()
    posted = server.post(f"/v1/{command}", example)
    took = time.monotonic() - begun
    assert posted.status == 200, posted
    envelope = posted.json()
    document.fits("Envelope", envelope)
    assert envelope["schema"] == f"redline.{command}/1" or command.startswith("data-"), envelope["schema"]
    assert envelope["results"], command
    with_id = server.post(f"/v1/{command}", {"id": "mine", **example}) if took < 1 else None
    assert not with_id or with_id.json()["id"] == "mine", with_id
    if took > 0.3:
        document.slow.add(command)
    if took > 20:
        return f"{took:.1f} s, not asked again by GET"
    query = [(name, one if isinstance(one, str) else json.dumps(one))
             for name, value in example.items() for one in (value if isinstance(value, list) else [value])]
    got = server.get(f"/v1/{command}?{urllib.parse.urlencode(query)}")
    assert got.status == 200, got
    assert got.results() == envelope["results"], "GET has other results than POST"
    return f"{took:.1f} s"


def values_of(name, schema):
    """Values that the field may have, by its document."""
    if schema.get("examples"):
        return [choice if "boolean" not in schema["type"] else choice == "true" for choice in schema["examples"]]
    if name in PLAUSIBLE:
        return [PLAUSIBLE[name]]
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    return [{"string": "1", "number": 2, "boolean": True, "object": {}}[kind]]


def unknown_in(answer):
    """Fields that an answer says are not known."""
    errors = answer.json().get("error", {}).get("errors", [])
    assert answer.status == 200 or errors and all(re.fullmatch("RL[0-9]{4}", one["code"]) for one in errors), answer
    return {match[1] for one in errors if (match := re.search("no field '([^']*)'", one["message"]))}


def check_fields(document, command):
    """Each field is known, with each value that it may have; no other is."""
    server, schema, example = document.server, document.schema(command), document.example(command)
    path, asked = f"/v1/{command}", 0
    both = unknown_in(server.post(path, {**example, **dict.fromkeys(UNKNOWN, 1)})) == set(UNKNOWN)
    for name, field in schema["properties"].items():
        for value in values_of(name, field):
            request = {**example, name: value}
            if both:
                answer = server.post(path, {**request, **dict.fromkeys(UNKNOWN, 1)})
                assert unknown_in(answer) == set(UNKNOWN), (name, value, answer)
                asked += 1
            if not both or command not in document.slow:
                answer = server.post(path, request)
                # What has a meaning is answered, or refused for what it means.
                assert answer.status in (200, 400, 504), (name, value, answer)
                assert not unknown_in(answer), (name, value, answer)
                asked += 1
    if schema["additionalProperties"] is False:
        for wrong in (*UNKNOWN, "", "Chip", "__proto__", "chip.id"):
            for value in (1, None, {"a": [1]}):
                answer = server.post(path, {**example, wrong: value})
                assert answer.status == 400 and wrong in unknown_in(answer), (wrong, value, answer)
                document.fits("Problem", answer.json())
        assert unknown_in(server.get(f"{path}?no_such_field=1")) == {"no_such_field"}, command
    return f"{asked} asked" + (" together with what is wrong" if command in document.slow else "")


def check_jobs(document):
    server = document.server
    job = server.add_job({"command": "classify", **document.example("classify")})
    document.fits("Job", server.wait_job(job))
    for event in server.follow(job):
        document.fits("Job", event)
    document.fits("Envelope", server.get(f"/v1/jobs/{job}/result").json())
    for one in server.get("/v1/jobs").json()["jobs"]:
        document.fits("Job", one)
    failed = server.add_job({"command": "classify", "chip": "h21"})
    document.fits("Job", server.wait_job(failed))
    for answer in (server.get(f"/v1/jobs/{failed}/result"), server.get("/v1/jobs/j999999"), server.get("/v1/nothing"),
                   server.post("/v1/jobs", {"command": "no"}), server.get("/v1", headers={"Host": "evil.example"})):
        assert answer.status >= 400, answer
        document.fits("Problem", answer.json())


def check_texts(document):
    for language in document.root["paths"]["/v1/texts/{language}"]["parameters"][0]["schema"]["enum"]:
        texts = document.server.get(f"/v1/texts/{language}").json()
        assert all(isinstance(text, str) for text in texts.values()), language
        assert len(texts) > 100 or language == "en", language  # whose texts are the keys


def main():
    cases = Cases()
    # What is waited for has all the time it needs: sanitizers are slow.
    with Server(sys.argv[1], "--timeout", int(60 * SLOW)) as server:
        document = Document(server)
        cases.check("structure", lambda: check_structure(document))
        for command in document.commands:
            cases.check(f"example of {command}", lambda c=command: check_example(document, c))
            cases.check(f"fields of {command}", lambda c=command: check_fields(document, c))
        cases.check("jobs", lambda: check_jobs(document))
        cases.check("texts", lambda: check_texts(document))
    raise SystemExit(cases.end())


if __name__ == "__main__":
    main()
