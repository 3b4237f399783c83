"""Every vector compared with the query: no training, no approximation, nothing to tune.

Faiss finds the candidates in half precision: 2 bytes a number, and a third of the time that single
precision takes. Right up to several hundred thousand passages.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.vectors.protocol import Ids, Scores, Vectors

Half = NDArray[np.float16]

_BOUNDARY = 2e-6
"""Faiss adds in another order than `_score`: scores closer than this may change places."""
_SHARED = 20_000
"""Vectors from which one query is worth two threads: a scan then takes 2 ms and more."""
_BESIDE = ThreadPoolExecutor(max_workers=4, thread_name_prefix="scan-vectors")
_FEW = 2048
"""Up to so many allowed ids it is faster to pick out their rows than to pass over all others."""


class ExactStore:
    """A `VectorStore` that compares the query with every vector.

    What is promised about ties holds because Faiss only proposes: candidates are taken a little
    past the k-th score, scored again row by row in one fixed order of addition (equal vectors get
    equal scores, whichever method is asked), and sorted by score and id.
    """

    def __init__(self, ids: Ids, vectors: Half) -> None:
        """Take int64 (n,) ids, strictly rising, and float16 (n, dimension) unit vectors.

        Raises ValueError where the two do not fit together.
        """
        if vectors.ndim != 2 or ids.shape != (len(vectors),):
            raise ValueError(f"{ids.shape} ids do not fit {vectors.shape} vectors")
        if len(ids) > 1 and not bool(np.all(ids[1:] > ids[:-1])):
            raise ValueError("ids must rise strictly")
        self._ids = np.ascontiguousarray(ids, dtype=np.int64)
        self._ids.flags.writeable = False
        self._dimension = int(vectors.shape[1])
        self._index: Any = None
        self._half = np.ascontiguousarray(vectors, dtype="<f2")
        if len(ids):
            self._index, self._half = _faiss_index(self._half)

    @classmethod
    def empty(cls, dimension: int = 0) -> ExactStore:
        """A store that holds nothing and answers every search with nothing."""
        return cls(np.empty(0, np.int64), np.empty((0, dimension), np.float16))

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def dimension(self) -> int:
        return self._dimension

    @property
    def ids(self) -> Ids:
        return self._ids

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        if k < 1 or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = self._checked(query, 1)
        if allowed is None:
            return self._best(query, self._candidates(query, k, None, len(self)), k)
        positions, known = self._positions(np.unique(allowed))
        positions = positions[known]
        if len(positions) <= _FEW:
            return self._best(query, positions, k)
        return self._best(query, self._candidates(query, k, positions, len(positions)), k)

    def search_many(self, queries: Vectors, k: int) -> list[tuple[Ids, Scores]]:
        if k < 1 or not len(self):
            return [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in queries]
        queries = self._checked(queries, 2)
        if not len(queries):
            return []
        wanted = min(len(self), k + 16)
        scores, found = self._scan(queries, wanted)
        answers = []
        for query, row_scores, row in zip(queries, scores, found, strict=True):
            if wanted < len(self) and row_scores[k - 1] - row_scores[-1] <= _BOUNDARY:
                row = self._candidates(query, k, None, len(self), wanted * 4)
            answers.append(self._best(query, row, k))
        return answers

    def scores(self, query: Vectors, ids: Ids) -> Scores:
        answer = np.full(len(ids), np.nan, np.float32)
        if len(self):
            query = self._checked(query, 1)
            positions, known = self._positions(np.asarray(ids, np.int64))
            answer[known] = self._score(query, positions[known])
        return answer

    def vectors(self, ids: Ids) -> Vectors:
        answer = np.full((len(ids), self._dimension), np.nan, np.float32)
        positions, known = self._positions(np.asarray(ids, np.int64))
        answer[known] = self._half[positions[known]]
        return answer

    def _checked(self, query: Vectors, axes: int) -> Vectors:
        query = np.ascontiguousarray(query, dtype=np.float32)
        if query.ndim != axes or query.shape[-1] != self._dimension:
            raise ValueError(f"expected {self._dimension} dimensions, got {query.shape}")
        return query

    def _positions(self, ids: Ids) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Rows of `ids`, and which of them are here."""
        if not len(self):
            return np.zeros(len(ids), np.intp), np.zeros(len(ids), np.bool_)
        positions = np.minimum(np.searchsorted(self._ids, ids), len(self) - 1)
        return positions, self._ids[positions] == ids

    def _score(self, query: Vectors, positions: NDArray[np.intp]) -> Scores:
        # einsum adds each row in the same order wherever it stands; BLAS does not.
        rows = self._half[positions].astype(np.float32)
        scores: Scores = np.einsum("ij,j->i", rows, query, optimize=False)
        return scores

    def _best(self, query: Vectors, rows: NDArray[Any], k: int) -> tuple[Ids, Scores]:
        scores = self._score(query, rows)
        ids = self._ids[rows]
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def _scan(self, queries: Vectors, wanted: int) -> tuple[Scores, NDArray[Any]]:
        """The `wanted` best rows of all for each query, best first, as Faiss scores them.

        Faiss shares several queries among the cores, but scans for a single one on one core: for
        that, two threads take half of the rows each.
        """
        half = len(self) // 2
        if len(queries) > 1 or len(self) < _SHARED or wanted > half:
            found: tuple[Scores, NDArray[Any]] = self._index.search(queries, wanted)
            return found
        faiss = _faiss()

        def scan(first: int, past: int) -> tuple[Scores, NDArray[Any]]:
            chosen = faiss.SearchParameters(sel=faiss.IDSelectorRange(first, past, True))
            part: tuple[Scores, NDArray[Any]] = self._index.search(queries, wanted, params=chosen)
            return part

        other = _BESIDE.submit(scan, half, len(self))
        scores, rows = (
            np.concatenate(parts, axis=1)
            for parts in zip(scan(0, half), other.result(), strict=True)
        )
        order = np.argsort(-scores[0], kind="stable")[:wanted]
        return scores[:, order], rows[:, order]

    def _candidates(
        self,
        query: Vectors,
        k: int,
        positions: NDArray[np.intp] | None,
        available: int,
        wanted: int | None = None,
    ) -> NDArray[Any]:
        """Rows that certainly hold the k best: reaching clearly below the k-th score."""
        parameters = None
        if positions is not None:
            mask = np.zeros(len(self), np.bool_)
            mask[positions] = True
            bits = np.packbits(mask, bitorder="little")
            faiss = _faiss()
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        wanted = min(available, wanted or k + 16)
        while True:
            scores, rows = self._index.search(query[None], wanted, params=parameters)
            if wanted == available or scores[0, k - 1] - scores[0, -1] > _BOUNDARY:
                found: NDArray[Any] = rows[0]
                return found
            wanted = min(available, wanted * 4)


def _faiss_index(half: Half) -> tuple[Any, Half]:
    """The index, and its own bytes seen as float16 (n, dimension): the numbers are held once."""
    faiss = _faiss()
    count, dimension = half.shape
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.add_sa_codes(half.view(np.uint8).reshape(count, 2 * dimension))
    codes = faiss.rev_swig_ptr(index.codes.data(), count * 2 * dimension)
    view: Half = codes.view("<f2").reshape(count, dimension)
    view.flags.writeable = False
    return index, view


def _faiss() -> Any:
    """Imported at the first search: 0.15 s, and search by words does without."""
    import faiss

    return faiss
