"""The .docx: whole, marked, with heads that repeat and Chinese fonts that are named."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree

from index import report
from index.findings import SourceShare
from index.report import word_setting
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

MADE = date(2024, 1, 9)
_ORDER = (
    "rStyle",
    "rFonts",
    "b",
    "bCs",
    "i",
    "iCs",
    "color",
    "spacing",
    "kern",
    "sz",
    "szCs",
    "u",
    "bdr",
    "shd",
    "vertAlign",
    "lang",
)


@pytest.fixture(scope="module")
def written() -> bytes:
    return report.docx(by_hand.review(), decisions=by_hand.decisions(), made=MADE)


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def draft_of(word: Any) -> list[str]:
    """The paragraphs of the marked draft, labels and numbers left out."""
    return [
        "".join(
            run.text
            for run in paragraph.runs
            if run.style.name != "Place" and not run.font.superscript
        )
        for paragraph in word.paragraphs
        if paragraph.style.name in ("Draft", "Draft Heading")
    ]


def test_the_marked_draft_is_whole(written: bytes) -> None:
    assert draft_of(opened(written)) == list(by_hand.DRAFT_TEXTS)


def test_marks_have_a_shade_and_a_line_of_their_own(written: bytes) -> None:
    word = opened(written)
    (verbatim,) = [
        run
        for paragraph in word.paragraphs
        for run in paragraph.runs
        if run.text.startswith("各支部轮流值守闸站")
    ]
    properties = verbatim._r.rPr
    assert properties.find(qn("w:shd")).get(qn("w:fill")) == "FFD9CD"
    assert properties.find(qn("w:u")).get(qn("w:val")) == "thick"
    lines = {kind for kind, _ in word_setting._UNDERLINE.values()}
    assert len(lines) == 6


def test_every_finding_has_its_row(written: bytes) -> None:
    tables = {table.rows[0].cells[-1].text: table for table in opened(written).tables}
    findings = tables["审阅意见"]
    rows = [[cell.text for cell in row.cells] for row in findings.rows]
    assert rows[0] == ["编号", "位置", "类别", "送审稿文字", "来源文字", "出处和说明", "审阅意见"]
    assert [row[0] for row in rows[1:]] == ["1", "2", "3", "4"]
    assert rows[2][1] == "第3段"
    assert "数字：24 ← 18；数字：18 ← 15；数字：460 ← 320" in rows[2][5]
    assert rows[3][6].startswith("需核实 请办公室说明来源")


def test_heads_repeat_and_pages_are_numbered(written: bytes) -> None:
    word = opened(written)
    # the first table is the two figures: it has no head
    for table in word.tables[1:]:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    footer = etree.tostring(word.sections[0].footer._element, encoding="unicode")
    assert re.findall(r"<w:instrText[^>]*>([^<]*)<", footer) == ["PAGE"]
    assert [section.page_width > section.page_height for section in word.sections] == [False, True]
    assert all(section.footer.is_linked_to_previous for section in list(word.sections)[1:])


def test_chinese_fonts_are_named(written: bytes) -> None:
    word = opened(written)
    expected = {"Normal": "宋体", "Heading 1": "黑体", "Draft": "仿宋", "Title": "黑体"}
    for style, font in expected.items():
        fonts = word.styles[style].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == font
        # a font of the theme would win over the name
        assert not [name for name in fonts.attrib if "Theme" in name]


def test_elements_stand_in_the_order_that_word_expects(written: bytes) -> None:
    order = [qn(f"w:{name}") for name in _ORDER]
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        for part in ("word/document.xml", "word/styles.xml"):
            for properties in etree.fromstring(package.read(part)).iter(qn("w:rPr")):
                places = [order.index(child.tag) for child in properties if child.tag in order]
                assert places == sorted(places), etree.tostring(properties)


_SEQUENCES = {
    "tblPr": (
        "tblStyle",
        "tblW",
        "jc",
        "tblInd",
        "tblBorders",
        "tblLayout",
        "tblCellMar",
        "tblLook",
    ),
    "tcPr": ("tcW", "gridSpan", "tcBorders", "shd", "vAlign"),
    "sectPr": ("footerReference", "type", "pgSz", "pgMar", "cols", "docGrid"),
}


@pytest.mark.parametrize("name", list(_SEQUENCES))
def test_properties_of_tables_and_pages_stand_in_order(written: bytes, name: str) -> None:
    """Out of order, Word calls the file damaged or leaves them out."""
    order = _SEQUENCES[name]
    places = [
        [order.index(etree.QName(one).localname) for one in properties]
        for properties in opened(written).element.iter(qn(f"w:{name}"))
    ]
    assert places
    assert all(row == sorted(row) for row in places)


def test_tables_tell_their_width_to_word_and_to_wps(written: bytes) -> None:
    """Word goes by the table's width, WPS by its columns'."""
    tables = opened(written).tables
    assert len(tables) > 3
    for table in tables:
        width = table._tbl.tblPr.find(qn("w:tblW"))
        columns = [int(one.get(qn("w:w"))) for one in table._tbl.tblGrid]
        assert width.get(qn("w:type")) == "dxa"
        assert abs(int(width.get(qn("w:w"))) - sum(columns)) <= len(columns)


def test_nothing_is_left_of_the_template(written: bytes) -> None:
    """Its theme fonts, which WPS reports as missing; its preview picture of another document."""
    with zipfile.ZipFile(io.BytesIO(written)) as file:
        names = file.namelist()
        parts = {name: file.read(name).decode() for name in names if name.endswith(".xml")}
    assert not any("thumbnail" in name for name in names)
    assert "Theme=" not in parts["word/styles.xml"] + parts["word/document.xml"]
    faces = set(
        re.findall('<a:(?:latin|ea|font)[^>]* typeface="([^"]+)"', parts["word/theme/theme1.xml"])
    )
    assert faces == {"宋体", "Times New Roman"}
    languages = re.findall('w:eastAsia="([a-z]+-[A-Z]+)"', "".join(parts.values()))
    assert set(languages) == {"zh-CN"}


def test_word_opens_it_as_a_file_of_its_own_time(written: bytes) -> None:
    settings = opened(written).settings.element
    (mode,) = settings.findall(f".//{qn('w:compatSetting')}")
    assert mode.get(qn("w:val")) == "15"


def test_harm_stays_text() -> None:
    content = report.docx(hostile_review.review(), decisions=hostile_review.decisions(), made=MADE)
    other = report.docx_of_duplicates(hostile_review.duplicates(), made=MADE)
    for each in (content, other):
        with zipfile.ZipFile(io.BytesIO(each)) as package:
            body = package.read("word/document.xml").decode("utf-8")
            relations = package.read("word/_rels/document.xml.rels").decode("utf-8")
        assert "instrText" not in body
        assert "w:hyperlink" not in body
        assert "evil.example" not in relations
    texts = draft_of(opened(content))
    assert texts[0] == hostile_review.ATTACKS[0]
    assert texts[8] == "甲\ufffd乙\ufffd丙 丁\ufffd戊\ufffd己\ufffd庚"
    assert texts[9] == "前\ufffd倒写\ufffd后\ufffd夹\ufffd"


def test_five_hundred_findings() -> None:
    word = opened(report.docx(hostile_review.large(), made=MADE))
    assert len(draft_of(word)[0]) == 40_000
    findings = next(t for t in word.tables if t.rows[0].cells[-1].text == "审阅意见")
    assert len(findings.rows) == 501
    assert "（略 39,600 字）" in findings.rows[1].cells[3].text


def test_the_duplicates_have_their_tables() -> None:
    word = opened(report.docx_of_duplicates(by_hand.duplicates(), made=MADE))
    pairs, _ = word.tables
    assert [row.cells[2].text for row in pairs.rows] == ["相同字数", "1,240", "420", "380"]
    assert [row.cells[6].text for row in pairs.rows] == ["只差数字", "1,150 字", "0 字", "0 字"]
    assert pairs.rows[1].cells[1].text == (
        "《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年\n"
        "《河湾街道2023年党建工作总结》 河湾街道 2023年"
    )
    steps = [each.text for each in word.paragraphs if each.style.name == "Step"]
    assert steps == [
        "白鹭镇党委 → 河湾街道 → 云溪市水务局",
        "首见于 《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 第5段",
        "《河湾街道2022年工作总结》 河湾街道 2022年 第3段　该单位首次",
        "《云溪市水务局2023年工作总结》 云溪市水务局 2023年 第4段　该单位首次",
    ]


def test_sources_of_a_few_words_are_counted_and_not_printed() -> None:
    made = by_hand.review()
    large, *_ = made.sources
    few = SourceShare(large.document, 5, 0.005, 5, 0.001, overlap=5, drafted=1000)
    assert large.notable
    assert not few.notable
    word = opened(report.docx(replace(made, sources=(large, *[few] * 30)), made=MADE))
    (sources,) = [one for one in word.tables if one.rows[0].cells[1].text == "来源"]
    assert len(sources.rows) == 2
    assert "另有 30 篇来源只有零星文字相同" in "".join(one.text for one in word.paragraphs)
