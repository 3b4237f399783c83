"""The words of a search text that are looked up: the rarest, as many as a search can afford."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.library import Library

WORDS = 12
"""The rarest words of a query that are looked up: a whole paragraph as query costs 138 ms with all
of them and 1.1 ms with these, and its source is still found first (200 of 200)."""

POSTINGS = 8_000
"""Entries of the keyword index that a search walks through, 1 µs each. Words beyond are common and
tell little: on the law questions nDCG@10 falls by 0.0007, at 2,000 by 0.003."""


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query that are looked up, and what saying all of its words would weigh."""

    looked_up: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """How rare each is, unknown ones included: idf as FTS5 has it."""

    @property
    def heaviest(self) -> float:
        """BM25 that a paragraph saying every word again and again would near."""
        return 2.2 * sum(self.weights.values())

    @classmethod
    def of(cls, library: Library, text: str) -> QueryWords:
        """The WORDS rarest of those that occur in the library.

        What BM25 nears when a paragraph says every word again and again (`heaviest`) is the sum of
        idf · (k1 + 1), with idf and k1 = 1.2 as FTS5 has them
        (https://sqlite.org/fts5.html#the_bm25_function). Words that occur nowhere weigh the most:
        a paragraph that says the one common word of a query answers little of it.
        """
        words = list(dict.fromkeys(library.tokenizer.tokens(text)))
        frequency = library.token_document_frequency(words)
        by_rarity = sorted(words, key=lambda word: frequency[word])
        known = affordable([word for word in by_rarity if frequency[word]], frequency)
        unknown = [word for word in by_rarity if not frequency[word]][:WORDS]
        total = library.paragraph_count
        weights = {
            word: max(1e-6, math.log((total - frequency[word] + 0.5) / (frequency[word] + 0.5)))
            for word in known + unknown
        }
        return cls(tuple(known), weights)


def affordable(words: Sequence[str], frequency: Mapping[str, int]) -> list[str]:
    """The first of `words`, rarest first, that stay within WORDS and POSTINGS; at least one.

    >>> affordable(["巡察", "整改", "工作"], {"巡察": 40, "整改": 900, "工作": 7_500})
    ['巡察', '整改']
    """
    total = 0
    for position, word in enumerate(words[:WORDS]):
        total += frequency[word]
        if position and total > POSTINGS:
            return list(words[:position])
    return list(words[:WORDS])
