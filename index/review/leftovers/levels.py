"""Levels of the territory and provinces that are not the unit's own: 区委 in a county's report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from index.datatypes import Span
from index.findings import Leftover, LeftoverKind
from index.metadata.units import PROVINCES
from index.review.divisions import province_of, provinces
from index.review.leftovers.desk import THROUGHOUT, Desk, named
from index.review.names import before, begins_at, is_no_territory

_HAN = "[一-鿿]"
_BODY = (
    rf"(?:直属?(?:机关)?(?:党)?工委|直机关(?:党工委|工委)?|直(?:各)?(?:单位|部门)|级机关|委(?![员派托屈任培婉以曲外])(?:办公室|办|组织部|宣传部|统战部|政法委|党校)?|政府(?:办公室|办)?"
    rf"|纪委(?:监委)?|监委|纪检监察组|纪检组|人大常委会|人大|政协|看守所|人民法院|法院|人民检察院|检察院|{_HAN}{{2,4}}(?<![布格全大开结困僵破时战变])局(?![长部面势限]))"
)
BARE = re.compile(rf"(?P<posted>派?驻)?(?P<level>[县区])(?P<body>{_BODY})")
_BARE_PROVINCE = re.compile("省(?:级|直)机关(?=.{0,8}(?:开展|推进|落实|走深))")
_WHOLE = re.compile("(?:全|我|本)(?P<level>[县区])(?![别分域级块间])")
_ABOVE = re.compile("(?:按照|根据|落实|贯彻|执行|对照|经|报|受|请|向)[^，。；]{0,2}$")
_ABOVE_BEHIND = re.compile("[^，。；]{0,6}(?:领导|部署|要求|安排|指导|统一)")


def other_levels(desk: Desk) -> Iterator[Leftover]:
    """区委 in a county's report, 县委 in a district's, 区直机关工委 in that of a city's bureau."""
    kind = desk.line.county_kind
    if kind is None:
        return
    found: list[tuple[int, Span, str, LeftoverKind]] = []
    for index, match in desk.bodies(BARE):
        text = desk.texts[index]
        at = match.start("level")
        if match["level"] == kind or not _stands_alone(text, match.start(), at):
            continue
        if kind == "市" and not (
            re.match("直[^各单部]", match["body"])
            or "纪检" in match["body"]
            or (
                re.match("委|政府|纪委|直", match["body"])
                and _ABOVE.search(before(text, match.start()))
                and _ABOVE_BEHIND.match(text, match.end())
            )
        ):
            continue
        found.append((index, match.span(), match["level"], "unit"))
    if kind != "市":
        for index, match in desk.bodies(_WHOLE):
            text = desk.texts[index]
            if match["level"] != kind and not re.search(
                "自治区|开发区|示范区|园区|景区|新区|地区|广西|宁夏|新疆|西藏|内蒙古",
                "".join(desk.texts),
            ):
                if re.match("[一-鿿]", text[match.start() - 1 : match.start()]) and not begins_at(
                    text, match.start()
                ):
                    continue
                found.append((index, match.span(), match["level"], "place"))
    else:
        for index, match in desk.bodies(_BARE_PROVINCE):
            if begins_at(desk.texts[index], match.start()):
                found.append((index, match.span(), "省", "unit"))
    paragraphs = {one: {i for i, _, level, _ in found if level == one} for one in "省县区"}
    own = f"“{desk.draft.unit}”" if desk.draft.unit else "本稿的单位"
    for index, span, level, what in found:
        if len(paragraphs[level]) >= THROUGHOUT:
            continue
        text = desk.texts[index][slice(*span)]
        source = desk.source_of(index, span)
        from_ = f"，{named(source)}的同一处就是这样写的" if source else ""
        ours = {"县": "县里", "区": "区里", "市": "市里"}[kind]
        yield desk.leftover(
            what, index, span, f"{own}属于{ours}，这里写的是“{text}”，层级不合{from_}。", source
        )


def _stands_alone(text: str, start: int, level: int) -> bool:
    """Whether a level stands without a name before it and in no list of levels."""
    before = text[max(0, start - 1) : start]
    if before and before in "各省市县区州镇乡该某每邻外两几我本、自":
        return False
    if text[level + 1 : level + 2] in "、" or is_no_territory(text, level):
        return False
    return begins_at(text, start)


@cache
def _organ_of() -> re.Pattern[str]:
    """Organs of provinces and of cities below them."""
    cities = "|".join(sorted(provinces(), key=len, reverse=True))
    return re.compile(
        rf"(?:(?P<province>{PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?|(?P<city>(?:{cities})[市州]))"
        "(?:委(?![员派托])|党委|人民政府|政府|纪委)"
    )


def other_provinces(desk: Desk) -> Iterator[Leftover]:
    """Organs above of a province, or of a city, that is not the unit's own."""
    own = desk.line.province
    if own is None or not re.fullmatch(PROVINCES, own):
        return
    for index, match in desk.bodies(_organ_of()):
        text = desk.texts[index]
        name = match["province"] or match["city"]
        province = match["province"] or province_of(name)
        above = (
            _ABOVE.search(before(text, match.start()))
            or before(text, match.start(), 1) == "在"
            or _ABOVE_BEHIND.match(text, match.end())
        )
        if province in (None, own) or not above or desk.paragraphs_with(name) >= THROUGHOUT:
            continue
        source = desk.source_of(index, match.span())
        from_ = f"，{named(source)}的同一处就是这样写的" if source else ""
        why = f"本稿的单位在{own}，这里写的是“{match.group()}”{from_}。"
        yield desk.leftover("place", index, match.span(), why, source)
