"""The .docx of a library's duplicates: pairs of documents, and how wording travelled."""

from __future__ import annotations

from datetime import date

from docx.document import Document as WordDocument
from docx.shared import Pt

from index.findings import Duplicates
from index.report import wording
from index.report.repeats import PAIR_COLUMNS, Repeats, repeats_of
from index.report.word_paper import PINE, heading, line, new, written
from index.report.word_setting import LONGEST, lines, settings, table

MOST_PAIRS = 1000
MOST_FAMILIES = 300
"""As much as anybody prints; the workbook has them all, and the file says so."""


def duplicates(of: Duplicates, made: date) -> bytes:
    """A library's duplicates as a Word file."""
    contents = repeats_of(of, made)
    word = new(contents.title, made)
    line(word, contents.title, "Title")
    line(word, f"{contents.made}生成", "Facts")
    word.add_paragraph(contents.summary)
    word.add_paragraph(wording.ONLY_EVIDENCE, "Note")
    if contents.limits:
        heading(word, "这次比对看不到的")
        for limit in contents.limits:
            word.add_paragraph(limit, "List Bullet")
    _pairs(word, contents)
    _families(word, contents)
    heading(word, "比对范围和设置")
    least = (
        "相同比例",
        f"{wording.percent(contents.minimum)} 以上（两篇中占比较高的一篇）",
    )
    settings(word, (*contents.settings, least, ("报告日期", contents.made)))
    return written(word)


def _pairs(word: WordDocument, contents: Repeats) -> None:
    heading(word, "文档对")
    if not contents.pairs:
        word.add_paragraph("没有达到这个比例的文档对。")
        return
    if len(contents.pairs) > MOST_PAIRS:
        word.add_paragraph(
            f"共 {len(contents.pairs):,} 对，这里列出最相近的 {MOST_PAIRS:,} 对，全部见 Excel 表。"
        )
    table(
        word,
        (
            "序号",
            "较早的一篇，较晚的一篇",
            *PAIR_COLUMNS,
        ),
        (1.1, 5.6, 1.7, 1.5, 1.5, 1.7, 1.7, 1.7),
        [
            (str(pair.rank), lines(pair.a, pair.b), *pair.cells)
            for pair in contents.pairs[:MOST_PAIRS]
        ],
        numbers={0, 2, 3, 4, 5, 6},
    )
    word.add_paragraph(wording.PAIRS_COUNTED, "Note")


def _families(word: WordDocument, contents: Repeats) -> None:
    if not contents.families:
        return
    heading(word, "同一写法怎样流传")
    if len(contents.families) > MOST_FAMILIES:
        word.add_paragraph(
            f"共 {len(contents.families):,} 组，这里列出最大的 {MOST_FAMILIES} 组，"
            "全部见 Excel 表。"
        )
    for family in contents.families[:MOST_FAMILIES]:
        paragraph = word.add_paragraph(style="Draft")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(10)
        paragraph.add_run(f"〔{family.rank}　同一写法 ×{family.size}　{family.spread}〕", "Place")
        paragraph.add_run(wording.elided(family.text, LONGEST))
        if not family.steps:
            word.add_paragraph(f"{family.seen} {family.first}", "Step")
        if family.way:
            word.add_paragraph(style="Step").add_run(family.way).font.color.rgb = PINE
        for step in family.steps:
            place = word.add_paragraph(style="Step")
            place.add_run(f"{'首见于 ' if step.first else ''}{step.citation}")
            place.runs[0].font.bold = step.first
            if step.new_unit:
                place.add_run("　该单位首次", "Place")
