"""What every store does alike: rows by id, their exact scores, and the order of equal ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.vectors.protocol import Ids, Scores, Vectors

Half = NDArray[np.float16]
Mask = NDArray[np.bool_]

_DENSE = 16
"""A table over all numbers between the first and the last id beats a binary search by far, unless
it had more than so many entries for each id."""


class Rows:
    """Vectors in the order of their ids, some of which may be left out.

    Kinds of stores inherit what does not depend on how candidates are found.
    """

    def __init__(self, ids: Ids, vectors: Half) -> None:
        """Take int64 (n,) ids, strictly rising, and float16 (n, dimension) unit vectors.

        Raises ValueError where the two do not fit together.
        """
        if vectors.ndim != 2 or ids.shape != (len(vectors),):
            raise ValueError(f"{ids.shape} ids do not fit {vectors.shape} vectors")
        if len(ids) > 1 and not bool(np.all(ids[1:] > ids[:-1])):
            raise ValueError("ids must rise strictly")
        self._all_ids = np.ascontiguousarray(ids, dtype=np.int64)
        self._dimension = int(vectors.shape[1])
        self._half = np.ascontiguousarray(vectors, dtype="<f2")
        self._alive: Mask | None = None
        """Which rows are not left out; None: all are there."""

    def without(self, ids: Ids) -> Self:
        """This store with the vectors of `ids` left out; both share what they hold."""
        positions, known = self._positions(np.asarray(ids, np.int64))
        if not known.any():
            return self
        other = copy.copy(self)
        other.__dict__.pop("ids", None)
        alive = np.ones(len(self._all_ids), np.bool_) if self._alive is None else self._alive.copy()
        alive[positions[known]] = False
        other._alive = alive
        return other

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        return self._dimension

    @cached_property
    def ids(self) -> Ids:
        ids = self._all_ids.view() if self._alive is None else self._all_ids[self._alive]
        ids.flags.writeable = False
        return ids

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

    def _positions(self, ids: Ids) -> tuple[NDArray[np.intp], Mask]:
        """Rows of `ids`, and which of them are here."""
        if not len(self._all_ids):
            return np.zeros(len(ids), np.intp), np.zeros(len(ids), np.bool_)
        positions = np.minimum(np.searchsorted(self._all_ids, ids), len(self._all_ids) - 1)
        known = self._all_ids[positions] == ids
        if self._alive is not None:
            known &= self._alive[positions]
        return positions, known

    def _mask(self, allowed: Ids) -> Mask:
        """bool (n,): the rows that are here and whose ids are among `allowed`, in any order."""
        allowed = np.asarray(allowed, np.int64)
        mask = np.zeros(len(self._all_ids), np.bool_)
        if not len(mask) or not len(allowed):
            return mask
        first, last = int(self._all_ids[0]), int(self._all_ids[-1])
        inside = allowed[(allowed >= first) & (allowed <= last)]
        if last - first < _DENSE * (len(mask) + len(inside)) and len(inside) * _DENSE > len(mask):
            table = np.zeros(last - first + 1, np.bool_)
            table[inside - first] = True
            mask = table[self._all_ids - first]
            return mask if self._alive is None else mask & self._alive
        positions, known = self._positions(inside)
        mask[positions[known]] = True
        return mask

    def _score(self, query: Vectors, positions: NDArray[np.intp]) -> Scores:
        # einsum adds each row in the same order wherever it stands; BLAS does not.
        rows = self._half[positions].astype(np.float32)
        scores: Scores = np.einsum("ij,j->i", rows, query, optimize=False)
        return scores

    def _best(self, query: Vectors, rows: NDArray[Any], k: int) -> tuple[Ids, Scores]:
        scores = self._score(query, rows)
        ids = self._all_ids[rows]
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]


def _alone() -> None:
    """Faiss opens a team of threads even for one query, which then wait for each other's cores: at
    worst a hundred times as long as the work. Set for the thread that calls it, and no other."""
    faiss_module().omp_set_num_threads(1)


SCANNING = ThreadPoolExecutor(max_workers=4, thread_name_prefix="scan-vectors", initializer=_alone)
"""Where one query is compared with vectors: two threads with half of them each where it pays."""

Found = tuple[Scores, NDArray[Any]]
"""(scores, rows), best first."""


def scanned(parts: Sequence[Callable[[], Found]], wanted: int) -> Found:
    """The `wanted` best of what `parts` find, which work at the same time."""
    waiting = [SCANNING.submit(part) for part in parts]
    return together([part.result() for part in waiting], wanted)


def together(answers: Sequence[Found], wanted: int) -> Found:
    """The `wanted` best of several answers, best first."""
    scores, rows = (np.concatenate(column) for column in zip(*answers, strict=True))
    order = np.argsort(-scores, kind="stable")[:wanted]
    return scores[order], rows[order]


def faiss_module() -> Any:
    """Imported at the first search: 0.15 s, and search by words does without."""
    import faiss

    return faiss


def selector(mask: Mask) -> Any:
    """Faiss's selector of the rows in `mask`; keeps the bits alive."""
    bits = np.packbits(mask, bitorder="little")
    return faiss_module().IDSelectorBitmap(bits)
