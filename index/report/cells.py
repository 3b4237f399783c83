"""Cells of an .xlsx: text that stays text, shares, runs in colour, rows as high as they need.

Texts are written as texts whatever they begin with, and those that a spreadsheet would take for a
formula once a person edits the cell carry the mark of a text (quotePrefix), as if typed with '.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from index.report import wording
from index.report.marked_text import Run
from index.report.wording import Look

MOST_CHARACTERS = 32_767
"""Of one cell, by the format's own limit; counted in UTF-16 units."""
MOST_ROWS = 1_000_000
"""Of one sheet; the format ends at 1,048,576."""

_COLOURS: dict[Look, str] = {
    "verbatim": "#B23C22",
    "edited": "#8A6200",
    "renamed": "#6440A5",
    "paraphrase": "#245D8F",
    "formula": "#7B786E",
    "quotation": "#35763D",
}
_LIVE = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of 0 to 1 that is shown as a percentage."""

    value: float


@dataclass(frozen=True, slots=True)
class Head:
    name: str
    width: float
    """In characters of the standard font; a Chinese one takes two."""


Cell = str | int | Share | tuple[Run, ...] | None


class Book:
    """A workbook that is written in memory."""

    def __init__(self, title: str, made: date) -> None:
        self._written = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._written,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": "宋体", "font_size": 10.5},
            },
        )
        self._book.set_properties(
            {"title": title[:200], "author": "寻章", "created": datetime.combine(made, time())}
        )
        cell = {"valign": "top", "border": 1, "border_color": "#D5D0C5"}
        colours: list[tuple[Look | None, str]] = [(None, "#000000"), *_COLOURS.items()]
        self._texts = {
            (look, quoted): self._book.add_format(
                {**cell, "text_wrap": True, "font_color": colour, "quote_prefix": quoted}
            )
            for look, colour in colours
            for quoted in (False, True)
        }
        right = {**cell, "align": "right", "indent": 1}
        left = {**cell, "align": "left"}
        self._count = self._book.add_format({**right, "num_format": "#,##0"})
        # a year is no quantity
        self._year = self._book.add_format({**right, "num_format": "0"})
        self._share = self._book.add_format({**right, "num_format": "0.0%"})
        self._count_left = self._book.add_format({**left, "num_format": "#,##0"})
        self._share_left = self._book.add_format({**left, "num_format": "0.0%"})
        self._head = self._book.add_format(
            {**cell, "bold": True, "bg_color": "#EEF1EC", "text_wrap": True, "font_name": "黑体"}
        )
        self._looks = {
            look: self._book.add_format({"font_color": colour, "font_name": "宋体"})
            for look, colour in _COLOURS.items()
        }
        self._slots = {
            look: self._book.add_format({"font_color": colour, "bold": True, "underline": 1})
            for look, colour in _COLOURS.items()
        }
        self._flag = self._book.add_format({"font_color": "#C00000", "bold": True, "underline": 33})

    def sheet(
        self,
        name: str,
        heads: Sequence[Head],
        rows: Sequence[Sequence[Cell]],
        *,
        heat: bool = False,
    ) -> None:
        """One table: its head stays in sight, is printed on every page and can be filtered by."""
        sheet = self._book.add_worksheet(name)
        for column, head in enumerate(heads):
            # a column without a word in it leaves its room, and larger print, to the others
            empty = rows and not heat and all(row[column] in ("", None) for row in rows)
            width = min(head.width, _wide(head.name) + 2) if empty else head.width
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, head.name, self._head)
        for number, row in enumerate(rows[:MOST_ROWS], 1):
            # told outright: LibreOffice and WPS do not grow the rows of a file that they open
            sheet.set_row(number, _height(heads, row))
            for column, value in enumerate(row):
                count, share = self._count, self._share
                if name == "概况":
                    count, share = self._count_left, self._share_left
                elif heads[column].name.endswith("年份"):
                    count = self._year
                self._write(sheet, number, column, value, count, share)
        last = min(len(rows), MOST_ROWS)
        if heat and last:
            scale = {"type": "2_color_scale", "min_color": "#EEF4EF", "max_color": "#4D8570"}
            sheet.conditional_format(1, 1, last, len(heads) - 1, scale)
        elif last and name != "概况":
            sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.freeze_panes(1, 1 if heat else 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def bytes(self) -> bytes:
        self._book.close()
        return self._written.getvalue()

    def _write(
        self, sheet: Any, row: int, column: int, value: Cell, count: Any, share: Any
    ) -> None:
        if value is None:
            sheet.write_blank(row, column, None, self._texts[None, False])
        elif isinstance(value, Share):
            sheet.write_number(row, column, value.value, share)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, count)
        elif isinstance(value, str):
            text = _fitting(wording.shown(value))
            sheet.write_string(row, column, text, self._format_for(text))
        else:
            self._write_runs(sheet, row, column, value)

    def _write_runs(self, sheet: Any, row: int, column: int, runs: Sequence[Run]) -> None:
        """Text with the colours of its marks; plain where the format's limit leaves no room."""
        shown = [run for run in runs if run.text]
        text = "".join(run.text for run in shown)
        if len(shown) < 2 or _units(text) > MOST_CHARACTERS:
            text = _fitting(text)
            look = shown[0].look if len(shown) == 1 else None
            sheet.write_string(row, column, text, self._format_for(text, look))
            return
        parts: list[Any] = []
        for run in shown:
            if (format_ := self._format_of(run)) is not None:
                parts.append(format_)
            parts.append(run.text)
        sheet.write_rich_string(row, column, *parts, self._format_for(text))

    def _format_of(self, run: Run) -> Any:
        if run.flagged:
            return self._flag
        if run.look is None or run.part == "other":
            return None
        return (self._slots if run.part == "slot" else self._looks)[run.look]

    def _format_for(self, text: str, look: Look | None = None) -> Any:
        """The format of a whole cell; in the colour of `look` where all of it looks so."""
        quoted = text.startswith(_LIVE)
        return self._texts[look, quoted]


def _height(heads: Sequence[Head], row: Sequence[Cell]) -> float:
    """Points that the longest text of the row needs, up to the 409 that the format allows."""
    lines = 1
    for head, value in zip(heads, row, strict=True):
        if isinstance(value, tuple):
            value = "".join(run.text for run in value)
        if isinstance(value, str):
            # the last character of a line may not fit, nor may punctuation begin one
            room = head.width - 3
            needed = sum(max(1, math.ceil(_wide(part) / room)) for part in value.split("\n"))
            lines = max(lines, needed)
    return min(409.0, 15.0 * lines + 3)


def _wide(text: str) -> int:
    """Width in characters of the standard font."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fitting(text: str) -> str:
    """Cut to what one cell holds, saying so."""
    if _units(text) <= MOST_CHARACTERS:
        return text
    # half of it fits even where every character takes two units
    return wording.elided(text, MOST_CHARACTERS // 2 - 100)
