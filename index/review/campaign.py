"""Several drafts at once: the reports of one campaign against each other, besides the library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    @property
    def held(self) -> list[int]:
        """Places of the drafts that the library holds too: the same text, counted once."""
        return [place for place, one in enumerate(self.reviews) if one.evidence.same_text]

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
    return Together().among(evidences)


class Together:
    """Drafts of one batch against each other, pair by pair. What a pair shares is kept: where the
    unit or the year of a draft was told, or a phrase listed, only what depends on it is made again.
    """

    def __init__(self) -> None:
        self._words: dict[int, _Words] = {}
        self._runs: dict[tuple[int, int], tuple[_Words, _Words, tuple[_Runs, _Runs]]] = {}
        self._grown: dict[tuple[int, int], tuple[_Runs, list[Run], list[SharedSpan]]] = {}
        self._joined: dict[int, tuple[_MadeOf, Evidence]] = {}
        self.compared = 0
        """How many times the texts of a pair were compared."""
        self.aligned = 0
        """How many times shared runs were grown into passages: twice for a new pair."""

    def among(self, evidences: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """As the function; a draft keeps its place in `evidences` from call to call. What did not
        change is given as the very object of the last time."""
        if len(evidences) < 2:
            return tuple(evidences)
        texts = [
            _Text.of(evidence, self._words_of(place, evidence.draft))
            for place, evidence in enumerate(evidences)
        ]
        found: list[list[list[SharedSpan]]] = [[] for _ in texts]
        seen: list[list[tuple[int, Span]]] = [[] for _ in texts]
        for i, one in enumerate(texts):
            for j in range(i + 1, len(texts)):
                other = texts[j]
                here, there = self._runs_of(i, j, one.words, other.words)
                seen[i] += here.seen
                seen[j] += there.seen
                found[i].append(self._spans(i, j, one, other, here))
                found[j].append(self._spans(j, i, other, one, there))
        held = {id_: place for place, one in enumerate(evidences) for id_ in one.same_text}
        return tuple(
            self._with(place, texts, found[place], seen[place], held) for place in range(len(texts))
        )

    def _words_of(self, place: int, draft: Draft) -> _Words:
        paragraphs = tuple(paragraph.text for paragraph in draft.paragraphs)
        known = self._words.get(place)
        if known is None or known.paragraphs != paragraphs:
            known = self._words[place] = _Words.of(paragraphs)
        return known

    def _runs_of(self, i: int, j: int, one: _Words, other: _Words) -> tuple[_Runs, _Runs]:
        known = self._runs.get((i, j))
        if known is None or known[0] is not one or known[1] is not other:
            self.compared += 1
            known = self._runs[i, j] = (one, other, _runs(one, other))
        return known[2]

    def _spans(self, i: int, j: int, one: _Text, other: _Text, runs: _Runs) -> list[SharedSpan]:
        anchors = one.anchors(runs)
        known = self._grown.get((i, j))
        if known is None or known[0] is not runs or known[1] != anchors:
            self.aligned += 1
            spans = one.spans(other, anchors, id_of(j))
            known = self._grown[i, j] = (runs, anchors, spans)
        return known[2]

    def _with(
        self,
        place: int,
        texts: Sequence[_Text],
        found: Sequence[list[SharedSpan]],
        seen: Sequence[tuple[int, Span]],
        held: Mapping[int, int],
    ) -> Evidence:
        evidence = texts[place].evidence
        held = {id_: which for id_, which in held.items() if id_ in evidence.documents}
        spans = (*_as_drafts(evidence, held, texts), *(span for spans in found for span in spans))
        others = {place_of(span.document_id) for span in spans}
        drafts = {which: texts[which].draft for which in others if which is not None}
        made_of = _MadeOf(
            _Same(evidence),
            tuple(_Same(spans) for spans in found),
            {which: replace(draft, paragraphs=()) for which, draft in drafts.items()},
            held,
        )
        known = self._joined.get(place)
        if known is None or known[0] != made_of:
            joined = _joined_evidence(evidence, texts, spans, seen, drafts, held)
            known = self._joined[place] = (made_of, joined)
        return known[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """The text of a draft, ready to be compared."""

    paragraphs: tuple[str, ...]
    whole: Whole
    skeleton: Folded

    @classmethod
    def of(cls, paragraphs: tuple[str, ...]) -> _Words:
        return cls(paragraphs, Whole.of(paragraphs), skeleton("".join(paragraphs)))


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """What a text shares with another."""

    runs: Sequence[Run]
    """As written, and of shared runs of the skeletons the longest part between slots."""
    seen: Sequence[tuple[int, Span]]
    """Where those as written stand: (paragraph, span)."""


def _runs(one: _Words, other: _Words) -> tuple[_Runs, _Runs]:
    """What the first shares with the second, and the second with the first."""
    written = shared_runs(one.whole.folded.codes, other.whole.folded.codes)
    masked = shared_runs(one.skeleton.codes, other.skeleton.codes)
    return (
        _one_way(one, other, written, masked),
        _one_way(other, one, _turned(written), _turned(masked)),
    )


def _one_way(one: _Words, other: _Words, written: Sequence[Run], masked: Sequence[Run]) -> _Runs:
    between = between_slots(one.skeleton, one.whole.folded, other.whole, masked)
    seen = [
        (index, one.whole.span(index, begin, end))
        for run in written
        for index, begin, end in one.whole.placed(run.a, run.a + run.length)
    ]
    return _Runs((*written, *between), seen)


def _turned(runs: Sequence[Run]) -> list[Run]:
    return [Run(run.b, run.a, run.length) for run in runs]


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A draft under review: its text, and what of it is prescribed."""

    evidence: Evidence
    words: _Words
    open_to_reuse: NDArray[np.int64]
    """int64 (n + 1,): compared characters before each place that are not prescribed."""

    @classmethod
    def of(cls, evidence: Evidence, words: _Words) -> _Text:
        free = ~prescribed_mask(words.whole, evidence.prescribed)
        return cls(evidence, words, np.concatenate(([0], np.cumsum(free))))

    @property
    def draft(self) -> Draft:
        return self.evidence.draft

    def anchors(self, found: _Runs) -> list[Run]:
        """The runs that passages grow from: prescribed wording alone is no beginning."""
        return [
            run
            for run in found.runs
            if self.open_to_reuse[run.a + run.length] - self.open_to_reuse[run.a] >= LEAST_OWN
        ]

    def spans(self, other: _Text, anchors: Sequence[Run], id_: int) -> list[SharedSpan]:
        """What of this draft the other has too, grown over small differences."""
        whole, theirs = self.words.whole, other.words.whole
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
                text_of(whole.folded.codes), text_of(theirs.folded.codes), anchors
            )
            for shared in split(span, whole, theirs, stored, id_)
        ]


class _Same:
    """Equal to what holds the very same object: no deep comparison."""

    def __init__(self, one: object) -> None:
        self._one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._one is other._one

    def __hash__(self) -> int:
        return id(self._one)


@dataclass(frozen=True, slots=True)
class _MadeOf:
    """What the evidence of a draft in a batch was made of."""

    evidence: _Same
    found: tuple[_Same, ...]
    """What it shares with each of the others."""
    drafts: Mapping[int, Draft]
    """The drafts that it has sources among, by place, without their text: how they are cited."""
    held: Mapping[int, int]


def _as_drafts(
    evidence: Evidence, held: Mapping[int, int], texts: Sequence[_Text]
) -> Iterator[SharedSpan]:
    """What the library has of a draft, but for documents of it that are other drafts of the batch:
    the same document counts once, as the draft.

    held: document id -> place of the draft. What is shared as runs, comparing the drafts finds too;
    what only the library can tell, other words for the same, is said of the draft.
    """
    for span in evidence.spans:
        place = held.get(span.document_id)
        if place is None:
            yield span
        elif span.by_meaning:
            paragraphs = texts[place].words.paragraphs
            text = evidence.source_texts[span.paragraph_id]
            if text in paragraphs:
                number = paragraphs.index(text) + 1
                yield replace(
                    span,
                    document_id=id_of(place),
                    paragraph_id=_paragraph_id(id_of(place), number),
                    source_paragraph=number,
                )


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


def _joined_evidence(
    evidence: Evidence,
    texts: Sequence[_Text],
    spans: tuple[SharedSpan, ...],
    seen: Iterable[tuple[int, Span]],
    drafts: Mapping[int, Draft],
    held: Mapping[int, int],
) -> Evidence:
    """The evidence of a draft with the other drafts of the batch among its sources.

    spans: all of it; drafts: those that `spans` name, by place; held: documents of the library that
    are drafts of the batch -> place.
    """
    documents = {id_: one for id_, one in evidence.documents.items() if id_ not in held}
    for which in sorted(drafts):
        documents[id_of(which)] = _document(evidence.draft, texts[which], id_of(which))
    source_texts = {
        span.paragraph_id: drafts[place].paragraphs[span.source_paragraph - 1].text
        for span in spans
        if (place := place_of(span.document_id)) is not None
    }
    others = len(texts) - 1
    return replace(
        evidence,
        spans=spans,
        shared=_joined((*evidence.shared, *seen)),
        documents=documents,
        source_texts={**evidence.source_texts, **source_texts},
        limits=(
            *(
                f"资料库里的《{evidence.documents[id_].source.title}》就是同一批的第 {which + 1} "
                "份稿子，只算一次，算作那份稿子。"
                for id_, which in sorted(held.items())
            ),
            *evidence.limits,
        ),
        settings={**evidence.settings, "同批稿子": f"另外 {others} 份，互相比对，算作来源"},
    )


def _document(draft: Draft, other: _Text, id_: int) -> SourceDocument:
    older = None
    if other.draft.year and draft.year and other.draft.year != draft.year:
        older = other.draft.year < draft.year
    relation: Relation = "other"
    if other.draft.unit and other.draft.unit == draft.unit:
        relation = "own_past" if older else "own"
    source = _source(other.draft, id_, 1)
    return SourceDocument(source, relation, older, len(other.words.whole.folded))


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
