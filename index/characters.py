"""How much of a query stands in a paragraph, character by character, and in what is above it.

In Chinese a word in other words keeps some of its characters: 薪水 and 工资 share none, but 发不出
薪水 and 欠薪 share 薪, which an index of words cannot see. So candidates that meaning or words have
found are also compared by their characters; and by the words that stand in the heading above them
and in the title of their document, which say what a paragraph is about that does not say it itself.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from index.text import normalise, spellings

if TYPE_CHECKING:
    from index.library import Library

SAMPLE = 1_000
"""Paragraphs from which it is told how common a character is. nDCG@10 of law: 0.532 with 250 of
them, 0.533 with 500, 0.535 with 2,000, 0.534 with all."""

K1 = 1.2
B = 0.4
"""Of BM25. Lower than the usual 0.75: a long paragraph of a report does not repeat itself, it says
more, and is not to be punished for it."""

_CODES = 0x30000
"""Codes beyond are looked up as the last one, which is no character."""
_TOGETHER = 500

_RUN = re.compile(r"[0-9a-z]+")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ]")


@dataclass(frozen=True, slots=True)
class Habits:
    """How a library writes: which characters are common in it, and how long its paragraphs are."""

    paragraphs: int
    length: float
    """Characters of a paragraph, mean."""
    frequency: Mapping[str, int]
    """In how many of the `paragraphs` each character, and each run of Latin letters and figures,
    stands, folded."""

    @classmethod
    def of(cls, library: Library) -> Habits:
        """From SAMPLE paragraphs, evenly over their ids. Kept while the library stays as it is."""
        version = library.version
        with _MAKING:  # of many searches that meet a changed library, one reads the sample
            kept = _KEPT.get(library)
            if kept is None or kept[0] != version:
                kept = version, cls.from_texts(library.some_texts(SAMPLE))
                _KEPT[library] = kept
        return kept[1]

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Habits:
        frequency: Counter[str] = Counter()
        for text in texts:
            folded = normalise(text)
            frequency.update(set(folded).union(_RUN.findall(folded)))
        length = sum(map(len, texts)) / len(texts) if texts else 0.0
        return cls(len(texts), max(1.0, length), frequency)

    def rarity(self, character: str) -> float:
        """log(1 + (n − df + ½) / (df + ½)), never negative (Lucene's form of BM25's idf)."""
        found = self.frequency.get(character, 0)
        return math.log1p((self.paragraphs - found + 0.5) / (found + 0.5))

    def share(self, character: str) -> float:
        """Of the paragraphs, those in which it stands: 0 to 1."""
        return self.frequency.get(character, 0) / self.paragraphs if self.paragraphs else 0.0


_KEPT: WeakKeyDictionary[Library, tuple[int, Habits]] = WeakKeyDictionary()
_MAKING = threading.Lock()


class Characters:
    """The characters of a query, weighed by how rare they are. A run of Latin letters or figures
    (GDP, 2023) counts as one: its single letters stand everywhere."""

    def __init__(self, query: str, habits: Habits) -> None:
        folded = normalise(query)
        characters = [c for c in dict.fromkeys(folded) if c.isalnum() and not c.isascii()]
        self._runs = list(dict.fromkeys(_RUN.findall(folded)))
        units = characters + self._runs
        weights = np.array([habits.rarity(unit) for unit in units])
        self._habits = habits
        self._weights = weights / weights.sum() if units else weights
        self._number = np.zeros(_CODES, np.int32)  # 0: none of the query's
        for number, written in enumerate(spellings("".join(characters)), start=1):
            for way in written:
                if ord(way) < _CODES - 1:
                    self._number[ord(way)] = number
        expected = np.array([habits.share(unit) for unit in units])
        self._expected = float(self._weights @ expected) / (K1 + 1) if units else 0.0

    def shares(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """For each text BM25 over these characters as a share of the most that it could be, less
        what any paragraph of the library has of it: float64 (n,), about 0 for the unrelated, below
        1. In any width, case and set of characters.

        >>> habits = Habits.from_texts(["开展教育", "开展检查", "拖欠薪资", "修路"])
        >>> unpaid = Characters("发不出薪水", habits).shares(["清理欠薪", "修路架桥"])
        >>> bool(unpaid[0] > 0.0 > unpaid[1])
        True
        """
        if not len(self._weights):
            return np.zeros(len(texts))
        pieces = [
            self._shares(texts[start : start + _TOGETHER])
            for start in range(0, len(texts), _TOGETHER)
        ]
        return np.concatenate(pieces) if pieces else np.zeros(0)

    def _shares(self, texts: Sequence[str]) -> NDArray[np.float64]:
        width = len(self._weights) + 1
        codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
        numbers = self._number[np.minimum(codes, _CODES - 1)]
        lengths = np.array([len(text) for text in texts])
        places = np.repeat(np.arange(len(texts)) * width, lengths) + numbers
        counts = np.bincount(places[numbers > 0], minlength=len(texts) * width)
        times = counts.reshape(len(texts), width)[:, 1:].astype(np.float64)
        if self._runs:
            first = width - 1 - len(self._runs)
            for row, text in enumerate(texts):
                runs = _RUN.findall(normalise(text) if _WIDE.search(text) else text.lower())
                times[row, first:] = [runs.count(run) for run in self._runs]
        damping = K1 * (1.0 - B + B * lengths / self._habits.length)
        # times · (K1 + 1) / (times + damping), of which K1 + 1 is the most
        return np.asarray((times / (times + damping[:, np.newaxis])) @ self._weights) - (
            self._expected
        )


def named(weights: Mapping[str, float], texts: Iterable[str]) -> list[float]:
    """For each text, by weight, the share of the query's words that stand in it: 0 to 1.

    For headings and titles. Words of one character are never taken to stand there: 水 stands in
    自来水公司, and says nothing about it.

    >>> named({"廉政": 3.0, "教育": 1.0}, ["一、廉政建设", "自来水", "廉政教育情况"])
    [0.75, 0.0, 1.0]
    """
    total = sum(weights.values())
    if total <= 0.0:
        return [0.0 for _ in texts]
    words = [(word, weight / total) for word, weight in weights.items() if len(word) > 1]
    known: dict[str, float] = {}
    shares: list[float] = []
    for text in texts:
        if text not in known:
            folded = normalise(text)
            known[text] = sum((weight for word, weight in words if word in folded), start=0.0)
        shares.append(known[text])
    return shares
