"""The .xlsx: every finding in it, numbers as numbers, texts as texts, nothing live."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from index import report
from index.report import cells
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

MADE = date(2024, 1, 9)


@pytest.fixture(scope="module")
def written() -> bytes:
    return report.xlsx(by_hand.review(), decisions=by_hand.decisions(), made=MADE)


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return report.xlsx(hostile_review.review(), decisions=hostile_review.decisions(), made=MADE)


def rows(content: bytes, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python()]


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode("utf-8") for name in package.namelist()}


def test_the_sheets(written: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(written))
    assert book.sheet_names == [
        "概况",
        "段落",
        "发现",
        "来源",
        "忘改",
        "未变数字",
        "固定表述和引用",
        "审阅意见",
    ]


def test_figures_are_numbers(written: bytes) -> None:
    overview = {row[0]: row[1] for row in rows(written, "概况")}
    assert overview["总重合"] == 0.562
    assert overview["去固定表述后重合"] == 0.418
    assert overview["最大单一来源"] == 0.235
    assert overview["可能忘了改的地方"] == 2
    assert overview["程序版本"] == "寻章 0.1.0"
    (_, first, *_) = rows(written, "来源")
    assert first[:7] == [
        1,
        "《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年",
        "其他单位，早于送审稿",
        79,
        0.235,
        0.081,
        41,
    ]


def test_paragraphs_are_whole_though_coloured(written: bytes) -> None:
    head, *found = rows(written, "段落")
    assert head[3] == "文字"
    assert [row[3] for row in found] == list(by_hand.DRAFT_TEXTS)
    assert [row[4] for row in found] == ["", "1", "2", "3", "", "4", "", ""]


def test_findings_and_leftovers(written: bytes) -> None:
    _, _, renamed, *_ = rows(written, "发现")
    assert renamed[:6] == [2, 3, "换名套用", 53, 46, 21]
    assert renamed[10] == "数字：24 ← 18；数字：18 ← 15；数字：460 ← 320"
    _, place, open_one = rows(written, "忘改")
    assert place[1:4] == ["地名", 4, "白鹭镇"]
    assert open_one[1:4] == ["占位符", 7, "XX"]


def test_heads_stay_and_texts_wrap(written: bytes) -> None:
    found = parts(written)
    sheets = [text for name, text in found.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 8
    for sheet in sheets:
        assert '<pane ySplit="1" topLeftCell="A2"' in sheet
    assert 'wrapText="1"' in found["xl/styles.xml"]


def test_a_long_row_is_as_high_as_its_text(written: bytes) -> None:
    heads = (cells.Head("文字", 23.0), cells.Head("字数", 10.0))
    # 60 characters of two in 20 of room: 6 lines of 15 points
    assert cells._height(heads, ("文" * 60, 3)) == 6 * 15 + 3
    assert cells._height(heads, ("一\n二\n三", 3)) == 3 * 15 + 3
    assert cells._height(heads, ("文" * 9000, 3)) == 409


def test_nothing_is_live(hostile: bytes) -> None:
    other = report.xlsx_of_duplicates(hostile_review.duplicates(), made=MADE)
    for content in (hostile, other):
        for name, text in parts(content).items():
            assert "<f>" not in text, name
            assert "<f " not in text, name
            assert "<hyperlink" not in text, name
            assert "externalLink" not in name
            if name.endswith(".rels"):
                assert "evil.example" not in text


def test_a_text_that_looks_like_a_formula_is_marked_as_text(hostile: bytes) -> None:
    """Otherwise it would become one when a person edits the cell and presses Enter."""
    found = parts(hostile)
    styles = re.search(r"<cellXfs.*?</cellXfs>", found["xl/styles.xml"], re.DOTALL)
    assert styles is not None
    quoted = {
        at
        for at, style in enumerate(re.findall(r"<xf [^>]*>", styles[0]))
        if 'quotePrefix="1"' in style
    }
    texts = re.findall(r"<si>(.*?)</si>", found["xl/sharedStrings.xml"], re.DOTALL)
    plain = ["".join(re.findall(r"<t[^>]*>(.*?)</t>", text, re.DOTALL)) for text in texts]
    seen = 0
    for name, sheet in found.items():
        if name.startswith("xl/worksheets/sheet"):
            for style, text in re.findall(r'<c r="\w+" s="(\d+)" t="s"><v>(\d+)</v>', sheet):
                if plain[int(text)][:1] in {"=", "+", "-", "@"}:
                    assert int(style) in quoted, plain[int(text)]
                    seen += 1
    assert seen >= 4


def test_what_is_read_back_is_what_was_written(hostile: bytes) -> None:
    _, *found = rows(hostile, "段落")
    texts = [str(row[3]) for row in found]
    assert texts[3] == "=cmd|'/c calc'!A1"
    assert texts[7] == "http://evil.example/c"
    assert texts[8] == "甲\ufffd乙\ufffd丙 丁\ufffd戊\ufffd己\ufffd庚"
    assert texts[11] == "_x0041_ &amp; ]]> <!-- -->"


def test_more_than_a_cell_holds_is_cut_and_said() -> None:
    content = report.xlsx(hostile_review.large(), made=MADE)
    _, first, *others = rows(content, "段落")
    assert len(others) == 499
    assert len(str(first[3])) <= cells.MOST_CHARACTERS
    assert "（略 " in str(first[3])
    assert len(rows(content, "发现")) == 501


def test_the_duplicates_in_columns_that_sort() -> None:
    content = report.xlsx_of_duplicates(by_hand.duplicates(), made=MADE)
    head, first, *_ = rows(content, "文档对")
    pair = dict(zip(head, first, strict=True))
    assert (pair["前者单位"], pair["前者年份"]) == ("白鹭镇党委", 2021)
    assert (pair["相同字数"], pair["占前者"], pair["占后者"], pair["最长连续"]) == (
        1240,
        0.61,
        0.72,
        310,
    )
    assert (pair["只差数字"], pair["固定表述"]) == (1150, 86)
    _, family = rows(content, "同一写法")
    assert family[:3] == [1, 3, "首见于 《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 第5段"]
    assert family[4] == "白鹭镇党委 → 河湾街道 → 云溪市水务局"
    assert [row[4] for row in rows(content, "流传")[1:]] == ["首见", "该单位首次", "该单位首次"]
    assert rows(content, "单位之间")[:3] == [
        ["单位", "河湾街道", "白鹭镇党委", "云溪市水务局", "临河县农业局"],
        ["河湾街道", "", 0.72, "", ""],
        ["白鹭镇党委", 0.72, "", "", ""],
    ]


def test_what_was_not_found_has_no_empty_sheet() -> None:
    made = by_hand.review()
    found = replace(made.evidence, leftovers=(), same_figures=())
    content = report.xlsx(replace(made, evidence=found), made=MADE)
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert "忘改" not in names
    assert "未变数字" not in names
    overview = {row[0]: row[1:] for row in rows(content, "概况")}
    assert overview["可能忘了改的地方"] == [0, ""]


def test_an_empty_column_leaves_its_room_to_the_others() -> None:
    """Else the print of thirteen columns is too small to read."""
    made = by_hand.review()
    with zipfile.ZipFile(io.BytesIO(report.xlsx(made, made=MADE))) as file:
        sheet = file.read("xl/worksheets/sheet3.xml").decode()
    widths = [
        float(width) for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet)
    ]
    heads = rows(report.xlsx(made, made=MADE), "发现")[0]
    assert heads[-1] == "审阅意见", "of which there is none here"
    assert widths[-1] < 12
    assert sum(widths) < 220
