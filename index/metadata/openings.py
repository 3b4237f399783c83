"""What the first paragraphs say of the document: who reports, for which year and period."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.metadata.periods import period_of
from index.metadata.units import UNIT_END, has_place, named, unit_of

_OF_ITSELF = re.compile(
    r"现[将就]|[我本][局院校市县区镇乡村站所厅部委司]|我们|[我本](?:公司|集团|单位|支部|中心|社区|街道|分院|学区|党)|支部"
)
_SPEAKS_FOR = re.compile(
    r"我代表(?P<unit>国务院|[一-鿿]{0,20}?(?:人民政府|市政府|县政府|区政府|省政府|党委|党组|常务委员会|常委会|委员会|理事会|党支部|法院|检察院))[，,向作]"
)
_ASSEMBLY = re.compile(
    r"(?P<place>[一-鿿]{2,9}?(?:省|自治区|市|县|区|州|旗))第[一二三四五六七八九十]{1,3}届"
)
_MAYOR = re.compile(r"(?P<place>[一-鿿]{2,9}(?:省|自治区|市|县|区|州|旗))(?:[省市县区州]长|主席)")
_ACTS = (
    r"(?=在[^。]{2,30}(?:领导|指导|关心|支持|部署|要求|统筹|安排)|坚持|认真|以(?!来|后|下)[^，。]{2,60}为|紧紧|紧扣|紧密|深入|全面|始终|高度|积极|扎实"
    r"|严格|按照|围绕|聚焦|切实|不断|着力|牢牢|结合|立足|高质量|现有|共有|下设|隶属|位于|[,，]现有|领导班子|隆重|召开|举行|举办)"
)
_NAME = r"[一-鿿（）()]"
_SUBJECT = re.compile(
    rf"(?:^|[，,。；：\s]|以来)(?P<unit>(?:中共)?{_NAME}{{2,22}}?(?:党组|党委|党总支|党支部|{UNIT_END})){_ACTS}"
)
_AM = re.compile(
    rf"我(?:叫[^，,]{{2,4}}[，,])?(?:是|现任|担任|任|来自)(?P<unit>{_NAME}{{2,24}}?{UNIT_END})(?=党委|党组|党总支|党支部|副?书记|副?局长|副?主任|副?院长|副?校长|的)"
)
_LINE = 100
_AT_ONCE = 30
"""Characters after which a sentence speaks of something else than its author."""


def opening_units(lines: Sequence[str], title: str) -> Iterator[str]:
    """Units of whom the first paragraphs speak as the author, the likeliest first.

    我代表青禾市人民政府…; 我是青禾市水务局局长…; 青禾市水务局在市委领导下…. What only begins
    with 省 or 市 gets its place from the meeting it is read at, or from the line of its author.
    """
    if lines and not title and (unit := unit_of(re.split("关于", lines[0][:_LINE])[0] + "关于")):
        yield unit  # the whole document on one line
    for line in lines[:12]:
        if match := _SPEAKS_FOR.search(line[:80]):
            if unit := _spoken(match["unit"], lines):
                yield unit
            break
    for line in lines[:4]:
        if (match := _AM.search(line[:80])) and (found := named(match["unit"])):
            yield found
    report = re.search("总结|报告|汇报|述职|小结|方案|制度|计划", title)
    for line in lines[:3]:
        for match in _SUBJECT.finditer(line[:160]):
            found = named(match["unit"])
            early = match.start() < _AT_ONCE and (report or (not title and _OF_ITSELF.search(line)))
            if found and (early or has_place(found)):
                yield found
    # 学区党支部2021年总结 / … / 南岭学区党支部，现有…
    if general := re.match(
        r"(?P<unit>[一-鿿]{2,6}?(?:党支部|党总支|党委))(?=\d{4}|工作|党建)", title
    ):
        for line in lines[1:10]:
            match = re.search(
                rf"(?<![一-鿿])[一-鿿]{{2,6}}{general['unit']}(?=[，,]|{_ACTS})", line
            )
            if match and (found := named(match.group())):
                yield found


def _spoken(unit: str, lines: Sequence[str]) -> str | None:
    """国务院; 省人民政府 with its place; None where that stands nowhere."""
    if unit == "国务院":
        return unit
    if (level := re.match(r"(?:自治区|[省市县区州])?(?=人民政府|政府)", unit)) is not None:
        for line in lines[:12]:
            for pattern in (_ASSEMBLY, _MAYOR):
                place = pattern.search(line) if len(line) < 60 else None
                if (
                    place
                    and "全国" not in place["place"]
                    and place["place"].endswith(level.group())
                ):
                    return f"{re.sub('^.*[日在于]', '', place['place'])}人民政府"
        return None
    return named(unit)


def opening_year(lines: Sequence[str]) -> int | None:
    """The year with which a report on oneself begins: 2023年以来，我局…; 2023年，党支部…."""
    for line in lines[:3]:
        match = re.match(
            r"\s*(?:自)?((?:19|20)\d{2})\s*年(?:度|以来|上半年|下半年|是|，|,|初)", line
        )
        if match and _OF_ITSELF.search(line):
            return int(match[1])
    return None


def opening_period(lines: Sequence[str]) -> str | None:
    """The period with which a report on oneself begins: 2023年上半年，我局…; 上半年，我局…."""
    for line in lines[:4]:
        match = re.match(r"\s*(?:(?:19|20)\d{2}\s*年|今年)?(?:以来)?(.{2,12}?)(?:以来)?[，,]", line)
        if match and _OF_ITSELF.search(line[:200]):
            found = period_of(match[1])
            if found:
                return found
    return None


_OUR = re.compile(
    r"[我本](?P<kind>局|校|院|委|厅|镇|乡|村|街道|社区|公司|集团|学院|医院|法院|检察院|区|县|市|省)"
)
_KINDS = {
    "校": "大学|学院|中学|小学|学校|幼儿园|党校",
    "院": "医院|学院|研究院|法院|检察院|卫生院|院",
    "委": "委|委员会",
}


def our_kind(lines: Sequence[str]) -> re.Pattern[str] | None:
    """How the name of a unit ends that calls itself 我局 or 我校; None where it does not say.

    >>> bool(our_kind(["一年来，我校……"]).search("青禾市教育局"))
    False
    """
    for line in lines[:6]:
        if match := _OUR.search(line):
            kind = match["kind"]
            return re.compile(f"(?:{_KINDS.get(kind, kind)})(?:$|党|机关)")
    return None
