"""Plain text: every line that is not empty is one block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.datatypes import Block, Document
from index.reading.content import load, text_of
from index.reading.lines import split_lines
from index.reading.wrapped import unwrap


def read(path: Path) -> Iterator[Document]:
    """One document. Raises ReadError where the bytes are no text."""
    text, notes = text_of(path, load(path))
    lines = unwrap(split_lines(text))
    blocks = tuple(Block(line) for line in lines if line.strip())
    yield Document(path=str(path), format="txt", blocks=blocks, notes=notes)
