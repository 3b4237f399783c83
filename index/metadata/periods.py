"""The part of a year, or the years, that a document is about."""

from __future__ import annotations

import re

_HAN = "一二三四五六七八九十"
_PERIOD = re.compile(
    r"""
    (?P<first>(?:19|20)\d{2})\s*年?\s*[-—–~～至到－]+
      \s*(?P<last>(?:19|20)\d{2})\s*年(?!\s*\d{1,2}\s*月)
  | (?P<half>[上下])半年(?!度?(?:工作)?(?:计划|打算|安排))
  | 第?\s*(?P<quarter>[一二三四1-4])\s*季度
  | (?<![\d年])(?P<from>1[0-2]|[1-9])\s*月?\s*[-—–~～至到－]+
      \s*(?P<to>1[0-2]|[1-9])\s*月(?:份)?(?!\s*\d{1,2}\s*日)
  | 年\s*(?P<from_year>1[0-2]|[1-9])\s*月?\s*[-—–~～至到－]+
      \s*(?P<to_year>1[0-2]|[1-9])\s*月(?:份)?(?!\s*\d)
  | 前(?P<quarters>[二三两])个?季度
  | (?P<middle>年中|半年)(?=(?:党建)?(?:工作)?(?:总结|小结|述职|报告))
  | (?<!\d)年?(?P<month>1[0-2]|[1-9])\s*月份?(?=(?:党建)?(?:工作)?(?:总结|小结|简报|汇报))
    """,
    re.VERBOSE,
)
_PLANNED = re.compile("(?<=总结)[及和与暨、].*(?:计划|打算|安排|思路|要点)$")
"""The second half of 2023年总结及2024年上半年计划, which is not what the document is about."""
_HAS = re.compile("[半季月年]")


def period_of(text: str) -> str | None:
    """The first period that `text` names, as it is filtered by; None for a whole year.

    Half years of a plan in the second part of a title (…总结及下半年工作计划) do not count.

    >>> period_of("青禾市水务局2023年上半年党建工作总结及下半年工作计划")
    '上半年'
    >>> period_of("2023年1-9月工作总结"), period_of("2023年第3季度小结")
    ('1—9月', '第三季度')
    >>> period_of("2021－2023年工作总结"), period_of("2023年党建工作总结") is None
    ('2021—2023年', True)
    """
    if not _HAS.search(text):
        return None
    match = _PERIOD.search(_PLANNED.sub("", text))
    if match is None:
        return None
    if match["first"]:
        first, last = match["first"], match["last"]
        return f"{first}—{last}年" if first < last else None
    if match["half"]:
        return f"{match['half']}半年"
    if match["middle"]:
        return "上半年"
    if match["quarter"]:
        quarter = match["quarter"]
        return f"第{_HAN[int(quarter) - 1] if quarter.isdecimal() else quarter}季度"
    if match["quarters"]:
        return "前三季度" if match["quarters"] == "三" else "上半年"
    if match["month"]:
        return f"{match['month']}月"
    start = match["from"] or match["from_year"]
    end = match["to"] or match["to_year"]
    return f"{start}—{end}月" if int(start) < int(end) else None
