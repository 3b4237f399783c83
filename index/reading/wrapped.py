"""Joining lines that were broken at a fixed width (e-mails, old editors, text copied from PDF).

Most text files hold one paragraph a line. A file whose lines all end at the same column, mostly
in mid-sentence, does not: there a line that is full goes on in the next one. The same holds for
the parts of a file that were copied from pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

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
_LEAST_PILE = 12
_LEAST_PILE_SHARE = 0.25
"""Lines, and their share, that end at a margin among others. In the text of 943 of 961 real files
no column has these and the next three; the other 18 were copied from pages."""
_BEYOND = 8
_MOST_BEYOND = 0.2
"""Lines that end up to so many columns beyond it, for each line at it."""
_LEAST_STEEP = 1.5
"""Lines at the margin for each that ends up to eight columns before."""
_DOTS = ".．·…"
_LEAST_DOTS = 3
_LEAST_GAPS = 3
_GAP = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fff]")
_TWO_NUMBERS = re.compile(r"\d{1,4} \d{1,4} ")
_IN_SENTENCE = re.compile(r"[，、。；：,.][^\d]|[a-z] [a-z]")
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


@dataclass(frozen=True, slots=True)
class _Margin:
    column: int
    beyond: int
    """Columns by which a full line may pass it: Latin letters and digits are not all of a width."""
    all_full: bool
    """Whether so many lines are full that one that ends with a sentence goes on, too."""

    def goes_on(self, line: str) -> bool:
        """Whether the paragraph goes on in the next line."""
        missing = self.column - width(line)
        if not self.all_full and _is_row(line):
            return False
        if missing < -self.beyond:
            # lines that met at the edge of a page, or a box with a margin of its own
            return not _ends_paragraph(line) and (
                "。" in line or ("，" in line and not STARTS_ITEM.match(line))
            )
        if _ends_paragraph(line):
            return self.all_full and missing <= _SLACK and not _is_of_contents(line)
        # the first line of a paragraph is shorter where its indent was lost
        return missing <= _SLACK + _INDENT


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
        open_line = bool(line) and margin.goes_on(line)
    return joined + page_numbers


def _joined(lines: Sequence[str]) -> str:
    """The lines of one paragraph, in time that grows with their length alone."""
    if len(lines) == 1:
        return lines[0]
    pieces = [lines[0].rstrip()]
    for line in lines[1:]:
        piece = line.strip()
        pieces += _between(pieces[-1], piece), piece
    return "".join(pieces)


def join(left: str, right: str) -> str:
    """Two pieces of one paragraph: no space between Chinese, one between Latin words.

    >>> join("工作", "总结"), join("party", "school"), join("共12", "项")
    ('工作总结', 'party school', '共12项')
    """
    left, right = left.rstrip(), right.lstrip()
    return left + _between(left, right) + right


def _between(left: str, right: str) -> str:
    latin = left[-1:].isascii() and right[:1].isascii()
    return " " if latin and left[-1:].isalnum() and right[:1].isalpha() else ""


def _margin(lines: Sequence[str]) -> _Margin | None:
    """Where lines were broken, or None where they were not."""
    filled = [line for line in lines if line]
    if len(filled) < _LEAST_LINES:
        return None
    widths = [width(line) for line in filled]
    margin = max(widths)
    if _LEAST_WIDTH <= margin <= _GREATEST_WIDTH:
        full = [line for line, w in zip(filled, widths, strict=True) if w >= margin - _SLACK]
        broken = [line for line in full if not _ENDS_SENTENCE.search(line)]
        if len(full) >= _LEAST_FULL * len(filled) and len(broken) >= 0.5 * len(full):
            return _Margin(margin, beyond=0, all_full=True)
    return _margin_within(filled, widths)


def _margin_within(filled: Sequence[str], widths: Sequence[int]) -> _Margin | None:
    """The column at which many lines end, mostly in mid-sentence, and hardly any a little beyond:
    what was copied from pages between headings, tables and paragraphs that are whole."""
    count = Counter(widths)
    broken = Counter(w for line, w in zip(filled, widths, strict=True) if not _ends_paragraph(line))
    best, most = None, 0
    for margin in range(_LEAST_WIDTH, _GREATEST_WIDTH + 1):
        full = _within(count, margin - _SLACK, margin)
        in_sentence = _within(broken, margin - _SLACK, margin)
        if (
            full >= max(_LEAST_PILE, _LEAST_PILE_SHARE * len(filled))
            and in_sentence >= max(most + 1, 0.5 * full)
            and _within(count, margin + 1, margin + _BEYOND) <= _MOST_BEYOND * full
            and full >= _LEAST_STEEP * _within(count, margin - 3 * _SLACK, margin - _SLACK - 1)
        ):
            best, most = margin, in_sentence
    return None if best is None else _Margin(best, beyond=_BEYOND, all_full=False)


def _within(count: Counter[int], first: int, last: int) -> int:
    return sum(count[w] for w in range(first, last + 1))


def _is_row(line: str) -> bool:
    """Whether a line looks like the row of a table that lost its lines: 12 3 术语 GB/T 1 已发布"""
    gaps = line.strip().count(" ") >= _LEAST_GAPS and _GAP.search(line)
    return bool(gaps or _TWO_NUMBERS.match(line)) and not _IN_SENTENCE.search(line)


def _ends_paragraph(line: str) -> bool:
    return _ENDS_SENTENCE.search(line) is not None or _is_of_contents(line)


def _is_of_contents(line: str) -> bool:
    """Whether a line of contents ends at the margin because its dots do: 一、总则……………3"""
    words = line.rstrip("0123456789")
    dots = words[len(words.rstrip(f" \t{_DOTS}")) :]
    return sum(dots.count(dot) for dot in _DOTS) >= _LEAST_DOTS
