"""In how many public official documents a run of characters stands; hashes, no text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.alignment import SHORTEST_RUN, Folded
from index.alignment.runs import Hashes, gram_hashes

THRESHOLD = 5
"""Documents. From 3 to 10 the five real summaries that were looked at give the same runs: of nine
pairs that share prescribed wording only at most 14 characters stay, of the tenth 515 of 638."""
_KEPT_BITS = 40
"""Of 64: with 300,000 runs, one of 4 million strange runs is taken for one of them."""
_FILE = "data/prescribed.npz"

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Runs of SHORTEST_RUN compared characters and the number of documents that have them."""

    hashes: NDArray[np.uint64]
    """uint64 (n,), strictly rising, of _KEPT_BITS bits."""
    counts: NDArray[np.uint8]
    """uint8 (n,): documents, 255 for that many and more."""
    documents: int
    """How many were counted."""

    @classmethod
    def of(cls, hashes: Hashes, counts: NDArray[np.int64], *, documents: int) -> Background:
        """From whole hashes, rising, with their counts."""
        kept, first = np.unique(hashes >> np.uint64(64 - _KEPT_BITS), return_index=True)
        return cls(kept, np.minimum(counts[first], 255).astype(np.uint8), documents)

    @classmethod
    def load(cls, path: Path) -> Background:
        """From a file that `save` wrote."""
        with np.load(path) as arrays:
            gaps = arrays["gaps"].astype(np.uint64)
            return cls(np.cumsum(gaps, dtype=np.uint64), arrays["counts"], int(arrays["documents"]))

    def save(self, path: Path) -> None:
        """As gaps between the hashes, which take half the bytes where there are many."""
        gaps = np.diff(self.hashes, prepend=np.uint64(0))
        wide = len(gaps) and gaps.max() > np.iinfo(np.uint32).max
        np.savez_compressed(
            path,
            gaps=gaps if wide else gaps.astype(np.uint32),
            counts=self.counts,
            documents=np.array(self.documents),
        )

    def counts_of(self, text: Folded) -> Counts:
        """Documents with the run that begins at each character: int64 (max(0, n - 12),)."""
        wanted = gram_hashes(text.codes, SHORTEST_RUN) >> np.uint64(64 - _KEPT_BITS)
        if not len(self.hashes):
            return np.zeros(len(wanted), np.int64)
        place = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[place] == wanted, self.counts[place], 0).astype(np.int64)

    def prescribed(self, text: Folded, threshold: int = THRESHOLD) -> NDArray[np.bool_]:
        """Which compared characters lie in a run of `threshold` documents or more: bool (n,)."""
        return covered(self.counts_of(text) >= threshold, len(text))


def covered(begins: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Characters of the runs of SHORTEST_RUN that begin where `begins` says: bool (length,)."""
    steps = np.zeros(length + 1, np.int64)
    at = np.flatnonzero(begins)
    np.add.at(steps, at, 1)
    np.add.at(steps, at + SHORTEST_RUN, -1)
    return np.asarray(np.cumsum(steps[:-1]) > 0)


@cache
def shipped() -> Background:
    """The file that comes with the package."""
    with resources.as_file(resources.files("index").joinpath(_FILE)) as path:
        return Background.load(path)
