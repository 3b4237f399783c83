"""find_duplicates: a library -> pairs of documents and families of paragraphs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from index.datatypes import Entry, Source, StoredParagraph
from index.duplicates.pairs import PairTable, pair_table
from index.duplicates.prescribed import listed_and_background, of_many_units
from index.duplicates.travelling import families
from index.findings import DocumentPair, Duplicates, Relation, SharedFamily
from index.fingerprints import Corpus, crossings
from index.formulas import read_phrases, shipped_phrases

if TYPE_CHECKING:
    from index.library import Library

RELATED = 150
"""Compared characters: two documents that share more than this, prescribed wording aside, are
sources of one another and not witnesses for what everybody writes."""
MOST_FAMILIES = 2000
"""The largest families; more nobody reads."""


def find_duplicates(library: Library, minimum: float = 0.1) -> Duplicates:
    """Compare all documents of a library with each other.

    minimum: share of either document, 0 to 1, that must be re-used for a pair to be listed; the
    result can be cut again at any higher one. Raises LibraryDamaged.
    """
    corpus = library.prints().corpus()
    found = crossings(corpus)
    entries = {entry.id: entry for entry in library.documents()}
    phrases = (*shipped_phrases(), *read_phrases(library.formulas()))
    prescribed = listed_and_background(corpus, phrases)
    table = pair_table(corpus, found, prescribed)
    related = np.maximum(table.shared_a, table.shared_b) >= RELATED
    prescribed |= of_many_units(
        corpus, found, ~related[table.of_run], _unit_numbers(corpus, entries)
    )
    table = pair_table(corpus, found, prescribed)
    sources = _Sources(library, entries)
    return Duplicates(
        documents=_pairs(corpus, table, minimum, entries, sources),
        families=_families(library, corpus, families(corpus, found, prescribed), sources),
        minimum=minimum,
        limits=(
            f"只比对了资料库里的 {len(corpus.documents)} 篇文档；同样的文件只算一份。",
            "连续相同不到 13 个字的地方、固定表述，都不算。",
        ),
    )


class _Sources:
    """The source of each document, looked up once."""

    def __init__(self, library: Library, entries: Mapping[int, Entry]) -> None:
        self._library = library
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


def _pairs(
    corpus: Corpus,
    table: PairTable,
    minimum: float,
    entries: Mapping[int, Entry],
    sources: _Sources,
) -> tuple[DocumentPair, ...]:
    sizes = np.maximum(np.diff(corpus.starts), 1)
    share_a, share_b = table.shared_a / sizes[table.a], table.shared_b / sizes[table.b]
    most = np.maximum(share_a, share_b)
    listed = np.flatnonzero((most >= minimum) & (np.maximum(table.shared_a, table.shared_b) > 0))
    pairs = []
    for place in listed[np.argsort(-most[listed], kind="stable")].tolist():
        a = entries[int(corpus.documents[table.a[place]])]
        b = entries[int(corpus.documents[table.b[place]])]
        relation: Relation = "other"
        if a.unit and a.unit == b.unit:
            relation = "own_past" if a.year != b.year else "own"
        pair = DocumentPair(
            a=sources.of(a.id),
            b=sources.of(b.id),
            shared=int(max(table.shared_a[place], table.shared_b[place])),
            reuse_a=float(share_a[place]),
            reuse_b=float(share_b[place]),
            longest_run=int(table.longest[place]),
            formula=int(table.formula[place]),
            relation=relation,
        )
        if b.year is not None and a.year is not None and b.year < a.year:
            pair = replace(pair, a=pair.b, b=pair.a, reuse_a=pair.reuse_b, reuse_b=pair.reuse_a)
        pairs.append(pair)
    return tuple(pairs)


def _families(
    library: Library, corpus: Corpus, found: list[list[int]], sources: _Sources
) -> tuple[SharedFamily, ...]:
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
    )
