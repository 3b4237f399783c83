"""What was measured of one paragraph in, one number out, and the order that follows; pure.

The number does not depend on which other paragraphs were found, as rank fusion and min-max fusion
do, so it can be shown as well as ranked by. docs/quality.md compares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

WORDS_WEIGHT = 4.0
"""Spreads above the background that saying every word of the query is worth; docs/quality.md has
the other values that were tried, of this and of those below."""

CHARACTERS_WEIGHT = 6.5
"""The same for every character of the query, beyond what any paragraph has of them."""

HEADING_WEIGHT = 2.0
TITLE_WEIGHT = 2.0
"""The same for every word of the query in the nearest heading above, and in the title."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of a query stands in a paragraph and above it; see `characters`."""

    characters: float = 0.0
    heading: float = 0.0
    title: float = 0.0


NOTHING = Shares()


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a query's cosines with unrelated passages lie, and what its words weigh."""

    centre: float
    spread: float
    heaviest: float
    """BM25 that a paragraph saying every word of the query again and again would near."""

    def meaning(self, cosine: float) -> float:
        """Spreads above the background: 0 is unrelated, good answers lie above 5."""
        return (cosine - self.centre) / self.spread

    def words(self, bm25: float) -> float:
        """BM25 as a share of the most that the query could reach, 0 to 1."""
        return bm25 / self.heaviest if self.heaviest else 0.0

    def evidence(self, cosine: float | None, bm25: float | None, shares: Shares = NOTHING) -> float:
        """meaning(cosine) + WORDS_WEIGHT · words(bm25) + the shares, each by its weight, without
        what was not measured.

        >>> Scale(centre=0.8, spread=0.02, heaviest=28.0).evidence(0.9, 7.0, Shares(0.5, 0.0, 1.0))
        11.25
        """
        meaning = self.meaning(cosine) if cosine is not None else 0.0
        beside = (
            CHARACTERS_WEIGHT * shares.characters
            + HEADING_WEIGHT * shares.heading
            + TITLE_WEIGHT * shares.title
        )
        return round(meaning + WORDS_WEIGHT * self.words(bm25 or 0.0) + beside, 9)


def ranked(scores: Mapping[int, float]) -> list[int]:
    """Ids, best first; ties are broken by id, so that equal input gives equal output everywhere.

    >>> ranked({7: 0.5, 3: 0.9, 5: 0.5})
    [3, 5, 7]
    """
    return [id_ for id_, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))]
