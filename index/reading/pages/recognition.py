"""Pictures of pages -> lines with their places, by rapidocr on OpenVINO (extra `ocr`).

Its models (PP-OCRv6, Apache-2.0) come inside its package: nothing is downloaded. The settings
below are those that docs/formats.md measures.
"""

from __future__ import annotations

import math
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from index.reading.options import goes_on
from index.reading.pages.placed import Box, PageLine, Piece, to_lines

DOTS_PER_INCH = 200
"""Of rendered pages; small print of 9 points is then 25 pixels high, enough to be told apart."""
GREATEST_SIDE = 4000
"""Pixels of the longer side of a picture that is recognised; larger ones are made smaller."""
GREATEST_PAGES = 1000
"""Recognised in one file: at two to three seconds each, the better part of an hour."""

SETTINGS: dict[str, object] = {
    "Global.log_level": "error",
    # the classifier that turns lines which stand on their heads
    "Global.use_cls": False,
    "Global.max_side_len": GREATEST_SIDE,
    # lines are looked for in a smaller picture; their characters are read in the full one
    "Det.limit_type": "max",
    "Det.limit_side_len": 1280,
    "Rec.rec_batch_num": 1,
    "EngineConfig.openvino.inference_num_threads": 2,
    "EngineConfig.openvino.num_streams": 1,
}
"""Of rapidocr: what scripts/recognition.py found to need the least memory without more errors."""

WIDTH_STEP = 320
"""Pixels to whose multiples the picture of a line (48 high) is filled up. OpenVINO keeps what it
worked out for each width that it meets: without steps 40 MB more a page, for ever."""

_UNSURE = 0.8
"""Recognition is surer than this (0 to 1) of lines that stand upright: 0.99 of most, and 0.64 of
lines on their heads."""
_SURELY_HIGH = 1.5
_FEW_LINES = 4
"""From so few lines nobody tells how a page lies."""
_SAME_LINE = 0.5
_LONG_ENOUGH = 5.0
"""Times as wide as high: from here a line says how the page lies."""
_SAME_SIZE = 0.2
"""Lines whose characters differ from the page's usual ones by less are set in the same size: how
wide a character of a line is, recognition tells with such an error."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_HALF_WIDTH = re.compile(
    r"(?<=[\u3400-\u9fff”’》）」』])[,:;?!]|[,:;?!](?=[\u3400-\u9fff“‘《（「『])|[()]"
)
_FULL_WIDTH = str.maketrans(",:;?!()", "，：；？！（）")

_ENGINE: list[Any] = []
_USING = threading.Lock()


class RecognitionMissing(Exception):
    """The extra is not installed."""


def missing() -> str:
    """What to do where the extra is not installed, as a sentence for the user.

    In a clone the command names its own environment, else the interpreter that runs here.
    """
    clone = Path(__file__).resolve().parents[3]
    python = Path(sys.executable)
    if (clone / "constraints.txt").is_file():
        if python.is_relative_to(clone):
            python = python.relative_to(clone)
        where = f"在文件夹 {clone} 里"
        what = '-c constraints.txt -e ".[ocr]"'
    else:
        where, what = "", '"xunzhang[ocr]"'
    name = f'"{python}"' if " " in str(python) else str(python)
    return f"识别文字的组件没有安装：请{where}运行 {name} -m pip install {what}，然后重新添加。"


def recognised_lines(image: Any, number: int, points_per_pixel: float) -> list[PageLine]:
    """Lines of a picture in reading order, as of a page of placed text.

    image: uint8 (height, width, 3), blue first. Places are in points, y growing upwards.
    Says that reading goes on. Raises RecognitionMissing.
    """
    goes_on()
    with _USING:
        image, found = _upright(_engine(), image)
    goes_on()
    if found.txts is None or found.boxes is None:
        return []
    height = image.shape[0] * points_per_pixel
    places = _levelled([[(float(x), float(y)) for x, y in corners] for corners in found.boxes])
    lines = []
    for text, corners in zip(found.txts, places, strict=True):
        text = _full_width(text.strip())
        if not text:
            continue
        xs = [x * points_per_pixel for x, _ in corners]
        ys = [height - y * points_per_pixel for _, y in corners]
        lines.append((text, (min(xs), min(ys), max(xs), max(ys))))
    return to_lines(_pieces(_in_order(lines)), number, height)


def _upright(engine: Any, image: Any) -> tuple[Any, Any]:
    """The picture turned so that its lines can be read, and what was recognised then.

    Of a page on its side most lines are higher than wide; of one on its head, recognition is
    hardly sure of any. Only such pages are read more than once.
    """
    import numpy as np

    found = engine(image)
    if not found.txts or len(found.txts) < _FEW_LINES:
        return image, found
    if _lying(found) > 0.5:
        turns: tuple[int, ...] = (1, 3)
    elif median(found.scores) < _UNSURE:
        turns = (2,)
    else:
        return image, found
    read = [(image, found)]
    for turn in turns:
        goes_on()
        turned = np.ascontiguousarray(np.rot90(image, turn))
        read.append((turned, engine(turned)))
    return max(
        (pair for pair in read if pair[1].txts),
        # a page on its side may be read as surely, but in no order
        key=lambda pair: (round(median(pair[1].scores), 1), -_lying(pair[1])),
    )


def _lying(found: Any) -> float:
    """Share of the lines that are higher than wide."""
    high = [
        math.dist(corners[0], corners[3]) > _SURELY_HIGH * math.dist(corners[0], corners[1])
        for corners in found.boxes
    ]
    return sum(high) / len(high)


_Corners = list[tuple[float, float]]


def _levelled(boxes: Sequence[_Corners]) -> Sequence[_Corners]:
    """The corners as they would stand had the page not been laid in askew.

    A degree shifts the margin by more than a character from the head of a page to its foot, and a
    margin that wanders hides what is indented.
    """
    angles = []
    for (x0, y0), (x1, y1), _, (x3, y3) in boxes:
        width, height = math.hypot(x1 - x0, y1 - y0), math.hypot(x3 - x0, y3 - y0)
        if width > _LONG_ENOUGH * height:
            angles.append(math.atan2(y1 - y0, x1 - x0))
    if not angles:
        return boxes
    sine, cosine = math.sin(-median(angles)), math.cos(-median(angles))
    return [[(x * cosine - y * sine, x * sine + y * cosine) for x, y in box] for box in boxes]


def _in_order(lines: Sequence[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """From top to bottom; what overlaps in height stands in one line, from left to right."""
    rows: list[list[tuple[str, Box]]] = []
    for line in sorted(lines, key=lambda line: -(line[1][1] + line[1][3])):
        if rows and _beside(rows[-1][0][1], line[1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line[1][0])]


def _beside(first: Box, second: Box) -> bool:
    lower = min(first[3] - first[1], second[3] - second[1])
    return abs(first[1] + first[3] - second[1] - second[3]) / 2 < _SAME_LINE * lower


def _pieces(lines: Sequence[tuple[str, Box]]) -> Iterator[Piece]:
    """Characters spread evenly over their lines; lines of nearly one size have the same."""
    sizes = [(box[2] - box[0]) / max(_ems(text), 1.0) for text, box in lines]
    usual = (
        median(size for size, (text, _) in zip(sizes, lines, strict=True) for _ in range(len(text)))
        if lines
        else 0.0
    )
    for size, (text, (left, bottom, right, top)) in zip(sizes, lines, strict=True):
        em = usual if abs(size - usual) < _SAME_SIZE * usual else size
        step = (right - left) / max(_ems(text), 1.0)
        characters: list[tuple[str, Box]] = []
        for character in text:
            width = _ems(character)
            characters.append((character, (left, bottom, left + em * width, top)))
            left += step * width
        yield Piece(characters)


def _ems(text: str) -> float:
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _full_width(text: str) -> str:
    """Marks of a Chinese line as Chinese sets them: recognition often gives the narrow ones.

    >>> _full_width("(2)一是学习,二是调研(含走访):共3,000人")
    '（2）一是学习，二是调研（含走访）：共3,000人'
    """
    if not _CHINESE.search(text):
        return text
    return _HALF_WIDTH.sub(lambda match: match[0].translate(_FULL_WIDTH), text)


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
        engine = RapidOCR(params={**engines, **SETTINGS})
        reader = engine._load_rec_model()  # else it is made when the first page is read
        filled_up, height = reader.resize_norm_img, reader.rec_image_shape[1]

        def in_steps(line: Any, widest: float) -> Any:
            """`widest`: the width of the line's picture for each pixel of height."""
            return filled_up(line, math.ceil(widest * height / WIDTH_STEP) * WIDTH_STEP / height)

        reader.resize_norm_img = in_steps
        _ENGINE.append(engine)
    return _ENGINE[0]
