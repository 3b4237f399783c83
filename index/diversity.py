"""Which of the best wordings are shown, so that one source does not fill the page; pure.

Who asks for a topic looks for how others wrote about it: eight paragraphs of one speech answer less
than paragraphs of six units that fit about as well. So each further paragraph of a source has to be
better than the others by more (greedy selection as in maximal marginal relevance, Carbonell and
Goldstein 1998, with "of the same source" in place of "similar to what is chosen").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

TOGETHER = 10
"""Results that are chosen together: what a person sees before asking for more."""

LOOKED_AT = 40
"""Wordings, best first, from which the first TOGETHER are chosen; twice as many for twice that."""

FREE = 3
"""Paragraphs of one source among TOGETHER that cost nothing."""

STEP = 2.0
"""Evidence that the next one has to be better by, and as much again for each further one. With it
13 of the 15 topics of the judged set show at least 5 sources over 961 real documents (10 without);
of the other two one has only 2 that fit. Judged topics and nDCG of laws stay as they were
(docs/quality.md)."""

SEVERAL = 5
"""Sources among TOGETHER where so many have a paragraph that fits, however much better others of
one source are: who sees four hands among ten does not know that there was a fifth."""

TOPIC = 16
"""Characters of a text up to which it names a topic. Whoever writes more wants one answer, and that
may well be three paragraphs of one document."""


def looked_at(count: int) -> int:
    """How many wordings, best first, `diverse` has to know to choose `count`.

    >>> looked_at(1), looked_at(10), looked_at(11)
    (40, 40, 80)
    """
    return LOOKED_AT * -(-count // TOGETHER)


def diverse(
    evidence: Sequence[float],
    sources: Sequence[Hashable],
    count: int,
    fits: float = math.inf,
) -> list[int]:
    """Positions of at most `count` of the candidates, in the order in which they are shown.

    `evidence` falls; `sources[i]` names where candidate i comes from; from an evidence of `fits` on
    a paragraph answers the query. Every TOGETHER are chosen from LOOKED_AT more candidates and
    shown best first. So more results only add to fewer.

    >>> diverse([9.0, 8.0, 7.5, 7.4, 7.3, 5.5, 5.0], "aaaaabc", 7)
    [0, 1, 2, 3, 4, 5, 6]
    >>> evidence = [9.0 - 0.1 * i for i in range(14)]
    >>> diverse(evidence, "aaaaaaaaaaabcd", 10)
    [0, 1, 2, 3, 4, 5, 6, 11, 12, 13]
    >>> far_better = [30.0] * 10 + [2.0] * 5
    >>> diverse(far_better, "aaaaaaaaaabcdee", 10), diverse(far_better, "aaaaaaaaaabcdee", 10, 1.3)
    ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 10, 11, 12, 13])
    """
    left = list(range(len(evidence)))
    shown: list[int] = []
    while left and len(shown) < count:
        seen = [i for i in left if i < LOOKED_AT * (len(shown) // TOGETHER + 1)]
        chosen = _greedy(seen, evidence, sources)
        answering = [i for i in seen if i not in chosen and evidence[i] >= fits]
        _widen(chosen, answering, sources)
        left = [i for i in left if i not in chosen]
        shown += sorted(chosen)
    return shown[:count]


def _greedy(
    candidates: Sequence[int], evidence: Sequence[float], sources: Sequence[Hashable]
) -> list[int]:
    """TOGETHER of the candidates, each the best of those left, less what its source costs."""
    left = list(candidates)
    taken: Counter[Hashable] = Counter()
    chosen: list[int] = []

    def worth(i: int) -> float:
        return evidence[i] - STEP * max(0, taken[sources[i]] - FREE + 1)

    while left and len(chosen) < TOGETHER:
        best = max(left, key=worth)
        left.remove(best)
        taken[sources[best]] += 1
        chosen.append(best)
    return chosen


def _widen(chosen: list[int], answering: Sequence[int], sources: Sequence[Hashable]) -> None:
    """Put the best of further sources in, until SEVERAL are there or none is left that answers."""
    taken = Counter(sources[i] for i in chosen)
    for i in answering:
        if len(taken) >= min(SEVERAL, len(chosen)):
            break
        if sources[i] not in taken:
            most = max(taken.values())
            out = max(j for j in chosen if taken[sources[j]] == most)
            chosen[chosen.index(out)] = i
            taken[sources[out]] -= 1
            taken[sources[i]] += 1
