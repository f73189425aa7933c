#!/usr/bin/env python3
"""Gathers every text that people read, and checks that each has its translations.

    tools/messages.py            write data/i18n/en.json and the names of places
    tools/messages.py --check    fail if a text has no translation, or one is stale or wrong
    tools/messages.py --missing  print the texts that still have to be translated, as JSON
    tools/messages.py --prune    write, without the translations of texts that nothing says any more

Texts stand in English in the code, as templates with named places, "{count} chips to {place}", and
in the data. data/i18n/zh-Hans.json and zh-Hant.json give each text in Chinese; data/i18n/en.json is
the list of all. Ids, codes, citations and machine output are never translated.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
I18N = ROOT / "data" / "i18n"
LANGUAGES = ("zh-Hans", "zh-Hant")

# Words that the program puts together or takes from a constant table.
WORDS = [
    "denial", "approval", "unstated",  # review policies
    "compute", "memory", "network", "latency",  # parts of a time
    "measured", "family", "extrapolated",  # evidence
    "fitted", "held-out", "chip-left-out",  # rows of measurements
    "matrix", "attention", "vector", "tensor_parallel", "context_parallel", "expert_parallel",
    "pipeline_send", "data_parallel", "pipeline_bubble", "optimizer", "host",  # work of a step
    "weights", "gradients", "activations", "cache", "workspace",  # memory of a step
    "train", "prefill", "decode",  # uses of a chip
    "cores", "fabric", "links", "host_bus", "graphics", "other", "dead", "total",  # parts of a die
    "logic", "packaging", "test", "leakage",  # of its cost and power
    "capacity", "link",  # what is cut of a part
    "chain", "majority", "best-of", "revision",  # ways to spend tokens on a task
    "time", "cost", "energy", "chips", "Time", "Cost", "Energy", "Chips",  # objectives of plans
    "and", "or", "none", "up", "down", "same", "different", "record", "no record",  # of claims
]
# Enumerations whose names people read (EnumNames in the field tables).
ENUMS = ["InstrumentKind", "EvidenceGrade", "ConditionKind", "ChecklistKind", "MeasureStatus",
         "MeasureScope", "Review", "ChipStatus", "Basis", "ClaimVerdict"]
# Keys of data files that hold texts for people.
DATA_KEYS = {
    "rules": {"text", "summary", "title", "base", "legal_form"},
    "scenarios": {"title", "what"},
    "exposure": {"title", "what", "note"},
    "resolutions": {"what", "cluster"},
    "claims": {"text", "title", "note"},
    "backtest": {"title"},
    "places/groups.toml": {"title"},
    "sources": {"kind"},
}
# Tables of data files in which the same keys hold codes.
CODES = {"ask"}
# Files of src/rules in which any sentence is one for people; elsewhere there they are errors.
RULE_TEXTS = {"verdict.cc", "verdict_writer.cc", "trace.cc", "checklist.cc", "probe.cc"}

# Characters that only one of the two scripts has, by pairs: simplified, traditional.
SCRIPTS = (
    "国國为為说說时時会會来來对對学學发發过過还還动動进進种種样樣经經头頭产產实實现現应應关關无無问問题題从從"
    "业業机機开開两兩间間长長门門见見电電东東书書车車马馬风風飞飛齐齊气氣万萬与與专專义義乐樂习習买買争爭亚亞"
    "亿億仅僅仓倉们們价價众眾优優伤傷传傳伦倫体體侧側债債储儲儿兒党黨兰蘭兴興养養军軍农農决決况況净淨凭憑击擊"
    "则則刚剛创創删刪别別剂劑剑劍办辦务務势勢劳勞区區协協单單卖賣卫衛厂廠厅廳历歷压壓参參双雙变變叠疊号號叶葉"
    "听聽启啟员員响響围圍图圖圆圓场場块塊坏壞坚堅垫墊处處备備复複够夠夹夾奖獎妇婦宁寧宝寶审審宪憲宫宮宽寬宾賓"
    "导導将將尔爾尽盡层層届屆属屬岁歲岛島币幣帅帥师師带帶帮幫库庫废廢异異张張弯彎强強归歸当當录錄态態总總恶惡"
    "惯慣户戶扩擴扫掃执執报報护護担擔拟擬拥擁择擇挡擋损損换換据據摄攝敌敵数數断斷旧舊显顯术術权權条條构構标標"
    "栏欄树樹检檢楼樓欧歐残殘毁毀毕畢汇匯汉漢沟溝没沒泽澤测測济濟浅淺涂塗润潤涨漲湾灣满滿滤濾灭滅灵靈点點炼煉"
    "热熱爱愛状狀独獨环環画畫码碼矿礦础礎确確离離积積称稱稳穩穷窮竞競笔筆签簽简簡类類紧緊纪紀约約级級纯純纲綱"
    "纳納纵縱纷紛纸紙线線组組细細终終绍紹结結绕繞给給络絡统統继繼续續维維综綜绿綠缓緩编編缩縮罚罰罗羅联聯职職"
    "肃肅胁脅脚腳节節范範荐薦药藥获獲营營虑慮虽雖装裝规規视視览覽觉覺计計认認订訂训訓议議讯訊记記许許论論设設"
    "访訪证證评評识識诉訴译譯试試诚誠话話询詢该該详詳语語误誤请請诸諸诺諾读讀课課调調谁誰谈談谋謀谓謂负負财財"
    "责責败敗货貨质質购購贸貿费費资資赋賦赛賽赢贏转轉轮輪软軟较較载載输輸辑輯辆輛边邊达達迁遷运運这這违違连連"
    "迟遲适適选選递遞逻邏遗遺邮郵邻鄰释釋鉴鑒针針钱錢铁鐵银銀链鏈销銷锁鎖错錯键鍵镜鏡闭閉闲閒队隊阵陣阶階际際"
    "陆陸险險随隨隐隱难難静靜页頁顶頂项項顺順须須预預领領频頻颗顆额額馆館驱驅验驗骤驟鲁魯龙龍湿濕尝嘗个個"
)


# --- C++ ---------------------------------------------------------------------------------------

class Token(NamedTuple):
    kind: str  # "s" text, "i" name, "p" anything else
    text: str


LEXEMES = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|\#[^\n]*)
      | R"(?P<mark>[^\s()\\]*)\((?P<raw>.*?)\)(?P=mark)"
      | "(?P<text>(?:[^"\\\n]|\\.)*)"
      | '(?:[^'\\\n]|\\.)+'
      | (?P<name>[A-Za-z_]\w*)
      | \d[\w.']*
      | .""",
    re.X | re.S,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def plain_text(quoted: str) -> str:
    """What a literal stands for; bytes written as \\xE2 are UTF-8."""
    out = bytearray()
    for part in re.finditer(r"\\x([0-9A-Fa-f]{2})|\\(.)|([^\\]+)", quoted, re.S):
        if part.group(1):
            out.append(int(part.group(1), 16))
        elif part.group(2):
            out += ESCAPES.get(part.group(2), part.group(2)).encode()
        else:
            out += part.group(3).encode()
    return out.decode("utf-8")


def tokens_of(source: str) -> list[Token]:
    tokens: list[Token] = []
    for match in LEXEMES.finditer(source):
        if match.lastgroup == "skip" or match.group("skip"):
            continue
        text = match.group("text")
        raw = match.group("raw")
        if text is not None or raw is not None:
            value = raw if raw is not None else plain_text(text)
            if tokens and tokens[-1].kind == "s":
                value = tokens.pop().text + value
            tokens.append(Token("s", value))
        elif match.group("name"):
            tokens.append(Token("i", match.group("name")))
        else:
            tokens.append(Token("p", match.group()))
    return tokens


OPENING, CLOSING = "([{", ")]}"


def first_argument(tokens: list[Token], start: int) -> list[Token]:
    """The tokens of the first argument; `start` is just behind the opening bracket. What stands in
    a call of its own there (a format, a name looked up) is left out."""
    found: list[Token] = []
    depth = 0
    for token in tokens[start:]:
        if token.kind == "p" and token.text in OPENING:
            depth += 1
        elif token.kind == "p" and token.text in CLOSING:
            depth -= 1
            if depth < 0:
                break
        elif token.kind == "p" and token.text == "," and depth == 0:
            break
        elif depth == 0:
            found.append(token)
    return found


class Place(NamedTuple):
    index: int
    token: Token
    calls: tuple[str, ...]  # names of the calls around it, from the outermost


def texts_with_calls(tokens: list[Token]) -> Iterator[Place]:
    calls: list[str] = []
    for i, token in enumerate(tokens):
        if token.kind == "p" and token.text in OPENING:
            before = tokens[i - 1] if i else Token("p", "")
            calls.append(before.text if before.kind == "i" else "")
        elif token.kind == "p" and token.text in CLOSING:
            if calls:
                calls.pop()
        elif token.kind == "s":
            yield Place(i, token, tuple(calls))


SAYING = {"say", "say_", "assume", "leave"}  # also terminal_.say()(…)
NOT_FOR_PEOPLE = {"format", "fail", "RL_CHECK", "report", "static_assert", "find", "replace", "rfind"}
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def said(tokens: list[Token]) -> Iterator[str]:
    """The first argument of say(…), and messages that are built by name."""
    for i, token in enumerate(tokens[:-1]):
        after = tokens[i + 1]
        if token.kind != "i":
            continue
        at = i + 2
        if token.text == "Message" and after.kind == "i" and at < len(tokens):
            after, at = tokens[at], at + 1  # a variable: Message m("…")
        if token.text == "say" and [t.text for t in tokens[i + 1 : i + 4]] == ["(", ")", "("]:
            at += 2
        opens = after.kind == "p" and after.text in "({"
        if opens and (token.text in SAYING or token.text == "Message"):
            for argument in first_argument(tokens, at):
                if argument.kind == "s":
                    yield argument.text


def templates(tokens: list[Token]) -> Iterator[str]:
    """Texts with named places, wherever they stand."""
    for place in texts_with_calls(tokens):
        if PLACEHOLDER.search(place.token.text) and not NOT_FOR_PEOPLE & set(place.calls):
            yield place.token.text


def titles(tokens: list[Token]) -> Iterator[str]:
    """Titles of columns, {"key", "Title", "unit", Align…}, and titles and notes of tables."""
    kinds = "".join(token.kind for token in tokens)
    for i in range(len(tokens) - 6):
        window = tokens[i : i + 7]
        if kinds[i : i + 6] == "pspsps" and window[0].text == "{":
            behind = [token.text for token in tokens[i + 6 : i + 12]]
            if behind[:1] == [","] and "Align" in behind:
                yield window[3].text
    for i in range(len(tokens) - 3):
        a, b, c = tokens[i : i + 3]
        if (a.text, b.text) == ("title", "=") and c.kind == "s":
            yield c.text
        if a.text == "notes" and tokens[i + 2].text in ("emplace_back", "push_back"):
            yield from (t.text for t in first_argument(tokens, i + 4) if t.kind == "s")


def verdict_sentences(tokens: list[Token]) -> Iterator[str]:
    """What src/rules says in verdicts: texts of flags, assumptions, relations, working."""
    for place in texts_with_calls(tokens):
        text = place.token.text
        if text.count(" ") >= 2 and not NOT_FOR_PEOPLE & set(place.calls):
            if text.startswith(" ("):  # said behind the effect of a clause
                yield from (effect + text for effect in effects(tokens))
            else:
                yield text
    for i in range(len(tokens) - 4):
        a, b, c, d, e = tokens[i : i + 5]
        # A kind of clause, {instrument.id, "license", …}; how a quantity moves, ? "below" : ….
        if (a.text, b.text, c.text, d.text) == ("instrument", ".", "id", ",") and e.kind == "s":
            yield e.text
        if a.text in ("relation", "?") or b.text == ":":
            yield from (t.text for t in (c,) if t.kind == "s" and t.text in ("at or above", "above", "below", "at or below"))
        if a.kind == "s" and a.text in ("at or above", "above", "below", "at or below"):
            yield a.text


def effects(tokens: list[Token]) -> Iterator[str]:
    for place in texts_with_calls(tokens):
        if "effect" in place.calls and PLACEHOLDER.search(place.token.text):
            yield place.token.text


def option_texts(tokens: list[Token]) -> Iterator[str]:
    """Texts of the option table and of the options beside it: docs of options, summaries and
    paragraphs of commands."""
    kinds = "".join(token.kind for token in tokens)
    for i in range(len(tokens) - 8):
        if kinds[i : i + 8] == "pspspsps" and tokens[i].text == "{" and tokens[i + 1].text[:2] == "--":
            yield tokens[i + 7].text
        if tokens[i].text in ("summary", "description") and tokens[i + 1].text == "=":
            if tokens[i + 2].kind == "s":
                yield from tokens[i + 2].text.split("\n")


def statuses(tokens: list[Token]) -> Iterator[str]:
    """{kDone, "done"}"""
    for i in range(len(tokens) - 4):
        a, b, c, d = tokens[i : i + 4]
        if (a.text, c.text, b.kind, d.kind) == ("{", ",", "i", "s") and b.text[0] == "k":
            yield d.text


def error_texts(tokens: list[Token]) -> Iterator[str]:
    """{Code::kBug, "title", "page", "command"}"""
    for i in range(len(tokens) - 8):
        if tokens[i].text == "Code" and tokens[i + 3].text[:1] == "k" and tokens[i + 5].kind == "s":
            yield tokens[i + 5].text
            if tokens[i + 7].kind == "s":
                yield tokens[i + 7].text


def quantity_docs(tokens: list[Token]) -> Iterator[str]:
    for place in texts_with_calls(tokens):
        if place.calls and place.calls[-1] in ("number", "boolean", "text", "circumstance"):
            closes = tokens[place.index + 1].text == ")"
            if closes:
                yield place.token.text


def enum_names(source: str) -> Iterator[str]:
    for match in re.finditer(r"struct EnumNames<(?:\w+::)*(\w+)> \{(.*?)\n\};", source, re.S):
        if match.group(1) in ENUMS:
            yield from re.findall(r'\{"([^"]+)",', match.group(2))


def sources(*patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if not path.name.endswith("_test.cc"):
                yield path


def code_texts() -> Iterator[tuple[str, str]]:
    """Each text with where it stands."""
    for path in sources("src/app/*.cc", "src/rules/*.cc", "src/perf/*.cc", "cli/*.cc",
                        "cli/*_options.h", "mpi/*.cc"):
        tokens = tokens_of(path.read_text(encoding="utf-8"))
        readers = [said, templates, titles]
        if path.parent.name == "rules" and path.name in RULE_TEXTS:
            readers.append(verdict_sentences)
        if path.name == "option_table.cc" or path.name.endswith("_options.h"):
            readers.append(option_texts)
        if path.name == "help.cc":
            readers.append(statuses)
        for reader in readers:
            for text in reader(tokens):
                yield text, str(path.relative_to(ROOT))
    for path, reader in [("src/base/error_catalogue.cc", error_texts),
                         ("src/rules/quantities.h", quantity_docs)]:
        for text in reader(tokens_of((ROOT / path).read_text(encoding="utf-8"))):
            yield text, path
    for path in sources("src/rules/*records.h", "src/catalog/*.h", "src/app/*.cc"):
        for text in enum_names(path.read_text(encoding="utf-8")):
            yield text, str(path.relative_to(ROOT))
    header = (ROOT / "src/results/text_table.h").read_text(encoding="utf-8")
    for text in re.findall(r'std::string cut_note = "([^"]*)"', header):
        yield plain_text(text), "src/results/text_table.h"
    for text in ("yes", "no", "unknown", *WORDS):
        yield text, "tools/messages.py"


# --- data --------------------------------------------------------------------------------------

def strings_under(value: object, keys: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys and isinstance(inner, str):
                yield inner
            elif key not in CODES:
                yield from strings_under(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_under(inner, keys)


def words_under(value: object, key: str) -> Iterator[str]:
    """Words of a list under the key; names of parts, dates and figures are the same everywhere."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            if inner_key == key and isinstance(inner, list):
                yield from (word for word in inner if isinstance(word, str)
                            and re.search("[a-z]{2}", word) and not re.search("[0-9]|-license", word))
            else:
                yield from words_under(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from words_under(inner, key)


def places() -> list[dict[str, str]]:
    with open(ROOT / "data/places/places.toml", "rb") as file:
        return [place["name"] for place in tomllib.load(file)["place"]]


def data_texts() -> Iterator[tuple[str, str]]:
    for name in places():
        yield name["en"], "data/places/places.toml"
    for folder, keys in DATA_KEYS.items():
        top = ROOT / "data" / folder
        files = [top] if top.suffix == ".toml" else sorted(top.rglob("*.toml"))
        for path in files:
            with open(path, "rb") as file:
                record = tomllib.load(file)
            for text in strings_under(record, keys):
                yield text, str(path.relative_to(ROOT))
            for text in words_under(record, "stated"):
                yield text, str(path.relative_to(ROOT))
    # What claims are checked against, where it is words.
    for path in sorted((ROOT / "data" / "market").glob("*.toml")):
        with open(path, "rb") as file:
            for text in words_under(tomllib.load(file), "values"):
                yield text, str(path.relative_to(ROOT))


def all_texts() -> dict[str, str]:
    texts: dict[str, str] = {}
    for text, place in [*code_texts(), *data_texts()]:
        alone = PLACEHOLDER.sub("", text)
        if re.search(r"[A-Za-z]", alone) or alone.strip() or text == ", ":
            texts.setdefault(text, place)
    return dict(sorted(texts.items()))


# --- catalogues --------------------------------------------------------------------------------

def read(language: str) -> dict[str, str]:
    path = I18N / f"{language}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def written(catalogue: dict[str, str]) -> str:
    return json.dumps(dict(sorted(catalogue.items())), ensure_ascii=False, indent=2) + "\n"


def foreign_script(language: str, text: str) -> list[str]:
    """Characters of the other script."""
    wrong = SCRIPTS[1::2] if language == "zh-Hans" else SCRIPTS[0::2]
    right = SCRIPTS[0::2] if language == "zh-Hans" else SCRIPTS[1::2]
    return [c for c in text if c in wrong and c not in right]


def problems_of(language: str, texts: dict[str, str]) -> Iterator[str]:
    path = I18N / f"{language}.json"
    catalogue = read(language)
    for english in texts.keys() - catalogue.keys():
        yield f"{language}: no translation of {english!r} ({texts[english]})"
    for english in catalogue.keys() - texts.keys():
        yield f"{language}: nothing says {english!r} any more"
    for english, translated in catalogue.items():
        if not translated:
            yield f"{language}: {english!r} is translated by nothing"
        if sorted(set(PLACEHOLDER.findall(english))) != sorted(set(PLACEHOLDER.findall(translated))):
            yield f"{language}: other places in {translated!r} than in {english!r}"
        if wrong := foreign_script(language, translated):
            yield f"{language}: {''.join(wrong)} in {translated!r}"
    for name in places():
        if catalogue.get(name["en"], name[language]) != name[language]:
            yield f"{language}: {name['en']} has another name in data/places"
    if path.exists() and path.read_text(encoding="utf-8") != written(catalogue):
        yield f"{language}: keys are not sorted, or the layout differs; run tools/messages.py"


def check(texts: dict[str, str]) -> int:
    problems = [p for language in LANGUAGES for p in sorted(problems_of(language, texts))]
    if read("en") != {text: text for text in texts}:
        problems.append("data/i18n/en.json is stale; run tools/messages.py")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def write(texts: dict[str, str], prune: bool) -> None:
    (I18N / "en.json").write_text(written({text: text for text in texts}), encoding="utf-8")
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue |= {n["en"]: n[language] for n in places() if n["en"] in texts}
        if prune:
            catalogue = {text: said for text, said in catalogue.items() if text in texts}
        (I18N / f"{language}.json").write_text(written(catalogue), encoding="utf-8")


def main() -> int:
    texts = all_texts()
    if "--check" in sys.argv[1:]:
        return check(texts)
    if "--missing" in sys.argv[1:]:
        missing = {t: place for t, place in texts.items()
                   if any(t not in read(language) for language in LANGUAGES)}
        print(json.dumps(missing, ensure_ascii=False, indent=1))
        return 0
    write(texts, "--prune" in sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
