"""Pictures of pages -> lines with their places, by rapidocr on OpenVINO (extra `ocr`).

Its models (PP-OCRv6, Apache-2.0) come inside its package: nothing is downloaded.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

from index.reading.pages.placed import PageLine
from index.text import unify_radicals

DOTS_PER_INCH = 200
"""Of rendered pages; small print of 9 points is then 25 pixels high, enough to be told apart."""
MISSING = "需要识别扫描页，但没有安装识别组件；请运行 pip install 'xunzhang[ocr]' 后再添加。"
_SAME_LINE = 0.5

_ENGINE: list[Any] = []
_USING = threading.Lock()


class RecognitionMissing(Exception):
    """The extra is not installed."""


def recognised_lines(image: Any, number: int, points_per_pixel: float) -> list[PageLine]:
    """Lines of a picture in reading order, from top to bottom and from left to right.

    image: uint8 (height, width, 3), blue first. Places are in points, y growing upwards.
    Raises RecognitionMissing.
    """
    with _USING:
        found = _engine()(image)
    if found.txts is None or found.boxes is None:
        return []
    height = image.shape[0] * points_per_pixel
    lines = []
    for text, corners in zip(found.txts, found.boxes, strict=True):
        text = unify_radicals(text).strip()
        if not text:
            continue
        xs = [float(x) * points_per_pixel for x, _ in corners]
        ys = [height - float(y) * points_per_pixel for _, y in corners]
        ems = sum(0.5 if character.isascii() else 1.0 for character in text)
        em = max((max(xs) - min(xs)) / max(ems, 1.0), 1.0)
        lines.append(
            PageLine(text, number, min(xs), min(ys), max(xs), max(ys), em, page_height=height)
        )
    return _in_order(lines)


def _in_order(lines: list[PageLine]) -> list[PageLine]:
    """From top to bottom; what overlaps in height stands in one line, from left to right."""
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: -line.middle):
        if rows and rows[-1][0].middle - line.middle < _SAME_LINE * min(
            line.top - line.bottom, rows[-1][0].top - rows[-1][0].bottom
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.left)]


def _engine() -> Any:
    if not _ENGINE:
        try:
            # openvino would report its import to a statistics server; see embedding/runtime.py
            if "openvino" not in sys.modules and "openvino_telemetry" not in sys.modules:
                sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
            from rapidocr import EngineType, RapidOCR
        except ImportError as error:
            raise RecognitionMissing from error
        engines = {f"{step}.engine_type": EngineType.OPENVINO for step in ("Det", "Cls", "Rec")}
        _ENGINE.append(RapidOCR(params={**engines, "Global.log_level": "error"}))
    return _ENGINE[0]
