"""Words that a draft quotes as another's (引用): of a leader or of a document, said to be so."""

from __future__ import annotations

import re

from index.findings import Draft, Quotation
from index.review.names import before

LEAST = 6
"""Characters between the marks: “两个确立” is a term and no quotation."""

LOOKED_BACK = 120
"""Characters before a quotation within which it is attributed."""

_LEADER = (
    "(?:习近平|毛泽东|邓小平|江泽民|胡锦涛|周恩来|李强|赵乐际|王沪宁|蔡奇|丁薛祥|李希|韩正|李克强|栗战书|汪洋"
    "|李瑞环|温家宝|朱镕基)"
)
_SPEAKER = (
    rf"(?:{_LEADER}(?:总书记|主席|同志|总理|委员长)?|(?:习|A|×+|X+)?总书记|党中央|中央|国务院"
    r"|(?:省|市|县|区|州)委(?:书记)?|党的[一二三四五六七八九十]+大"
    r"|[一二三四五六七八九十]+届[一二三四五六七八九十]+中全会|马克思(?!列宁|主义)|恩格斯|列宁(?!主义)|毛主席"
    r"|古人|古语|俗话|孔子|孟子)"
)
_SAYS = (
    r"(?:强调|指出|提出|要求|说过|说|讲过|讲|明确|告诫|叮嘱|嘱托|寄语|勉励|号召|写道|写到|规定|表示"
    r"|认为|教导|有云|有言|云|曰|称)"
)
_SAYS_SO = re.compile(
    rf"(?:{_SPEAKER}|《[^《》]{{2,60}}》)[^。！？；“”]{{0,40}}?{_SAYS}[的了过到]?(?:[，,：:]|[要]求?|我们)?\s*$"
)
"""习近平总书记在…时强调：, 《…》指出，"""
_BY = re.compile(
    r"(?:按照|遵照|遵循|根据|践行|落实|贯彻|围绕|对照|聚焦|牢记|坚持|依据|紧扣)"
    rf"[^。！？；“”]{{0,24}}?(?:{_SPEAKER}[^。！？；“”]{{0,24}}?)?\s*$"
)
_AS_DEMANDED = re.compile(
    r"\s*(?:这一|的)?(?:总要求|总目标|总体要求|工作要求|目标要求|重要要求|基本要求|要求|方针|原则|重要指示精神|重要指示|殷殷嘱托|嘱托"
    r"|谆谆教诲|教诲|重要论述|论述|论断|重要论断|号召|规定|指示)"
)
"""按照“……”的总要求"""
_GUIDED = re.compile(rf"(?:{_SPEAKER}|《[^《》]{{2,60}}》)[^。！？；“”]{{0,24}}$")
_QUOTED = re.compile(r"“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|\"([^\"“”]+)\"")
_TITLE = re.compile(r"《[^《》]+》")
_OF_THE_STATE = re.compile(
    "《(?:中国共产党|中华人民共和国|中共中央|国务院|习近平|党章|党的|全国|毛泽东|邓小平|宪法)"
    r"|(?:条例|准则|(?<![办方做])法|党章)(?:（[^）]*）|\([^)]*\))?》$"
)
_CITED_BEFORE = re.compile(
    "(?:学习|贯彻|根据|按照|依据|落实|执行|传达|对照|遵守|遵循|宣传|研读|通读|领会|紧扣)[^。；！？“”]{0,12}$"
)
_OWN_TITLES = re.compile(
    "(?:[、，和与及\\s]*《[^《》]{2,60}》){0,12}[等\\s]*(?:为题|的?(?:发言|演讲|体会文章|党课|讲座|报告会))"
)
"""以《…》《…》等为题: what speakers called their own speeches."""
_LISTED_TITLE = re.compile(r"》\s*[、，和与及]*\s*$")
_CITED_BEHIND = re.compile(f"(?:明确)?{_SAYS}")
_LISTED = re.compile(r"\s*[、，和与及以及]{1,2}\s*$")


def quotations(draft: Draft) -> tuple[Quotation, ...]:
    """Every quotation of a draft that says whose it is, in order.

    Counted: “…” behind words that attribute it to a leader or a document (强调：, 《…》指出),
    “…” that is called a demand or a principle (按照“…”的总要求), titles 《…》 of laws and of what
    the draft follows. Spans lie within the marks. Not counted: terms and emphases in “”, slogans
    and documents of the unit's own (出台《…》).
    """
    found: list[Quotation] = []
    for index, paragraph in enumerate(draft.paragraphs):
        text = paragraph.text
        last: tuple[int, str] | None = None
        for match in _QUOTED.finditer(text):
            group = match.lastindex or 1
            start, end = match.span(group)
            who = _attributed(text, match.start(), match.end(), end - start)
            if who is None and last is not None and _LISTED.fullmatch(text, last[0], match.start()):
                who = last[1]  # 强调“…”“…”和“…”
            if who is None and last is not None and last[0] == match.start():
                who = last[1]
            if who is None:
                continue
            last = (match.end(), who)
            if end - start >= LEAST:
                found.append(Quotation(index, (start, end), who))
        cited = False
        for match in _TITLE.finditer(text):
            listed = cited and bool(_LISTED_TITLE.search(before(text, match.start())))
            cited = (listed and not _OWN_TITLES.match(text, match.end())) or _is_cited(text, match)
            start, end = match.start() + 1, match.end() - 1
            if cited and end - start >= LEAST:
                found.append(Quotation(index, (start, end), match.group()))
    return tuple(sorted(found, key=lambda one: (one.paragraph, one.span)))


def _is_cited(text: str, title: re.Match[str]) -> bool:
    """Whether a title names a law or what is followed; not what the unit wrote: 出台《…》."""
    if _OWN_TITLES.match(text, title.end()):
        return False
    return bool(
        _OF_THE_STATE.search(title.group())
        or _CITED_BEFORE.search(before(text, title.start()))
        or _CITED_BEHIND.match(text, title.end())
    )


def _attributed(text: str, start: int, end: int, length: int) -> str | None:
    """The words that attribute the quotation whose marks stand at start and end-1."""
    head = re.split("[。！？；\n]", before(text, start, LOOKED_BACK))[-1]
    if match := _SAYS_SO.search(head):
        return match.group().rstrip("，,：: \u3000")
    after = _AS_DEMANDED.match(text, end)
    if after is not None and length >= LEAST:
        if guided := _GUIDED.search(head):
            return guided.group() + "…" + after.group().strip()
        if by := _BY.search(head):
            return by.group() + "…" + after.group().strip()
    return None
