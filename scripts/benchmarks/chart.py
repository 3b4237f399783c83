"""Growth as a picture: small panels, both axes logarithmic, as plain SVG. Pure.

No drawing package: a few lines and circles need none, and the text of the file shows in a diff
what changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.fits import Fit

WIDTH, HEIGHT = 400, 290
LEFT, RIGHT, TOP, BOTTOM = 74, 22, 44, 42
COLUMNS = 2
INK, GREY, GRID, POINT, LIMIT = "#24282c", "#6b7075", "#e6e1d7", "#2f6b5b", "#b5452c"


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure at several sizes."""

    title: str
    points: Sequence[tuple[float, float]]
    """(paragraphs, value), all above 0."""
    fit: Fit
    told: Callable[[float], str]
    """A power of ten as a label of the axis."""
    limit: float | None = None
    limit_told: str = ""


def draw(panels: Sequence[Panel], to: float, title: str) -> str:
    """The SVG of all panels; the axis of sizes runs from the smallest one to `to`."""
    rows = -(-len(panels) // COLUMNS)
    width, height = COLUMNS * WIDTH, rows * HEIGHT + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(width / 2, 24, title, size=15, anchor="middle"),
    ]
    for number, panel in enumerate(panels):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT + 34
        parts.append(f'<g transform="translate({x} {y})">')
        parts += _panel(panel, to)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(panel: Panel, to: float) -> list[str]:
    sizes = [size for size, _ in panel.points]
    values = [value for _, value in panel.points]
    low, high = _decade(min(sizes), math.floor), _decade(to, math.ceil)
    ends = [*values, panel.fit.at(to), panel.fit.at(min(sizes))]
    ends += [panel.limit] if panel.limit else []
    bottom, top = _decade(min(ends), math.floor), _decade(max(ends), math.ceil)

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * _share(size, low, high)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _share(value, bottom, top)

    parts = [_text(LEFT, TOP - 16, panel.title, size=13)]
    for size in _decades(low, high):
        parts.append(_line([(x(size), y(bottom)), (x(size), y(top))], GRID))
        parts.append(_text(x(size), HEIGHT - BOTTOM + 16, _short(size), anchor="middle"))
    every = -(-round(math.log10(top / bottom)) // 6)  # no more labels than there is room for
    for value in _decades(bottom, top)[::every]:
        parts.append(_line([(x(low), y(value)), (x(high), y(value))], GRID))
        parts.append(_text(LEFT - 6, y(value) + 4, panel.told(value), anchor="end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "paragraphs", anchor="middle"))
    if panel.limit is not None:
        parts.append(_line([(x(low), y(panel.limit)), (x(high), y(panel.limit))], LIMIT, "2 3"))
        parts.append(_text(x(low) + 4, y(panel.limit) - 5, panel.limit_told, colour=LIMIT))
    measured = _between(min(sizes), max(sizes))
    parts.append(_line([(x(n), y(panel.fit.at(n))) for n in measured], POINT))
    beyond = _between(max(sizes), to)
    parts.append(_line([(x(n), y(panel.fit.at(n))) for n in beyond], POINT, "5 4"))
    parts += [
        f'<circle cx="{x(n):.1f}" cy="{y(value):.1f}" r="4" fill="{POINT}"/>'
        for n, value in panel.points
    ]
    return parts


def count(paragraphs: float) -> str:
    """
    >>> count(5_000), count(100_000), count(50_000_000), count(2_500_000)
    ('5,000', '100,000', '50 million', '2.5 million')
    """
    if paragraphs >= 1e6:
        return f"{float(f'{paragraphs / 1e6:.2g}'):,g} million"
    return f"{paragraphs:,.0f}"


def _short(size: float) -> str:
    return f"{size / 1e6:,.0f}M" if size >= 1e6 else f"{size:,.0f}"


def _share(value: float, low: float, high: float) -> float:
    return math.log10(value / low) / math.log10(high / low)


def _decade(value: float, rounded: Callable[[float], int]) -> float:
    return 10.0 ** rounded(math.log10(value))


def _decades(low: float, high: float) -> list[float]:
    return [low * 10.0**n for n in range(round(math.log10(high / low)) + 1)]


def _between(low: float, high: float) -> list[float]:
    """A straight line is none on logarithmic axes: enough places to draw it as a curve."""
    return [low * (high / low) ** (n / 24) for n in range(25)]


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    width = "1" if colour == GRID else "1.6"
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'
    )


def _text(
    x: float, y: float, text: str, *, size: int = 11, anchor: str = "start", colour: str = ""
) -> str:
    colour = colour or (INK if size > 11 else GREY)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{colour}">{escape(text)}</text>'
    )
