"""Characters with places -> lines of a page: what every format made of placed text shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.reading.tables import row_text
from index.text import unify_radicals

_COLUMN_GAP = 1.6
"""Ems of white between characters of one line from which they are cells of a table."""
_SAME_LINE = 0.5
"""Share of the lower height by which two pieces must overlap to stand in one line."""
_COLUMN_LINES = 6
_COLUMN_EMS = 8.0
"""A column of prose has so many lines, and is so wide at least."""
_GUTTER_STEP = 4.0
"""Points to which proposals for a gutter are rounded."""

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
    column: int = 0
    """1 left, 2 right on a page of two columns; else 0."""
    overlay: bool = False
    """It stands aslant over the page or belongs to its template: a watermark, no text."""

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2

    def as_row(self) -> str:
        return row_text(self.cells)


@dataclass(slots=True)
class Piece:
    """Characters that the format gives without a line break between them."""

    characters: list[tuple[str, Box]]
    column: int = 0

    @property
    def box(self) -> Box:
        boxes = [box for _, box in self.characters]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)


def to_lines(pieces: Iterable[Piece], number: int, page_height: float) -> list[PageLine]:
    """Lines of page `number` in reading order: as written, but column by column where text stands
    in two columns and was written across them."""
    whole = list(_merged(pieces))
    gutter = _gutter(whole)
    if gutter is not None:
        whole = _by_columns(whole, gutter)
    lines = (_line(piece, number, page_height) for piece in whole)
    return [line for line in lines if line is not None]


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where (x) the white between two columns of prose lies, or None.

    Prose fills its column: cells of tables do not. Every line that has a wide gap proposes the
    gap's middle, every run the place before it; a place is a gutter where enough long runs end before it and begin behind it.
    """
    runs: list[tuple[float, float, float]] = []
    proposals: Counter[int] = Counter()
    for piece in pieces:
        own = _runs(piece)
        runs += own
        if len(own) == 2:
            proposals[round((own[0][1] + own[1][0]) / 2 / _GUTTER_STEP)] += 1
        # columns that were written one after the other leave no gap inside a line
        proposals.update({int((left - 0.5 * em) / _GUTTER_STEP) for left, _, em in own})
    for place, _ in proposals.most_common(6):
        x = place * _GUTTER_STEP
        left = [run for run in runs if run[1] <= x]
        right = [run for run in runs if run[0] >= x]
        crossing = len(runs) - len(left) - len(right)
        if crossing > 0.25 * len(runs):
            continue
        if all(_fills_column(side) for side in (left, right)):
            return x
    return None


def _fills_column(runs: Sequence[tuple[float, float, float]]) -> bool:
    """Whether most of these (left, right, em) are lines of prose of one width."""
    if len(runs) < _COLUMN_LINES:
        return False
    start, end = min(run[0] for run in runs), max(run[1] for run in runs)
    em = median(run[2] for run in runs)
    full = sum(run[1] - run[0] > 0.75 * (end - start) for run in runs)
    return end - start > _COLUMN_EMS * em and full > 0.5 * len(runs)


def _runs(piece: Piece) -> list[tuple[float, float, float]]:
    """(left, right, em) of what stands between wide gaps."""
    shown = [(c, box) for c, box in piece.characters if not c.isspace()]
    if not shown:
        return []
    em = _em(shown)
    found: list[tuple[float, float, float]] = []
    for _, box in shown:
        if found and box[0] - found[-1][1] <= _COLUMN_GAP * em:
            found[-1] = (found[-1][0], max(found[-1][1], box[2]), em)
        else:
            found.append((box[0], box[2], em))
    return found


def _by_columns(pieces: Sequence[Piece], gutter: float) -> list[Piece]:
    """Left column before right column, between the lines that reach over both."""
    result: list[Piece] = []
    right: list[Piece] = []
    for piece in pieces:
        if any(left < gutter < end for left, end, _ in _runs(piece)):  # reaches over both columns
            result += [*right, piece]
            right = []
            continue
        before = [item for item in piece.characters if item[1][0] < gutter]
        behind = [item for item in piece.characters if item[1][0] >= gutter]
        if before:
            result.append(Piece(before, 1))
        if behind:
            right.append(Piece(behind, 2))
    return result + right


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Pieces that go on in the same line to the right of the one before are one."""
    current: Piece | None = None
    box: Box | None = None
    for piece in pieces:
        if current is not None and box is not None and _continues(box, piece.box):
            current.characters += piece.characters
            box = _around(box, piece.box)
            continue
        if current is not None:
            yield current
        current, box = piece, piece.box
    if current is not None:
        yield current


def _around(first: Box, second: Box) -> Box:
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )


def _continues(first: Box, second: Box) -> bool:
    overlap = min(first[3], second[3]) - max(first[1], second[1])
    lower = min(first[3] - first[1], second[3] - second[1])
    return lower > 0 and overlap > _SAME_LINE * lower and second[0] >= first[2] - lower


def _line(piece: Piece, number: int, page_height: float) -> PageLine | None:
    shown = [(c, box) for c, box in piece.characters if not c.isspace()]
    if not shown:
        return None
    em = _em(shown)
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
        column=piece.column,
        cells=tuple(unify_radicals(cell) for cell in cells) if len(cells) > 1 else (),
        gaps=tuple(gaps),
    )


def _em(shown: Sequence[tuple[str, Box]]) -> float:
    """Width of a Chinese character, from those there are; at least a point."""
    widths = [box[2] - box[0] for c, box in shown if "\u3400" <= c <= "\u9fff"]
    heights = [box[3] - box[1] for _, box in shown]
    return max(median(widths) if widths else 0.9 * median(heights), 1.0)


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
