"""Raw similarity -> a number that means something to a person.

Cosines of E5 between unrelated paragraphs of this genre lie near 0.85 and of good answers near
0.91, and where they lie differs from query to query. So a cosine is read against the query's own
background: its cosines with a sample of the library's passages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.vectors import VectorStore

SAMPLE = 2_000
"""Passages in the background; the mean of so many is known to about 1/45 of their spread."""

SMALLEST_SPREAD = 0.008
"""A handful of near-equal passages must not turn rounding into evidence."""


@dataclass(frozen=True, slots=True)
class Background:
    """A sample of the library's passage vectors: float32 (n, dimension), unit length."""

    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, store: VectorStore) -> Background:
        """The same sample for the same store: every n-th passage by id. Kept while the store is."""
        if store not in _KEPT:
            ids = store.ids
            step = max(1, len(ids) // SAMPLE)
            _KEPT[store] = cls(store.vectors(ids[::step][:SAMPLE]))
        return _KEPT[store]

    def level(self, query: NDArray[np.float32]) -> tuple[float, float]:
        """(centre, spread) of the query's cosines with unrelated passages.

        Median and 1.4826 · median absolute deviation, so that the passages that do answer the
        query, many in a small library, move neither (Rousseeuw and Croux 1993).
        """
        if not len(self.vectors):
            return 0.0, 1.0
        cosines = self.vectors @ query
        centre = float(np.median(cosines))
        spread = 1.4826 * float(np.median(np.abs(cosines - centre)))
        return centre, max(spread, SMALLEST_SPREAD)


_KEPT: WeakKeyDictionary[VectorStore, Background] = WeakKeyDictionary()


def percent(evidence: float, middle: float, width: float) -> float:
    """Logistic curve from evidence to 0..100: 50 at `middle`, 73 one `width` above it.

    >>> percent(2.0, 2.0, 0.5), round(percent(2.5, 2.0, 0.5), 1)
    (50.0, 73.1)
    """
    return 100.0 / (1.0 + math.exp(-max(-50.0, min(50.0, (evidence - middle) / width))))
