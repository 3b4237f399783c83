"""PDF with a text layer: pages to lines (`pdf_lines`), lines to paragraphs (`paragraphs`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from index.datatypes import Document
from index.errors import ReadError
from index.reading.content import GREATEST_FILE
from index.reading.options import current
from index.reading.pages.paragraphs import to_blocks
from index.reading.pages.pdf_lines import page_lines
from index.reading.pages.placed import PageLine
from index.reading.pages.recognition import (
    DOTS_PER_INCH,
    MISSING,
    RecognitionMissing,
    recognised_lines,
)

_PDFIUM = threading.Lock()
"""pdfium must not be used by two threads at once, and a page server has many."""

_GREATEST_PAGES = 5000
_GREATEST_SIDE = 4000
"""Pixels of the longer side of a page that is recognised."""
RECOGNISE_FOR = 45.0
"""Seconds for the scanned pages of one file: a file that takes 60 is given up, with all its text.

A page takes one to three on two cores, so the last one that is begun ends in time.
"""
_SCANNED = (
    "是扫描图，没有文字，目前还不能识别；请先用文字识别（OCR）软件转成 .docx 或带文字的 PDF。"
)
_NO_TEXT = "没有文字：是空白页，或文字画成了图形；请用原来的软件重新导出带文字的 PDF。"


def read(path: Path) -> Iterator[Document]:
    """One document; ReadError where the file is damaged, locked, or no page has text."""
    if path.stat().st_size > GREATEST_FILE:
        raise ReadError(path, f"文件超过 {GREATEST_FILE >> 20} MB，请拆成几个文件后再添加。")
    with _PDFIUM:
        pages, without, recognised, late = _pages(path)
    if len(without) == len(pages):
        what = _SCANNED if any(without.values()) else _NO_TEXT
        raise ReadError(path, f"这个 PDF 共 {len(pages)} 页，都{what}")
    blocks = tuple(
        replace(block, recognised=block.page in recognised) for block in to_blocks(pages)
    )
    notes = missing_text({number: image for number, image in without.items() if number not in late})
    if late:
        notes = (
            f"扫描页太多，第{ranges(late)}页来不及识别，没有读入；请把它拆成几个文件后再添加。",
            *notes,
        )
    if recognised:
        notes = (f"第{ranges(recognised)}页是扫描图，文字由识别得到，可能有错字。", *notes)
    yield Document(path=str(path), format="pdf", blocks=blocks, notes=notes)


def _pages(path: Path) -> tuple[list[list[PageLine]], dict[int, bool], list[int], list[int]]:
    """The lines of every page; of pages without text, whether they show a picture; the numbers
    of the pages that were recognised, and of those for which no time was left.

    Raises ReadError.
    """
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
        if len(pdf) == 0:
            raise ReadError(path, "这个 PDF 没有一页内容；请重新导出或下载。")
        pages = []
        without: dict[int, bool] = {}
        recognised: list[int] = []
        late: list[int] = []
        begun = time.monotonic()
        for i in range(len(pdf)):
            try:
                page = pdf[i]
            except pypdfium2.PdfiumError as error:
                raise ReadError(path, f"PDF 第 {i + 1} 页已损坏，无法读取；请重新下载。") from error
            try:
                lines = page_lines(page, i + 1)
            except OverflowError as error:
                raise ReadError(
                    path, f"PDF 第{i + 1}页的字多得不正常，可能是恶意文件，没有读取。"
                ) from error
            if not any(not line.overlay for line in lines):
                image = _has_image(page)
                read_lines = []
                if image and current().recognise:
                    if time.monotonic() - begun < RECOGNISE_FOR:
                        read_lines = _recognise(path, page, i + 1)
                    else:
                        late.append(i + 1)
                if read_lines:
                    recognised.append(i + 1)
                    lines += read_lines
                else:
                    without[i + 1] = image
            pages.append(lines)
            page.close()
        return pages, without, recognised, late


def _recognise(path: Path, page: Any, number: int) -> list[PageLine]:
    """Lines of a scanned page. Raises ReadError where recognition is not installed."""
    # a page of the size of a wall would take gigabytes as a picture
    scale = min(DOTS_PER_INCH / 72, _GREATEST_SIDE / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, rev_byteorder=False)
    try:
        return recognised_lines(bitmap.to_numpy()[:, :, :3].copy(), number, 1 / scale)
    except RecognitionMissing as error:
        raise ReadError(path, MISSING) from error
    finally:
        bitmap.close()


def _has_image(page: Any) -> bool:
    """Whether a page without text shows a picture: then it is a scan."""
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(images), None) is not None


def missing_text(without: Mapping[int, bool]) -> tuple[str, ...]:
    """What to say of pages without text: number -> whether it shows a picture."""
    scans = [number for number, image in without.items() if image]
    others = [number for number, image in without.items() if not image]
    notes = []
    if scans:
        notes.append(f"第{ranges(scans)}页是扫描图，没有文字，没有读入。")
    if others:
        notes.append(f"第{ranges(others)}页没有文字（空白页，或文字画成了图形），没有读入。")
    return tuple(notes)


def ranges(numbers: Sequence[int]) -> str:
    """Numbers in a few characters.

    >>> ranges([1, 2, 3, 7])
    '1–3、7'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
