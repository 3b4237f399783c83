"""The comparison as a picture: a panel a figure, a bar a peer, as plain SVG. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from peers.registry import PRODUCT, Peer
from peers.tables import COST, QUALITY, Column, best, measured_peers, row_of

WIDTH, LEFT, RIGHT, LINE, TOP = 560, 196, 76, 24, 46
COLUMNS = 2
INK, GREY, OURS, THEIRS = "#24282c", "#6b7075", "#2f6b5b", "#b9bfc4"


def picture(figures: Mapping[str, Any]) -> str:
    """Bars of quality from 0 to 1 with their intervals; bars of cost on a logarithmic axis."""
    peers = measured_peers(figures)
    columns: list[Column] = [column for column in QUALITY if best(column, figures)]
    if figures["seconds"]:
        columns += [COST[0], COST[2], COST[3], COST[6], COST[7]]
    height = TOP + LINE * len(peers) + 14
    rows = -(-len(columns) // COLUMNS)
    full = (COLUMNS * WIDTH, rows * height + 34)
    title = "Search beside other tools"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {full[0]} {full[1]}" '
        f'width="{full[0]}" height="{full[1]}" font-family="sans-serif" role="img">',
        f"<title>{title}</title>",
        f'<rect width="{full[0]}" height="{full[1]}" fill="#ffffff"/>',
        _text(full[0] / 2, 24, title, size=15, anchor="middle"),
    ]
    for number, column in enumerate(columns):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * height + 34
        parts.append(f'<g transform="translate({x} {y})">')
        parts += _panel(column, peers, figures)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(column: Column, peers: Sequence[Peer], figures: Mapping[str, Any]) -> list[str]:
    values = {peer.name: column.value(figures, peer.name) for peer in peers}
    known = [value for value in values.values() if value]
    note = "more is better" if column.more_is_better else "less is better, logarithmic"
    parts = [
        _text(LEFT, TOP - 18, column.title, size=13),
        _text(WIDTH - RIGHT, TOP - 18, note, anchor="end"),
    ]
    for number, peer in enumerate(peers):
        y = TOP + number * LINE
        ours = peer.name == PRODUCT.name
        parts.append(
            _text(LEFT - 8, y + 13, peer.title, anchor="end", colour=INK if ours else GREY)
        )
        value = values[peer.name]
        if value is None:
            continue
        share = value if column.more_is_better else logarithmic(value, known)
        wide = share * (WIDTH - LEFT - RIGHT)
        parts.append(
            f'<rect x="{LEFT}" y="{y + 2}" width="{max(wide, 1):.1f}" height="{LINE - 8}" '
            f'fill="{OURS if ours else THEIRS}"/>'
        )
        end = wide
        if column.key and (row := row_of(figures, peer.name, column.key)):
            low, high = (edge * (WIDTH - LEFT - RIGHT) for edge in row["interval"])
            end = max(wide, high)
            middle = y + 2 + (LINE - 8) / 2
            parts.append(
                f'<line x1="{LEFT + low:.1f}" x2="{LEFT + high:.1f}" y1="{middle}" y2="{middle}" '
                f'stroke="{INK}" stroke-width="1.4"/>'
            )
        bold = peer.name in best(column, figures)
        parts.append(_text(LEFT + end + 6, y + 13, column.told(value), bold=bold, colour=INK))
    return parts


def logarithmic(value: float, others: Sequence[float]) -> float:
    """Share of the axis, which runs from half of the least to the most.

    >>> round(logarithmic(20, [1, 200]), 3), logarithmic(200, [1, 200])
    (0.616, 1.0)
    """
    low, high = min(others) / 2, max(others)
    return math.log(max(value, low) / low) / math.log(high / low)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 11,
    anchor: str = "start",
    colour: str = "",
    bold: bool = False,
) -> str:
    colour = colour or (INK if size > 11 else GREY)
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"{weight} '
        f'fill="{colour}">{escape(text)}</text>'
    )
