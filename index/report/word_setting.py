"""What a Word report is set in: runs with their marks, and tables whose heads repeat.

A kind of finding has a shade and an underline of its own, so that a black-and-white print still
tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run as WordRun

from index.report.marked_text import Run
from index.report.word_paper import element, fonts
from index.report.wording import Look

_SHADE: dict[Look, str] = {
    "verbatim": "FFD9CD",
    "edited": "FFEAAD",
    "renamed": "E7DDF8",
    "paraphrase": "D5E7F8",
    "formula": "ECEBE5",
    "quotation": "DDF0DE",
}
_UNDERLINE: dict[Look, tuple[str, str]] = {
    "verbatim": ("thick", "B23C22"),
    "edited": ("dash", "8A6200"),
    "renamed": ("double", "6440A5"),
    "paraphrase": ("wave", "245D8F"),
    "formula": ("dotted", "7B786E"),
    "quotation": ("dotDash", "35763D"),
}
UNDERLINED: dict[Look, str] = {
    "verbatim": "粗线",
    "edited": "虚线",
    "renamed": "双线",
    "paraphrase": "波浪线",
    "formula": "点线",
    "quotation": "点划线",
}
ALARM = "A3362A"
Fill = Callable[[Cell], None]
LONGEST = 400
"""Characters of one text in the table of findings; the marked draft has all of it."""


def write_runs(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        if run.text:
            written = paragraph.add_run(run.text)
            if run.flagged:
                box(written, ALARM, 12)
            elif run.look is not None and run.part == "slot":
                box(written, _UNDERLINE[run.look][1])
            elif run.look is not None and run.part == "same":
                mark(written, run.look)
        for reference in run.references:
            number = paragraph.add_run(f"[{reference.text}]")
            number.font.superscript = True
            number.font.bold = True
            if reference.kind != "finding":
                number.font.color.rgb = RGBColor.from_string(ALARM)


def mark(run: WordRun, look: Look) -> None:
    properties = run._r.get_or_add_rPr()
    kind, colour = _UNDERLINE[look]
    properties.append(element("u", val=kind, color=colour))
    properties.append(shade(_SHADE[look]))


def box(run: WordRun, colour: str, eighths: int = 6) -> None:
    """A frame around the characters; its width in eighths of a point."""
    run.font.bold = True
    box = element("bdr", val="single", sz=str(eighths), space="0", color=colour)
    run._r.get_or_add_rPr().append(box)


def shade(fill: str) -> Any:
    return element("shd", val="clear", color="auto", fill=fill)


def lines(*texts: str) -> Fill:
    """Fill a cell with a paragraph for each text that is not empty."""

    def fill(cell: Cell) -> None:
        paragraph = cell.paragraphs[0]
        for at, text in enumerate(text for text in texts if text):
            if at:
                paragraph = cell.add_paragraph()
                of_cell(paragraph)
            paragraph.add_run(text)

    return fill


def of_cell(paragraph: Paragraph) -> None:
    """The style of cells, by its id: by its name python-docx walks over all styles each time."""
    paragraph._p.style = "Cell"


def table(
    word: WordDocument,
    head: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str | Fill]],
    *,
    numbers: set[int] | frozenset[int] = frozenset(),
) -> None:
    """A table of fixed widths (cm) whose head repeats on every page."""
    table = grid(word, widths)
    table.rows[0]._tr.get_or_add_trPr().append(element("tblHeader"))
    for cell, name in zip(table.rows[0].cells, head, strict=True):
        of_cell(cell.paragraphs[0])
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        run = cell.paragraphs[0].add_run(name)
        fonts(run._r.get_or_add_rPr(), "黑体", "Arial")
        cell._tc.get_or_add_tcPr().append(shade("EEF1EC"))
    for row in rows:
        # the row's own cells: asking the table for them costs a walk over the whole table each
        added: Row = table.add_row()  # type: ignore[no-untyped-call]
        # not torn across pages; a row longer than a page is torn all the same
        added._tr.get_or_add_trPr().append(element("cantSplit"))
        for at, (cell, value) in enumerate(zip(added.cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            of_cell(paragraph)
            if at in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if callable(value):
                value(cell)
            else:
                paragraph.add_run(value)
    gap(word)


def grid(word: WordDocument, widths: Sequence[float]) -> Table:
    """A table of one empty row; rows added to it have its widths (cm)."""
    table: Table = word.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Cm(width)
    borders = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(side, val="single", sz="4", space="0", color="A9A69C"))
    margins = element("tblCellMar")
    for side, twips in (("top", "40"), ("left", "80"), ("bottom", "40"), ("right", "80")):
        margins.append(element(side, w=twips, type="dxa"))
    properties: Any = table._tbl.tblPr
    # WPS takes the columns' widths, Word the table's: both are told, and agree
    width = properties.find(qn("w:tblW"))
    width.set(qn("w:type"), "dxa")
    width.set(qn("w:w"), str(sum(round(Cm(each).twips) for each in widths)))
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(margins)
    return table


def gap(word: WordDocument) -> None:
    """Two tables without a paragraph between them would be one."""
    after = word.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = 0.6


def settings(word: WordDocument, rows: Sequence[tuple[str, str]]) -> None:
    table(word, ("项目", "内容"), (4.5, 12.0), rows)
    word.add_paragraph("字数只计汉字、字母和数字，标点和空格不计。", "Note")
