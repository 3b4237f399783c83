"""Another place that a draft speaks of as it speaks of its own: two provinces in one report.

Every report names other places: lists of neighbours, journeys, partners. It names each of them
seldom beside its own. Where another province, city, county or town is named in plain statements
nearly as often as the unit's own, the text is of two minds about whose it is; so it is where the
same words stand around a single one as around the own name elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from index.datatypes import Span
from index.findings import Leftover
from index.metadata.units import PROVINCES
from index.review.divisions import counties, is_division, is_full_name, provinces
from index.review.leftovers.desk import Desk, in_title
from index.review.names import before, names_in
from index.review.own_line import OwnLine, short
from index.text import ordinary_words

SHARE = 0.25
"""Of the places that name the own: from so many on another name is told. Of real reports of
provinces none names another more than 0.16 as often."""
LEAST = 2
MANY = 2
"""Other names that are named so often; where there are more, the text is about many places."""
SAME = 4
"""Characters behind or before a single name that must stand at the own name, too."""

_ENDING = re.compile("省|市|(?:壮族|回族|维吾尔)?自治区|自治州|州")
_FOREIGN_BEFORE = re.compile(
    "(?:赴|到|往|去|与|和|同|及|从|自|向|由|对口(?:支援|帮扶|协作)?|援|驻|来|跨|除|原|如|像|学习|借鉴|参照|参观|考察|、|—|－|-|～|“|《)$"
)
_FOREIGN_BEHIND = re.compile(
    "(?:省|市|县|区|自治区)?(?:、|和|与|及|等|籍|之[行间]|会议|精神|峰会|宣言|回归|至|到|—|－|-|～|”|大学|同胞|地区[、和与]|"
    "[两三四]地|人(?![民大])|生产建设兵团|[（）()]|[一-鿿]{2,16}(?:公司|集团)|考察|学习|经验|调研|来)"
)
_LISTED_BEFORE = re.compile("([一-鿿]{2,8})[、和与及]$")
_LISTED_BEHIND = re.compile("(?:省|市|县|区|自治区)?[、和与及]([一-鿿]{2,8})")

Mentions = Mapping[str, list[tuple[int, Span]]]


def second_selves(desk: Desk) -> Iterator[Leftover]:
    """Places of the rank of the own one that are spoken of in its stead."""
    for own, others in _ranks(desk):
        ours = {place for name in (own, short(own)) for place in _places(desk, name)}
        if not ours:
            continue
        plain = {
            name: [place for place in places if _is_plain(desk.texts[place[0]], place[1])]
            for name, places in others.items()
        }
        often = {
            name
            for name, places in plain.items()
            if len(places) >= max(LEAST, SHARE * len(ours)) and 2 * len(places) > len(others[name])
        }
        if len(often) > MANY:
            continue  # a survey of many places
        around = {one for place in ours for one in _surrounding(desk, *place)}
        for name, places in others.items():
            for index, span in places:
                if name in often:
                    meant = not _is_listed(desk.texts[index], span)
                else:
                    meant = (index, span) in plain[name] and not around.isdisjoint(
                        _surrounding(desk, index, span)
                    )
                if meant:
                    why = (
                        f"本稿的单位是“{desk.draft.unit}”，别处写的是“{own}”，"
                        f"这里同样的位置写的却是“{desk.texts[index][slice(*span)]}”。"
                    )
                    yield desk.leftover("place", index, span, why)


def _ranks(desk: Desk) -> Iterator[tuple[str, Mentions]]:
    """The own name of each rank, and the other names of that rank with their places."""
    line = desk.line
    if line.unit is None:
        return
    for own, pattern in (
        (line.province, _provinces),
        (line.city, _cities),
        (line.county, _counties),
    ):
        # what is only known from a map is above the unit, and it may be silent of it
        if own and short(own) in line.unit:
            yield own, _mentions(desk, pattern(), line)
    town = re.search("[一-鿿]{2,3}(?:镇|乡|街道)", line.unit)
    if line.level == "镇" and town:
        ending = re.compile("(?:镇|乡|街道)$")
        towns: dict[str, list[tuple[int, Span]]] = defaultdict(list)
        for index, text in enumerate(desk.texts):
            for name in names_in(text):
                if name.kind == "place" and ending.search(name.text) and not line.has(name.text):
                    towns[name.text].append((index, name.span))
        yield next(n for n in line.names if ending.search(n)), towns


@cache
def _provinces() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>{PROVINCES})(?:{_ENDING.pattern})?")


@cache
def _cities() -> re.Pattern[str]:
    names = "|".join(sorted(provinces(), key=len, reverse=True))
    return re.compile(f"(?P<name>{names})(?P<full>[市州盟](?!场))?")


@cache
def _counties() -> re.Pattern[str]:
    words = ordinary_words()
    names: dict[str, set[str]] = defaultdict(set)
    for county in counties():
        if len(county) > 2:
            names[county[:-1]].add(county[-1])
    each = (
        f"{re.escape(name)}(?:{'|'.join(sorted(ends))}){'' if name in words else '?'}"
        for name, ends in sorted(names.items(), key=lambda item: -len(item[0]))
    )
    return re.compile(f"(?P<name>{'|'.join(each)})")


def _mentions(desk: Desk, pattern: re.Pattern[str], line: OwnLine) -> Mentions:
    """Name, without its ending -> where it stands. Without their endings cities and counties have
    the names of hills, brands and words (大同, 朝阳): they count where they stand in full too."""
    found: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    in_full: set[str] = set()
    for index, text in enumerate(desk.texts):
        for match in pattern.finditer(text):
            name = match["name"]
            bare = short(name)
            if line.has(bare) or in_title(text, match.start()):
                continue
            if is_full_name(match.group()) or bare in PROVINCES.split("|"):
                in_full.add(bare)
            found[bare].append((index, match.span()))
    return {name: places for name, places in found.items() if name in in_full}


def _places(desk: Desk, name: str) -> list[tuple[int, Span]]:
    return [
        (index, match.span())
        for index, text in enumerate(desk.texts)
        for match in re.finditer(re.escape(name), text)
    ]


def _is_plain(text: str, span: Span) -> bool:
    """Whether a place is named in a statement, not in a list, as a journey's end or a partner."""
    return not (
        _FOREIGN_BEFORE.search(before(text, span[0], 6)) or _FOREIGN_BEHIND.match(text, span[1])
    )


def _is_listed(text: str, span: Span) -> bool:
    """Whether another city, county or province stands beside a place: a list or a pair."""
    ahead = _LISTED_BEFORE.search(before(text, span[0], 10))
    behind = _LISTED_BEHIND.match(text, span[1])
    sizes = (2, 3, 4)
    return any(
        (ahead and is_division(ahead[1][-size:])) or (behind and is_division(behind[1][:size]))
        for size in sizes
    )


def _surrounding(desk: Desk, index: int, span: Span) -> list[str]:
    """The words right before and right behind a name, its ending left out."""
    text = desk.texts[index]
    ending = _ENDING.match(text, span[1])
    end = ending.end() if ending else span[1]
    behind, ahead = text[end : end + SAME], before(text, span[0], SAME)
    return [one for one in (f"{behind}>", f"<{ahead}") if len(one) > SAME and "、" not in one]
