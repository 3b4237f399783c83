"""Prose in spreadsheets: what is read and where it stands, what is passed over and said."""

from __future__ import annotations

import re
import struct
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from index.reading.office import libreoffice
from index.reading.sheets import extent, workbook
from tests.reading.sheet_files import sheet_part, xlsb

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
        package.writestr("[Content_Types].xml", _content_types(len(sheets)))
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


def _content_types(sheets: int) -> str:
    """What LibreOffice goes by, and calamine does not."""
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("workbook.xml", "sheet.main")]
    parts += [(f"worksheets/{n}.xml", "worksheet") for n in range(1, sheets + 1)]
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}" ContentType="{mime}.{kind}+xml"/>'
            for part, kind in parts
        )
        + "</Types>"
    )


def _cell(place: str, value: Cell) -> str:
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


_PROGRAM = libreoffice.available()
needs_calc = pytest.mark.skipif(
    _PROGRAM is None or libreoffice.lacks(_PROGRAM, "Calc"),
    reason="the part Calc of LibreOffice is not installed",
)
LEDGER: dict[str, Sequence[Sequence[Cell]]] = {
    "台账": [
        ["清溪站工作台账"],
        ["序号", "项目", "内容"],
        [1, "巡查", "每月巡查管网两次，发现渗漏及时处理。"],
        [2, "培训", "组织职工培训三期，参加人员全部通过考核。"],
    ],
    "数字": [[1, 2], [3, 4]],
}
LEDGER_TEXTS = [
    "清溪站工作台账",
    "项目：巡查；内容：每月巡查管网两次，发现渗漏及时处理。",
    "项目：培训；内容：组织职工培训三期，参加人员全部通过考核。",
]


def _by_calc(source: Path, suffix: str) -> Path:
    """A workbook in another format, beside it."""
    assert _PROGRAM is not None
    subprocess.run(
        [
            _PROGRAM,
            f"-env:UserInstallation={(source.parent / 'p').as_uri()}",
            "--headless",
            *("--convert-to", suffix, "--outdir", str(source.parent), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return source.with_suffix(f".{suffix}")


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


@needs_calc
@pytest.mark.parametrize(
    ("suffix", "name", "kind"),
    [("xls", "台账.et", "xls"), ("ods", "台账.ods", "ods"), ("ots", "其实是模板.xls", "ods")],
)
def test_workbooks_that_a_program_wrote(tmp_path: Path, suffix: str, name: str, kind: str) -> None:
    path = _by_calc(_xlsx(tmp_path / "源.xlsx", LEDGER), suffix).rename(tmp_path / name)
    document = _read(path)
    assert document.format == kind
    assert [b.text for b in document.blocks if b.kind != "furniture"] == LEDGER_TEXTS
    assert document.blocks[2].place == "工作表“台账”第3行"
    assert document.notes == ("工作表“数字”是数字表格，没有读入。",)


@needs_calc
def test_old_workbooks_of_numbers_with_a_password_or_damage(tmp_path: Path) -> None:
    numbers = _by_calc(_xlsx(tmp_path / "数.xlsx", {"数字": LEDGER["数字"]}), "xls")
    assert _reason(numbers) == "表格里没有成句的文字。工作表“数字”是数字表格，没有读入。"
    data = numbers.read_bytes()
    start = data.index(b"\x09\x08\x10\x00")  # BOF; the record after it becomes FILEPASS
    locked = bytearray(data)
    locked[start + 20 : start + 22] = b"\x2f\x00"
    path = tmp_path / "锁.xls"
    path.write_bytes(locked)
    assert "打开密码" in _reason(path)
    path.write_bytes(data[: len(data) // 2])
    assert "损坏" in _reason(path)
    stated = bytearray(data)
    at = data.index(struct.pack("<HH", 0x0200, 14))
    struct.pack_into("<I", stated, at + 8, 0x20000000)
    path.write_bytes(stated)
    with pytest.raises(ValueError, match="more than there can be"):
        extent.area_of_xls(bytes(stated))
    assert "损坏" in _reason(path)


@needs_calc
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_a_lone_cell_far_away_is_refused_in_other_formats_too(tmp_path: Path, suffix: str) -> None:
    far = _xlsx(tmp_path / "远.xlsx", {"表": [["每月巡查管网两次，及时处理。"]]})
    moved = tmp_path / "远2.xlsx"
    cell = b'<row r="65536"><c r="IV65536"><v>1</v></c></row>'
    with zipfile.ZipFile(far) as old, zipfile.ZipFile(moved, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</sheetData>", cell + b"</sheetData>"))
    assert "范围异常大" in _reason(_by_calc(moved, suffix))


def test_binary_workbooks(tmp_path: Path) -> None:
    rows = LEDGER["台账"]
    cells = {(i, j): cell for i, row in enumerate(rows) for j, cell in enumerate(row)}
    document = _read(xlsb(tmp_path / "台账.xlsb", "台账", cells))
    assert [b.text for b in document.blocks] == LEDGER_TEXTS
    assert document.blocks[1].place == "工作表“台账”第3行"
    far = xlsb(tmp_path / "远.xlsb", "表", {(0, 0): "每月巡查。", (1_048_575, 16_383): 1.0})
    assert "范围异常大" in _reason(far)


def test_the_extent_of_sheets() -> None:
    assert extent.area_of_xlsb(sheet_part({(0, 0): "话" * 200, (4, 2): 1.0})) == 5 * 3
    table = (
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"/>'
        "<table:table-cell><text:p>话</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="9"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="6"><table:table-cell/></table:table-row>'
        '{}<table:table-row table:number-rows-repeated="99"><table:table-cell/></table:table-row>'
        "</table:table>"
    )
    filled = (
        '<table:table-row table:number-rows-repeated="4">'
        '<table:table-cell office:value-type="float"/></table:table-row>'
    )
    assert extent.area_of_ods(table.format("").encode()) == 1 * 3
    assert extent.area_of_ods((table.format(filled) + table.format("")).encode()) == 11 * 3


def test_macro_workbooks_and_strict_ones(tmp_path: Path) -> None:
    """The vocabulary of ISO/IEC 29500 strict has other names."""
    whole = _xlsx(tmp_path / "台账.xlsm", LEDGER)
    strict = tmp_path / "严格.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(strict, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            for usual, other in (
                (MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
                (OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"),
            ):
                data = data.replace(usual.encode(), other.encode())
            new.writestr(name, data)
    assert _read(strict).blocks == _read(whole).blocks
    assert [b.text for b in _read(strict).blocks if b.kind != "furniture"] == LEDGER_TEXTS


def test_what_stands_beside_the_cells_is_said(tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    said = "村口的路灯修好了四十盏，夜里出门不再摸黑。"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("汇总")
        sheet.write(0, 0, said)
        sheet.write_comment(0, 0, "数字待核")
        sheet.insert_textbox(3, 3, "另有两盏在等零件。")
    document = _read(path)
    assert [block.text for block in document.blocks] == [
        "村口的路灯修好了四十盏，夜里出门不再摸黑。"
    ]
    assert document.notes == (
        "批注没有读入。",
        "文本框里的文字没有读入；需要时请复制到单元格里再添加。",
    )
    plain = tmp_path / "无.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        book.add_worksheet().write(0, 0, said)
    assert _read(plain).notes == ()
