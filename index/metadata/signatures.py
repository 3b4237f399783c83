"""Who signs a document and when: 落款, letterhead (红头), lines under a title, labelled lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.metadata.titles import SIGNED, title_of
from index.metadata.units import UNIT_END, is_evident, named
from index.metadata.years import han_year

_DATE = (
    r"(?:(?P<arabic>(?:19|20)\d{2})\s*[年.\-/]\s*(?P<month>\d{1,2})\s*[月.\-/]\s*(?:\d{1,2}\s*日?)?"
    r"|(?P<han>[一二][〇○Ｏ零O九一二三四五六七八]{3})年(?P<han_month>[一二三四五六七八九十元]{1,3})月.{0,4})"
)
_DATE_LINE = re.compile(_DATE)
_WITH_DATE = re.compile(rf"(?P<unit>[一-鿿（）()·]{{2,30}})\s*[（(]?{_DATE}[）)]?")
_RED_HEAD = re.compile(r"(?P<unit>[一-鿿（）()·]{2,30})文件")
_NUMBERED = re.compile(
    r"[一-鿿]{2,16}\s*[〔\[（(【﹝]\s*(?P<year>(?:19|20)\d{2})\s*[〕\]）)】﹞]\s*第?\s*\d+\s*号"
)
_LABELLED = re.compile(
    r"(?:单\s*位|填报单位|报告单位|报送单位|述职单位|来稿单位|发文机关|发文单位|制发机关|主办单位|信息来源|来源|供稿)\s*[：:｜|]\s*(?P<unit>.{2,40})"
)
_LABELLED_DATE = re.compile(
    r"(?:发布日期|发布时间|成文日期|印发日期|公示时间|报送时间|报告时间|日期|时间)\s*[：:｜|]\s*(?P<year>(?:19|20)\d{2})\s*[年.\-/]"
)
_MEDIA = re.compile("(?:报|报社|网|台|社|杂志|客户端)$")
_POST = (
    r"(?:(?:党委|党组|党总支|党支部|党工委)?(?:副书记|书记|成员|委员)|副?(?:省长|市长|县长|区长|州长|镇长|乡长|局长|厅长|部长|处长|主任"
    r"|院长|校长|会长|所长|董事长|总经理|主席|检察长))"
)
_BYLINE = re.compile(
    rf"(?P<unit>[一-鿿（）()·]{{2,24}}?(?:{UNIT_END}|[省市县区州旗盟]))(?:{_POST}[、，,]?)+"
    r"\s*[：:]?\s*[一-鿿]{1,2}\s*[一-鿿]{1,2}"
)
_PASSED = re.compile(
    r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日\s+经?(?P<place>[一-鿿]{2,12}?)第[一二三四五六七八九十]+届(?P<all>全国)?人民代表大会"
    r"(?P<standing>常务委员会)?第.{1,4}次会议.{0,60}(?:通过|修订|修正|修改)"
)
_AFTER_DATE = re.compile(
    r"[\s\d:：]*(?:来源.*|在.*会.*|.*(?:通过|公布|发布|修正|修订|修改|批准|施行|印发|讲话).*|)[）)]?"
)
"""What may follow the date under a title in the same line."""
_MOST_SIGNERS = 30
_LONGEST_LINE = 60
_LATE_REPORTS = re.compile("总结|小结|述职|述廉")


def letterhead_unit(lines: Sequence[str]) -> str | None:
    """青禾市水务局文件 above the title names who wrote it, or the name alone, as on a cover."""
    _, title = title_of(lines)
    above = lines[title.start - 1].strip() if title.start else ""
    if SIGNED.fullmatch(above) and (unit := named(above)):
        return unit
    for line in lines[:6]:
        match = _RED_HEAD.fullmatch(re.sub(r"\s", "", line))
        if match and (signed := SIGNED.fullmatch(match["unit"])):
            return named(signed.group())
    return None


def letterhead_year(lines: Sequence[str], removed: Sequence[str] = ()) -> int | None:
    """The year of the document's number or of a labelled date: 青水发〔2023〕5号, 发布日期：….

    A page has its date in a line that cleaning takes away (`removed`).
    """
    for line in lines[:8]:
        match = _NUMBERED.match(line.strip())
        if match and len(line.strip()) <= 40:
            return int(match["year"])
    for line in (*lines[:12], *removed):
        if match := _LABELLED_DATE.match(line.strip()):
            return int(match["year"])
    return None


def signature_units(lines: Sequence[str], *, passed_on: bool = False) -> Iterator[str]:
    """Units that sign, the likeliest first.

    The first signature with a date is that of the document itself: what follows is attached. A
    document that passes on another's (`passed_on`) has its own only where there are two.
    """
    dated = [unit for unit in _dated_signers(lines) if unit]
    if passed_on and len(dated) < 2:
        return
    yield from dated[:1]
    for line in lines[1:5]:
        if match := _BYLINE.fullmatch(line.strip()):
            unit = match["unit"]
            unit += "人民政府" if unit[-1] in "省市县区州旗盟" else ""
            if found := named(unit):
                yield found
        elif (alone := _alone(line)) and is_evident(alone) and (found := named(alone)):
            yield found
    yield from _labelled(lines)
    for line in lines[1:4]:
        if match := _PASSED.match(line.strip()):
            place = "全国" if match["all"] else match["place"]
            yield f"{place}人民代表大会{match['standing'] or ''}"
    last = _alone(lines[-1]) if len(lines) > 2 else None
    if last and is_evident(last) and (found := named(last)):
        yield found


def _alone(line: str) -> str | None:
    """The first unit of a line that holds nothing but units; None for any other line."""
    if len(line) > _LONGEST_LINE:
        return None
    words = line.strip().strip("（）()").replace("\xa0", " ").split()
    if all(len(word) == 1 for word in words):
        words = ["".join(words)]  # 青 禾 市 水 务 局
    if words and all(SIGNED.fullmatch(word) for word in words):
        return words[0]
    joined = "".join(words)
    return joined if words and SIGNED.fullmatch(joined) else None


def _dated_signers(lines: Sequence[str]) -> Iterator[str | None]:
    """The unit of each signature with a date, in order; of several signers the first."""
    for i, line in enumerate(lines):
        text = line.strip().strip("（）()").strip()
        if len(text) > _LONGEST_LINE or i == 0:
            continue
        if _DATE_LINE.fullmatch(text):
            leading = None
            for above in reversed(lines[max(0, i - _MOST_SIGNERS) : i]):
                if (alone := _alone(above)) is None:
                    break
                leading = alone
            if leading:
                yield named(leading)
        elif match := _WITH_DATE.fullmatch(text):
            signer = re.sub(r"\s", "", match["unit"])
            yield named(signer) if SIGNED.fullmatch(signer) else None


def _labelled(lines: Sequence[str]) -> Iterator[str]:
    """单位：青禾市水务局, at the top or at the end."""
    for line in (*lines[:20], *lines[20:][-6:]):
        if match := _LABELLED.fullmatch(line.strip().strip("（）()")):
            unit = re.sub(r"\s", "", match["unit"])
            if SIGNED.fullmatch(unit) and not _MEDIA.search(unit) and (found := named(unit)):
                yield found


def signature_year(lines: Sequence[str], title: str) -> int | None:
    """The year of the date under the title or at the end.

    A yearly report that is dated January or February is about the year before.
    """
    for line in lines[1:5]:
        text = line.strip().strip("（）()—").strip()
        if len(text) < 60 and (found := _dated(text, title, whole=False)):
            return found
    for i in range(len(lines) - 1, max(-1, len(lines) - 5), -1):
        if found := _dated(lines[i].strip().strip("（）()"), title, whole=True):
            return found
    for line in lines[5:-4]:
        if len(line) < 20 and (found := _dated(line.strip().strip("（）()"), title, whole=True)):
            return found
    return None


def _dated(text: str, title: str, *, whole: bool) -> int | None:
    match = _DATE_LINE.fullmatch(text)
    if match is None and not whole:
        match = re.match(
            r"(?P<arabic>(?:19|20)\d{2})\s*年\s*(?P<month>\d{1,2})\s*月\s*\d{1,2}\s*日(?P<han>)(?P<han_month>)",
            text,
        )
        if match and not _AFTER_DATE.fullmatch(text[match.end() :]):
            match = None
    if match is None and whole and (signed := _WITH_DATE.fullmatch(text)):
        match = signed
    if match is None:
        return None
    year = int(match["arabic"]) if match["arabic"] else han_year(match["han"])
    early = (match["month"] or match["han_month"]) in ("1", "01", "2", "02", "一", "元", "二")
    return year - 1 if year and early and _LATE_REPORTS.search(title) else year
