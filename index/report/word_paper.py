"""The paper a Word report is written on: styles, fonts, pages, their numbers, the signature.

Fonts are those of official papers (黑体, 宋体, 仿宋), which Windows and WPS have.
"""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

PINE = RGBColor(0x2F, 0x6B, 0x5B)
SOFT = RGBColor(0x63, 0x67, 0x6B)


def new(title: str, made: date) -> WordDocument:
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
    headline = _style(word, "Heading 1", "黑体", 14)
    headline.paragraph_format.space_before = Pt(14)
    headline.paragraph_format.space_after = Pt(6)
    _style(word, "List Bullet", "宋体", 10.5)
    facts = _added(word, "Facts", "宋体", 10)
    facts.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts.paragraph_format.space_after = Pt(10)
    facts.font.color.rgb = SOFT
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
    fonts(place.element.get_or_add_rPr(), "黑体", "Arial")
    place.font.size = Pt(8)
    place.font.color.rgb = SOFT
    _page(word.sections[0])
    _modern(word)
    _unthemed(word)
    _without_template(word)
    return word


_SERIF, _LATIN = "宋体", "Times New Roman"
_SCRIPTS = re.compile(rb'\s*<a:font script="[^"]*" typeface="[^"]*"/>')
_TYPEFACES = re.compile(rb'<a:(latin|ea) typeface="[^"]*"')


def _unthemed(word: WordDocument) -> None:
    """Name the fonts instead of the template's theme, which is American and Japanese: WPS looks the
    theme's fonts up and tells of each that the machine lacks."""
    styles: Any = word.styles.element
    for named in styles.iter(qn("w:rFonts")):
        if any(name.endswith(("Theme", "theme")) for name in named.attrib):
            named.attrib.clear()
            for script, font in (
                *(("ascii", _LATIN), ("hAnsi", _LATIN)),
                *(("eastAsia", _SERIF), ("cs", _LATIN)),
            ):
                named.set(qn(f"w:{script}"), font)
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    for language in word.settings.element.findall(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    theme = word.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    fonts_of = {b"latin": _LATIN.encode(), b"ea": _SERIF.encode()}
    theme._blob = _TYPEFACES.sub(
        lambda found: b'<a:%s typeface="%s"' % (found[1], fonts_of[found[1]]),
        _SCRIPTS.sub(b"", theme.blob),
    )


def _without_template(word: WordDocument) -> None:
    """What the template brings of its own: a picture of some other document, which the file manager
    would show as a preview of this one, and a zoom without the number that it must have."""
    package = word.part.package
    assert package is not None
    for relations in (package.rels, word.part.rels):
        for id_, relation in list(relations.items()):
            if relation.reltype.endswith(("/thumbnail", "/stylesWithEffects")):
                del relations[id_]
    for zoom in word.settings.element.findall(qn("w:zoom")):
        zoom.attrib.clear()
        zoom.set(qn("w:percent"), "100")


def _modern(word: WordDocument) -> None:
    """Say that the file follows Word 2013 and later: else it is opened in a compatibility mode."""
    settings: Any = word.settings.element
    for old in settings.findall(qn("w:compat")):
        for mode in old.findall(qn("w:compatSetting")):
            old.remove(mode)
        old.append(
            element(
                "compatSetting",
                name="compatibilityMode",
                uri="http://schemas.microsoft.com/office/word",
                val="15",
            )
        )


def _style(word: WordDocument, name: str, font: str, points: float) -> ParagraphStyle:
    style = word.styles[name]
    assert isinstance(style, ParagraphStyle)
    fonts(style.element.get_or_add_rPr(), font, "Times New Roman" if font != "黑体" else "Arial")
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


def element(name: str, /, **values: str) -> Any:
    """An element and its attributes, all of the main namespace."""
    element = OxmlElement(f"w:{name}")
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def fonts(properties: Any, east_asia: str, latin: str) -> None:
    """Name the fonts outright: the template's theme would win over names that stand beside it."""
    for name in ("rFonts", "lang"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    fonts = element("rFonts", ascii=latin, hAnsi=latin, eastAsia=east_asia, cs=latin)
    properties.insert(0, fonts)
    # numbers as Chinese would be broken at the end of a line
    properties.append(element("lang", val="en-US", eastAsia="zh-CN"))


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
            instruction = element("instrText")
            instruction.text = text
            run._r.append(instruction)
        else:
            run._r.append(element("fldChar", fldCharType=kind))


def across(word: WordDocument) -> None:
    """What follows stands on pages that lie on their side: wide tables."""
    _page(word.add_section(WD_SECTION.NEW_PAGE), across=True)


def line(word: WordDocument, text: str, style: str) -> None:
    word.add_paragraph(text, style)


def heading(word: WordDocument, text: str) -> None:
    word.add_paragraph(text, "Heading 1")


def written(word: WordDocument) -> bytes:
    signed = word.add_paragraph("审阅人：" + "　" * 10 + "日期：" + "　" * 8)
    signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    signed.paragraph_format.space_before = Pt(24)
    written = io.BytesIO()
    word.save(written)
    return written.getvalue()
