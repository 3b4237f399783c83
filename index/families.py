"""Which paragraphs are the same wording but for small edits; pure, over texts at hand.

Two paragraphs belong together when their skeletons (numbers and placeholders masked, punctuation
and spaces dropped) have a normalised indel similarity of at least SAME_WORDING:

    1 - (insertions + deletions) / (length a + length b)

(rapidfuzz, https://rapidfuzz.github.io/RapidFuzz/Usage/distance/Indel.html; it equals twice the
longest common subsequence over the sum of lengths.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz.distance import Indel

SAME_WORDING = 0.8
"""From the sample: edited copies lie above 0.85, other paragraphs on the same topic below 0.6."""

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


def gather(texts: Iterable[tuple[int, str]], enough: int | None = None) -> Iterator[list[int]]:
    """Group (id, text) pairs by wording, keeping the order in which the wordings first appear.

    Each group begins with the first text of its wording; the others are compared with that one, so
    a chain of small edits cannot join two different texts. Yields at most `enough` groups; later
    texts can still join one of these.
    """
    groups: list[list[int]] = []
    firsts: list[str] = []
    for id_, text in texts:
        bare = skeleton(text)
        for first, group in zip(firsts, groups, strict=True):
            if same_wording(first, bare):
                group.append(id_)
                break
        else:
            if enough is None or len(groups) < enough:
                groups.append([id_])
                firsts.append(bare)
    yield from groups
