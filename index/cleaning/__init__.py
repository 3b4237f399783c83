"""What is not the author's text: adverts, paywall marks, page furniture, scraper noise.

`clean` keeps the author's words, placeholders included (X项, *次, ××局, 某), and says what it took
away. Every rule is a line of `RULES`; the cases are files under tests/cases/cleaning.

Typographic rules (indent, spaces, width, radicals, invisible) change how words are written, not
which words: they are counted, one Removal for the whole document whose text is that count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.cleaning.adverts import drop_adverts
from index.cleaning.furniture import drop_furniture
from index.cleaning.letterhead import drop_form
from index.cleaning.lines import RULES, TYPOGRAPHIC, Line, Log
from index.cleaning.marked import drop_marked
from index.cleaning.pages import drop_page_edges, drop_repeated_title
from index.cleaning.paywall import drop_paywall_marks
from index.cleaning.typography import drop_noise, split_at_indents, tidy
from index.datatypes import Block, Removal

__all__ = ["RULES", "TYPOGRAPHIC", "Cleaned", "clean"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is left, and what was taken away, in the order of the document."""

    blocks: tuple[Block, ...]
    removals: tuple[Removal, ...]


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Take away what is not the author's; cleaning what is clean changes nothing.

    >>> lines = ["　　会议强调，要##paidbegin##抓好整改。", "打印 关闭", "- 1 -"]
    >>> cleaned = clean([Block(line) for line in lines])
    >>> [block.text for block in cleaned.blocks]
    ['会议强调，要抓好整改。']
    >>> for removal in cleaned.removals:
    ...     print(removal.rule, removal.text)
    paywall ##paidbegin##
    furniture 打印 关闭
    page_number - 1 -
    indent 1处
    """
    log = Log()
    lines = drop_marked([Line(block, position) for position, block in enumerate(blocks)], log)
    for _ in range(_MOST_ROUNDS):
        before = log.size
        lines = _round(lines, log)
        if log.size == before:
            break
    return Cleaned(tuple(line.block for line in lines), log.removals())


_MOST_ROUNDS = 6
"""What one rule joins or lays bare another may take away; two rounds settle real texts."""


def _round(lines: list[Line], log: Log) -> list[Line]:
    lines = drop_paywall_marks(lines, log)
    lines = [part for line in lines for part in split_at_indents(line, log)]
    lines = [tidy(line, log) for line in lines]
    lines = [line for line in lines if line.text or line.block.label]
    lines = drop_noise(lines, log)
    lines = drop_adverts(lines, log)
    lines = drop_furniture(lines, log)
    lines = drop_form(lines, log)
    lines = drop_page_edges(lines, log)
    lines = drop_repeated_title(lines, log)
    return [line for line in lines if line.text or line.block.label]
