"""PDF with a text layer: pages to lines (`pdf_lines`), lines to paragraphs (`pdf_paragraphs`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from index.datatypes import Document
from index.errors import ReadError
from index.reading.content import GREATEST_FILE
from index.reading.pages.paragraphs import to_blocks
from index.reading.pages.pdf_lines import PageLine, page_lines

_PDFIUM = threading.Lock()
"""pdfium must not be used by two threads at once, and a page server has many."""

_GREATEST_PAGES = 5000
_SCANNED = (
    "是扫描图，没有文字，目前还不能识别；请先用文字识别（OCR）软件转成 .docx 或带文字的 PDF。"
)


def read(path: Path) -> Iterator[Document]:
    """One document; ReadError where the file is damaged, locked, or no page has text."""
    if path.stat().st_size > GREATEST_FILE:
        raise ReadError(path, f"文件超过 {GREATEST_FILE >> 20} MB，请拆成几个文件后再添加。")
    with _PDFIUM:
        pages = _pages(path)
    if not any(pages):
        raise ReadError(path, f"这个 PDF 共 {len(pages)} 页，都{_SCANNED}")
    empty = [number for number, page in enumerate(pages, 1) if not page]
    notes = (f"第 {_ranges(empty)} 页没有文字（空白页或扫描图），没有读入。",) if empty else ()
    blocks = tuple(to_blocks(pages))
    yield Document(path=str(path), format="pdf", blocks=blocks, notes=notes)


def _pages(path: Path) -> list[list[PageLine]]:
    """The lines of every page. Raises ReadError."""
    try:
        # bytes, not the path: pdfium opens paths with Chinese in them on some systems only
        pdf = pypdfium2.PdfDocument(path.read_bytes())
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError(path, "PDF 有打开密码，无法读取；请去掉密码后另存，再添加。") from error
        raise ReadError(path, "PDF 已损坏，无法读取；请重新复制或下载，或用阅读器另存。") from error
    with pdf:
        if len(pdf) > _GREATEST_PAGES:
            raise ReadError(path, f"PDF 超过 {_GREATEST_PAGES} 页，请拆成几个文件后再添加。")
        pages = []
        for i in range(len(pdf)):
            try:
                page = pdf[i]
            except pypdfium2.PdfiumError as error:
                raise ReadError(path, f"PDF 第 {i + 1} 页已损坏，无法读取；请重新下载。") from error
            pages.append(page_lines(page, i + 1))
            page.close()
        return pages


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in a few characters.

    >>> _ranges([1, 2, 3, 7])
    '1—3、7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
