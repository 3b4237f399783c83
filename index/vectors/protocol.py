"""What every vector store can answer. Ids are passage ids of the catalogue, never positions."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]
Vectors = NDArray[np.float32]


class VectorStore(Protocol):
    """Unit vectors by id, searched by inner product (cosine, -1 to 1, higher is closer).

    A store never changes once it is made, so any number of threads may ask it at the same time.
    Equal scores come in the order of their ids, smaller first, in every method.
    """

    def __len__(self) -> int:
        """How many vectors it holds."""

    @property
    def dimension(self) -> int:
        """Length of a vector; 0 where the store is empty and no encoder has been used yet."""

    @property
    def ids(self) -> Ids:
        """int64 (len,), sorted, read-only."""

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """The `k` best of `allowed` (None: of all) for one query, best first.

        `query` is float32 (dimension,). Returns int64 (m,) and float32 (m,) with
        m = min(k, number of allowed ids that are here): no padding. Ids that are not here are
        passed over. The restriction holds inside the search: k allowed ids are found wherever
        they rank among all. Raises ValueError where the query has another length.
        """

    def search_many(self, queries: Vectors, k: int) -> list[tuple[Ids, Scores]]:
        """`search` for each row of `queries`, float32 (n, dimension), in one pass."""

    def scores(self, query: Vectors, ids: Ids) -> Scores:
        """float32 (len(ids),): the score of each id, nan for an id that is not here."""

    def vectors(self, ids: Ids) -> Vectors:
        """float32 (len(ids), dimension): the vector of each id, nan for one that is not here."""
