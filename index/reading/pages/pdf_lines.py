"""A page of a PDF -> its lines with their places, as far as pdfium can tell them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

from index.reading.tables import row_text
from index.text import unify_radicals

_COLUMN_GAP = 1.6
"""Ems of white between characters of one line from which they are cells of a table."""
_SAME_LINE = 0.5
"""Share of the lower height by which two pieces must overlap to stand in one line."""
_HYPHENS = "\x02\ufffe"
"""What pdfium gives for a hyphen at the end of a line."""

Box = tuple[float, float, float, float]
"""left, bottom, right, top in points, as the page is shown (rotation applied)."""


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line as it stands on the page; lengths in points, y grows upwards."""

    text: str
    page: int
    """From 1."""
    left: float
    bottom: float
    right: float
    top: float
    em: float
    """Width of a Chinese character of this line."""
    page_height: float
    cells: tuple[str, ...] = ()
    """The pieces between wide gaps, where there are two or more."""
    gaps: tuple[float, ...] = ()
    """Where (x) each cell but the first begins."""

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    def as_row(self) -> str:
        return row_text(self.cells)


@dataclass(slots=True)
class _Piece:
    """Characters that pdfium gives without a line break between them."""

    characters: list[tuple[str, Box]]

    @property
    def box(self) -> Box:
        boxes = [box for _, box in self.characters]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)


def page_lines(page: Any, number: int) -> list[PageLine]:
    """The lines of a pypdfium2 page in reading order, which is the order they were written in."""
    width, height = page.get_size()
    textpage = page.get_textpage()
    try:
        pieces = list(_pieces(textpage, page.get_rotation(), width, height))
    finally:
        textpage.close()
    lines: list[PageLine] = []
    for piece in _merged(pieces):
        line = _line(piece, number, height)
        if line is not None:
            lines.append(line)
    return lines


def _pieces(textpage: Any, rotation: int, width: float, height: float) -> Iterator[_Piece]:
    characters: list[tuple[str, Box]] = []
    last: Box | None = None
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, index)
        character = chr(code) if code else ""
        if character in ("\r", "\n"):
            if characters:
                yield _Piece(characters)
            characters, last = [], None
            continue
        if character in _HYPHENS:
            character = "-"
        if not character or 0xD800 <= code <= 0xDFFF:
            continue  # glyphs without a character; halves of one are never text here
        box = _turned(textpage.get_charbox(index, loose=True), rotation, width, height)
        if not character.isspace():
            # pdfium does not always see that a line ended, above all behind dot leaders
            if last is not None and (box[1] > last[3] or box[3] < last[1]):
                yield _Piece(characters)
                characters = []
            last = box
        characters.append((character, box))
    if characters:
        yield _Piece(characters)


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


def _merged(pieces: list[_Piece]) -> Iterator[_Piece]:
    """Pieces that go on in the same line to the right of the one before are one."""
    current: _Piece | None = None
    for piece in pieces:
        if current is not None and _continues(current.box, piece.box):
            current.characters += piece.characters
            continue
        if current is not None:
            yield current
        current = piece
    if current is not None:
        yield current


def _continues(first: Box, second: Box) -> bool:
    overlap = min(first[3], second[3]) - max(first[1], second[1])
    lower = min(first[3] - first[1], second[3] - second[1])
    return lower > 0 and overlap > _SAME_LINE * lower and second[0] >= first[2] - lower


def _line(piece: _Piece, number: int, page_height: float) -> PageLine | None:
    shown = [(c, box) for c, box in piece.characters if not c.isspace()]
    if not shown:
        return None
    widths = [box[2] - box[0] for c, box in shown if "\u3400" <= c <= "\u9fff"]
    heights = [box[3] - box[1] for _, box in shown]
    em = median(widths) if widths else 0.9 * median(heights)
    em = max(em, 1.0)
    cells, gaps = _cells(piece.characters, em)
    text = unify_radicals("".join(c for c, _ in piece.characters)).strip()
    return PageLine(
        text=text,
        page=number,
        left=min(box[0] for _, box in shown),
        bottom=median(box[1] for _, box in shown),
        right=max(box[2] for _, box in shown),
        top=median(box[3] for _, box in shown),
        em=em,
        page_height=page_height,
        cells=tuple(unify_radicals(cell) for cell in cells) if len(cells) > 1 else (),
        gaps=tuple(gaps),
    )


def _cells(characters: list[tuple[str, Box]], em: float) -> tuple[list[str], list[float]]:
    """Text between wide gaps, and where each cell but the first begins."""
    cells: list[str] = []
    gaps: list[float] = []
    end: float | None = None
    for character, box in characters:
        if character.isspace():
            if cells:
                cells[-1] += character
            continue
        if end is None:
            cells.append("")
        elif box[0] - end > _COLUMN_GAP * em:
            cells.append("")
            gaps.append(box[0])
        cells[-1] += character
        end = box[2]
    return [cell.strip() for cell in cells], gaps
