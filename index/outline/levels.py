"""A whole document: which number stands above which, what is a heading, what stands under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.outline.grammar import (
    ENDS,
    ITEM_KINDS,
    LONGEST_HEADING,
    LONGEST_INLINE_HEAD,
    ORDER,
    Kind,
    Mark,
    bare_heading,
    classify,
    first_sentence,
    heading_text,
    inline_head,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as `outline` needs it."""

    text: str
    level: int | None = None
    """Heading level stated by the format, 1 is outermost."""
    title: bool = False
    row: bool = False
    """A row of a table: its numbers are no outline."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands."""

    level: int
    """0 for body text; for a paragraph that is nothing but a heading its depth, from 1."""
    path: tuple[str, ...]
    """The headings above, outermost first, and its own as the last; may be empty."""
    mark: Mark | None
    head: int
    """Where the heading with which the paragraph begins ends; 0 where it begins with none."""


_HEAD_LINES = 12
"""A title stands among the first lines."""
_LEAST_BODY = 16
"""Characters of a paragraph that can be what a heading is about; a signature is shorter."""
_CLOSES_ALL = re.compile(r"(?:同志们|各位代表|各位委员|各位领导|各位同事|总之)[，,！!：:]")
_APPENDIX = re.compile(r"附\s?[件录表]\s?[\d一二三四五六七八九十]{0,2}\s?(?:[:：].*)?$")
_DATE = re.compile(
    r"[（(]?(?:[\dXx×*]{4}|[一二][〇○零O一二三四五六七八九]{3})\s?年\s?"
    r"[\dXx×*一二三四五六七八九十]{1,3}\s?月(?:\s?[\dXx×*一二三四五六七八九十]{1,3}\s?日)?[）)]?$"
)
_UNIT_ALONE = re.compile(
    r"[^，。！？；：、,]{2,24}(?:局|委|部|厅|处|办|公司|集团|支部|党委|党组|中心|院|校|政府|镇|乡|街道|社区)$"
)
_OF_TEXT: frozenset[Kind] = frozenset({"part", "chapter", "section", "han", "han_bracket"})
"""Numbers that no list of appendices below a signature has."""
_SIGNATURE = re.compile(r"[^，。！？；：、,]{2,30}$")
_LONE = re.compile(r"[^，。！？；：,;:!?|\t]{2,30}(?:[，\s][^，。！？；：,;:!?|\t]{2,20})?$")
_LONE_HALF = re.compile(r"[^，。！？；：、,;:!?|\s\d]{4,16}$")
_NOT_LONE = re.compile(
    r"目\s?[录次]$|.*(?:\d{4}\s?年\d{1,2}\s?月|编辑|记者|作者|来源|供稿|摄影|电话|附件|图\s?\d|表\s?\d|[（(]完[）)]|省略|〔|供图|摄影?[）)]|图为|\|)"
    r"|[^一-鿿]*$|[-—–●■*]|[”’」』》）)】，。、]"
)


def outline(lines: Sequence[Line]) -> list[Place]:
    """The place of every paragraph of a document; `lines` are its paragraphs in order.

    Which number stands above which is decided by the kinds present (a text may begin at （一） or
    at 1.), a missing or repeated number changes nothing, and an unnumbered short line between
    paragraphs counts as a heading.

    >>> texts = ["一、做法", "（一）抓学习。每月一次。", "二、打算", "继续努力，久久为功。"]
    >>> [place.path for place in outline([Line(text) for text in texts])]
    [('一、做法',), ('一、做法', '（一）抓学习'), ('二、打算',), ('二、打算',)]
    >>> [place.level for place in outline([Line(text) for text in texts])]
    [1, 0, 1, 0]
    """
    marks = _marks(lines)
    ranks = _ranks(lines, marks)

    def lone(i: int) -> bool:
        return marks[i] is None and lines[i].level is None and ranks[i] is not None

    places: list[Place] = []
    stack: list[tuple[float, str, bool]] = []  # rank, text, holds unmarked paragraphs too
    last_body = _last_body(lines)
    last_mark = _last_mark(lines, ranks)
    adjacent_body = False  # the paragraph before was a list member without content of its own
    for i, line in enumerate(lines):
        text, mark = line.text, marks[i]
        if line.title:
            places.append(Place(1, (), None, len(text)))
            continue
        rank = ranks[i]
        level = head = 0
        listed = False
        if rank is not None:
            while stack and stack[-1][0] >= rank:
                stack.pop()
            if _is_heading(lines, marks, ranks, i, adjacent_body):
                name = heading_text(text)
                if mark is None and line.level is None and i and places[-1].head and lone(i - 1):
                    # a heading in two lines
                    name = f"{heading_text(lines[i - 1].text)} {name}"
                stack.append((rank, name, True))
                level, head = len(stack), len(text)
            elif mark is not None:
                end = inline_head(text, mark)
                if end is not None:
                    head = end
                    stack.append((rank, heading_text(text[:end]), mark.kind not in ITEM_KINDS))
                elif _deeper_follows(ranks, i):
                    stack.append((rank, _first_clause(text, mark), mark.kind not in ITEM_KINDS))
                listed = True
        elif i > last_body or _APPENDIX.match(text) or (i > last_mark and _CLOSES_ALL.match(text)):
            stack.clear()
        else:
            while stack and not stack[-1][2]:
                stack.pop()
        adjacent_body = listed and head == 0
        places.append(Place(level, tuple(entry[1] for entry in stack), mark, head))
    return places


def _marks(lines: Sequence[Line]) -> list[Mark | None]:
    marks = [None if line.title or line.row else classify(line.text) for line in lines]
    # 1.2 is a heading only beside its neighbours 1.1 or 1.3: else it is a quantity
    seen = {(m.parents, m.value) for m in marks if m is not None and m.kind == "decimal"}
    for i, mark in enumerate(marks):
        if mark is not None and mark.kind == "decimal":
            near = {(mark.parents, mark.value - 1), (mark.parents, mark.value + 1)}
            if not seen & near:
                marks[i] = None
    return marks


def _ranks(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[float | None]:
    """For each paragraph how deep its mark or style stands (smaller is outer); None for body.

    The kinds of numbers decide, unless the levels that the format states put more numbers in
    order (1. under 1., and again from 1. in the next): in real files every line may be Heading 1.
    """
    by_kind = _ranks_by_kind(lines, marks)
    best, most = by_kind, 0
    for ranks in (by_kind, *_ranks_by_level(lines, marks, by_kind)):
        in_order = _in_order(lines, marks, ranks)
        if in_order > most:
            best, most = ranks, in_order
    return best


def _ranks_by_kind(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[float | None]:
    order = _nesting([mark.kind for mark in marks if mark is not None], marks)
    depth = {kind: float(position) for position, kind in enumerate(order)}
    style_depth = _style_ranks(lines, marks, depth)
    ranks: list[float | None] = []
    top = min((depth[m.kind] for m in marks if m is not None), default=None)
    for i, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        if mark is not None:
            ranks.append(depth[mark.kind] + len(mark.parents) / 10)
        elif line.title or line.row or not line.text.strip():
            ranks.append(None)
        elif line.level is not None and len(line.text) <= 2 * LONGEST_HEADING:
            ranks.append(style_depth[line.level])
        elif _is_lone(lines, marks, i):
            following = next((m for m in marks[i + 1 :] if m is not None), None)
            outermost = top is None or (
                following is not None and depth[following.kind] == top and following.value == 1
            )
            ranks.append(-0.5 if outermost else depth["quoted"] - 0.5)
        else:
            ranks.append(None)
    return ranks


_LEVEL_STEP = 0.04
_ABOVE_LEVELS = -0.45
"""Stated levels stand between the lone headings of the outermost kind (-0.5) and all kinds."""


def _ranks_by_level(
    lines: Sequence[Line], marks: Sequence[Mark | None], by_kind: Sequence[float | None]
) -> Iterator[list[float | None]]:
    """The ranks if stated levels are believed: none where no numbered line has one.

    First with the lines whose level the author forgot at the usual level of their kind, then with
    all lines without a level under those that have one (a list 1. 2. 3. under the heading 1.).
    """
    used: dict[Kind, list[int]] = {}
    for line, mark in zip(lines, marks, strict=True):
        if mark is not None and line.level is not None and mark.kind not in ITEM_KINDS:
            used.setdefault(mark.kind, []).append(line.level)
    if not used:
        return
    usual = {kind: max(set(levels), key=levels.count) for kind, levels in used.items()}
    usual.pop("decimal", None)  # 1.2 and 1.2.1 stand at levels of their own
    for forgotten in (usual, {}):
        ranks: list[float | None] = []
        for line, mark, rank in zip(lines, marks, by_kind, strict=True):
            level = line.level
            if level is None and mark is not None:
                level = forgotten.get(mark.kind)
            if level is None or rank is None:
                ranks.append(rank)
            else:
                ranks.append(_ABOVE_LEVELS + _LEVEL_STEP * level)
        yield ranks


def _in_order(
    lines: Sequence[Line], marks: Sequence[Mark | None], ranks: Sequence[float | None]
) -> int:
    """How many numbers follow the one before them at their place, or begin it with 1."""
    count = 0
    last: list[tuple[float, Mark | None]] = []  # the numbers that are open, outermost first
    for line, mark, rank in zip(lines, marks, ranks, strict=True):
        if rank is None:
            if _APPENDIX.match(line.text):
                last.clear()
            continue
        while last and last[-1][0] > rank:
            last.pop()
        beside = last.pop()[1] if last and last[-1][0] == rank else None
        if mark is None or mark.kind in ITEM_KINDS:
            last.append((rank, beside))
            continue
        first = beside is None or beside.parents != mark.parents
        follows = beside is not None and mark.value == beside.value + 1
        count += (mark.value == 1 if first else follows) and (
            beside is None or beside.kind == mark.kind
        )
        last.append((rank, mark))
    return count


def _nesting(kinds: Sequence[Kind], marks: Sequence[Mark | None]) -> list[Kind]:
    """The order of the kinds, outermost first: the usual one unless this text shows another."""
    order = list(ORDER)
    present = [kind for kind in order if kind in set(kinds) and kind not in ITEM_KINDS]
    starts: dict[Kind, int] = {}
    first: dict[Kind, int] = {}
    for position, mark in enumerate(marks):
        if mark is not None:
            first.setdefault(mark.kind, position)
            starts[mark.kind] = starts.get(mark.kind, 0) + (mark.value == 1)
    for outer, inner in pairwise(present):
        # the usual inner kind runs through once while the usual outer one keeps starting anew
        if starts[outer] >= 2 and starts[inner] == 1 and first[inner] < first[outer]:
            i, j = order.index(outer), order.index(inner)
            order[i], order[j] = order[j], order[i]
    return order


def _style_ranks(
    lines: Sequence[Line], marks: Sequence[Mark | None], depth: dict[Kind, float]
) -> dict[int, float]:
    """For each heading style its depth: that of the marks it is used with, else below the last."""
    used: dict[int, list[float]] = {}
    for line, mark in zip(lines, marks, strict=True):
        if line.level is not None and not line.title:
            together = used.setdefault(line.level, [])
            if mark is not None:
                together.append(depth[mark.kind])
    result: dict[int, float] = {}
    last = -0.9
    for level in sorted(used):
        together = used[level]
        rank = max(set(together), key=together.count) if together else last + 0.05
        last = max(rank, last + 0.05)
        result[level] = last
    return result


def _is_heading(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    ranks: Sequence[float | None],
    i: int,
    adjacent_body: bool,
) -> bool:
    """Whether paragraph `i`, which has a rank, is nothing but a heading."""
    line, mark = lines[i], marks[i]
    if mark is None:
        return True
    if line.level is not None and len(line.text) <= LONGEST_HEADING:
        return True
    if not bare_heading(line.text, mark):
        return False
    closed = line.text.rstrip()[-1:] in ENDS
    own, item = ranks[i], mark.kind in ITEM_KINDS
    following = ranks[i + 1] if i + 1 < len(lines) else None
    if following is not None and own is not None and following > own:
        return not item or mark.kind == "quoted"
    if following is not None or i + 1 == len(lines):
        return not closed and not item
    # a plain paragraph follows: the heading's text, or what comes after the end of a list
    if adjacent_body and (closed or item):
        return False
    substantial = len(lines[i + 1].text) >= _LEAST_BODY
    return substantial or not (closed or item)


def _is_lone(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Whether an unmarked line is a heading by standing alone between paragraphs of text."""
    text = lines[i].text
    if len(text) > 40 or not 0 < i < len(lines) - 1 or not _LONE.match(text):
        return False
    if _NOT_LONE.match(text) or _DATE.match(text):
        return False
    before, after = lines[i - 1], lines[i + 1]
    if any(line.title and text in line.text for line in lines[: min(i, _HEAD_LINES)]):
        return False
    if _LONE_HALF.match(text) and _LONE_HALF.match(after.text) and i + 2 < len(lines):
        # a heading in two lines of about equal length
        after = lines[i + 2]
        if abs(len(text) - len(lines[i + 1].text)) > 6 or marks[i + 1] or marks[i + 2]:
            return False
        return len(after.text) > 40 and _ends(before)
    if i > 1 and _LONE_HALF.match(text) and _LONE_HALF.match(before.text):
        return _is_lone(lines, marks, i - 1)
    if len(after.text) < _LEAST_BODY and marks[i + 1] is None:
        return False
    if marks[i + 1] is None and after.text.rstrip()[-1:] not in "。！？；：”）…":
        return False
    return _ends(before)


def _ends(line: Line) -> bool:
    return line.title or line.text.rstrip()[-1:] in "。！？；”）：…"


def _deeper_follows(ranks: Sequence[float | None], i: int) -> bool:
    own = ranks[i]
    following = ranks[i + 1] if i + 1 < len(ranks) else None
    return own is not None and following is not None and following > own


def _first_clause(text: str, mark: Mark) -> str:
    """What names a long numbered paragraph to those below it: its words up to a first comma."""
    end = min(first_sentence(text, mark.end), mark.end + LONGEST_INLINE_HEAD)
    comma = re.compile("[，,]").search(text, mark.end + 4, end)
    return heading_text(text[: comma.start() if comma and end - mark.end > 24 else end])


def _last_mark(lines: Sequence[Line], ranks: Sequence[float | None]) -> int:
    """Index of the last numbered paragraph of the text itself, before any appendix."""
    last = -1
    for i, rank in enumerate(ranks):
        if rank is not None:
            last = i
        elif _APPENDIX.match(lines[i].text) and i > len(lines) // 2:
            break
    return last


def _last_body(lines: Sequence[Line]) -> int:
    """Index of the last paragraph that is text; after it stand signature, date and the like."""
    last = len(lines) - 1
    for i in range(last, max(0, len(lines) - 8), -1):
        mark = classify(lines[i].text)
        if mark is not None and mark.kind in _OF_TEXT:
            break  # a date above it stands on the cover
        if _DATE.match(lines[i].text):
            signed = _SIGNATURE.match(lines[i - 1].text) and not classify(lines[i - 1].text)
            return i - 2 if signed else i - 1
    if last > 2 and _UNIT_ALONE.match(lines[last].text):
        return last - 1
    return last
