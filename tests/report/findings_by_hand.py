"""A review and a library's duplicates made by hand: invented texts, every offset found by words."""

from __future__ import annotations

from datetime import datetime

from index.datatypes import Source, Span
from index.findings import (
    Choices,
    Decision,
    Decisions,
    DocumentPair,
    Draft,
    DraftParagraph,
    Duplicates,
    Evidence,
    Leftover,
    Marked,
    Piece,
    Quotation,
    Ratios,
    Review,
    ReviewedParagraph,
    SameFigure,
    SharedFamily,
    SharedSpan,
    Slot,
    SlotKind,
    SourceDocument,
    SourceShare,
)

UNIT = "云溪市水务局"


def source(
    number: int, title: str, unit: str | None, year: int | None, paragraph: int = 1
) -> Source:
    return Source(number, None, title, unit, year, "工作总结", f"/资料/{title}.docx", (), paragraph)


PAST = source(1, "云溪市水务局2022年工作总结", UNIT, 2022)
TOWN = source(2, "白鹭镇2021年党建工作总结", "白鹭镇党委", 2021)
COUNTY = source(3, "临河县农业局2023年工作情况报告", "临河县农业局", 2023)

DRAFT_TEXTS = (
    "一、加强党的建设",
    "坚持以高质量党建引领高质量发展，全面落实管党治党政治责任。一年来，局党组先后召开专题会议部署水源地"
    "保护，逐村逐户核对取水台账，把问题清单一条一条对到人、对到河段、对到时限。",
    "全年组织集中学习24次，开展河湖清漂行动18次，出动党员志愿者460人次，清理岸线垃圾35吨，"
    "群众满意度达到98.6%。",
    "白鹭镇各支部轮流值守闸站，汛期二十四小时不断人，做到雨情一小时一报、险情随时上报、处置不过夜。",
    "习近平总书记指出：“绿水青山就是金山银山。”我们把这句话写进护河公约，贴到每一座闸房。",
    "我们挨家挨户上门，把群众反映最多的管网漏损问题记下来，当场能修的当场修好，修不了的说清楚哪天来修。",
    "存在的不足：个别泵站设备老化，夜间值守力量偏紧，2022年的整改台账还有XX项没有销号。",
    "下一步，围绕供水保障这件大事，把老旧管网改造排成三年计划，每季度公开一次进度。",
)

PAST_TEXT = (
    "全年组织集中学习18次，开展河湖清漂行动15次，出动党员志愿者320人次，清理岸线垃圾35吨，"
    "群众满意度达到98.6%。以上工作得到各方面肯定。"
)
TOWN_TEXT = (
    "入汛以后，各支部轮流值守闸站，汛期二十四小时不断人，做到雨情一小时一报、险情随时上报、处置不过夜，"
    "没有发生一起责任事故。"
)
TOWN_CHECKS = (
    "镇党委多次召开会议部署水源地保护，逐村逐户核对取水台账，"
    "把问题清单一项一项对到人、对到河段、对到时限。"
)
COUNTY_TEXT = (
    "干部走进农户家里，收集大家意见最集中的水管渗漏情况，能马上处理的马上处理，不能处理的讲明时间。"
)
SOURCE_TEXTS = {11: PAST_TEXT, 21: TOWN_TEXT, 22: TOWN_CHECKS, 31: COUNTY_TEXT}


def at(text: str, words: str) -> Span:
    """Where words stand that stand once."""
    assert text.count(words) == 1, words
    start = text.index(words)
    return start, start + len(words)


def pieces(draft: str, other: str, *words: str) -> tuple[Piece, ...]:
    return tuple(Piece(at(draft, each), at(other, each)) for each in words)


def slot(kind: SlotKind, draft: str, other: str, here: str, there: str) -> Slot:
    """A slot whose words are told with what stands before them: "学习|24"."""
    before, _, mine = here.partition("|")
    ahead, _, theirs = there.partition("|")
    start, begin = at(draft, before + mine)[1], at(other, ahead + theirs)[1]
    return Slot(kind, mine, theirs, (start - len(mine), start), (begin - len(theirs), begin))


def compared(text: str) -> int:
    return sum(character.isalnum() for character in text)


def shared(
    paragraph: int,
    draft: str,
    paragraph_id: int,
    number: int,
    found: tuple[Piece, ...],
    slots: tuple[Slot, ...] = (),
    **more: bool,
) -> SharedSpan:
    other = SOURCE_TEXTS[paragraph_id]
    spans = [each.span for each in (*found, *slots)]
    there = [each.source_span for each in (*found, *slots)]
    span = min(start for start, _ in spans), max(end for _, end in spans)
    source_span = min(start for start, _ in there), max(end for _, end in there)
    lengths = [compared(draft[slice(*piece.span)]) for piece in found]
    assert all(draft[slice(*p.span)] == other[slice(*p.source_span)] for p in found)
    return SharedSpan(
        paragraph=paragraph,
        span=span,
        document_id=paragraph_id // 10,
        paragraph_id=paragraph_id,
        source_paragraph=number,
        source_span=source_span,
        length=compared(draft[slice(*span)]),
        same=sum(lengths),
        longest=max(lengths),
        source_length=compared(other[slice(*source_span)]),
        pieces=found,
        slots=slots,
        **more,
    )


EDITED = shared(
    1,
    DRAFT_TEXTS[1],
    22,
    9,
    pieces(
        DRAFT_TEXTS[1],
        TOWN_CHECKS,
        "召开",
        "会议部署水源地保护，逐村逐户核对取水台账，把问题清单一",
        "对到人、对到河段、对到时限",
    ),
)
RENAMED = shared(
    2,
    DRAFT_TEXTS[2],
    11,
    14,
    pieces(
        DRAFT_TEXTS[2],
        PAST_TEXT,
        "全年组织集中学习",
        "次，开展河湖清漂行动",
        "次，出动党员志愿者",
        "人次，清理岸线垃圾35吨，群众满意度达到98.6%",
    ),
    (
        slot("number", DRAFT_TEXTS[2], PAST_TEXT, "学习|24", "学习|18"),
        slot("number", DRAFT_TEXTS[2], PAST_TEXT, "行动|18", "行动|15"),
        slot("number", DRAFT_TEXTS[2], PAST_TEXT, "志愿者|460", "志愿者|320"),
    ),
    only_slots=True,
)
VERBATIM = shared(
    3,
    DRAFT_TEXTS[3],
    21,
    5,
    pieces(
        DRAFT_TEXTS[3],
        TOWN_TEXT,
        "各支部轮流值守闸站，汛期二十四小时不断人，做到雨情一小时一报、险情随时上报、处置不过夜",
    ),
)
PARAPHRASE = SharedSpan(
    paragraph=5,
    span=(0, len(DRAFT_TEXTS[5])),
    document_id=3,
    paragraph_id=31,
    source_paragraph=3,
    source_span=(0, len(COUNTY_TEXT)),
    length=compared(DRAFT_TEXTS[5]),
    same=0,
    longest=0,
    source_length=compared(COUNTY_TEXT),
    pieces=(),
    by_meaning=True,
)

FORMULA = "坚持以高质量党建引领高质量发展，全面落实管党治党政治责任"
QUOTED = "“绿水青山就是金山银山。”"


def draft(texts: tuple[str, ...] = DRAFT_TEXTS) -> Draft:
    return Draft(
        title="云溪市水务局2023年工作总结",
        paragraphs=tuple(
            DraftParagraph(number, text, (), 1 if number == 1 else 0)
            for number, text in enumerate(texts, 1)
        ),
        unit=UNIT,
        year=2023,
        kind="工作总结",
        path="送审稿.docx",
        notes=("第 3 页是扫描图片，没有读出文字。",),
    )


def evidence() -> Evidence:
    quoted = at(DRAFT_TEXTS[4], QUOTED)
    return Evidence(
        draft=draft(),
        spans=(EDITED, RENAMED, VERBATIM, PARAPHRASE),
        quotations=(Quotation(4, quoted, "习近平总书记指出"),),
        documents={
            1: SourceDocument(PAST, "own_past", True),
            2: SourceDocument(TOWN, "other", True),
            3: SourceDocument(COUNTY, "other", None),
        },
        leftovers=(
            Leftover(
                "place",
                3,
                at(DRAFT_TEXTS[3], "白鹭镇"),
                "白鹭镇",
                "本单位是云溪市水务局，白鹭镇只在这一处出现，这段文字和白鹭镇的材料相同。",
                TOWN,
            ),
            Leftover(
                "placeholder",
                6,
                at(DRAFT_TEXTS[6], "XX"),
                "XX",
                "占位符没有填上具体数字。",
            ),
        ),
        same_figures=(
            SameFigure(
                2,
                at(DRAFT_TEXTS[2], "35吨"),
                "35吨",
                source(1, PAST.title, UNIT, 2022, 14),
                at(PAST_TEXT, "35吨"),
            ),
        ),
        source_texts=SOURCE_TEXTS,
        limits=("有 2 份文件因含身份证号等待处理，没有参加比对。", "只比对了资料库里的 3 篇文档。"),
        settings={"资料库": "水务系统历年总结", "文档数": "3 篇，41 段", "程序版本": "寻章 0.1.0"},
    )


def reviewed(
    index: int, label: str, *marked: Marked, reuse: float = 0.0, own_past: bool = False
) -> ReviewedParagraph:
    slots = tuple(slot for mark in marked if mark.shared for slot in mark.shared.slots)
    return ReviewedParagraph(
        draft().paragraphs[index],
        label,  # type: ignore[arg-type]
        marked,
        slots,
        own_past,
        reuse,
    )


def review() -> Review:
    texts = DRAFT_TEXTS
    return Review(
        evidence=evidence(),
        choices=Choices(),
        ratios=Ratios(
            overlap=0.562, reuse=0.418, own_past=0.143, quoted=0.021, largest_source=0.235
        ),
        paragraphs=(
            reviewed(0, "own"),
            reviewed(
                1,
                "edited",
                Marked(
                    at(texts[1], FORMULA), "formula", why="国家机关公文里常见，见于 31 个单位。"
                ),
                Marked(EDITED.span, "reuse", EDITED, (VERBATIM,)),
                reuse=0.583,
            ),
            reviewed(
                2, "renamed", Marked(RENAMED.span, "reuse", RENAMED), reuse=1.0, own_past=True
            ),
            reviewed(3, "verbatim", Marked(VERBATIM.span, "reuse", VERBATIM), reuse=0.93),
            reviewed(4, "own", Marked(at(texts[4], QUOTED), "quotation", why="习近平总书记指出")),
            reviewed(5, "paraphrase", Marked(PARAPHRASE.span, "reuse", PARAPHRASE), reuse=1.0),
            reviewed(6, "own"),
            reviewed(7, "own"),
        ),
        sources=(
            SourceShare(SourceDocument(TOWN, "other", True), 79, 0.235, 41, 0.081, passage=41),
            SourceShare(SourceDocument(PAST, "own_past", True), 48, 0.143, 20, 0.052, passage=20),
            SourceShare(SourceDocument(COUNTY), 14, 0.04, 0, 0.004),
        ),
    )


def decisions() -> Decisions:
    when = datetime(2024, 1, 8, 15, 30)
    return {
        (2, RENAMED.span): Decision("usual", "年年都有这项活动，数字已更新", "周敏", when),
        (3, VERBATIM.span): Decision("check", "请办公室说明来源", "周敏", when, remembered=True),
        (3, at(DRAFT_TEXTS[3], "白鹭镇")): Decision("check", "应为水务局各闸站", "周敏", when),
    }


def duplicates() -> Duplicates:
    copy = source(4, "河湾街道2023年党建工作总结", "河湾街道", 2023, 6)
    return Duplicates(
        documents=(
            DocumentPair(TOWN, copy, 1240, 0.61, 0.72, 310, 86, between=1150),
            DocumentPair(PAST, COUNTY, 420, 0.22, 0.18, 96, 120),
            DocumentPair(
                PAST,
                source(5, "云溪市水务局2023年工作总结", UNIT, 2023),
                380,
                0.31,
                0.27,
                88,
                60,
                "own_past",
            ),
        ),
        families=(
            SharedFamily(
                (21, 46, 52),
                source(2, TOWN.title, TOWN.unit, 2021, 5),
                ("白鹭镇党委", "河湾街道", UNIT),
                (2021, 2022, 2023),
                TOWN_TEXT,
                (
                    source(2, TOWN.title, TOWN.unit, 2021, 5),
                    source(6, "河湾街道2022年工作总结", "河湾街道", 2022, 3),
                    source(5, "云溪市水务局2023年工作总结", UNIT, 2023, 4),
                ),
            ),
        ),
        minimum=0.15,
        limits=("有 4 篇文档不足 200 字，没有参加比对。",),
        settings={"资料库": "水务系统历年总结", "文档数": "6 篇，88 段", "程序版本": "寻章 0.1.0"},
    )
