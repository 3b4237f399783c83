"""Shared runs -> families of paragraphs that are the same wording but for small edits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.duplicates.pairs import once
from index.fingerprints import Corpus, Crossings

ALIKE = 0.7
"""Share of the longer paragraph that the other must have in runs, for the two to be one wording."""
LEAST = 20
"""Compared characters that must not be prescribed: headings and set phrases make no family."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def families(corpus: Corpus, found: Crossings, prescribed: Mask) -> list[list[int]]:
    """Indices of the paragraphs of each family, rising; the largest family first."""
    a, b, length = _cut(corpus.breaks, found.a, found.b, found.length)
    b, a, length = _cut(corpus.breaks, b, a, length)
    own = np.concatenate(([0], np.cumsum(~prescribed)))
    breaks = corpus.breaks
    # of paragraphs without characters the last one that begins there has them
    of_a = np.searchsorted(breaks, a, "right") - 1
    of_b = np.searchsorted(breaks, b, "right") - 1
    ends = np.append(breaks[1:], len(corpus.codes)).astype(np.int64)
    sizes = ends - breaks
    key = of_a * np.int64(len(breaks)) + of_b
    pairs, of_run = np.unique(key, return_inverse=True)
    # a passage that stands twice in one of them is no more of the other
    open_to_reuse, shared_a = once(of_run, a, length, own, len(pairs))
    _, shared_b = once(of_run, b, length, own, len(pairs))
    shared = np.minimum(shared_a, shared_b)
    first, second = pairs // len(breaks), pairs % len(breaks)
    longer = np.maximum(sizes[first], sizes[second])
    alike = (shared >= ALIKE * longer) & (open_to_reuse >= LEAST)
    return _components(first[alike], second[alike])


def _cut(
    breaks: NDArray[np.uint32], a: Numbers, b: Numbers, length: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Runs cut where a paragraph of the first text ends."""
    first = np.searchsorted(breaks, a, "right")
    parts = np.searchsorted(breaks, a + length, "left") - first + 1
    run = np.repeat(np.arange(len(a)), parts)
    part = np.arange(len(run)) - np.repeat(np.cumsum(parts) - parts, parts)
    edges = np.append(breaks, np.iinfo(np.int64).max).astype(np.int64)
    begin = np.where(part == 0, a[run], edges[np.maximum(first[run] + part - 1, 0)])
    end = np.minimum(edges[np.minimum(first[run] + part, len(breaks))], (a + length)[run])
    kept = end > begin
    return begin[kept], (b[run] + begin - a[run])[kept], (end - begin)[kept]


def _components(first: Numbers, second: Numbers) -> list[list[int]]:
    """Connected paragraphs (union-find with path halving)."""
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        parent[root(other)] = root(one)
    members: dict[int, list[int]] = {}
    for one in sorted(parent):
        members.setdefault(root(one), []).append(one)
    return sorted(members.values(), key=lambda family: (-len(family), family))
