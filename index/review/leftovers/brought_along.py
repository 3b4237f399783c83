"""Names within wording that another unit's document has word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from index.datatypes import Span
from index.findings import Leftover, LeftoverKind, SharedSpan, SourceDocument
from index.metadata.units import PROVINCES, is_evident
from index.review.leftovers.desk import THROUGHOUT, Desk, named
from index.review.leftovers.levels import BARE
from index.review.names import PLACEHOLDER, Name, before, names_in
from index.review.own_line import OwnLine, line_of_unit, short

_KNOWN = re.compile(
    "(?:中共)?(?:中央|中国|国务院|全国|北京|延安|井冈山|遵义|瑞金|西柏坡|嘉兴|南湖|韶山|古田|长征|雄安|粤港澳|长三角|京津冀"
    "|大湾区|香港|澳门|台湾|人民大会堂|余村|塞罕坝|小岗村|大寨|十八洞村|梁家河|枫桥|红旗渠|沂蒙|右玉|安吉"
    "|习近平|毛泽东|邓小平|江泽民|胡锦涛|周恩来|马克思|列宁|雷锋|焦裕禄|孔繁森|杨善洲|谷文昌|廖俊波|黄大年|黄文秀|张桂梅"
    "|张富清|王进喜|钱学森|李保国|郭明义|沈浩|罗阳|钟南山|袁隆平|兰辉|邹碧华|李文祥|王继才|其美多吉|杜富国|朱德|刘少奇"
    "|陈云|任弼时|方志敏|杨靖宇|江竹筠|赵一曼)[省市县镇村]?"
)
"""Whom and what every report may name."""
_NATIONAL = re.compile("(?:中共|中国|国家|全国)?(?:中央|国务院|全国|中国|国家)")
_OF_LEADERS = re.compile("(?:总书记|习近平|总理)[^。；！？]*$")
"""习近平总书记在给…的回信中: wording that all reports take from one place."""
_OF_THE_PROVINCE = re.compile(
    "(?:总理|总书记|国家主席|部长|省委(?:副)?书记|省长|副省长|自治区主席)$"
)
"""Persons whom reports of many units name."""
_EXAMPLE = re.compile("同志?(?:先进)?(?:事迹|精神)|(?:先进)?事迹|精神")


def brought_along(desk: Desk) -> Iterator[Leftover]:
    """Names within wording that an older or equally old document of another unit has too."""
    told: set[tuple[int, Span]] = set()
    for document, spans in desk.likely_sources():
        theirs = line_of_unit(document.source.unit)
        if theirs.unit is None and desk.line.unit is None:
            continue  # nothing tells whose names they are
        if theirs.unit is not None and _same_house(desk.line, theirs):
            continue
        if desk.line.unit is None and any(
            _elsewhere(desk, own, _pieces(spans)) for own in theirs.names
        ):
            continue  # a draft of an unknown unit that speaks of theirs is theirs
        if theirs.unit is None and _speaks_of_us(desk, spans):
            continue
        if document.older is None and _is_the_copy(desk, spans, theirs):
            continue
        for paragraph, place, name, kind in _shared_names(desk, spans, theirs):
            if (paragraph, place) not in told:
                told.add((paragraph, place))
                why = _why(desk, name, document, theirs)
                yield desk.leftover(kind, paragraph, place, why, document.source)


def _same_house(line: OwnLine, theirs: OwnLine) -> bool:
    """Whether two names are one unit's, or units of one county: names there are both's."""
    assert theirs.unit is not None
    if line.unit and (line.unit in theirs.unit or theirs.unit in line.unit):
        return True
    return line.county is not None and line.county == theirs.county


def _why(desk: Desk, name: str, document: SourceDocument, theirs: OwnLine) -> str:
    source = named(document.source)
    if theirs.has(name) and desk.draft.unit:
        return f"“{name}”是{source}的单位名称，本稿的单位是“{desk.draft.unit}”。"
    doubt = "" if document.older else "（两份材料先后不明）"
    return f"“{name}”原样见于{source}的同一段文字{doubt}，本稿别处没有提到。"


def _shared_names(
    desk: Desk, spans: Sequence[SharedSpan], theirs: OwnLine
) -> Iterator[tuple[int, Span, str, LeftoverKind]]:
    """The names of another unit's text that the draft still has: paragraph, place, name, kind."""
    pieces = _pieces(spans)
    # their own names, wherever in the shared passages
    for own in sorted(theirs.names, key=len, reverse=True):
        if desk.line.has(own) or len(own) < 2 or _NATIONAL.match(own):
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


def _pieces(spans: Sequence[SharedSpan]) -> Mapping[int, Sequence[Span]]:
    """Paragraph -> what of it the document has word for word."""
    pieces: dict[int, list[Span]] = defaultdict(list)
    for span in spans:
        pieces[span.paragraph] += [piece.span for piece in span.pieces]
    return pieces


def _in_title(text: str, at: int) -> bool:
    return any(m.start() <= at < m.end() for m in re.finditer("《[^《》]*》", text))


def _is_ours(desk: Desk, name: Name, text: str) -> bool:
    """Whether a name may stand in any report of this unit."""
    if desk.line.has(name.text) or _KNOWN.fullmatch(name.text):
        return True
    if _NATIONAL.match(name.text) or _OF_LEADERS.search(before(text, name.span[0], 40)):
        return True
    if re.fullmatch(rf"(?:{PROVINCES})(?:省|市|自治区)?", name.text):
        return True  # a province is told apart by the unit's own
    if name.kind == "person" and _EXAMPLE.match(text, name.span[1]):
        return True  # 学习…同志先进事迹
    if name.kind == "person" and _OF_THE_PROVINCE.search(before(text, name.span[0])):
        return True
    if any(name.text in own for own in desk.own_texts):
        return True
    return desk.paragraphs_with(name.text) >= THROUGHOUT


def _elsewhere(desk: Desk, name: str, pieces: Mapping[int, Sequence[Span]]) -> bool:
    """Whether the draft has the name outside of what it shares with this document."""
    for index, text in enumerate(desk.texts):
        for match in re.finditer(re.escape(name), text):
            if not any(s <= match.start() and match.end() <= e for s, e in pieces.get(index, ())):
                return True
    return False


def _speaks_of_us(desk: Desk, spans: Sequence[SharedSpan]) -> bool:
    """Whether a document of an unknown unit names the draft's own place or unit: it is then about
    the same one, like another version of the draft."""
    line = desk.line
    own = [line.unit, line.city, line.county, line.province if line.level == "省" else None]
    names = {short(one) for one in own if one and one in (line.unit or "")}
    texts = [desk.source_texts.get(span.paragraph_id, "") for span in spans]
    return any(name in text for name in names for text in texts)


def _is_the_copy(desk: Desk, spans: Sequence[SharedSpan], theirs: OwnLine) -> bool:
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
            levels = [m["level"] for m in BARE.finditer(words)]
            ours_kind, their_kind = desk.line.county_kind, theirs.county_kind
            if ours_kind in ("县", "区") and their_kind in ("县", "区") and ours_kind != their_kind:
                against += levels.count(ours_kind)
                in_favour += levels.count(their_kind)
            for name in names_in(words):
                against += any(name.text in own for own in desk.own_texts)
    return against > in_favour
