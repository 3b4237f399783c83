"""What stands in a report's lists beside its findings: leftovers, unchanged figures, what is not
counted, what reviewers said."""

from __future__ import annotations

from dataclasses import dataclass, replace

from index.datatypes import Span
from index.findings import Decision, Decisions, Evidence, Review
from index.report import wording
from index.report.marked_text import Reference
from index.report.wording import LOOKS, shown

AROUND = 20
"""Characters of the draft shown before and after a leftover or a figure."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A leftover or an unchanged figure."""

    number: int
    kind: str
    paragraph: int
    text: str
    around: tuple[str, str]
    """What stands before and after it in the draft."""
    why: str
    source: str
    """Cited; "" where none is known."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Prescribed wording or a quotation, every occurrence of the same words under one."""

    kind: str
    text: str
    why: str
    paragraphs: tuple[int, ...]
    """Numbers of the paragraphs that it stands in."""


def flags_of(evidence: Evidence) -> dict[int, list[tuple[Span, Reference]]]:
    flags: dict[int, list[tuple[Span, Reference]]] = {}
    for number, leftover in enumerate(evidence.leftovers, 1):
        place = (leftover.span, Reference("leftover", number))
        flags.setdefault(leftover.paragraph, []).append(place)
    for number, figure in enumerate(evidence.same_figures, 1):
        place = (figure.span, Reference("figure", number))
        flags.setdefault(figure.paragraph, []).append(place)
    return flags


def leftovers_of(evidence: Evidence, decisions: Decisions) -> tuple[Entry, ...]:
    return tuple(
        _entry(
            evidence,
            number,
            wording.LEFTOVERS[leftover.kind],
            leftover.paragraph,
            leftover.span,
            leftover.why,
            "" if leftover.source is None else wording.cited(leftover.source),
            decisions,
        )
        for number, leftover in enumerate(evidence.leftovers, 1)
    )


def same_figures_of(evidence: Evidence, decisions: Decisions) -> tuple[Entry, ...]:
    return tuple(
        _entry(
            evidence,
            number,
            "数字",
            figure.paragraph,
            figure.span,
            "前后文字相同，数字和往年一样",
            wording.cited(figure.source, figure.source.paragraph),
            decisions,
        )
        for number, figure in enumerate(evidence.same_figures, 1)
    )


def _entry(
    evidence: Evidence,
    number: int,
    kind: str,
    index: int,
    span: Span,
    why: str,
    source: str,
    decisions: Decisions,
) -> Entry:
    paragraph = evidence.draft.paragraphs[index]
    text = shown(paragraph.text)
    start, end = span
    first, past = max(0, start - AROUND), min(len(text), end + AROUND)
    decision = decisions.get((index, span))
    return Entry(
        number=number,
        kind=kind,
        paragraph=paragraph.number,
        text=wording.one_line(text[start:end]),
        around=(
            ("…" if first else "") + wording.one_line(text[first:start]),
            wording.one_line(text[end:past]) + ("…" if past < len(text) else ""),
        ),
        why=wording.one_line(why),
        source=source,
        decisions=() if decision is None else (shown_decision(decision),),
    )


def not_counted_in(review: Review) -> tuple[NotCounted, ...]:
    """Each wording once, with every paragraph that it stands in, in the draft's order."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for reviewed in review.paragraphs:
        text = shown(reviewed.paragraph.text)
        for mark in sorted(reviewed.marked, key=lambda mark: mark.span):
            if mark.kind == "reuse":
                continue
            words = wording.one_line(text[slice(*mark.span)])
            kind = LOOKS["quotation" if mark.kind == "quotation" else "formula"]
            numbers = found.setdefault((kind, words, wording.one_line(mark.why)), [])
            if reviewed.paragraph.number not in numbers:
                numbers.append(reviewed.paragraph.number)
    return tuple(NotCounted(*key, tuple(numbers)) for key, numbers in found.items())


def decided_in(review: Review, decisions: Decisions) -> tuple[tuple[int, str, Decision], ...]:
    rows = []
    for (index, span), decision in sorted(decisions.items(), key=lambda item: item[0]):
        paragraph = review.draft.paragraphs[index]
        words = wording.one_line(shown(paragraph.text)[slice(*span)])
        rows.append((paragraph.number, words, shown_decision(decision)))
    return tuple(rows)


def shown_decision(decision: Decision) -> Decision:
    return replace(
        decision, note=wording.one_line(decision.note), who=wording.one_line(decision.who)
    )
