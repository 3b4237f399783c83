"""Documents of paragraphs as one row of compared characters, without a library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.fingerprints import Corpus, Segment

ROADS = "修好村口路灯四十盏，老人夜里出门不再摸黑走路。"
SONGS = "社区合唱队每周三晚上在文化站练歌，腊月里办了一场音乐会。"
WELLS = "给七口老井加了盖，井台重新砌过，旁边立了水质公示牌。"
BOATS = "渡口添了两条新船，船工轮流值守，早晚各多跑一趟。"


def corpus_of(*documents: Sequence[str]) -> Corpus:
    segment = Segment.of((10 + n, n, paragraphs) for n, paragraphs in enumerate(documents))
    return Corpus.of_segments([segment], [None])


def nothing_prescribed(corpus: Corpus) -> np.ndarray:
    return np.zeros(len(corpus.codes), np.bool_)


def size(text: str) -> int:
    """Compared characters."""
    return sum(map(str.isalnum, text))
