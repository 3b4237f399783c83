"""Joining lines that were broken at a fixed width (e-mails, old editors, text copied from PDF).

Most text files hold one paragraph a line. A file whose lines all end at the same column, mostly
in mid-sentence, does not: there a line that is full goes on in the next one.
"""

from __future__ import annotations

import re
import unicodedata

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
    margin = _margin(lines)
    if margin is None:
        return lines
    joined: list[str] = []
    page_numbers: list[str] = []  # met in mid-paragraph, given after it
    open_line = False  # the last line goes on
    for line in lines:
        if open_line and PAGE_NUMBER.fullmatch(line):
            page_numbers.append(line)
            continue
        indented = line[:1] in (" ", "\u3000", "\t")
        if open_line and line and not indented and not STARTS_ITEM.match(line):
            joined[-1] = join(joined[-1], line)
        else:
            joined.extend(page_numbers)
            page_numbers.clear()
            joined.append(line)
        missing = margin - width(line)
        # the first line of a paragraph is shorter where its indent was lost
        open_line = bool(line) and (
            missing <= _SLACK or (missing <= _SLACK + _INDENT and not _ENDS_SENTENCE.search(line))
        )
    return joined + page_numbers


def join(left: str, right: str) -> str:
    """Two pieces of one paragraph: no space between Chinese, one between Latin words.

    >>> join("工作", "总结"), join("party", "school"), join("共12", "项")
    ('工作总结', 'party school', '共12项')
    """
    left, right = left.rstrip(), right.lstrip()
    latin = left[-1:].isascii() and right[:1].isascii()
    spaced = latin and left[-1:].isalnum() and right[:1].isalpha()
    return f"{left} {right}" if spaced else left + right


def _margin(lines: list[str]) -> int | None:
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
