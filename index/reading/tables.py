"""How a row of a table is written as one line of text."""

from __future__ import annotations

from collections.abc import Sequence

CELL_SEPARATOR = "｜"
"""Full-width, so that it never meets the ``|`` of a text; shown between cells."""


def row_text(cells: Sequence[str]) -> str:
    """Cells of a row, left to right; empty cells at the end are left out, others keep their place.

    >>> row_text(["序号", "", "单位", ""])
    '序号｜｜单位'
    """
    cells = [" ".join(cell.split()) for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    return CELL_SEPARATOR.join(cells)
