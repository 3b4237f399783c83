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

_MANY_RUNS = 200
"""Runs of lines down a page; a page of more is drawn in no order that could be mended."""
_RAISED_HEIGHT, _RAISED_BY = 0.75, 0.15
"""A raised digit is so much lower than its line is high, and stands so much above its foot."""

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
    raised: tuple[tuple[int, int], ...] = ()
    """Where (start, end in `text`) small raised digits stand: numbers of footnotes, or powers."""
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
    lines = [line for piece in whole if (line := _line(piece, number, page_height)) is not None]
    return lines if gutter is not None else _settled(lines)


def _settled(lines: Sequence[PageLine]) -> list[PageLine]:
    """Lines as written, but for runs that were written late and stand in the white between others.

    Programs write text boxes, heads and feet behind the text or before it. A run that overlaps the
    height of any other line (a column, a cell) stays where it was written.
    """
    runs: list[list[PageLine]] = []
    for line in lines:
        if runs and line.middle <= runs[-1][-1].middle:
            runs[-1].append(line)
        else:
            runs.append([line])
    extents = [(min(x.bottom for x in run), max(x.top for x in run)) for run in runs]
    if len(runs) < 2 or len(runs) > _MANY_RUNS:
        return list(lines)
    result = runs[0]
    free = True
    for i, run in enumerate(runs[1:], 1):
        bottom, top = extents[i]
        at = next((j for j, x in enumerate(result) if x.middle < bottom), len(result))
        free = free and not any(x.middle > bottom and x.middle < top for x in result)
        # between two lines, and not around one: the white must hold the whole run
        at = at if free else len(result)
        result = [*result[:at], *run, *result[at:]]
    return result


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Where (x) the white between two columns of prose lies, or None.

    Prose fills its column: cells of tables do not. Every line that has a wide gap proposes the
    gap's middle, every run the place before it; a place is a gutter where enough
    long runs end before it and begin behind it.
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
    whole = unify_radicals("".join(c for c, _ in piece.characters))
    text = whole.strip()
    return PageLine(
        text=text,
        raised=tuple(
            (start, end)
            for start, end in _raised(piece.characters, len(whole) - len(whole.lstrip()))
            if text[start:end].isdecimal()
        ),
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


def _raised(characters: Sequence[tuple[str, Box]], stripped: int) -> list[tuple[int, int]]:
    """(start, end) of small raised digits; `stripped`: spaces taken from the line's beginning."""
    boxes = [box for c, box in characters if not c.isspace()]
    height = median(box[3] - box[1] for box in boxes)
    foot = median(box[1] for box in boxes)
    found: list[tuple[int, int]] = []
    for i, (character, box) in enumerate(characters):
        small = box[3] - box[1] < _RAISED_HEIGHT * height
        if character.isdecimal() and small and box[1] > foot + _RAISED_BY * height:
            at = i - stripped
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + 1)
            else:
                found.append((at, at + 1))
    return found


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
