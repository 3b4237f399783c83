"""Maximal runs that two texts share, all of them, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes

SHORTEST_RUN = 13
"""Compared characters: the rule that reviewers in China know (连续13字), and what fingerprints
guarantee to find."""

Hashes = NDArray[np.uint64]
Positions = NDArray[np.int64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """`length` characters that are the same in both texts; not longer at either end."""

    a: int
    b: int
    length: int


def gram_hashes(codes: Codes, length: int) -> Hashes:
    """A hash of every run of `length` characters: uint64 (max(0, n - length + 1),).

    Equal runs have equal hashes; that different ones have too happens once in 2**64.
    """
    count = len(codes) - length + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    wide = codes.astype(np.uint64)
    hashes = np.zeros(count, np.uint64)
    for offset in range(length):
        hashes ^= wide[offset : offset + count]
        hashes *= _MULTIPLIER  # modulo 2**64
        hashes ^= hashes >> _SHIFT
    return hashes


def shared_runs(a: Codes, b: Codes, shortest: int = SHORTEST_RUN) -> list[Run]:
    """Every maximal run of at least `shortest` characters that both texts have, by place in `a`.

    A passage that stands twice in `b` gives two runs.

    >>> from index.alignment.folded import fold
    >>> one, other = fold("全年开展廉政教育六次。"), fold("我们开展廉政教育八次！")
    >>> shared_runs(one.codes, other.codes, shortest=5)
    [Run(a=2, b=2, length=6)]
    """
    left, right = gram_hashes(a, shortest), gram_hashes(b, shortest)
    at_a, at_b = equal_pairs(left, right)
    firsts, lasts = diagonal_stretches(at_a, at_b)
    runs = [
        Run(first, other, last - first + shortest)
        for first, other, last in zip(
            at_a[firsts].tolist(), at_b[firsts].tolist(), at_a[lasts].tolist(), strict=True
        )
    ]
    return sorted(run for run in runs if _equal(a, b, run))


def equal_pairs(left: Hashes, right: Hashes) -> tuple[Positions, Positions]:
    """All (i, j) with left[i] == right[j], as two arrays int64 (m,) of equal length."""
    order = np.argsort(right, kind="stable")
    found = right[order]
    low = np.searchsorted(found, left, "left")
    counts = np.searchsorted(found, left, "right") - low
    i = np.repeat(np.arange(len(left)), counts)
    # the position within each group of equal hashes: 0, 1, …
    within = np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    return i, order[np.repeat(low, counts) + within]


def diagonal_stretches(
    at_a: Positions, at_b: Positions, reach: int = 1, group: Positions | None = None
) -> tuple[Positions, Positions]:
    """Pairs (i, j) that follow one another on a diagonal, at most `reach` apart, as stretches.

    `group`: int64 (n,), of each pair; a stretch stays within one group (a document).
    Returns, as indices int64 (s,) into the pairs, the first and the last pair of each stretch.
    """
    if not len(at_a):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    diagonal = at_a - at_b
    order = np.lexsort((at_a, diagonal) if group is None else (at_a, diagonal, group))
    step = np.diff(at_a[order])
    breaks = (np.diff(diagonal[order]) != 0) | (step > reach)
    if group is not None:
        breaks |= np.diff(group[order]) != 0
    first = np.concatenate(([True], breaks))
    last = np.concatenate((breaks, [True]))
    return order[first], order[last]


def _equal(a: Codes, b: Codes, run: Run) -> bool:
    """Whether the characters are the same and not only their hashes."""
    return np.array_equal(a[run.a : run.a + run.length], b[run.b : run.b + run.length])
