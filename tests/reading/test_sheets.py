"""Prose in spreadsheets: what is read and where it stands, what is passed over and said."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from index.reading.sheets import workbook

LONG = "清溪站按计划完成管网巡查，及时处理渗漏，保证了供水。" * 9
Cell = str | int
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _xlsx(
    path: Path, sheets: dict[str, Sequence[Sequence[Cell]]], hidden: str = "", extra: str = ""
) -> Path:
    """A workbook of raw XML; `extra` stands at the end of each sheet (cells merged)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1"'
            f' Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        listed, related = "", ""
        for n, (name, rows) in enumerate(sheets.items(), 1):
            state = ' state="hidden"' if name == hidden else ""
            listed += f'<sheet name="{name}" sheetId="{n}"{state} r:id="r{n}"/>'
            related += (
                f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/{n}.xml"/>'
            )
            data = ""
            for i, row in enumerate(rows, 1):
                cells = "".join(_cell(f"{chr(65 + j)}{i}", cell) for j, cell in enumerate(row))
                data += f'<row r="{i}">{cells}</row>'
            package.writestr(
                f"xl/worksheets/{n}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{extra}</worksheet>',
            )
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{RELATIONS}">{related}</Relationships>',
        )
    return path


def _cell(place: str, value: Cell) -> str:
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def _read(path: Path) -> Document:
    (document,) = read(path)
    return document


def _reason(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        list(read(path))
    return caught.value.reason


def test_a_table_of_prose_names_its_columns_and_its_place(tmp_path: Path) -> None:
    rows = [
        ["清溪站工作台账"],
        ["序号", "项目", "内容", "备注"],
        [1, "巡查", "每月巡查管网两次，发现渗漏及时处理。", "已完成"],
        [2, "培训", "组织职工培训三期，参加人员全部通过考核。", ""],
    ]
    document = _read(_xlsx(tmp_path / "台账.xlsx", {"汇总": rows}))
    assert document.format == "xlsx"
    assert [(b.text, b.place, b.kind) for b in document.blocks] == [
        ("清溪站工作台账", "工作表“汇总”第1行", "text"),
        (
            "项目：巡查；内容：每月巡查管网两次，发现渗漏及时处理；备注：已完成",
            "工作表“汇总”第3行",
            "row",
        ),
        (
            "项目：培训；内容：组织职工培训三期，参加人员全部通过考核。",
            "工作表“汇总”第4行",
            "row",
        ),
    ]
    assert document.notes == ()


def test_numbers_and_hidden_sheets_are_passed_over_and_said(tmp_path: Path) -> None:
    sheets: dict[str, Sequence[Sequence[Cell]]] = {
        "说明": [["本表由清溪站填写，数据截至年底。"]],
        "预算": [["科目", "金额"], [1, 200], [2, 300]],
        "旧稿": [["这一张是去年的旧稿，不再使用。"]],
        "空": [],
    }
    document = _read(_xlsx(tmp_path / "报表.xlsx", sheets, hidden="旧稿"))
    assert [b.text for b in document.blocks if b.kind == "text"] == [
        "本表由清溪站填写，数据截至年底。"
    ]
    assert document.notes == (
        "工作表“预算”是数字表格，没有读入。",
        "工作表“旧稿”是隐藏的，没有读入；需要时请取消隐藏再添加。",
    )


def test_rows_that_are_documents_become_headings_with_their_text(tmp_path: Path) -> None:
    rows = [
        ["标题", "网址", "发布日期", "正文"],
        ["供水办法", "https://a.invalid/1", "2023-01-05", f"第一段。\n\n{LONG}"],
        ["巡查办法", "", "2024-02-06", LONG],
    ]
    document = _read(_xlsx(tmp_path / "文件.xlsx", {"表": rows}))
    assert [(b.text, b.level) for b in document.blocks] == [
        ("供水办法", 1),
        ("发布日期：2023-01-05", None),
        ("第一段。", None),
        (LONG, None),
        ("巡查办法", 1),
        ("发布日期：2024-02-06", None),
        (LONG, None),
    ]


def test_a_cell_merged_downwards_speaks_for_each_row(tmp_path: Path) -> None:
    rows = [
        ["类别", "内容"],
        ["供水", "每月巡查管网两次，发现渗漏及时处理。"],
        ["", "每季检测水质一次，结果按时公布。"],
    ]
    merged = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    document = _read(_xlsx(tmp_path / "表.xlsx", {"表": rows}, extra=merged))
    assert document.blocks[1].text == "类别：供水；内容：每季检测水质一次，结果按时公布。"


def test_a_form_is_label_and_value(tmp_path: Path) -> None:
    rows = [["主要做法：", "坚持每周例会，逐项落实任务。"], ["姓名", "某某"]]
    document = _read(_xlsx(tmp_path / "表.xlsx", {"表": rows}))
    assert [b.text for b in document.blocks] == ["主要做法：坚持每周例会，逐项落实任务。"]
    assert document.notes == ("工作表“表”有 1 行只有数字或短词，没有读入。",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "表.csv"
    text = f'title,year,full_text\n清溪站年度报告,2024,"各位代表：\n{LONG}"\n'
    path.write_bytes(text.encode(encoding))
    document = _read(path)
    assert [(b.text, b.kind, b.place) for b in document.blocks] == [
        ("清溪站年度报告", "title", "第2行"),
        ("year：2024", "row", "第2行"),
        ("各位代表：", "text", "第2行"),
        (LONG, "text", "第2行"),
    ]
    assert document.format == "csv"


def test_tabs_and_fields_longer_than_the_usual_limit(tmp_path: Path) -> None:
    path = tmp_path / "表.tsv"
    path.write_text(f"项目\t内容\n巡查\t{LONG * 700}\n", encoding="utf-8")
    assert [len(b.text) for b in _read(path).blocks] == [5, len(LONG) * 700]


def test_no_prose_is_a_reason(tmp_path: Path) -> None:
    path = _xlsx(tmp_path / "表.xlsx", {"预算": [["甲", 1], [2, 3]]})
    assert _reason(path) == "表格里没有成句的文字。工作表“预算”是数字表格，没有读入。"
    path = tmp_path / "表.csv"
    path.write_text("甲,1\n2,3\n", encoding="utf-8")
    assert _reason(path) == "表格里没有成句的文字。表格是数字表格，没有读入。"


def test_a_bomb_and_a_lone_cell_far_away_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = _xlsx(tmp_path / "大.xlsx", {"表": [["话" * 9]]})
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", b" " * (8 << 20))
    assert "压缩炸弹" in _reason(bomb)
    far = _xlsx(tmp_path / "远.xlsx", {"表": [["第一格"]]})
    moved = tmp_path / "远2.xlsx"
    with zipfile.ZipFile(far) as old, zipfile.ZipFile(moved, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            data = re.sub(
                b"</sheetData>",
                b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>\\g<0>',
                data,
            )
            new.writestr(name, data)
    assert "范围异常大" in _reason(moved)
    monkeypatch.setattr(workbook, "GREATEST_ROWS", 2)
    cut = _xlsx(tmp_path / "长.xlsx", {"表": [["每月巡查管网两次，及时处理。"]] * 4})
    document = _read(cut)
    assert len(document.blocks) == 2
    assert document.notes == ("工作表“表”只读入了前 2 行。",)


def test_damaged_workbooks_have_a_reason(tmp_path: Path) -> None:
    whole = _xlsx(tmp_path / "表.xlsx", {"表": [["每月巡查管网两次，及时处理。"]]})
    cut = tmp_path / "坏.xlsx"
    cut.write_bytes(whole.read_bytes()[:-60])
    assert "损坏" in _reason(cut)
