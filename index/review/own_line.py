"""What a draft says of its own unit: its names, its level, and the line of units above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from index.findings import Draft
from index.metadata.units import PROVINCES
from index.review.divisions import counties, province_of
from index.review.names import begins_at, names_in

Level = Literal["省", "市", "县", "镇"]

_HAN = "[一-鿿]"
_LINE = re.compile(
    rf"^(?:中共|中国共产党|国家税务总局)?(?P<province>(?:{PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?|{_HAN}{{2,3}}省)?"
    rf"(?P<city>{_HAN}{{2,5}}?(?:市|自治州|州|盟))?"
    rf"(?P<county>{_HAN}{{1,5}}?(?:县|旗|(?<![社学地片园])区))?"
    rf"(?P<town>{_HAN}{{2,5}}?(?:镇|乡|街道|苏木))?(?P<rest>.*)$"
)
_UNNAMED = re.compile("^(?P<level>[省市县区州旗])(?!场)(?=[^、和与])")
_HOUSES: Final[Mapping[str, str]] = {
    "医院|卫生院|保健院|法院|检察院|学院|研究院": "院",
    "大学|中学|小学|学校|党校|职校|技校": "校",
    "局": "局",
    "公司|集团|厂": "公司",
    "镇|乡|街道": "镇",
    "厅": "厅",
    "银行|支行|分行": "行",
}
_COUNTY_WORDS = re.compile(
    "(?:全|我|本)(?P<one>[县区])|(?P<two>[县区])(?:委|政府|里|纪委|直)(?![员派托屈])"
)


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A unit and what stands above it, as far as its name and the text tell."""

    unit: str | None
    names: frozenset[str]
    """Names of the unit and of the places in it, full and short (青禾县, 青禾)."""
    province: str | None
    """Without 省 and its like."""
    city: str | None
    """With its ending: 青禾市."""
    county: str | None
    """The county or district by name."""
    county_kind: str | None
    """县 or 区: what the unit calls the level of counties; 市 where it belongs to a city itself."""
    level: Level | None
    """Of the unit: which level's."""
    house: str | None
    """局, 院, 校, 公司, 镇, 厅, 行: how the unit calls itself after 我."""

    def has(self, name: str) -> bool:
        """Whether a name belongs to the unit or its line."""
        return any(own in name or name in own for own in self.names)


def line_of_unit(unit: str | None) -> OwnLine:
    """What a unit's name tells alone.

    >>> line = line_of_unit("青禾市南岭县水务局")
    >>> line.county, line.county_kind, line.level, line.house
    ('南岭县', '县', '县', '局')
    >>> line_of_unit("市局").county_kind
    '市'
    """
    if not unit:
        return OwnLine(None, frozenset(), None, None, None, None, None, None)
    name = unit.strip()
    bare = _UNNAMED.match(name)
    match = None if bare else _LINE.match(name)
    names = {name}
    province = city = county = kind = None
    level: Level | None = None
    if bare:
        kind = bare["level"].replace("旗", "县").replace("州", "市")
        level = "县" if kind == "区" else kind  # type: ignore[assignment]
        kind = None if kind == "省" else kind
    elif match:
        province = match["province"] and re.sub(
            "(?:省|市|(?:壮族|回族|维吾尔)?自治区)$", "", match["province"]
        )
        for part in ("province", "city", "county", "town"):
            if match[part]:
                names |= {match[part], short(match[part])}
        city, county = match["city"], match["county"]
        province = province or province_of(city)
        if county and not city:
            city, province = _above(county, province)
        elif city and not province:
            province = _above(city, None)[1]  # a city of a county's rank
        names |= {short(above) for above in (city, province) if above}
        if county:
            kind, level = ("区" if county.endswith("区") else "县"), "县"
        elif match["city"] and not match["town"]:
            kind, level = "市", "市"
        elif match["province"] and not match["town"]:
            level = "省"
        if match["town"]:
            level = "镇"
        rest = match["rest"]
        if len(rest) > 3 and len(rest) < len(name):
            names.add(name)
    house = next(
        (
            self_
            for end, self_ in _HOUSES.items()
            if re.search(f"(?:{end})(?:机关|总支|党委|党组|党总支|委员会|办事处)*$", name)
        ),
        None,
    )
    known = frozenset(one for one in names if len(one) > 1)
    return OwnLine(unit, known, province, city, county, kind, level, house)


def _above(county: str, province: str | None) -> tuple[str | None, str | None]:
    """City and province of a county, where only one county has this name."""
    places = [place for place in counties().get(county, ()) if province in (None, place[0])]
    if len(places) != 1:
        return None, province
    return (f"{places[0][1]}市" if places[0][1] else None), places[0][0]


def line_of(draft: Draft) -> OwnLine:
    """The unit's line, and what title, byline, signature and the text itself add to it."""
    line = line_of_unit(draft.unit)
    names = set(line.names)
    city, county, province = line.city, line.county, line.province
    ends = (*draft.paragraphs[:4], *draft.paragraphs[-3:])
    signed = [p.text for p in ends if len(p.text) <= 30 and not re.search("[，。；：！？]", p.text)]
    for text in (draft.title, *signed):
        for name in names_in(text):
            if name.kind == "person":
                continue
            other = line_of_unit(name.text)
            if _contradicts(line, other):
                continue  # a byline may have been forgotten as well
            names |= other.names
            if draft.unit and draft.unit in name.text:
                city, county = city or other.city, county or other.county
                province = province or other.province
    kind = line.county_kind or (county and ("区" if county.endswith("区") else "县"))
    if kind is None and line.level != "省":
        counted = Counter(
            match["one"] or match["two"]
            for paragraph in draft.paragraphs
            for match in _COUNTY_WORDS.finditer(paragraph.text)
            if begins_at(paragraph.text, match.start())
        )
        ranked = counted.most_common(2)
        if ranked and ranked[0][1] >= 3 and (len(ranked) == 1 or ranked[0][1] >= 4 * ranked[1][1]):
            kind = ranked[0][0]
    return replace(
        line,
        names=frozenset(names),
        province=province,
        city=city,
        county=county,
        county_kind=kind,
    )


def _contradicts(line: OwnLine, other: OwnLine) -> bool:
    """Whether a name lies in another province, city or county than the unit's own name says."""
    return any(
        own is not None and theirs is not None and short(own) != short(theirs)
        for own, theirs in (
            (line.province, other.province),
            (line.city, other.city),
            (line.county, other.county),
        )
    )


def short(place: str) -> str:
    """A place without its ending; the place itself where too little would be left.

    >>> short("青禾县"), short("忠县")
    ('青禾', '忠县')
    """
    bare = re.sub("(?:自治[区州县旗]|[省市县区州旗盟镇乡村]|街道|社区|苏木)$", "", place)
    return bare if len(bare) > 1 else place
