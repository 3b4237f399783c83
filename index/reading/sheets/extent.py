"""How large a sheet is before calamine opens it: it holds every cell between the corners.

calamine also makes room for what a record merely states, and ends the process where that is too
much; so the places of the cells are looked up here first, in the three formats whose cells are not
found by one pattern in XML (that of .xlsx is in `workbook`).
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

import olefile

_CELLS = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
"""Records of [MS-XLS] 2.4 that begin with row and column (u16) and hold a value."""
_BOUND_SHEET, _DIMENSIONS, _FILE_PASS, _END = 0x0085, 0x0200, 0x002F, 0x000A
_GREATEST_STATED = 65_536, 256
"""Rows and columns that a sheet of this format can have."""
_OLE_DAMAGE = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, RecursionError)

_ROW_HEADER, _LAST_CELL = 0, 11
"""Records of [MS-XLSB]: 0 states the row of the cells that follow, 1 to 11 are cells."""

_ODS = re.compile(rb"<table:(table|table-row|(?:covered-)?table-cell)(?=[\s/>])([^<>]*)>")
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d{1,9})"')


def area_of_xls(data: bytes) -> int | None:
    """Cells between the corners of all sheets of an .xls together.

    None where the workbook has a password. Raises ValueError where the container is damaged or a
    sheet states more than there can be.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            name = "Workbook" if container.exists("Workbook") else "Book"
            stream = container.openstream(name).read()
    except _OLE_DAMAGE as error:
        raise ValueError("no workbook in the container") from error
    sheets: dict[int, None] = {}
    for kind, body in _records(stream, 0):
        if kind == _FILE_PASS:  # from here on the records are encrypted
            return None
        if kind == _BOUND_SHEET:
            sheets[int.from_bytes(body[:4], "little")] = None
    total = 0
    for start in sheets:
        rows = columns = 0
        for kind, body in _records(stream, start):
            if kind in _CELLS and len(body) >= 4:
                row, column = struct.unpack_from("<HH", body)
                if kind == 0x00BD:  # several cells; its last two bytes are the last column
                    column = max(column, int.from_bytes(body[-2:], "little"))
                rows, columns = max(rows, row + 1), max(columns, column + 1)
            elif kind == _DIMENSIONS and len(body) >= 12:
                stated = struct.unpack_from("<II2H", body)
                if stated[1] > _GREATEST_STATED[0] or stated[3] > _GREATEST_STATED[1]:
                    raise ValueError("a sheet states more than there can be")
        total += rows * columns
    return total


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(type, body) of the records from a place on, to the end of their substream."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def area_of_xlsb(part: bytes) -> int:
    """Cells between the sheet's first and its last, of a part worksheets/….bin."""
    rows = columns = row = at = 0
    while at < len(part):
        kind = part[at]
        at += 1
        if kind & 0x80 and at < len(part):
            kind = kind & 0x7F | part[at] << 7
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            if at >= len(part):
                break
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if kind <= _LAST_CELL and at + 4 <= len(part):
            (number,) = struct.unpack_from("<I", part, at)
            if kind == _ROW_HEADER:
                row = number + 1
            else:
                rows, columns = max(rows, row), max(columns, number + 1)
        at += size
    return rows * columns


def area_of_ods(content: bytes) -> int:
    """Cells between the corners of the largest table; cells and rows can state that they repeat."""
    greatest = rows = columns = row = column = repeated = 0
    for token in _ODS.finditer(content):
        name, attributes = token.groups()
        found = _REPEATED.search(attributes)
        times = int(found.group(1)) if found else 1
        if name == b"table":
            greatest = max(greatest, rows * columns)
            rows = columns = row = column = repeated = 0
        elif name == b"table-row":
            row += repeated
            repeated, column = times, 0
        else:
            column += times
            if b"value-type" in attributes or not attributes.endswith(b"/"):
                rows, columns = max(rows, row + repeated), max(columns, column)
    return max(greatest, rows * columns)
