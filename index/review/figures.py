"""Figures that stand unchanged in an earlier report of the same unit, in the same words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.datatypes import Span
from index.findings import Draft, SameFigure, SharedSpan, SourceDocument
from index.review.counterparts import counterpart
from index.review.names import before

NEIGHBOURS = 6
"""Characters on both sides together that must be the same in both texts, figures aside."""

_HAN_NUMBER = "[一二三四五六七八九十百千万亿两零〇]"
_COUNTED = (
    "(?:余|多)?(?:万|亿|千|百)?(?:人次|家次|场次|批次|台套|台次|篇次|公里|平方米|平方公里|公顷|千克|公斤|万元|亿元|个百分点|[次个名人场项期件篇条家户村"
    "届批辆台套份册间处支所座栋亩吨米元天起宗例封张本部集门节课对组轮头只棵株盏口眼艘班趟遍站点类种师]|小时|分钟|%|％|分)"
)
_FIGURE = re.compile(
    rf"\d+(?:[,，]\d{{3}})*(?:\.\d+)?(?={_COUNTED})|\d+(?:[,，]\d{{3}})+(?:\.\d+)?|{_HAN_NUMBER}{{2,}}(?={_COUNTED})"
)
_SET_NAME = re.compile(
    "三会一课|两个确立|两个维护|四个意识|四个自信|一岗双责|八项规定|三重一大|两学一做|五位一体|四个全面|一国两制|三严三实|四风|五个一"
    "|三个代表|一把手|第一议题|第一书记|三公经费|百年|双减|一网通办|最多跑一次|不忘初心|十四五|十三五|二十大|十九大|十八大|中全会"
)
_NO_COUNT_BEHIND = re.compile(
    r"\s*(?:年|月|日|号|时|点钟|大(?!棚|型|员)|届|中全会|周年|个代表|个确立|个维护|个意识|个自信|个全面)"
)
_AIM = re.compile(r"[\u4e00-\u9fff%％]{0,4}?(?:左右|以上|以内|以下|之内)")
"""5%左右, 1200万人以上: what is aimed at, and may stay."""
_FROM = re.compile("从[^，。；、]{0,4}$")
_FROM_BEHIND = re.compile(
    "[^，。；、]{0,8}?(?:增加|增长|提高|提升|上升|扩大|下降|减少|降|降低|升)(?:到|至|为)"
)
"""从54万亿元增长到114万亿元: where a count began."""
_ORDINAL = re.compile(r"(?:第|不少于|不低于|不超过|不得少于|不足|至少|每|满|越过|超过|突破)\s*$")
_STANDING = re.compile("(?:辖|下辖|下设|现有|设有|共有|地处)[^，。；]*$")
"""辖14个村、2个社区: what a unit has and keeps."""
_RULE = re.compile(
    r"(?:每(?:年|月|周|季度?|半年|学期|天|日|次|个|名|人|户|村|家|所|两周)|以上|以下|以内|之内|不少于|不低于)"
)


def same_figures(
    draft: Draft,
    spans: Sequence[SharedSpan],
    documents: Mapping[int, SourceDocument],
    source_texts: Mapping[int, str],
) -> tuple[SameFigure, ...]:
    """Counted figures that the unit's earlier reports have too, unchanged within the same words.

    Of the unit's own past only (`SourceDocument.relation`), the latest report first: one finding
    for each place of the draft. Years, dates, set names (三会一课) and rules (每月不少于3次) are no
    figures that should have changed. `source_texts` is by paragraph id.
    """
    own = [span for span in spans if documents[span.document_id].relation == "own_past"]
    own.sort(key=lambda span: -(documents[span.document_id].source.year or 0))
    found: dict[tuple[int, Span], SameFigure] = {}
    changed: set[tuple[int, Span]] = set()
    for span in own:
        source_text = source_texts.get(span.paragraph_id)
        if source_text is None:
            continue
        text = draft.paragraphs[span.paragraph].text
        figures = figures_in(text)
        for figure in figures:
            # the report after it has another figure here: that an older one agrees is chance
            if any(_overlap(slot.span, figure) for slot in span.slots if slot.kind == "number"):
                changed.add((span.paragraph, figure))
        for piece in span.pieces:
            for figure in figures:
                shared = counterpart(text, source_text, piece, figure)
                place = (span.paragraph, figure)
                if shared is None or place in found or place in changed:
                    continue
                if source_text[slice(*shared)] != text[slice(*figure)]:
                    continue
                if not _whole(source_text, shared) or not _embedded(figure, piece.span):
                    continue
                found[span.paragraph, figure] = SameFigure(
                    span.paragraph,
                    figure,
                    text[slice(*figure)],
                    replace(documents[span.document_id].source, paragraph=span.source_paragraph),
                    shared,
                )
    return tuple(found[key] for key in sorted(found))


def figures_in(text: str) -> list[Span]:
    """Where the counted figures of a text stand.

    >>> text = "2023年召开党员大会12次，慰问老党员三十五名，落实“三会一课”，每月不少于2次。"
    >>> [text[start:end] for start, end in figures_in(text)]
    ['12', '三十五']
    """
    held = [match.span() for match in _SET_NAME.finditer(text)]
    held += [match.span() for match in re.finditer("《[^《》]*》|“[^“”]{1,12}”", text)]
    return [
        match.span()
        for match in _FIGURE.finditer(text)
        if not any(start <= match.start() < end for start, end in held)
        and not _NO_COUNT_BEHIND.match(text, match.end())
        and not _ORDINAL.search(before(text, match.start()))
        and not _STANDING.search(before(text, match.start(), 60))
        and not _RULE.search(_clause(text, match.start()))
        and not _AIM.match(text, match.end())
        and not (
            _FROM.search(before(text, match.start())) and _FROM_BEHIND.match(text, match.end())
        )
        and _whole(text, match.span())
    ]


def _clause(text: str, at: int) -> str:
    """The clause before a figure."""
    return re.split("[，。；：、！？]", before(text, at))[-1]


def _whole(text: str, span: Span) -> bool:
    """Whether no digit goes on beside the figure."""
    start, end = span
    before = text[start - 1] if start else ""
    after = text[end] if end < len(text) else ""
    return not (before.isdigit() or after.isdigit() or before == "." or before == "．")


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _embedded(figure: Span, piece: Span) -> bool:
    """Whether enough around the figure is the same: a number alone may agree by chance."""
    return (figure[0] - piece[0]) + (piece[1] - figure[1]) >= NEIGHBOURS
