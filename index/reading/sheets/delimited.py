"""Tables as text (csv, tsv): records with quotes, in any encoding that text files have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from index.datatypes import Document
from index.errors import ReadError
from index.reading.content import load, text_of
from index.reading.sheets.grid import Row, read_rows

GREATEST_ROWS = 100_000
_LONGEST_FIELD = 64 << 20
_DELIMITERS = "\t,;|，"
"""First wins where two are as frequent; the last stands in files that were typed by hand."""


def read(path: Path) -> Iterator[Document]:
    """One document; ReadError where it is no table or holds no prose."""
    text, notes = text_of(path, load(path))
    csv.field_size_limit(_LONGEST_FIELD)  # 131,072 by default: less than a report in one field
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[Row] = []
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        ):
            if number > GREATEST_ROWS:
                notes = (*notes, f"表格只读入了前 {GREATEST_ROWS} 行。")
                break
            rows.append(Row(number, tuple(cells)))
    except csv.Error as error:
        raise ReadError(
            path, "不是正确的 CSV 表格；请检查引号是否成对，或用 Excel 另存为 .xlsx 后再添加。"
        ) from error
    reading = read_rows(rows, "")
    notes = (*notes, reading.note) if reading.note else notes
    if not reading.blocks:
        raise ReadError(path, "表格里没有成句的文字。" + "".join(notes))
    yield Document(path=str(path), format="csv", blocks=reading.blocks, notes=notes)
