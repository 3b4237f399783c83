"""A text of paragraphs as one row of compared characters: the draft, or a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.alignment import Folded
from index.alignment.folded import fold_paragraphs
from index.datatypes import Span

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A text of paragraphs as one: the draft, or a document."""

    texts: Sequence[str]
    folded: Folded
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Whole:
        return cls(texts, *fold_paragraphs(texts))

    def placed(self, first: int, past: int) -> Iterator[tuple[int, int, int]]:
        """The compared characters first … past-1 by paragraph: (index, first, past) of each."""
        begins = np.searchsorted(self.folded.at, self.starts)
        at = int(np.searchsorted(begins, first, "right")) - 1
        while first < past:
            while int(begins[at + 1]) <= first:
                at += 1
            end = min(past, int(begins[at + 1]))
            yield at, first, end
            first = end

    def span(self, index: int, first: int, past: int) -> Span:
        """Compared characters of one paragraph as offsets into its text."""
        start, end = self.folded.span(first, past)
        base = int(self.starts[index])
        return start - base, end - base


def stretches(mask: Mask) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
