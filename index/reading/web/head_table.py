"""The table above the text on a government's page (索引号, 发文机关, 成文日期 …) -> metadata.

Only what the table states: it is filled in by the office that published the page. The lines of the
table themselves stay where they are; cleaning takes them away and records them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from index.datatypes import Metadata
from index.reading.tables import CELL_SEPARATOR
from index.reading.web.html_lines import Line

_LABELS = (
    "索引号|信息索引|主题分类|主题词|发文机关|发文单位|发布机构|制发单位|成文日期|发文日期|生成日期"
    "|公开日期|标题|名称|发文字号|文号|发布日期|有效性|公文种类|文种|体裁分类|体裁"
)
_LABEL = re.compile(rf"({_LABELS})\s*[：:]?")
_PAIR = re.compile(rf"({_LABELS})\s*[：:]\s*(.*)", re.S)
_YEAR = re.compile(r"(?:19|20)\d\d(?=\s*[年\-./])")
_WITHIN = 40
"""Lines from the beginning of the page's text among which the table stands, menus included."""
_LEAST = 3
"""Labels from which it is such a table, and not a sentence that begins with 标题."""

_TITLE = ("标题", "名称")
_UNIT = ("发文机关", "发文单位", "制发单位", "发布机构")
_DATE = ("成文日期", "发文日期", "生成日期", "发布日期", "公开日期")
_KIND = ("公文种类", "文种", "体裁分类", "体裁")


def head_table(lines: Sequence[Line]) -> Metadata:
    """Title, unit, year and kind as the head table states them; empty where there is none."""
    found: dict[str, str] = {}
    start = next((i for i, line in enumerate(lines) if _pairs_begin(line)), len(lines))
    for label, value in _pairs(lines[start : start + _WITHIN]):
        found.setdefault(label, value)
    if len(found) < _LEAST:
        return Metadata()
    year = _YEAR.search(_first(found, _DATE))
    return Metadata(
        title=_first(found, _TITLE),
        unit=_first(found, _UNIT) or None,
        year=int(year[0]) if year else None,
        kind=_first(found, _KIND) or None,
    )


def _first(found: dict[str, str], labels: Iterable[str]) -> str:
    return next((found[label] for label in labels if found.get(label)), "")


def _pairs_begin(line: Line) -> bool:
    return bool(_LABEL.match(_bare(line.text.split(CELL_SEPARATOR)[0])))


def _pairs(lines: Sequence[Line]) -> Iterable[tuple[str, str]]:
    """(label, value) of lines and cells: 标题：｜关于…, 标题：关于…, or one line each."""
    cells = [cell for line in lines for cell in line.text.split(CELL_SEPARATOR)]
    waiting = ""
    for cell in cells:
        text = " ".join(cell.split())
        label = _LABEL.fullmatch(_bare(text))
        if label:
            waiting = label[1]
            continue
        head, mark, rest = text.replace(":", "：", 1).partition("：")
        pair = _PAIR.fullmatch(f"{_bare(head)}：{rest}") if mark else None
        if pair:
            yield pair[1], pair[2].strip()
        elif waiting and text:
            yield waiting, text
        waiting = ""


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
