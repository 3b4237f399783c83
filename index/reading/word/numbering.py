"""Automatic numbers of a .docx: numbering.xml and a running count -> the label before a paragraph.

Rules as in ECMA-376 part 1, 17.9. Counts run per abstract list: two lists made from the same
abstract one go on counting, unless the second states where it starts (w:startOverride).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml import etree

from index.reading.word.numerals import numeral
from index.reading.word.vocabulary import W, flag, value

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    style: str = "decimal"
    text: str = ""
    """Pattern with %1 … %9 for the numbers of the levels, as （%1） or %1.%2."""
    restart: int | None = None
    """Restart after this level (from 1) or a higher one was used; 0 never; None: any higher one."""
    all_decimal: bool = False
    """w:isLgl: numbers of higher levels are written in digits too (第三章 gives 3.1)."""
    paragraph_style: str | None = None


@dataclass(slots=True)
class _List:
    levels: dict[int, Level]
    style_link: str | None = None
    """Name of the numbering style that holds the levels of this list."""


@dataclass(frozen=True, slots=True)
class _Use:
    """A w:num: one use of an abstract list in the document."""

    abstract: str
    levels: dict[int, Level]
    start_overrides: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted."""

    uses: dict[str, _Use] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def from_xml(cls, root: etree._Element | None, style_lists: dict[str, str]) -> Numbering:
        """From the root of numbering.xml; `style_lists`: id of a numbering style -> its w:numId."""
        numbering = cls()
        if root is None:
            return numbering
        lists: dict[str, _List] = {}
        for element in root.iterfind(W + "abstractNum"):
            levels = dict(map(_level, element.iterfind(W + "lvl")))
            link = value(element.find(W + "numStyleLink"))
            lists[element.get(W + "abstractNumId", "")] = _List(levels, link)
        abstracts = {
            element.get(W + "numId", ""): value(element.find(W + "abstractNumId")) or ""
            for element in root.iterfind(W + "num")
        }
        for element in root.iterfind(W + "num"):
            identity = element.get(W + "numId", "")
            abstract = abstracts[identity]
            found = lists.get(abstract)
            if found is not None and found.style_link:
                abstract = abstracts.get(style_lists.get(found.style_link, ""), abstract)
                found = lists.get(abstract)
            if found is None:
                continue
            levels, starts = dict(found.levels), {}
            for override in element.iterfind(W + "lvlOverride"):
                index = _integer(override.get(W + "ilvl"), 0)
                start = value(override.find(W + "startOverride"))
                if start is not None:
                    starts[index] = _integer(start, 1)
                own = override.find(W + "lvl")
                if own is not None:
                    levels[index] = _level(own)[1]
            numbering.uses[identity] = _Use(abstract, levels, starts)
        return numbering

    def level_of_style(self, number_id: str, style: str) -> int | None:
        """The level that numbers paragraphs of `style`, where the list names the style itself."""
        use = self.uses.get(number_id)
        for index, level in use.levels.items() if use else ():
            if level.paragraph_style == style:
                return index
        return None

    def restart(self) -> None:
        """Forget all counts, to count a document again from its beginning."""
        self._counts.clear()
        self._started.clear()

    def next_label(self, number_id: str, index: int) -> str:
        """Count one paragraph of list `number_id` at level `index` (from 0); its label.

        Bullets and unknown lists give "": a bullet is no number.
        """
        use = self.uses.get(number_id)
        if use is None or not 0 <= index < _LEVELS:
            return ""
        level = use.levels.get(index)
        if level is None:
            return ""
        counts = self._counts.setdefault(use.abstract, [None] * _LEVELS)
        start = replace(level, start=use.start_overrides.get(index, level.start)).start
        first_of_use = (number_id, index) not in self._started
        self._started.add((number_id, index))
        previous = counts[index]
        if previous is None or (first_of_use and index in use.start_overrides):
            counts[index] = start
        else:
            counts[index] = previous + 1
        for deeper in range(index + 1, _LEVELS):
            rule = use.levels.get(deeper, Level()).restart
            if rule is None or (rule and index < rule):
                counts[deeper] = None
        return self._write(use, level, counts)

    def _write(self, use: _Use, level: Level, counts: list[int | None]) -> str:
        if level.style == "bullet":
            return ""

        def number(place: re.Match[str]) -> str:
            index = int(place[1]) - 1
            shown = use.levels.get(index, Level())
            if shown.style in ("none", "bullet"):
                return ""
            count = counts[index]
            count = shown.start if count is None else count
            style = "decimal" if level.all_decimal and shown.style != "decimalZero" else shown.style
            return numeral(count, style)

        return _PLACE.sub(number, level.text).strip()


def _level(element: etree._Element) -> tuple[int, Level]:
    """(index, level) of a w:lvl."""
    style = element.find(f".//{W}numFmt")  # newer formats stand in an AlternateContent
    restart = value(element.find(W + "lvlRestart"))
    return _integer(element.get(W + "ilvl"), 0), Level(
        start=_integer(value(element.find(W + "start")), 0),  # absent means 0, by the standard
        style=_number_style(style),
        text=value(element.find(W + "lvlText")) or "",
        restart=None if restart is None else _integer(restart, 0),
        all_decimal=flag(element.find(W + "isLgl")),
        paragraph_style=value(element.find(W + "pStyle")),
    )


def _number_style(element: etree._Element | None) -> str:
    """The name of a w:numFmt; of one that shows its first numbers ("01, 02, 03, ..."), its kin."""
    style = value(element) or "decimal"
    if style != "custom" or element is None:
        return style
    first = (element.get(W + "format") or "").split(",")[0].strip()
    return {"01": "decimalZero", "①": "decimalEnclosedCircle"}.get(first, "decimal")


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise
