"""How alike two texts are: the same, or drafts of each other, whatever format they came in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from index.text import normalise

SHORTEST = 200
"""Characters: a shorter text (a notice, a form) repeats others without being a copy of them."""
GRAM = 5
"""Characters a gram."""
SIZE = 128
"""Values a sketch. The standard error of a Jaccard index estimated from them is at most 0.045."""
BAND = 4
"""Values of a sketch that are compared as one to find candidates."""
CROWD = 16
NEAREST = 8
_AT_ONCE = 100_000

_DROPPED = re.compile(r"[\W_]+")
_DRAWN = np.random.default_rng(20)
_FACTORS = _DRAWN.integers(0, 2**64, SIZE, dtype=np.uint64) | np.uint64(1)
_TERMS = _DRAWN.integers(0, 2**64, SIZE, dtype=np.uint64)
_BASE = np.uint64(0x9E3779B97F4A7C15)


def folded(paragraphs: Iterable[str]) -> str:
    """Letters, digits and Chinese characters alone: what any format keeps of a text.

    >>> folded(["一、抓 学习。", "（Ａ组）"])
    '一抓学习a组'
    """
    return _DROPPED.sub("", normalise("".join(paragraphs)))


def hash_of(text: str) -> bytes:
    """SHA-256 of a folded text; b"" where it is too short to be anybody's copy."""
    return hashlib.sha256(text.encode()).digest() if len(text) >= SHORTEST else b""


def grams(text: str) -> NDArray[np.uint64]:
    """Hashes of the different runs of GRAM characters, uint64 (n,) rising."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    if len(codes) < GRAM:
        return np.empty(0, np.uint64)
    windows = len(codes) - GRAM + 1
    hashed = np.zeros(windows, np.uint64)
    for offset in range(GRAM):
        hashed = hashed * _BASE + codes[offset : offset + windows]  # modulo 2**64
        hashed ^= hashed >> np.uint64(29)
    return np.unique(hashed)


def sketch(found: NDArray[np.uint64]) -> bytes:
    """MinHash of `grams` (Broder 1997) by multiply-shift hashing: SIZE uint32, little-endian."""
    least = [
        int((found * factor + term).min() >> np.uint64(32))
        for factor, term in zip(_FACTORS, _TERMS, strict=True)
    ]
    return np.array(least, "<u4").tobytes()


def near(
    sketches: NDArray[np.uint32],
    stated: NDArray[np.int64],
    new: NDArray[np.bool_],
    least: float,
) -> NDArray[np.int64]:
    """Rows (later, earlier), int64 (m, 2), of documents whose estimated Jaccard index is `least`.

    Of each pair one at least is `new` (bool (n,)), and the values of `stated` (int64 (n, 3), -1:
    unknown) agree where both are known. Of each document the NEAREST earlier ones are given.

    Candidates are those that agree in a whole band of BAND values (locality-sensitive hashing:
    Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4), so the cost does not grow with
    the square of their number. A pair with Jaccard index J is missed with a probability of
    (1 - J**4)**32: 0.00001 at 0.74, 0.009 at 0.61. Of more than CROWD documents that agree in a
    band, because they fill in one form, each meets the CROWD before it; a draft of one of them
    agrees with it in other bands too.
    """
    found: list[NDArray[np.int64]] = []
    if not new.any():
        return np.empty((0, 2), np.int64)
    for start in range(0, SIZE, BAND):
        keys = np.zeros(len(sketches), np.uint64)
        for column in range(start, start + BAND):
            keys = (keys ^ sketches[:, column]) * _BASE  # modulo 2**64
            keys ^= keys >> np.uint64(29)
        order = np.argsort(keys, kind="stable")  # rising rows where keys are equal
        same = keys[order]
        for distance in range(1, min(CROWD, len(order) - 1) + 1):
            meeting = same[distance:] == same[:-distance]
            if not meeting.any():
                break
            later, earlier = order[distance:][meeting], order[:-distance][meeting]
            wanted = new[later] | new[earlier]
            found.append(later[wanted] * len(order) + earlier[wanted])
    if not found:
        return np.empty((0, 2), np.int64)
    pairs = np.stack(np.divmod(np.unique(np.concatenate(found)), len(sketches)), axis=1)
    estimated = np.empty(len(pairs))
    fits = np.empty(len(pairs), bool)
    for first in range(0, len(pairs), _AT_ONCE):
        later, earlier = pairs[first : first + _AT_ONCE].T
        estimated[first : first + _AT_ONCE] = (sketches[later] == sketches[earlier]).mean(axis=1)
        one, other = stated[later], stated[earlier]
        agree = (one == other) | (one < 0) | (other < 0)
        fits[first : first + _AT_ONCE] = agree.all(axis=1)
    fits &= estimated >= least
    pairs, estimated = pairs[fits], estimated[fits]
    best = np.lexsort((pairs[:, 1], -estimated, pairs[:, 0]))
    pairs = pairs[best]
    starts = np.searchsorted(pairs[:, 0], pairs[:, 0])  # where the pairs of the same later begin
    return pairs[np.arange(len(pairs)) - starts < NEAREST]


def shared(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Share of the longer text's grams that the other has too, 0 to 1."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(len(one), len(other), 1)
