"""A cosine is read against the background of its own query."""

from __future__ import annotations

import numpy as np
import pytest

from index.calibration import (
    SHIPPED_WEIGHT,
    SMALLEST_SPREAD,
    Background,
    percent,
    shipped_sentences,
)

NONE = np.zeros((0, 2), dtype=np.float32)


def unit(rows: list[list[float]]) -> np.ndarray:
    matrix = np.array(rows, dtype=np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_level_is_median_and_scaled_median_deviation() -> None:
    angles = np.array([0.1, 0.2, 0.3, 0.4, 1.5])
    background = Background(unit([[np.cos(a), np.sin(a)] for a in angles]), NONE)
    cosines = np.cos(angles)
    centre = np.median(cosines)
    spread = 1.4826 * np.median(np.abs(cosines - centre))
    assert background.level(np.array([1, 0], dtype=np.float32)) == pytest.approx(
        (centre, spread), rel=1e-5
    )


def test_a_few_answers_do_not_move_the_background() -> None:
    random = np.random.default_rng(1)
    crowd = random.normal(size=(500, 16)) + 3
    query = unit([[1.0] + [0.0] * 15])[0]
    answers = np.tile(query, (25, 1))
    centre, spread = Background(unit(crowd.tolist()), NONE).level(query)
    moved, wider = Background(unit(np.vstack([crowd, answers]).tolist()), NONE).level(query)
    assert abs(moved - centre) < 0.15 * spread
    assert wider < 1.1 * spread


def test_equal_passages_leave_the_smallest_spread() -> None:
    centre, spread = Background(unit([[1, 0]] * 4), NONE).level(np.array([1, 0], dtype=np.float32))
    assert (centre, spread) == (pytest.approx(1.0), SMALLEST_SPREAD)


def test_an_empty_library_has_a_neutral_background() -> None:
    empty = Background(NONE, NONE)
    assert empty.level(np.array([1, 0], dtype=np.float32)) == (0.0, 1.0)


def test_percent_rises_from_0_to_100_without_overflow() -> None:
    values = [percent(e, 0.5, 0.1) for e in (-1e9, 0.0, 0.4, 0.5, 0.6, 1e9)]
    assert values == sorted(values)
    assert values[0] == pytest.approx(0.0, abs=1e-9)
    assert values[-1] == pytest.approx(100.0)


def test_shipped_sentences_decide_in_a_small_library_and_count_little_in_a_large_one() -> None:
    query = np.array([1, 0], dtype=np.float32)
    own = unit([[np.cos(a), np.sin(a)] for a in (0.2, 0.3, 0.4)])
    shipped = unit([[np.cos(a), np.sin(a)] for a in (1.0, 1.1, 1.2)])
    centre, _ = Background(own, shipped).level(query)
    expected = (3 * np.cos(0.3) + SHIPPED_WEIGHT * np.cos(1.1)) / (3 + SHIPPED_WEIGHT)
    assert centre == pytest.approx(expected, rel=1e-5)
    centre, _ = Background(np.tile(own, (2000, 1)), shipped).level(query)
    assert abs(centre - np.cos(0.3)) < 0.05 * abs(np.cos(0.3) - np.cos(1.1))


def test_the_shipped_sentences_are_many_and_different() -> None:
    sentences = shipped_sentences()
    assert len(sentences) == len(set(sentences)) == 100
