"""Joining lines that were broken at a fixed width (e-mails, old editors, text copied from PDF).

Most text files hold one paragraph a line. A file whose lines all end at the same column, mostly
in mid-sentence, does not: there a line that is full goes on in the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import replace
from functools import reduce

from index.datatypes import Block
from index.reading.lines import PAGE_NUMBER, STARTS_ITEM

_LEAST_LINES = 8
_LEAST_WIDTH = 36
"""Columns: 18 Chinese characters. Poems and lists have lines shorter than that."""
_GREATEST_WIDTH = 120
_SLACK = 4
"""A full line ends within two Chinese characters of the margin: punctuation is kept together."""
_INDENT = 4
"""Columns: the two characters by which a paragraph's first line is indented."""
_LEAST_FULL = 0.6
"""Share of lines that must be full. In text with one paragraph a line it is under a tenth."""
_ENDS_SENTENCE = re.compile(r"[。！？；：!?;:…]['\"”’）)」』》】]*$")


def width(line: str) -> int:
    """Columns a line takes: two for each full-width character.

    >>> width("总结2023")
    8
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)


def unwrap(lines: list[str]) -> list[str]:
    """The same lines, joined where they were broken at a margin; otherwise as they are.

    Empty lines stay: they end a paragraph.
    """
    return [_joined([lines[i] for i in members]) for members in _paragraphs(lines)]


def unwrap_blocks(blocks: Sequence[Block]) -> list[Block]:
    """The same for formats that know paragraphs, where people made each line a paragraph of its
    own (pasted from a PDF or a mail) or broke every line by hand.

    What the format says more of than its text (a level, a row, a title) ends a paragraph, and an
    automatic number begins one.
    """
    plain = [block.kind == "text" and block.level is None for block in blocks]
    lines = [block.text if usual else "" for block, usual in zip(blocks, plain, strict=True)]
    begins = {i for i, block in enumerate(blocks) if block.label}
    return [
        replace(blocks[members[0]], text=_joined([lines[i] for i in members]))
        if plain[members[0]]
        else blocks[members[0]]
        for members in _paragraphs(lines, begins)
    ]


def _paragraphs(lines: Sequence[str], begins: Container[int] = ()) -> list[list[int]]:
    """Positions of the lines of each paragraph; `begins` never go on from the line before."""
    margin = _margin(lines)
    if margin is None:
        return [[i] for i in range(len(lines))]
    joined: list[list[int]] = []
    page_numbers: list[list[int]] = []  # met in mid-paragraph, given after it
    open_line = False  # the last line goes on
    for i, line in enumerate(lines):
        if open_line and PAGE_NUMBER.fullmatch(line):
            page_numbers.append([i])
            continue
        starts = line[:1] in (" ", "\u3000", "\t") or i in begins or STARTS_ITEM.match(line)
        if open_line and line and not starts:
            joined[-1].append(i)
        else:
            joined.extend(page_numbers)
            page_numbers.clear()
            joined.append([i])
        missing = margin - width(line)
        # the first line of a paragraph is shorter where its indent was lost
        open_line = bool(line) and (
            missing <= _SLACK or (missing <= _SLACK + _INDENT and not _ENDS_SENTENCE.search(line))
        )
    return joined + page_numbers


def _joined(lines: Sequence[str]) -> str:
    return reduce(join, lines)


def join(left: str, right: str) -> str:
    """Two pieces of one paragraph: no space between Chinese, one between Latin words.

    >>> join("工作", "总结"), join("party", "school"), join("共12", "项")
    ('工作总结', 'party school', '共12项')
    """
    left, right = left.rstrip(), right.lstrip()
    latin = left[-1:].isascii() and right[:1].isascii()
    spaced = latin and left[-1:].isalnum() and right[:1].isalpha()
    return f"{left} {right}" if spaced else left + right


def _margin(lines: Sequence[str]) -> int | None:
    """Column at which lines were broken, or None where they were not."""
    filled = [line for line in lines if line]
    if len(filled) < _LEAST_LINES:
        return None
    widths = [width(line) for line in filled]
    margin = max(widths)
    if not _LEAST_WIDTH <= margin <= _GREATEST_WIDTH:
        return None
    full = [line for line, w in zip(filled, widths, strict=True) if w >= margin - _SLACK]
    broken = [line for line in full if not _ENDS_SENTENCE.search(line)]
    if len(full) < _LEAST_FULL * len(filled) or len(broken) < 0.5 * len(full):
        return None
    return margin
