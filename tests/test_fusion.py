"""The arithmetic of fusion, written out."""

from __future__ import annotations

import pytest

from index.fusion import min_max, ranked, reciprocal_rank, weighted_sum


def test_reciprocal_rank_is_the_sum_of_reciprocals() -> None:
    fused = reciprocal_rank([{1: 0.9, 2: 0.5, 3: 0.1}, {3: 12.0, 2: 3.0}], k=60)
    assert fused == {1: 1 / 61, 2: 1 / 62 + 1 / 62, 3: 1 / 63 + 1 / 61}
    assert ranked(fused) == [3, 2, 1]


def test_reciprocal_rank_looks_at_ranks_only() -> None:
    assert reciprocal_rank([{1: 5.0, 2: 4.9}]) == reciprocal_rank([{1: 900.0, 2: -3.0}])


def test_ties_are_broken_by_id() -> None:
    assert ranked({9: 1.0, 2: 1.0, 5: 2.0}) == [5, 2, 9]


def test_min_max_of_equal_scores_is_one() -> None:
    assert min_max({4: 0.3, 5: 0.3}) == {4: 1.0, 5: 1.0}
    assert min_max({}) == {}


def test_weighted_sum_counts_a_missing_id_as_nothing() -> None:
    assert weighted_sum([{1: 0.5}, {1: 1.0, 2: 1.0}], [0.7, 0.3]) == pytest.approx(
        {1: 0.65, 2: 0.3}
    )


def test_weighted_sum_needs_a_weight_for_each_list() -> None:
    with pytest.raises(ValueError):
        weighted_sum([{1: 1.0}], [0.5, 0.5])
