"""A draft against a library -> everything that the two have in common."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.alignment import SHORTEST_RUN, Folded, Run, fold
from index.alignment.folded import fold_paragraphs
from index.alignment.skeleton import SLOT, skeleton
from index.alignment.spans import AlignedSpan, aligned_spans, text_of
from index.datatypes import Entry, Source, Span, StoredParagraph
from index.errors import EncoderError, EncoderMismatch, LibraryBusy
from index.findings import (
    ALIKE,
    Draft,
    Evidence,
    Piece,
    Prescribed,
    Relation,
    SharedSpan,
    SourceDocument,
)
from index.fingerprints import Matches
from index.formulas import PhraseBook, read_phrases, shipped, shipped_phrases
from index.formulas.background import THRESHOLD, covered
from index.library import Library
from index.review.edges import with_rests
from index.review.figures import same_figures
from index.review.leftovers import leftovers
from index.review.meaning import LEAST_DOCUMENTS, paraphrases
from index.review.quotations import quotations
from index.review.slots import slots_of

UNITS = 5
"""So many unrelated units make wording of this library prescribed."""
RELATED = 150
"""Compared characters: a document that shares more with the draft than prescribed wording alone
would (the real formula-only pairs that were looked at: 51 to 202, all of it in the background)
counts as a source and not as a witness for what everybody writes."""
LEAST_OWN = 9
"""Compared characters of a run that must not be prescribed for it to be looked at."""
MOST_SOURCES = 200
"""Documents that are aligned with the draft, those with most in common first."""
LEAST_SPAN = 6
"""Compared characters: a smaller part of a passage, cut off by the end of a paragraph, is left."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A text of paragraphs as one: the draft, or a document."""

    texts: Sequence[str]
    folded: Folded
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Whole:
        return cls(texts, *fold_paragraphs(texts))

    def placed(self, first: int, past: int) -> Iterator[tuple[int, int, int]]:
        """The compared characters first … past-1 by paragraph: (index, first, past) of each."""
        begins = np.searchsorted(self.folded.at, self.starts)
        at = int(np.searchsorted(begins, first, "right")) - 1
        while first < past:
            while int(begins[at + 1]) <= first:
                at += 1
            end = min(past, int(begins[at + 1]))
            yield at, first, end
            first = end

    def span(self, index: int, first: int, past: int) -> Span:
        """Compared characters of one paragraph as offsets into its text."""
        start, end = self.folded.span(first, past)
        base = int(self.starts[index])
        return start - base, end - base


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
    prescribed = _prescribed(library, draft, whole, written, entries)
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
        for begin, end in _stretches(_covered(written, len(whole.folded)))
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
        limits=(*_limits(library, draft, entries, itself, skipped), *unseen),
        settings=_settings(library, entries),
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


def _stretches(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


# --- prescribed wording


def _prescribed(
    library: Library,
    draft: Draft,
    whole: Whole,
    matches: Matches,
    entries: Mapping[int, Entry],
) -> list[Prescribed]:
    """By each of the three witnesses; the places of different ones may overlap."""
    found = _listed(library, whole)
    background = shipped().counts_of(whole.folded)
    for first, past in _stretches(covered(background >= THRESHOLD, len(whole.folded))):
        least = int(background[first : max(first + 1, past - SHORTEST_RUN + 1)].min())
        detail = f"{shipped().documents} 份里至少 {max(least, THRESHOLD)} 份"
        found += [
            Prescribed(index, whole.span(index, begin, end), "background", detail)
            for index, begin, end in whole.placed(first, past)
        ]
    known = prescribed_mask(whole, found)
    units = _units_with(matches, known, draft, entries, len(whole.folded))
    for first, past in _stretches(covered(units >= UNITS, len(whole.folded))):
        detail = f"{int(units[first : past - SHORTEST_RUN + 1].max())} 个单位"
        found += [
            Prescribed(index, whole.span(index, begin, end), "units", detail)
            for index, begin, end in whole.placed(first, past)
        ]
    return sorted(found, key=lambda one: (one.paragraph, one.span, one.why))


def _listed(library: Library, whole: Whole) -> list[Prescribed]:
    """By the first witness: the list that ships and the library's own."""
    book = PhraseBook((*shipped_phrases(), *read_phrases(library.formulas())))
    return [
        Prescribed(index, whole.span(index, begin, end), "listed", phrase.source)
        for first, past, phrase in book.places(whole.folded)
        for index, begin, end in whole.placed(first, past)
    ]


def listed_anew(library: Library, evidence: Evidence) -> Evidence:
    """The same evidence with the lists of set phrases as they are now: no second search.

    For when a reviewer adds one. What else the library says stays as it was gathered.
    """
    whole = Whole.of([paragraph.text for paragraph in evidence.draft.paragraphs])
    others = [one for one in evidence.prescribed if one.why != "listed"]
    prescribed = sorted(
        (*_listed(library, whole), *others), key=lambda one: (one.paragraph, one.span, one.why)
    )
    settings = {**evidence.settings, "固定表述": _how_prescribed(library)}
    return replace(evidence, prescribed=tuple(prescribed), settings=settings)


def _units_with(
    matches: Matches,
    known: Mask,
    draft: Draft,
    entries: Mapping[int, Entry],
    size: int,
) -> NDArray[np.int64]:
    """In documents of how many unrelated units the run that begins at a character stands.

    Unrelated: of another unit than the draft, in documents that share little with it. Thirty
    offices that filled in one template make nothing of it prescribed. Documents whose unit is not
    known count as one.
    """
    open_to_reuse = np.concatenate(([0], np.cumsum(~known)))
    own = open_to_reuse[matches.at + matches.length] - open_to_reuse[matches.at]
    total: Counter[int] = Counter()
    for id_, count in zip(matches.document.tolist(), own.tolist(), strict=True):
        total[id_] += count
    by_unit: dict[str, list[int]] = defaultdict(list)
    for place, id_ in enumerate(matches.document.tolist()):
        unit = entries[id_].unit or ""
        if total[id_] < RELATED and (not unit or unit != draft.unit):
            by_unit[unit].append(place)
    units = np.zeros(max(0, size - SHORTEST_RUN + 1), np.int64)
    for places in by_unit.values():
        steps = np.zeros(len(units) + 1, np.int64)
        np.add.at(steps, matches.at[places], 1)
        np.add.at(steps, matches.at[places] + matches.length[places] - SHORTEST_RUN + 1, -1)
        units += np.cumsum(steps[:-1]) > 0
    return units


def prescribed_mask(whole: Whole, prescribed: Sequence[Prescribed]) -> Mask:
    """bool (compared characters,): what of the text is prescribed."""
    mask = np.zeros(len(whole.folded), np.bool_)
    for one in prescribed:
        base = int(whole.starts[one.paragraph])
        first, past = whole.folded.within(base + one.span[0], base + one.span[1])
        mask[first:past] = True
    return mask


# --- sources


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


def _document(draft: Draft, entry: Entry, source: Source, characters: int) -> SourceDocument:
    older = None
    if entry.year and draft.year and entry.year != draft.year:
        older = entry.year < draft.year
    relation: Relation = "other"
    if entry.unit and entry.unit == draft.unit:
        relation = "own_past" if older else "own"
    return SourceDocument(replace(source, heading_path=()), relation, older, characters)


# --- what is said about the comparison


def _limits(
    library: Library,
    draft: Draft,
    entries: Mapping[int, Entry],
    itself: Sequence[int],
    skipped: int,
) -> Iterator[str]:
    counted = sum(entry.counted for entry in entries.values())
    yield f"只与资料库里的 {counted} 篇文档比对；没有放进资料库的材料，这里看不到。"
    yield f"连续相同不到 {SHORTEST_RUN} 个字的地方不算。"
    for note in draft.notes:
        yield f"这份稿子没有读全：{note}"
    if draft.unit is None:
        yield "不知道这份稿子是哪个单位的，分不出哪些是沿用本单位以往的材料；请填上单位。"
    if draft.year is None:
        yield "不知道这份稿子是哪一年的，分不出先后，也查不出没有改的年份；请填上年份。"
    unread, waiting, partly = library.failures(), library.held(), library.partly_read()
    if unread:
        yield f"资料库有 {len(unread)} 个文件没能读入，不在比对之内。"
    if waiting:
        yield f"资料库有 {len(waiting)} 个文件等待确认，不在比对之内。"
    if partly:
        yield f"资料库有 {len(partly)} 个文件没有读全（例如扫描页），没读的部分不在比对之内。"
    for id_ in itself:
        yield f"资料库里的《{entries[id_].title}》就是这份稿子，没有算作来源。"
    if skipped:
        yield (
            f"有相同文字的文档太多，只细看了相同最多的 {MOST_SOURCES} 篇，"
            f"另有 {skipped} 篇没有列出。"
        )


def _settings(library: Library, entries: Mapping[int, Entry]) -> dict[str, str]:
    try:
        version = metadata.version("xunzhang")
    except metadata.PackageNotFoundError:  # run from a plain checkout
        version = "未安装"
    return {
        "资料库": str(Path(library.folder).absolute()),
        "文档": str(sum(entry.counted for entry in entries.values())),
        "最短的相同文字": f"连续 {SHORTEST_RUN} 个字（不看标点和空格）",
        "固定表述": _how_prescribed(library),
        "版本": version,
    }


def _how_prescribed(library: Library) -> str:
    added = len(read_phrases(library.formulas()))
    return (
        f"清单 {len(shipped_phrases())} 条，本资料库另加 {added} 条；"
        f"{shipped().documents} 份公开文件里至少 {THRESHOLD} 份有的；"
        f"资料库里至少 {UNITS} 个无关单位有的"
    )
