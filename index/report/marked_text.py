"""Marked text: a passage cut into runs that look alike, with the numbers that stand behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from index.datatypes import Span
from index.findings import Marked, SharedSpan
from index.report import wording
from index.report.wording import Look

CONTEXT = 40
"""Characters of the source shown before and after the shared passage."""
GAP = "……"


@dataclass(frozen=True, slots=True)
class Reference:
    """A number in the text that leads to an entry of the report."""

    kind: Literal["finding", "leftover", "figure"]
    number: int
    """From 1, by its kind."""

    @property
    def text(self) -> str:
        return {"finding": "", "leftover": "忘改", "figure": "数字"}[self.kind] + str(self.number)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of a paragraph that look alike."""

    text: str
    look: Look | None = None
    """None for text that nothing was found in."""
    part: Literal["same", "slot", "other"] = "same"
    """In a finding: what both texts have, what fills a slot, what differs otherwise."""
    flagged: bool = False
    """Whether a leftover or an unchanged figure stands here."""
    references: tuple[Reference, ...] = ()
    """Those that end here."""


def draft_runs(text: str, shared: SharedSpan, marks: Sequence[Marked]) -> tuple[Run, ...]:
    """The finding's own stretches of the draft, and a gap between them."""
    runs: list[Run] = []
    for mark in marks:
        if runs:
            runs.append(Run(GAP))
        runs += _marked_runs(text, mark.span, shared, ())
    return tuple(runs)


def _marked_runs(text: str, span: Span, shared: SharedSpan, cuts: Iterable[int]) -> list[Run]:
    pieces = [piece.span for piece in shared.pieces]
    slots = [slot.span for slot in shared.slots]
    return _within(text, span, wording.look_of(shared), pieces, slots, cuts)


def source_runs(text: str, shared: SharedSpan) -> tuple[Run, ...]:
    """The source's passage with its marks, and up to CONTEXT characters on both sides."""
    start, end = shared.source_span
    first, past = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    runs = [Run(("…" if first else "") + text[first:start])] if start else []
    runs += _within(
        text,
        shared.source_span,
        wording.look_of(shared),
        [piece.source_span for piece in shared.pieces],
        [slot.source_span for slot in shared.slots],
        {start, end},
    )
    if end < len(text):
        runs.append(Run(text[end:past] + ("…" if past < len(text) else "")))
    return tuple(runs)


def _within(
    text: str,
    span: Span,
    look: Look,
    pieces: Sequence[Span],
    slots: Sequence[Span],
    cuts: Iterable[int],
) -> list[Run]:
    """The runs of a finding's passage, cut where a piece or slot begins or ends and at `cuts`.

    A piece that begins or ends within a slot cuts nothing there: a year of which three figures
    agree is one slot, shown as one.
    """
    edges = {edge for slot in slots for edge in slot}
    edges.update(
        edge
        for piece in pieces
        for edge in piece
        if not any(first < edge < past for first, past in slots)
    )
    edges = {edge for edge in (*edges, *cuts) if span[0] <= edge <= span[1]} | set(span)
    runs: list[Run] = []
    for start, end in pairwise(sorted(edges)):
        part: Literal["same", "slot", "other"] = "other"
        if any(one <= start and end <= other for one, other in slots):
            part = "slot"
        elif not pieces or any(one <= start and end <= other for one, other in pieces):
            part = "same"
        runs.append(Run(text[start:end], look, part))
    return runs


def runs_of(
    text: str,
    marked: Sequence[Marked],
    numbers: Mapping[Span, int],
    flags: Sequence[tuple[Span, Reference]],
) -> tuple[Run, ...]:
    """The paragraph's text, cut at every mark; a number follows what it belongs to.

    `numbers` gives the number of the finding that a mark of re-use belongs to, by its span.
    """
    cuts = {edge for span, _ in flags for edge in span} | {0, len(text)}
    runs: list[Run] = []
    done = 0
    for mark in sorted(marked, key=lambda mark: mark.span):
        start, end = mark.span
        runs += _unmarked(text, (done, start), cuts)
        if mark.kind == "reuse" and mark.shared is not None:
            found = _marked_runs(text, mark.span, mark.shared, cuts)
            number = Reference("finding", numbers[mark.span])
            found[-1] = replace(found[-1], references=(number,))
        else:
            look: Look = "quotation" if mark.kind == "quotation" else "formula"
            found = _within(text, mark.span, look, (), (), cuts)
        runs += found
        done = end
    runs += _unmarked(text, (done, len(text)), cuts)
    return tuple(_flagged(runs, flags))


def _unmarked(text: str, span: Span, cuts: Iterable[int]) -> list[Run]:
    edges = sorted({*span, *(cut for cut in cuts if span[0] < cut < span[1])})
    return [Run(text[start:end]) for start, end in pairwise(edges)]


def _flagged(runs: Sequence[Run], flags: Sequence[tuple[Span, Reference]]) -> list[Run]:
    """The runs, those within a flag told so, and its number after the last of them."""
    found, at = [], 0
    for run in runs:
        start, at = at, at + len(run.text)
        here = [(span, flag) for span, flag in flags if span[0] <= start and at <= span[1]]
        if here:
            ending = tuple(flag for span, flag in here if span[1] == at)
            run = replace(run, flagged=True, references=(*ending, *run.references))
        found.append(run)
    return found


def elided(runs: Sequence[Run], at_most: int) -> tuple[Run, ...]:
    """Long text without its middle, saying how much is left out; marks stay where they are."""
    size = sum(len(run.text) for run in runs)
    if size <= at_most:
        return tuple(runs)
    head, tail = at_most * 2 // 3, at_most - at_most * 2 // 3
    found: list[Run] = []
    at = 0
    for run in runs:
        before = run.text[: max(0, head - at)]
        after = run.text[max(0, size - tail - at) :]
        at += len(run.text)
        if before:
            found.append(replace(run, text=before, references=()))
        if at >= head and at - len(run.text) < head:
            found.append(Run(f"……（略 {size - at_most:,} 字）……"))
        if after:
            found.append(replace(run, text=after))
    return tuple(found)
