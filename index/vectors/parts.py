"""What a generation is made of: parts, each a set of vectors that never changes.

A generation is the parts that were there and one for what is new, less the ids that were removed.
So adding a report writes a small part and leaves the others as they are; small parts are joined
now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.durable import Pieces
from index.vectors.exact import ExactStore
from index.vectors.inverted import InvertedStore, Lists, Training, encoded
from index.vectors.layered import LayeredStore
from index.vectors.protocol import Ids, VectorStore
from index.vectors.rows import Half

Contents = dict[str, NDArray[Any] | Pieces]
"""What is to be written, by file name."""

IDS = "ids.npy"
VECTORS = "vectors.npy"
LISTS = {field.name: f"lists.{field.name}.npy" for field in fields(Lists)}

NO_IDS: Ids = np.empty(0, np.int64)

_AT_ONCE = 16_384


@dataclass(eq=False)
class Part:
    """Vectors with their ids, as they lie on the disk."""

    ids: Ids
    vectors: Half
    lists: Lists | None = None

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> Part:
        """From arrays by file name. Raises KeyError where one is missing."""
        lists = None
        if LISTS["codes"] in arrays:
            lists = Lists(**{field: arrays[name] for field, name in LISTS.items()})
        return cls(arrays[IDS], arrays[VECTORS], lists)

    @cached_property
    def store(self) -> ExactStore | InvertedStore:
        """The store of this part alone, made at first use; `lists` are let go of with it."""
        if self.lists is None:
            return ExactStore(self.ids, self.vectors)
        store = InvertedStore(self.ids, self.vectors, self.lists)
        self.lists = None  # Faiss has copied the codes: the file's need not stay in memory too
        return store

    def misplaced(self) -> int:
        """How many vectors do not stand in exactly one list, or there with another code."""
        if self.lists is None:
            return 0
        joined, lists = Joined([(self.ids, self.vectors)]), self.lists
        times = np.bincount(np.abs(lists.rows), minlength=len(joined))
        wrong = int(np.count_nonzero(times != 1))
        if wrong or lists.bounds[0] != 0 or lists.bounds[-1] != len(joined):
            return max(1, wrong)
        start = 0
        for codes in encoded(joined, lists.rows, lists.scale):
            kept = lists.codes[start : start + len(codes)]
            wrong += int(np.any(kept != codes, axis=1).sum())
            start += len(codes)
        return wrong


def store_of(parts: Iterable[Part], removed: Ids, dimension: int) -> VectorStore:
    """One store of several parts, less the ids `removed`; what each holds in memory is shared."""
    stores = [part.store.without(removed) for part in parts]
    stores = [store for store in stores if len(store)]
    if not stores:
        return ExactStore.empty(dimension)
    return stores[0] if len(stores) == 1 else LayeredStore(stores)


class Joined:
    """The vectors of several parts in the order of their ids, read from where they lie."""

    def __init__(self, parts: Sequence[tuple[Ids, Half]], removed: Ids = NO_IDS) -> None:
        """`parts`: pairs of ids, int64 (m,) rising, and vectors, float16 (m, dimension)."""
        self._sources = [vectors for _, vectors in parts]
        ids = np.concatenate([part for part, _ in parts])
        source = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part, _ in parts])
        row = np.concatenate([np.arange(len(part), dtype=np.int32) for part, _ in parts])
        alive = np.isin(ids, removed, invert=True)
        order = np.argsort(ids[alive], kind="stable")
        self.ids: Ids = ids[alive][order]
        self._source = source[alive][order]
        self._row = row[alive][order]
        self.dimension = int(self._sources[0].shape[1])

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: NDArray[Any]) -> Half:
        """float16 (len(rows), dimension), in the order asked for."""
        answer = np.empty((len(rows), self.dimension), "<f2")
        of = self._source[rows]
        for number, vectors in enumerate(self._sources):
            here = np.flatnonzero(of == number)
            if len(here):
                answer[here] = vectors[self._row[rows[here]]]
        return answer

    def contents(self) -> Contents:
        """The files of an exact part."""
        return {
            IDS: self.ids,
            VECTORS: Pieces("<f2", (len(self), self.dimension), self._pieces()),
        }

    def trained(self, stop: Callable[[], bool] = lambda: False) -> Contents:
        """The files of an inverted part. Raises `inverted.Stopped` where `stop` says so."""
        training = Training.of(self, stop)
        contents = self.contents()
        for name, file in LISTS.items():
            if name != "codes":
                contents[file] = getattr(training, name)
        codes = encoded(self, training.rows, training.scale)
        contents[LISTS["codes"]] = Pieces("|u1", (len(self), self.dimension), codes)
        return contents

    def _pieces(self) -> Iterator[Half]:
        for start in range(0, len(self), _AT_ONCE):
            yield self.take(np.arange(start, min(start + _AT_ONCE, len(self))))
