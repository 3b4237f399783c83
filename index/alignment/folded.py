"""A text as it is compared: letters, digits and Chinese characters, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Span
from index.text import normalise

Codes = NDArray[np.uint32]


@cache
def _compared() -> NDArray[np.bool_]:
    """For each code point whether it is compared: bool (0x110000,)."""
    return np.fromiter(map(str.isalnum, map(chr, range(0x110000))), np.bool_, 0x110000)


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """The compared characters of a text, in order."""

    codes: Codes
    """uint32 (n,): code points after `text.normalise`."""
    at: NDArray[np.int64]
    """int64 (n,), strictly rising: where each of them stands in the text."""

    def __len__(self) -> int:
        return len(self.codes)

    def span(self, first: int, past: int) -> Span:
        """Where the compared characters first … past-1 stand in the text; needs first < past."""
        return int(self.at[first]), int(self.at[past - 1]) + 1

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The compared characters of text[start:end], as (first, past)."""
        first, past = np.searchsorted(self.at, (start, end))
        return int(first), int(past)


def fold(text: str) -> Folded:
    """The compared characters of one text.

    >>> folded = fold("（一）抓　学习，１２次。")
    >>> "".join(map(chr, folded.codes))
    '一抓学习12次'
    >>> folded.span(2, 7)
    (5, 11)
    """
    codes = _codes(text)
    at = np.flatnonzero(_compared()[codes])
    return Folded(codes[at], at)


def fold_paragraphs(paragraphs: Sequence[str]) -> tuple[Folded, NDArray[np.int64]]:
    """One text of many paragraphs, as if written on one line; and where each begins in it.

    Returns the folded text and int64 (len(paragraphs) + 1,): paragraph i is
    text[starts[i]:starts[i + 1]].
    """
    starts = np.array([0, *accumulate(map(len, paragraphs))], np.int64)
    return fold("".join(paragraphs)), starts


def _codes(text: str) -> Codes:
    # a lone surrogate (a damaged file) is a character like any other
    return np.frombuffer(normalise(text).encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
