"""A picture of a page (png, jpg, tif, …) -> its text, by recognition: a scan by itself."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from index.datatypes import Document
from index.errors import ReadError
from index.reading.content import GREATEST_FILE
from index.reading.pages.paragraphs import to_blocks
from index.reading.pages.recognition import (
    DOTS_PER_INCH,
    GREATEST_PAGES,
    GREATEST_SIDE,
    RecognitionMissing,
    missing,
    recognised_lines,
)

RECOGNISED = "是扫描图，文字由识别得到，可能有错字。"
_GREATEST_PIXELS = 89_000_000
"""A sheet of A3 at 600 dots an inch has 70 million."""
_LONGER_SIDE = DOTS_PER_INCH * 297 / 25.4
"""Pixels of a page of A4, to which pictures are made smaller that do not say how large they are."""
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, struct.error)
"""What Pillow raises for damaged pictures, the last three for the tags of a TIFF."""
_DAMAGED = "图片已损坏，无法读取；请重新复制或下载，或用看图软件另存。"
_TOO_LARGE = "图片的像素太多，没有读取；请缩小后再添加（A4 页面每英寸 300 点就够了）。"
_NO_TEXT = "图片里没有认出文字；如果是文稿，请检查扫描是否清楚、方向是否正确。"


def read(path: Path) -> Iterator[Document]:
    """One document; the pages of a .tif are its pages.

    Raises ReadError where the picture is damaged or too large, nothing is recognised in it, or
    the extra `ocr` is not installed.
    """
    if path.stat().st_size > GREATEST_FILE:
        raise ReadError(path, f"文件超过 {GREATEST_FILE >> 20} MB，请拆成几个文件后再添加。")
    try:
        pages = [
            recognised_lines(pixels, number, 72 / DOTS_PER_INCH)
            for number, pixels in enumerate(_frames(path), 1)
        ]
    except RecognitionMissing as error:
        raise ReadError(path, f"这是图片。{missing()}") from error
    blocks = tuple(replace(block, recognised=True) for block in to_blocks(pages))
    if not blocks:
        raise ReadError(path, _NO_TEXT)
    yield Document(path=str(path), format="image", blocks=blocks, notes=(f"这{RECOGNISED}",))


def _frames(path: Path) -> Iterator[Any]:
    """uint8 (height, width, 3), blue first, of each page. Raises ReadError."""
    # late: only who recognises has to have them
    import numpy as np
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.simplefilter("ignore", UserWarning)  # of tags that nobody needs
        try:
            with Image.open(path, formats=_FORMATS) as image:
                count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
                if count > GREATEST_PAGES:
                    raise ReadError(path, f"图片超过 {GREATEST_PAGES} 页，请拆成几个文件后再添加。")
                for number in range(count):
                    image.seek(number)
                    if image.width * image.height > _GREATEST_PIXELS:
                        raise ReadError(path, _TOO_LARGE)
                    page = _fitted(ImageOps.exif_transpose(image))
                    yield np.ascontiguousarray(np.asarray(page)[:, :, ::-1])
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise ReadError(path, _TOO_LARGE) from error
        except _BROKEN as error:
            raise ReadError(path, _DAMAGED) from error


def _fitted(page: Any) -> Any:
    """The page in red, green and blue on white, no larger than recognition wants it."""
    from PIL import Image

    stated = float(page.info.get("dpi", (0, 0))[0] or 0)
    longer = max(page.size)
    # 72 and 96 are what programs write that do not know
    scale = DOTS_PER_INCH / stated if stated > 100 else _LONGER_SIDE / longer
    scale = min(scale, GREATEST_SIDE / longer, 1.0)
    if page.mode in ("P", "PA", "LA", "RGBa", "La"):
        page = page.convert("RGBA")
    if page.mode == "RGBA":
        white = Image.new("RGBA", page.size, "white")
        page = Image.alpha_composite(white, page)
    elif page.mode == "1":
        page = page.convert("L")  # made smaller, black and white become shades of grey
    if scale < 1.0:
        size = (max(round(page.width * scale), 1), max(round(page.height * scale), 1))
        page = page.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return page.convert("RGB")
