"""One office file -> Document, by way of LibreOffice; a .doc is read without it where it must be.

Many files are better converted together first (`libreoffice.convert`), which pays for one start;
`from_converted` then reads each result as if it were the original.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from index.datatypes import Document
from index.errors import ReadError
from index.reading.office import libreoffice, word_binary
from index.reading.office.true_format import true_format
from index.reading.slides import pptx
from index.reading.word import docx


def reader(kind: str) -> Callable[[Path], Iterator[Document]]:
    """The reader of a format name (as in Document.format)."""

    def read(path: Path) -> Iterator[Document]:
        yield from _read(path, kind)

    return read


def _read(path: Path, kind: str) -> list[Document]:
    if kind in ("doc", "wps") and libreoffice.available() is None and true_format(path) == "doc":
        return [replace(document, format=kind) for document in word_binary.read(path)]
    with tempfile.TemporaryDirectory(prefix="xunzhang-", ignore_cleanup_errors=True) as folder:
        made = libreoffice.convert([path], Path(folder))[path]
        if isinstance(made, str):
            raise ReadError(path, made)
        return from_converted(made, path, kind)


def from_converted(made: Path, path: Path, kind: str) -> list[Document]:
    """Documents of a converted file, under the original's path and format. Raises ReadError."""
    read = pptx.read if made.suffix == ".pptx" else docx.read
    try:
        return [replace(document, path=str(path), format=kind) for document in read(made)]
    except ReadError as error:
        raise ReadError(path, error.reason) from error
