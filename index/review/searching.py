"""A draft against a library -> everything that the two have in common."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from index.alignment import SHORTEST_RUN, Folded, Run, fold
from index.alignment.skeleton import SLOT, skeleton
from index.alignment.spans import AlignedSpan, aligned_spans, text_of
from index.datatypes import Entry, Source, StoredParagraph
from index.errors import EncoderError, EncoderMismatch, LibraryBusy
from index.findings import (
    ALIKE,
    Draft,
    Evidence,
    Piece,
    Relation,
    SharedSpan,
    SourceDocument,
)
from index.fingerprints import Matches
from index.library import Library
from index.review.edges import with_rests
from index.review.figures import same_figures
from index.review.leftovers import leftovers
from index.review.meaning import LEAST_DOCUMENTS, paraphrases
from index.review.quotations import quotations
from index.review.slots import slots_of
from index.review.telling import limits, settings
from index.review.whole import Mask, Whole, stretches
from index.review.witnesses import prescribed_mask, prescribed_wording

LEAST_OWN = 9
"""Compared characters of a run that must not be prescribed for it to be looked at."""
MOST_SOURCES = 200
"""Documents that are aligned with the draft, those with most in common first."""
LEAST_SPAN = 6
"""Compared characters: a smaller part of a passage, cut off by the end of a paragraph, is left."""
LEAST_WORDS = 4
"""Compared characters that are no figures: a part with fewer is a date or a number, and says
nothing of where it comes from."""
LATIN_WORD = 2
"""Characters that a word in letters stands for, as Chinese words have two: 13 letters are two words
(Intelligent Technologies) and no evidence of anything."""

_LATIN = re.compile(r"[A-Za-z]+")


def gather(library: Library, draft: Draft, *, only: int | None = None) -> Evidence:
    """Compare a draft with all documents of a library. Raises LibraryDamaged.

    A document that is the draft itself (the same document, or file, or the same text to the
    character) is no source; that it is there is said in `limits`. `only`: id of the one document
    that may be a source; the others are asked for prescribed wording alone, and nothing is looked
    for by meaning.
    """
    whole = Whole.of([paragraph.text for paragraph in draft.paragraphs])
    prints = library.prints()
    entries = {entry.id: entry for entry in library.documents()}
    written = prints.written(whole.folded.codes)
    lengths = prints.lengths()
    itself = _itself(draft, whole, written, entries, lengths)
    written = _without(written, itself)
    prescribed = prescribed_wording(library, draft, whole, written, entries)
    formula = prescribed_mask(whole, prescribed)
    masked = skeleton("".join(whole.texts))
    similar = _without(prints.skeletons(masked.codes), itself)
    if only is not None:
        others = np.setdiff1d(prints.documents, [only]).tolist()
        written, similar = _without(written, others), _without(similar, others)
    alike = _alike(written, len(whole.folded), lengths)
    anchors, skipped = _anchors(whole.folded, formula, written, masked, similar, alike)
    spans: list[SharedSpan] = []
    documents: dict[int, SourceDocument] = {}
    texts: dict[int, str] = {}
    for id_, (runs, skeletons) in anchors.items():
        stored = library.paragraphs(id_)
        source = Whole.of([paragraph.text for paragraph in stored])
        runs = [*runs, *between_slots(masked, whole.folded, source, skeletons)]
        found = [
            shared
            for span in aligned_spans(
                text_of(whole.folded.codes), text_of(source.folded.codes), runs
            )
            for shared in split(span, whole, source, stored, id_)
        ]
        if found:
            spans += found
            documents[id_] = _document(draft, entries[id_], stored[0].source, len(source.folded))
            by_id = {paragraph.id: paragraph.text for paragraph in stored}
            texts.update((one.paragraph_id, by_id[one.paragraph_id]) for one in found)
    meant, unseen = _meant(library, draft, spans, itself, entries) if only is None else ([], [])
    for one in meant:
        if one.document_id not in documents:
            stored = library.paragraphs(one.document_id)
            characters = len(Whole.of([paragraph.text for paragraph in stored]).folded)
            documents[one.document_id] = _document(
                draft, entries[one.document_id], stored[0].source, characters
            )
        if one.paragraph_id not in texts:
            texts[one.paragraph_id] = library.paragraphs_by_id([one.paragraph_id])[
                one.paragraph_id
            ].text
    shared = tuple(
        (index, whole.span(index, first, past))
        for begin, end in stretches(_covered(written, len(whole.folded)))
        for index, first, past in whole.placed(begin, end)
    )
    return Evidence(
        draft=draft,
        spans=(*spans, *meant),
        shared=shared,
        prescribed=tuple(prescribed),
        quotations=quotations(draft),
        documents=documents,
        leftovers=leftovers(draft, spans, documents, texts),
        same_figures=same_figures(draft, spans, documents, texts),
        source_texts=texts,
        limits=(*limits(library, draft, entries, itself, skipped, MOST_SOURCES), *unseen),
        settings=settings(library, entries),
        same_text=tuple(id_ for id_ in itself if lengths[id_] == len(whole.folded)),
    )


def _meant(
    library: Library,
    draft: Draft,
    spans: Sequence[SharedSpan],
    itself: Sequence[int],
    entries: Mapping[int, Entry],
) -> tuple[list[SharedSpan], list[str]]:
    """Passages that are alike in meaning; and a sentence where they could not be looked for."""
    if sum(entry.counted for entry in entries.values()) < LEAST_DOCUMENTS:
        return [], [
            f"资料库不到 {LEAST_DOCUMENTS} 篇，分不出同一题目和同一内容，没有查意思相近的段落。"
        ]
    try:
        return paraphrases(library, draft, spans, itself), []
    except (EncoderError, EncoderMismatch, LibraryBusy) as error:
        return [], [f"没有查意思相近而文字不同的段落：{error}"]


def _itself(
    draft: Draft,
    whole: Whole,
    matches: Matches,
    entries: Mapping[int, Entry],
    lengths: Mapping[int, int],
) -> list[int]:
    """Documents that are the draft: the same document of the library, or the same file or text.

    Of a file that holds several documents (a .jsonl) the one of the same title.
    """
    if draft.document_id is not None:
        return [draft.document_id] if draft.document_id in lengths else []
    size = len(whole.folded)
    same = {
        int(id_)
        for id_, length in zip(matches.document, matches.length, strict=True)
        if length == size == lengths[int(id_)]
    }
    if draft.path:
        path = os.path.abspath(draft.path)  # noqa: PTH100  as the catalogue writes paths
        here = {id_ for id_, entry in entries.items() if entry.path == path and id_ in lengths}
        titled = {id_ for id_ in here if entries[id_].title == draft.title}
        same |= here if len(here) == 1 else titled
    return sorted(same)


def _without(matches: Matches, documents: Sequence[int]) -> Matches:
    return _of(matches, ~np.isin(matches.document, documents))


def _of(matches: Matches, kept: Mask) -> Matches:
    return Matches(
        matches.at[kept], matches.document[kept], matches.where[kept], matches.length[kept]
    )


def _covered(matches: Matches, size: int) -> Mask:
    steps = np.zeros(size + 1, np.int64)
    np.add.at(steps, matches.at, 1)
    np.add.at(steps, matches.at + matches.length, -1)
    return np.asarray(np.cumsum(steps[:-1]) > 0)


def _alike(written: Matches, size: int, lengths: Mapping[int, int]) -> list[int]:
    """Documents that share ALIKE of the shorter text with the draft, prescribed or not."""
    ids, place = np.unique(written.document, return_inverse=True)
    # a run that stands in several places counts several times: the sum is an upper bound
    sums = np.bincount(place, weights=written.length, minlength=len(ids))
    least = ALIKE * np.minimum(size, np.array([lengths[id_] for id_ in ids.tolist()], np.int64))
    return [
        int(ids[which])
        for which in np.flatnonzero(sums >= least).tolist()
        if _covered(_of(written, place == which), size).sum() >= least[which]
    ]


def _anchors(
    folded: Folded,
    formula: Mask,
    written: Matches,
    masked: Folded,
    similar: Matches,
    alike: Sequence[int],
) -> tuple[dict[int, tuple[list[Run], list[Run]]], int]:
    """For each document its runs, as written and of the skeletons, that are not all prescribed; of
    those `alike` all as written.

    Those with most in common first, MOST_SOURCES at most; and how many were left out.
    """
    own = np.concatenate(([0], np.cumsum(~formula)))
    anchors: dict[int, tuple[list[Run], list[Run]]] = defaultdict(lambda: ([], []))
    weight: Counter[int] = Counter()
    first = np.searchsorted(folded.at, masked.at)  # where a character of the skeleton is written
    for which, matches, begins in (
        (0, written, np.arange(len(folded) + 1)),
        (1, similar, np.append(first, len(folded))),
    ):
        counts = own[begins[matches.at + matches.length]] - own[begins[matches.at]]
        looked_at = counts >= LEAST_OWN
        if which == 0:
            looked_at |= np.isin(matches.document, alike)
        for place in np.flatnonzero(looked_at).tolist():
            id_ = int(matches.document[place])
            run = Run(int(matches.at[place]), int(matches.where[place]), int(matches.length[place]))
            anchors[id_][which].append(run)
            weight[id_] += int(counts[place])
    ranked = sorted(anchors, key=lambda id_: (-weight[id_], id_))
    return {id_: anchors[id_] for id_ in ranked[:MOST_SOURCES]}, max(0, len(ranked) - MOST_SOURCES)


def between_slots(masked: Folded, folded: Folded, source: Whole, runs: Sequence[Run]) -> list[Run]:
    """Of each shared run of two skeletons the longest part without a slot, as written."""
    if not runs:
        return []
    theirs = skeleton("".join(source.texts))
    found = []
    for run in runs:
        slots = np.flatnonzero(masked.codes[run.a : run.a + run.length] == SLOT)
        edges = [-1, *slots.tolist(), run.length]
        first, past = max(
            ((one + 1, other) for one, other in pairwise(edges)),
            key=lambda part: part[1] - part[0],
        )
        if past > first:
            a = np.searchsorted(folded.at, masked.at[run.a + first])
            b = np.searchsorted(source.folded.at, theirs.at[run.b + first])
            found.append(Run(int(a), int(b), past - first))
    return found


def split(
    span: AlignedSpan,
    draft: Whole,
    source: Whole,
    stored: Sequence[StoredParagraph],
    document_id: int,
) -> Iterator[SharedSpan]:
    """A span cut at the ends of paragraphs, of both texts."""
    parts: dict[tuple[int, int], list[Run]] = defaultdict(list)
    longest: Counter[tuple[int, int]] = Counter()
    for block in span.blocks:
        for at, first, past in draft.placed(block.a, block.a + block.length):
            shift = block.b - block.a
            for other, begin, end in source.placed(first + shift, past + shift):
                parts[at, other].append(Run(begin - shift, begin, end - begin))
                # a heading and its paragraph that were copied together are one run
                longest[at, other] = max(longest[at, other], block.length)
    for (at, other), blocks in parts.items():
        same = sum(block.length for block in blocks)
        text, theirs = draft.texts[at], source.texts[other]
        if same < LEAST_SPAN and same < len(text) - 2:
            continue
        within, source_span, pieces = with_rests(
            text,
            theirs,
            tuple(
                Piece(
                    draft.span(at, block.a, block.a + block.length),
                    source.span(other, block.b, block.b + block.length),
                )
                for block in blocks
            ),
            same,
        )
        if not _says_something(text[slice(*within)]):
            continue
        # what differs before the first piece and behind the last is a slot as well
        edges = (
            Piece((within[0], within[0]), (source_span[0], source_span[0])),
            *pieces,
            Piece((within[1], within[1]), (source_span[1], source_span[1])),
        )
        slots, only_slots = slots_of(text, theirs, edges)
        yield SharedSpan(
            paragraph=at,
            span=within,
            document_id=document_id,
            paragraph_id=stored[other].id,
            source_paragraph=stored[other].number,
            source_span=source_span,
            length=len(fold(text[slice(*within)])),
            same=sum(len(fold(text[slice(*piece.span)])) for piece in pieces),
            longest=longest[at, other],
            source_length=len(fold(theirs[slice(*source_span)])),
            pieces=pieces,
            slots=slots,
            only_slots=only_slots,
        )


def _says_something(text: str) -> bool:
    """Whether a part of a passage has words enough for where it comes from to matter.

    >>> _says_something("2023年5月6日"), _says_something("推进依法行政")
    (False, True)
    >>> _says_something("Intelligent Technologies"), _says_something("设备采用OPC UA协议互联")
    (False, True)
    """
    if int((skeleton(text).codes != SLOT).sum()) < LEAST_WORDS:
        return False
    latin = _LATIN.findall(text)
    letters = sum(map(len, latin))
    others = len(fold(text)) - letters
    return letters <= others or others + LATIN_WORD * len(latin) >= SHORTEST_RUN


def _document(draft: Draft, entry: Entry, source: Source, characters: int) -> SourceDocument:
    older = None
    if entry.year and draft.year and entry.year != draft.year:
        older = entry.year < draft.year
    relation: Relation = "other"
    if entry.unit and entry.unit == draft.unit:
        relation = "own_past" if older else "own"
    return SourceDocument(replace(source, heading_path=()), relation, older, characters)
