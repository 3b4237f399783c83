"""Which paragraphs are the same wording but for small edits; pure, over texts at hand.

Two paragraphs belong together when their skeletons (numbers and placeholders masked, punctuation
and spaces dropped) have a normalised indel similarity of at least SAME_WORDING:

    1 - (insertions + deletions) / (length a + length b)

(rapidfuzz, https://rapidfuzz.github.io/RapidFuzz/Usage/distance/Indel.html; it equals twice the
longest common subsequence over the sum of lengths.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

SAME_WORDING = 0.8
"""From the sample: edited copies lie above 0.85, other paragraphs on the same topic below 0.6."""

_LONG = 256
"""Characters from which on comparing costs more than counting what two texts have in common."""
_BUCKETS = 1024
"""Characters are counted in so many buckets; what falls together only counts too much."""

_SLOT = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?%?|[*＊×ＸX]+|某+")
_NOT_WORDS = re.compile(r"[^\w#]+|_")


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Mask numbers and placeholders, drop punctuation and spaces.

    >>> skeleton("开展廉政教育*次，党员 120 人。")
    '开展廉政教育#次党员#人'
    """
    return _NOT_WORDS.sub("", _SLOT.sub("#", text))


def same_wording(a: str, b: str, threshold: float = SAME_WORDING) -> bool:
    """Whether two skeletons are the same wording but for small edits.

    >>> same_wording(skeleton("全年开展廉政教育12次。"), skeleton("全年共开展廉政教育X次。"))
    True
    >>> same_wording(skeleton("全年开展廉政教育12次。"), skeleton("全年开展义诊12次。"))
    False
    """
    if not a or not b:
        return a == b
    return Indel.normalized_similarity(a, b, score_cutoff=threshold) > 0.0


class Wordings:
    """Texts, best first, gathered by wording; in the order in which the wordings first appear.

    Each group begins with the first text of its wording; the others are compared with that one, so
    a chain of small edits cannot join two different texts. At most `enough` groups are made; later
    texts can still join one of these.

    >>> found = Wordings(enough=2)
    >>> found.add([(5, "开展廉政教育3次"), (2, "修路架桥"), (9, "开展廉政教育8次"), (7, "植树")])
    >>> found.groups, found.full
    ([[5, 9], [2]], True)
    """

    def __init__(self, enough: int | None = None) -> None:
        self.groups: list[list[int]] = []
        self._enough = enough
        self._firsts: list[str] = []
        self._characters: list[NDArray[np.int64]] = []

    @property
    def full(self) -> bool:
        """Whether there are `enough` groups."""
        return self._enough is not None and len(self.groups) >= self._enough

    def add(self, texts: Iterable[tuple[int, str]]) -> None:
        """Go on with these (id, text) pairs."""
        for id_, text in texts:
            bare = skeleton(text)
            for group in self._worth_comparing(bare):
                if same_wording(self._firsts[group], bare):
                    self.groups[group].append(id_)
                    break
            else:
                if not self.full:
                    self.groups.append([id_])
                    self._firsts.append(bare)
                    self._characters.append(_characters(bare))

    def _worth_comparing(self, bare: str) -> Iterable[int]:
        """The groups that a text may belong to.

        No common subsequence is longer than what two texts have in common in any order. Speeches
        printed as one paragraph are told apart by that in a hundredth of the time.
        """
        if len(bare) < _LONG or not self.groups:
            return range(len(self.groups))
        lengths = np.array([len(first) for first in self._firsts])
        common = np.minimum(self._characters, _characters(bare)).sum(axis=1)
        return np.flatnonzero(2 * common >= SAME_WORDING * (lengths + len(bare)) - 1e-6).tolist()


def _characters(bare: str) -> NDArray[np.int64]:
    """How many of its characters fall into each bucket: int64 (_BUCKETS,)."""
    codes = np.frombuffer(bare.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.bincount(codes % _BUCKETS, minlength=_BUCKETS)
