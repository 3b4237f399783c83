"""A library against itself: every run of wording that two of its documents share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes
from index.alignment.runs import SHORTEST_RUN
from index.fingerprints.segment import Segment, joined
from index.fingerprints.winnowing import GRAM, WINDOW

Numbers = NDArray[np.int64]
Places = NDArray[np.uint32]

MOST_HOLDERS = 100
"""A kept gram that stands in more places begins no pair: 100 places are 5,000 pairs already. A
run is missed only where all its kept grams are such, and then it is what everybody writes."""
_PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """The living documents of all segments, as one row of n compared characters."""

    documents: Numbers
    """int64 (m,), rising: ids."""
    starts: Numbers
    """int64 (m + 1,): document i is codes[starts[i]:starts[i + 1]]."""
    codes: Codes
    """uint32 (n,)."""
    hashes: NDArray[np.uint32]
    """uint32 (k,), rising."""
    where: Places
    """uint32 (k,)."""
    breaks: Places
    """uint32 (p,): where each paragraph begins."""
    paragraphs: Numbers
    """int64 (m + 1,): document i has breaks[paragraphs[i]:paragraphs[i + 1]]."""

    @classmethod
    def of(cls, segments: Sequence[Segment], living: Sequence[Numbers | None]) -> Self:
        """One segment that lives whole is taken as it is, mapped; more are joined in memory."""
        if len(segments) == 1 and living[0] is None:
            whole = segments[0]
        else:
            masks = [
                np.ones(len(segment.documents), np.bool_)
                if alive is None
                else np.isin(segment.documents, alive)
                for segment, alive in zip(segments, living, strict=True)
            ]
            whole = joined(segments, masks)
        table = whole.written
        return cls(
            table.documents,
            table.starts,
            table.codes,
            table.hashes,
            table.where,
            whole.breaks,
            whole.paragraphs,
        )

    def document_at(self, places: NDArray[np.integer]) -> NDArray[np.int32]:
        """Index of the document that each place lies in, int32."""
        return (np.searchsorted(self.starts, places, "right") - 1).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """r maximal runs that two different documents share; a's document comes before b's."""

    a: Numbers
    """int64 (r,): places in Corpus.codes."""
    b: Numbers
    length: Numbers

    def __len__(self) -> int:
        return len(self.a)


def crossings(corpus: Corpus) -> Crossings:
    """Every maximal run of SHORTEST_RUN characters or more, MOST_HOLDERS aside.

    Grows with the number of pairs of places that carry the same kept gram, 8 bytes each.
    """
    a, b = _equal_places(corpus)
    # Neighbours on a diagonal belong to one run. Two pairs of documents may lie on one diagonal
    # of the whole row; a step of more than WINDOW or another document parts them.
    key = ((b.astype(np.int64) - a) << 32) | a
    key.sort()
    a = key & 0xFFFFFFFF
    b = a + (key >> 32)
    del key
    document_a, document_b = corpus.document_at(a), corpus.document_at(b)
    parted = np.diff(b - a) != 0
    parted |= np.diff(a) > WINDOW
    parted |= np.diff(document_a) != 0
    parted |= np.diff(document_b) != 0
    first = np.flatnonzero(np.concatenate(([True], parted))) if len(a) else np.empty(0, np.int64)
    last = np.flatnonzero(np.concatenate((parted, [True]))) if len(a) else np.empty(0, np.int64)
    begin_a, begin_b = a[first], b[first]
    end_a, end_b = a[last] + GRAM, b[last] + GRAM
    of_a, of_b = document_a[first], document_b[first]
    room = np.minimum(begin_a - corpus.starts[of_a], begin_b - corpus.starts[of_b])
    before = _same(corpus.codes, begin_a, begin_b, room, -1)
    room = np.minimum(corpus.starts[of_a + 1] - end_a, corpus.starts[of_b + 1] - end_b)
    after = _same(corpus.codes, end_a - 1, end_b - 1, room, 1)
    length = end_a - begin_a + before + after
    long = length >= SHORTEST_RUN
    return Crossings((begin_a - before)[long], (begin_b - before)[long], length[long])


def _equal_places(corpus: Corpus) -> tuple[Numbers, Numbers]:
    """All pairs of places in different documents with the same gram, the first one's earlier."""
    fresh = np.concatenate(([True], corpus.hashes[1:] != corpus.hashes[:-1]))
    first = np.flatnonzero(fresh[: len(corpus.hashes)])
    counts = np.diff(np.append(first, len(corpus.hashes)))
    kept = (counts > 1) & (counts <= MOST_HOLDERS)
    first, counts = first[kept], counts[kept]
    pairs = np.cumsum(counts * (counts - 1) // 2)
    parts_a: list[Places] = []
    parts_b: list[Places] = []
    done = 0
    while done < len(first):
        base = int(pairs[done - 1]) if done else 0
        past = max(done + 1, int(np.searchsorted(pairs, base + _PAIRS_AT_ONCE, "right")))
        a, b = _pairs_within(corpus, first[done:past], counts[done:past])
        parts_a.append(a)
        parts_b.append(b)
        done = past
    if not parts_a:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(parts_a), np.concatenate(parts_b)


def _pairs_within(corpus: Corpus, first: Numbers, counts: Numbers) -> tuple[Places, Places]:
    # Equal hashes were sorted stably, so the places of a group rise.
    total = int(counts.sum())
    group_start = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.arange(total) - group_start
    member = corpus.where[np.repeat(first, counts) + rank]
    # each member with all before it
    b = np.repeat(np.arange(total), rank)
    within = np.arange(len(b)) - np.repeat(np.cumsum(rank) - rank, rank)
    a = group_start[b] + within
    document = corpus.document_at(member)
    apart = document[a] != document[b]
    place_a, place_b = member[a[apart]], member[b[apart]]
    same = np.ones(len(place_a), np.bool_)
    for offset in range(GRAM):  # equal fingerprints are no equal text yet
        same &= corpus.codes[place_a + offset] == corpus.codes[place_b + offset]
    return place_a[same], place_b[same]


def _same(codes: Codes, a: Numbers, b: Numbers, room: Numbers, step: int) -> Numbers:
    """Characters that agree one after another from (not at) the places, `room` at most."""
    count = np.zeros(len(a), np.int64)
    going = np.flatnonzero(room > 0)
    while len(going):
        move = step * (count[going] + 1)
        going = going[codes[a[going] + move] == codes[b[going] + move]]
        count[going] += 1
        going = going[count[going] < room[going]]
    return count
