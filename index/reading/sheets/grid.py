"""A sheet as rows of text -> blocks: what is prose is read, what is a table of numbers is said.

Three shapes occur in offices. A table whose rows are documents (title, date, body) becomes a
heading and paragraphs for each row. A table of prose (项目, 内容) becomes one line a row, with the
names of its columns. A form or a page of text laid out in cells becomes its cells in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from index.datatypes import Block
from index.reading.tables import row_text

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"[。！？；]")
_MARK = re.compile(r"[，。！？；,;]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_NUMBERING = re.compile(r"序号|编号|行号|no\.?|id|index|#", re.I)
_TITLE = re.compile(r"标题|题目|题名|名称|文件名|title", re.I)
_BODY = re.compile(r"正文|全文|内容|文本|content|text|body", re.I)

_LEAST_SENTENCE = 8
"""Chinese characters of a cell that ends a sentence; fewer are a remark such as 无。"""
_LEAST_CLAUSE = 15
"""The same where it has a comma only."""
_LEAST_SHARE = 0.3
"""Share of Chinese characters among those of a cell, spaces not counted."""
_LONGEST_NAME = 20
"""Characters of a column's name; 30 in Latin letters."""
_HEADER_WITHIN = 10
"""Rows among which the names of the columns stand."""
_LONG_CELL = 200
"""Characters from which a cell is paragraphs of its own, and half the bodies of a table of
documents have them."""
_PROSE_ROWS = 0.2
"""Share of rows with prose from which a sheet is a table of prose, and its short rows are kept."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the program shows it, from 1."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sheet gave."""

    blocks: tuple[Block, ...]
    note: str = ""
    """What of it was not read, as a sentence; empty where nothing was left out."""


def is_prose(cell: str) -> bool:
    """Whether a cell holds a sentence, and not a name, a number, a date or a list of names.

    >>> is_prose("组织党员到社区报到，开展志愿服务三次。"), is_prose("2023年9月1日")
    (True, False)
    """
    chinese = len(_CHINESE.findall(cell))
    shown = len("".join(cell.split()))
    if not shown or chinese < _LEAST_SHARE * shown:
        return False
    if chinese >= _LEAST_SENTENCE and _END.search(cell):
        return True
    return chinese >= _LEAST_CLAUSE and bool(_MARK.search(cell))


def read_rows(rows: Sequence[Row], sheet: str) -> Reading:
    """Blocks of a sheet; `sheet` is its name, empty for a file that is one table."""
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    prose = [row for row in filled if any(is_prose(cell) for cell in row.cells)]
    if not prose:
        return Reading((), _passed_over(filled, sheet))
    header = _header(filled, prose)
    body = [row for row in filled if header is None or row.number > header.number]
    names = () if header is None else tuple(" ".join(cell.split()) for cell in header.cells)
    table = header is not None and len(prose) >= _PROSE_ROWS * len(body)
    documents = _document_columns(names, body) if table else None
    wanted = {row.number for row in prose}
    blocks: list[Block] = []
    left_out = 0
    for row in filled:
        if header is not None and row.number == header.number:
            continue
        place = f"工作表“{sheet}”第{row.number}行" if sheet else f"第{row.number}行"
        above = header is not None and row.number < header.number
        lone = len([cell for cell in row.cells if cell.strip()]) == 1
        said = any(_CHINESE.search(cell) for cell in row.cells)
        if row.number not in wanted and not (said and (table or above or lone)):
            left_out += 1
        elif above or lone or header is None:
            blocks.extend(_free(row, place))
        elif documents:
            blocks.extend(_document(row, names, documents, place, alone=len(body) == 1))
        else:
            blocks.extend(_named(row, names, place))
    where = f"工作表“{sheet}”" if sheet else "表格"
    note = f"{where}有 {left_out} 行只有数字或短词，没有读入。" if left_out else ""
    return Reading(tuple(blocks), note)


def _passed_over(filled: Sequence[Row], sheet: str) -> str:
    """Why nothing of a sheet was read; an empty one goes without saying."""
    where = f"工作表“{sheet}”" if sheet else "表格"
    cells = [cell for row in filled for cell in row.cells if cell.strip()]
    if not cells:
        return ""
    numbers = sum(not _LETTER.search(cell) for cell in cells)
    if numbers * 2 >= len(cells):
        return f"{where}是数字表格，没有读入。"
    return f"{where}里只有短词，没有成句的文字，没有读入。"


def _header(filled: Sequence[Row], prose: Sequence[Row]) -> Row | None:
    """The row with the names of the columns: two or more short texts, prose somewhere below."""
    for row in filled[:_HEADER_WITHIN]:
        if row.number > prose[-1].number or any(is_prose(cell) for cell in row.cells):
            return None
        cells = [" ".join(cell.split()) for cell in row.cells if cell.strip()]
        if len(cells) < 2 or not all(_is_name(cell) for cell in cells):
            continue
        # a form's 姓名｜张三 is no header: below a header the same columns are filled
        columns = {i for i, cell in enumerate(row.cells) if cell.strip()}
        below = [other for other in prose if other.number > row.number]
        held = [i for other in below for i, cell in enumerate(other.cells) if is_prose(cell)]
        if held and sum(i in columns for i in held) >= 0.8 * len(held) and len(below) >= 1:
            following = next(other for other in filled if other.number > row.number)
            if sum(bool(cell.strip()) for cell in following.cells) >= 2:
                return row
    return None


def _is_name(cell: str) -> bool:
    limit = _LONGEST_NAME if _CHINESE.search(cell) else _LONGEST_NAME + 10
    return len(cell) <= limit and bool(_LETTER.search(cell)) and not cell.endswith(("：", ":"))


def _document_columns(names: Sequence[str], body: Sequence[Row]) -> tuple[int, int] | None:
    """Positions of title and text where each row is a document of its own."""
    titles = [i for i, name in enumerate(names) if _TITLE.search(name)]
    for text in (i for i, name in enumerate(names) if _BODY.search(name) and i not in titles):
        lengths = [len(row.cells[text]) for row in body if text < len(row.cells)]
        if titles and lengths and median(lengths) >= _LONG_CELL:
            return titles[0], text
    return None


def _document(
    row: Row, names: Sequence[str], columns: tuple[int, int], place: str, *, alone: bool
) -> Iterator[Block]:
    """A heading, the row's other cells in one line, and the text; `alone` in its table: a title."""
    cells = [*row.cells, *[""] * (len(names) - len(row.cells))]
    title = " ".join(cells[columns[0]].split())
    if title:
        yield (
            Block(title, kind="title", place=place) if alone else Block(title, level=1, place=place)
        )
    others = _pairs(["" if i in columns else cell for i, cell in enumerate(cells)], names)
    if others:
        yield Block(others, kind="row", place=place)
    yield from _lines(cells[columns[1]], place)


def _named(row: Row, names: Sequence[str], place: str) -> Iterator[Block]:
    """项目：…；内容：…, with long cells as paragraphs after the line of the short ones."""
    long = [len(cell) >= _LONG_CELL and is_prose(cell) for cell in row.cells]
    short = ["" if is_long else cell for cell, is_long in zip(row.cells, long, strict=True)]
    line = _pairs(short, names)
    if line:
        yield Block(line, kind="row", place=place)
    for cell, is_long in zip(row.cells, long, strict=True):
        if is_long:
            yield from _lines(cell, place)


def _pairs(cells: Sequence[str], names: Sequence[str]) -> str:
    parts = []
    for i, cell in enumerate(cells):
        name = names[i] if i < len(names) else ""
        cell = " ".join(cell.split())
        if not cell or _ADDRESS.fullmatch(cell) or _NUMBERING.fullmatch(name):
            continue
        parts.append(f"{name}：{cell}" if name else cell)
    return "；".join(
        part.rstrip("；") if part is parts[-1] else part.rstrip("。；") for part in parts
    )


def _free(row: Row, place: str) -> Iterator[Block]:
    """A row without names of columns: its only cell's lines, label：value, or its cells."""
    cells = [cell for cell in row.cells if cell.strip()]
    if len(cells) == 1:
        yield from _lines(cells[0], place)
    elif len(cells) == 2 and not is_prose(cells[0]) and is_prose(cells[1]):
        label = " ".join(cells[0].split()).rstrip("：:")
        first, *rest = _lines(cells[1], place)
        yield Block(f"{label}：{first.text}", kind="row", place=place)
        yield from rest
    else:
        yield Block(row_text(cells), kind="row", place=place)


def _lines(cell: str, place: str) -> Iterator[Block]:
    """A cell's lines as a text file's; the indent of two characters is cleaning's business."""
    for line in cell.splitlines():
        if line.strip():
            yield Block(line.strip(" \t"), place=place)
