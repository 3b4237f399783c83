"""Several drafts at once: the reports of one campaign against each other, besides the library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.alignment import Folded, Run, shared_runs
from index.alignment.skeleton import skeleton
from index.alignment.spans import aligned_spans, text_of
from index.datatypes import Metadata, Source, Span, StoredParagraph
from index.errors import ReadError
from index.findings import (
    Draft,
    Evidence,
    Relation,
    Review,
    SharedSpan,
    SourceDocument,
)
from index.review.draft import drafts_of
from index.review.searching import LEAST_OWN, between_slots, split
from index.review.whole import Whole
from index.review.witnesses import prescribed_mask

_IDS = 1_000_000
"""Paragraphs of one draft at most, for ids that no library gives."""


def id_of(place: int) -> int:
    """Of a draft as a source of others: below zero, where no library's documents are.

    >>> [place_of(id_of(place)) for place in (0, 7)]
    [0, 7]
    """
    return -1 - place


def place_of(document_id: int) -> int | None:
    """Which draft of the campaign a source is; None for a document of the library."""
    return -1 - document_id if document_id < 0 else None


@dataclass(frozen=True, slots=True)
class Campaign:
    """Reviews of several drafts, each with the others among its sources."""

    reviews: tuple[Review, ...]
    shared: NDArray[np.float64]
    """float64 (n, n), 0 to 1: shared[i, j] is the share of draft i that draft j has too, after the
    choices (prescribed wording left out, as it comes). nan for a draft with itself."""

    def nearest(self, place: int) -> int | None:
        """The draft that has most of this one; None where none has anything of it."""
        row = np.nan_to_num(self.shared[place])
        return int(row.argmax()) if row.any() else None


def campaign(reviews: Sequence[Review]) -> Campaign:
    """The matrix of reviews that `among` gave the evidence of, in its order. Pure."""
    shared = np.zeros((len(reviews), len(reviews)))
    np.fill_diagonal(shared, np.nan)
    for place, review in enumerate(reviews):
        for source in review.sources:
            other = place_of(source.document.source.document_id)
            if other is not None:
                shared[place, other] = source.share
    return Campaign(tuple(reviews), shared)


def read(
    paths: Sequence[Path],
    given: Metadata = Metadata(),  # noqa: B008 (frozen)
) -> tuple[list[Draft], list[ReadError]]:
    """The drafts of all files that can be read, and why the others cannot."""
    try:
        return drafts_of(paths, given), []
    except ReadError as error:
        if len(paths) == 1:
            return [], [error]
    drafts: list[Draft] = []
    errors: list[ReadError] = []
    for path in paths:
        found, failed = read([path], given)
        drafts += found
        errors += failed
    return drafts, errors


def among(evidences: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Each with what its draft shares with the other drafts; the others are sources like any.

    Each of `evidences` is as `gather` made it. Pure. Thirty drafts of 4,200 characters that share
    a third with each other: 10 s; that share little: under 1 s.
    """
    if len(evidences) < 2:
        return tuple(evidences)
    texts = [_Text.of(evidence) for evidence in evidences]
    found: list[list[SharedSpan]] = [[] for _ in evidences]
    seen: list[list[tuple[int, Span]]] = [[] for _ in evidences]
    for i, one in enumerate(texts):
        for j in range(i + 1, len(texts)):
            other = texts[j]
            runs = shared_runs(one.whole.folded.codes, other.whole.folded.codes)
            masked = shared_runs(one.skeleton.codes, other.skeleton.codes)
            seen[i] += [place for run in runs for place in one.placed(run.a, run.length)]
            seen[j] += [place for run in runs for place in other.placed(run.b, run.length)]
            found[i] += one.spans(other, runs, masked, id_of(j))
            turned = [Run(run.b, run.a, run.length) for run in runs]
            masked = [Run(run.b, run.a, run.length) for run in masked]
            found[j] += other.spans(one, turned, masked, id_of(i))
    return tuple(
        _with(evidence, texts, found[place], seen[place])
        for place, evidence in enumerate(evidences)
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A draft, ready to be compared."""

    draft: Draft
    whole: Whole
    skeleton: Folded
    open_to_reuse: NDArray[np.int64]
    """Compared characters before each place that are not prescribed."""

    @classmethod
    def of(cls, evidence: Evidence) -> _Text:
        texts = [paragraph.text for paragraph in evidence.draft.paragraphs]
        whole = Whole.of(texts)
        free = ~prescribed_mask(whole, evidence.prescribed)
        before = np.concatenate(([0], np.cumsum(free)))
        return cls(evidence.draft, whole, skeleton("".join(texts)), before)

    def placed(self, first: int, length: int) -> list[tuple[int, Span]]:
        return [
            (index, self.whole.span(index, begin, end))
            for index, begin, end in self.whole.placed(first, first + length)
        ]

    def spans(
        self, other: _Text, runs: Sequence[Run], masked: Sequence[Run], id_: int
    ) -> list[SharedSpan]:
        """What of this draft the other has too, grown over small differences; prescribed wording
        alone is no beginning."""
        folded = self.whole.folded
        anchors = [
            run
            for run in (*runs, *between_slots(self.skeleton, folded, other.whole, masked))
            if self.open_to_reuse[run.a + run.length] - self.open_to_reuse[run.a] >= LEAST_OWN
        ]
        stored = [
            StoredParagraph(
                id=_paragraph_id(id_, number),
                text=paragraph.text,
                level=paragraph.level,
                start=0,
                end=len(paragraph.text),
                source=_source(other.draft, id_, number),
            )
            for number, paragraph in enumerate(other.draft.paragraphs, 1)
        ]
        return [
            shared
            for span in aligned_spans(
                text_of(folded.codes), text_of(other.whole.folded.codes), anchors
            )
            for shared in split(span, self.whole, other.whole, stored, id_)
        ]


def _paragraph_id(document_id: int, number: int) -> int:
    return document_id * _IDS - number


def _source(draft: Draft, id_: int, number: int) -> Source:
    return Source(
        document_id=id_,
        external_id=None,
        title=draft.title,
        unit=draft.unit,
        year=draft.year,
        kind=draft.kind,
        path=draft.path,
        heading_path=(),
        paragraph=number,
    )


def _with(
    evidence: Evidence,
    texts: Sequence[_Text],
    found: Sequence[SharedSpan],
    seen: Iterable[tuple[int, Span]],
) -> Evidence:
    ids = {shared.document_id for shared in found}
    documents = {
        id_of(place): _document(evidence.draft, text, id_of(place))
        for place, text in enumerate(texts)
        if id_of(place) in ids
    }
    source_texts = {
        shared.paragraph_id: texts[-1 - shared.document_id]
        .draft.paragraphs[shared.source_paragraph - 1]
        .text
        for shared in found
    }
    others = len(texts) - 1
    return replace(
        evidence,
        spans=(*evidence.spans, *found),
        shared=_joined((*evidence.shared, *seen)),
        documents={**evidence.documents, **documents},
        source_texts={**evidence.source_texts, **source_texts},
        limits=(f"同一批的另外 {others} 份稿子也一起比对了，算作来源。", *evidence.limits),
        settings={**evidence.settings, "同批稿子": f"另外 {others} 份"},
    )


def _document(draft: Draft, other: _Text, id_: int) -> SourceDocument:
    older = None
    if other.draft.year and draft.year and other.draft.year != draft.year:
        older = other.draft.year < draft.year
    relation: Relation = "other"
    if other.draft.unit and other.draft.unit == draft.unit:
        relation = "own_past" if older else "own"
    source = _source(other.draft, id_, 1)
    return SourceDocument(source, relation, older, len(other.whole.folded))


def _joined(places: Iterable[tuple[int, Span]]) -> tuple[tuple[int, Span], ...]:
    """The same characters, each once: (paragraph, span), disjoint and in order."""
    by_paragraph: dict[int, list[list[int]]] = defaultdict(list)
    for index, (start, end) in sorted(places):
        spans = by_paragraph[index]
        if spans and start <= spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    return tuple(
        (index, (start, end)) for index, spans in by_paragraph.items() for start, end in spans
    )
