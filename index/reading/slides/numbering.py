"""Automatic numbers of paragraphs in DrawingML: the schemes of ECMA-376 part 1, 20.1.10.61."""

from __future__ import annotations

import re

from lxml import etree

from index.reading.word.numerals import numeral

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"

_SCHEME = re.compile(
    r"(alphaLc|alphaUc|romanLc|romanUc|arabicDb|arabic|circleNumDb|circleNumWdWhite"
    r"|circleNumWdBlack|ea1Chs|ea1Cht|ea1JpnChsDb|ea1JpnKor)(ParenBoth|ParenR|Period|Plain)"
)
_STYLES = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabic": "decimal",
    "arabicDb": "decimalFullWidth",
    "circleNumDb": "decimalEnclosedCircle",
    "circleNumWdWhite": "decimalEnclosedCircle",
    "circleNumWdBlack": "decimalEnclosedCircle",
    "ea1Chs": "chineseCountingThousand",
    "ea1Cht": "chineseCountingThousand",
    "ea1JpnChsDb": "chineseCountingThousand",
    "ea1JpnKor": "japaneseCounting",
}
"""Beginning of a scheme -> the same numbers in WordprocessingML."""
_ENDS = {"Period": ".", "ParenR": ")", "Plain": "", "ParenBoth": ")"}
_DOUBLE_BYTE = {"arabicDb", "ea1JpnChsDb"}
"""Their period is a full-width one."""
_LEVELS = 9
_GREATEST_START = 32_767
"""As the standard bounds startAt; what lies beyond is damage."""


def label(number: int, scheme: str) -> str:
    """How a number is shown; empty for a scheme that no Chinese text has (Hebrew, Thai …).

    >>> [label(3, s) for s in ("arabicPeriod", "ea1ChsPeriod", "alphaLcParenBoth")]
    ['3.', '三.', '(c)']
    >>> label(12, "circleNumDbPlain"), label(2, "ea1JpnChsDbPeriod")
    ('⑫', '二．')
    """
    found = _SCHEME.fullmatch(scheme)
    if found is None:
        return ""
    kind, end = found.groups()
    close = "．" if end == "Period" and kind in _DOUBLE_BYTE else _ENDS[end]
    return ("(" if end == "ParenBoth" else "") + numeral(number, _STYLES[kind]) + close


class Counter:
    """Counts the paragraphs of one text body, each in its level."""

    def __init__(self, list_style: etree._Element | None) -> None:
        """`list_style`: a:lstStyle, which says for levels what their paragraphs do not."""
        self._inherited = list_style
        self._last: dict[int, tuple[str, int, int]] = {}

    def next_label(self, properties: etree._Element | None) -> str:
        """The number before the next paragraph that has text; `properties`: its a:pPr."""
        level = _integer(None if properties is None else properties.get("lvl"), 0, _LEVELS - 1)
        for deeper in [other for other in self._last if other > level]:
            del self._last[deeper]
        bullet = _bullet(properties)
        if bullet is None and self._inherited is not None:
            bullet = _bullet(self._inherited.find(f"{_A}lvl{level + 1}pPr"))
        if bullet is None or bullet.tag != _A + "buAutoNum":
            self._last.pop(level, None)
            return ""
        scheme = bullet.get("type", "")
        start = _integer(bullet.get("startAt"), 1, _GREATEST_START)
        before = self._last.get(level)
        goes_on = before is not None and before[:2] == (scheme, start)
        number = before[2] + 1 if before is not None and goes_on else start
        self._last[level] = (scheme, start, number)
        return label(number, scheme)


def _bullet(properties: etree._Element | None) -> etree._Element | None:
    """The a:bu… that says what stands before a paragraph, or None where nothing is said."""
    if properties is None:
        return None
    for name in ("buAutoNum", "buNone", "buChar", "buBlip"):
        found = properties.find(_A + name)
        if found is not None:
            return found
    return None


def _integer(text: str | None, least: int, greatest: int) -> int:
    try:
        return min(max(int(text or least), least), greatest)
    except ValueError:
        return least
