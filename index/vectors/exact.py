"""Every vector compared with the query: no training, no approximation, nothing to tune.

Faiss finds the candidates in half precision: 2 bytes a number, and a third of the time that single
precision takes. Right up to about a hundred thousand passages; above, `inverted`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.vectors.protocol import Ids, Scores, Vectors
from index.vectors.rows import Found, Half, Mask, Rows, faiss_module, scanned, selector

BOUNDARY = 2e-6
"""Faiss adds in another order than `_score`: scores closer than this may change places."""
_SHARED = 20_000
"""Vectors from which one query is worth two threads: a scan then takes 2 ms and more."""
_FEW = 2048
"""Up to so many allowed ids it is faster to pick out their rows than to pass over all others."""


class ExactStore(Rows):
    """A `VectorStore` that compares the query with every vector.

    What is promised about ties holds because Faiss only proposes: candidates are taken a little
    past the k-th score, scored again row by row in one fixed order of addition (equal vectors get
    equal scores, whichever method is asked), and sorted by score and id.
    """

    def __init__(self, ids: Ids, vectors: Half) -> None:
        super().__init__(ids, vectors)
        self._index: Any = None
        if len(ids):
            self._index, self._half = _faiss_index(self._half)

    @classmethod
    def empty(cls, dimension: int = 0) -> ExactStore:
        """A store that holds nothing and answers every search with nothing."""
        return cls(np.empty(0, np.int64), np.empty((0, dimension), np.float16))

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        if k < 1 or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = self._checked(query, 1)
        mask = self._alive if allowed is None else self._mask(allowed)
        available = len(self) if mask is None else int(np.count_nonzero(mask))
        if mask is not None and available <= _FEW:
            return self._best(query, np.flatnonzero(mask), k)
        return self._best(query, self._candidates(query, k, mask, available), k)

    def search_many(self, queries: Vectors, k: int) -> list[tuple[Ids, Scores]]:
        if k < 1 or not len(self):
            return [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in queries]
        queries = self._checked(queries, 2)
        if not len(queries):
            return []
        if self._alive is not None:
            return [self.search(query, k) for query in queries]
        wanted = min(len(self), k + 16)
        scores, found = self._scan(queries, wanted)
        answers = []
        for query, row_scores, row in zip(queries, scores, found, strict=True):
            if wanted < len(self) and row_scores[k - 1] - row_scores[-1] <= BOUNDARY:
                row = self._candidates(query, k, None, len(self), wanted * 4)
            answers.append(self._best(query, row, k))
        return answers

    def _scan(self, queries: Vectors, wanted: int) -> tuple[Scores, NDArray[Any]]:
        """The `wanted` best rows of all for each query, best first, as Faiss scores them.

        Faiss shares several queries among the cores, but scans for a single one on one core: for
        that, two threads take half of the rows each.
        """
        if len(queries) > 1:
            many: tuple[Scores, NDArray[Any]] = self._index.search(queries, wanted)
            return many
        half = len(self) // 2
        if len(self) < _SHARED or wanted > half:
            scans = [partial(self._scan_one, queries, wanted, None)]
        else:
            selected = faiss_module().IDSelectorRange
            scans = [
                partial(self._scan_one, queries, wanted, selected(first, past, True))
                for first, past in ((0, half), (half, len(self)))
            ]
        scores, rows = scanned(scans, wanted)
        return scores[None], rows[None]

    def _scan_one(self, query: Vectors, wanted: int, chosen: Any) -> Found:
        parameters = faiss_module().SearchParameters(sel=chosen) if chosen else None
        scores, rows = self._index.search(query, wanted, params=parameters)
        return scores[0], rows[0]

    def _candidates(
        self,
        query: Vectors,
        k: int,
        mask: Mask | None,
        available: int,
        wanted: int | None = None,
    ) -> NDArray[Any]:
        """Rows that certainly hold the k best: reaching clearly below the k-th score."""
        chosen = None if mask is None else selector(mask)
        wanted = min(available, wanted or k + 16)
        while True:
            scores, rows = scanned([partial(self._scan_one, query[None], wanted, chosen)], wanted)
            if wanted == available or scores[k - 1] - scores[-1] > BOUNDARY:
                return rows
            wanted = min(available, wanted * 4)


def _faiss_index(half: Half) -> tuple[Any, Half]:
    """The index, and its own bytes seen as float16 (n, dimension): the numbers are held once."""
    faiss = faiss_module()
    count, dimension = half.shape
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.add_sa_codes(half.view(np.uint8).reshape(count, 2 * dimension))
    codes = faiss.rev_swig_ptr(index.codes.data(), count * 2 * dimension)
    view: Half = codes.view("<f2").reshape(count, dimension)
    view.flags.writeable = False
    return index, view
