"""Text of a Word 97–2007 .doc without LibreOffice: the words, not the look.

[MS-DOC] 2.4.1: the FIB at the start of stream WordDocument tells which table stream holds the
CLX; its piece table says where each run of characters stands, as cp1252 or UTF-16, also after a
fast save (fComplex), whose later words stand behind the earlier ones in the stream. What needs
formatting to be known is lost and said in the notes: automatic numbers, heading styles, and which
text a tracked change deleted. A row with an empty cell comes in two pieces.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.content import load
from index.reading.lines import split_lines
from index.reading.tables import row_text
from index.reading.unreadable import LOCKED

NOTE = "没有安装 LibreOffice，只读出了文字，自动编号和标题样式可能缺失，修订中删除的文字可能还在。"
_DAMAGED = "这个 .doc 已损坏，读不出文字；请用 Word 或 WPS 打开后另存为 .docx。"
_OLD = (
    "这个 .doc 是 Word 6/95 的格式，没有 LibreOffice 时不能读取；"
    "请安装 LibreOffice，或用 Word、WPS 另存为 .docx。"
)
_WORD_97 = 0x00C1
"""Least nFib of a file whose FIB has the places used here."""
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_COMPRESSED = 0x40000000
_DROPPED = dict.fromkeys([*range(1, 7), 8, 0x0E, 0x1F, *range(0x10, 0x13), *range(0x16, 0x1E)])
"""Pictures, notes' references, soft hyphens: marks of places, no characters of the text."""
_SPECIAL = {**_DROPPED, 0x0B: "\n", 0x0C: "\n", 0x1E: "-", 0xA0: " "}


def read(path: Path) -> Iterator[Document]:
    """One document. Raises ReadError where the file is locked, damaged, older than Word 97."""
    data = load(path)
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            main = container.openstream("WordDocument").read()
            version, flags = _head(main)
            if flags & _ENCRYPTED:
                raise ReadError(path, LOCKED)
            if version < _WORD_97:
                raise ReadError(path, _OLD)
            table = container.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    except (OSError, struct.error, ValueError, IndexError, KeyError) as error:
        raise ReadError(path, _DAMAGED) from error
    try:
        body, footnotes = _texts(main, table)
    except (struct.error, ValueError) as error:
        raise ReadError(path, _DAMAGED) from error
    blocks = (*_blocks(body), *_blocks(footnotes))
    if not blocks:
        raise ReadError(path, "文件里没有文字；如果内容是图片，请先用文字识别（OCR）软件转成文字。")
    yield Document(path=str(path), format="doc", blocks=blocks, notes=(NOTE,))


def _head(main: bytes) -> tuple[int, int]:
    """(nFib, flags) of the FIB; ValueError where it is none."""
    ident, version = struct.unpack_from("<HH", main, 0)
    if ident not in (0xA5EC, 0xA5DC):  # the second is Word 6
        raise ValueError("no FIB")
    return version, struct.unpack_from("<H", main, 10)[0]


def _texts(main: bytes, table: bytes) -> tuple[str, str]:
    """(text of the body, text of the footnotes); ValueError or struct.error where damaged."""
    length, notes_length = struct.unpack_from("<ii", main, 0x4C)
    start, size = struct.unpack_from("<II", main, 0x1A2)
    clx = table[start : start + size]
    at = 0
    while clx[at : at + 1] == b"\x01":  # Prc: formatting of pieces
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at : at + 1] != b"\x02" or length < 0 or notes_length < 0:
        raise ValueError("no piece table")
    (size,) = struct.unpack_from("<I", clx, at + 1)
    at += 5
    count = (size - 4) // 12
    if count < 1 or at + size > len(clx):
        raise ValueError("piece table does not fit")
    places = struct.unpack_from(f"<{count + 1}I", clx, at)
    if places[-1] > len(main):  # a piece may be named twice: bounds what damage can inflate
        raise ValueError("more characters than bytes")
    text = []
    for piece in range(count):
        characters = places[piece + 1] - places[piece]
        (offset,) = struct.unpack_from("<I", clx, at + 4 * (count + 1) + 8 * piece + 2)
        if characters < 0:
            raise ValueError("pieces out of order")
        if offset & _COMPRESSED:
            first = (offset & ~_COMPRESSED) // 2
            part = main[first : first + characters].decode("cp1252", errors="replace")
        else:
            part = main[offset : offset + 2 * characters].decode("utf-16-le", errors="replace")
        text.append(part)
    whole = "".join(text)
    return whole[:length], whole[length : length + notes_length]


def _without_fields(text: str) -> str:
    """Drop the instructions of fields (0x13 instruction 0x14 result 0x15), keep their results.

    >>> _without_fields("见\x13 PAGEREF a \x14第3页\x15。")
    '见第3页。'
    """
    kept: list[str] = []
    in_instruction: list[bool] = []
    for character in text:
        if character == "\x13":
            in_instruction.append(True)
        elif character == "\x14" and in_instruction:
            in_instruction[-1] = False
        elif character == "\x15" and in_instruction:
            in_instruction.pop()
        elif not any(in_instruction):
            kept.append(character)
    return "".join(kept)


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs end with 0x0D, cells with 0x07, a row with one 0x07 more.

    Which paragraphs stand in a cell is not in the text: of a cell of several, all but the last
    come as paragraphs before their row.
    """
    cells: list[str] = []
    start = 0
    text = _without_fields(text).translate(_SPECIAL)
    for i, mark in enumerate(f"{text}\r"):
        if mark not in "\r\x07":
            continue
        lines = [line for line in split_lines(text[start:i]) if line.strip()]
        start = i + 1
        if mark == "\r":
            yield from map(Block, lines)
        elif lines:
            cells.append(" ".join(lines))
        elif cells:
            yield Block(row_text(cells), kind="row")
            cells = []
    if cells:
        yield Block(row_text(cells), kind="row")
