"""A year other than the report's own, where the report speaks of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.findings import Leftover
from index.review.leftovers.desk import Desk, named
from index.review.names import before

_BEGINNING = 4
"""Index of the last paragraph that may still be the beginning: title, byline, date, salutation."""
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})年")
_REPORTED = re.compile("(?:现将|现就|下面将?|我将|现对)[^。；]{0,8}$")
_REPORTED_BEHIND = re.compile("[^。；，]{0,24}(?:总结|汇报|报告|述职|通报|情况|小结)")
_HEADING_BEHIND = re.compile(
    "(?:度)?[^。；，]{0,12}(?:总结|回顾|开展情况|主要工作|工作情况|完成情况)"
)
_PLANS = re.compile("打算|计划|下一步|下步|明年|来年|思路|安排|努力方向")
_PLANNED = re.compile("[，,]?[^。；，]{0,8}(?:将|要|打算|计划|拟|重点|力争|继续)")
_PART = re.compile(
    "(?:上半年|下半年|第[一二三四]季度|[一二三四]季度|[底末初春夏秋冬]|\\s*\\d{1,2}月|起|届|级)"
)
_OPENS = re.compile("(?:度|以来|来)?[，,]")
_POINT_BEFORE = re.compile("(?:自|从|至|到|截至|截止|早在|于)$")
"""Points in time that stay what they are."""
_HEADING = 40
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十]+[）)、.．]")
_PLAN_OF = re.compile(
    "(?:政府|重点|主要|经济社会发展的?)*(?:工作)?的?(?:安排|建议|部署|打算|计划|思路|总体要求|预期目标|主要目标|目标任务)"
)
"""Behind a year that is still to come."""
_FACT_BEFORE = re.compile("(?:自|从|比|较|与|和|于|至|到|在|获|截至|同|对|上年|去年)$")


def years(desk: Desk) -> Iterator[Leftover]:
    """A year other than the report's own where the report speaks of its own."""
    own = desk.draft.year
    if own is None:
        return
    for index, match in desk.bodies(_YEAR):
        year = int(match["year"])
        text = desk.texts[index]
        if abs(year - own) > 3 or (year != own and str(year) in desk.draft.title):
            continue
        if _PART.match(text, match.end()):
            continue
        source = desk.past_of(index, year)
        ahead = before(text, match.start())
        where = ""
        if desk.summary and not _FACT_BEFORE.search(ahead):
            where = _where(desk, index, match, own, source is not None)
        if not where and year < own and _is_heading(desk, index):
            where = "安排工作的标题里" if _PLAN_OF.match(text, match.end()) else ""
        if not where and year < own and not _POINT_BEFORE.search(ahead):
            # what was this year in the same words of a report of that year is none any more
            same = desk.has_from_year(index, match.span(), year)
            where = "与来源相同的文字里" if same else ""
        if where:
            from_ = f"，{named(source)}写的正是这一年" if source else ""
            yield desk.leftover(
                "year",
                index,
                (match.start(), match.start() + len("2023年")),
                f"本稿是{own}年的材料，{where}写的却是{year}年{from_}。",
                source,
            )


def _is_heading(desk: Desk, index: int) -> bool:
    """Whether a paragraph is a heading, by its level or as headings are written."""
    text = desk.texts[index]
    return bool(desk.draft.paragraphs[index].level) or (
        len(text) <= _HEADING and not re.search("[。；！？]", text) and bool(_NUMBERED.match(text))
    )


def _where(desk: Desk, index: int, match: re.Match[str], own: int, has_past: bool) -> str:
    """The part of a report that names its own year and names this one; "" where it does not."""
    year = int(match["year"])
    text, paragraph = desk.texts[index], desk.draft.paragraphs[index]
    end = match.end()
    starts = _starts_sentence(text, match.start())
    if year < own:
        if _REPORTED.search(before(text, match.start())):
            return "交代总结范围的地方" if _REPORTED_BEHIND.match(text, end) else ""
        if paragraph.level:
            titled = index > 0 and f"{own}年" in desk.draft.title
            return "标题里" if titled and _HEADING_BEHIND.match(text, end) else ""
        if starts and _OPENS.match(text, end) and str(own) not in text:
            if index <= _BEGINNING:
                return "开头"
            if has_past and desk.has_from_year(index, match.span(), year):
                return "与来源相同的文字里"
    headings = [head for head in paragraph.heading_path if head != desk.draft.title]
    planned = _PLANS.search("".join(headings[-2:]))
    if year <= own and starts and planned and _PLANNED.match(text, end):
        # what a report of half a year plans is the other half
        return "" if re.search("半年|季度|月", desk.draft.title) else "打算部分"
    return ""


def _starts_sentence(text: str, at: int) -> bool:
    head = before(text, at).rstrip()
    return (
        not head
        or head[-1] in "。；！？："
        or bool(re.fullmatch(r"[（(]?[一二三四五六七八九十\d]+[）)、.．]", head))
    )
