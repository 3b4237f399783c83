"""Several stores asked as one: the large one that was trained, and what came since."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from index.vectors.protocol import Ids, Scores, Vectors, VectorStore

Answer = tuple[Ids, Scores]


class LayeredStore:
    """A `VectorStore` over stores that have no id in common."""

    def __init__(self, stores: Sequence[VectorStore]) -> None:
        """Raises ValueError for stores of different dimensions, or for none."""
        dimensions = {store.dimension for store in stores}
        if len(dimensions) != 1:
            raise ValueError(f"stores of {sorted(dimensions)} dimensions")
        self._stores = tuple(stores)
        self._dimension = dimensions.pop()

    def __len__(self) -> int:
        return sum(map(len, self._stores))

    @property
    def dimension(self) -> int:
        return self._dimension

    @cached_property
    def ids(self) -> Ids:
        together = np.concatenate([store.ids for store in self._stores])
        ids = np.sort(together, kind="stable")  # which is quick where long runs rise already
        ids.flags.writeable = False
        return ids

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> Answer:
        return _best([store.search(query, k, allowed) for store in self._stores], k)

    def search_many(self, queries: Vectors, k: int) -> list[Answer]:
        answers = [store.search_many(queries, k) for store in self._stores]
        return [_best(row, k) for row in zip(*answers, strict=True)]

    def scores(self, query: Vectors, ids: Ids) -> Scores:
        first, *others = (store.scores(query, ids) for store in self._stores)
        for other in others:
            first = np.where(np.isnan(first), other, first)
        return first

    def vectors(self, ids: Ids) -> Vectors:
        first, *others = (store.vectors(ids) for store in self._stores)
        for other in others:
            here = ~np.isnan(other).any(axis=1)
            first[here] = other[here]
        return first


def _best(answers: Sequence[Answer], k: int) -> Answer:
    """The k best of several answers, best first, equal scores by id."""
    ids = np.concatenate([found for found, _ in answers])
    scores = np.concatenate([score for _, score in answers])
    order = np.lexsort((ids, -scores))[: max(0, k)]
    return ids[order], scores[order]
