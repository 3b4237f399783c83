"""PDF with a text layer: pages to lines, lines to paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.lines import split_lines
from index.text import unify_radicals


def read(path: Path) -> Iterator[Document]:
    """One document, a block for each line of the page."""
    try:
        pdf = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise ReadError(path, "PDF 已损坏或有打开密码，无法读取。") from error
    blocks = []
    with pdf:
        for number in range(len(pdf)):
            text = pdf[number].get_textpage().get_text_range()
            blocks += [
                Block(unify_radicals(line), page=number + 1)
                for line in split_lines(text)
                if line.strip()
            ]
    if not blocks:
        raise ReadError(path, "这个 PDF 是扫描图，没有文字。")
    yield Document(path=str(path), format="pdf", blocks=tuple(blocks))
