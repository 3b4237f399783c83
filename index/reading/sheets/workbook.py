"""Workbooks of Excel, WPS and LibreOffice (xls, xlsx, xlsm, xlsb, ods), read by calamine.

Formulas count with the value that the program saved. Hidden sheets hold lists for drop-down menus
and old versions far more often than text that somebody stands by: they are left out and named.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.content import load
from index.reading.package import DAMAGE, GREATEST_MEMBER, GREATEST_RATIO
from index.reading.sheets import extent
from index.reading.sheets.grid import Row, read_rows
from index.reading.unreadable import DAMAGED_ZIP

GREATEST_ROWS = 100_000
"""Rows read of one sheet; the rest is said. Nobody writes so much prose in cells."""
GREATEST_AREA = 8_000_000
"""Cells between a sheet's corners: calamine holds them all, empty ones too, at 32 bytes each."""
_GREATEST_SHEETS = 500
_GREATEST_INFLATED = 256 << 20
_RATIO_MATTERS_FROM = 4 << 20
_STEP = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c\s[^<>]{0,80}?\br="([A-Z]{1,3})(\d{1,7})"')

_WRITTEN = re.compile(rb"<a:t>[^<]*[^<\s]")

LOCKED = "表格有打开密码，无法读取；请在 Excel 或 WPS 里去掉密码后另存，再添加。"
DAMAGED = "表格已损坏，无法读取；请重新复制或下载，或用 Excel、WPS 打开修复后另存。"
_BOMB = "表格解开后异常巨大，可能是压缩炸弹，没有读取；如确是文稿，请另存后再添加。"
_TOO_WIDE = "表格的范围异常大（有文字的格子相距太远），没有读取；请删去多余的行列，另存后再添加。"

_Value = (
    int
    | float
    | str
    | bool
    | datetime.time
    | datetime.date
    | datetime.datetime
    | datetime.timedelta
)


def read(path: Path) -> Iterator[Document]:
    """One document. ReadError where it is locked, damaged, enormous, or holds no prose."""
    data = load(path)
    if data[:2] == b"PK":
        _check_zip(path, data)
    else:
        _check_records(path, data)
    try:
        blocks, notes = _blocks(data)
    except PasswordError as error:
        raise ReadError(path, LOCKED) from error
    except CalamineError as error:
        raise ReadError(path, LOCKED if "assword" in str(error) else DAMAGED) from error
    except BaseException as error:
        # a panic of the Rust code on a damaged file: a class that cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise ReadError(path, DAMAGED) from error
    if data[:2] == b"PK":
        notes += _beside_the_cells(data)
    if not blocks:
        raise ReadError(path, "表格里没有成句的文字。" + "".join(notes))
    yield Document(
        path=str(path),
        format=_format(data),
        blocks=tuple(blocks),
        notes=tuple(notes),
    )


def _format(data: bytes) -> str:
    if data[:2] != b"PK":
        return "xls"
    return "ods" if b"opendocument.spreadsheet" in data[:200] else "xlsx"


def _blocks(data: bytes) -> tuple[list[Block], list[str]]:
    blocks: list[Block] = []
    notes: list[str] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
        if len(sheets) > _GREATEST_SHEETS:
            notes.append(f"工作表超过 {_GREATEST_SHEETS} 张，其余没有读入。")
        for about in sheets[:_GREATEST_SHEETS]:
            if about.visible != SheetVisibleEnum.Visible:
                notes.append(f"工作表“{about.name}”是隐藏的，没有读入；需要时请取消隐藏再添加。")
                continue
            sheet = book.get_sheet_by_name(about.name)
            reading = read_rows(_rows(sheet), about.name)
            if reading.blocks and len(sheets) > 1:
                blocks.append(Block(about.name, kind="furniture", place=f"工作表“{about.name}”"))
            blocks.extend(reading.blocks)
            if reading.note:
                notes.append(reading.note)
            if sheet.total_height > GREATEST_ROWS:
                notes.append(f"工作表“{about.name}”只读入了前 {GREATEST_ROWS} 行。")
    return [] if all(b.kind == "furniture" for b in blocks) else blocks, notes


def _rows(sheet: CalamineSheet) -> list[Row]:
    """Rows from the sheet's first; a cell merged downwards speaks for each of its rows."""
    values = sheet.to_python(skip_empty_area=False, nrows=GREATEST_ROWS)
    grid = [[_text(value) for value in row] for row in values]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < len(grid) and left < len(grid[top]) and len(grid[top][left]) <= 40:
            for row in grid[top + 1 : bottom + 1]:
                row[left] = grid[top][left]
    return [Row(number, tuple(cells)) for number, cells in enumerate(grid, 1)]


def _text(value: _Value) -> str:
    """A cell as its reader sees it, near enough: 3.0 is 3, a date is 2023年9月1日."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def _check_zip(path: Path, data: bytes) -> None:
    """Inflate each member in steps before calamine does it without bounds, and drop the bytes."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                if info.flag_bits & 1:
                    raise ReadError(path, LOCKED)
                size = 0
                corner = _Corner()
                look_up = _look_up(info.filename)
                kept = bytearray()
                with archive.open(info) as stream:
                    while step := stream.read(_STEP):
                        size += len(step)
                        total += len(step)
                        ratio = size / max(info.compress_size, 1)
                        if (
                            size > GREATEST_MEMBER
                            or total > _GREATEST_INFLATED
                            or (size > _RATIO_MATTERS_FROM and ratio > GREATEST_RATIO)
                        ):
                            raise ReadError(path, _BOMB)
                        if look_up is not None:
                            kept += step
                        elif "/worksheets/" in info.filename and corner.area(step) > GREATEST_AREA:
                            raise ReadError(path, _TOO_WIDE)
                if look_up is not None and look_up(bytes(kept)) > GREATEST_AREA:
                    raise ReadError(path, _TOO_WIDE)
    except (*DAMAGE, OSError) as error:  # OSError: a place outside the bytes; nothing is on disk
        raise ReadError(path, DAMAGED_ZIP) from error


def _beside_the_cells(data: bytes) -> Iterator[str]:
    """What an xlsx has outside its cells and calamine does not give, as sentences.

    For data that `_check_zip` let pass: every member is of a size that can be held.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if any(re.match(r"xl/(?:comments|threadedComments/)", name) for name in names):
            yield "批注没有读入。"
        drawings = (name for name in names if re.match(r"xl/drawings/[^/]*\.xml$", name))
        if any(_WRITTEN.search(archive.read(name)) for name in drawings):
            yield "文本框里的文字没有读入；需要时请复制到单元格里再添加。"


def _look_up(member: str) -> Callable[[bytes], int] | None:
    """What finds the extent of the sheets of a member that has to be looked at as a whole."""
    if member == "content.xml":
        return extent.area_of_ods
    return extent.area_of_xlsb if re.search(r"/worksheets/[^/]*\.bin$", member) else None


def _check_records(path: Path, data: bytes) -> None:
    try:
        area = extent.area_of_xls(data)
    except ValueError as error:
        raise ReadError(path, DAMAGED) from error
    if area is None:
        raise ReadError(path, LOCKED)
    if area > GREATEST_AREA:
        raise ReadError(path, _TOO_WIDE)


class _Corner:
    """The rectangle around the cells of a sheet's XML, which comes in steps."""

    def __init__(self) -> None:
        self._rest = b""
        self._rows = [1 << 30, 0]
        self._columns = [1 << 30, 0]

    def area(self, step: bytes) -> int:
        """Cells from the sheet's first to the last one seen so far: to_python fills them all."""
        text = self._rest + step
        self._rest = text[-128:]
        for letters, digits in set(_CELL.findall(text)):
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            self._columns[1] = max(self._columns[1], column)
            self._rows[1] = max(self._rows[1], int(digits))
        return self._rows[1] * self._columns[1]
