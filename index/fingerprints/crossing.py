"""A library against itself: every run of wording that two of its documents share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes
from index.alignment.runs import SHORTEST_RUN
from index.alignment.skeleton import SLOT
from index.fingerprints.grams import GramTable
from index.fingerprints.segment import Segment, joined
from index.fingerprints.winnowing import GRAM, WINDOW

Numbers = NDArray[np.int64]
Places = NDArray[np.uint32]

MOST_HOLDERS = 100
"""A kept gram that stands in more places is not paired with all of them: 100 places are 5,000 pairs
already."""
NEIGHBOURS = 8
"""With so many of the next places it is. Wording of hundreds of documents so stays one family, and
is seen to be everybody's, but not every two of them are compared: a run is missed between two
documents where all its kept grams stand in more than MOST_HOLDERS places and more than NEIGHBOURS
others lie between."""
LEAST_PIECE = 2
"""Compared characters: single ones (年, 个) stand between any two figures."""
_PAIRS_AT_ONCE = 4_000_000
_RUNS_AT_ONCE = 1_000_000
_LOW = np.int64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus(GramTable):
    """The living documents of all segments, as one row of n compared characters."""

    breaks: Places
    """uint32 (p,): where each paragraph begins."""
    paragraphs: Numbers
    """int64 (m + 1,): document i has breaks[paragraphs[i]:paragraphs[i + 1]]."""
    skeletons: GramTable
    """The same documents with their figures masked."""
    slots: Places
    """uint32 (s,): of each SLOT of the skeletons, how many characters it stands for."""

    @classmethod
    def of_segments(cls, segments: Sequence[Segment], living: Sequence[Numbers | None]) -> Self:
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
            whole.skeletons,
            whole.slots,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """r maximal runs that two different documents share; a's document comes before b's."""

    a: Numbers
    """int64 (r,): places in Corpus.codes."""
    b: Numbers
    length: Numbers
    crowded: int = 0
    """Kept grams in more than MOST_HOLDERS places: where there are none, every run is here."""
    between: int = 0
    """So many, the last of them, are shorter pieces between figures that differ."""

    def __len__(self) -> int:
        return len(self.a)


def crossings(corpus: GramTable) -> Crossings:
    """Every maximal run of SHORTEST_RUN characters or more, each once; MOST_HOLDERS aside.

    Takes 16 bytes for each pair of places that carry the same kept gram.
    """
    key, crowded = _equal_places(corpus)
    key.sort()
    # Neighbours on a diagonal belong to one run: those of a shared run lie WINDOW apart at most.
    # So near, two grams of GRAM > WINDOW characters overlap: both lie in the same two documents.
    parted = np.diff(key) > WINDOW
    edge = np.ones(min(1, len(key)), np.bool_)
    first = key[np.concatenate((edge, parted))]
    last = key[np.concatenate((parted, edge))]
    del key, parted
    parts = [
        _grown(corpus, first[at : at + _RUNS_AT_ONCE], last[at : at + _RUNS_AT_ONCE])
        for at in range(0, len(first), _RUNS_AT_ONCE)
    ]
    del first, last
    begin, apart, length = (
        np.concatenate([*(part[column] for part in parts), np.empty(0, np.int64)])
        for column in range(3)
    )
    # Where a gram of MOST_HOLDERS was passed over, both parts have grown into the same run.
    kept = np.ones(len(begin), np.bool_)
    kept[1:] = (np.diff(begin) != 0) | (np.diff(apart) != 0)
    return Crossings(begin[kept], (begin + apart)[kept], length[kept], crowded)


def with_skeletons(corpus: Corpus, found: Crossings) -> Crossings:
    """`found` (of `crossings`), and behind it what runs of the skeletons have between their slots:
    the sentence that two documents share while its figures and placeholders differ.

    Of a run of SHORTEST_RUN characters besides its slots every piece of LEAST_PIECE that no run of
    `found` has. A shared run of skeletons with a slot has a kept gram at most WINDOW - 1 characters
    from it, so those farther from any slot, most of them, need not be looked at.
    """
    bones = corpus.skeletons
    slots = np.flatnonzero(bones.codes == SLOT)
    after = np.searchsorted(slots, bones.where.astype(np.int64) + (GRAM + WINDOW - 1))
    before = np.searchsorted(slots, bones.where.astype(np.int64) - (WINDOW - 1))
    near = after > before
    masked = crossings(
        GramTable(bones.documents, bones.starts, bones.codes, bones.hashes[near], bones.where[near])
    )
    first = np.searchsorted(slots, masked.a)
    count = np.searchsorted(slots, masked.a + masked.length) - first
    wanted = (count > 0) & (masked.length - count >= SHORTEST_RUN)
    begin_a, begin_b, length = _between(
        slots,
        first[wanted],
        count[wanted],
        masked.a[wanted],
        masked.b[wanted],
        masked.length[wanted],
    )
    del masked, first, count
    # how many characters the slots before a place of the skeletons stand for more than themselves
    more = np.concatenate(([0], np.cumsum(corpus.slots.astype(np.int64) - 1)))
    begin_a += more[np.searchsorted(slots, begin_a)]
    begin_b += more[np.searchsorted(slots, begin_b)]
    new = ~_within(found, begin_a, begin_b, length)
    return Crossings(
        np.concatenate((found.a, begin_a[new])),
        np.concatenate((found.b, begin_b[new])),
        np.concatenate((found.length, length[new])),
        found.crowded,
        int(new.sum()),
    )


def _between(
    slots: Numbers, first: Numbers, count: Numbers, a: Numbers, b: Numbers, length: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Runs of skeletons without their slots: where the pieces begin in both, and how long they are.

    Run i has slots[first[i]:first[i] + count[i]] in its first text.
    """
    run = np.repeat(np.arange(len(a)), count + 1)
    piece = np.arange(len(run)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    place = first[run] + piece
    last = len(slots) - 1
    begin = np.where(piece == 0, a[run], slots[np.clip(place - 1, 0, last)] + 1)
    end = np.where(piece == count[run], (a + length)[run], slots[np.clip(place, 0, last)])
    kept = end - begin >= LEAST_PIECE
    return begin[kept], (b[run] + begin - a[run])[kept], (end - begin)[kept]


def _within(found: Crossings, a: Numbers, b: Numbers, length: Numbers) -> NDArray[np.bool_]:
    """Which shared pieces are a part of a run of `found`; those come by diagonal, then place."""
    if not len(found):
        return np.zeros(len(a), np.bool_)
    key = (found.b - found.a) << 32 | found.a
    at = np.searchsorted(key, (b - a) << 32 | a, "right") - 1
    at = np.maximum(at, 0)
    same = found.b[at] - found.a[at] == b - a
    return np.asarray(same & (found.a[at] <= a) & (found.a[at] + found.length[at] >= a + length))


def _grown(corpus: GramTable, first: Numbers, last: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Stretches of equal grams as whole runs: where they begin, how far apart, how long; those of
    less than SHORTEST_RUN left out."""
    apart = first >> 32
    begin_a, end_a = first & _LOW, (last & _LOW) + GRAM
    begin_b, end_b = begin_a + apart, end_a + apart
    of_a, of_b = corpus.document_at(begin_a), corpus.document_at(begin_b)
    room = np.minimum(begin_a - corpus.starts[of_a], begin_b - corpus.starts[of_b])
    before = _same(corpus.codes, begin_a, begin_b, room, -1)
    room = np.minimum(corpus.starts[of_a + 1] - end_a, corpus.starts[of_b + 1] - end_b)
    after = _same(corpus.codes, end_a - 1, end_b - 1, room, 1)
    length = end_a - begin_a + before + after
    long = length >= SHORTEST_RUN
    return (begin_a - before)[long], apart[long], length[long]


def _equal_places(corpus: GramTable) -> tuple[Numbers, int]:
    """All pairs of places a < b in different documents with the same gram: (b - a) << 32 | a; and
    how many grams stand in more than MOST_HOLDERS places."""
    fresh = np.concatenate(([True], corpus.hashes[1:] != corpus.hashes[:-1]))
    first = np.flatnonzero(fresh[: len(corpus.hashes)])
    counts = np.diff(np.append(first, len(corpus.hashes)))
    first, counts = first[counts > 1], counts[counts > 1]
    pairs = np.cumsum(_pairs_of(counts))
    parts: list[Numbers] = []
    done = 0
    while done < len(first):
        base = int(pairs[done - 1]) if done else 0
        past = max(done + 1, int(np.searchsorted(pairs, base + _PAIRS_AT_ONCE, "right")))
        parts.append(_pairs_within(corpus, first[done:past], counts[done:past]))
        done = past
    crowded = int((counts > MOST_HOLDERS).sum())
    return np.concatenate([*parts, np.empty(0, np.int64)]), crowded


def _pairs_of(counts: Numbers) -> Numbers:
    """How many pairs groups of that many places give."""
    few = counts * (counts - 1) // 2
    return np.asarray(np.where(counts <= MOST_HOLDERS, few, counts * NEIGHBOURS), np.int64)


def _pairs_within(corpus: GramTable, first: Numbers, counts: Numbers) -> Numbers:
    # Equal hashes were sorted stably, so the places of a group rise.
    total = int(counts.sum())
    group_start = np.repeat(np.cumsum(counts) - counts, counts)
    rank = np.arange(total) - group_start
    member = corpus.where[np.repeat(first, counts) + rank]
    # each member with all before it, or with the last few of them
    many = np.repeat(counts > MOST_HOLDERS, counts)
    back = np.where(many, np.minimum(rank, NEIGHBOURS), rank)
    b = np.repeat(np.arange(total), back)
    a = b - 1 - (np.arange(len(b)) - np.repeat(np.cumsum(back) - back, back))
    document = corpus.document_at(member)
    apart = document[a] != document[b]
    place_a, place_b = member[a[apart]], member[b[apart]]
    same = np.ones(len(place_a), np.bool_)
    for offset in range(GRAM):  # equal fingerprints are no equal text yet
        same &= corpus.codes[place_a + offset] == corpus.codes[place_b + offset]
    place_a, place_b = place_a[same].astype(np.int64), place_b[same].astype(np.int64)
    return np.asarray((place_b - place_a) << 32 | place_a, np.int64)


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
