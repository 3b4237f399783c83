"""Straight lines through what was measured at a few sizes, and where they reach a limit. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fit:
    """`fixed + each * paragraphs`; neither is negative."""

    fixed: float
    each: float
    worst: float
    """How far it is from what was measured, at most, as a share."""

    def at(self, paragraphs: float) -> float:
        return self.fixed + self.each * paragraphs

    def reaches(self, limit: float) -> float:
        """How many paragraphs the limit allows.

        >>> Fit(10.0, 0.5, 0.0).reaches(60.0), Fit(10.0, 0.0, 0.0).reaches(60.0)
        (100.0, inf)
        """
        if limit <= self.fixed:
            return 0.0
        return (limit - self.fixed) / self.each if self.each else math.inf


def fit(sizes: Sequence[float], values: Sequence[float]) -> Fit:
    """The line whose relative errors have the least squares: a small library weighs like a large.

    A cost has a part that is always there and a part for each paragraph. Powers would follow three
    points more closely and lead anywhere a hundred times further on. Raises ValueError for fewer
    than two sizes, or values that are not positive.

    >>> found = fit([10, 100, 1000], [25.0, 70.0, 520.0])
    >>> round(found.fixed, 6), round(found.each, 6), round(found.worst, 6)
    (20.0, 0.5, 0.0)
    """
    if len(set(sizes)) < 2 or min(values) <= 0:
        raise ValueError("a line takes two sizes and positive values")
    # least squares of (fixed + each * n) / value - 1, by its two normal equations
    weights = [1 / value for value in values]
    scaled = [size / value for size, value in zip(sizes, values, strict=True)]
    ww = sum(w * w for w in weights)
    ws = sum(w * s for w, s in zip(weights, scaled, strict=True))
    ss = sum(s * s for s in scaled)
    w, s = sum(weights), sum(scaled)
    determinant = ww * ss - ws * ws
    fixed, each = (w * ss - s * ws) / determinant, (s * ww - w * ws) / determinant
    if fixed < 0:
        fixed, each = 0.0, s / ss
    elif each < 0:
        fixed, each = w / ww, 0.0
    worst = max(abs((fixed + each * n) / value - 1) for n, value in zip(sizes, values, strict=True))
    return Fit(fixed, each, worst)
