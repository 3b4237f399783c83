"""What reviewers said of a review's findings: looked up by wording, kept by wording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from index.findings import Decision, Decisions, Evidence, Marked, Place, Review, SharedSpan
from index.library import Library


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of one draft paragraph and its best source."""

    number: int
    """From 1 in the draft's order, as reports number them."""
    paragraph: int
    """Index into Draft.paragraphs."""
    shared: SharedSpan
    marked: tuple[Marked, ...]
    """Its stretches, in order; prescribed wording may stand between them."""

    @property
    def place(self) -> Place:
        """By which decisions about it are kept: the same under every choice of the reviewer."""
        return self.paragraph, self.shared.span


def found_in(review: Review) -> list[Found]:
    """The findings of a review, in the draft's order."""
    found: list[Found] = []
    for index, reviewed in enumerate(review.paragraphs):
        groups: dict[SharedSpan, list[Marked]] = {}
        for mark in sorted(reviewed.marked, key=lambda mark: mark.span):
            if mark.kind == "reuse" and mark.shared is not None:
                groups.setdefault(mark.shared, []).append(mark)
        for shared, marks in groups.items():
            found.append(Found(len(found) + 1, index, shared, tuple(marks)))
    return found


def decisions_of(library: Library, evidence: Evidence) -> Decisions:
    """What was said of the passages, leftovers and unchanged figures of a draft, by place."""
    places = list(dict.fromkeys(_places(evidence)))
    said = library.decisions(evidence.draft, [wording_at(evidence, place) for place in places])
    return {
        place: decision
        for place, decision in zip(places, said, strict=True)
        if decision is not None
    }


def decide(library: Library, evidence: Evidence, place: Place, decision: Decision | None) -> None:
    """Keep what a reviewer made of a finding, or take it back (None).

    Raises LibraryBusy, and ValueError for a decision without a time.
    """
    library.decide(evidence.draft, wording_at(evidence, place), decision)


def wording_at(evidence: Evidence, place: Place) -> str:
    """The wording that a decision about a place is kept by.

    Of a leftover or a figure (羊角镇, 12次) the whole paragraph and it: the bare word elsewhere is
    another finding.
    """
    index, span = place
    text = evidence.draft.paragraphs[index].text
    words = text[slice(*span)]
    if place in _single(evidence):
        return f"{text}\n{words}"
    return words


def _places(evidence: Evidence) -> Iterator[Place]:
    for shared in evidence.spans:
        yield shared.paragraph, shared.span
    yield from _single(evidence)


def _single(evidence: Evidence) -> list[Place]:
    return [
        *((leftover.paragraph, leftover.span) for leftover in evidence.leftovers),
        *((figure.paragraph, figure.span) for figure in evidence.same_figures),
    ]
