"""What the reader of a format already marked as furniture: taken before any rule looks at lines."""

from __future__ import annotations

import re

from index.cleaning.letterhead import without_contents_head
from index.cleaning.lines import Line, Log

_CONTENTS = re.compile(r"(?:\t|[.…·．]{5,})\s*\d*\s*$")
_NUMBER = re.compile(r"[\W\d第页共]+|\W*[ivxIVX]{1,6}\W*")


def drop_marked(lines: list[Line], log: Log) -> list[Line]:
    """Lines without blocks of kind "furniture": running heads, page numbers, menus, contents."""
    kept: list[Line] = []
    for line in lines:
        if line.block.kind != "furniture":
            kept.append(line)
            continue
        rule = _rule(line)
        if rule == "contents" and kept:
            kept[-1] = without_contents_head(kept[-1], log)
        log.take(rule, line.text, line.origin)
    return kept


def _rule(line: Line) -> str:
    if _CONTENTS.search(line.text):
        return "contents"
    if line.block.page is None:
        return "furniture"
    return "page_number" if _NUMBER.fullmatch(line.text) else "header"
