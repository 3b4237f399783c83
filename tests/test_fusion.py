"""The arithmetic of fusion, written out."""

from __future__ import annotations

import pytest

from index.fusion import (
    CHARACTERS_WEIGHT,
    HEADING_WEIGHT,
    TITLE_WEIGHT,
    WORDS_WEIGHT,
    Scale,
    Shares,
    ranked,
)


def test_evidence_is_spreads_above_the_background_plus_the_share_of_words() -> None:
    scale = Scale(centre=0.83, spread=0.013, heaviest=40.0)
    expected = (0.895 - 0.83) / 0.013 + WORDS_WEIGHT * 12.0 / 40.0
    assert scale.evidence(0.895, 12.0) == pytest.approx(expected)


def test_what_stands_in_the_paragraph_and_above_it_is_added_by_its_weight() -> None:
    scale = Scale(centre=0.83, spread=0.01, heaviest=40.0)
    expected = 2.0 + CHARACTERS_WEIGHT * 0.3 + HEADING_WEIGHT * 0.25 + TITLE_WEIGHT * 0.5
    assert scale.evidence(0.85, None, Shares(0.3, 0.25, 0.5)) == pytest.approx(expected)


def test_what_was_not_measured_counts_nothing() -> None:
    scale = Scale(centre=0.83, spread=0.01, heaviest=40.0)
    assert scale.evidence(0.85, None) == pytest.approx(2.0)
    assert scale.evidence(None, 40.0) == pytest.approx(WORDS_WEIGHT)
    assert scale.evidence(None, None) == 0.0


def test_a_query_without_words_has_none_to_weigh() -> None:
    assert Scale(centre=0.8, spread=0.01, heaviest=0.0).evidence(0.82, 0.0) == pytest.approx(2.0)


def test_ties_are_broken_by_id() -> None:
    assert ranked({9: 1.0, 2: 1.0, 5: 2.0}) == [5, 2, 9]
