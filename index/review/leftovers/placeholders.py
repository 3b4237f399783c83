"""Placeholders left open: XX, *次, A新时代."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.findings import Leftover
from index.review.leftovers.desk import Desk
from index.review.names import PLACEHOLDER, SURNAMES, before, is_behind_a_post

MANY = 3
"""More open placeholders than this are told as one finding: the text is a template throughout."""

_NUMBER_MASKED = re.compile(r"\d{2,}[*＊xX×]+\d*|(?<![*＊xX×])[*＊xX×]++\d{2,}")
_STARS_STAND = re.compile(
    "[次个名人场项期件篇条家户余万亿%％届批辆台套份册间处支所座元年月日号只类门节课省市县区镇乡村局院校部同]|街道|公司|单位|党|等"
)
"""Behind *: bold type and notes have it too (**小标题**, *注)."""
_N_PLUS_X = re.compile("[+＋]\\s*[NX]|N个")
"""1＋N＋X, N个…和X个: letters that mean any number."""


def placeholders(desk: Desk) -> Iterator[Leftover]:
    found = []
    for index, text in enumerate(desk.texts):
        masked = [match.span() for match in _NUMBER_MASKED.finditer(text)]
        for match in PLACEHOLDER.finditer(text):
            start, end = match.span()
            if any(one <= start and end <= other for one, other in masked):
                continue
            if match.group().strip("*＊") == "" and not _STARS_STAND.match(text, end):
                continue
            if _told_so(text, start, end):
                continue
            if match.group() in ("X", "Ｘ") and _N_PLUS_X.search(text):
                continue
            if match.group()[0] in "_＿" and re.search(r"[：:]\s*$", before(text, start)):
                continue  # a line to sign on
            found.append((index, (start, end)))
    if len(found) <= MANY:
        for index, span in found:
            shown = desk.texts[index][slice(*span)]
            yield desk.leftover("placeholder", index, span, f"占位符“{shown}”没有填写。")
        return
    paragraphs = sorted({desk.draft.paragraphs[index].number for index, _ in found})
    where = "、".join(map(str, paragraphs[:8])) + ("等" if len(paragraphs) > 8 else "")
    index, span = found[0]
    yield desk.leftover(
        "placeholder",
        index,
        span,
        f"全文有{len(found)}处占位符没有填写（第{where}段），像是范文或隐去名称的稿子，请逐处核对。",
    )


def _told_so(text: str, start: int, end: int) -> bool:
    """Whether a name is hidden on purpose: 李某某, 教师罗XX, A县、B县."""
    if start and text[start] == "某" and text[start - 1] in SURNAMES:
        return True
    if start and text[start - 1] in SURNAMES and is_behind_a_post(text, start - 1):
        return True
    if text[start] in "AB" and end - start == 1:
        other = "B" if text[start] == "A" else "A"
        return re.search(rf"{other}{re.escape(text[end])}", text) is not None
    return False
