"""Slides: order, titles, rows, numbers, notes, diagrams, and what is left out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from tests.reading.slide_files import frame, group, paragraph, presentation, shape, table


def _read(path: Path) -> Document:
    (document,) = read(path)
    return document


def _numbered(text: str, scheme: str, level: int = 0, start: str = "") -> str:
    begin = f' startAt="{start}"' if start else ""
    return paragraph(text, f'<a:pPr lvl="{level}"><a:buAutoNum type="{scheme}"{begin}/></a:pPr>')


def test_slides_in_their_order_and_shapes_as_one_reads(tmp_path: Path) -> None:
    path = presentation(
        tmp_path / "汇报.pptx",
        shape("云汀县水务站", top=900_000) + shape("年度汇报", kind="ctrTitle"),
        group(shape("组里下面", top=500_000), shape("组里上面", top=0), top=9_000_000)
        + shape("右边", top=2_000_000, left=5_000_000)
        + shape("左边", "左边第二段", top=2_100_000)
        + shape("7", kind="sldNum", top=9_900_000)
        + shape("藏起来的", top=3_000_000, hidden=True)
        + table(("渠段", "里程"), ("北渠", "三里"), ("合计", "~旧字"), top=4_000_000)
        + shape("修渠", "引水", kind="title", top=0),
        shape("不给人看"),
        shape("谢谢"),
        hidden=(3,),
    )
    document = _read(path)
    assert document.format == "pptx"
    assert [(b.kind, b.level, b.text, b.place) for b in document.blocks] == [
        ("title", None, "年度汇报", "第1张幻灯片"),
        ("text", None, "云汀县水务站", "第1张幻灯片"),
        ("text", 1, "修渠引水", "第2张幻灯片"),
        ("text", None, "左边", "第2张幻灯片"),
        ("text", None, "左边第二段", "第2张幻灯片"),
        ("text", None, "右边", "第2张幻灯片"),
        ("row", None, "渠段｜里程", "第2张幻灯片"),
        ("row", None, "北渠｜三里", "第2张幻灯片"),
        ("row", None, "合计", "第2张幻灯片"),
        ("text", None, "组里上面", "第2张幻灯片"),
        ("text", None, "组里下面", "第2张幻灯片"),
        ("text", None, "谢谢", "第4张幻灯片"),
    ]
    assert document.notes == ("隐藏的幻灯片 1 张没有读入。",)


def test_numbers_are_counted_by_level_and_scheme(tmp_path: Path) -> None:
    style = '<a:lstStyle><a:lvl1pPr><a:buAutoNum type="circleNumDbPlain"/></a:lvl1pPr></a:lstStyle>'
    path = presentation(
        tmp_path / "汇报.pptx",
        shape(
            _numbered("修渠", "ea1ChsPeriod"),
            _numbered("北渠", "arabicParenBoth", 1),
            _numbered("南渠", "arabicParenBoth", 1),
            "<a:p/>",
            _numbered("引水", "ea1ChsPeriod"),
            _numbered("东渠", "arabicParenBoth", 1),
            "没有编号的一段",
            _numbered("从头", "ea1ChsPeriod"),
            _numbered("从五开始", "arabicPeriod", 0, "5"),
        )
        + shape(style, "沿用的编号", "第二条", paragraph("不编号", "<a:pPr><a:buNone/></a:pPr>")),
    )
    assert [b.label + b.text for b in _read(path).blocks] == [
        "一.修渠",
        "(1)北渠",
        "(2)南渠",
        "二.引水",
        "(1)东渠",
        "没有编号的一段",
        "一.从头",
        "5.从五开始",
        "①沿用的编号",
        "②第二条",
        "不编号",
    ]


def test_notes_follow_their_slide(tmp_path: Path) -> None:
    page = shape("图", kind="sldImg") + shape("2", kind="sldNum")
    path = presentation(
        tmp_path / "汇报.pptx",
        shape("年度汇报", kind="title"),
        shape("谢谢"),
        notes={1: page + shape("各位同事，下面汇报。", "先讲修渠。", kind="body")},
    )
    assert [(b.text, b.place) for b in _read(path).blocks] == [
        ("年度汇报", "第1张幻灯片"),
        ("各位同事，下面汇报。", "第1张幻灯片的备注"),
        ("先讲修渠。", "第1张幻灯片的备注"),
        ("谢谢", "第2张幻灯片"),
    ]


def test_a_diagram_is_read_along_its_tree(tmp_path: Path) -> None:
    """Points stand in another order than their connections; a presentation point repeats one."""
    points = "".join(
        f'<dgm:pt modelId="{identity}" type="{kind}"><dgm:t>{paragraph(text)}</dgm:t></dgm:pt>'
        for identity, kind, text in (
            ("0", "doc", ""),
            ("3", "node", "南渠"),
            ("2", "node", "引水"),
            ("1", "node", "修渠"),
            ("4", "node", "北渠"),
            ("5", "pres", "修渠"),
        )
    )
    links = "".join(
        f'<dgm:cxn srcId="{source}" destId="{target}" srcOrd="{order}"{kind}/>'
        for source, target, order, kind in (
            ("0", "2", 1, ""),
            ("0", "1", 0, ""),
            ("1", "3", 1, ""),
            ("1", "4", 0, ""),
            ("4", "1", 0, ""),  # a ring: damage must not be an endless walk
            ("1", "5", 2, ' type="presOf"'),
        )
    )
    path = presentation(
        tmp_path / "汇报.pptx",
        shape("下面一句", top=6_000_000) + frame('<dgm:relIds r:dm="dm"/>', top=2_000_000),
        diagrams={1: f"<dgm:ptLst>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst>"},
    )
    texts = [block.text for block in _read(path).blocks]
    assert texts == ["修渠", "北渠", "南渠", "引水", "下面一句"]


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    object_in_branches = (
        "<mc:AlternateContent><mc:Choice/><mc:Fallback><p:oleObj/></mc:Fallback>"
        "</mc:AlternateContent>"
    )
    path = presentation(
        tmp_path / "汇报.pptx",
        shape("渠道里程", kind="title")
        + frame("<c:chart/>", top=1)
        + frame("<c:chart/>", top=2)
        + frame(object_in_branches, top=3)
        + frame("<p:oleObj/>", top=4),
        "<p:pic/>",
        "",
        "<p:pic/>",
    )
    assert _read(path).notes == (
        "第2、4张幻灯片只有图片，没有文字。",
        "幻灯片里的图表 2 个、嵌入的文件 2 个没有读入。",
    )


def test_strict_files_are_read_alike(tmp_path: Path) -> None:
    """ISO/IEC 29500 strict names every vocabulary differently."""
    slides = (
        shape("年度汇报", kind="ctrTitle") + table(("渠段", "里程"), top=4_000_000),
        shape(_numbered("修渠", "arabicPeriod")) + frame('<dgm:relIds r:dm="dm"/>', top=9_000_000),
    )
    point = (
        f'<dgm:ptLst><dgm:pt modelId="1"><dgm:t>{paragraph("引水")}</dgm:t></dgm:pt></dgm:ptLst>'
    )
    documents = [
        _read(
            presentation(
                tmp_path / f"{strict}.pptx",
                *slides,
                notes={1: shape("先讲修渠。", kind="body")},
                diagrams={2: point},
                strict=strict,
            )
        )
        for strict in (False, True)
    ]
    assert documents[0].blocks == documents[1].blocks
    assert [b.text for b in documents[1].blocks] == [
        "年度汇报", "渠段｜里程", "先讲修渠。", "修渠", "引水",
    ]  # fmt: skip


def test_a_slide_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    whole = presentation(tmp_path / "原.pptx", shape("修渠"))
    path = tmp_path / "重.pptx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            entry = b'<p:sldId id="256" r:id="s0"/>'
            new.writestr(name, old.read(name).replace(entry, entry * 50))
    assert [block.text for block in _read(path).blocks] == ["修渠"]


@pytest.mark.parametrize(("slide", "reason"), [("", "没有文字"), ("<p:sp", "损坏"), ("\0", "损坏")])
def test_empty_and_damaged_slides_say_so(tmp_path: Path, slide: str, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        list(read(presentation(tmp_path / "汇报.pptx", slide)))
    assert reason in caught.value.reason
