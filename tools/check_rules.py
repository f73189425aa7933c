#!/usr/bin/env python3
"""Checks data/rules, data/places and data/sources/rules.toml: keys, dates, predicates, sources.

A development aid that needs only the standard library; `redline data check` is the real thing.
Usage: tools/check_rules.py [DATA_DIR]
"""

import datetime
import pathlib
import re
import sys
import tomllib

KINDS = {
    "is-informed-letter", "interim-final-rule", "final-rule", "correcting-amendment", "guidance",
    "license-practice", "proclamation", "announcement", "draft", "measure", "bill", "boundary",
}
CONFIDENCES = {"primary", "filing", "guidance", "press", "secondary", "recalled"}
SOURCE_KINDS = CONFIDENCES | {"dataset", "note"}
POLICIES = {"denial", "case-by-case", "approval", "unstated"}
STATUSES = {"blocked", "restricted", "discouraged", "case-by-case", "pressure"}
ENDINGS = {"denial", "case-by-case", "approval", "NAC", "ACA", "HBM", "grant", "any"}

# Key: (type, required).
TOP = {
    "id": (str, True), "title": (str, True), "jurisdiction": (str, True), "kind": (str, True),
    "issued": (str, True), "published": (str, False), "citation": (str, False),
    "sources": (list, True), "confidence": (str, True), "summary": (str, True),
    "addressees": (list, False), "hypothetical": (bool, False), "version": (list, False),
}
VERSION = {
    "label": (str, False), "effective": (datetime.date, False),
    "compliance": (datetime.date, False), "until": (datetime.date, False),
    "not_enforced_from": (datetime.date, False), "enforcement_note": (str, False),
}
CLAUSES = {
    "test": {
        "item": (str, True), "eccn": (str, False), "paragraph": (str, True), "when": (str, True),
        "unless": (str, False), "unless_paragraph": (str, False),
    },
    "license": {
        "items": (list, True), "where": (str, True), "paragraph": (str, False),
        "letter": (bool, False), "scope_known": (bool, False),
    },
    "review": {
        "items": (list, True), "when": (str, True), "policy": (str, True), "paragraph": (str, False),
    },
    "exception": {
        "items": (list, True), "name": (str, True), "when": (str, True), "paragraph": (str, False),
    },
    "grant": {"when": (str, True)},
    "duty": {"when": (str, True), "percent": (float, True), "paragraph": (str, True)},
    "flag": {"name": (str, True), "items": (list, False), "when": (str, True), "text": (str, True)},
    "condition": {
        "applies_to": (str, True), "kind": (str, True), "text": (str, True), "when": (str, False),
        "items": (list, False),
    },
    "fee": {
        "percent": (float, True), "base": (str, True), "legal_form": (str, True),
        "when": (str, True),
    },
    "measure": {
        "status": (str, True), "when": (str, True), "scope": (str, True), "text": (str, True),
    },
}
CHOICES = {
    ("review", "policy"): POLICIES, ("exception", "name"): {"NAC", "ACA"},
    ("condition", "applies_to"): ENDINGS, ("condition", "kind"): {"certify", "notify", "comply"},
    ("measure", "status"): STATUSES, ("measure", "scope"): {"named", "general"},
}

NUMBERS = {
    "tpp", "pd", "die", "bits_tops", "io_bidir", "dram_bw", "letter_io", "mbd", "atc", "node_nm",
    "year",
}
BOOLEANS = {
    "dc", "has_hbm", "us_available", "node_nonplanar_or_16nm", "designer_approved_or_authorized",
    "packaged_by_fab_outside_mo_d5", "packaged_by_approved_osat",
}
PLACES = {"dest", "hq", "designer_hq", "export_from"}
STRINGS = {"kind", "chip", "chip_family", "vendor", "foundry", "exporter_role", "end_user"}

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|'(?P<string>[^']*)'|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>==|!=|<=|>=|[<>+\-*/()\[\],]))")


class Bad(Exception):
    pass


class Predicate:
    """A typed recursive-descent check of one predicate."""

    def __init__(self, text, groups, places):
        self.groups, self.places = groups, places
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise Bad(f"cannot read from {text[at:at + 20]!r}")
            kind = match.lastgroup
            value = match.group(kind)
            if kind == "name" and value in ("and", "or", "not", "in"):
                kind = "op"
            self.tokens.append((kind, value))
            at = match.end()
        self.at = 0
        if self.disjunction() != "bool":
            raise Bad("the whole is not a condition")
        if self.at != len(self.tokens):
            raise Bad(f"unexpected {self.tokens[self.at][1]!r}")

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else (None, None)

    def take(self, *ops):
        kind, value = self.peek()
        if kind == "op" and value in ops:
            self.at += 1
            return value
        return None

    def chain(self, part, *ops):
        kind = part()
        while self.take(*ops):
            if kind != "bool" or part() != "bool":
                raise Bad(f"{ops[0]!r} joins something that is not a condition")
        return kind

    def disjunction(self):
        return self.chain(self.conjunction, "or")

    def conjunction(self):
        return self.chain(self.negation, "and")

    def negation(self):
        if self.take("not"):
            if self.negation() != "bool":
                raise Bad("'not' before something that is not a condition")
            return "bool"
        return self.comparison()

    def comparison(self):
        left = self.sum()
        negated = self.tokens[self.at:self.at + 2] == [("op", "not"), ("op", "in")]
        if negated:
            self.at += 1
        if self.take("in"):
            return self.membership(left)
        op = self.take("==", "!=", "<", "<=", ">", ">=")
        if not op:
            return left
        at = self.at
        right = self.sum()
        if left == "date":
            datetime.date.fromisoformat(self.tokens[at][1])
        elif left == "place":
            self.place(self.tokens[at][1])
        elif left != right or left == "bool":
            raise Bad(f"{left} {op} {right}")
        if left in ("string", "place") and op not in ("==", "!="):
            raise Bad(f"{op!r} between strings")
        return "bool"

    def membership(self, left):
        kind, value = self.peek()
        if kind == "name":
            self.at += 1
            if left != "place" or value not in self.groups:
                raise Bad(f"unknown group {value!r}, or no place before it")
            return "bool"
        if not self.take("["):
            raise Bad("'in' wants a group or a list")
        while True:
            kind, value = self.peek()
            if kind != "string" or left not in ("string", "place"):
                raise Bad("a list holds strings and follows a string or a place")
            if left == "place":
                self.place(value)
            self.at += 1
            if self.take("]"):
                return "bool"
            if not self.take(","):
                raise Bad("',' or ']' expected")

    def place(self, code):
        if code not in self.places:
            raise Bad(f"unknown place {code!r}")

    def sum(self):
        return self.arithmetic(self.product, "+", "-")

    def product(self):
        return self.arithmetic(self.primary, "*", "/")

    def arithmetic(self, part, *ops):
        kind = part()
        while self.take(*ops):
            if kind != "number" or part() != "number":
                raise Bad("arithmetic on something that is not a number")
        return kind

    def primary(self):
        if self.take("("):
            kind = self.disjunction()
            if not self.take(")"):
                raise Bad("')' expected")
            return kind
        kind, value = self.peek()
        self.at += 1
        if kind in ("number", "string"):
            return kind
        if kind == "name":
            for names, result in ((NUMBERS, "number"), (BOOLEANS, "bool"), (PLACES, "place"),
                                  (STRINGS, "string"), ({"date"}, "date")):
                if value in names:
                    return result
            raise Bad(f"unknown name {value!r}")
        raise Bad(f"unexpected {value!r}" if value else "something is missing at the end")


class Checker:
    def __init__(self, root):
        self.root, self.problems = root, []
        self.sources = self.read_sources(root / "sources" / "rules.toml")
        self.used_sources = {"iso-3166-1", "unicode-cldr"}
        self.places = self.read_places(root / "places" / "places.toml")
        self.groups = self.read_groups(root / "places" / "groups.toml")
        self.tags, self.uses, self.ids = set(), [], {}
        self.files = sorted((root / "rules").rglob("*.toml"))
        for path in self.files:
            self.instrument(path)
        for path, tag in self.uses:
            if tag not in self.tags:
                self.problem(path, f"item {tag!r} is in no test")
        for source in sorted(self.sources - self.used_sources):
            self.problem(root / "sources" / "rules.toml", f"source {source!r} is not used")

    def problem(self, path, text):
        self.problems.append(f"{path}: {text}")

    def load(self, path):
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            self.problem(path, str(error))
            return {}

    def keys(self, path, where, table, fields, also=()):
        for key, value in table.items():
            if key in also:
                continue
            if key not in fields:
                self.problem(path, f"{where}: unknown key {key!r}")
            elif not isinstance(value, fields[key][0]) or isinstance(value, datetime.datetime):
                self.problem(path, f"{where}.{key}: wrong type")
            elif isinstance(value, str) and value != value.strip() or value in ("", []):
                self.problem(path, f"{where}.{key}: empty, or spaces around it")
            elif isinstance(value, list) and key != "version" and not all(
                    isinstance(x, str) for x in value):
                self.problem(path, f"{where}.{key}: strings expected")
        for key, (_, required) in fields.items():
            if required and key not in table:
                self.problem(path, f"{where}: {key!r} is missing")

    def choice(self, path, where, value, choices):
        if value not in choices:
            self.problem(path, f"{where}: {value!r} is none of {', '.join(sorted(choices))}")

    def read_sources(self, path):
        fields = {"id": (str, True), "title": (str, True), "url": (str, False), "kind": (str, True)}
        seen = set()
        for source in self.load(path).get("source", []):
            self.keys(path, f"source {source.get('id')}", source, fields)
            self.choice(path, f"source {source.get('id')}.kind", source.get("kind"), SOURCE_KINDS)
            if "url" in source and not re.fullmatch(r"https?://\S+", source["url"]):
                self.problem(path, f"source {source['id']}: not a URL")
            if source.get("id") in seen or not re.fullmatch(r"[a-z0-9-]+", source.get("id", "")):
                self.problem(path, f"source {source.get('id')!r}: id taken or not a slug")
            seen.add(source.get("id"))
        return seen

    def read_places(self, path):
        fields = {"code": (str, True), "name": (dict, True), "aliases": (list, False)}
        codes, names = set(), {}
        for place in self.load(path).get("place", []):
            code = place.get("code", "")
            self.keys(path, f"place {code}", place, fields)
            if set(place.get("name", {})) != {"en", "zh-Hans", "zh-Hant"}:
                self.problem(path, f"place {code}: name wants en, zh-Hans and zh-Hant")
            if code in codes or not re.fullmatch(r"[A-Z]{2}", code):
                self.problem(path, f"place {code!r}: code taken or malformed")
            codes.add(code)
            for name in {x.lower() for x in
                         (code, place.get("name", {}).get("en", ""), *place.get("aliases", []))}:
                if names.setdefault(name, code) != code:
                    self.problem(path, f"{name!r} means both {names[name]} and {code}")
        return codes

    def span(self, path, where, table):
        for key in ("from", "until"):
            if key in table and type(table[key]) is not datetime.date:
                self.problem(path, f"{where}.{key}: not a date")
        if "from" in table and "until" in table and table["until"] < table["from"]:
            self.problem(path, f"{where}: until before from")

    def read_groups(self, path):
        data = self.load(path)
        date = datetime.date
        seen = set()
        for group in data.get("group", []):
            name = group.get("id")
            self.keys(path, f"group {name}", group,
                      {"id": (str, True), "title": (str, True), "source": (str, True)}, ("member",))
            self.source(path, group.get("source"))
            if name in seen:
                self.problem(path, f"group {name!r}: id taken")
            seen.add(name)
            spans = {}
            for member in group.get("member", []):
                where = f"group {name}, {member.get('place')}"
                self.keys(path, where, member,
                          {"place": (str, True), "from": (date, False), "until": (date, False),
                           "note": (str, False)})
                self.choice(path, where, member.get("place"), self.places)
                self.span(path, where, member)
                span = (member.get("from", date.min), member.get("until", date.max))
                for first, last in spans.setdefault(member.get("place"), []):
                    if span[0] <= last and first <= span[1]:
                        self.problem(path, f"{where}: listed twice for the same days")
                spans[member.get("place")].append(span)
        for alias in data.get("alias", []):
            where = f"alias {alias.get('place')}"
            self.keys(path, where, alias, {"place": (str, True), "treated_as": (str, True),
                                           "from": (date, False), "until": (date, False)})
            self.span(path, where, alias)
            for key in ("place", "treated_as"):
                self.choice(path, where, alias.get(key), self.places)
        return seen

    def source(self, path, name):
        self.used_sources.add(name)
        if name not in self.sources:
            self.problem(path, f"unknown source {name!r}")

    def partial_date(self, path, where, text):
        match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", str(text))
        try:
            if not match:
                raise ValueError
            datetime.date(*(int(x or 1) for x in match.groups()))
        except ValueError:
            self.problem(path, f"{where}: {text!r} is no date")

    def instrument(self, path):
        data = self.load(path)
        if not data:
            return
        self.keys(path, "top", data, TOP)
        name = data.get("id", "")
        if name.lower() != path.stem:
            self.problem(path, f"id {name!r} does not match the file name")
        if self.ids.setdefault(name, path) != path:
            self.problem(path, f"id {name!r} is also in {self.ids[name]}")
        self.choice(path, "kind", data.get("kind"), KINDS)
        self.choice(path, "confidence", data.get("confidence"), CONFIDENCES)
        self.choice(path, "jurisdiction", data.get("jurisdiction"), self.places)
        bill = data.get("kind") == "bill"
        if bill != data.get("hypothetical", False):
            self.problem(path, "a bill is hypothetical, and nothing else is")
        for key in ("issued", "published"):
            if key in data:
                self.partial_date(path, key, data[key])
        for source in data.get("sources", []):
            self.source(path, source)
        first_line = path.read_text(encoding="utf-8").split("\n", 1)[0]
        if first_line != "#:schema ../../schema/instrument.schema.json":
            self.problem(path, "the #:schema line is missing")
        for index, version in enumerate(data.get("version", []), 1):
            self.version(path, f"version {index}", version, bill)

    def version(self, path, where, version, bill):
        self.keys(path, where, version, VERSION, CLAUSES)
        effective = version.get("effective")
        if bill == (effective is not None):
            self.problem(path, f"{where}: effective is for all but bills")
        for key in ("compliance", "until", "not_enforced_from"):
            if effective and key in version and version[key] < effective:
                self.problem(path, f"{where}: {key} before effective")
        for kind, fields in CLAUSES.items():
            for index, clause in enumerate(version.get(kind, []), 1):
                self.clause(path, f"{where}, {kind} {index}", kind, fields, clause)

    def clause(self, path, where, kind, fields, clause):
        self.keys(path, where, clause, fields)
        for key, value in clause.items():
            if (kind, key) in CHOICES:
                self.choice(path, f"{where}.{key}", value, CHOICES[kind, key])
            if key in ("when", "unless", "where"):
                try:
                    Predicate(value, self.groups, self.places)
                except (Bad, ValueError, TypeError, IndexError) as error:
                    self.problem(path, f"{where}.{key}: {error}: {value}")
        if ("unless" in clause) != ("unless_paragraph" in clause):
            self.problem(path, f"{where}: unless and unless_paragraph go together")
        if kind == "flag" and not re.fullmatch(r"[a-z0-9-]+", clause.get("name", "")):
            self.problem(path, f"{where}.name: lower case and dashes")
        if kind == "test":
            self.tags.add(clause.get("item"))
        self.uses += [(path, tag) for tag in clause.get("items", [])]


def main(arguments):
    here = pathlib.Path(__file__).resolve().parent.parent
    checker = Checker(pathlib.Path(arguments[0]) if arguments else here / "data")
    for problem in checker.problems:
        print(problem)
    print(f"{len(checker.files)} instruments, {len(checker.sources)} sources, "
          f"{len(checker.places)} places, {len(checker.groups)} groups: "
          f"{len(checker.problems)} problems")
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
