"""The .docx of a report, for Word and WPS: the marked draft, and tables whose heads repeat.

Fonts are those of official papers (黑体, 宋体, 仿宋), which Windows and WPS have. A kind of finding
has a shade and an underline of its own, so that a black-and-white print still tells them apart.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run as WordRun

from index.findings import Decisions, Duplicates, Review
from index.report import wording
from index.report.contents import Contents, Entry, Run, contents_of, elided
from index.report.repeats import Repeats, repeats_of
from index.report.wording import Look

_SHADE: dict[Look, str] = {
    "verbatim": "FFD9CD",
    "edited": "FFEAAD",
    "renamed": "E7DDF8",
    "paraphrase": "D5E7F8",
    "formula": "ECEBE5",
    "quotation": "DDF0DE",
}
_UNDERLINE: dict[Look, tuple[str, str]] = {
    "verbatim": ("thick", "B23C22"),
    "edited": ("dash", "8A6200"),
    "renamed": ("double", "6440A5"),
    "paraphrase": ("wave", "245D8F"),
    "formula": ("dotted", "7B786E"),
    "quotation": ("dotDash", "35763D"),
}
_UNDERLINED: dict[Look, str] = {
    "verbatim": "粗线",
    "edited": "虚线",
    "renamed": "双线",
    "paraphrase": "波浪线",
    "formula": "点线",
    "quotation": "点划线",
}
_ALARM = "A3362A"
_PINE = RGBColor(0x2F, 0x6B, 0x5B)
_SOFT = RGBColor(0x63, 0x67, 0x6B)
LONGEST = 400
"""Characters of one text in the table of findings; the marked draft has all of it."""
MOST_PAIRS = 1000
MOST_FAMILIES = 300
"""As much as anybody prints; the workbook has them all, and the file says so."""

Fill = Callable[[Cell], None]


def review(of: Review, decisions: Decisions, made: date) -> bytes:
    """The review as a Word file."""
    contents = contents_of(of, decisions, made)
    word = _new(f"审稿比对报告：{contents.title}", made)
    _line(word, "审稿比对报告", "Title")
    _line(word, contents.title, "Subtitle")
    _line(word, "　".join((*contents.about, f"{contents.made}生成")), "Facts")
    word.add_paragraph(contents.summary)
    _figures(word, contents)
    word.add_paragraph(wording.ONLY_EVIDENCE, "Note")
    if contents.limits:
        _heading(word, "这次比对看不到的")
        for limit in contents.limits:
            word.add_paragraph(limit, "List Bullet")
    if contents.sources:
        _heading(word, "来源")
        _table(
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
                for source in contents.sources
            ],
            numbers={0, 3, 4, 5, 6},
        )
    if contents.leftovers:
        _heading(word, "可能忘了改的地方")
        word.add_paragraph("这些名称、年份或占位符像是从别的材料里带来的，请逐条核对。", "Lead")
        _entries(word, contents.leftovers, "理由和来源")
    if contents.same_figures:
        _heading(word, "和往年一样的数字")
        lead = "前后文字没有变，数字也没有变。可能确实如此，也可能忘了更新。"
        word.add_paragraph(lead, "Lead")
        _entries(word, contents.same_figures, "来源")
    _marked_draft(word, contents)
    _heading(word, "比对范围和设置")
    _settings(word, (*contents.settings, *contents.choices, ("报告日期", contents.made)))
    _across(word)
    _findings(word, contents)
    _not_counted(word, contents)
    if contents.decided:
        _heading(word, "审阅意见")
        _table(
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
    return _bytes(word)


def duplicates(of: Duplicates, made: date) -> bytes:
    """A library's duplicates as a Word file."""
    contents = repeats_of(of, made)
    word = _new(contents.title, made)
    _line(word, contents.title, "Title")
    _line(word, f"{contents.made}生成", "Facts")
    word.add_paragraph(contents.summary)
    word.add_paragraph(wording.ONLY_EVIDENCE, "Note")
    if contents.limits:
        _heading(word, "这次比对看不到的")
        for limit in contents.limits:
            word.add_paragraph(limit, "List Bullet")
    _pairs(word, contents)
    _families(word, contents)
    _heading(word, "比对范围和设置")
    least = (
        "相同比例",
        f"{wording.percent(contents.minimum)} 以上（两篇中占比较高的一篇）",
    )
    _settings(word, (*contents.settings, least, ("报告日期", contents.made)))
    return _bytes(word)


# --- the parts of a review -------------------------------------------------------------------


def _figures(word: WordDocument, contents: Contents) -> None:
    table = _grid(word, (8.25, 8.25))
    for cell, figure in zip(table.rows[0].cells, contents.figures, strict=True):
        _lines(figure.name, figure.text, figure.note)(cell)
        name, share, _ = cell.paragraphs
        _of_cell(name)
        name.runs[0].font.bold = share.runs[0].font.bold = True
        share.runs[0].font.size = Pt(22)
        share.runs[0].font.color.rgb = _PINE
        for paragraph in cell.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _gap(word)
    rows = [(figure.name, figure.text, figure.note) for figure in contents.more_figures]
    counts = "，".join(f"{name} {count} 段" for name, count in contents.labels)
    _table(
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
        return lambda cell: _runs(cell.paragraphs[0], (Run(before), marked, Run(after)))

    _table(
        word,
        ("编号", "类别", "位置", "送审稿文字", named),
        (1.1, 1.9, 1.6, 5.6, 6.3),
        [
            (
                str(entry.number),
                entry.kind,
                f"第{entry.paragraph}段",
                text(entry),
                _lines(entry.why, entry.source, *map(wording.said, entry.decisions)),
            )
            for entry in entries
        ],
        numbers={0},
    )


def _marked_draft(word: WordDocument, contents: Contents) -> None:
    _heading(word, "标注稿")
    legend = word.add_paragraph(style="Note")
    for look in contents.looks:
        _marked(legend.add_run(wording.LOOKS[look]), look)
        legend.add_run(f"（{_UNDERLINED[look]}）{wording.LOOK_MEANS[look]}；")
    _boxed(legend.add_run("方框"), "8A6200")
    legend.add_run("两边不同的数字、年份、名称或占位符；")
    if contents.leftovers or contents.same_figures:
        _boxed(legend.add_run("粗框"), _ALARM, 12)
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
        _runs(paragraph, each.runs)


def _findings(word: WordDocument, contents: Contents) -> None:
    _heading(word, "发现一览")
    if not contents.findings:
        word.add_paragraph("没有发现和资料库相同或相近的文字。")
        return

    def marked(runs: Sequence[Run]) -> Fill:
        return lambda cell: _runs(cell.paragraphs[0], elided(runs, LONGEST))

    def also(places: Sequence[str]) -> str:
        more = f" 等 {len(places)} 处" if len(places) > 3 else ""
        return "也见于 " + "；".join(places[:3]) + more if places else ""

    _table(
        word,
        ("编号", "位置", "类别", "送审稿文字", "来源文字", "出处和说明", "审阅意见"),
        (1.1, 1.5, 2.0, 7.0, 7.0, 4.4, 2.4),
        [
            (
                str(finding.number),
                f"第{finding.paragraph}段",
                _lines(wording.LOOKS[finding.look], finding.measure),
                marked(finding.runs),
                marked(finding.source_runs),
                _lines(
                    finding.source, finding.relation, finding.differences, also(finding.also_in)
                ),
                _lines(*map(wording.said, finding.decisions)),
            )
            for finding in contents.findings
        ],
        numbers={0},
    )


def _not_counted(word: WordDocument, contents: Contents) -> None:
    if not contents.not_counted:
        return
    _heading(word, "固定表述和引用")
    _table(
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


# --- the parts of a library's duplicates -----------------------------------------------------


def _families(word: WordDocument, contents: Repeats) -> None:
    if not contents.families:
        return
    _heading(word, "同一写法怎样流传")
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
            word.add_paragraph(style="Step").add_run(family.way).font.color.rgb = _PINE
        for step in family.steps:
            place = word.add_paragraph(style="Step")
            place.add_run(f"{'首见于 ' if step.first else ''}{step.citation}")
            place.runs[0].font.bold = step.first
            if step.new_unit:
                place.add_run("　该单位首次", "Place")


def _pairs(word: WordDocument, contents: Repeats) -> None:
    _heading(word, "文档对")
    if not contents.pairs:
        word.add_paragraph("没有达到这个比例的文档对。")
        return
    if len(contents.pairs) > MOST_PAIRS:
        word.add_paragraph(
            f"共 {len(contents.pairs):,} 对，这里列出最相近的 {MOST_PAIRS:,} 对，全部见 Excel 表。"
        )
    _table(
        word,
        ("序号", "较早的一篇，较晚的一篇", "相同字数", "占前者", "占后者", "最长连续", "关系"),
        (1.1, 7.3, 1.7, 1.5, 1.5, 1.7, 1.7),
        [
            (
                str(pair.rank),
                _lines(pair.a, pair.b),
                f"{pair.shared:,}",
                wording.percent(pair.reuse_a),
                wording.percent(pair.reuse_b),
                f"{pair.longest} 字",
                pair.relation,
            )
            for pair in contents.pairs[:MOST_PAIRS]
        ],
        numbers={0, 2, 3, 4, 5},
    )


# --- WordprocessingML ------------------------------------------------------------------------


def _new(title: str, made: date) -> WordDocument:
    """An empty A4 document with our styles, page numbers and properties."""
    word: WordDocument = Document()
    about = word.core_properties
    about.title, about.author, about.last_modified_by = title[:200], "寻章", "寻章"
    about.comments, about.language = "", "zh-CN"
    about.created = about.modified = datetime.combine(made, time())
    normal = _style(word, "Normal", "宋体", 10.5)
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.3
    title_style = _style(word, "Title", "黑体", 20)
    title_style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title_style.paragraph_format.space_after = Pt(4)
    for border in title_style.element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    subtitle = _style(word, "Subtitle", "黑体", 14)
    subtitle.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    subtitle.paragraph_format.space_after = Pt(2)
    heading = _style(word, "Heading 1", "黑体", 14)
    heading.paragraph_format.space_before = Pt(14)
    heading.paragraph_format.space_after = Pt(6)
    _style(word, "List Bullet", "宋体", 10.5)
    facts = _added(word, "Facts", "宋体", 10)
    facts.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts.paragraph_format.space_after = Pt(10)
    facts.font.color.rgb = _SOFT
    note = _added(word, "Note", "宋体", 9.5)
    note.paragraph_format.space_before = Pt(6)
    note.paragraph_format.line_spacing = 1.5
    draft = _added(word, "Draft", "仿宋", 12)
    draft.paragraph_format.first_line_indent = Pt(24)
    draft.paragraph_format.line_spacing = 1.6
    draft.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    headed = _added(word, "Draft Heading", "黑体", 12)
    headed.paragraph_format.first_line_indent = Pt(24)
    headed.paragraph_format.space_before = Pt(6)
    lead = _added(word, "Lead", "宋体", 10.5)
    lead.paragraph_format.keep_with_next = True
    step = _added(word, "Step", "宋体", 10)
    step.paragraph_format.left_indent = Pt(24)
    step.paragraph_format.space_after = Pt(1)
    cell = _added(word, "Cell", "宋体", 9)
    cell.paragraph_format.space_after = Pt(0)
    cell.paragraph_format.line_spacing = 1.15
    place = word.styles.add_style("Place", WD_STYLE_TYPE.CHARACTER)
    _fonts(place.element.get_or_add_rPr(), "黑体", "Arial")
    place.font.size = Pt(8)
    place.font.color.rgb = _SOFT
    _page(word.sections[0])
    _modern(word)
    return word


def _modern(word: WordDocument) -> None:
    """Say that the file follows Word 2013 and later: else it is opened in a compatibility mode."""
    settings: Any = word.settings.element
    for old in settings.findall(qn("w:compat")):
        for mode in old.findall(qn("w:compatSetting")):
            old.remove(mode)
        old.append(
            _element(
                "compatSetting",
                name="compatibilityMode",
                uri="http://schemas.microsoft.com/office/word",
                val="15",
            )
        )


def _style(word: WordDocument, name: str, font: str, points: float) -> ParagraphStyle:
    style = word.styles[name]
    assert isinstance(style, ParagraphStyle)
    _fonts(style.element.get_or_add_rPr(), font, "Times New Roman" if font != "黑体" else "Arial")
    style.font.size = Pt(points)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = RGBColor(0x22, 0x26, 0x2A)
    for spacing in style.element.findall(f"./{qn('w:rPr')}/{qn('w:spacing')}"):
        spacing.getparent().remove(spacing)
    return style


def _added(word: WordDocument, name: str, font: str, points: float) -> ParagraphStyle:
    style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = word.styles["Normal"]
    return _style(word, name, font, points)


def _element(name: str, /, **values: str) -> Any:
    """An element and its attributes, all of the main namespace."""
    element = OxmlElement(f"w:{name}")
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _fonts(properties: Any, east_asia: str, latin: str) -> None:
    """Name the fonts outright: the template's theme would win over names that stand beside it."""
    for name in ("rFonts", "lang"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    fonts = _element("rFonts", ascii=latin, hAnsi=latin, eastAsia=east_asia, cs=latin)
    properties.insert(0, fonts)
    # numbers as Chinese would be broken at the end of a line
    properties.append(_element("lang", val="en-US", eastAsia="zh-CN"))


def _page(section: Section, across: bool = False) -> None:
    short, long = Cm(21.0), Cm(29.7)
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if across else (short, long)
    section.left_margin = section.right_margin = Cm(2.15 if across else 2.25)
    section.top_margin = section.bottom_margin = Cm(2.2)
    section.footer_distance = Cm(1.1)
    if across:
        return  # the first section's footer goes on
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    _page_number(foot)
    foot.add_run(" —")


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
        elif text:
            instruction = _element("instrText")
            instruction.text = text
            run._r.append(instruction)
        else:
            run._r.append(_element("fldChar", fldCharType=kind))


def _across(word: WordDocument) -> None:
    """What follows stands on pages that lie on their side: wide tables."""
    _page(word.add_section(WD_SECTION.NEW_PAGE), across=True)


def _line(word: WordDocument, text: str, style: str) -> None:
    word.add_paragraph(text, style)


def _heading(word: WordDocument, text: str) -> None:
    word.add_paragraph(text, "Heading 1")


def _runs(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        if run.text:
            written = paragraph.add_run(run.text)
            if run.flagged:
                _boxed(written, _ALARM, 12)
            elif run.look is not None and run.part == "slot":
                _boxed(written, _UNDERLINE[run.look][1])
            elif run.look is not None and run.part == "same":
                _marked(written, run.look)
        for reference in run.references:
            number = paragraph.add_run(f"[{reference.text}]")
            number.font.superscript = True
            number.font.bold = True
            if reference.kind != "finding":
                number.font.color.rgb = RGBColor.from_string(_ALARM)


def _marked(run: WordRun, look: Look) -> None:
    properties = run._r.get_or_add_rPr()
    kind, colour = _UNDERLINE[look]
    properties.append(_element("u", val=kind, color=colour))
    properties.append(_shade(_SHADE[look]))


def _boxed(run: WordRun, colour: str, eighths: int = 6) -> None:
    """A frame around the characters; its width in eighths of a point."""
    run.font.bold = True
    box = _element("bdr", val="single", sz=str(eighths), space="0", color=colour)
    run._r.get_or_add_rPr().append(box)


def _shade(fill: str) -> Any:
    return _element("shd", val="clear", color="auto", fill=fill)


def _lines(*texts: str) -> Fill:
    """Fill a cell with a paragraph for each text that is not empty."""

    def fill(cell: Cell) -> None:
        paragraph = cell.paragraphs[0]
        for at, text in enumerate(text for text in texts if text):
            if at:
                paragraph = cell.add_paragraph()
                _of_cell(paragraph)
            paragraph.add_run(text)

    return fill


def _of_cell(paragraph: Paragraph) -> None:
    """The style of cells, by its id: by its name python-docx walks over all styles each time."""
    paragraph._p.style = "Cell"


def _table(
    word: WordDocument,
    head: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str | Fill]],
    *,
    numbers: set[int] | frozenset[int] = frozenset(),
) -> None:
    """A table of fixed widths (cm) whose head repeats on every page."""
    table = _grid(word, widths)
    table.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader"))
    for cell, name in zip(table.rows[0].cells, head, strict=True):
        _of_cell(cell.paragraphs[0])
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        run = cell.paragraphs[0].add_run(name)
        _fonts(run._r.get_or_add_rPr(), "黑体", "Arial")
        cell._tc.get_or_add_tcPr().append(_shade("EEF1EC"))
    for row in rows:
        # the row's own cells: asking the table for them costs a walk over the whole table each
        added: Row = table.add_row()  # type: ignore[no-untyped-call]
        # not torn across pages; a row longer than a page is torn all the same
        added._tr.get_or_add_trPr().append(_element("cantSplit"))
        for at, (cell, value) in enumerate(zip(added.cells, row, strict=True)):
            paragraph = cell.paragraphs[0]
            _of_cell(paragraph)
            if at in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if callable(value):
                value(cell)
            else:
                paragraph.add_run(value)
    _gap(word)


def _grid(word: WordDocument, widths: Sequence[float]) -> Table:
    """A table of one empty row; rows added to it have its widths (cm)."""
    table: Table = word.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Cm(width)
    borders = _element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(_element(side, val="single", sz="4", space="0", color="A9A69C"))
    margins = _element("tblCellMar")
    for side, twips in (("top", "40"), ("left", "80"), ("bottom", "40"), ("right", "80")):
        margins.append(_element(side, w=twips, type="dxa"))
    properties: Any = table._tbl.tblPr
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(margins)
    return table


def _gap(word: WordDocument) -> None:
    """Two tables without a paragraph between them would be one."""
    after = word.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = 0.6


def _settings(word: WordDocument, rows: Sequence[tuple[str, str]]) -> None:
    _table(word, ("项目", "内容"), (4.5, 12.0), rows)
    word.add_paragraph("字数只计汉字、字母和数字，标点和空格不计。", "Note")


def _bytes(word: WordDocument) -> bytes:
    signed = word.add_paragraph("审阅人：" + "　" * 10 + "日期：" + "　" * 8)
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    signed.paragraph_format.space_before = Pt(24)
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()
