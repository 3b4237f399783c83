"""How words are written: indents, spaces, widths, radicals, the invisible, inserted noise."""

from __future__ import annotations

import re

from index.cleaning.lines import Line, Log
from index.outline import classify
from index.text import RADICALS, unify_radicals

_SPACE = " \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_INDENT_BREAK = re.compile(rf"(?<=[。！？；：”）…])[{_SPACE}]*\u3000{{2,}}[{_SPACE}]*(?=\S)")
_LEAST_ONE_LINE = 120
"""Characters of a line in which two full-width spaces stand for a paragraph break."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ue000-\uf8ff]+"
)
_UNREADABLE = re.compile("[\ufffd\ufffe\uffff]+")
_RADICAL = re.compile("[\u2e80-\u2fd5]")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]")
_NARROW = {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
_ODD = re.compile(
    rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    rf"\u2e80-\u2fd5\ufe00-\ufe0f\ufeff\ufff9-\uffff\ue000-\uf8ff０-９Ａ-Ｚａ-ｚ]|[{_SPACE}\n]"
)
"""Any character that the rules of this part look at: most lines have none."""

_PUNCTUATION = "，。、；：！？“”‘’（）《》〈〉【】「」『』〔〕"
_UNIT = "年月日号时分秒个名人次项条篇万亿元件期场届级支家户余多批份张处所对组类章节课位岁%％"
_SPACES = re.compile(
    rf"""
    (?P<beside>(?<=[{_PUNCTUATION}])[{_SPACE}]+ | [{_SPACE}]+(?=[{_PUNCTUATION}]))
  | (?P<spread>
        (?<![{_HAN}])[{_HAN}](?:(?P<gap>[{_SPACE}]+)[{_HAN}](?:(?P=gap)[{_HAN}])*)(?![{_HAN}])
    )
  | (?P<quantity>
        (?<=[{_HAN}])[{_SPACE}]+(?=(?!\d{{4}}[{_SPACE}]*年)\d+[{_SPACE}]*[{_UNIT}])
      | (?<=\d)[{_SPACE}]+(?=[{_UNIT}])
    )
  | (?P<run>[{_SPACE}]{{2,}}|[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000])
    """,
    re.VERBOSE,
)


def split_at_indents(line: Line, log: Log) -> list[Line]:
    """Paragraphs of a one-line text, which only two full-width spaces set apart."""
    text = line.text
    if len(text) < _LEAST_ONE_LINE or "\u3000\u3000" not in text.lstrip():
        return [line]
    parts = [part for part in _INDENT_BREAK.split(text) if part.strip()]
    if len(parts) < 2:
        return [line]
    # the title in front of the first indent: it has no full stop that would show the break
    first = re.split("\u3000{2,}", parts[0].strip(), maxsplit=1)
    if len(first) == 2 and len(first[0]) <= 40:
        parts[:1] = first
    parts = [piece for part in parts for piece in _head_and_text(part)]
    log.count("indent", len(parts) - 1, line.origin)
    return [line.with_text(part) for part in parts]


def _head_and_text(part: str) -> list[str]:
    """A numbered heading without a full stop, and the text that an indent sets apart from it."""
    pieces = re.split("\u3000{2,}", part.strip("\u3000"), maxsplit=1)
    if len(pieces) == 2 and len(pieces[0]) <= 40 and classify(pieces[0]) is not None:
        return [pieces[0], *_head_and_text(pieces[1])]
    return [part]


def tidy(line: Line, log: Log) -> Line:
    text = line.text
    if _ODD.search(text) is None:
        return line
    origin = line.origin
    if found := _UNREADABLE.findall(text):
        log.take("unreadable", "".join(found), origin)
        text = _UNREADABLE.sub("", text)
    if found := _INVISIBLE.findall(text):
        log.count("invisible", sum(map(len, found)), origin)
        text = _INVISIBLE.sub("", text)
    if found := [c for c in _RADICAL.findall(text) if ord(c) in RADICALS]:
        log.count("radicals", len(found), origin)
        text = unify_radicals(text)
    if found := _WIDE.findall(text):
        log.count("width", len(found), origin)
        text = text.translate(_NARROW)
    stripped = text.strip()
    if stripped != text:
        log.count("indent", 1, origin)
        text = stripped
    if line.block.kind != "row":
        single, times = _SPACES.subn(_respace, text)
        single, broken = _join_broken_words(single)
        if single != text:
            log.count("spaces", times + broken, origin)
            text = single.strip()
    return line.with_text(text)


def _respace(match: re.Match[str]) -> str:
    if match.lastgroup == "run":
        return " "
    if match["spread"]:
        # 总 则 and 龚 正 are words of two characters set apart; 李 强　　王 毅 stay two
        return re.sub(rf"[{_SPACE}]+", "", match.group())
    return ""


_IN_SENTENCE = re.compile(rf"(?P<held>“[^“”]*”|《[^《》]*》|‘[^‘’]*’)|(?<=[{_HAN}]) (?=[{_HAN}])")
_LEAST_SENTENCE = 30
_CLAUSE = re.compile("[。！？；]")
COMPLETE_TITLE = re.compile(
    r"[^，。；：,;:]{2,40}(?:总结|报告|计划|要点|方案|通知|意见|讲话|汇报|材料|体会)$"
)


def _join_broken_words(text: str) -> tuple[str, int]:
    """Spaces between Chinese characters in the middle of a sentence, as OCR leaves them.

    They stay in short lines and quotations (“喜迎盛会 奋进征程”), where they set phrases apart, and
    after a head or a title with which the line begins.
    """
    if len(text) < _LEAST_SENTENCE or " " not in text:
        return text, 0
    if "。" not in text and "；" not in text and text.count("，") + text.count(",") < 2:
        return text, 0
    times = 0

    def joined(match: re.Match[str]) -> str:
        nonlocal times
        if match["held"]:
            return match.group()
        before = text[: match.start()]
        clause = _CLAUSE.split(before)[-1].strip()
        if (" " not in before and COMPLETE_TITLE.match(before)) or (
            len(clause) <= _LEAST_SENTENCE and "，" not in clause and classify(clause) is not None
        ):
            return " "
        times += 1
        return ""

    return _IN_SENTENCE.sub(joined, text), times


_NOISE = re.compile(r"(?<![!-~])[!-~]{1,3}(?:[ ]+[!-~]{1,3}){3,}(?![!-~])")
_NOISE_SIGNS = set("\"#$%&'*+<=>?@[\\]^_`{|}~!")


def drop_noise(lines: list[Line], log: Log) -> list[Line]:
    """`* H+ y; y/ b5 V" o2`: signs and letters that some forums put between the words."""
    result = []
    for line in lines:
        text = line.text
        if "  " in text or " " in text:
            pieces = [m for m in _NOISE.finditer(text) if _is_noise(m.group())]
            for match in reversed(pieces):
                log.take("noise", match.group(), line.origin)
                text = text[: match.start()].rstrip() + text[match.end() :].lstrip()
        result.append(line.with_text(text))
    return result


def _is_noise(piece: str) -> bool:
    tokens = piece.split()
    letters = sum(any(c.isalpha() for c in token) for token in tokens)
    signs = {c for c in piece if c in _NOISE_SIGNS}
    words = sum(token.isalpha() and len(token) > 1 for token in tokens)
    return letters >= 2 and len(signs) >= 2 and words <= len(tokens) // 5
