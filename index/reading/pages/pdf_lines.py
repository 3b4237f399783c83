"""A page of a PDF -> its lines with their places, as far as pdfium can tell them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pypdfium2.raw as pdfium

from index.reading.pages.placed import Box, PageLine, Piece, to_lines

_HYPHENS = "\x02\ufffe"
"""What pdfium gives for a hyphen at the end of a line."""
_ASLANT = math.radians(5)
"""Writing that leans more than this from upright or a quarter turn is a watermark."""
GREATEST_CHARACTERS = 2_000_000
"""Of one page; a page of small print has 5,000."""
_AUTOMATIC_SPACE = 0.4
"""Ems of white that offices put between Chinese and Latin; nobody typed a space there."""


def page_lines(page: Any, number: int) -> list[PageLine]:
    """The lines of a pypdfium2 page in reading order, watermarks last, marked as overlay.

    Raises OverflowError where a page has more than GREATEST_CHARACTERS.
    """
    width, height = page.get_size()
    textpage = page.get_textpage()
    aslant: list[tuple[str, Box]] = []
    try:
        if textpage.count_chars() > GREATEST_CHARACTERS:
            raise OverflowError
        pieces = list(_pieces(textpage, page.get_rotation(), width, height, aslant))
    finally:
        textpage.close()
    lines = to_lines(pieces, number, height)
    if aslant:
        marks = to_lines([Piece(aslant)], number, height)
        lines += [replace(line, overlay=True, cells=(), gaps=()) for line in marks]
    return lines


def _pieces(
    textpage: Any, rotation: int, width: float, height: float, aslant: list[tuple[str, Box]]
) -> Iterator[Piece]:
    """Upright characters between line breaks; those that lean are put into `aslant`."""
    characters: list[tuple[str, Box]] = []
    last: Box | None = None
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        character = chr(code) if code else ""
        if character in ("\r", "\n"):
            if characters:
                yield Piece(characters)
            characters, last = [], None
            continue
        if character in _HYPHENS:
            character = "-"
        if not character or 0xD800 <= code <= 0xDFFF:
            continue  # glyphs without a character; halves of one are never text here
        box = _turned(textpage.get_charbox(index, loose=True), rotation, width, height)
        if not all(map(math.isfinite, box)):  # a damaged matrix; the character itself is good
            box = last or (0.0, 0.0, 0.0, 0.0)
        if not character.isspace():
            if leans(pdfium.FPDFText_GetCharAngle(textpage, index)):
                aslant.append((character, box))
                continue
            # pdfium does not always see that a line ended, above all behind dot leaders
            if last is not None and (box[1] > last[3] or box[3] < last[1]):
                yield Piece(characters)
                characters = []
            last = box
            if _made_up(characters, character, box):
                characters.pop()
        characters.append((character, box))
    if characters:
        yield Piece(characters)


def _made_up(before: Sequence[tuple[str, Box]], character: str, box: Box) -> bool:
    """Whether pdfium made a space of the narrow white between Chinese and Latin."""
    if len(before) < 2 or before[-1][0] != " " or before[-1][1][0] != before[-1][1][2]:
        return False  # spaces of the file have a width
    other, left = before[-2]
    if _is_chinese(other) == _is_chinese(character) or not (
        other.isalnum() and character.isalnum()
    ):
        return False
    em = left[2] - left[0] if _is_chinese(other) else box[2] - box[0]
    return box[0] - left[2] < _AUTOMATIC_SPACE * em


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def leans(angle: float) -> bool:
    """Whether an angle in radians is far from every quarter turn."""
    rest = angle % (math.pi / 2)
    return min(rest, math.pi / 2 - rest) > _ASLANT


def _turned(box: Box, rotation: int, width: float, height: float) -> Box:
    """The box as it is shown: `width` and `height` are those of the page as shown."""
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, height - right, top, height - left
    if rotation == 180:
        return width - right, height - top, width - left, height - bottom
    if rotation == 270:
        return width - top, left, width - bottom, right
    return box
