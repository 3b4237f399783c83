"""What was found as it is shown: with a score, its source, and the words marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from index.calibration import chance, percent
from index.datatypes import Family, Hit, SearchMode, Span
from index.query import Query
from index.retrieval.candidates import Measured
from index.text import normalise
from index.topics import TopicIndex

if TYPE_CHECKING:
    from index.library import Library

ABOVE_CHANCE: dict[SearchMode, float] = {"hybrid": 1.3, "semantic": 0.1}
"""Evidence beyond that of the best unrelated passage (`calibration.chance`) that is shown as 50."""

MIDDLE_OF_WORDS = 2.0
"""Evidence that is shown as 50 where only words were looked at, a seventh of what they can be."""

WIDTH: dict[SearchMode, float] = {"hybrid": 1.0, "semantic": 0.6, "keyword": 0.6}
"""Evidence from there to 73. All of these from the sample: half of the good answers lie above 50,
none of the queries that nothing answers comes near it."""


def middle_of(library: Library, mode: SearchMode) -> float:
    """The evidence that is shown as 50: from there on a paragraph fits."""
    if mode == "keyword":
        return MIDDLE_OF_WORDS
    return chance(len(library.store)) + ABOVE_CHANCE[mode]


def hits(
    library: Library,
    query: Query,
    words: Sequence[str],
    found: Mapping[int, Measured],
    evidence: Mapping[int, float],
    groups: Sequence[Sequence[int]],
    mode: SearchMode,
) -> list[Hit]:
    """One hit a group, in the order of `groups`; what was removed meanwhile is left out."""
    paragraphs = library.paragraphs_by_id(group[0] for group in groups)
    groups = [group for group in groups if group[0] in paragraphs]
    firsts = [group[0] for group in groups]
    middle = middle_of(library, mode)
    topics = TopicIndex.of(library).topics_of(firsts) if mode != "keyword" else {}
    return [
        Hit(
            paragraph_id=first,
            score=round(percent(evidence[first], middle, WIDTH[mode]), 1),
            semantic=found[first].cosine,
            keyword=found[first].bm25,
            text=paragraphs[first].text,
            passage=found[first].passage or (0, len(paragraphs[first].text)),
            highlights=(marks := highlights(paragraphs[first].text, [*query.phrases, *words])),
            source=paragraphs[first].source,
            words=longest({paragraphs[first].text[a:b]: None for a, b in marks}),
            topics=topics.get(first, ()),
            family=Family(len(group), tuple(group)),
        )
        for first, group in zip(firsts, groups, strict=True)
    ]


def longest(words: Iterable[str]) -> tuple[str, ...]:
    """`words` without those inside another: who reads 责任制 need not read 责任 too."""
    found = list(words)
    return tuple(w for w in found if not any(w != other and w in other for other in found))


def highlights(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """Where words stand in a text, in order; touching places are joined.

    In any width, case and set of characters. A word of one character is marked only where nothing
    longer was asked for: marking each 党 of a report helps nobody.

    >>> highlights("开展廉政教育，加强教育管理", ["廉政", "教育"])
    ((2, 6), (9, 11))
    >>> highlights("黨風廉政教育", ["党风"])
    ((0, 2),)
    """
    chosen = list(dict.fromkeys(map(normalise, words)))
    longer = [word for word in chosen if len(word) > 1]
    chosen = sorted(longer or chosen, key=lambda word: (-len(word), word))
    if not chosen:
        return ()
    spans: list[list[int]] = []
    pattern = re.compile("|".join(map(re.escape, chosen)))
    for match in pattern.finditer(normalise(text)):
        if spans and match.start() <= spans[-1][1]:
            spans[-1][1] = match.end()
        else:
            spans.append([match.start(), match.end()])
    return tuple((start, end) for start, end in spans)
