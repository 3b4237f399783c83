"""find_duplicates: a library -> pairs of documents and families of paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.alignment import SHORTEST_RUN
from index.datatypes import Entry, Source, StoredParagraph
from index.duplicates.between import with_gaps
from index.duplicates.comparing import Begun, Comparison, compare
from index.duplicates.pairs import PairTable
from index.duplicates.travelling import ALIKE as ALIKE_PARAGRAPHS
from index.findings import ALIKE, DocumentPair, Duplicates, Relation, SharedFamily
from index.fingerprints import MOST_HOLDERS, NEIGHBOURS, Corpus
from index.formulas import read_phrases, shipped_phrases
from index.library.comparing import how_compared, unseen_files

if TYPE_CHECKING:
    from index.library import Library

NEAR, LEAST_NEAR = 0.15, 0.005
"""Of the share that is asked for (and in any case): what pairs must have in runs alone to be looked
at between the runs. What lies between can make it six times as much at most."""
MOST_FAMILIES = 2000
"""The largest families; more nobody reads."""

Shares = NDArray[np.float64]


def find_duplicates(
    library: Library,
    minimum: float = 0.1,
    *,
    characters: int | None = None,
    begun: Begun = lambda step: None,
) -> Duplicates:
    """Compare all documents of a library with each other.

    minimum: share of either document, 0 to 1, that must be re-used for a pair to be listed; the
    result can be cut again at any higher one. characters: pairs that share so many compared
    characters are listed whatever their share. `begun` is told each of STEPS when it begins. Raises
    LibraryDamaged.
    """
    if not 0 <= minimum <= 1:
        raise ValueError(f"a share of 0 to 1 is needed, not {minimum}")
    begun("fingerprints")
    corpus = library.prints(whole=True).corpus()
    entries = {entry.id: entry for entry in library.documents()}
    phrases = (*shipped_phrases(), *read_phrases(library.formulas()))
    found = compare(corpus, _unit_numbers(corpus, entries), phrases, begun)
    near = _shares(corpus, found.pairs).most >= max(NEAR * minimum, LEAST_NEAR)
    if characters is not None:
        near |= found.pairs.shared_a >= NEAR * characters
    table = with_gaps(corpus, found.runs, found.prescribed, found.pairs, near)
    sources = _Sources(entries)
    return Duplicates(
        documents=_pairs(corpus, table, minimum, characters, entries, sources),
        families=_families(library, corpus, found.families),
        minimum=minimum,
        characters=characters,
        limits=tuple(_limits(library, found, entries)),
        settings=_settings(library, corpus),
    )


class _Sources:
    """The source of each document, looked up once."""

    def __init__(self, entries: Mapping[int, Entry]) -> None:
        self._entries = entries

    def of(self, id_: int) -> Source:
        entry = self._entries[id_]
        return Source(
            document_id=id_,
            external_id=entry.external_id,
            title=entry.title,
            unit=entry.unit,
            year=entry.year,
            kind=entry.kind,
            path=entry.path,
            heading_path=(),
            paragraph=1,
            period=entry.period,
        )


def _unit_numbers(corpus: Corpus, entries: Mapping[int, Entry]) -> np.ndarray:
    """A number for the unit of each document, int32 (m,); those without one share one."""
    numbers: dict[str, int] = {}
    return np.array(
        [
            numbers.setdefault(entries[id_].unit or "", len(numbers))
            for id_ in corpus.documents.tolist()
        ],
        np.int32,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Shares:
    """Of p pairs, each float64 (p,), 0 to 1."""

    reuse_a: Shares
    reuse_b: Shares
    overlap_a: Shares
    overlap_b: Shares
    most: Shares
    """At least `DocumentPair.alike`: millions of pairs share a phrase, and values are made of those
    only that may be listed."""


def _shares(corpus: Corpus, table: PairTable) -> _Shares:
    sizes = np.maximum(np.diff(corpus.starts), 1)
    size_a, size_b = sizes[table.a], sizes[table.b]
    reuse_a, reuse_b = table.shared_a / size_a, table.shared_b / size_b
    overlap_a, overlap_b = table.overlap_a / size_a, table.overlap_b / size_b
    overlap = np.maximum(overlap_a, overlap_b)
    most = np.maximum(np.maximum(reuse_a, reuse_b), np.where(overlap >= ALIKE, overlap, 0.0))
    return _Shares(reuse_a, reuse_b, overlap_a, overlap_b, most)


def _pairs(
    corpus: Corpus,
    table: PairTable,
    minimum: float,
    characters: int | None,
    entries: Mapping[int, Entry],
    sources: _Sources,
) -> tuple[DocumentPair, ...]:
    shares = _shares(corpus, table)
    pairs = []
    listed = (shares.most >= minimum) & (shares.most > 0)
    if characters is not None:
        listed |= np.maximum(table.shared_a, table.shared_b) >= max(characters, 1)
    for place in np.flatnonzero(listed).tolist():
        a = entries[int(corpus.documents[table.a[place]])]
        b = entries[int(corpus.documents[table.b[place]])]
        relation: Relation = "other"
        if a.unit and a.unit == b.unit:
            relation = "own_past" if a.year and b.year and a.year != b.year else "own"
        pair = DocumentPair(
            a=sources.of(a.id),
            b=sources.of(b.id),
            shared=int(max(table.shared_a[place], table.shared_b[place])),
            reuse_a=float(shares.reuse_a[place]),
            reuse_b=float(shares.reuse_b[place]),
            longest_run=int(table.longest[place]),
            formula=int(table.formula[place]),
            relation=relation,
            overlap_a=float(shares.overlap_a[place]),
            overlap_b=float(shares.overlap_b[place]),
            between=int(table.between[place]),
        )
        if b.year is not None and a.year is not None and b.year < a.year:
            pair = replace(
                pair,
                a=pair.b,
                b=pair.a,
                reuse_a=pair.reuse_b,
                reuse_b=pair.reuse_a,
                overlap_a=pair.overlap_b,
                overlap_b=pair.overlap_a,
            )
        enough = characters is not None and pair.shared >= max(characters, 1)
        if enough or (pair.alike >= minimum and pair.alike > 0):
            pairs.append(pair)
    pairs.sort(key=lambda pair: (-pair.alike, pair.a.document_id, pair.b.document_id))
    return tuple(pairs)


def _families(library: Library, corpus: Corpus, found: list[list[int]]) -> tuple[SharedFamily, ...]:
    chosen = found[:MOST_FAMILIES]
    document_of = np.searchsorted(corpus.paragraphs, np.arange(len(corpus.breaks)), "right") - 1
    wanted = {int(document_of[one]) for family in chosen for one in family}
    ids = library.paragraph_ids([int(corpus.documents[at]) for at in sorted(wanted)])
    members: list[list[int]] = []
    for family in chosen:
        members.append(
            [
                ids[int(corpus.documents[at])][one - int(corpus.paragraphs[at])]
                for one, at in ((one, int(document_of[one])) for one in family)
            ]
        )
    stored = library.paragraphs_by_id([id_ for family in members for id_ in family])
    return tuple(_family([stored[id_] for id_ in family]) for family in members)


def _family(paragraphs: list[StoredParagraph]) -> SharedFamily:
    paragraphs.sort(key=lambda one: (one.source.year or 9999, one.source.document_id, one.number))
    first = paragraphs[0]
    return SharedFamily(
        paragraph_ids=tuple(one.id for one in paragraphs),
        first=first.source,
        units=tuple(dict.fromkeys(one.source.unit for one in paragraphs if one.source.unit)),
        years=tuple(sorted({one.source.year for one in paragraphs if one.source.year})),
        text=first.text,
        sources=tuple(one.source for one in paragraphs),
    )


def _limits(library: Library, found: Comparison, entries: Mapping[int, Entry]) -> Iterator[str]:
    corpus, families = found.corpus, len(found.families)
    left_out = len(entries) - len(corpus.documents)
    yield (
        f"只比对了资料库里的 {len(corpus.documents):,} 篇文档"
        + (f"；另有 {left_out:,} 篇和其中某篇完全相同，只算一份。" if left_out else "。")
    )
    yield (
        f"连续相同不到 {SHORTEST_RUN} 个字的地方不算，除非整句只差数字、年份、空缺；"
        "换了说法、意思相同的也看不到。"
    )
    if found.runs.crowded:
        yield (
            f"有些话在 {MOST_HOLDERS} 处以上都有，各自只和前后 {NEIGHBOURS} 处比对，"
            "没有每两篇都比到。"
        )
    yield from unseen_files(library)
    unknown = sum(entries[id_].unit is None for id_ in corpus.documents.tolist())
    if unknown:
        yield f"有 {unknown:,} 篇不知道是哪个单位的，分不出是不是同一单位。"
    undated = sum(entries[id_].year is None for id_ in corpus.documents.tolist())
    if undated:
        yield f"有 {undated:,} 篇不知道年份，排不出先后。"
    if families > MOST_FAMILIES:
        yield f"同一写法的段落共有 {families:,} 组，只列出最大的 {MOST_FAMILIES:,} 组。"


def _settings(library: Library, corpus: Corpus) -> dict[str, str]:
    return {
        **how_compared(
            library,
            f"{len(corpus.documents):,} 篇，{len(corpus.codes):,} 字",
            "；只是数字、年份、空缺不同的句子，去掉这些再看",
        ),
        "同一写法": f"较长的一段有 {ALIKE_PARAGRAPHS:.0%} 以上和另一段相同，且不全是固定表述",
    }
