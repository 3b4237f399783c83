"""Which characters of a whole library are prescribed wording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.alignment import Folded
from index.fingerprints import Corpus, Crossings
from index.formulas import Phrase, PhraseBook, shipped
from index.formulas.background import THRESHOLD
from index.formulas.units import UNITS

_AT_ONCE = 1 << 21

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def listed_and_background(corpus: Corpus, phrases: Sequence[Phrase]) -> Mask:
    """Characters of set phrases and of what many public official texts have: bool (n,)."""
    mask = np.zeros(len(corpus.codes), np.bool_)
    book = PhraseBook(phrases)
    background = shipped()
    for first, past in _portions(corpus):
        codes = np.asarray(corpus.codes[first:past])
        portion = Folded(codes, np.arange(len(codes)))
        mask[first:past] = background.prescribed(portion, THRESHOLD)
        for begin, end, _ in book.places(portion):
            mask[first + begin : first + end] = True
    return mask


def of_many_units(
    corpus: Corpus, found: Crossings, unrelated: Mask, units: NDArray[np.int32]
) -> Mask:
    """Characters that documents of UNITS other units have, which share little else: bool (n,).

    unrelated: bool (r,), the runs between documents that share little. units: int32 (m,), a number
    for the unit of each document; documents of one number are one witness.
    """
    a, b, length = found.a[unrelated], found.b[unrelated], found.length[unrelated]
    unit_a, unit_b = units[corpus.document_at(a)], units[corpus.document_at(b)]
    strangers = unit_a != unit_b
    begin = np.concatenate((a[strangers], b[strangers]))
    witness = np.concatenate((unit_b[strangers], unit_a[strangers])).astype(np.int64)
    size = np.concatenate((length[strangers], length[strangers]))
    order = np.lexsort((begin, witness))
    begin, end = begin[order], begin[order] + size[order]
    begin, end = _united(witness[order], begin, end)
    steps = np.zeros(len(corpus.codes) + 1, np.int32)
    np.add.at(steps, begin, 1)
    np.add.at(steps, end, -1)
    return np.asarray(np.cumsum(steps[:-1]) >= UNITS)


def _united(group: Numbers, begin: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """Intervals sorted by (group, begin), each without what an earlier one of its group has."""
    reached = past_of_earlier(group, end)
    begin = np.maximum(begin, reached)
    kept = begin < end
    return begin[kept], end[kept]


def past_of_earlier(group: Numbers, end: Numbers) -> Numbers:
    """How far the intervals before each one of its group reach; 0 for the first: int64 (n,).

    A running maximum that begins anew with every group: groups are made to lie apart by an offset
    that no place reaches, so that one running maximum does for all.
    """
    if not len(end):
        return end.copy()
    rank = np.cumsum(np.concatenate(([0], np.diff(group) != 0)))
    apart = int(end.max()) + 1
    running = np.maximum.accumulate(end + rank * apart)
    before = np.concatenate(([0], running[:-1])) - rank * apart
    return np.asarray(np.maximum(before, 0), np.int64)


def _portions(corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Stretches of whole documents, some megabytes each."""
    first = 0
    while first < len(corpus.codes):
        at = int(np.searchsorted(corpus.starts, first + _AT_ONCE, "left"))
        past = int(corpus.starts[min(at, len(corpus.starts) - 1)])
        yield first, past
        first = past
