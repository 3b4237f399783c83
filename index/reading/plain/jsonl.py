"""JSON lines: one document a line, for bulk loads and evaluation; also compressed (.jsonl.gz).

A line is ``{"id", "title", "text" or "paragraphs": […], "year", "unit", "kind"}``; all but text
are optional, other keys are ignored. One bad line refuses the whole file, with its number: a bulk
load that is quietly short of documents would spoil every measurement made on it.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from index.datatypes import Block, Document, Metadata
from index.errors import ReadError
from index.reading.lines import split_lines

GREATEST_LINE = 64 << 20
"""Bytes of one line. Also what keeps a compressed bomb from filling the memory."""


def read(path: Path) -> Iterator[Document]:
    """One Document for each line that is not empty, in order.

    The file is checked as a whole before the first Document is given, and parsed again for
    giving: twice the time (about a second each for 28 million characters), but never more than
    one document in memory.
    """
    seen: dict[str, int] = {}
    for number, line in _lines(path):
        document = _document(path, number, line)
        identity = cast(str, document.external_id)
        if identity in seen:
            raise ReadError(
                path, f"第 {number} 行的 id“{identity}”与第 {seen[identity]} 行相同；id 不能重复。"
            )
        seen[identity] = number
    if not seen:
        raise ReadError(path, "文件里没有文稿。")
    for number, line in _lines(path):
        yield _document(path, number, line)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(number from 1, bytes) of every line that is not empty."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if compressed else file
        number = 0
        try:
            while line := stream.readline(GREATEST_LINE + 1):
                number += 1
                if len(line) > GREATEST_LINE:
                    raise ReadError(
                        path, f"第 {number} 行超过 {GREATEST_LINE >> 20} MB；请把它拆成几篇文稿。"
                    )
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line.strip():
                    yield number, line
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise ReadError(path, "压缩文件已损坏，无法读取；请重新复制或下载。") from error


def _document(path: Path, number: int, line: bytes) -> Document:
    """The document of a line; ReadError with the line's number where it is not one."""

    def refuse(what: str) -> ReadError:
        return ReadError(path, f"第 {number} 行{what}；请改正后再添加，整个文件都没有读入。")

    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise refuse("不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a ValueError too
        raise refuse("不是完整的 JSON") from error
    if not isinstance(record, dict):
        raise refuse("不是 JSON 对象（{…}）")
    pieces = _pieces(record)
    if pieces is None:
        raise refuse("的 text 应为文字，paragraphs 应为文字的列表")
    blocks = tuple(Block(text) for piece in pieces for text in split_lines(piece) if text.strip())
    if not blocks:
        raise refuse("没有正文（text 或 paragraphs）")
    for key in ("title", "unit", "kind"):
        if not isinstance(record.get(key), str | None):
            raise refuse(f"的 {key} 应为文字")
    identity = record.get("id")
    if isinstance(identity, bool) or not isinstance(identity, str | int | None):
        raise refuse("的 id 应为文字或整数")
    try:
        year = _year(record.get("year"))
    except ValueError as error:
        raise refuse("的 year 应为四位整数") from error
    return Document(
        path=str(path),
        format="jsonl",
        blocks=blocks,
        metadata=Metadata(
            title=(record.get("title") or "").strip(),
            unit=(record.get("unit") or "").strip() or None,
            year=year,
            kind=(record.get("kind") or "").strip() or None,
        ),
        external_id=str(number) if identity is None or identity == "" else str(identity),
    )


def _pieces(record: dict[str, Any]) -> list[str] | None:
    """The text of a record, `paragraphs` before `text`; None where it is neither."""
    paragraphs = record.get("paragraphs")
    if isinstance(paragraphs, list) and all(isinstance(piece, str) for piece in paragraphs):
        return paragraphs
    text = record.get("text")
    if paragraphs is None and isinstance(text, str | None):
        return [text or ""]
    return None


def _year(value: object) -> int | None:
    """A year as an integer; ValueError where it is none.

    >>> _year(2023), _year("2023"), _year(2023.0), _year(None)
    (2023, 2023, 2023, None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(value)
    number = float(value)
    if not 1000 <= number <= 9999 or number != int(number):  # NaN and infinity fail the first
        raise ValueError(value)
    return int(number)
