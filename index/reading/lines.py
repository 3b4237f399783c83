"""Text -> lines, as the formats made of lines (txt, md, jsonl, html's <pre>) need them."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
"""A form feed begins a page and U+2028 a line: both end the line before them."""

_INVISIBLE = re.compile("[\x00\u200b-\u200f\u2060\ufeff\u00ad]+")
"""NUL of broken exports, zero-width spaces and joiners, direction marks, soft hyphens."""

STARTS_ITEM = re.compile(
    r"[ \t\u3000]*(第[一二三四五六七八九十百零〇\d]+[章节条部编篇]|附件|"
    r"[一二三四五六七八九十百]+[、.．]|[（(][一二三四五六七八九十百]+[）)]|"
    r"\d{1,3}[、．]|\d{1,3}\.(?!\d)|[（(]\d{1,3}[）)]|[①-⑳]|[-*+•●■◆▶] |[#>|])"
)
"""A line that begins so begins something of its own and never continues the line above."""

PAGE_NUMBER = re.compile(
    r"\s*(?:[-－—–―·•]*\s*\d{1,4}\s*[-－—–―·•]*|第\s*\d{1,4}\s*页(?:[，,/\s]*共\s*\d{1,4}\s*页)?"
    r"|\d{1,4}\s*/\s*\d{1,4}|[ivxIVX]{1,6})\s*"
)
"""A whole line that is nothing but a page number: 1, - 1 -, 第1页 共9页, 1/9, iv."""


def split_lines(text: str) -> list[str]:
    r"""Lines without their ends and without trailing spaces; leading indents stay.

    >>> split_lines("　　一行\r\n二行 \f三行")
    ['　　一行', '二行', '三行']
    """
    return [line.rstrip() for line in _BREAK.split(_INVISIBLE.sub("", text))]


_LONGEST_HEADING = 80


def heading_level(level: int | None, text: str) -> int | None:
    """The level a format states, unless the text is plainly a paragraph.

    Outline levels are often set on whole paragraphs that begin with a heading.

    >>> heading_level(2, "（一）抓学习"), heading_level(2, "（一）抓学习。" + "全年组织学习。" * 20)
    (2, None)
    """
    if level and len(text) > _LONGEST_HEADING and "。" in text:
        return None
    return level
