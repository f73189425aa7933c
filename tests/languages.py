#!/usr/bin/env python3
"""Runs the program in every language, and compares what must be the same.

    languages.py REDLINE

Machine formats are the same bytes in every language. The brief says the same in each: the same ids
and figures, the same report.json; and a Chinese brief holds no English sentence but titles of
sources, names and texts in the language of the data (formulas, commands).
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["en", "zh-Hans", "zh-Hant"]
MACHINE = [
    ["classify", "h20", "--as-of", "2025-04-16"],
    ["classify", "h20*", "l20", "--to", "SA", "--as-of", "2026-09-01"],
    ["classify", "h200-sxm", "--timeline"],
    ["data", "list", "rules"],
    ["data", "list", "places"],
    ["data", "show", "h20"],
    ["data", "schema", "predicate"],
    ["explain"],
]
# Words of ASCII letters in a row that make an English sentence.
SENTENCE = re.compile(r"[A-Za-z'-]+[a-z](?:[ ,;:]+[A-Za-z'-]+[a-z]){4,}")
# Ids and figures: what has a digit and is long enough not to be a count in a sentence.
FIGURE = re.compile(r"[A-Za-z0-9][\w.,-]*[0-9][\w.-]*")


def run(redline: Path, words: list[str], language: str) -> bytes:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    return subprocess.run([redline, *words, "--lang", language], env=environment,
                          capture_output=True, check=True, timeout=120).stdout


def without_run(text: bytes) -> object:
    envelope = json.loads(text)
    envelope.pop("run", None)  # the command line, and how long it took
    return envelope


def machine_formats(redline: Path) -> list[str]:
    problems = []
    for words in MACHINE:
        for form in ("json", "ndjson", "csv"):
            asked = [*words, "--format", form]
            first, *others = [run(redline, asked, language) for language in LANGUAGES]
            same = (all(without_run(first) == without_run(other) for other in others)
                    if form == "json" else all(first == other for other in others))
            if not same:
                problems.append(f"{' '.join(asked)} differs between languages")
    return problems


def text_nodes(page: str) -> list[str]:
    """What a reader sees, but for code, styles, the titles of sources and the names of things."""
    page = re.sub(r"<(style|script|code)\b.*?</\1>", " ", page, flags=re.S)
    page = re.sub(r'<a href="http.*?</a>', " ", page, flags=re.S)
    return [html.unescape(text).strip() for text in re.split(r"<[^>]*>", page) if text.strip()]


def source_titles() -> set[str]:
    titles = set()
    for path in (ROOT / "data" / "sources").glob("*.toml"):
        with open(path, "rb") as file:
            titles |= {source["title"] for source in tomllib.load(file)["source"]}
    return titles


def data_words() -> set[str]:
    """Texts of the data that stand for themselves: names, and what a statement said."""
    words = set()
    for path in (ROOT / "data" / "chips").rglob("*.toml"):
        with open(path, "rb") as file:
            words.add(tomllib.load(file)["name"])
    return words


def figures(page: str) -> set[str]:
    """Ids and figures of four digits or with a point; a Chinese text writes months as numbers."""
    found = set()
    for text in text_nodes(page):
        for one in FIGURE.findall(text):
            one = one.strip(".,-")
            if re.fullmatch(r"[0-9,]+", one) and len(one) < 4:
                continue
            if re.search(r"[0-9]{4}|[0-9]\.[0-9]|[a-z]-|-[0-9]", one):
                found.add(one)
    return found


def english_sentences(page: str, known: set[str]) -> list[str]:
    found = []
    for text in text_nodes(page):
        rest = text
        for title in known:
            rest = rest.replace(title, " ")
        found += SENTENCE.findall(rest)
    return found


def brief(redline: Path, folder: Path) -> list[str]:
    problems = []
    pages: dict[str, str] = {}
    reports = {}
    for language in LANGUAGES:
        out = folder / language
        run(redline, ["report", "april-2025", "-o", str(out)], language)
        pages[language] = (out / "report.html").read_text(encoding="utf-8")
        reports[language] = without_run((out / "report.json").read_bytes())
        if f'<html lang="{language}">' not in pages[language]:
            problems.append(f"the brief in {language} says another language")
    known = source_titles() | data_words()
    for language in LANGUAGES[1:]:
        if reports[language] != reports["en"]:
            problems.append(f"report.json differs between en and {language}")
        missing = figures(pages["en"]) - figures(pages[language])
        surplus = figures(pages[language]) - figures(pages["en"])
        if missing or surplus:
            problems.append(f"{language}: without {sorted(missing)}, with {sorted(surplus)}")
        for sentence in sorted(set(english_sentences(pages[language], known))):
            problems.append(f"{language}: not translated: {sentence}")
    if not english_sentences(pages["en"], known):
        problems.append("the search for English sentences finds none in the English brief")
    return problems


def main() -> int:
    redline = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        problems = machine_formats(redline) + brief(redline, Path(folder))
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
