"""What was forgotten when a report was made from another one (忘改).

Three kinds of reasons, each of its own file or part:

- open: a placeholder stands where a figure or a name should (XX, *次, A新时代);
- contradiction: the draft names a level, a house, a year or a province that is not its own, where
  it speaks of itself (区直机关工委 in a report of a city's bureau, 我校 in a hospital's);
- brought along: a name stands in wording that another unit's document has word for word.

A name that the draft uses throughout, the units above its own, what every report names (中央, 国务院,
省委) and titles of documents within 《》 are no alarms: false ones cost the reviewer's trust.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from index.datatypes import Source, Span
from index.findings import Draft, Leftover, LeftoverKind, SharedSpan, SourceDocument
from index.metadata.units import PROVINCES, is_evident
from index.review.counterparts import found_in
from index.review.names import (
    PLACEHOLDER,
    SURNAMES,
    Name,
    begins_at,
    is_behind_a_post,
    is_no_territory,
    names_in,
)
from index.review.own_line import OwnLine, line_of, line_of_unit

MANY = 3
"""More open placeholders than this are told as one finding: the text is a template throughout."""
THROUGHOUT = 3
"""Paragraphs that name it: the draft is about it, whatever it is."""

_QUOTED = re.compile("《[^《》]*》|“[^“”]*”")
_HAN = "[一-鿿]"


def leftovers(
    draft: Draft,
    spans: Sequence[SharedSpan],
    documents: Mapping[int, SourceDocument],
    source_texts: Mapping[int, str],
) -> tuple[Leftover, ...]:
    """Names, years and placeholders of the draft that seem forgotten from another report.

    `spans` are what the draft shares with the `documents`; `source_texts` is by paragraph id. In
    the order of the draft; no two overlap.
    """
    desk = _Desk(draft, spans, documents, source_texts)
    found = [
        *_placeholders(desk),
        *_years(desk),
        *_other_levels(desk),
        *_other_houses(desk),
        *_other_actors(desk),
        *_other_provinces(desk),
        *_brought_along(desk),
    ]
    kept: list[Leftover] = []
    for one in found:  # the first reason given wins
        if not any(
            one.paragraph == other.paragraph
            and one.span[0] < other.span[1]
            and other.span[0] < one.span[1]
            for other in kept
        ):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.paragraph, one.span)))


class _Desk:
    """A draft, what it shares, and what is known of its own unit."""

    def __init__(
        self,
        draft: Draft,
        spans: Sequence[SharedSpan],
        documents: Mapping[int, SourceDocument],
        source_texts: Mapping[int, str],
    ) -> None:
        self.draft = draft
        self.texts = [paragraph.text for paragraph in draft.paragraphs]
        self.line = line_of(draft)
        self.spans = [span for span in spans if not span.by_meaning]
        self.documents = documents
        self.source_texts = source_texts
        self.summary = _is_summary(draft)
        self.own_texts = [
            source_texts[span.paragraph_id]
            for span in self.spans
            if documents[span.document_id].relation != "other" and span.paragraph_id in source_texts
        ]

    def leftover(
        self, kind: LeftoverKind, paragraph: int, span: Span, why: str, source: Source | None = None
    ) -> Leftover:
        return Leftover(kind, paragraph, span, self.texts[paragraph][slice(*span)], why, source)

    def bodies(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str]]]:
        """Matches in all paragraphs, those within 《》 and “” left out."""
        for index, text in enumerate(self.texts):
            quoted = [match.span() for match in _QUOTED.finditer(text)]
            for match in pattern.finditer(text):
                if not any(start <= match.start() < end for start, end in quoted):
                    yield index, match

    def paragraphs_with(self, name: str) -> int:
        return sum(name in text for text in self.texts)

    def source_of(self, paragraph: int, span: Span) -> Source | None:
        """The document that has this place of the draft too, word for word."""
        for shared in self._over(paragraph, span):
            text = self.source_texts.get(shared.paragraph_id)
            if text and found_in(self.texts[paragraph], text, shared.pieces, span):
                return self.documents[shared.document_id].source
        return None

    def past_of(self, paragraph: int, year: int) -> Source | None:
        """The document of that year which shares the paragraph."""
        for shared in sorted(self.spans, key=lambda shared: -shared.same):
            source = self.documents[shared.document_id].source
            if shared.paragraph == paragraph and source.year == year:
                return source
        return None

    def source_year(self, paragraph: int, span: Span, year: int) -> bool:
        """Whether an own or another report of that year has this place word for word."""
        return any(
            self.documents[shared.document_id].source.year == year
            and shared.paragraph == paragraph
            and shared.paragraph_id in self.source_texts
            and found_in(
                self.texts[paragraph], self.source_texts[shared.paragraph_id], shared.pieces, span
            )
            for shared in self.spans
        )

    def _over(self, paragraph: int, span: Span) -> Iterator[SharedSpan]:
        for shared in self.spans:
            if (
                shared.paragraph == paragraph
                and shared.span[0] <= span[0]
                and span[1] <= shared.span[1]
                and self.documents[shared.document_id].relation == "other"
                and self.documents[shared.document_id].older is not False
            ):
                yield shared


def _is_summary(draft: Draft) -> bool:
    """Whether the draft looks back on a year: not a plan, and not a government's work report."""
    words = draft.title + (draft.kind or "")
    return bool(re.search("总结|述职|小结|汇报|情况|报告", words)) and not re.search(
        "政府工作报告|要点|计划(?!.*总结)|方案|规划|讲话|[—\\-至]",
        draft.title.replace("工作总结及", ""),
    )


def _named(source: Source) -> str:
    """How a source is called in a sentence."""
    known = [source.unit or "", f"{source.year}年" if source.year else ""]
    inside = "，".join(part for part in known if part)
    return f"《{source.title}》" + (f"（{inside}）" if inside else "")


# --- open: placeholders

_NUMBER_MASKED = re.compile(r"\d{2,}[*＊xX×]+\d*|[*＊xX×]+\d{2,}")
_STARS_STAND = re.compile(
    "[次个名人场项期件篇条家户余万亿%％届批辆台套份册间处支所座元年月日号只类门节课省市县区镇乡村局院校部同]|街道|公司|单位|党|等"
)
"""Behind *: bold type and notes have it too (**小标题**, *注)."""
_N_PLUS_X = re.compile("[+＋]\\s*[NX]|N个")
"""1＋N＋X, N个…和X个: letters that mean any number."""


def _placeholders(desk: _Desk) -> Iterator[Leftover]:
    found = []
    for index, text in enumerate(desk.texts):
        masked = [match.span() for match in _NUMBER_MASKED.finditer(text)]
        for match in PLACEHOLDER.finditer(text):
            start, end = match.span()
            if any(one <= start and end <= other for one, other in masked):
                continue
            if match.group().strip("*＊") == "" and not _STARS_STAND.match(text, end):
                continue
            if _told_so(text, start, end):
                continue
            if match.group() in ("X", "Ｘ") and _N_PLUS_X.search(text):
                continue
            if match.group()[0] in "_＿" and re.search(r"[：:]\s*$", text[:start]):
                continue  # a line to sign on
            found.append((index, (start, end)))
    if len(found) <= MANY:
        for index, span in found:
            shown = desk.texts[index][slice(*span)]
            yield desk.leftover("placeholder", index, span, f"占位符“{shown}”没有填写。")
        return
    paragraphs = sorted({desk.draft.paragraphs[index].number for index, _ in found})
    where = "、".join(map(str, paragraphs[:8])) + ("等" if len(paragraphs) > 8 else "")
    index, span = found[0]
    yield desk.leftover(
        "placeholder",
        index,
        span,
        f"全文有{len(found)}处占位符没有填写（第{where}段），像是范文或隐去名称的稿子，请逐处核对。",
    )


def _told_so(text: str, start: int, end: int) -> bool:
    """Whether a name is hidden on purpose: 李某某, 教师罗XX, A县、B县."""
    if start and text[start] == "某" and text[start - 1] in SURNAMES:
        return True
    if start and text[start - 1] in SURNAMES and is_behind_a_post(text, start - 1):
        return True
    if text[start] in "AB" and end - start == 1:
        other = "B" if text[start] == "A" else "A"
        return re.search(rf"{other}{re.escape(text[end])}", text) is not None
    return False


# --- contradiction: years

_YEAR = re.compile(r"(?<!\d)(?P<year>20\d{2})年(?P<rest>度)?")
_REPORTED = re.compile("(?:现将|现就|下面将?|我将|现对)[^。；]{0,8}$")
_REPORTED_BEHIND = re.compile("[^。；，]{0,24}(?:总结|汇报|报告|述职|通报|情况|小结)")
_HEADING_BEHIND = re.compile(
    "(?:度)?[^。；，]{0,12}(?:总结|回顾|开展情况|主要工作|工作情况|完成情况)"
)
_PLANS = re.compile("打算|计划|下一步|下步|明年|来年|思路|安排|努力方向")
_PLANNED = re.compile("[，,]?[^。；，]{0,8}(?:将|要|打算|计划|拟|重点|力争|继续)")
_PART = re.compile(
    "(?:上半年|下半年|第[一二三四]季度|[一二三四]季度|[底末初春夏秋冬]|\\s*\\d{1,2}月|起|届|级)"
)
_OPENS = re.compile("(?:度|以来|来)?[，,]")
_FACT_BEFORE = re.compile("(?:自|从|比|较|与|和|于|至|到|在|获|截至|同|对|上年|去年)$")


def _years(desk: _Desk) -> Iterator[Leftover]:
    """A year other than the report's own where the report speaks of its own."""
    own = desk.draft.year
    if own is None or not desk.summary:
        return
    half = bool(re.search("半年|季度|月", desk.draft.title))
    for index, match in desk.bodies(_YEAR):
        year = int(match["year"])
        text = desk.texts[index]
        paragraph = desk.draft.paragraphs[index]
        if abs(year - own) > 3 or (year != own and str(year) in desk.draft.title):
            continue
        if _PART.match(text, match.end()) or _FACT_BEFORE.search(text, 0, match.start()):
            continue
        starts = _starts_sentence(text, match.start())
        headings = [head for head in paragraph.heading_path if head != desk.draft.title]
        planned = bool(_PLANS.search("".join(headings[-2:])))
        where = ""
        if year < own and _REPORTED.search(text[: match.start()]):
            if _REPORTED_BEHIND.match(text, match.end()):
                where = "交代总结范围的地方"
        elif year < own and paragraph.level and _HEADING_BEHIND.match(text, match.end()):
            where = "标题里" if f"{own}年" in desk.draft.title and index else ""
        elif year < own and starts and index <= 4 and not paragraph.level:
            if _OPENS.match(text, match.end()) and str(own) not in text:
                where = "开头"
        elif year <= own and starts and planned and not half:
            if _PLANNED.match(text, match.end()):
                where = "打算部分"
        source = desk.past_of(index, year)
        if not where and year < own and starts and source and str(own) not in text:
            if _OPENS.match(text, match.end()) and desk.source_year(index, match.span(), year):
                where = "与来源相同的文字里"
        if where:
            from_ = f"，{_named(source)}写的正是这一年" if source else ""
            yield desk.leftover(
                "year",
                index,
                (match.start(), match.start() + 5),
                f"本稿是{own}年的材料，{where}写的却是{year}年{from_}。",
                source,
            )


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return (
        not before
        or before[-1] in "。；！？："
        or bool(re.fullmatch(r"[（(]?[一二三四五六七八九十\d]+[）)、.．]", before))
    )


# --- contradiction: levels of the territory

_BODY = (
    rf"(?:直属?(?:机关)?(?:党)?工委|直机关(?:党工委|工委)?|直(?:各)?(?:单位|部门)|级机关|委(?![员派托屈任培婉以曲外])(?:办公室|办|组织部|宣传部|统战部|政法委|党校)?|政府(?:办公室|办)?"
    rf"|纪委(?:监委)?|监委|纪检监察组|纪检组|人大常委会|人大|政协|看守所|人民法院|法院|人民检察院|检察院|{_HAN}{{2,4}}局(?![长部面势限]))"
)
_BARE = re.compile(rf"(?P<posted>派?驻)?(?P<level>[县区])(?P<body>{_BODY})")
_BARE_PROVINCE = re.compile("省(?:级|直)机关(?=.{0,8}(?:开展|推进|落实|走深))")
_WHOLE = re.compile("(?:全|我|本)(?P<level>[县区])(?![别分域级块间])")
_ABOVE = re.compile("(?:按照|根据|落实|贯彻|执行|对照|经|报|受|请|向)[^，。；]{0,2}$")
_ABOVE_BEHIND = re.compile("[^，。；]{0,6}(?:领导|部署|要求|安排|指导|统一)")


def _other_levels(desk: _Desk) -> Iterator[Leftover]:
    """区委 in a county's report, 县委 in a district's, 区直机关工委 in a report of a city's bureau."""
    kind = desk.line.county_kind
    if kind is None:
        return
    found: list[tuple[int, Span, str, LeftoverKind]] = []
    for index, match in desk.bodies(_BARE):
        text = desk.texts[index]
        at = match.start("level")
        if match["level"] == kind or not _stands_alone(text, match.start(), at):
            continue
        if kind == "市" and not (
            re.match("直[^各单部]", match["body"])
            or "纪检" in match["body"]
            or (
                re.match("委|政府|纪委|直", match["body"])
                and _ABOVE.search(text[: match.start()])
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
    places = Counter(level for _, _, level, _ in found)
    paragraphs = {level: len({i for i, _, other, _ in found if other == level}) for level in places}
    own = f"“{desk.draft.unit}”" if desk.draft.unit else "本稿的单位"
    for index, span, level, what in found:
        if paragraphs[level] >= THROUGHOUT:
            continue
        text = desk.texts[index][slice(*span)]
        source = desk.source_of(index, span)
        from_ = f"，{_named(source)}的同一处就是这样写的" if source else ""
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


# --- contradiction: the house itself

_SELF = re.compile("(?<!自)我(?P<house>局|校|院|镇|乡|街道|公司|集团|厅)(?![长面势限部])")
_SAME_HOUSE = {"集团": "公司", "乡": "镇", "街道": "镇"}


def _other_houses(desk: _Desk) -> Iterator[Leftover]:
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
        from_ = f"，{_named(source)}的同一处就是这样写的" if source else ""
        own = f"“{desk.draft.unit}”" if desk.draft.unit else f"全文自称“我{house}”"
        yield desk.leftover(
            "unit", index, match.span(), f"{own}，这里却自称“{match.group()}”{from_}。", source
        )


# --- contradiction: another place that acts as the reporting unit

_ACTS = re.compile(
    "(?:党委|党工委|党政班子|机关)?(?:紧密|紧紧)?(?:结合[^，。；]{0,8}实际|高度重视|认真(?:贯彻|落实|学习|组织)|深入(?:学习|贯彻)|严格(?:落实|按照|执行)|坚持(?:以|把|用)"
    "|召开(?:党委|班子|专题|全体)|组织(?:全体|广大)?(?:党员|干部)|成立[^，。；]{0,12}领导小组|切实|扎实开展|及时(?:召开|传达|制定)|制定)"
)


_OF_ITSELF = re.compile(
    "(?:机关)?(?:党委|党组|党总支|总支|党支部)?(?:现有|共有|所属|下辖|始终|班子|全体(?:党员|干部)|坚持|把|将|以)"
)
"""Behind the name of another unit of the same trade: what a report says of its own."""


def _other_actors(desk: _Desk) -> Iterator[Leftover]:
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
    from_ = f"，{_named(source)}的同一处就是这样写的" if source else ""
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


# --- contradiction: provinces

_PROVINCIAL = re.compile(
    rf"(?P<name>{PROVINCES})(?:省|市|自治区)?(?P<body>省?委(?![员派托])|党委|政府|人民政府|纪委)"
)


def _other_provinces(desk: _Desk) -> Iterator[Leftover]:
    """Organs of a province that is not the unit's own."""
    own = desk.line.province
    if own is None or not re.fullmatch(PROVINCES, own):
        return
    for index, match in desk.bodies(_PROVINCIAL):
        if match["name"] == own or desk.paragraphs_with(match["name"]) >= THROUGHOUT:
            continue
        text = desk.texts[index]
        if not (
            _ABOVE.search(text[: match.start()])
            or re.search("在$", text[: match.start()])
            or _ABOVE_BEHIND.match(text, match.end())
        ):
            continue
        source = desk.source_of(index, match.span())
        from_ = f"，{_named(source)}的同一处就是这样写的" if source else ""
        yield desk.leftover(
            "place",
            index,
            match.span(),
            f"本稿的单位在{own}，这里写的是“{match.group()}”{from_}。",
            source,
        )


# --- brought along from another unit's document

_KNOWN = re.compile(
    "中央|中国|国务院|全国|北京|延安|井冈山|遵义|瑞金|西柏坡|嘉兴|南湖|韶山|古田|长征|雄安|粤港澳|长三角|京津冀|大湾区|香港|澳门|台湾|人民大会堂"
    "|习近平|毛泽东|邓小平|江泽民|胡锦涛|周恩来|马克思|列宁|雷锋|焦裕禄|孔繁森|杨善洲|谷文昌|廖俊波|黄大年|黄文秀|张桂梅|张富清|王进喜|钱学森"
    "|李保国|郭明义|沈浩|罗阳|钟南山|袁隆平|兰辉|邹碧华|李文祥|王继才|其美多吉|杜富国|朱德|刘少奇|陈云|任弼时|方志敏|杨靖宇|江竹筠|赵一曼"
)
_EXAMPLE = re.compile(f"同志?(?:先进)?(?:事迹|精神)|(?:先进)?事迹|精神")


def _brought_along(desk: _Desk) -> Iterator[Leftover]:
    """Names within wording that an older or equally old document of another unit has too."""
    by_document: dict[int, list[SharedSpan]] = defaultdict(list)
    for span in desk.spans:
        document = desk.documents[span.document_id]
        if document.relation == "other" and document.older is not False:
            by_document[span.document_id].append(span)
    told: set[tuple[int, Span]] = set()
    # the document that shares most is the likeliest source
    ranked = sorted(by_document.items(), key=lambda item: -sum(span.same for span in item[1]))
    for id_, spans in ranked:
        document = desk.documents[id_]
        theirs = line_of_unit(document.source.unit)
        if theirs.unit is None and desk.line.unit is None:
            continue  # nothing tells whose names they are
        if theirs.unit is not None and _same_house(desk.line, theirs):
            continue
        if document.older is None and _is_the_copy(desk, spans, theirs):
            continue
        for paragraph, span, name, kind in _shared_names(desk, spans, theirs):
            if (paragraph, span) in told:
                continue
            told.add((paragraph, span))
            yield desk.leftover(
                kind, paragraph, span, _why(desk, name, document, theirs), document.source
            )


def _same_house(line: OwnLine, theirs: OwnLine) -> bool:
    """Whether two names are one unit's, or units of one county: names there are both's."""
    assert theirs.unit is not None
    if line.unit and (line.unit in theirs.unit or theirs.unit in line.unit):
        return True
    return line.county is not None and line.county == theirs.county


def _why(desk: _Desk, name: str, document: SourceDocument, theirs: OwnLine) -> str:
    source = _named(document.source)
    if theirs.has(name) and desk.draft.unit:
        return f"“{name}”是{source}的单位名称，本稿的单位是“{desk.draft.unit}”。"
    doubt = "" if document.older else "（两份材料先后不明）"
    return f"“{name}”原样见于{source}的同一段文字{doubt}，本稿别处没有提到。"


def _shared_names(
    desk: _Desk, spans: Sequence[SharedSpan], theirs: OwnLine
) -> Iterator[tuple[int, Span, str, LeftoverKind]]:
    """The names of another unit's text that the draft still has: paragraph, place, name, kind."""
    pieces: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        pieces[span.paragraph] += [piece.span for piece in span.pieces]
    # their own names, wherever in the shared passages
    for own in sorted(theirs.names, key=len, reverse=True):
        if desk.line.has(own) or len(own) < 2 or _KNOWN.search(own):
            continue
        if own == theirs.unit and not is_evident(own):
            continue  # 培训科, 行政法规: words as well
        if re.fullmatch(PROVINCES, own) or desk.paragraphs_with(own) >= THROUGHOUT:
            continue
        for span in spans:
            text = desk.texts[span.paragraph]
            for match in re.finditer(re.escape(own), text[slice(*span.span)]):
                start = match.start() + span.span[0]
                place = (start, start + len(own))
                if not _in_title(text, start):
                    kind: LeftoverKind = "unit"
                    yield span.paragraph, place, own, kind
    for span in spans:
        text = desk.texts[span.paragraph]
        for name in names_in(text):
            if not any(
                one.span[0] <= name.span[0] and name.span[1] <= one.span[1] for one in span.pieces
            ):
                continue
            if _is_ours(desk, name, text) or _elsewhere(desk, name.text, pieces):
                continue
            yield span.paragraph, name.span, name.text, name.kind


def _in_title(text: str, at: int) -> bool:
    return any(m.start() <= at < m.end() for m in re.finditer("《[^《》]*》", text))


def _is_ours(desk: _Desk, name: Name, text: str) -> bool:
    """Whether a name may stand in any report of this unit."""
    if desk.line.has(name.text) or _KNOWN.search(name.text):
        return True
    if re.fullmatch(rf"(?:{PROVINCES})(?:省|市|自治区)?", name.text):
        return True  # a province is told apart by the unit's own
    if name.kind == "person" and _EXAMPLE.match(text, name.span[1]):
        return True  # 学习…同志先进事迹
    if any(name.text in own for own in desk.own_texts):
        return True
    return desk.paragraphs_with(name.text) >= THROUGHOUT


def _elsewhere(desk: _Desk, name: str, pieces: Mapping[int, Sequence[Span]]) -> bool:
    """Whether the draft has the name outside of what it shares with this document."""
    for index, text in enumerate(desk.texts):
        for match in re.finditer(re.escape(name), text):
            if not any(s <= match.start() and match.end() <= e for s, e in pieces.get(index, ())):
                return True
    return False


def _is_the_copy(desk: _Desk, spans: Sequence[SharedSpan], theirs: OwnLine) -> bool:
    """Whether the other document rather was made from this one, where years do not tell.

    What speaks for it: it has placeholders where the draft has figures; it has the draft's own
    names in the same words; names that both have stand in the unit's other reports.
    """
    against = in_favour = 0
    for span in spans:
        source = desk.source_texts.get(span.paragraph_id)
        if source is None:
            continue
        text = desk.texts[span.paragraph]
        for one, other in pairwise(span.pieces):
            ours = text[one.span[1] : other.span[0]]
            their = source[one.source_span[1] : other.source_span[0]]
            against += bool(PLACEHOLDER.search(their)) and not PLACEHOLDER.search(ours)
            in_favour += bool(PLACEHOLDER.search(ours)) and not PLACEHOLDER.search(their)
        for piece in span.pieces:
            words = text[slice(*piece.span)]
            if theirs.unit is not None:
                against += any(own in words for own in desk.line.names if not theirs.has(own))
                in_favour += any(own in words for own in theirs.names if not desk.line.has(own))
            levels = [m["level"] for m in _BARE.finditer(words)]
            ours_kind, their_kind = desk.line.county_kind, theirs.county_kind
            if ours_kind in ("县", "区") and their_kind in ("县", "区") and ours_kind != their_kind:
                against += levels.count(ours_kind)
                in_favour += levels.count(their_kind)
            for name in names_in(words):
                against += any(name.text in own for own in desk.own_texts)
    return against > in_favour
