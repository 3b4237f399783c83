"""Lines of pages -> paragraphs: what a reader sees at a glance, spelled out as rules.

A PDF knows glyphs and places, no paragraphs. Lines are joined unless something says that a new
paragraph begins: an indent, a line that ended before it had to, another size of type, more space
above, the number of an item. Running heads and page numbers are taken out first, so that a
paragraph goes on across pages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median, quantiles

from index.datatypes import Block
from index.reading.lines import PAGE_NUMBER, STARTS_ITEM
from index.reading.pages.footnotes import take_notes
from index.reading.pages.placed import PageLine
from index.reading.wrapped import join

_BAND = 0.12
"""Share of the page's height, above and below, in which running heads and page numbers stand."""
_REPEATED_PAGES = 3
_REPEATED_SHARE = 0.25
"""A running head stands on so many pages and on this share of them (odd and even may differ)."""
_OTHER_SIZE = 0.12
_TITLE_SIZE = 1.15
"""Type this much larger than the text's, near the beginning, is the title's."""
_TITLE_LINES = 8
_MORE_SPACE = 1.25
"""Distance to the line above, in usual distances, from which it separates paragraphs."""
_INDENT = 1.2
"""Ems by which a first line is indented at least; usual are two."""
_DEEPEST_FIRST_LINE = 3.2
_SPARE_ENDED, _SPARE, _SPARE_INDENTED = 0.3, 1.0, 3.0
"""Ems that must be left over behind a line, beyond what the next word needs, for it to have ended:
after the end of a sentence, else, and else in a document that indents first lines."""
_MANY_LINES = 400
"""Lines of one page from which its margins are sought nearby only: the cost stays linear."""
_ENDS_SENTENCE = re.compile(r"[。！？；：!?;:…][\"'”’）)」』》】]*$")
_DOT_LEADERS = re.compile(r"[.…·．]{5,}\s*\d*\s*$")
_FIRST_WORD = re.compile(
    r"[“‘（《【「『(\[]*(?:[\x21-\x7e]+|.)[，。、；：！？）》”’】」』%％,.;:!?)]*(?:[“‘（《【「『(\[]+.)?"
)
"""What may not be broken: closing marks never begin a line, opening marks never end one."""


def to_blocks(pages: Sequence[Sequence[PageLine]]) -> list[Block]:
    """Blocks of a document given the lines of each page, in reading order."""
    notes: dict[int, list[str]] = {}
    without_notes = []
    for page in pages:
        kept, found = take_notes(page)
        without_notes.append(kept)
        notes |= found
    pages = without_notes
    furniture = _furniture([[line for line in page if not line.overlay] for page in pages])
    furniture |= {id(line) for page in pages for line in page if line.overlay}
    lines = [line for page in pages for line in page]
    flow = [line for line in lines if id(line) not in furniture]
    if not flow:
        return [
            Block(line.text, kind="furniture" if line.overlay else "text", page=line.page)
            for line in lines
        ]
    rows = _rows(flow)
    margins = _Margins(flow)
    groups: list[list[PageLine]] = []
    for i, line in enumerate(flow):
        joins = i > 0 and not (rows[i] or rows[i - 1]) and margins.goes_on(flow[i - 1], line)
        if joins:
            groups[-1].append(line)
        else:
            groups.append([line])
    in_row = {id(line) for line, is_row in zip(flow, rows, strict=True) if is_row}
    blocks = [_block(group, id(group[0]) in in_row) for group in groups]
    _mark_title(blocks, groups)
    if notes:
        blocks = _with_notes(blocks, groups, notes)
    return _with_furniture(blocks, [line for line in lines if id(line) in furniture])


def _block(group: Sequence[PageLine], is_row: bool) -> Block:
    if is_row:
        return Block(group[0].as_row(), kind="row", page=group[0].page)
    text = group[0].text
    for line in group[1:]:
        text = join(text, line.text)
    if _DOT_LEADERS.search(text):
        return Block(text, kind="furniture", page=group[0].page)
    return Block(text, page=group[0].page)


def _with_notes(
    blocks: Sequence[Block], groups: Sequence[Sequence[PageLine]], notes: Mapping[int, list[str]]
) -> list[Block]:
    """The blocks with each footnote behind the paragraph whose line refers to it."""
    result: list[Block] = []
    for block, group in zip(blocks, groups, strict=True):
        result.append(block)
        for line in group:
            result += [Block(text, page=line.page) for text in notes.get(id(line), ())]
    return result


def _with_furniture(blocks: list[Block], lines: Sequence[PageLine]) -> list[Block]:
    """Furniture behind the last paragraph that begins on its page: never inside one."""
    by_page: dict[int | None, list[Block]] = defaultdict(list)
    for line in lines:
        by_page[line.page].append(Block(line.text, kind="furniture", page=line.page))
    result: list[Block] = []
    for i, block in enumerate(blocks):
        result.append(block)
        following = blocks[i + 1].page if i + 1 < len(blocks) else None
        for page in sorted(p for p in by_page if p is not None):
            if following is None or page < (following or 0):
                result += by_page.pop(page)
    return result


def _furniture(pages: Sequence[Sequence[PageLine]]) -> set[int]:
    """Identities of the lines that are running heads, running feet and page numbers."""
    edge: dict[int, list[PageLine]] = {}
    seen: Counter[tuple[str, int]] = Counter()
    for i, page in enumerate(pages):
        edge[i] = [line for line in page if _in_band(line)]
        seen.update({_signature(line) for line in edge[i]})
    needed = max(min(_REPEATED_PAGES, len(pages)), _REPEATED_SHARE * len(pages), 2)
    found: set[int] = set()
    for i, page in enumerate(pages):
        for line in edge[i]:
            if seen[_signature(line)] >= needed:
                found.add(id(line))
        # a page number is the outermost line but for running heads
        rest = sorted(
            (line for line in page if id(line) not in found), key=lambda line: line.middle
        )
        for line in (rest[:1] + rest[-1:]) if rest else ():
            if _in_band(line) and PAGE_NUMBER.fullmatch(line.text):
                found.add(id(line))
    return found


def _in_band(line: PageLine) -> bool:
    place = line.middle / line.page_height
    return place < _BAND or place > 1 - _BAND


def _signature(line: PageLine) -> tuple[str, int]:
    """What a running head shares with itself on other pages: its words and its height."""
    words = re.sub(r"\d+", "#", re.sub(r"\s+", "", line.text))
    return words, round(line.middle / line.page_height * 50)


def _rows(flow: Sequence[PageLine]) -> list[bool]:
    """For each line, whether it is a row of a table: three cells, or two below or above two."""

    def aligned(a: PageLine, b: PageLine) -> bool:
        return a.page == b.page and any(abs(x - y) < a.em for x in a.gaps for y in b.gaps)

    found = []
    for i, line in enumerate(flow):
        neighbours = [flow[j] for j in (i - 1, i + 1) if 0 <= j < len(flow)]
        found.append(
            len(line.cells) > 2 or bool(line.cells and any(aligned(line, n) for n in neighbours))
        )
    return found


class _Margins:
    """Where lines begin and end on each page, and how far apart they stand."""

    def __init__(self, flow: Sequence[PageLine]) -> None:
        self._by_page: dict[int, list[PageLine]] = defaultdict(list)
        for line in flow:
            self._by_page[line.page].append(line)
        self._position = {
            id(line): at for lines in self._by_page.values() for at, line in enumerate(lines)
        }
        self._body = _body_em(flow)
        self._pitch = {page: _usual_distance(lines) for page, lines in self._by_page.items()}
        self._sides: dict[int, tuple[float, float]] = {}
        self._spare = _SPARE_INDENTED if self._has_indents(flow) else _SPARE

    def goes_on(self, above: PageLine, below: PageLine) -> bool:
        """Whether `below` continues the paragraph of `above`."""
        em = above.em
        if (
            _two_chinese(above)
            and _two_chinese(below)
            and abs(above.em - below.em) > _OTHER_SIZE * em
        ):
            return False
        if _DOT_LEADERS.search(above.text) or _DOT_LEADERS.search(below.text):
            return False
        starts_item = STARTS_ITEM.match(below.text) is not None
        ended = _ENDS_SENTENCE.search(above.text) is not None
        bracketed = above.text[-1:] in "）)》】”"
        if starts_item and (ended or bracketed or STARTS_ITEM.match(above.text)):
            return False
        same_column = above.page == below.page and below.middle < above.middle
        distance = above.middle - below.middle
        off_centre = abs((above.left + above.right) - (below.left + below.right)) / 2
        large_title = above.em > _TITLE_SIZE * self._body and below.em > _TITLE_SIZE * self._body
        if large_title and same_column and off_centre < em and not (ended or starts_item):
            # a centred title of several lines: each ends where its writer broke it
            return distance < 2.5 * em
        if same_column and distance > max(_MORE_SPACE * self._pitch[above.page], 1.5 * em):
            return False
        left, right = self._margins(above)
        below_left, _ = self._margins(below)
        free = right - above.right
        wanted = _first_word(below.text) * em
        spare = _SPARE_ENDED if ended else self._spare
        if free >= wanted + spare * em:
            return False
        indent_above = above.left - left
        indent_below = below.left - below_left
        if indent_below >= _INDENT * em:
            # set in as deep as the line above and deeper than any first line: a block set in whole
            set_in = indent_below > _DEEPEST_FIRST_LINE * em and indent_below < indent_above + em
            return set_in and not (ended or starts_item)
        return True

    def _has_indents(self, flow: Sequence[PageLine]) -> bool:
        """Whether this document indents first lines: then a line at the margin is rarely one."""
        firsts = [
            below.left - self._margins(below)[0] > _INDENT * below.em
            for above, below in pairwise(flow)
            if _ENDS_SENTENCE.search(above.text)
            and self._margins(above)[1] - above.right > 3 * above.em
        ]
        return sum(firsts) > 0.5 * len(firsts)

    def _near(self, line: PageLine) -> Sequence[PageLine]:
        """The lines of its page; of a page with very many only those written near it."""
        lines = self._by_page[line.page]
        if len(lines) <= _MANY_LINES:
            return lines
        at = self._position[id(line)]
        return lines[max(0, at - _MANY_LINES // 4) : at + _MANY_LINES // 4]

    def _margins(self, line: PageLine) -> tuple[float, float]:
        """Left and right edge of the text around a line; of its own column where there are two."""
        cached = self._sides.get(id(line))
        if cached is None:
            around = [
                other
                for other in self._near(line)
                if other.column == line.column
                and other.left < line.right
                and line.left < other.right
                and not other.cells
            ] or [line]
            long = [other for other in around if other.right - other.left > 0.5 * _widest(around)]
            left = min(other.left for other in long)
            right = _high([other.right for other in long])
            cached = self._sides[id(line)] = (left, max(right, min(line.right, right + line.em)))
        return cached


def _widest(lines: Sequence[PageLine]) -> float:
    return max(line.right - line.left for line in lines)


def _two_chinese(line: PageLine) -> bool:
    return sum("\u3400" <= character <= "\u9fff" for character in line.text) >= 2


def _first_word(text: str) -> float:
    """Ems that the first piece of a line takes which may not be broken."""
    word = _FIRST_WORD.match(text)
    if word is None:
        return 1.0
    return sum(0.5 if character.isascii() else 1.0 for character in word[0])


def _body_em(lines: Sequence[PageLine]) -> float:
    """The size of type that most of the text is set in."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.em * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0]


def _usual_distance(lines: Sequence[PageLine]) -> float:
    distances = [
        above.middle - below.middle
        for above, below in pairwise(lines)
        if 0.5 * above.em < above.middle - below.middle < 4 * above.em
    ]
    # the lower quartile: on pages of one-line paragraphs most distances separate paragraphs
    return _low(distances) if distances else 0.0


def _low(values: Sequence[float]) -> float:
    return quantiles(values, n=4)[0] if len(values) > 1 else values[0]


def _high(values: Sequence[float]) -> float:
    """The right edge: nearly the farthest, but not a single line that sticks out."""
    ordered = sorted(values)
    return ordered[-2] if len(ordered) > 4 else ordered[-1]


def _mark_title(blocks: list[Block], groups: Sequence[Sequence[PageLine]]) -> None:
    """Mark the first of the largest lines at the beginning of the first page as the title."""
    body = _body_em([line for group in groups for line in group])
    first = [
        i
        for i, group in enumerate(groups[:_TITLE_LINES])
        if group[0].page == groups[0][0].page and blocks[i].kind == "text"
    ]
    large = [i for i in first if median(line.em for line in groups[i]) > _TITLE_SIZE * body]
    if not large:
        return
    largest = max(groups[i][0].em for i in large)
    for i in large:
        if groups[i][0].em > largest * (1 - _OTHER_SIZE) and len(blocks[i].text) >= 4:
            blocks[i] = Block(blocks[i].text, kind="title", page=blocks[i].page)
            return
