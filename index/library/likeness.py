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


def alike(one: bytes, many: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Estimated Jaccard index, float64 (n,), of a sketch and `many` (n, SIZE)."""
    return np.asarray((many == np.frombuffer(one, "<u4")).mean(axis=1), dtype=np.float64)


def shared(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Share of the longer text's grams that the other has too, 0 to 1."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(len(one), len(other), 1)
