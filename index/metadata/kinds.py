"""The kind of a document (文种)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text import TRADITIONAL

KINDS: tuple[str, ...] = (
    # longest and most telling first: 党建工作总结 before 工作总结 before 总结
    "政府工作报告", "党建工作总结", "党建工作报告", "党建工作计划", "党建工作要点", "党建总结",
    "党风廉政建设工作总结", "意识形态工作总结", "主题教育总结", "教育培训工作总结",
    "述职述廉报告", "述责述廉报告", "述廉报告", "述职报告", "对照检查材料", "对照检查",
    "自查报告", "整改报告", "工作总结", "年度总结", "半年总结", "工作报告", "工作计划", "工作要点",
    "工作方案", "实施方案", "实施意见", "指导意见", "行动计划", "管理办法", "实施细则", "工作汇报",
    "情况汇报", "情况报告", "调研报告", "调查报告", "心得体会", "发言材料", "经验材料", "事迹材料",
    "先进事迹", "会议纪要", "会议记录", "讲话稿", "讲话", "致辞", "通知", "通报", "通告", "公告",
    "决定", "决议", "意见", "批复", "请示", "复函", "答复", "函", "规划", "方案", "办法", "条例",
    "规定", "细则", "制度", "倡议书", "党课", "宣讲稿", "工作小结", "小结", "总结", "报告", "汇报",
    "计划", "要点", "纪要", "简报",
)  # fmt: skip
"""Kinds of document (文种) that a title can end with or name."""

_OF_KIND = re.compile(f"(?:关于|印发|转发|贯彻|对).*的({'|'.join(KINDS)})$")
_NEWS = re.compile(
    "(?:召开|举行|举办|开展|组织|参加|赴|走进|反馈|讲授?).*(?:会议?|党课|活动|情况|大会|主题党日|讲座)$"
)


def kind_of(text: str) -> str | None:
    """The kind of document a title names: the earliest where it names two, the longest there.

    A piece of news (…开展活动, …召开会议) is of none of these kinds.

    >>> kind_of("南岭水厂党建工作总结和来年党建工作计划"), kind_of("关于做好节水工作的通知")
    ('党建工作总结', '通知')
    >>> kind_of("关于水务局工作报告的决议")
    '决议'
    >>> kind_of("春天") is None, kind_of("水务局党员赴水库听党课") is None
    (True, True)
    """
    core = re.sub(r"[（(][^（）()]*[）)]$", "", text.strip()).translate(TRADITIONAL)
    core = re.sub("(?:工作|开展)情况(?=总结|小结)", "工作", core)
    # 关于印发《…方案》的通知 is a 通知: what it names inside is not its own kind
    if whole := _OF_KIND.search(core):
        return whole[1]
    if core.startswith("关于"):
        return next((kind for kind in KINDS if core.endswith(kind)), None)
    if _NEWS.search(core):
        return None
    best: tuple[int, int] | None = None
    found = None
    for order, kind in enumerate(KINDS):
        end = core.find(kind)
        if end >= 0 and (len(kind) > 2 or core.endswith(kind)):
            key = (end + len(kind), order)
            if best is None or key < best:
                best, found = key, kind
    return found


def announced_kind(lines: Sequence[str]) -> str | None:
    """The kind that the first paragraphs announce: 现将党建工作总结如下."""
    for line in lines[:4]:
        match = re.search(r"现(?:就|将)([^。]{2,40})如下[：:。]?$", line.strip())
        if match:
            for kind in KINDS:
                if len(kind) > 2 and kind in match[1]:
                    return kind
    return None
