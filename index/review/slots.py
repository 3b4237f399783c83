"""Differences between two texts that are slots: figures, years, names, placeholders.

Alignment ends its pieces where characters begin to differ, and that is often within a name or
beyond one (青【禾】县水务局, 青【溪】县水务局). So what differs is extended to the limits of the
figure or the name that it lies in, in both texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.alignment import fold
from index.datatypes import Span
from index.findings import Piece, Slot, SlotKind
from index.review.names import PLACEHOLDER, Name, names_in

_HAN_NUMBER = "一二三四五六七八九十百千万亿两零〇半"
_NUMBER = re.compile(
    rf"\d+(?:[.．,，:：/／-]\d+)*(?:[万亿千百]|%|％)?|[{_HAN_NUMBER}]+(?:成[{_HAN_NUMBER}]?|点[{_HAN_NUMBER}]+)?|[①-⑳]"
)
_NUMBER_PART = re.compile(rf"[\d.．,，%％{_HAN_NUMBER}]")
_FIGURE_OR_OPEN = re.compile(rf"{PLACEHOLDER.pattern}|{_NUMBER.pattern}|[*＊XxＸ×]+")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_MASKED_NAME = re.compile(r"[一-鿿]{0,3}(?:[XxＸ×✕╳*＊○]{1,}|某+|[A-D](?![A-Za-z]))[一-鿿]{0,4}")
_DIRECTIONS = frozenset(("东", "西", "南", "北", "中", "东南", "东北", "西南", "西北"))
_BEHIND_A_PLACE = re.compile(
    "公路|铁路|大桥|水库|河|路|街|港|渠|隧道|机场|广场|公园|景区|新城|工业园"
)
_INSTITUTION = re.compile(
    "监狱|看守所|戒毒所|拘留所|敬老院|养老院|福利院|法院|检察院|医院|卫生院|学校|党校|中学|小学|幼儿园|[一-鿿]{0,4}(?:纪念馆|博物馆|展览馆"
    "|教育基地|烈士陵园|分局|支队|大队|派出所|公司|集团)"
)
_LEVELS = frozenset("省市县区州旗盟镇乡村")
_HOUSES = frozenset("局委院校厂部处所站办厅署行社司")
_JOINT = re.compile(r"[、，,；;和与及。：:\s]+")
_LONGEST_NAME = 14
"""Characters: a longer difference is another statement and no name."""
_TITLES = re.compile(
    "(?:书记|主任|局长|镇长|乡长|县长|市长|区长|院长|校长|所长|科长|站长|队长|班长|组长|部长|主席|党员|村民|居民|教师|老师|医生|护士|同志|支书"
    "|检察长|董事长|经理|农艺师|工程师|安全员|网格员|副镇长|副县长)$"
)
_SURNAME_LIKE = re.compile(r"[一-鿿]{2,4}")


def slot(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    """The slot that draft[span] and source[source_span] are, or None where they are none.

    Both are full texts of paragraphs, alike up to the two spans and from them on, as far as the
    caller knows; a span may be empty. The slot's spans may be wider than those given.

    >>> found = slot("参加人员12名", (4, 5), "参加人员32名", (4, 5))
    >>> found.kind, found.draft, found.source
    ('number', '12', '32')
    >>> found = slot("云砚县水务局制定", (0, 2), "青禾县水务局制定", (0, 2))
    >>> found.kind, found.draft, found.source
    ('unit', '云砚县水务局', '青禾县水务局')
    """
    span, source_span = _trimmed(draft, span), _trimmed(source, source_span)
    for kinds in (_placeholder, _number, _name, _level, _unnamed_place):
        if (found := kinds(draft, span, source, source_span)) is not None:
            return found
    return None


def slots_of(draft: str, source: str, pieces: Sequence[Piece]) -> tuple[tuple[Slot, ...], bool]:
    """The slots of all gaps between consecutive pieces, in order and apart from each other; and
    whether nothing but slots (and marks) differs, and at least one does."""
    slots: list[Slot] = []
    others = False
    for one, other in pairwise(pieces):
        gap = (one.span[1], other.span[0])
        source_gap = (one.source_span[1], other.source_span[0])
        if not len(fold(draft[slice(*gap)])) and not len(fold(source[slice(*source_gap)])):
            continue
        if slots and _covered(slots[-1], gap, source_gap):
            continue
        found = _slots_in(draft, gap, source, source_gap)
        if found is None:
            others = True
            continue
        for new in found:
            if slots and (
                new.span[0] < slots[-1].span[1] or new.source_span[0] < slots[-1].source_span[1]
            ):
                slots[-1] = _joined(draft, source, slots[-1], new)
            else:
                slots.append(new)
    return tuple(slots), bool(slots) and not others


def _slots_in(draft: str, gap: Span, source: str, source_gap: Span) -> list[Slot] | None:
    """The slots of one gap; None where anything in it is no slot."""
    whole = slot(draft, gap, source, source_gap)
    if whole is not None:
        return [whole]
    return _pairwise(draft, source, _parts(draft, gap), _parts(source, source_gap)) or _pairwise(
        draft, source, _figures_apart(draft, gap), _figures_apart(source, source_gap)
    )


def _pairwise(
    draft: str, source: str, one: Sequence[Span], other: Sequence[Span]
) -> list[Slot] | None:
    """The slots of parts side by side, where every part is the same or a slot."""
    if len(one) != len(other) or len(one) < 2:
        return None
    found = []
    for part, source_part in zip(one, other, strict=True):
        text, source_text = draft[slice(*part)], source[slice(*source_part)]
        if text == source_text:
            continue
        new = slot(draft, part, source, source_part)
        if new is None:
            return None
        found.append(new)
    return found


def _parts(text: str, span: Span) -> list[Span]:
    """A gap cut at its marks: 4日，县 gives 4日 and 县."""
    parts = []
    start = span[0]
    for match in _JOINT.finditer(text, *span):
        parts.append((start, match.start()))
        start = match.end()
    parts.append((start, span[1]))
    return parts


def _figures_apart(text: str, span: Span) -> list[Span]:
    """A gap cut into figures and what stands between: 52户171 gives 52, 户 and 171."""
    parts = []
    start = span[0]
    for match in _FIGURE_OR_OPEN.finditer(text, *span):
        parts += [(start, match.start()), match.span()]
        start = match.end()
    parts.append((start, span[1]))
    return [part for part in parts if part[0] < part[1]]


def _covered(last: Slot, gap: Span, source_gap: Span) -> bool:
    return gap[1] <= last.span[1] and source_gap[1] <= last.source_span[1]


def _joined(draft: str, source: str, one: Slot, other: Slot) -> Slot:
    """Two slots that grew into each other: the same figure, whose digits agree in the middle."""
    span = (min(one.span[0], other.span[0]), max(one.span[1], other.span[1]))
    source_span = (
        min(one.source_span[0], other.source_span[0]),
        max(one.source_span[1], other.source_span[1]),
    )
    kind = one.kind if one.kind != "number" else other.kind
    return Slot(kind, draft[slice(*span)], source[slice(*source_span)], span, source_span)


def _trimmed(text: str, span: Span) -> Span:
    """Without marks and spaces at the ends."""
    start, end = span
    while start < end and not (text[start].isalnum() or PLACEHOLDER.match(text, start)):
        start += 1
    while start < end and not (text[end - 1].isalnum() or text[end - 1] in "*＊×%％○_＿"):
        end -= 1
    return start, end


def _made(kind: SlotKind, draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    one, other = draft[slice(*span)], source[slice(*source_span)]
    if one == other or not (one or other):
        return None
    return Slot(kind, one, other, span, source_span)


def _placeholder(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    one, other = _placeholder_at(draft, span), _placeholder_at(source, source_span)
    if one is None and other is None:
        return None
    if one is not None and other is not None:
        return _made("placeholder", draft, one, source, other)
    # the other side is a figure or a name, of some characters
    if one is not None:
        filled = _filled(source, source_span)
        return filled and _made("placeholder", draft, one, source, filled)
    filled = _filled(draft, span)
    assert other is not None
    return filled and _made("placeholder", draft, filled, source, other)


def _placeholder_at(text: str, span: Span) -> Span | None:
    """The placeholder that the span is, up to a few characters of a masked name (王XX, A县)."""
    for match in PLACEHOLDER.finditer(text, max(0, span[0] - 4), min(len(text), span[1] + 4)):
        if match.start() <= span[0] and span[1] <= match.end() and span[0] < match.end():
            return match.span()
    piece = text[slice(*span)]
    if PLACEHOLDER.search(piece) and (
        _MASKED_NAME.fullmatch(piece)
        or all(
            _MASKED_NAME.fullmatch(part) or _NUMBER.fullmatch(part) for part in _JOINT.split(piece)
        )
    ):
        return span
    if re.fullmatch(r"[A-DXＸ](?:[县市区镇乡村局])?", piece):
        return span
    return None


def _filled(text: str, span: Span) -> Span | None:
    """What stands where the other text has a placeholder."""
    start, end = span
    if start == end:
        return None
    if (number := _number_at(text, span)) is not None:
        return number
    return (
        span
        if end - start <= _LONGEST_NAME and not re.search("[。！？；，]", text[start:end])
        else None
    )


def _number(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    one, other = _number_at(draft, span), _number_at(source, source_span)
    if one is None or other is None:
        return None
    year = all(
        _YEAR.fullmatch(text[slice(*place)])
        and text[place[1] : place[1] + 1] in ("年", "-", "—", "")
        for text, place in ((draft, one), (source, other))
    )
    return _made("year" if year else "number", draft, one, source, other)


def _number_at(text: str, span: Span) -> Span | None:
    """The figure that holds the span, which may be empty beside one."""
    for match in _NUMBER.finditer(text, _number_start(text, span[0])):
        if match.start() > span[0]:
            break
        if match.start() <= span[0] and span[1] <= match.end():
            return match.span()
    piece = text[slice(*span)]
    # 4月1 and 10月: a date's figures, units of time between
    if (
        piece
        and re.fullmatch(rf"[\d{_HAN_NUMBER}年月日至—\-.]+", piece)
        and re.search(r"\d", piece)
    ):
        start, end = span
        while start and text[start - 1].isdigit():
            start -= 1
        while end < len(text) and text[end].isdigit():
            end += 1
        return start, end
    return None


def _number_start(text: str, at: int) -> int:
    while at and _NUMBER_PART.match(text[at - 1]):
        at -= 1
    return at


def _name(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    """Both lie in a name, or one does and the other stands in its place."""
    if not (span[1] > span[0] or source_span[1] > source_span[0]):
        return None
    one, other = _name_at(draft, span), _name_at(source, source_span)
    if one is None and other is None:
        return _persons(draft, span, source, source_span)
    if (
        one is not None
        and other is not None
        and one.kind == other.kind
        and (one.text[-1] == other.text[-1] or one.kind == "person")
    ):
        return _made(one.kind, draft, one.span, source, other.span)
    known = one or other
    assert known is not None
    kind: SlotKind = known.kind
    base, known_span = (span, known.span) if one is not None else (source_span, known.span)
    left, right = max(0, base[0] - known_span[0]), max(0, known_span[1] - base[1])
    if one is not None and other is not None:
        left = max(left, source_span[0] - other.span[0])
        right = max(right, other.span[1] - source_span[1])
        if other.kind == "unit":
            kind = "unit"
    left, right = _alike(draft, span, source, source_span, left, right)
    wide = (span[0] - left, span[1] + right)
    source_wide = (source_span[0] - left, source_span[1] + right)
    if not _fits_a_name(draft[slice(*wide)]) or not _fits_a_name(source[slice(*source_wide)]):
        return None
    return _made(kind, draft, wide, source, source_wide)


def _alike(
    draft: str, span: Span, source: str, source_span: Span, left: int, right: int
) -> tuple[int, int]:
    """How far up to `left` and `right` the texts agree around the spans."""
    one = 0
    while (
        one < left
        and one < min(span[0], source_span[0])
        and draft[span[0] - one - 1] == source[source_span[0] - one - 1]
    ):
        one += 1
    other = 0
    while (
        other < right
        and span[1] + other < len(draft)
        and source_span[1] + other < len(source)
        and draft[span[1] + other] == source[source_span[1] + other]
    ):
        other += 1
    return one, other


def _fits_a_name(text: str) -> bool:
    return bool(re.fullmatch(rf"[一-鿿A-Za-z0-9·]{{2,{_LONGEST_NAME}}}", text))


def _name_at(text: str, span: Span) -> Name | None:
    """The name that holds the span, or of which the span is all but an ending."""
    for name in names_in(text):
        if name.span[0] <= span[0] and span[1] <= name.span[1]:
            return name
    return None


def _persons(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    """Two names of persons behind the same post."""
    one, other = draft[slice(*span)], source[slice(*source_span)]
    if not (_SURNAME_LIKE.fullmatch(one) and _SURNAME_LIKE.fullmatch(other)):
        return None
    if _TITLES.search(draft[max(0, span[0] - 4) : span[0]]) and _TITLES.search(
        source[max(0, source_span[0] - 4) : source_span[0]]
    ):
        return _made("person", draft, span, source, source_span)
    return None


def _level(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    """县委 and 区委, 全县 and 全区, 我局 and 我院: the draft's own level or house, unnamed."""
    one, other = draft[slice(*span)], source[slice(*source_span)]
    if _INSTITUTION.fullmatch(one) and _INSTITUTION.fullmatch(other):
        return _made("unit", draft, span, source, source_span)
    for characters, kind in ((_LEVELS, "place"), (_HOUSES, "unit")):
        if one in characters and other in characters:
            return _made("unit" if kind == "unit" else "place", draft, span, source, source_span)
    return None


def _unnamed_place(draft: str, span: Span, source: str, source_span: Span) -> Slot | None:
    """Places that only their surroundings show: 西部 and 北部, 环湖公路 and 沿江公路, and a village
    in a list with another one."""
    one, other = draft[slice(*span)], source[slice(*source_span)]
    if one in _DIRECTIONS and other in _DIRECTIONS and draft[span[1] : span[1] + 1] in ("部", "片"):
        return _made("place", draft, span, source, source_span)
    if not (_SURNAME_LIKE.fullmatch(one) and _SURNAME_LIKE.fullmatch(other)):
        return None
    behind = _BEHIND_A_PLACE.match(draft, span[1])
    source_behind = _BEHIND_A_PLACE.match(source, source_span[1])
    if behind and source_behind and behind.group() == source_behind.group():
        wide = (span[0], behind.end())
        return _made("place", draft, wide, source, (source_span[0], source_behind.end()))
    if draft[span[1] : span[1] + 1] == "、" and source[source_span[1] : source_span[1] + 1] == "、":
        for text, end in ((draft, span[1]), (source, source_span[1])):
            if not any(name.kind == "place" and name.span[0] == end + 1 for name in names_in(text)):
                return None
        return _made("place", draft, span, source, source_span)
    return None
