#!/usr/bin/env python3
"""House rules that a compiler does not check.

    tests/house.py [ROOT]       check a source tree
    tests/house.py --self-test  prove that each rule can fail

Fails: library code that prints, exits, or reads the environment or the clock; absolute paths of
some machine; text outside ASCII in code; an error code that nothing raises or that has no page.
Warns: files of more than 500 lines.
"""

import pathlib
import re
import sys
import tempfile

CODE_FOLDERS = ("include", "src", "cli", "server", "mpi", "bench", "tests", "tools")
CODE_SUFFIXES = {".h", ".cc", ".in", ".py", ".sh", ".cmake", ".txt"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".md", ".toml", ".json"}
LONGEST_FILE = 500

# In include/ and src/; `report_bug` in base/error.cc is the one way out.
FORBIDDEN = [
    (r"(?<![\w.>])(?:std::)?(?:exit|abort|quick_exit|_exit)\s*\(", "ends the process"),
    (r"std::(?:cout|cerr|clog)\b", "writes to a standard stream"),
    (r"(?<!\w)(?:std::)?(?:v?f?printf|fputs|puts)\s*\(", "writes to a standard stream"),
    (r"\bfmt::print\s*\(", "writes to a standard stream"),
    (r"(?<!\w)(?:std::)?(?:secure_)?getenv\s*\(", "reads the environment"),
    (r"\b(?:system_clock|high_resolution_clock|utc_clock)::now\b", "reads the clock"),
    (r"(?<![\w.>])(?:std::)?(?:time|localtime|gmtime)\s*\(\s*(?:NULL|nullptr|0|&)", "reads the clock"),
    (r"\bsetlocale\s*\(|std::locale\b", "uses the locale"),
]
BUG_REPORT = "src/base/error.cc"
MACHINE_PATH = re.compile(r"(?<![\w./:~$}*-])/(?:home|root|Users|work|mnt|workspace)/[\w.-]+")
COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL
)


def blank(match):
    """Comments and texts as blanks, lines kept."""
    return re.sub(r"[^\n]", " ", match.group(0))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def sources(root, folders, suffixes):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "corpus" not in path.parts:
                if path.name != "house.py":
                    yield path, path.relative_to(root).as_posix()


def check_library(name, code):
    if name == BUG_REPORT:
        body = code.find("void report_bug")
        code = code[:body] if body >= 0 else code
    for pattern, what in FORBIDDEN:
        for match in re.finditer(pattern, code):
            yield f"{name}:{line_of(code, match.start())}: library code {what}: {match.group(0)}"


def check_tree(root):
    problems, warnings = [], []
    for path, name in sources(root, CODE_FOLDERS, CODE_SUFFIXES):
        text = path.read_text(encoding="utf-8")
        if path.suffix in {".h", ".cc"}:
            code = COMMENT_OR_TEXT.sub(blank, text)
            for match in re.finditer(r"[^\x00-\x7f]", code):
                problems.append(f"{name}:{line_of(code, match.start())}: not ASCII, in code")
            if name.startswith(("include/", "src/")) and not name.endswith("_test.cc"):
                problems += check_library(name, code)
            lines = text.count("\n")
            if lines > LONGEST_FILE:
                warnings.append(f"{name}: {lines} lines; {LONGEST_FILE} read better")
    folders = (*CODE_FOLDERS, "data", "docs", "examples")
    for path, name in sources(root, folders, TEXT_SUFFIXES):
        text = path.read_text(encoding="utf-8")
        for match in MACHINE_PATH.finditer(text):
            problems.append(f"{name}:{line_of(text, match.start())}: path of a machine: {match.group(0)}")
    problems += check_codes(root)
    return problems, warnings


def check_codes(root):
    """Each code of the enumeration is raised somewhere and has a page in the catalogue."""
    header = root / "include/redline/error.h"
    catalogue = root / "src/base/error_catalogue.cc"
    body = re.search(r"enum class Code[^{]*\{(.*?)\}", header.read_text(encoding="utf-8"), re.DOTALL)
    if body is None:
        return [f"{header}: no list of codes"]
    pages = catalogue.read_text(encoding="utf-8")
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for path, name in sources(root, ("include", "src", "cli", "server", "mpi"), {".h", ".cc"})
        if path not in (header, catalogue) and not name.endswith("_test.cc")
    )
    problems = []
    for code in re.findall(r"\b(k\w+)\s*=", body.group(1)):
        if not re.search(rf"\bCode::{code}\b", pages):
            problems.append(f"src/base/error_catalogue.cc: Code::{code} has no page")
        if code != "kBug" and not re.search(rf"\bCode::{code}\b", used):
            problems.append(f"include/redline/error.h: nothing raises Code::{code}")
    return problems


def self_test():
    good = {
        "include/redline/error.h": "enum class Code : int { kBad = 1001, kBug = 9001 };\n",
        "src/base/error_catalogue.cc": "{Code::kBad, 1}, {Code::kBug, 2}\n",
        "src/base/error.cc": 'fail(Code::kBad);\nvoid report_bug() { std::fprintf(e); std::exit(70); }\n',
        "src/data/x.cc": '// exit(1) in words, caf\u00e9\nauto s = "std::cout \u82af"; on_exit(1); print.time(0);\n',
    }
    faults = {
        "src/data/a.cc": "std::exit(1);\n",
        "src/data/b.cc": "std::cout << 1;\n",
        "src/data/c.cc": 'printf("x");\n',
        "src/data/d.cc": 'std::getenv("HOME");\n',
        "src/data/e.cc": "std::chrono::system_clock::now();\n",
        "src/data/f.cc": "int \u00e9 = 1;\n",
        "src/data/g.cc": "abort();\n",
        "tools/h.sh": "cd /home/someone/redline\n",
        "src/base/error_catalogue.cc": "{Code::kBug, 2}\n",
        "include/redline/error.h": "enum class Code { kBad = 1, kBug = 2, kBa = 3 };\n",
    }
    for path, text in {**faults, None: None}.items():
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for one, content in {**good, **({path: text} if path else {})}.items():
                (root / one).parent.mkdir(parents=True, exist_ok=True)
                (root / one).write_text(content, encoding="utf-8")
            problems, _ = check_tree(root)
            assert bool(problems) == bool(path), (path, problems)
    print(f"house: self-test passed, {len(faults)} faults found")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    problems, warnings = check_tree(root)
    for warning in warnings:
        print(f"warning: {warning}")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"house: {len(problems)} problems, {len(warnings)} warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
