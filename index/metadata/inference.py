"""Title, unit, year, kind and period of a document, from its own words and its path.

Unknown stays unknown: a unit that is only a placeholder (XXXX党支部, 某局) or fits anyone (市局,
我局, 机关党支部) names nobody and is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePath
from typing import Final, Literal, NamedTuple

from index.datatypes import Metadata, Origin
from index.metadata.periods import period_of
from index.outline import classify
from index.text import TRADITIONAL

Field = Literal["title", "unit", "year", "kind", "period"]
FIELDS: Final[tuple[Field, ...]] = ("title", "unit", "year", "kind", "period")
Where = Literal[
    "mended",
    "metadata.csv",
    "options",
    "stated",
    "title",
    "letterhead",
    "signature",
    "opening",
    "file name",
    "folder",
]

KINDS: tuple[str, ...] = (
    # longest and most telling first: 党建工作总结 before 工作总结 before 总结
    "政府工作报告", "党建工作总结", "党建工作报告", "党建工作计划", "党建工作要点", "党建总结",
    "党风廉政建设工作总结", "意识形态工作总结", "主题教育总结", "教育培训工作总结",
    "述职述廉报告", "述责述廉报告", "述廉报告", "述职报告", "对照检查材料", "对照检查",
    "工作总结", "年度总结", "半年总结", "工作报告", "工作计划", "工作要点", "工作方案", "实施方案",
    "实施意见", "指导意见", "行动计划", "管理办法", "实施细则", "工作汇报", "情况汇报", "情况报告",
    "调研报告", "调查报告", "心得体会", "发言材料", "经验材料", "事迹材料", "先进事迹", "会议纪要",
    "会议记录", "讲话稿", "讲话", "致辞", "通知", "通报", "通告", "公告", "决定", "决议", "意见",
    "批复", "请示", "函", "规划", "方案", "办法", "条例", "规定", "细则", "倡议书", "党课",
    "宣讲稿", "工作小结", "小结", "总结", "报告", "汇报", "计划", "要点", "纪要", "简报",
)  # fmt: skip
"""Kinds of document (文种) that a title can end with or name."""


_HEAD_LINES = 12
_TITLE_END = re.compile(
    r"(?:总结|报告|计划|要点|方案|意见|通知|通报|办法|规定|条例|讲话|致辞|汇报|材料|体会|纪要|决定|决议|规划|细则|公告|函|请示|批复|简报|稿"
    r"|党课|事迹|倡议书|建议|说明|公报|宣言|纲要|实录|综述|安排|情况|思路|打算|清单|述职|发言)(?:[（(〔][^（）()]{1,20}[）)〕])?$"
)
_NOT_TITLE = re.compile(
    r"(?:各位|同志们|尊敬的|各相关|各有关|女士们|先生们|[（(]?(?:\d{4}|[二〇○零一三四五六七八九]{4})年\d{0,2}.{0,8}[月日][）)]?$|——|来源|时间|发布|作者|索引|编号|附件)"
)
_BODY_SIGN = re.compile(r"[。；]|[，,].*[，,].*[，,]|[：:]$")
_LONGEST_TITLE = 60


class Guess(NamedTuple):
    """What a document says of itself, and where each value was found."""

    metadata: Metadata
    origins: tuple[Origin, ...]


SURE: Final[Mapping[tuple[Field, Where], float]] = {
    ("title", "title"): 0.98,
    ("title", "file name"): 0.3,
    ("unit", "title"): 0.8,
    ("unit", "letterhead"): 0.85,
    ("unit", "signature"): 0.5,
    ("unit", "file name"): 0.7,
    ("year", "title"): 0.94,
    ("year", "opening"): 0.8,
    ("year", "signature"): 0.95,
    ("year", "letterhead"): 0.7,
    ("year", "file name"): 0.7,
    ("year", "folder"): 0.5,
    ("kind", "title"): 0.65,
    ("kind", "opening"): 0.8,
    ("kind", "file name"): 0.6,
    ("period", "title"): 0.95,
    ("period", "opening"): 0.7,
    ("period", "file name"): 0.7,
}
"""How sure a value is by where it was found, 0 to 1; `scripts/evaluate_metadata.py` measures it."""


def infer(lines: Sequence[str], path: str, *, marked_title: str = "") -> Metadata:
    """What the first and last lines of a document, then its path, say.

    >>> found = infer(["青禾市水务局2023年党建工作总结及2024年工作计划", "一年来……。"], "/x/a.txt")
    >>> found.unit, found.year, found.kind
    ('青禾市水务局', 2023, '党建工作总结')
    """
    return guess(lines, path, marked_title=marked_title).metadata


def guess(lines: Sequence[str], path: str, *, marked_title: str = "") -> Guess:
    """Metadata and where it was found; for each field the first place that says anything wins.

    The order: title, signature (unit) or opening lines (year, kind, period), letterhead, signature
    (year), file name, folders. `lines` are the paragraphs' texts after cleaning; `marked_title` is
    a line that the format itself calls the title; `path` may go into an archive (…/a.zip/b.docx).
    """
    title, _ = title_of(lines, marked_title)
    named = _stem_title(_stem(path))
    values: dict[Field, tuple[object, Where]] = {}

    def first(field: Field, *candidates: tuple[Where, Callable[[], object]]) -> None:
        for where, candidate in candidates:
            value = candidate()
            if value is not None and value != "":
                values[field] = (value, where)
                return

    first("title", ("title", lambda: title), ("file name", lambda: named))
    first(
        "unit",
        ("title", lambda: unit_of(title)),
        # what is passed on below a covering letter bears the signature of its own author
        ("signature", lambda: None if "转发" in title else _signature_unit(lines)),
        ("letterhead", lambda: _letterhead_unit(lines)),
        ("file name", lambda: unit_of(named)),
    )
    first(
        "year",
        ("title", lambda: year_of(title)),
        ("opening", lambda: _first_line_year(lines)),
        ("signature", lambda: _signature_year(lines)),
        ("letterhead", lambda: _letterhead_year(lines)),
        ("file name", lambda: _year_in_name(_stem(path))),
        ("folder", lambda: _folder_year(path)),
    )
    first(
        "kind",
        ("title", lambda: kind_of(title)),
        ("opening", lambda: _announced_kind(lines)),
        ("file name", lambda: kind_of(_stem(path))),
    )
    first(
        "period",
        ("title", lambda: period_of(title)),
        ("opening", lambda: _opening_period(lines) if _REPORTS.search(title or named) else None),
        ("file name", lambda: period_of(named)),
    )
    found = {field: value for field, (value, _) in values.items()}
    return Guess(
        Metadata(**found),  # type: ignore[arg-type]
        tuple(Origin(field, where, SURE[field, where]) for field, (_, where) in values.items()),
    )


_REPORTS = re.compile("总结|小结|述职|汇报|情况")


def _opening_period(lines: Sequence[str]) -> str | None:
    """The period with which a report on oneself begins: 2023年上半年，我局…; 上半年，我局…."""
    for line in lines[:4]:
        match = re.match(r"\s*(?:(?:19|20)\d{2}\s*年|今年)?(?:以来)?(.{2,12}?)(?:以来)?[，,]", line)
        if match and _OF_ITSELF.search(line[:200]):
            found = period_of(match[1])
            if found:
                return found
    return None


_RED_HEAD = re.compile(r"(?P<unit>[一-鿿（）()·]{2,30})文件")
_NUMBERED = re.compile(
    r"[一-鿿]{2,16}\s*[〔\[（(【]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]）)】]\s*第?\s*\d+\s*号"
)


def _letterhead_unit(lines: Sequence[str]) -> str | None:
    """青禾市水务局文件 above the title names who wrote it."""
    _, title = title_of(lines)
    above = lines[title.start - 1].strip() if title.start else ""
    if _SIGNED.fullmatch(above) and (unit := _named(above)):
        return unit  # alone in the line above the title, as on a cover
    for line in lines[:6]:
        match = _RED_HEAD.fullmatch(re.sub(r"\s", "", line))
        if match and (signed := _SIGNED.fullmatch(match["unit"])):
            return _named(signed.group())
    return None


def _letterhead_year(lines: Sequence[str]) -> int | None:
    """The year of the document's own number: 青水发〔2023〕5号 alone in its line."""
    for line in lines[:8]:
        match = _NUMBERED.match(line.strip())
        if match and len(line.strip()) <= 40:
            return int(match["year"])
    return None


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


_LETTERHEAD = re.compile(
    r".{2,30}(?:文件|(?:〔\d{4}〕|\[\d{4}\]).{1,8}号|（\d{4}）第?\d+号)(?:\s*签发人.*)?|[★☆]|\d{6}|特急|加急|平急|急件|(?:绝密|机密|秘密)(?:\s*★.{0,8})?|内部资料|签发人.*|第\s*\d+\s*期"
)


def _below_letterhead(lines: Sequence[str]) -> int:
    """Index of the line under a letterhead; 0 where no title stands below."""
    for i, line in enumerate(lines[:9]):
        text = line.strip()
        if i and _TITLE_END.search(text) and _is_title_line(text):
            return i
        if not (_LETTERHEAD.fullmatch(text) or (_SIGNED.fullmatch(text) and _named(text))):
            break
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


_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?=\s*(?:年|[-—~至到]\s*(?:19|20)\d{2}|[.\-_/]\d{1,2}))"
)
_HAN_YEAR = re.compile(r"([一二][〇○Ｏ零O九一二三四五六七八]{3})年")
_HAN_DIGITS = str.maketrans("〇○Ｏ零O一二三四五六七八九", "00000123456789")


def year_of(text: str) -> int | None:
    """The first year that `text` names, or None.

    A title with two years is about the first: 2023年总结及2024年计划 is of 2023.

    >>> year_of("2023年供水小结，附2024年打算"), year_of("二〇二二年度述职报告")
    (2023, 2022)
    >>> year_of("20xx年工作总结") is None
    True
    """
    arabic, han = _YEAR.search(text), _HAN_YEAR.search(text)
    if arabic and (not han or arabic.start() < han.start()):
        return int(arabic[1])
    if han:
        year = int(han[1].translate(_HAN_DIGITS))
        return year if 1900 <= year <= 2099 else None
    bare = re.search(
        r"(?<![\d.])(20[0-4]\d)(?=(?:党|工作|政府|上半|下半|第|总结|述职|\b))(?![\d.])", text
    )
    return int(bare[1]) if bare else None


def kind_of(text: str) -> str | None:
    """The kind of document a title names: the earliest where it names two, the longest there.

    >>> kind_of("南岭水厂党建工作总结和来年党建工作计划"), kind_of("关于做好节水工作的通知")
    ('党建工作总结', '通知')
    >>> kind_of("春天") is None
    True
    """
    core = re.sub(r"[（(][^（）()]*[）)]$", "", text.strip()).translate(TRADITIONAL)
    core = re.sub("(?:工作|开展)情况(?=总结|小结)", "工作", core)
    # 关于印发《…方案》的通知 is a 通知: what it names inside is not its own kind
    if core.startswith("关于") or re.search(
        r"(?:印发|转发|贯彻).*的(?:通知|意见|决定|通报|公告|函|批复)$", core
    ):
        for kind in KINDS:
            if core.endswith(kind):
                return kind
    best: tuple[int, int] | None = None
    found = None
    for order, kind in enumerate(KINDS):
        end = core.find(kind)
        if end >= 0 and (len(kind) > 2 or core.endswith(kind)):
            key = (end + len(kind), order)
            if best is None or key < best:
                best, found = key, kind
    return found


def _announced_kind(lines: Sequence[str]) -> str | None:
    """The kind that the first paragraphs announce: 现将党建工作总结如下."""
    for line in lines[:4]:
        match = re.search(r"现(?:就|将)([^。]{2,40})如下[：:。]?$", line.strip())
        if match:
            for kind in KINDS:
                if len(kind) > 2 and kind in match[1]:
                    return kind
    return None


_UNIT_END = (
    "党支部委员会|党总支|党支部|机关党委|党委|党组|党工委|纪委监委|纪委|委员会|办公室|管理局|分局|总局|税务局|公安局|局|集团有限公司|有限公司|有限责任公司"
    "|股份公司|集团公司|集团|公司|医院|学院|大学|中学|小学|幼儿园|学校|党校|中心|人民政府|政府|街道办事处|街道办|街道|乡|镇|村|社区|研究院|研究所|院|厂"
    "|站|所|处|厅|部|署|银行|支行|分行|联合会|协会|学会|总工会|团委|妇联|法院|检察院|人大常委会|政协|联社|供销社|大队|支队|林场|农场|馆|电视台|报社"
)
_UNIT = re.compile(
    rf"^(?:关于)?(?P<party>(?:中共|中国共产党)?)(?P<unit>[一-鿿A-Za-z0-9（）()·]{{2,28}}?(?:{_UNIT_END}))"
    r"(?=关于|\s|\d{4}|20(?=[上下年])|二〇|二○|上半年|下半年|年度|党建|工作|意识形态|主题教育|党风|述职|基层|机关党建|党员|班子"
    r"|书记|领导|第[一二三四]季度|半年|总结|政府工作|年$|$|学习|贯彻|落实|开展|推进|整治|巩固|抓|为|全面|新时代"
    r"|优化|安全|履职|党组理论|标准化)"
)
_AFTER_YEAR = re.compile(
    r"^(?:\d{4}|[二一][〇○零\d一二三四五六七八九]{3})\s*年?度?(?:上半年|下半年)?"
)
_NO_NAME = re.compile(r"[XxＸ×*＊某○]|^[A-Z]{0,3}(?=局|部|公司|单位)|^.{0,1}$")
_PRONOUN = re.compile(
    r"^(?:医院|中学|小学|街道|社区|我|本|该|各|全|省|市|县|区|镇|乡|村|局|院|校|公司|集团|分院|机关|基层|直属|单位|学校|部门|支部|党|级|党支部|党委|党组|党总支|机关党委|机关党支部|学生|教工|离退休|市直|区直|县直|省直|学区)+"
    r"(?:局|院|校|公司|集团|委员会|党支部|党总支|党委|党组|部|中心|办公室|机关|处|学校|党校|政府|街道|社区|医院|镇|村|乡)?$"
)
_PLACE_ONLY = re.compile(r"^(?:全国|中国|国家|国务院)$")


def unit_of(text: str) -> str | None:
    """The unit a title begins with, or None where it names none.

    Placeholders (XXXX党支部, 某局) and words that fit any unit (市局, 机关党支部) name nobody.

    >>> unit_of("青禾市水务局2023年党建工作总结"), unit_of("2023年青禾市水务局党建工作总结")
    ('青禾市水务局', '青禾市水务局')
    >>> unit_of("2021年XXXX党支部学习工作总结"), unit_of("2022年市局工会工作总结")
    (None, None)
    """
    core = _AFTER_YEAR.sub("", text.strip().lstrip("《"))
    government = re.match(r"([一-鿿]{2,20}?(?:省|市|县|区|州|旗|镇|乡))人?民?政府工作报告", core)
    if government:
        return _named(government[1])
    core = core.removeprefix("中华人民共和国")
    match = _UNIT.match(core)
    return _named(match["party"] + match["unit"]) if match else None


def _named(unit: str) -> str | None:
    """The unit's name as it is filtered by, or None where it names nobody.

    >>> _named("中共青禾市水务局委员会"), _named("中共青禾市委员会"), _named("医院党委")
    ('青禾市水务局', '青禾市委', None)
    """
    committee = re.fullmatch(r"(?:中共|中国共产党)(.{2,})委员会", unit)
    if committee:
        unit = committee[1] + ("委" if committee[1][-1] in "省市县区州旗" else "")
    unit = re.sub("^(?:中共|中国共产党)", "", unit)
    if _NO_NAME.search(unit) or _PRONOUN.match(unit) or _PLACE_ONLY.match(unit):
        return None
    if re.search(
        r"关于|印发|进一步|加强|推进|做好|开展|工作|学习|党的|精神|落实|召开|举行|会议|部署|转发|举办|组织(?!部)|参加|引航|走进|上半年|下半年|季度|我[局院校市县区镇乡]|[的和与及]$|^[在对]",
        unit,
    ):
        return None
    return unit


_SIGNED = re.compile(
    rf"(?:中共|中国共产党)?([一-鿿（）()·]{{2,28}}?(?:{_UNIT_END}))(?:委员会|办公室)?$"
)
_DATE_LINE = re.compile(
    r"(?:(?P<arabic>(?:19|20)\d{2})\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*(?:\d{1,2}\s*日?)?|(?P<han>[一二][〇○Ｏ零O九一二三四五六七八]{3})年[一二三四五六七八九十元]{1,3}月.{0,4})$"
)


def _signature(lines: Sequence[str]) -> tuple[str | None, int | None]:
    """Unit and year of the signature (落款): the last lines, or those under the title."""
    for i in range(len(lines) - 1, max(-1, len(lines) - 5), -1):
        match = _DATE_LINE.fullmatch(lines[i].strip().strip("（）()"))
        if match:
            year = int(match["arabic"] or match["han"].translate(_HAN_DIGITS))
            return _leading_signer(lines, i - 1), year
    last = lines[-1].strip() if lines else ""
    signed = _SIGNED.fullmatch(last)
    return (_named(last) if signed and len(lines) > 2 else None), None


def _leading_signer(lines: Sequence[str], last: int) -> str | None:
    """The unit that signs in line `last`; of several, one a line, the first: it leads."""
    signers: list[str] = []
    for i in range(last, max(-1, last - _MOST_SIGNERS), -1):
        text = lines[i].strip()
        if not _SIGNED.fullmatch(text):
            break
        signers.append(text)
    return _named(signers[-1]) if signers else None


_MOST_SIGNERS = 12


def _signature_unit(lines: Sequence[str]) -> str | None:
    unit = _signature(lines)[0]
    if unit is None:
        # 青禾市水务局 / （2023年12月5日） under the title
        for line, below in pairwise(lines[1:5]):
            text = re.sub(r"\s+", "", line)
            if _SIGNED.fullmatch(text) and _DATE_LINE.fullmatch(below.strip().strip("（）()")):
                return _named(text)
    return unit


def _signature_year(lines: Sequence[str]) -> int | None:
    for line in lines[1:5]:
        text = line.strip().strip("（）()—").strip()
        match = re.match(r"((?:19|20)\d{2})\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日", text)
        if match and len(text) < 60:
            return int(match[1])
    return _signature(lines)[1]


_OF_ITSELF = re.compile(
    r"现[将就]|[我本][局院校市县区镇乡村站所厅部委司]|我们|[我本](?:公司|集团|单位|支部|中心|社区|街道|分院|学区|党)|支部"
)


def _first_line_year(lines: Sequence[str]) -> int | None:
    """The year with which a report on oneself begins: 2023年以来，我局…; 2023年，党支部…."""
    for line in lines[:3]:
        match = re.match(
            r"\s*(?:自)?((?:19|20)\d{2})\s*年(?:度|以来|上半年|下半年|是|，|,|初)", line
        )
        if match and _OF_ITSELF.search(line):
            return int(match[1])
    return None


# --- what the path says ----------------------------------------------------------------------


def _stem(path: str) -> str:
    return PurePath(path.replace("\\", "/")).stem


def _stem_title(stem: str) -> str:
    """A file's name as a title: without its leading number and trailing hash."""
    text = re.sub(r"^[\d\s_.\-、（）()]{1,6}(?=[一-鿿])(?!年)", "", stem)
    text = re.sub(r"[\s_\-]*(?:副本|copy|终稿|定稿|最终版?|修改稿?|\(\d+\)|（\d+）)+$", "", text)
    return text.strip(" _-") or stem


def _folder_year(path: str) -> int | None:
    """A year in the nearest folder's name that has one."""
    for part in reversed(PurePath(path.replace("\\", "/")).parts[:-1]):
        if (year := _year_in_name(part)) is not None:
            return year
    return None


def _year_in_name(part: str) -> int | None:
    match = re.search(r"(?<!\d)((?:19|20)\d{2})(?=年|\D|$)(?!\d)", part)
    if match and (part.startswith(match[1]) or "年" in part or re.search(r"[一-鿿]", part)):
        return int(match[1])
    return None
