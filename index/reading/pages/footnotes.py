"""Footnotes of a page: found by their raised numbers, taken from the foot to their paragraph.

A note left at the foot would stand inside a paragraph that goes on across pages. Raised digits are
powers, too (km²): they are numbers of notes only where the foot of the same page has a note for
every one of them, in order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from index.reading.lines import PAGE_NUMBER
from index.reading.pages.placed import PageLine
from index.reading.wrapped import join

_SMALLER = 0.93
"""Ems of a note in ems of the text, where it is set in smaller type."""
_WHITE_ABOVE = 1.3
"""Distance of the first note from the text, in the usual distances; a rule is drawn there."""


def take_notes(page: Sequence[PageLine]) -> tuple[list[PageLine], dict[int, list[str]]]:
    """The page's lines without notes and their numbers, and the notes by the id() of the line."""
    references = [
        (i, start, end)
        for i, line in enumerate(page)
        for start, end in line.raised
        if start > 0 and not line.text[start - 1].isascii() and not line.cells
    ]
    if not references:
        return list(page), {}
    numbers = list(dict.fromkeys(page[i].text[start:end] for i, start, end in references))
    region = _region(page, numbers[0], min(page[i].middle for i, _, _ in references))
    notes = _notes(region, numbers)
    if len(notes) != len(numbers):
        return list(page), {}
    taken = {id(line) for line in region}
    lines = list(page)
    placed: dict[int, list[str]] = {}
    for i in sorted({i for i, _, _ in references}):
        text = lines[i].text
        own: list[str] = []
        for _, start, end in sorted((r for r in references if r[0] == i), reverse=True):
            own.insert(0, text[start:end])
            text = text[:start] + text[end:]
        lines[i] = replace(lines[i], text=text, raised=())
        placed[id(lines[i])] = [notes.pop(number) for number in own if number in notes]
    return [line for line in lines if id(line) not in taken], placed


def _region(page: Sequence[PageLine], first: str, below: float) -> list[PageLine]:
    """The lines from the note `first` to the foot of the page, or none."""
    flow = sorted((x for x in page if not x.overlay), key=lambda line: -line.middle)
    starts = [i for i, line in enumerate(flow) if line.middle < below and _opens(line, first)]
    if not starts:
        return []
    at = starts[-1]
    distances = sorted(
        above.middle - line.middle
        for above, line in pairwise(flow[:at])
        if above.middle > line.middle
    )
    text = max(line.em for line in flow[:at] if line.raised) if at else 0.0
    usual = distances[len(distances) // 4] if distances else 0.0
    apart = flow[at - 1].middle - flow[at].middle > _WHITE_ABOVE * usual > 0
    if not (apart or flow[at].em < _SMALLER * text):
        return []
    return [line for line in flow[at:] if not PAGE_NUMBER.fullmatch(line.text)]


def _notes(region: Sequence[PageLine], numbers: Sequence[str]) -> dict[str, str]:
    """Number -> text of each note; fewer than `numbers` where one is missing or out of order."""
    notes: dict[str, str] = {}
    for line in region:
        expected = numbers[len(notes)] if len(notes) < len(numbers) else None
        if expected is not None and _opens(line, expected):
            notes[expected] = line.text[len(expected) :].lstrip()
        elif notes:
            last = next(reversed(notes))
            notes[last] = join(notes[last], line.text)
    return notes


def _opens(line: PageLine, number: str) -> bool:
    return re.match(rf"{number}\s*(?![\d.．、，%％\s])", line.text) is not None
