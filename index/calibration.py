"""Raw similarity -> a number that means something to a person.

Cosines of E5 between unrelated paragraphs of this genre lie near 0.83 and of good answers near
0.90, and where they lie differs from query to query. So a cosine is read against the query's own
background: its cosines with passages that have nothing to do with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.library import Library
    from index.vectors import VectorStore

SAMPLE = 2_000
"""Passages of the library in its background; their median is known to 1/36 of their spread."""

SHIPPED_WEIGHT = 300.0
"""The shipped sentences weigh like so many passages of the library: they decide in a library of
five reports, all on one subject, and count little in one of fifty thousand passages."""

SMALLEST_SPREAD = 0.008
"""A handful of near-equal passages must not turn rounding into evidence."""


@dataclass(frozen=True, slots=True)
class Background:
    """What is unrelated looks like, for any query."""

    library: NDArray[np.float32]
    """A sample of the library's passage vectors: float32 (n, dimension), unit length."""
    shipped: NDArray[np.float32]
    """The sentences of data/background.txt: float32 (m, dimension), unit length."""

    @classmethod
    def of(cls, library: Library) -> Background:
        """The same sample for the same vectors: evenly over their ids. Kept while they are."""
        store = library.store
        if store not in _KEPT:
            ids = store.ids
            places = np.linspace(0, len(ids) - 1, min(SAMPLE, len(ids))).astype(np.int64)
            sample = store.vectors(ids[places])
            _KEPT[store] = cls(sample, library.vectors_for_texts(shipped_sentences()))
        return _KEPT[store]

    def level(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """(centre, spread) of the query's cosines with unrelated passages; see `levels`."""
        return self.levels(query[np.newaxis])[0]

    def levels(self, queries: NDArray[np.float32]) -> list[tuple[float, float]]:
        """(centre, spread) for each of the queries: float32 (q, dimension).

        Of each part the median and 1.4826 · median absolute deviation (Rousseeuw and Croux 1993),
        so that the passages that do answer a query move neither; then the mean of the two parts,
        the library's weighing its size and the shipped one SHIPPED_WEIGHT.
        """
        parts = [
            (weight, _centre_and_spread(_cosines(queries, vectors)))
            for weight, vectors in (
                (float(len(self.library)), self.library),
                (SHIPPED_WEIGHT, self.shipped),
            )
            if len(vectors)
        ]
        if not parts:
            return [(0.0, 1.0)] * len(queries)
        levels = np.average(
            [level for _, level in parts], axis=0, weights=[weight for weight, _ in parts]
        )
        return [(float(centre), max(float(spread), SMALLEST_SPREAD)) for centre, spread in levels]


_KEPT: WeakKeyDictionary[VectorStore, Background] = WeakKeyDictionary()


def _cosines(queries: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (q, n) on this thread alone: the threads of a BLAS wait for cores that the encoder
    has just used, 8 ms in every third search."""
    return np.stack([np.einsum("ij,j->i", vectors, query, optimize=False) for query in queries])


def _centre_and_spread(cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    """float64 (q, 2), of cosines (q, n)."""
    centres = np.median(cosines, axis=1).astype(np.float64)
    deviations = np.abs(cosines - centres[:, np.newaxis])
    return np.column_stack([centres, 1.4826 * np.median(deviations, axis=1)])


def shipped_sentences() -> tuple[str, ...]:
    """The sentences of data/background.txt: a hundred subjects that have nothing in common."""
    file = resources.files("index") / "data" / "background.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def percent(evidence: float, middle: float, width: float) -> float:
    """Logistic curve from evidence to 0..100: 50 at `middle`, 73 one `width` above it.

    >>> percent(2.0, 2.0, 0.5), round(percent(2.5, 2.0, 0.5), 1)
    (50.0, 73.1)
    """
    return 100.0 / (1.0 + math.exp(-max(-50.0, min(50.0, (evidence - middle) / width))))


def chance(passages: int) -> float:
    """Spreads above the background that the best of so many unrelated passages reaches, about.

    The largest of n standard normal values lies near √(2 ln n) (Cramér 1946, Mathematical Methods
    of Statistics, 28.6). Without it the best of half a million unrelated passages looks like an
    answer.

    >>> round(chance(100), 2), round(chance(100_000), 2)
    (3.03, 4.8)
    """
    return math.sqrt(2.0 * math.log(max(2, passages)))
