"""Which lines are a document's title, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.metadata.units import UNIT_END, named
from index.outline import classify

_TITLE_END = re.compile(
    r"(?:总结|报告|计划|要点|方案|意见|通知|通报|办法|规定|条例|讲话|致辞|汇报|材料|体会|纪要|决定|决议|规划|细则|公告|函|请示|批复|简报|稿"
    r"|党课|事迹|倡议书|建议|说明|公报|宣言|纲要|实录|综述|安排|情况|思路|打算|清单|述职|发言|制度|职责|须知|(?:报名|申请|登记|统计|安排|公示|岗位)表|承诺书)(?:[（(〔][^（）()]{1,20}[）)〕])?$"
)
_NOT_TITLE = re.compile(
    r"(?:各位|同志们|尊敬的|各相关|各有关|女士们|先生们|[（(]?(?:\d{4}|[二〇○零一三四五六七八九]{4})年\d{0,2}.{0,8}[月日][）)]?$|——|来源|时间|发布|作者|索引|编号|附件)"
)
_BODY_SIGN = re.compile(r"[。；]|[，,].*[，,].*[，,]|[：:]$")
_LONGEST_TITLE = 60
_LETTERHEAD = re.compile(
    r".{2,30}(?:文件|(?:〔\d{4}〕|\[\d{4}\]).{1,8}号|（\d{4}）第?\d+号)(?:\s*签发人.*)?|[★☆]|\d{6}|特急|加急|平急|急件|(?:绝密|机密|秘密)(?:\s*★.{0,8})?|内部资料|签发人.*|第\s*\d+\s*期|附件\s*\d{0,2}[：:]?"
)
SIGNED = re.compile(
    rf"(?:中共|中国共产党)?([一-鿿（）()·]{{1,28}}?{UNIT_END})"
    r"(?:机关|总支部|支部)?(?:委员会|办公室|党组|党委|党总支|党支部|机关党委|党工委|工作委员会)?$"
)
"""A line that is nothing but a unit's name."""


def title_of(lines: Sequence[str], marked: str = "") -> tuple[str, range]:
    """The title and the positions of the lines that hold it; "" and none where there is no title.

    A title may stand on two lines, and below a letterhead (青禾市水务局文件, 青水发〔2023〕5号). A
    line that reads like a sentence is none.

    >>> title_of(["关于印发青禾市节水行动方案", "的通知", "各镇人民政府："])
    ('关于印发青禾市节水行动方案的通知', range(0, 2))
    >>> title_of(["青禾市水务局文件", "青水发〔2023〕5号", "关于做好节水工作的通知"])
    ('关于做好节水工作的通知', range(2, 3))
    >>> title_of(["2023年，党支部认真学习。", "一、做法"])
    ('', range(0, 0))
    """
    if marked:
        taken = 1 if lines and lines[0].strip() == marked.strip() else 0
        return marked.strip(), range(taken)
    start = _below_letterhead(lines)
    if start >= len(lines) or not _is_title_line(lines[start]):
        return "", range(0)
    title, end = _once(lines[start].strip()), start + 1
    for line in lines[end : end + 2]:
        line = line.strip()
        if not _is_title_line(line) or not _continues(title, line):
            break
        title, end = title + line, end + 1
    return title, range(start, end)


def _below_letterhead(lines: Sequence[str]) -> int:
    """Index of the line under a letterhead; 0 where no title stands below."""
    head = False
    for i, line in enumerate(lines[:9]):
        text = line.strip()
        if i and _TITLE_END.search(text) and _is_title_line(text):
            return i
        if _LETTERHEAD.fullmatch(text):
            head = True
        elif not (SIGNED.fullmatch(text) and named(text)):
            return i if head and _is_title_line(text) else 0
    return 0


def _once(line: str) -> str:
    """工作简报 工作简报 -> 工作简报."""
    half = len(line) // 2
    return line[:half] if line[half:].strip() == line[:half].strip() and half > 3 else line


def _is_title_line(line: str) -> bool:
    line = line.strip()
    longest = _LONGEST_TITLE * 3 if line.isascii() else _LONGEST_TITLE
    if not 2 <= len(line) <= longest or _NOT_TITLE.match(line):
        return False
    if line.isascii():
        return len(line.split()) > 1 and line[0].isalpha() and line[-1] not in ".;:,"
    if _BODY_SIGN.search(line) and not _TITLE_END.search(line):
        return False
    mark = classify(line)
    return mark is None


def _continues(title: str, line: str) -> bool:
    """Whether `line` is the second half of a title that broke off."""
    if len(title + line) > _LONGEST_TITLE:
        return False
    if line[0] in "的和与及、暨" or title[-1] in "的和与及、对在" or title.endswith("关于"):
        return True
    return (
        "关于" in title and _TITLE_END.search(title) is None and _TITLE_END.search(line) is not None
    )
