"""The .docx of a review, for Word and WPS: the marked draft, and tables of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from index.findings import Decisions, Review
from index.report import wording
from index.report.contents import Contents, contents_of
from index.report.entries import Entry
from index.report.marked_text import Run, elided
from index.report.word_paper import PINE, across, heading, line, new, written
from index.report.word_setting import (
    ALARM,
    LONGEST,
    UNDERLINED,
    Fill,
    box,
    gap,
    grid,
    lines,
    mark,
    of_cell,
    settings,
    table,
    write_runs,
)

MOST_SOURCES = 20
"""Sources that are printed; the workbook names all."""


def review(of: Review, decisions: Decisions, made: date) -> bytes:
    """The review as a Word file."""
    contents = contents_of(of, decisions, made)
    word = new(f"审稿比对报告：{contents.title}", made)
    line(word, "审稿比对报告", "Title")
    line(word, contents.title, "Subtitle")
    line(word, "　".join((*contents.about, f"{contents.made}生成")), "Facts")
    word.add_paragraph(contents.summary)
    _figures(word, contents)
    word.add_paragraph(wording.ONLY_EVIDENCE, "Note")
    if contents.limits:
        heading(word, "这次比对看不到的")
        for limit in contents.limits:
            word.add_paragraph(limit, "List Bullet")
    if contents.sources:
        heading(word, "来源")
        # a long report shares a few words with everything: nobody reads pages of that
        notable = [source for source in contents.sources if source.notable]
        few = len(notable) <= MOST_SOURCES
        printed = (notable or contents.sources)[:MOST_SOURCES]
        table(
            word,
            ("序号", "来源", "关系", "相同字数", "占送审稿", "占来源", "最长连续"),
            (1.1, 5.8, 2.6, 1.8, 1.8, 1.6, 1.8),
            [
                (
                    str(source.rank),
                    source.citation,
                    source.relation,
                    f"{source.characters:,}",
                    wording.percent(source.share),
                    wording.percent(source.containment),
                    f"{source.longest} 字",
                )
                for source in printed
            ],
            numbers={0, 3, 4, 5, 6},
        )
        if more := len(contents.sources) - len(printed):
            word.add_paragraph(
                f"另有 {more} 篇来源{'只有零星文字相同' if few else '相同的字数更少'}，"
                "这里没有列出，全部见 Excel 表。",
                "Note",
            )
    if contents.leftovers:
        heading(word, "可能忘了改的地方")
        word.add_paragraph("这些名称、年份或占位符像是从别的材料里带来的，请逐条核对。", "Lead")
        _entries(word, contents.leftovers, "理由和来源")
    if contents.same_figures:
        heading(word, "和往年一样的数字")
        lead = "前后文字没有变，数字也没有变。可能确实如此，也可能忘了更新。"
        word.add_paragraph(lead, "Lead")
        _entries(word, contents.same_figures, "来源")
    _marked_draft(word, contents)
    heading(word, "比对范围和设置")
    settings(word, (*contents.settings, *contents.choices, ("报告日期", contents.made)))
    across(word)
    _findings(word, contents)
    _not_counted(word, contents)
    if contents.decided:
        heading(word, "审阅意见")
        table(
            word,
            ("位置", "送审稿文字", "意见", "说明", "审阅人", "时间"),
            (1.7, 10.1, 2.2, 5.3, 2.0, 4.0),
            [
                (
                    f"第{number}段",
                    wording.elided(words, LONGEST),
                    wording.MARKS[decision.mark],
                    decision.note + wording.remembered(decision),
                    decision.who,
                    wording.moment(decision.when),
                )
                for number, words, decision in contents.decided
            ],
        )
    return written(word)


def _figures(word: WordDocument, contents: Contents) -> None:
    large = grid(word, (8.25, 8.25))
    for cell, figure in zip(large.rows[0].cells, contents.figures, strict=True):
        lines(figure.name, figure.text, figure.note)(cell)
        name, share, _ = cell.paragraphs
        of_cell(name)
        name.runs[0].font.bold = share.runs[0].font.bold = True
        share.runs[0].font.size = Pt(22)
        share.runs[0].font.color.rgb = PINE
        for paragraph in cell.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    gap(word)
    rows = [(figure.name, figure.text, figure.note) for figure in contents.more_figures]
    counts = "，".join(f"{name} {count} 段" for name, count in contents.labels)
    table(
        word,
        ("项目", "占送审稿", "说明"),
        (3.4, 2.4, 10.7),
        [*rows, ("各段类别", "", counts)],
        numbers={1},
    )


def _entries(word: WordDocument, entries: Sequence[Entry], named: str) -> None:
    def text(entry: Entry) -> Fill:
        before, after = entry.around
        marked = Run(entry.text, flagged=True)
        return lambda cell: write_runs(cell.paragraphs[0], (Run(before), marked, Run(after)))

    table(
        word,
        ("编号", "类别", "位置", "送审稿文字", named),
        (1.1, 1.9, 1.6, 5.6, 6.3),
        [
            (
                str(entry.number),
                entry.kind,
                f"第{entry.paragraph}段",
                text(entry),
                lines(entry.why, entry.source, *map(wording.said, entry.decisions)),
            )
            for entry in entries
        ],
        numbers={0},
    )


def _marked_draft(word: WordDocument, contents: Contents) -> None:
    heading(word, "标注稿")
    legend = word.add_paragraph(style="Note")
    for look in contents.looks:
        mark(legend.add_run(wording.LOOKS[look]), look)
        legend.add_run(f"（{UNDERLINED[look]}）{wording.LOOK_MEANS[look]}；")
    box(legend.add_run("方框"), "8A6200")
    legend.add_run("两边不同的数字、年份、名称或占位符；")
    if contents.leftovers or contents.same_figures:
        box(legend.add_run("粗框"), ALARM, 12)
        legend.add_run("可能忘了改的，或和往年一样的数字；")
    legend.add_run("没有底色的是自写的文字。方括号里的数字见“发现一览”。")
    for each in contents.paragraphs:
        paragraph = word.add_paragraph(style="Draft Heading" if each.level else "Draft")
        label = [f"第{each.number}段"]
        if each.label != "own":
            label.append(each.word)
        if each.reuse:
            label.append(f"重合 {wording.percent(each.reuse)}")
        if each.own_past:
            label.append("多为本单位往年文字")
        paragraph.add_run(f"〔{' '.join(label)}〕", "Place")
        write_runs(paragraph, each.runs)


def _findings(word: WordDocument, contents: Contents) -> None:
    heading(word, "发现一览")
    if not contents.findings:
        word.add_paragraph("没有发现和资料库相同或相近的文字。")
        return

    def marked(runs: Sequence[Run]) -> Fill:
        return lambda cell: write_runs(cell.paragraphs[0], elided(runs, LONGEST))

    def also(places: Sequence[str]) -> str:
        more = f" 等 {len(places)} 处" if len(places) > 3 else ""
        return "也见于 " + "；".join(places[:3]) + more if places else ""

    table(
        word,
        ("编号", "位置", "类别", "送审稿文字", "来源文字", "出处和说明", "审阅意见"),
        (1.1, 1.5, 2.0, 7.0, 7.0, 4.4, 2.4),
        [
            (
                str(finding.number),
                f"第{finding.paragraph}段",
                lines(wording.LOOKS[finding.look], finding.measure),
                marked(finding.runs),
                marked(finding.source_runs),
                lines(finding.source, finding.relation, finding.differences, also(finding.also_in)),
                lines(*map(wording.said, finding.decisions)),
            )
            for finding in contents.findings
        ],
        numbers={0},
    )


def _not_counted(word: WordDocument, contents: Contents) -> None:
    if not contents.not_counted:
        return
    heading(word, "固定表述和引用")
    table(
        word,
        ("类别", "文字", "说明", "位置"),
        (2.0, 13.0, 6.8, 3.6),
        [
            (
                each.kind,
                wording.elided(each.text, LONGEST),
                each.why,
                "、".join(f"第{number}段" for number in each.paragraphs),
            )
            for each in contents.not_counted
        ],
    )
