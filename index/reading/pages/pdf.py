"""PDF: pages to lines (`pdf_lines`, scans by `recognition`), lines to paragraphs (`paragraphs`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from index.reading.pages.picture import RECOGNISED
from index.reading.pages.placed import PageLine
from index.reading.pages.recognition import (
    DOTS_PER_INCH,
    GREATEST_PAGES,
    GREATEST_SIDE,
    RecognitionMissing,
    missing,
    recognised_lines,
)
from index.reading.unreadable import SCANS_LEFT

_PDFIUM = threading.Lock()
"""pdfium must not be used by two threads at once, and a page server has many."""

_GREATEST_PAGES = 5000
_SCAN_SHARE = 0.7
_SCAN_CHARACTERS = 40
"""A picture over this share of a page is a scan, although programs for scanning put so few
characters of their own below or above it (扫描全能王 创建, the number of the page)."""
_SCAN_BAND = 0.1
"""Share of the page's height, above and below, in which these stand."""
_SCANNED = (
    "是扫描图，没有文字。请先用扫描软件或 WPS 的“文字识别”转成 Word 文档，再放进来；也可以请管理员"
    "打开本软件的文字识别（在 xunzhang.toml 里写上 recognise = true）。"
)
_NO_TEXT = "没有文字：是空白页，或文字画成了图形；请用原来的软件重新导出带文字的 PDF。"
_NOT_RECOGNISED = "是扫描图，没有认出文字；请检查扫描是否清楚、方向是否正确。"


@dataclass(slots=True)
class _Pages:
    """What the pages of a file gave; pages by their numbers, from 1."""

    lines: list[list[PageLine]] = field(default_factory=list)
    without: dict[int, bool] = field(default_factory=dict)
    """A page without text -> whether it is a scan."""
    recognised: list[int] = field(default_factory=list)
    unclear: list[int] = field(default_factory=list)
    """Scans in which nothing was recognised."""
    too_many: list[int] = field(default_factory=list)
    """Scans beyond the number that one file may have recognised."""
    missing: bool = False
    """Whether recognition was wanted and is not installed."""


def read(path: Path) -> Iterator[Document]:
    """One document; ReadError where the file is damaged, locked, or no page has text."""
    if path.stat().st_size > GREATEST_FILE:
        raise ReadError(path, f"文件超过 {GREATEST_FILE >> 20} MB，请拆成几个文件后再添加。")
    with _PDFIUM:
        pages = _pages(path)
    if len(pages.without) + len(pages.unclear) == len(pages.lines):
        raise ReadError(path, f"这个 PDF 共 {len(pages.lines)} 页，都{_why_nothing(pages)}")
    recognised = frozenset(pages.recognised)
    blocks = tuple(
        replace(block, recognised=block.page in recognised) for block in to_blocks(pages.lines)
    )
    yield Document(path=str(path), format="pdf", blocks=blocks, notes=_notes(pages))


def _why_nothing(pages: _Pages) -> str:
    if pages.unclear:
        return _NOT_RECOGNISED
    if not any(pages.without.values()):
        return _NO_TEXT
    return f"是扫描图，没有文字。{missing()}" if pages.missing else _SCANNED


def _notes(pages: _Pages) -> tuple[str, ...]:
    notes = []
    if pages.recognised:
        notes.append(f"第{ranges(pages.recognised)}页{RECOGNISED}")
    if pages.too_many:
        notes.append(
            f"一个文件最多识别 {GREATEST_PAGES} 页，第{ranges(pages.too_many)}页没有读入；"
            "请把它拆成几个文件后再添加。"
        )
    if pages.unclear:
        notes.append(f"第{ranges(pages.unclear)}页{_NOT_RECOGNISED}")
    notes += missing_text({n: scan for n, scan in pages.without.items() if n not in pages.too_many})
    if pages.missing:
        notes.append(missing())
    return tuple(notes)


def _pages(path: Path) -> _Pages:
    """Raises ReadError."""
    try:
        # bytes, not the path: pdfium opens paths with Chinese in them on some systems only
        pdf = pypdfium2.PdfDocument(path.read_bytes())
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError(path, "PDF 有打开密码，无法读取；请去掉密码后另存，再添加。") from error
        raise ReadError(path, "PDF 已损坏，无法读取；请重新复制或下载，或用阅读器另存。") from error
    found = _Pages()
    with pdf:
        if len(pdf) > _GREATEST_PAGES:
            raise ReadError(path, f"PDF 超过 {_GREATEST_PAGES} 页，请拆成几个文件后再添加。")
        if len(pdf) == 0:
            raise ReadError(path, "这个 PDF 没有一页内容；请重新导出或下载。")
        for number in range(1, len(pdf) + 1):
            try:
                page = pdf[number - 1]
            except pypdfium2.PdfiumError as error:
                raise ReadError(
                    path, f"PDF 第 {number} 页已损坏，无法读取；请重新下载。"
                ) from error
            try:
                lines = page_lines(page, number)
            except OverflowError as error:
                raise ReadError(
                    path, f"PDF 第{number}页的字多得不正常，可能是恶意文件，没有读取。"
                ) from error
            text = [line for line in lines if not line.overlay]
            if not text:
                lines = lines + _lines_of_scan(page, number, _has_image(page), found)
            elif _is_scan(page, text):
                lines = _lines_of_scan(page, number, True, found) or lines
            found.lines.append(lines)
            page.close()
    return found


def _lines_of_scan(page: Any, number: int, image: bool, found: _Pages) -> list[PageLine]:
    """Lines of a page without text where they can be recognised; notes in `found` what came."""
    lines: list[PageLine] = []
    if image and current().recognise and not found.missing:
        if len(found.recognised) + len(found.unclear) >= GREATEST_PAGES:
            found.too_many.append(number)
        else:
            try:
                lines = _recognise(page, number)
            except RecognitionMissing:
                found.missing = True
            else:
                (found.recognised if lines else found.unclear).append(number)
                return lines
    found.without[number] = image
    return lines


def _recognise(page: Any, number: int) -> list[PageLine]:
    """Lines of a scanned page. Raises RecognitionMissing."""
    # a page of the size of a wall would take gigabytes as a picture
    scale = min(DOTS_PER_INCH / 72, GREATEST_SIDE / max(*page.get_size(), 1))
    bitmap = page.render(scale=scale, rev_byteorder=False)
    try:
        return recognised_lines(bitmap.to_numpy()[:, :, :3].copy(), number, 1 / scale)
    finally:
        bitmap.close()


def _has_image(page: Any) -> bool:
    """Whether a page without text shows a picture: then it is a scan."""
    images = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(images), None) is not None


def _is_scan(page: Any, lines: Sequence[PageLine]) -> bool:
    """Whether a page with text is a picture with a few characters above or below it."""
    if sum(len(line.text) for line in lines) > _SCAN_CHARACTERS or any(
        _SCAN_BAND < line.middle / line.page_height < 1 - _SCAN_BAND for line in lines
    ):
        return False
    width, height = page.get_size()
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=1):
        try:
            left, bottom, right, top = image.get_bounds()
        except pypdfium2.PdfiumError:  # it has no place that could be told
            continue
        if (right - left) * (top - bottom) > _SCAN_SHARE * width * height:
            return True
    return False


def missing_text(without: Mapping[int, bool]) -> tuple[str, ...]:
    """What to say of pages without text: number -> whether it shows a picture."""
    scans = [number for number, image in without.items() if image]
    others = [number for number, image in without.items() if not image]
    notes = []
    if scans:
        notes.append(f"第{ranges(scans)}页{SCANS_LEFT}")
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
