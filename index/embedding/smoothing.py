"""Channels evened out before they are rounded to 8 bits together (SmoothQuant, Xiao et al. 2023).

Behind each normalisation of the model one channel of 384 is up to 26 times the others, so when they
share a scale the others keep few of their bits. Multiplying a channel of the activations by a
number and dividing the matching column of the weights by it changes nothing but what is lost in
rounding. The numbers need how large each channel becomes on text; these were counted once over
invented paragraphs (scripts/make_activation_scales.py) and ship with the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

FILE = "activation_scales.npz"

STRENGTH = 0.5
"""How much of the unevenness goes over to the weights: 0 none, 1 all. SmoothQuant's own value; 0.3
to 0.7 were tried (docs/encoding.md)."""


@dataclass(frozen=True, slots=True)
class ActivationScales:
    """The largest magnitude of every channel behind the normalisations of each layer."""

    attention: NDArray[np.float32]
    """float32 (layers, hidden): what queries, keys and values are made of."""
    feed_forward: NDArray[np.float32]
    """float32 (layers, hidden): what the feed-forward half starts from."""

    @classmethod
    def shipped(cls, checksum: str) -> ActivationScales | None:
        """Those of the model with this checksum, or None: they were counted for one model only."""
        path = resources.files("index") / "data" / FILE
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            if str(stored["checksum"]) != checksum:
                return None
            return cls(
                stored["attention"].astype(np.float32), stored["feed_forward"].astype(np.float32)
            )


def smoothing(weights: NDArray[np.float32], largest: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (columns,): multiply the activations by it and divide `weights` (rows, columns).

    weights' largest of the column ** (1 - STRENGTH) / activations' `largest` ** STRENGTH, over the
    geometric mean of all columns, so that magnitudes stay where they were.

    >>> smoothing(np.array([[1.0, -1.0], [0.5, 0.25]], np.float32), np.array([4.0, 1.0])).tolist()
    [0.7071067690849304, 1.4142135381698608]
    """
    columns = np.maximum(np.abs(weights).max(axis=0), 1e-5)
    factors = columns ** (1 - STRENGTH) / np.maximum(largest, 1e-5) ** STRENGTH
    even: NDArray[np.float32] = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
    return even
