"""What the reports say, in plain Chinese: pure functions from values to words.

A report is evidence: nothing here passes a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal

from index.datatypes import Source
from index.findings import (
    Choices,
    Decision,
    Label,
    LeftoverKind,
    Mark,
    Relation,
    SharedSpan,
    SlotKind,
    SourceDocument,
)

Look = Literal["verbatim", "edited", "renamed", "paraphrase", "formula", "quotation"]
"""What a stretch of a draft is: a label of its own, or a quotation."""

LABELS: dict[Label, str] = {
    "verbatim": "原文相同",
    "edited": "改动沿用",
    "renamed": "换名套用",
    "paraphrase": "意思相近",
    "formula": "固定表述",
    "own": "自写",
}

LOOKS: dict[Look, str] = {
    "verbatim": "原文相同",
    "edited": "改动沿用",
    "renamed": "换名套用",
    "paraphrase": "意思相近",
    "formula": "固定表述",
    "quotation": "引用",
}

LOOK_MEANS: dict[Look, str] = {
    "verbatim": "和来源相同（标点、空格不计）",
    "edited": "和来源大体相同，有少量增删改",
    "renamed": "只换了单位、地名、人名、年份、数字或占位符",
    "paraphrase": "说法不同，意思相近",
    "formula": "上级规定或通行的表述，很多单位都这样写",
    "quotation": "注明出处的讲话或文件原话",
}

SLOTS: dict[SlotKind, str] = {
    "number": "数字",
    "year": "年份",
    "unit": "单位",
    "place": "地名",
    "person": "人名",
    "placeholder": "占位符",
}

LEFTOVERS: dict[LeftoverKind, str] = {
    "unit": "单位名称",
    "place": "地名",
    "person": "人名",
    "year": "年份",
    "placeholder": "占位符",
}

MARKS: dict[Mark, str] = {
    "required": "模板要求",
    "cited": "规范引用",
    "usual": "正常沿用",
    "check": "需核实",
}

RELATIONS: dict[Relation, str] = {
    "own_past": "本单位往年",
    "own": "本单位",
    "other": "其他单位",
}

LONGEST_TITLE = 100
"""Characters; what is longer is a paragraph that was taken for a title."""

ONLY_EVIDENCE = (
    "本报告只列出哪些文字相同或相近、各自出自哪里，不作结论。"
    "相同的文字可能是模板要求、规范引用或正常沿用，是否需要修改，请审阅人结合实际判断。"
)

PAIRS_COUNTED = (
    "相同字数不含固定表述，“只差数字”的在内：整句只有数字、年份、空缺不同。"
    "年份不详或相同的，按入库先后排列。"
)

_LINE_BREAKS = re.compile("[\x0b\x0c\r\x85\u2028\u2029]")
_UNSHOWN = re.compile(
    # control characters and halves of pairs, which XML forbids
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
    # marks that turn the direction of writing: what is read would not be what is compared
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def shown(text: str) -> str:
    """The text with every character that cannot or must not be shown as U+FFFD; same length.

    Offsets stay true, and nobody is shown a text without its flaws.

    >>> shown("甲\\x00乙\\u202e丙\\x0c丁")
    '甲�乙�丙 丁'
    """
    return _UNSHOWN.sub("\ufffd", _LINE_BREAKS.sub(" ", text))


def one_line(text: str) -> str:
    """The shown text with line breaks and tabs as spaces, for cells and titles."""
    return " ".join(shown(text).split())


def look_of(shared: SharedSpan) -> Look:
    """What one shared span is by itself; its paragraph may be called otherwise."""
    if shared.by_meaning:
        return "paraphrase"
    if shared.only_slots:
        return "renamed"
    return "verbatim" if shared.unchanged else "edited"


def percent(share: float) -> str:
    """A share of 0 to 1 for people.

    >>> [percent(share) for share in (0.0, 0.0004, 0.1234, 0.99999, 1.0)]
    ['0%', '不到 0.1%', '12.3%', '99.9%', '100%']
    """
    if share <= 0:
        return "0%"
    if share >= 1:
        return "100%"
    if share < 0.001:
        return "不到 0.1%"
    # 99.97 % is not all of it
    return f"{min(share, 0.999):.1%}"


def title_of(source: Source) -> str:
    """The title, or the file's name where the document states none."""
    name = PureWindowsPath(PurePosixPath(source.path).name).name
    return elided(one_line(source.title) or one_line(name) or "未命名", LONGEST_TITLE)


def cited(source: Source, paragraph: int | None = None) -> str:
    """A document as one cites it, and which of its paragraphs.

    >>> cited(Source(1, None, "工作总结", "青禾区", 2023, "总结", "a.txt", (), 4), 12)
    '《工作总结》 青禾区 2023年 第12段'
    """
    parts = [f"《{title_of(source)}》"]
    if source.unit:
        parts.append(one_line(source.unit))
    if source.year is not None:
        parts.append(f"{source.year}年")
    if paragraph is not None:
        parts.append(f"第{paragraph}段{_place(source) if paragraph == source.paragraph else ''}")
    return " ".join(parts)


def _place(source: Source) -> str:
    """Page, sheet or slide of the paragraph that a source stands for, where it is known.

    >>> cited(Source(1, None, "总结", None, None, None, "a.pdf", (), 4, page=3), 4)
    '《总结》 第4段（第3页）'
    """
    place = f"第{source.page}页" if source.page else one_line(source.place)
    return f"（{place}）" if place else ""


def related(document: SourceDocument) -> str:
    """Whose document a source is, and whether it is older than the draft.

    >>> source = Source(1, None, "工作总结", "青禾区", 2023, None, "a.txt", (), 4)
    >>> related(SourceDocument(source, "own_past", True)), related(SourceDocument(source))
    ('本单位往年', '其他单位')
    >>> related(SourceDocument(source, "other", False))
    '其他单位，晚于送审稿'
    """
    if document.source.unit is None and document.relation == "other":
        words = "单位不详"
    else:
        words = RELATIONS[document.relation]
    if document.older is None or document.relation == "own_past":
        return words
    return f"{words}，{'早' if document.older else '晚'}于送审稿"


def remembered(decision: Decision) -> str:
    """That a decision is an older one of the same wording; "" for one of this draft.

    >>> remembered(Decision("usual", remembered=True, draft="年度总结"))
    '（在《年度总结》里对相同文字的意见）'
    """
    if not decision.remembered:
        return ""
    where = (
        f"在《{elided(one_line(decision.draft), LONGEST_TITLE)}》里" if decision.draft else "以前"
    )
    return f"（{where}对相同文字的意见）"


def said(decision: Decision) -> str:
    """A decision in one line.

    >>> said(Decision("check", "请说明", "周敏", datetime(2024, 1, 5, 9, 3)))
    '需核实 请说明 周敏 2024年1月5日 09:03'
    """
    parts = (
        MARKS[decision.mark],
        one_line(decision.note),
        one_line(decision.who),
        moment(decision.when),
        remembered(decision),
    )
    return " ".join(part for part in parts if part)


def after(choices: Choices) -> str:
    """What the second figure is called: what the switches leave in it is no lie in its name.

    >>> after(Choices()), after(Choices(prescribed=True))
    ('去固定表述后重合', '连固定表述的重合')
    """
    return "连固定表述的重合" if choices.prescribed else "去固定表述后重合"


def counted(choices: Choices, without: Iterable[Source] = ()) -> tuple[tuple[str, str], ...]:
    """The reviewer's switches as rows: name, value."""
    left_out = "；".join(cited(source) for source in without)
    rows = [
        ("计入的最短相同文字", f"连续 {choices.shortest} 字"),
        ("固定表述是否计入", "计入" if choices.prescribed else "不计入"),
        ("引用是否计入", "计入" if choices.quotations else "不计入，另行统计"),
        ("本单位往年材料是否计入", "计入" if choices.own_past else "不计入"),
    ]
    if left_out or choices.without:
        rows.append(("不计入的来源", left_out or f"{len(choices.without)} 篇"))
    return tuple(rows)


def moment(when: datetime | None) -> str:
    """Day and minute.

    >>> moment(datetime(2024, 1, 5, 9, 3)), moment(None)
    ('2024年1月5日 09:03', '')
    """
    return "" if when is None else f"{day(when)} {when:%H:%M}"


def day(on: date) -> str:
    """A date as documents write it."""
    return f"{on.year}年{on.month}月{on.day}日"


def elided(text: str, at_most: int = 300) -> str:
    """A long text without its middle, saying how much is left out.

    >>> elided("一二三四五六七八九十", at_most=6)
    '一二三四……（略 4 字）……九十'
    """
    if len(text) <= at_most:
        return text
    head = at_most * 2 // 3
    tail = at_most - head
    return f"{text[:head]}……（略 {len(text) - at_most:,} 字）……{text[-tail:]}"
