"""Only the vectors that lie near the query are compared with it: lists of neighbours, 8-bit codes.

Right where comparing with every vector takes too long, above a hundred thousand passages. The
passages are sorted into lists of those that lie together (k-means; an inverted file: Jégou, Douze
and Schmid 2011). A query looks through the lists whose best member is expected to be nearest, on
codes of 8 bits a number, and scores what it finds there again with the stored vectors: what is
found has exactly the score that `exact` gives it, and what is missed lay in a list not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.vectors.exact import BOUNDARY
from index.vectors.protocol import Ids, Scores, Vectors
from index.vectors.rows import (
    Found,
    Half,
    Mask,
    Rows,
    faiss_module,
    scanned,
    selector,
    together,
)

LISTS = 8.0
"""Lists, times √n. Twice as many as usual (4 √n): at the same number of passages looked at,
recall@10 is 0.01 to 0.03 higher, and comparing a query with 5,700 means takes half a millisecond.
"""
SHARE = 0.15
"""Share of the allowed passages that a query looks at; docs/vectors.md says what that misses."""
LEAST = 10_000
"""Passages that a query looks at where there are so many, however small their share is."""
NARROW = 30_000
"""Up to so many allowed passages all are compared, which costs less than finding those among them
that lie near: picked out they lie side by side, in the lists they are scattered."""
REACH = 1.5
"""How far the best member of a list is taken to lie beyond its mean, in standard deviations.
Recall@10 at the same cost is 0.01 to 0.02 higher than with the mean alone."""

_SHARED = 10_000
"""Passages to look at from which one query is worth two threads."""
_PICKED = 2048
"""Vectors that are picked out at once: 1.5 MB of 384 dimensions."""
_ERRORS = 4.0
"""Standard errors of a score on codes that candidates reach below the k-th."""
_AT_ONCE = 16_384
"""Rows that are turned into single precision in one go: 25 MB of 384 dimensions."""
_ROUNDS = 8
_SAMPLE = 256
"""Passages for each coarse mean to be trained on, as Faiss advises."""


class Source(Protocol):
    """Vectors that need not all be in memory at once."""

    def __len__(self) -> int:
        """How many."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def take(self, rows: NDArray[Any]) -> Half:
        """float16 (len(rows), dimension), in the order asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """Which vectors lie together, and their codes."""

    centres: Vectors
    """float32 (lists, dimension): the mean of each list's vectors, not of unit length."""
    spreads: NDArray[np.float32]
    """float32 (lists,): how far a list's vectors lie from its mean: standard deviation in one
    direction."""
    bounds: NDArray[np.int64]
    """int64 (lists + 1,): where each list begins in `rows` and `codes`."""
    rows: NDArray[np.int32]
    """int32 (n,): the rows of each list, rising within it; each row stands in one list."""
    scale: NDArray[np.float32]
    """float32 (2, dimension): the smallest value in each dimension; the span up to the largest."""
    codes: NDArray[np.uint8]
    """uint8 (n, dimension), in the order of `rows`: 255 steps of the span."""


class Stopped(Exception):
    """Training was asked to end early."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """`Lists` but for the codes, which `encoded` makes while they are written: they need not fit
    into memory."""

    centres: Vectors
    spreads: NDArray[np.float32]
    bounds: NDArray[np.int64]
    rows: NDArray[np.int32]
    scale: NDArray[np.float32]

    @classmethod
    def of(cls, source: Source, stop: Callable[[], bool] = lambda: False) -> Training:
        """Sort vectors into LISTS · √n lists. Single-threaded: it works beside searches.

        k-means in two steps, coarse lists and then lists within each, and at the end every vector
        goes to the list whose direction is nearest. On real paragraphs that finds what flat
        k-means finds, in a tenth of the time; half a million take about a minute.

        Raises Stopped where `stop` says so.
        """
        count = len(source)
        lists = max(1, min(count, round(LISTS * math.sqrt(count))))
        coarse = max(1, round(math.sqrt(lists) / 3))
        random = np.random.default_rng(0)
        sample = np.sort(random.choice(count, min(count, coarse * _SAMPLE), replace=False))
        directions = _nearest(source, _kmeans(_single(source.take(sample)), coarse), stop)
        means = []
        for group in range(coarse):
            rows = np.flatnonzero(directions == group)
            share = round(lists * len(rows) / count)
            if len(rows):
                means.append(_kmeans(_single(source.take(rows)), max(1, share)))
            if stop():
                raise Stopped
        assigned = _nearest(source, np.concatenate(means), stop)
        _, assigned = np.unique(assigned, return_inverse=True)  # no list is empty
        return cls(*_described(source, assigned, stop))


def encoded(
    source: Source, rows: NDArray[np.int32], scale: NDArray[np.float32]
) -> Iterator[NDArray[np.uint8]]:
    """`Lists.codes` in the order of `rows`, piece by piece."""
    quantizer = _quantizer(scale)
    for start in range(0, len(rows), _AT_ONCE):
        codes: NDArray[np.uint8] = quantizer.compute_codes(
            _single(source.take(rows[start : start + _AT_ONCE]))
        )
        yield codes


class InvertedStore(Rows):
    """A `VectorStore` that looks at the nearest lists only.

    It may miss what lies in other lists; everything else that the protocol promises holds: exact
    scores, the order of equal ones, as many answers as there are allowed ids (then all lists are
    looked at), restrictions inside the search.
    """

    def __init__(self, ids: Ids, vectors: Half, lists: Lists) -> None:
        super().__init__(ids, vectors)
        dimension = self._dimension
        sizes = np.diff(lists.bounds)
        if len(lists.rows) != len(ids) or lists.codes.shape != vectors.shape:
            raise ValueError(f"lists of {lists.codes.shape} do not fit {vectors.shape} vectors")
        self._centres = np.ascontiguousarray(lists.centres, np.float32)
        self._reach = (REACH * lists.spreads).astype(np.float32)
        self._bounds = np.asarray(lists.bounds, np.int64)
        self._sizes = sizes
        self._rows = np.ascontiguousarray(lists.rows, np.int32)
        # variance of rounding to steps: width² / 12
        self._variance = (np.asarray(lists.scale[1], np.float32) / 255.0) ** 2 / 12.0
        self._index, self._kept = _faiss_index(lists, dimension)

    def search(self, query: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        if k < 1 or not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        query = self._checked(query, 1)
        mask = self._alive if allowed is None else self._mask(allowed)
        available = len(self) if mask is None else int(np.count_nonzero(mask))
        if mask is not None and available <= NARROW:
            return self._best(query, self._narrow(query, k, np.flatnonzero(mask)), k)
        return self._best(query, self._candidates(query, k, mask, available), k)

    def search_many(self, queries: Vectors, k: int) -> list[tuple[Ids, Scores]]:
        if k < 1 or not len(self):
            return [(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in queries]
        return [self.search(query, k) for query in self._checked(queries, 2)]

    def _narrow(self, query: Vectors, k: int, rows: NDArray[Any]) -> NDArray[Any]:
        """Those of `rows` that certainly hold the k best of them."""
        if not len(rows):
            return rows
        wanted = min(len(rows), k + 16)
        while True:
            parts = np.array_split(rows, 1 if len(rows) < _SHARED else 2)
            scans = [partial(self._scan_rows, query, part, wanted) for part in parts]
            scores, found = scanned(scans, wanted)
            if wanted == len(rows) or scores[k - 1] - scores[-1] > BOUNDARY:
                return found
            wanted = min(len(rows), wanted * 4)

    def _scan_rows(self, query: Vectors, rows: NDArray[Any], wanted: int) -> Found:
        """The `wanted` best of `rows` by their stored vectors, best first.

        Picked out piece by piece: what fits into the processor's cache is compared four times as
        fast as what is first written to memory.
        """
        faiss = faiss_module()
        index = faiss.IndexScalarQuantizer(
            self._dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        vectors = self._half.view(np.uint8)
        answers = []
        for start in range(0, len(rows), _PICKED):
            piece = rows[start : start + _PICKED]
            index.reset()
            index.add_sa_codes(np.take(vectors, piece, axis=0))
            scores, places = index.search(query[None], min(wanted, len(piece)))
            answers.append((scores[0], piece[places[0]]))
        return together(answers, wanted)

    def _candidates(
        self, query: Vectors, k: int, mask: Mask | None, available: int
    ) -> NDArray[Any]:
        """Rows that hold the k best of the lists looked at, reaching clearly below the k-th."""
        near = np.einsum("ij,j->i", self._centres, query, optimize=False) + self._reach
        order = np.argsort(-near, kind="stable")
        sizes = self._sizes if mask is None else self._allowed_sizes(mask)
        order = order[sizes[order] > 0]
        held = np.cumsum(sizes[order])
        chosen = None if mask is None else selector(mask)
        margin = _ERRORS * math.sqrt(float(np.dot(query * query, self._variance)))
        enough = max(LEAST, SHARE * available, 4 * k)
        lists = int(np.searchsorted(held, min(enough, available))) + 1
        reached = int(held[min(lists, len(held)) - 1])
        wanted = min(reached, k + k // 2 + 32)
        while True:
            parts = 1 if reached < _SHARED or lists < 2 else 2
            scans = [
                partial(self._scan_lists, query, order[part:lists:parts], wanted, chosen)
                for part in range(parts)
            ]
            scores, rows = scanned(scans, wanted)
            if wanted == reached or scores[k - 1] - scores[-1] > margin:
                return rows
            wanted = min(reached, wanted * 4)

    def _allowed_sizes(self, mask: Mask) -> NDArray[np.int64]:
        """How many rows of each list are in `mask`."""
        counts = np.zeros(len(self._rows) + 1, np.int64)
        np.cumsum(mask[self._rows], out=counts[1:])
        return counts[self._bounds[1:]] - counts[self._bounds[:-1]]

    def _scan_lists(self, query: Vectors, lists: NDArray[Any], wanted: int, chosen: Any) -> Found:
        """The `wanted` best rows of some lists by their codes, best first."""
        faiss = faiss_module()
        # `swig_ptr` keeps nothing alive: every array has a name here
        keys = np.ascontiguousarray(lists, np.int64)
        unused = np.zeros(len(keys), np.float32)
        scores, rows = np.empty(wanted, np.float32), np.empty(wanted, np.int64)
        parameters = faiss.SearchParametersIVF(nprobe=len(keys), sel=chosen)
        # the Python wrapper of search_preassigned takes no parameters
        self._index.search_preassigned_c(
            1,
            faiss.swig_ptr(query),
            wanted,
            faiss.swig_ptr(keys),
            faiss.swig_ptr(unused),
            faiss.swig_ptr(scores),
            faiss.swig_ptr(rows),
            False,
            parameters,
        )
        found = rows >= 0  # Faiss pads with -1
        return scores[found], rows[found]


def _single(vectors: Half) -> Vectors:
    return np.ascontiguousarray(vectors, np.float32)


def _kmeans(vectors: Vectors, count: int) -> Vectors:
    """float32 (≤ count, dimension): directions, of unit length."""
    faiss = faiss_module()
    faiss.omp_set_num_threads(1)  # of this thread alone
    count = min(count, len(vectors))
    if count <= 1:
        mean = vectors.mean(axis=0, keepdims=True)
        direction: Vectors = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return direction
    means = faiss.Kmeans(
        vectors.shape[1],
        count,
        niter=_ROUNDS,
        spherical=True,
        seed=1,
        min_points_per_centroid=1,
        max_points_per_centroid=10**9,
    )
    means.train(vectors)
    centroids: Vectors = means.centroids
    return centroids


def _nearest(source: Source, directions: Vectors, stop: Callable[[], bool]) -> NDArray[np.int64]:
    """int64 (n,): the direction nearest to each vector."""
    faiss = faiss_module()
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(source.dimension)
    index.add(np.ascontiguousarray(directions))
    nearest = np.empty(len(source), np.int64)
    for start in range(0, len(source), _AT_ONCE):
        if stop():
            raise Stopped
        rows = np.arange(start, min(start + _AT_ONCE, len(source)))
        nearest[rows] = index.search(_single(source.take(rows)), 1)[1][:, 0]
    return nearest


def _described(
    source: Source, assigned: NDArray[Any], stop: Callable[[], bool]
) -> tuple[Vectors, NDArray[np.float32], NDArray[np.int64], NDArray[np.int32], Vectors]:
    """Everything of `Training`, from the list that each vector belongs to."""
    rows = np.argsort(assigned, kind="stable").astype(np.int32)
    sizes = np.bincount(assigned)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    centres = np.zeros((len(sizes), source.dimension), np.float64)
    squares = np.zeros(len(sizes), np.float64)
    least = np.full(source.dimension, np.inf, np.float32)
    most = np.full(source.dimension, -np.inf, np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        if stop():
            raise Stopped
        piece = rows[start : start + _AT_ONCE]
        vectors = _single(source.take(piece))
        lists, first = np.unique(assigned[piece], return_index=True)  # rising: sorted by list
        centres[lists] += np.add.reduceat(vectors, first, axis=0, dtype=np.float64)
        squares[lists] += np.add.reduceat(np.einsum("ij,ij->i", vectors, vectors), first)
        least = np.minimum(least, vectors.min(axis=0))
        most = np.maximum(most, vectors.max(axis=0))
    centres /= sizes[:, None]
    variance = squares / sizes - np.einsum("ij,ij->i", centres, centres)
    spreads = np.sqrt(np.maximum(0.0, variance) / source.dimension)
    # a dimension in which all are equal still needs a step
    scale = np.stack([least, np.maximum(most - least, 1e-6)]).astype(np.float32)
    return centres.astype(np.float32), spreads.astype(np.float32), bounds, rows, scale


def _quantizer(scale: NDArray[np.float32]) -> Any:
    faiss = faiss_module()
    quantizer = faiss.ScalarQuantizer(scale.shape[1], faiss.ScalarQuantizer.QT_8bit)
    faiss.copy_array_to_vector(
        np.ascontiguousarray(scale, np.float32).reshape(-1), quantizer.trained
    )
    return quantizer


def _faiss_index(lists: Lists, dimension: int) -> tuple[Any, Any]:
    """The index, and what it uses but does not own."""
    faiss = faiss_module()
    bounds = lists.bounds.tolist()
    count = len(bounds) - 1
    held = faiss.ArrayInvertedLists(count, dimension)
    rows = np.ascontiguousarray(lists.rows, np.int64)
    codes = np.ascontiguousarray(lists.codes)
    for number, (first, past) in enumerate(pairwise(bounds)):
        held.add_entries(
            number,
            past - first,
            faiss.swig_ptr(rows[first:past]),
            faiss.swig_ptr(codes[first:past]),
        )
    # never searched: the lists are chosen by `_candidates`
    centres = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFScalarQuantizer(
        centres,
        dimension,
        count,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
        False,
    )
    index.sq = _quantizer(lists.scale)
    index.is_trained = True
    index.replace_invlists(held, False)
    index.ntotal = len(rows)
    return index, (centres, held)
