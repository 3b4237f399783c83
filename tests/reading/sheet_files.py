"""Workbooks of Excel's binary format (.xlsb) for the tests, as records of [MS-XLSB]."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def record(kind: int, body: bytes = b"") -> bytes:
    """Type in one byte or two, length in groups of seven bits, body."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    while length > 0x7F:
        head += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + bytes([length]) + body


def _text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def sheet_part(cells: Mapping[tuple[int, int], str | float]) -> bytes:
    """A part worksheets/….bin; `cells`: (row, column) from 0 -> value, in the order of rows."""
    data = record(129) + record(148, bytes(16)) + record(145)
    last = -1
    for (row, column), value in cells.items():
        if row != last:
            data += record(0, struct.pack("<I", row) + bytes(13))
            last = row
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            data += record(6, place + _text(value))
        else:
            data += record(5, place + struct.pack("<d", value))
    return data + record(146) + record(130)


def xlsb(path: Path, name: str, cells: Mapping[tuple[int, int], str | float]) -> Path:
    """A workbook of one sheet."""

    def relations(kind: str, target: str) -> str:
        return (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/{kind}"'
            f' Target="{target}"/></Relationships>'
        )

    sheet = struct.pack("<II", 0, 1) + _text("r1") + _text(name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("_rels/.rels", relations("officeDocument", "xl/workbook.bin"))
        package.writestr(
            "xl/_rels/workbook.bin.rels", relations("worksheet", "worksheets/sheet1.bin")
        )
        package.writestr(
            "xl/workbook.bin",
            record(131)
            + record(143)
            + record(156, sheet)
            + record(144)
            + record(157, bytes(26))
            + record(132),
        )
        package.writestr("xl/worksheets/sheet1.bin", sheet_part(cells))
    return path
