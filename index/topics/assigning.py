"""Which paragraphs of a library are about which topic: found once, kept, and followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, TypeGuard
from weakref import WeakKeyDictionary, proxy

import numpy as np
from numpy.typing import NDArray

from index.assignments import Assignments, Grouped
from index.topics.evidence import ABOUT, Instruments, evenly, fingerprint
from index.topics.taxonomy import Taxonomy

if TYPE_CHECKING:
    from index.catalogue.bodies import Body
    from index.datatypes import SyncResult
    from index.library import Library

Ids = NDArray[np.int64]

TOGETHER = 8_000
"""Paragraphs measured in one go: enough for NumPy, little for the memory."""
DOCUMENTS_TOGETHER = 500
GROWN = 2.0
"""A library that has grown by this, or shrunk, is measured anew against its new background. Until
then it is measured against the one that its kept assignments were, so that a paragraph's topics do
not change because another document came; what is measured anew is never more than what came."""


@dataclass(frozen=True)
class TopicIndex:
    """Which paragraphs of one library, as it is now, are about which topic."""

    library: Library
    """A weak proxy where the index is kept beside its library by `of`."""
    taxonomy: Taxonomy
    instruments: Instruments
    measured_with: str
    size: int
    """Paragraphs of the library when the background that the instruments hold was measured."""
    held: Assignments | None
    """What was known when it was opened: read from the disk, or found for an earlier state."""
    _found: list[Assignments] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, library: Library) -> TopicIndex:
        """The index of the library as it is now: opened once, and again after a change."""
        file = library.taxonomy_file
        key = (library.version, file.stat().st_mtime_ns if file.is_file() else 0)
        with _OPENING:
            held = _KEPT.get(library)
            if held is None or held[0] != key:
                before = None if held is None else held[1]
                # the library holds the index, so the index must not hold the library
                held = key, replace(cls.open(library, before), library=proxy(library))
                _KEPT[library] = held
        return held[1]

    @classmethod
    def open(cls, library: Library, before: TopicIndex | None = None) -> TopicIndex:
        """Read the taxonomy and what was kept; paragraphs are looked at when asked for.

        `before`: the index of an earlier state of the library, whose work is taken over.
        """
        taxonomy = Taxonomy.load(library.folder)
        measured_with = fingerprint(taxonomy, library.encoder_name)
        size = library.paragraph_count  # the vectors themselves need not be opened for that
        if before and before.measured_with == measured_with and _fits(before.size, size):
            held = before._found[0] if before._found else before.held
            return cls(library, taxonomy, before.instruments, measured_with, before.size, held)
        kept = library.assignments()
        if kept and kept.measured_with == measured_with and _fits(kept.size, size):
            instruments = Instruments.of(library, taxonomy, kept.levels)
            return cls(library, taxonomy, instruments, measured_with, kept.size, kept)
        instruments = Instruments.of(library, taxonomy)
        size = size if len(library.store) else 0  # before anything is published
        return cls(library, taxonomy, instruments, measured_with, size, None)

    def topics_of(self, paragraph_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The topics of some paragraphs, strongest first.

        Looked up where the whole library is known as it is now, else these alone are measured.
        """
        bodies = self.library.bodies_by_id(paragraph_ids)
        rows: dict[int, NDArray[np.float32]] = {}
        known = self._found[0] if self._found else self.held
        if known is not None and known.stamp == self.library.stamp:
            held = np.isin([body.document_id for body in bodies], known.documents)
            inside = [body.id for body, one in zip(bodies, held, strict=True) if one]
            bodies = [body for body, one in zip(bodies, held, strict=True) if not one]
            rows.update(zip(inside, known.paragraphs.table(inside), strict=True))
        if bodies:
            documents = sorted({body.document_id for body in bodies})
            support = self.instruments.support(self.library.some_bodies(documents, evenly))
            table, _ = self.instruments.measure(bodies, self.library.store, support)
            rows.update(zip((body.id for body in bodies), table, strict=True))
        names = [topic.name for topic in self.taxonomy.topics]
        found: dict[int, tuple[str, ...]] = dict.fromkeys(paragraph_ids, ())
        for id_, row in rows.items():
            order = np.argsort(-row, kind="stable")
            found[id_] = tuple(names[i] for i in order if row[i] >= ABOUT)
        return found

    def paragraph_ids(self, name: str) -> Ids:
        """Ids of the paragraphs about a topic, strongest first: int64 (n,)."""
        paragraphs = self._assignments().paragraphs
        part = paragraphs.topic(self._number(name))
        assert paragraphs.values is not None
        order = np.argsort(-paragraphs.values[part], kind="stable")
        return np.asarray(paragraphs.ids[part][order])

    def allowed(self, name: str) -> tuple[Ids, Ids]:
        """(ids of the paragraphs about a topic, ids of their passages), both rising."""
        number, assignments = self._number(name), self._assignments()
        paragraphs, passages = assignments.paragraphs, assignments.passages
        return (
            np.asarray(paragraphs.ids[paragraphs.topic(number)]),
            np.asarray(passages.ids[passages.topic(number)]),
        )

    @classmethod
    def follow(cls, library: Library, result: SyncResult) -> None:
        """After a sync that changed something, measure what is new and keep it.

        Until then every search measures the paragraphs that it shows, which takes as long as the
        rest of it.
        """
        if result.added or result.updated or result.removed:
            cls.of(library)._assignments()

    def counts(self) -> dict[str, int]:
        """Paragraphs about each topic."""
        numbers = np.diff(self._assignments().paragraphs.starts).tolist()
        return {t.name: n for t, n in zip(self.taxonomy.topics, numbers, strict=True)}

    def table(self, by: Literal["year", "unit"]) -> list[tuple[str, str, int]]:
        """(topic, year or unit, paragraphs), for a heat map; unknown is “未知”."""
        found = self._assignments()
        value = {e.id: str(getattr(e, by) or "未知") for e in self.library.documents()}
        values = np.array([value.get(document, "未知") for document in found.documents.tolist()])
        rows = []
        for number, topic in enumerate(self.taxonomy.topics):
            about = values[found.paragraphs.of[found.paragraphs.topic(number)]]
            names, numbers = np.unique(about, return_counts=True)
            rows += [(topic.name, str(v), int(n)) for v, n in zip(names, numbers, strict=True)]
        return rows

    def _number(self, name: str) -> int:
        return self.taxonomy.topics.index(self.taxonomy[name])

    def _assignments(self) -> Assignments:
        """Those of the library as it is now; measured and kept where they are not yet."""
        with self._lock:
            if not self._found:
                self._found.append(self._followed())
            return self._found[0]

    def _followed(self) -> Assignments:
        library = self.library
        if self.held is not None and self.held.stamp == library.stamp:
            return self.held
        # another process may have written since
        known = [one for one in (library.assignments(), self.held) if self._alike(one)]
        kept = known[0] if known else None
        if kept is not None and kept.stamp == library.stamp:
            return kept
        stamp, ids, keys = library.states()
        if kept is None:
            kept = Assignments.none(
                self.measured_with,
                len(self.taxonomy.topics),
                self.size,
                self.instruments.levels,
            )
        current = kept.only(kept.current(ids, keys))
        missing = np.isin(ids, current.documents, assume_unique=True, invert=True)
        new, whole = self._measured(ids[missing], keys[missing])
        found = replace(current.with_others(new), stamp=stamp)
        if whole.all():
            library.keep_assignments(found, len(new.documents))
            return found
        # Of these documents some vectors are not published yet. What is found without them serves
        # now and is not kept, so the next who asks measures them again.
        sure = np.isin(found.documents, new.documents[~whole], invert=True)
        library.keep_assignments(found.only(sure), int(whole.sum()))
        return replace(found, stamp="")

    def _alike(self, other: Assignments | None) -> TypeGuard[Assignments]:
        """Whether the same instruments measured it."""
        return (
            other is not None
            and other.measured_with == self.measured_with
            and np.array_equal(other.levels, self.instruments.levels)
        )

    def _measured(self, ids: Ids, keys: Ids) -> tuple[Assignments, NDArray[np.bool]]:
        """Those of some documents (rising), and which of them have all their vectors."""
        topics, store = len(self.taxonomy.topics), self.library.store
        whole = np.ones(len(ids), np.bool)
        columns: list[list[NDArray[Any]]] = [[] for _ in range(7)]
        for bodies in self._in_pieces(ids):
            support = self.instruments.support(_spread(bodies))
            table, known = self.instruments.measure(bodies, store, support)
            place = np.searchsorted(ids, [body.document_id for body in bodies]).astype(np.int32)
            whole[place[~known]] = False
            rows, topic = np.nonzero(table >= ABOUT)
            paragraph_ids = np.array([body.id for body in bodies], np.int64)
            carriers = np.repeat(np.arange(len(bodies)), [len(body.passages) for body in bodies])
            passage_ids = np.array([id_ for body in bodies for id_ in body.passages], np.int64)
            passage, passage_topic = np.nonzero((table >= ABOUT)[carriers])
            found: tuple[NDArray[Any], ...] = (
                *(topic, paragraph_ids[rows], place[rows], table[rows, topic]),
                *(passage_topic, passage_ids[passage], place[carriers[passage]]),
            )
            for column, values in zip(columns, found, strict=True):
                column.append(values)
        nothing = Assignments.none(self.measured_with, topics, self.size, self.instruments.levels)
        if not columns[0]:
            return replace(nothing, documents=ids, keys=keys), whole
        joined = [np.concatenate(column) for column in columns]
        return (
            replace(
                nothing,
                documents=ids,
                keys=keys,
                paragraphs=Grouped.of_pairs(topics, *joined[:4]),
                passages=Grouped.of_pairs(topics, *joined[4:]),
            ),
            whole,
        )

    def _in_pieces(self, ids: Ids) -> Iterator[list[Body]]:
        """The paragraphs of whole documents, TOGETHER or a few more at a time."""
        waiting: list[Body] = []
        for start in range(0, len(ids), DOCUMENTS_TOGETHER):
            for body in self.library.bodies(ids[start : start + DOCUMENTS_TOGETHER].tolist()):
                if len(waiting) >= TOGETHER and body.document_id != waiting[-1].document_id:
                    yield waiting
                    waiting = []
                waiting.append(body)
        if waiting:
            yield waiting


def _spread(bodies: Sequence[Body]) -> Iterator[Body]:
    """Of each document's paragraphs, which stand together, those that `evenly` chooses."""
    for _, group in groupby(bodies, key=lambda body: body.document_id):
        paragraphs = list(group)
        yield from (paragraphs[place] for place in evenly(len(paragraphs)))


def _fits(measured: int, size: int) -> bool:
    """Whether a library of `size` paragraphs may be read against the background of `measured`."""
    return measured == size or measured / GROWN < size < measured * GROWN


_KEPT: WeakKeyDictionary[Library, tuple[tuple[int, int], TopicIndex]] = WeakKeyDictionary()
_OPENING = threading.RLock()
