"""Some documents of a library, as they are written and as skeletons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes, fold_paragraphs
from index.alignment.skeleton import SLOT, skeleton
from index.fingerprints.grams import GramTable, Numbers

FOLDING_VERSION = 2
"""Raise it when the same text gives other compared characters or another skeleton than before:
segments on disk are then made anew."""

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """m documents. Their order is the same in both tables."""

    keys: Keys
    """int64 (m,): names the text of each document; another key, another text."""
    written: GramTable
    skeletons: GramTable
    breaks: NDArray[np.uint32]
    """uint32 (p,), rising: where each paragraph begins in `written.codes`. One without compared
    characters begins where the next one does."""
    paragraphs: Numbers
    """int64 (m + 1,): document i has breaks[paragraphs[i]:paragraphs[i + 1]]."""
    slots: NDArray[np.uint32]
    """uint32 (s,): of each SLOT in `skeletons.codes`, in order, how many characters of
    `written.codes` it stands for: none for a placeholder of marks (＊)."""

    @classmethod
    def of(cls, documents: Iterable[tuple[int, int, Sequence[str]]]) -> Self:
        """From (id, key, paragraphs); ids rise."""
        ids: list[int] = []
        keys: list[int] = []
        written: list[Codes] = []
        masked: list[Codes] = []
        breaks: list[NDArray[np.int64]] = []
        slots: list[NDArray[np.int64]] = []
        base = 0
        for id_, key, paragraphs in documents:
            folded, starts = fold_paragraphs(paragraphs)
            bones = skeleton("".join(paragraphs))
            ids.append(id_)
            keys.append(key)
            written.append(folded.codes)
            masked.append(bones.codes)
            begins = np.append(np.searchsorted(folded.at, bones.at), len(folded))
            slots.append(np.diff(begins)[bones.codes == SLOT])
            breaks.append(base + np.searchsorted(folded.at, starts[:-1]))
            base += len(folded)
        return cls(
            np.array(keys, np.int64),
            GramTable.of(zip(ids, written, strict=True)),
            GramTable.of(zip(ids, masked, strict=True)),
            *_flat(breaks),
            _one_row(slots),
        )

    @property
    def documents(self) -> Numbers:
        """int64 (m,), rising: ids."""
        return self.written.documents

    def equals(self, other: Segment) -> bool:
        """Whether both know the same documents with the same characters and grams."""
        tables = ((self.written, other.written), (self.skeletons, other.skeletons))
        arrays: list[tuple[NDArray[Any], NDArray[Any]]] = [
            (self.keys, other.keys),
            (self.breaks, other.breaks),
            (self.slots, other.slots),
        ]
        for one, two in tables:
            arrays += [
                (one.documents, two.documents),
                (one.starts, two.starts),
                (one.codes, two.codes),
                (one.hashes, two.hashes),
                (one.where, two.where),
            ]
        return all(np.array_equal(one, two) for one, two in arrays)

    def slot_edges(self) -> Numbers:
        """int64 (m + 1,): document i has slots[edges[i]:edges[i + 1]]."""
        places = np.flatnonzero(self.skeletons.codes == SLOT)
        return np.asarray(np.searchsorted(places, self.skeletons.starts), np.int64)

    def alive(self, ids: Numbers, keys: Keys) -> NDArray[np.bool_]:
        """bool (m,): which documents are among `ids` (rising) and still have that text."""
        place = np.searchsorted(ids, self.documents)
        place[place == len(ids)] = 0
        if not len(ids):
            return np.zeros(len(self.documents), np.bool_)
        return np.asarray((ids[place] == self.documents) & (keys[place] == self.keys))


def joined(segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Segment:
    """The living documents of several segments as one, without looking at any text again."""
    whole = [
        (int(segment.documents[i]), int(segment.keys[i]), segment, i)
        for segment, living in zip(segments, alive, strict=True)
        for i in np.flatnonzero(living).tolist()
    ]
    whole.sort(key=lambda one: one[0])
    breaks: list[NDArray[np.int64]] = []
    slots: list[NDArray[np.uint32]] = []
    edges = {id(segment): segment.slot_edges() for segment in segments}
    base = 0
    for _, _, segment, i in whole:
        begin, end = edges[id(segment)][i : i + 2]
        slots.append(segment.slots[begin:end])
        first, past = segment.paragraphs[i : i + 2]
        own = segment.breaks[first:past].astype(np.int64)
        breaks.append(own - segment.written.starts[i] + base)
        base += len(segment.written.text(i))
    return Segment(
        np.array([key for _, key, _, _ in whole], np.int64),
        GramTable.of((id_, segment.written.text(i)) for id_, _, segment, i in whole),
        GramTable.of((id_, segment.skeletons.text(i)) for id_, _, segment, i in whole),
        *_flat(breaks),
        _one_row(slots),
    )


def _flat(breaks: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.uint32], Numbers]:
    """One after another, and where those of each document begin."""
    counts = np.array([0, *map(len, breaks)], np.int64)
    return _one_row(breaks), np.cumsum(counts)


def _one_row(parts: Sequence[NDArray[np.integer[Any]]]) -> NDArray[np.uint32]:
    return np.concatenate([*parts, np.empty(0, np.uint32)]).astype(np.uint32)
