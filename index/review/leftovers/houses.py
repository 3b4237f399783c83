"""Another house or place that speaks as the reporting unit: 我校 in a hospital's report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from index.findings import Leftover
from index.review.leftovers.desk import THROUGHOUT, Desk, named
from index.review.names import Name, before, names_in
from index.review.own_line import OwnLine, line_of_unit

_SELF = re.compile("(?<!自)我(?P<house>局|校|院|镇|乡|街道|公司|集团|厅)(?![长面势限部])")
_SAME_HOUSE = {"集团": "公司", "乡": "镇", "街道": "镇"}


def other_houses(desk: Desk) -> Iterator[Leftover]:
    """我校 in the report of a hospital."""
    house = desk.line.house
    found = list(desk.bodies(_SELF))
    counted = Counter(_SAME_HOUSE.get(match["house"], match["house"]) for _, match in found)
    if house is None:
        ranked = counted.most_common(1)
        if not ranked or ranked[0][1] < 5:
            return
        house = ranked[0][0]
    for index, match in found:
        other = _SAME_HOUSE.get(match["house"], match["house"])
        if other == house or counted[other] >= max(THROUGHOUT, counted[house]):
            continue
        source = desk.source_of(index, match.span())
        from_ = f"，{named(source)}的同一处就是这样写的" if source else ""
        own = f"“{desk.draft.unit}”" if desk.draft.unit else f"全文自称“我{house}”"
        yield desk.leftover(
            "unit", index, match.span(), f"{own}，这里却自称“{match.group()}”{from_}。", source
        )


_FOREIGN: Final[Mapping[str, str]] = {
    "镇": "局党组|局党委|校党委|院党委|公司党委|局机关",
    "公司": "局党组|局党委|校党委|院党委|镇党委|局机关",
    "院": "校党委|镇党委|公司党委",
    "校": "镇党委|公司党委|局党组",
    "局": "院党委|校党委|公司党委",
}
"""House -> leading bodies that are neither its own nor above it. A bureau stands above its schools
and hospitals, so their reports may speak of 局党委."""
_LEADS = re.compile(
    "(?:班子)?(?:坚持|始终|高度重视|认真|切实|牢牢|严格|把|将|定期|每(?:月|季度|半年|年)|带头|多次|专题|先后|全年|召开)"
)


def other_bodies(desk: Desk) -> Iterator[Leftover]:
    """局党组 that leads, in the report of a town."""
    house = desk.line.house
    if house is None or house not in _FOREIGN:
        return
    found = [
        (index, match)
        for index, match in desk.bodies(re.compile(_FOREIGN[house]))
        if (match.start() == 0 or before(desk.texts[index], match.start(), 1) in "，。；：！")
        and _LEADS.match(desk.texts[index], match.end())
    ]
    for index, match in found:
        if len({at for at, _ in found}) >= THROUGHOUT or _is_another(desk, match.group()):
            continue
        source = desk.source_of(index, match.span())
        from_ = f"，{named(source)}的同一处就是这样写的" if source else ""
        why = f"本稿的单位是“{desk.draft.unit}”，这里说的却是“{match.group()}”{from_}。"
        yield desk.leftover("unit", index, match.span(), why, source)


def _is_another(desk: Desk, body: str) -> bool:
    """Whether the draft names it in other places too: it has to do with such a house."""
    return sum(text.count(body) for text in desk.texts) >= THROUGHOUT


_ACTS = re.compile(
    "(?:党委|党工委|党政班子|机关)?(?:紧密|紧紧)?(?:结合[^，。；]{0,8}实际|高度重视|认真(?:贯彻|落实|学习|组织)|深入(?:学习|贯彻)|严格(?:落实|按照|执行)|坚持(?:以|把|用)"
    "|召开(?:党委|班子|专题|全体)|组织(?:全体|广大)?(?:党员|干部)|成立[^，。；]{0,12}领导小组|切实|扎实开展|及时(?:召开|传达|制定)|制定)"
)


_OF_ITSELF = re.compile(
    "(?:机关)?(?:党委|党组|党总支|总支|党支部)?(?:现有|共有|所属|下辖|始终|班子|全体(?:党员|干部)|坚持|把|将|以)"
)
"""Behind the name of another unit of the same trade: what a report says of its own."""


def other_actors(desk: Desk) -> Iterator[Leftover]:
    """石桥镇结合实际制定了学习计划, in a report of a city's bureau or of another town."""
    if desk.line.house is None:
        return
    actors = [
        (index, name)
        for index, text in enumerate(desk.texts)
        for name in names_in(text)
        if not desk.line.has(name.text)
        and (name.span[0] == 0 or text[name.span[0] - 1] in "，。；：！ \u3000")
        and _acts_as_the_unit(desk.line, name, text)
    ]
    if len({name.text for _, name in actors}) != 1:
        return  # a report that gives examples names several
    index, name = actors[0]
    if desk.paragraphs_with(name.text) >= THROUGHOUT:
        return
    source = desk.source_of(index, name.span)
    own = f"本稿的单位是“{desk.draft.unit}”" if desk.draft.unit else "本稿"
    from_ = f"，{named(source)}的同一处就是这样写的" if source else ""
    why = f"{own}，这句话的主语却是“{name.text}”{from_}。"
    yield desk.leftover("place" if name.kind == "place" else "unit", index, name.span, why, source)


def _acts_as_the_unit(line: OwnLine, name: Name, text: str) -> bool:
    """Whether a sentence says of this name what reports say of their own unit."""
    if name.kind == "place":
        ends = "[镇乡]$|街道$" if line.level == "镇" else "[镇乡县区市]$|街道$"
        return bool(re.search(ends, name.text) and _ACTS.match(text, name.span[1]))
    other = line_of_unit(name.text)
    return (
        name.kind == "unit"
        and other.house == line.house
        and line.house in ("局", "院", "校")
        and bool(_ACTS.match(text, name.span[1]) or _OF_ITSELF.match(text, name.span[1]))
    )
