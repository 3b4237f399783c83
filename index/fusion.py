"""Ranked lists in, one ranked list out: pure functions, each with its formula and source.

Scores are dicts from an id to a number, higher is better. An id that a list does not hold scores
nothing there. Ties are broken by id, so that equal input gives equal output everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Scores = Mapping[int, float]


def ranked(scores: Scores) -> list[int]:
    """Ids, best first.

    >>> ranked({7: 0.5, 3: 0.9, 5: 0.5})
    [3, 5, 7]
    """
    return [id_ for id_, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))]


def reciprocal_rank(lists: Sequence[Scores], k: int = 10) -> dict[int, float]:
    """Reciprocal rank fusion: sum over lists of 1 / (k + rank), rank from 1.

    Cormack, Clarke, Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual
    Rank Learning Methods". They use k = 60; on this product's texts k = 10 is better throughout.

    >>> reciprocal_rank([{1: 0.9, 2: 0.8}, {2: 7.0}], k=60) == {1: 1/61, 2: 1/62 + 1/61}
    True
    """
    fused: dict[int, float] = {}
    for scores in lists:
        for rank, id_ in enumerate(ranked(scores), start=1):
            fused[id_] = fused.get(id_, 0.0) + 1.0 / (k + rank)
    return fused


def min_max(scores: Scores) -> dict[int, float]:
    """Scale to 0..1: (s - min) / (max - min); a list of equal scores becomes all ones.

    Lee 1997, "Analyses of multiple evidence combination".

    >>> min_max({1: 2.0, 2: 4.0, 3: 3.0})
    {1: 0.0, 2: 1.0, 3: 0.5}
    """
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {id_: (score - low) / (high - low) for id_, score in scores.items()}


def weighted_sum(lists: Sequence[Scores], weights: Sequence[float]) -> dict[int, float]:
    """Sum over lists of weight · score (CombSUM with weights; Fox and Shaw 1994).

    >>> weighted_sum([{1: 1.0, 2: 0.5}, {2: 1.0}], [0.75, 0.25])
    {1: 0.75, 2: 0.625}
    """
    fused: dict[int, float] = {}
    for scores, weight in zip(lists, weights, strict=True):
        for id_, score in scores.items():
            fused[id_] = fused.get(id_, 0.0) + weight * score
    return fused
