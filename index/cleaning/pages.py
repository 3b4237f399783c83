"""What a printed page adds: page numbers, running heads; and titles that stand twice."""

from __future__ import annotations

import re

from index.cleaning.lines import Line, Log
from index.cleaning.typography import COMPLETE_TITLE

_PAGE_NUMBER = re.compile(
    r"[-—–－―·]{1,2}\s*\d{1,4}\s*[-—–－―·]{1,2}"
    r"|第?\s*\d{1,4}\s*页\s*[,，/|、]?\s*[（(]?\s*共\s*\d{1,4}\s*页\s*[）)]?"
    r"|第\s*\d{1,4}\s*页|Page\s*\d{1,4}(?:\s*of\s*\d{1,4})?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\d{1,4}|\d{1,4}\s*/\s*\d{1,4}")
_LONGEST_RUNNING_HEAD = 40


def drop_page_edges(lines: list[Line], log: Log) -> list[Line]:
    numbers = [_PAGE_NUMBER.fullmatch(line.text) is not None for line in lines]
    edges = _page_edges(lines, numbers)
    for i in edges:
        if lines[i].block.page is not None and _BARE_NUMBER.fullmatch(lines[i].text):
            numbers[i] = True
    repeated = _running_heads(lines, edges, numbers)
    result = []
    for i, line in enumerate(lines):
        if numbers[i]:
            log.take("page_number", line.text, line.origin)
        elif i in repeated:
            log.take("header", line.text, line.origin)
        else:
            result.append(line)
    return result


def _page_edges(lines: list[Line], numbers: list[bool]) -> set[int]:
    """Lines at the top or bottom of a page: by the format's pages, else beside page numbers."""
    edges: set[int] = set()
    if any(line.block.page is not None for line in lines):
        pages: dict[int | None, list[int]] = {}
        for i, line in enumerate(lines):
            pages.setdefault(line.block.page, []).append(i)
        for members in pages.values():
            edges.update(members[:2] + members[-2:])
        return edges
    for i, number in enumerate(numbers):
        if number:
            edges.update(k for k in (i - 1, i + 1) if 0 <= k < len(lines))
    return edges


def _running_heads(lines: list[Line], edges: set[int], numbers: list[bool]) -> set[int]:
    """The same short line on at least three pages and half of them; its first stays on page 1."""
    same: dict[str, list[int]] = {}
    for i in sorted(edges):
        text = lines[i].text
        if not numbers[i] and 0 < len(text) <= _LONGEST_RUNNING_HEAD:
            same.setdefault(re.sub(r"\d+", "0", text), []).append(i)
    pages = {line.block.page for line in lines} - {None}
    count = len(pages) or sum(numbers)
    heads: set[int] = set()
    for members in same.values():
        if len(members) >= 3 and len(members) * 2 >= count:
            # a title that runs on as head of the later pages
            heads.update(members[1:] if members[0] <= 1 else members)
    return heads


_HEAD_LINES = 12
_LEAST_TITLE = 12
_LEAST_CUT_TITLE = 30
"""Characters: a shorter line without a comma is a title whose words the text takes up."""


def drop_repeated_title(lines: list[Line], log: Log) -> list[Line]:
    """The title once more below itself, in one line or broken over up to four.

    Where the first line is only the beginning of the second, cut off, the first goes.
    """
    lines = [line for line in lines if line.text or line.block.label]
    if len(lines) < 2 or lines[0].block.kind == "row":
        return lines
    title = _squeeze(lines[0].text)
    following = _squeeze(lines[1].text)
    if len(title) >= _LEAST_TITLE and following != title and following.startswith(title):
        first, second = lines[0].text, lines[1].text
        rest = second[len(first) :]
        if second.startswith(first) and (rest[0].isspace() or COMPLETE_TITLE.match(first)):
            # the title stands alone and once more in front of the text
            log.take("repeated_title", first, lines[1].origin)
            return [lines[0], lines[1].with_text(rest.strip()), *lines[2:]]
        if len(title) >= _LEAST_CUT_TITLE or "，" in title or "。" in title:
            log.take("repeated_title", first, lines[0].origin)
            return lines[1:]
        return lines
    if not 4 <= len(title) <= 80 or title[-1] in "。；：:":
        return lines
    # in the lower half it is a signature, or the author's own
    for i in range(1, min(_HEAD_LINES, len(lines) // 2 + 1)):
        piece = ""
        for j in range(i, min(i + 4, len(lines))):
            piece += _squeeze(lines[j].text)
            if piece == title and lines[j].block.kind != "row":
                for line in lines[i : j + 1]:
                    log.take("repeated_title", line.text, line.origin)
                return lines[:i] + lines[j + 1 :]
            if not title.startswith(piece):
                break
    return lines


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
