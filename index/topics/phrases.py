"""Which topics' phrases stand in a text, in any width, case and set of characters."""

from __future__ import annotations

from collections.abc import Sequence

from ahocorasick_rs import AhoCorasick

from index.text import normalise
from index.topics.taxonomy import Topic

NEXT_YEAR = "〔次年〕"
"""What a phrase says for the year after the document's own: plans name it, accounts do not."""


class PhraseCounter:
    """Counts the phrases of all topics in one pass over a text (Aho and Corasick 1975)."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = len(topics)
        owners: dict[str, list[tuple[int, bool]]] = {}
        for number, topic in enumerate(topics):
            for phrase in dict.fromkeys(map(normalise, topic.phrases)):
                owners.setdefault(phrase, []).append((number, True))
            for exclusion in dict.fromkeys(map(normalise, topic.exclusions)):
                owners.setdefault(exclusion, []).append((number, False))
        self._owners = list(owners.values())
        self._automaton = AhoCorasick(list(owners)) if owners else None

    def count(self, text: str, year: int | None = None) -> list[int]:
        """How often a phrase of each topic stands in `text`, of a document of `year`.

        Where phrases overlap, the first counts, and of those that begin together the longest; none
        counts that touches an exclusion of its topic.

        >>> first = Topic("减负", "", ("减负", "基层减负"), ("企业减负",))
        >>> PhraseCounter([first, Topic("企业", "", ("企业",))]).count("基层减负，企业减负")
        [1, 1]
        >>> PhraseCounter([Topic("打算", "", ("〔次年〕",))]).count("２０２４年要抓三件事", 2023)
        [1]
        """
        counts = [0] * self._topics
        if self._automaton is None:
            return counts
        text = normalise(text)
        if year is not None:
            text = text.replace(f"{year + 1}年", NEXT_YEAR)
        found: dict[int, list[tuple[int, int, bool]]] = {}
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for topic, counted in self._owners[pattern]:
                found.setdefault(topic, []).append((start, -end, counted))
        for topic, matches in found.items():
            excluded = [(start, -end) for start, end, counted in matches if not counted]
            free = 0
            for start, end, counted in sorted(matches):
                if not counted or start < free:
                    continue
                if any(start < past and first < -end for first, past in excluded):
                    continue
                counts[topic] += 1
                free = -end
        return counts
