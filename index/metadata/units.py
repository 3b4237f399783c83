"""The grammar of units' names (单位): where one ends in a title, and how it is written as one name.

One rule says what a unit is, so that the same house has one name over the years: the unit is the
organisation, not the party body within it that signed. 中共青禾市水务局党组, 青禾市水务局机关党委
and 青禾市水务局第二党支部 are all 青禾市水务局; a town's committee, government and office are all
the town (青禾县石桥镇). From the county upwards committee and government are two: 青禾市委,
青禾市人民政府. A branch whose house has no name of its own keeps its name (运营一支部).

No list of real units: names are recognised by how they end, and by the places they begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_BODY = (
    r"(?:第?[一二三四五六七八九十\d]{0,3}(?:机关|离退休(?:干部)?|老干部|(?:[一-鿿]{2,8}专业)?本科生|研究生|硕士(?:研究)?生"
    r"|学生|教工|教职工|教师|退休)?第?[一二三四五六七八九十\d]{0,2}"
    r"(?:党组|党委|党工委|党总支|党支部|纪委|纪检组|纪检监察组|团委|团总支|团支部|工会|妇委会|(?<=机关)妇(?:联|女联合会)))(?:委员会)?"
)
"""A body within an organisation, as it stands behind the organisation's name."""
_COUNCIL = r"人民代表大会(?:常务委员会)?|人大常委会|人大|政协"
_FIRM = r"(?:集团)?(?:(?:股份)?有限(?:责任)?|股份)公司|集团公司|集团|分公司|公司"
_STRONG = (
    rf"人民政府|人民法院|法院|人民检察院|检察院|{_COUNCIL}|医院|卫生院|保健院|大学|学院|中学|小学|学校"
    rf"|幼儿园|党校|研究院|研究所|研究会|协会|学会|商会|基金会|联合会|总工会|红十字会|{_FIRM}"
    r"|管理局|总局|分局|(?<![布开结格当大破僵全])局|办公厅|办公室|委员会|街道办事处|林场|农场|总社|联社|供销社|(?:改革|发改|卫健|健康|国资|经信|信息化|住建|建设|监管)委|银行|支行|分行"
)
"""Endings that hardly ever stand inside another word."""
_WEAK = (
    r"(?<=[省市县区州旗盟镇乡])政府|街道办|街道|(?<![下返家城老故水])乡|镇|村|社区|学区|中心|站|所|处|厅|(?<![干全内外])部|署|国务院|院|司|厂|(?:图书|博物|档案|文化|展览|纪念|科技|体育|美术)馆|电视台|电台|气象台|报社|残联|妇联|科协|文联|侨联"
    r"|工商联|大队|支队|总队|省委|市委|县委|区委|州委|纪委监委|[一二三四五六七八九十]支部"
)
UNIT_END: Final = rf"(?:{_STRONG}|{_WEAK})"
_NOT_INSIDE = r"(?![长员面势限域生内外属里级际队])"
"""青禾市水务局局长 does not end after the first 局 for nothing: 局长, 大学生, 部队, 部门."""
_NAME = r"[一-鿿A-Za-z0-9（）()·]"

_FOLLOWS = (
    r"(?=关于|\s|\d{4}|20(?=[上下年])|二〇|二○|上半年|下半年|年度|党建|工作|意识形态|主题教育|主题党日|党风|述职|基层"
    r"|机关党建|党员|班子|书记|领导|第[一二三四]季度|半年|总结|政府工作|年$|$|学习|贯彻|落实|开展|推进|整治|巩固|抓|为"
    r"|全面|新时代|优化|安全|履职|党组理论|标准化|召开|举行|举办|组织(?!部)|联合|印发|转发|发布|赴|走进|深入|扎实|积极"
    r"|对|(?:理论学习)?中心组|助残|发展党员|清廉|民主生活|生态|乡村|疫情|平安|法治|应急|综合|巡察|整改|——|[：:]|年终|制度)"
)
_IN_TITLE = re.compile(
    rf"^(?:关于)?(?P<party>(?:中共|中国共产党)?)"
    rf"(?P<unit>{_NAME}{{1,28}}?(?:{_BODY}|{UNIT_END})){_FOLLOWS}"
)
_PLACE = r"[一-鿿]{1,8}?(?:省|自治区|市|(?<!学)(?<!社)区|县|自治州|州|旗|盟)"
_PLACED = re.compile(rf"^(?P<unit>{_PLACE}{_NAME}{{0,20}}?(?:{_STRONG})(?:{_BODY})?){_NOT_INSIDE}")
"""A name that begins with a place and ends for certain needs nothing telling behind it."""

_GOVERNMENT = re.compile(
    r"(?P<place>[一-鿿]{2,20}?(?:省|市|县|区|州|旗|盟|镇|乡))(?:\d{4}年度?)?(?:人民)?政府工作报告"
)
_CONGRESS = re.compile(
    r"(?P<place>[一-鿿]{2,12}?)?第[一二三四五六七八九十]+届(?P<all>全国)?人民代表大会(?P<standing>常务委员会)?第"
)
_AFTER_YEAR = re.compile(
    r"^(?:\d{4}|[二一][〇○零\d一二三四五六七八九]{3})\s*年?度?(?:上半年|下半年)?"
)
_ISSUED = re.compile(r"关于(?:印发|修订|公布)《(?P<title>[^》]{4,})》的")
"""What an office issues bears its own name."""
_SITE = re.compile(r"\s*[-—_|｜丨]+\s*")

_NO_NAME = re.compile(r"[XxＸ×*＊某○_]|^[A-Z]{0,3}(?=局|部|公司|单位)|^.{0,1}$")
_PRONOUN = re.compile(
    r"^(?:医院|学院|大学|中学|小学|街道|社区|我|本|该|各|全|省委|市委|县委|区委|省|市|县|区|镇|乡|村|局|院|校|社|公司|集团|分院|机关|基层|直属|单位|学校|部门"
    r"|支部|党|级|党支部|党委|党组|党总支|机关党委|机关党支部|学生|教工|离退休|市直|区直|县直|省直|学区|第?[一二三四五六七八九十\d])+"
    r"(?:局|院|校|公司|集团|委员会|党支部|党总支|党委|党组|部|中心|办公室|机关|处|学校|党校|政府|人民政府|街道|社区"
    r"|医院|镇|村|乡|委)?$"
)
_PLACE_ONLY = re.compile(r"^(?:全国|中国|国家|中央)$")
_NOT_A_NAME = re.compile(
    r"关于|印发|进一步|加强|推进|做好|开展|工作(?!部|委员会|办公室|局|站|队|总站|者协会)|学习|党的|精神|落实|召开|举行|会议|部署"
    r"|转发|举办|组织(?!部)|参加|引航|走进|上半年|下半年|季度|我[局院校市县区镇乡]|[的和与及]$|^[在对从向由将以按为各]|是"
    r"|[，。；、：“”《》]|党员|干部(?!学院|局|部|培训|处)|书记|领导(?!小组)|坚持|认真|根据|同志|不断|切实|^主持|所属|出席|考察|视察|反馈|慰问|参观|呼吁|访问|打击|启动|加速|落户|宣布|会见|赋能|实现|今日|我国|我驻|总书记|各级|第.{1,4}条|以上|一网格|丨"
)
_PARTY = re.compile(r"^(?:中共(?!中央)|中国共产党(?!中央))+")
_TOWN = re.compile(
    r"^(?P<town>.*(?:镇|乡|街道|苏木))(?:人民政府|政府|办事处|工作委员会|工委|党政(?:综合)?办公室|委员会|办)$"
)
_ANY = re.compile(
    r".{2,8}?(?:省|市|县|区)(?:城市|农村|区县)?(?:中小学|幼儿园|学校|医院|小学|中学|大学|乡镇|[村居]民委员会|公司|企业|社区|街道)$|[村居]民委员会$"
)
"""青禾市中小学: whichever of them."""
_DEPARTMENT = re.compile(
    r"^(?:(?:宣传|组织|统战|人事|财务|综合|党群|行政|后勤|教务|学工|政工|党建)[部处科室]|(?:党政|综合|党委|机关)?办公室)$"
)
"""Every organisation has one."""
_CENTRE = re.compile("(?:中国共产党)?(?:第?[一二三四五六七八九十]+届)?中央委员会")
_TERM = re.compile(r"^\d+|第[一二三四五六七八九十]+届(?=人民政府|人民代表大会|委员会)")
_TERRITORY = re.compile(r"(?:省|市|县|(?<![学片园社校])区|州|旗|盟)$")
_INNER = re.compile(rf"(?:{_BODY}|领导班子|(?:党组|党委)?(?:理论学习)?中心组)$")

PROVINCES: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_HAS_PLACE = re.compile(
    rf"^(?:{_PLACE}|{PROVINCES}|中国|国家|全国|中央|中共中央|国务院|最高|[一-鿿]{{2,4}}(?:镇|乡|街道)(?=.))"
)
_LOCAL = re.compile(
    r"(?:局|委|办公室|街道|镇|乡|村|社区|中学|小学|学校|幼儿园|医院|卫生院|党校|中心|联合会|残联|妇联|总工会|法院|检察院|政府"
    r"|党工委|组织部|宣传部|统战部|政法委)$"
)
_SHORT_NAMES: Final = {
    "残联": "残疾人联合会",
    "妇联": "妇女联合会",
    "科协": "科学技术协会",
    "文联": "文学艺术界联合会",
    "侨联": "归国华侨联合会",
    "工商联": "工商业联合会",
    "社科联": "社会科学界联合会",
}
"""Bodies that exist at every level and are written both ways."""
_SHORT = re.compile(f"({'|'.join(_SHORT_NAMES)})(?=$|机关|党)")
_A_PLACE = re.compile(r"[一-鿿]{2,9}(?:省|自治区|市|区|县|州|旗|盟)")


def unit_of(text: str) -> str | None:
    """The unit a title begins with, or None where it names none.

    Placeholders (XXXX党支部, 某局) and words that fit any unit (市局, 机关党支部) name nobody.

    >>> unit_of("青禾市水务局2023年党建工作总结"), unit_of("2023年青禾市水务局党组工作总结")
    ('青禾市水务局', '青禾市水务局')
    >>> unit_of("2023年青禾市政府工作报告"), unit_of("青禾市第一中学设备清单")
    ('青禾市人民政府', '青禾市第一中学')
    >>> unit_of("2021年XXXX党支部学习工作总结"), unit_of("2022年市局工会工作总结")
    (None, None)
    """
    core = _AFTER_YEAR.sub("", text.strip().lstrip("《"))
    if government := _GOVERNMENT.match(core):
        return named(f"{government['place']}人民政府")
    if congress := _CONGRESS.match(core):
        place = "全国" if congress["all"] else congress["place"]
        return f"{place}人民代表大会{congress['standing'] or ''}" if place else None
    core = core.removeprefix("中华人民共和国")
    if issued := _ISSUED.match(core):
        core = issued["title"]
    if match := _IN_TITLE.match(core):
        return named(match["party"] + match["unit"])
    if match := _PLACED.match(core):
        return named(match["unit"])
    return None


def unit_of_site(title: str) -> str | None:
    """The unit whose page a title was saved from: …研学活动-青禾大学, 青禾大学新闻网 - ….

    >>> unit_of_site("水库研学活动纪实-青禾大学"), unit_of_site("水库研学-青禾日报")
    ('青禾大学', None)
    """
    parts = _SITE.split(title)
    if len(parts) < 2:
        return None
    for part in (parts[-1], parts[0]):
        name = re.sub("(?:新闻网|官网|门户网站|网站)$", "", part.strip())
        if re.fullmatch(rf"{_NAME}{{2,24}}(?:{_STRONG})", name) and (unit := named(name)):
            return unit
    return None


def named(text: str) -> str | None:
    """The one name of the unit that `text` names, or None where it names nobody.

    >>> named("中共青禾市水务局委员会"), named("中共青禾市委员会"), named("医院党委")
    ('青禾市水务局', '青禾市委', None)
    >>> named("中共石桥镇委员会"), named("青禾市南岭街道办事处"), named("青禾市委组织部")
    ('石桥镇', '青禾市南岭街道', '青禾市委组织部')
    >>> named("青禾大学物理学院本科生第二党支部"), named("管网维护党支部")
    ('青禾大学物理学院', '管网维护党支部')
    """
    if _CENTRE.fullmatch(text):
        return "中共中央"
    unit = _SHORT.sub(lambda match: _SHORT_NAMES[match[1]], _PARTY.sub("", text))
    unit = _TERM.sub("", unit.removeprefix("中华人民共和国"))
    if _PARTY.match(text) and (
        committee := re.fullmatch(r"(.{2,}?)(?:机关|总支部|支部)?委员会", unit)
    ):
        unit = committee[1] + ("委" if _TERRITORY.search(committee[1]) else "")
    if town := _TOWN.match(unit):
        unit = town["town"]
    if not _refused(unit):
        return _house(unit)
    return None


def has_place(name: str) -> bool:
    """Whether a name begins with a place, so that it is one unit's alone.

    >>> has_place("青禾市水务局"), has_place("水务局")
    (True, False)
    """
    return bool(_HAS_PLACE.match(name))


def is_evident(name: str) -> bool:
    """Whether a name standing alone can be nothing but a unit: by its place or its ending.

    >>> is_evident("青禾市水务局"), is_evident("新开的车站")
    (True, False)
    """
    return has_place(name) or bool(re.search(rf"(?:{_STRONG})$", name))


def leading(stated: str) -> str:
    """The one name of the unit that a page's head states; of several the first; else as it stands.

    >>> leading("中共青禾市水务局党组、青禾市财政局"), leading("编写组")
    ('青禾市水务局', '编写组')
    """
    first = re.split(r"[、，,；;\s]", stated.strip())[0]
    return named(first) or stated


def _refused(unit: str) -> bool:
    return bool(
        _NO_NAME.search(unit)
        or _PRONOUN.match(unit)
        or _PLACE_ONLY.match(unit)
        or _ANY.match(unit)
        or _DEPARTMENT.match(unit)
        or _NOT_A_NAME.search(unit)
    )


def _house(unit: str) -> str | None:
    """The organisation that a body within it belongs to; the body where that has no name.

    None where the organisation is any (市局工会).
    """
    match = _INNER.search(unit)
    if match is None:
        return unit
    house = unit[: match.start()]
    if _TERRITORY.search(house):  # 广西壮族自治区党委, 经济开发区党工委
        return unit
    if re.search(rf"(?:{UNIT_END}|系)$", house):
        return None if _refused(house) else _house(house)  # 水务局党支部党委
    return unit


def is_place(name: str) -> bool:
    """Whether a folder's name is that of a place: 青禾市; not 市直, 全市 or 中共青禾市.

    >>> is_place("青禾市"), is_place("全市"), is_place("市直"), is_place("领导联系县")
    (True, False, False, False)
    """
    # 领导下市; 中共青禾市 is the beginning of a committee's name
    if _PRONOUN.match(name) or _NOT_A_NAME.search(name) or _PARTY.match(name):
        return False
    return bool(_A_PLACE.fullmatch(name))


def completed(unit: str, others: Iterable[str], places: Iterable[str]) -> str:
    """The unit's full name: from another that ends with it, or with the place that a folder names.

    A title says 石桥镇 where the signature says 青禾县石桥镇. Only local units take the folder's
    place: a company or a university lies in a place but is not called by it.

    >>> completed("石桥镇", ["青禾县石桥镇"], [])
    '青禾县石桥镇'
    >>> completed("水务局", [], ["青禾市"]), completed("市水务局", [], ["青禾市"])
    ('青禾市水务局', '青禾市水务局')
    >>> completed("青禾水务集团", [], ["青禾市"]), completed("南岭区水务局", [], ["青禾市"])
    ('青禾水务集团', '南岭区水务局')
    """
    for other in others:
        if other != unit and other.endswith(unit) and _HAS_PLACE.match(other):
            return other
    for place in places:
        if unit[0] == place[-1] and not _HAS_PLACE.match(unit[1:]):
            return place + unit[1:]  # 市水务局
        if not _HAS_PLACE.match(unit) and _LOCAL.search(unit) and place[:-1] not in unit:
            return place + unit
    return unit
