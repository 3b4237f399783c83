"""Figures, and how they are told: spreads, percentiles, sizes, lines of a table. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

Figures = dict[str, Any]


class Row(NamedTuple):
    """A line of the table."""

    name: str
    value: str


def spread(values: Sequence[float]) -> Figures:
    """
    >>> spread([3.0, 1.0, 2.0, 10.0])
    {'min': 1.0, 'median': 2.5, 'max': 10.0, 'rounds': 4}
    """
    return {
        "min": min(values),
        "median": statistics.median(values),
        "max": max(values),
        "rounds": len(values),
    }


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` per cent of the values do not exceed (nearest rank).

    >>> percentile([15, 20, 35, 40, 50], 30), percentile([15, 20, 35, 40, 50], 100)
    (20, 50)
    """
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 100)
    return ordered[max(int(rank), 1) - 1]


def times(milliseconds: Sequence[float]) -> Figures:
    """
    >>> times([1.0, 2.0, 30.0])
    {'count': 3, 'p50_ms': 2.0, 'p95_ms': 30.0, 'slowest_ms': 30.0}
    """
    return {
        "count": len(milliseconds),
        "p50_ms": percentile(milliseconds, 50),
        "p95_ms": percentile(milliseconds, 95),
        "slowest_ms": max(milliseconds),
    }


def size(count: float) -> str:
    """
    >>> size(1_540_000), size(2_300_000_000), size(4_600_000_000_000)
    ('1.5 MB', '2.30 GB', '4.60 TB')
    """
    if count >= 1e12:
        return f"{count / 1e12:.2f} TB"
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def duration(seconds: float) -> str:
    """
    >>> duration(0.42), duration(75), duration(5_400), duration(700_000)
    ('0.42 s', '75 s', '1.5 h', '8.1 days')
    """
    if seconds < 10:
        return f"{seconds:.2f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 3600:.1f} h" if seconds < 259_200 else f"{seconds / 86_400:.1f} days"


def three(values: Figures, digits: int) -> str:
    """
    >>> three({"min": 1.0, "median": 2.5, "max": 10.0, "rounds": 4}, 1)
    '2.5 (1.0 to 10.0, 4 rounds)'
    """
    low, middle, high = (f"{values[key]:.{digits}f}" for key in ("min", "median", "max"))
    return f"{middle} ({low} to {high}, {values['rounds']} rounds)"


def told(measured: Figures) -> str:
    """
    >>> told(times([1.0, 2.0, 30.0]))
    'p50 2.0 ms, p95 30.0 ms, slowest 30.0 ms'
    """
    names = ("p50", "p95", "slowest")
    return ", ".join(f"{name} {measured[f'{name}_ms']:.1f} ms" for name in names)


def table(rows: Iterable[Row]) -> str:
    """
    >>> print(table([Row("a", "1")]))
    | what | measured |
    | --- | --- |
    | a | 1 |
    """
    lines = ["| what | measured |", "| --- | --- |"]
    return "\n".join(lines + [f"| {row.name} | {row.value} |" for row in rows])
