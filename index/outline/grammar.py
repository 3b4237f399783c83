"""One paragraph: its number or its word of order, and the head with which it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "style",  # a heading that only its style or its standing alone makes one
    "part",  # 第一部分
    "chapter",  # 第一章
    "section",  # 第一节
    "han",  # 一、
    "han_bracket",  # （一）
    "arabic",  # 1. 1、
    "decimal",  # 1.2 1.2.1
    "arabic_bracket",  # （1） 1）
    "circled",  # ①
    "quoted",  # “1”，就是
    "ordinal",  # 第一，
    "item",  # 一是 二要
    "connective",  # 首先 其次
    "dash",  # ——
    "article",  # 第一条
]
ORDER: tuple[Kind, ...] = (
    "style", "part", "chapter", "section", "article", "han", "han_bracket", "arabic", "decimal",
    "arabic_bracket", "circled", "quoted", "ordinal", "item", "connective", "dash",
)  # fmt: skip
"""Outermost first, as GB/T 9704 orders 一、（一）1.（1） and as the genre uses the others."""

ITEM_KINDS: frozenset[Kind] = frozenset({"ordinal", "item", "connective", "dash", "quoted"})
"""Members of a list: body text under their heading unless they begin with a short head."""

_MAY_HOLD_COLON: frozenset[Kind] = frozenset({"part", "chapter", "section", "han", "han_bracket"})

LONGEST_HEADING = 60
"""Characters of a paragraph that is nothing but a heading."""
LONGEST_INLINE_HEAD = 42
"""Characters of a head that begins a paragraph (1.严格落实…制度。一是…)."""
LONGEST_ITEM_HEAD = 34
"""The same after 一是, 二要, ——: longer first sentences are text."""

_H = "一二三四五六七八九十"
_DIGIT = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_MARK = re.compile(
    rf"""
    (?:
      第(?P<part>[{_H}百\d]{{1,4}})(?:部分|编|篇(?!章))(?=[\s：:、]|[^\s，。；的])
    | 第(?P<chapter>[{_H}百\d]{{1,4}})章(?!程|节)
    | 第(?P<section>[{_H}百\d]{{1,4}})节(?!课|点|日|目|气)
    | 第(?P<article>[{_H}百千零〇\d]{{1,7}})条(?=[\s：:])
    | (?P<han>[{_H}百]{{1,4}})\s?[、.．]
      (?![、.．]|[{_H}]{{1,2}}(?:[、线级类季月产楼期等星]|者[^联]))  # 一、二、三线城市
    | [（(〔](?P<han_bracket>[{_H}百]{{1,4}})[）)〕][、.．]?
    | (?P<arabic>\d{{1,3}})\s?(?:[、](?!\d)|[.．](?![\d.．]))
    | (?P<decimal>\d{{1,2}}(?:[.．]\d{{1,2}}){{1,5}})[、.．]?(?=\s*[^\d\s.%％‰])
    | (?:[（(〔](?P<arabic_bracket>\d{{1,2}})[）)〕]|(?P<half_bracket>\d{{1,2}})[）)])[、.．]?
    | (?P<circled>[{_CIRCLED}])[、.．]?
    | “(?P<quoted>[^“”，。]{{1,4}})”[，,]?(?=就是|即|是指|指的?是)
    | 第(?P<ordinal>[{_H}]{{1,3}})[，,、：:]
    | (?P<item>[{_H}]{{1,2}})(?:是|要|则)(?![、，。]|[{_H}][、，])
    | (?P<connective>首先|其次|再次|再者|此外|最后)[，,、：:]
    | (?P<dash>——|[-–—•●■◆▶·]\s)
    )\s*
    """,
    re.VERBOSE,
)
_CONNECTIVES = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "此外": 4, "最后": 5}

_DECIMAL_UNIT = re.compile(r"\s*[万亿千百个元倍年月日米公里人户家件次分度吨亩斤克平立岁美]")
_FIRST_SENTENCE = re.compile(
    r"(?:[^。！？；!?;：:“”（）()《》\n]|“[^”]*”|（[^）]*）|\([^()]*\)|《[^》]*》|[“”（）()《》])*"
)
_SPACE_AFTER_HEAD = re.compile(r"[^\s，,、。；：:]{2,24}(?=\s\S)")
_CLOSING = "。！？；：:;!?，,、.．…* \t\u3000"
ENDS = "。！？；!?;"


@dataclass(frozen=True, slots=True)
class Mark:
    """The number or the word with which a paragraph begins."""

    kind: Kind
    value: int
    """1 for 一、; for 1.2 the last number; 0 where there is none (——)."""
    end: int
    """Where the words after the mark begin."""
    parents: tuple[int, ...] = ()
    """For 1.2.3: (1, 2)."""


def numeral(text: str) -> int:
    """The value of Chinese or Arabic digits; 0 for anything else.

    >>> [numeral(t) for t in ("一", "十", "十二", "二十", "三十五", "一百零三", "12", "甲")]
    [1, 10, 12, 20, 35, 103, 12, 0]
    """
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for character in text:
        if character in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        elif character in _DIGIT:
            digit = _DIGIT[character]
        else:
            return 0
    return total + digit


def classify(text: str) -> Mark | None:
    """The mark at the beginning of a paragraph, or None.

    >>> [classify(t).kind for t in ("一、总体情况", "（二）主要做法", "3.抓学习", "（4）建台账")]
    ['han', 'han_bracket', 'arabic', 'arabic_bracket']
    >>> [classify(t).kind for t in ("第二章 职责", "一是抓学习。", "首先，要学", "“6”，就是六项")]
    ['chapter', 'item', 'connective', 'quoted']
    >>> [classify(t) for t in ("5.5%左右的增长", "2023.5.1召开", "1.5万人", "3月5日", "一方面")]
    [None, None, None, None, None]
    >>> classify("一、二、三线城市") is None
    True
    """
    match = _MARK.match(text)
    if match is None:
        return None
    name = match.lastgroup or ""
    found = match.group(name)
    kind: Kind = "arabic_bracket" if name == "half_bracket" else name  # type: ignore[assignment]
    end = match.end()
    if kind == "decimal":
        numbers = tuple(int(n) for n in re.split(r"[.．]", found))
        if _DECIMAL_UNIT.match(text, end) or numbers[-1] == 0:
            return None
        return Mark(kind, numbers[-1], end, numbers[:-1])
    if kind == "circled":
        return Mark(kind, _CIRCLED.index(found) + 1, end)
    if kind == "connective":
        return Mark(kind, _CONNECTIVES[found], end)
    if kind == "dash":
        return Mark(kind, 0, end)
    return Mark(kind, numeral(found), end)


def first_sentence(text: str, start: int = 0) -> int:
    """End of the first sentence from `start`, its closing mark not included.

    A colon ends it too (工作目标：…); marks inside quotation marks and brackets do not.

    >>> first_sentence("1.落实“第一议题；中心组”制度。一是抓学习。", 2)
    16
    """
    match = _FIRST_SENTENCE.match(text, start)
    return match.end() if match else start


def heading_text(text: str) -> str:
    """A heading as it stands in a heading path: one line, without its closing punctuation.

    >>> heading_text("（二）抓好日常学习，筑牢思想根基。")
    '（二）抓好日常学习，筑牢思想根基'
    """
    line = " ".join(text.split()).rstrip(_CLOSING)
    if len(line) <= LONGEST_HEADING:
        return line or text.strip()
    cut = max(line.rfind(mark, 0, LONGEST_HEADING) for mark in "，、；：,。")
    return line[: cut if cut > 8 else LONGEST_HEADING].rstrip(_CLOSING)


def inline_head(text: str, mark: Mark) -> int | None:
    """End of the short head with which a marked paragraph begins, or None where it has none.

    >>> text = "1.落实第一议题制度。一是及时学。二是跟进学。"
    >>> text[: inline_head(text, classify(text))]
    '1.落实第一议题制度'
    """
    end = first_sentence(text, mark.end)
    # a short rest is no text of its own: of 14 such paragraphs in 40,000 real ones, none begins
    # with a head (七、本办法自 2020年1月1日起执行。)
    space = _SPACE_AFTER_HEAD.match(text, mark.end, end)
    if space is not None and len(text) - space.end() > LONGEST_INLINE_HEAD:
        end = space.end()
    limit = LONGEST_ITEM_HEAD if mark.kind in ITEM_KINDS else LONGEST_INLINE_HEAD
    size = end - mark.end
    if not 2 <= size <= limit or end >= len(text) or not text[end + 1 :].strip():
        return None
    if text[end] in ";；" or (text[end] in ":：" and mark.kind in ITEM_KINDS):
        return None
    if mark.kind in ("connective", "article") or (
        mark.kind == "dash" and not text.startswith("——")
    ):
        return None
    # 一是…。二是…。in one paragraph: the first item is not the head of the others
    if mark.kind in ITEM_KINDS and _has_sibling(text, mark, end):
        return None
    return end


def _has_sibling(text: str, mark: Mark, start: int) -> bool:
    pattern = {
        "item": rf"[。；;，,]\s*[{_H}]{{1,2}}(?:是|要|则)",
        "ordinal": rf"[。；;]\s*第[{_H}]{{1,2}}[，,、]",
        "connective": r"[。；;]\s*(?:其次|再次|最后)[，,]",
    }.get(mark.kind)
    return pattern is not None and re.search(pattern, text[start:]) is not None


def bare_heading(text: str, mark: Mark | None) -> bool:
    """Whether a marked paragraph could be nothing but a heading: one short sentence.

    >>> text = "一、压责任：从会上压到岗上"
    >>> bare_heading(text, classify(text)), bare_heading(text + "。", classify(text + "。"))
    (True, False)
    >>> bare_heading("一、主要做法：", classify("一、主要做法："))
    True
    """
    if mark is None or mark.kind == "article" or len(text) > LONGEST_HEADING:
        return False
    if text.rstrip()[-1:] in "：:" and len(text) > LONGEST_INLINE_HEAD:
        return False  # it leads in a list; its first clause names it
    end = first_sentence(text, mark.end)
    if text[end : end + 1] in ("：", ":") and mark.kind in _MAY_HOLD_COLON and text[end + 1 :]:
        # two halves of a heading; after a smaller number (1.联系人：某某) it is a list's entry
        return first_sentence(text, end + 1) == len(text)
    return end > mark.end and not text[end + 1 :].strip()
