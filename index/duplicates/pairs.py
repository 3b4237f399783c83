"""Shared runs -> what each pair of documents has in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.duplicates.prescribed import past_of_earlier
from index.fingerprints import Corpus, Crossings

LEAST_OWN = 9
"""Compared characters of a run that must not be prescribed for it to count with all its length."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PairTable:
    """p pairs of documents; all int64 (p,). Counts are compared characters."""

    a: Numbers
    """Index of the document, less than that of b."""
    b: Numbers
    shared_a: Numbers
    """Of a, in runs that b has too, prescribed wording left out; each character once."""
    shared_b: Numbers
    longest: Numbers
    """Of the longest run that is not prescribed wording alone, as it stands."""
    overlap_a: Numbers
    """Of a, in runs that b has too, prescribed wording included."""
    overlap_b: Numbers
    between: Numbers
    """Of `shared_a`, what only pieces between figures that differ have."""
    of_run: Numbers
    """int64 (r,): the pair of each run."""

    @property
    def formula(self) -> Numbers:
        """Of a, prescribed wording in shared runs."""
        return self.overlap_a - self.shared_a


def pair_table(corpus: Corpus, found: Crossings, prescribed: Mask) -> PairTable:
    """Add up the runs of each pair."""
    own = np.concatenate(([0], np.cumsum(~prescribed)))
    a, b = corpus.document_at(found.a), corpus.document_at(found.b)
    key = (a.astype(np.int64) << 32) | b
    pairs, of_run = np.unique(key, return_inverse=True)
    shared_a, all_a = once(of_run, found.a, found.length, own, len(pairs))
    shared_b, all_b = once(of_run, found.b, found.length, own, len(pairs))
    runs = slice(0, len(found) - found.between)
    in_runs, _ = once(of_run[runs], found.a[runs], found.length[runs], own, len(pairs))
    longest = np.zeros(len(pairs), np.int64)
    open_to_reuse = own[found.a + found.length] - own[found.a]
    whole = np.where(open_to_reuse >= LEAST_OWN, found.length, open_to_reuse)
    np.maximum.at(longest, of_run, whole)
    return PairTable(
        pairs >> 32,
        pairs & 0xFFFFFFFF,
        shared_a,
        shared_b,
        longest,
        all_a,
        all_b,
        shared_a - in_runs,
        of_run,
    )


def once(
    pair: Numbers, begin: Numbers, length: Numbers, own: Numbers, pairs: int
) -> tuple[Numbers, Numbers]:
    """Characters under the runs of each pair, every one once: those that are own, and all.

    pair: int64 (r,), which of `pairs` pairs each run belongs to. own: int64 (n + 1,), how many
    characters before each place are not prescribed.
    """
    order = np.lexsort((begin, pair))
    end = (begin + length)[order]
    first = np.minimum(np.maximum(begin[order], past_of_earlier(pair[order], end)), end)
    kept = np.zeros(pairs, np.int64)
    whole = np.zeros(pairs, np.int64)
    np.add.at(kept, pair[order], own[end] - own[first])
    np.add.at(whole, pair[order], end - first)
    return kept, whole
