"""Word documents: hostile and damaged packages, the title property, files of other programs."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from index.errors import ReadError
from index.reading import read

P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def _reason(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        list(read(path))
    return caught.value.reason


def test_a_zip_bomb_is_stopped_early(make_docx: Callable[..., Path]) -> None:
    path = make_docx(body=P.format("轰" * 40) + "<w:p/>" * 2_000_000)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    assert "压缩炸弹" in _reason(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused(make_docx: Callable[..., Path], encoding: str) -> None:
    hostile = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<!DOCTYPE d [<!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    path = make_docx(document="")
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", hostile.encode(encoding))
    assert "DOCTYPE" in _reason(path)


def test_a_long_honest_document_is_no_bomb(make_docx: Callable[..., Path]) -> None:
    lines = [
        f"第{i}件事办了{i * 7919 % 1000}次，第{i * 31 % 97}队完成得最好。" for i in range(10_000)
    ]
    (document,) = read(make_docx(body="".join(P.format(line) for line in lines)))
    assert [block.text for block in document.blocks] == lines


def test_damaged_packages(make_docx: Callable[..., Path], tmp_path: Path) -> None:
    assert "损坏" in _reason(make_docx(document="<w:document"))
    assert "找不到正文" in _reason(make_docx(document="<x/>"))
    assert "没有文字" in _reason(make_docx(body="<w:p/>"))
    path = make_docx(body=P.format("青禾" * 500))
    data = bytearray(path.read_bytes())
    start = data.index(b"word/document.xml") + 40
    data[start : start + 20] = b"\0" * 20
    path.write_bytes(bytes(data))
    assert "损坏" in _reason(path)
    locked = make_docx(body=P.format("话"))
    data = bytearray(locked.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    locked.write_bytes(bytes(data))
    assert "密码" in _reason(locked)


def test_strict_documents_are_the_same(make_docx: Callable[..., Path]) -> None:
    strict = (
        '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>'
        + P.format("严格格式")
        + "</w:body></w:document>"
    )
    assert next(read(make_docx(document=strict))).blocks[0].text == "严格格式"


def test_the_title_property_is_believed_only_where_the_text_says_it(
    make_docx: Callable[..., Path],
) -> None:
    body = P.format("青禾农场") + P.format("二〇二三年工作总结") + P.format("正文。")
    stated = {"青禾农场二〇二三年工作总结": True, "关于印发某模板的通知": False, "正文": False}
    for title, believed in stated.items():
        (document,) = read(make_docx(body=body, title=title))
        assert document.metadata.title == (title if believed else "")


def test_what_is_left_out_is_counted(make_docx: Callable[..., Path]) -> None:
    run = "<w:r>{}<w:t>字</w:t></w:r>"
    hidden = run.format("<w:rPr><w:vanish/></w:rPr>")
    comment = '<w:r><w:commentReference w:id="0"/></w:r>'
    (document,) = read(make_docx(body=f"<w:p>{run.format('')}{hidden}{hidden}{comment}</w:p>"))
    assert document.blocks[0].text == "字"
    assert document.notes == ("隐藏文字 2 处没有读入。", "批注 1 条没有读入。")


def test_a_document_of_another_program(tmp_path: Path) -> None:
    made = docx.Document()
    made.add_heading("青禾农场年度总结", 0)
    made.add_heading("一、学习", 1)
    made.add_paragraph("读书十二次。")
    made.add_paragraph("分任务", style="List Number")
    made.add_paragraph("晒进度", style="List Number")
    table = made.add_table(2, 2)
    for cell, text in zip((c for r in table.rows for c in r.cells), "队场一9", strict=True):
        cell.text = text
    made.sections[0].header.paragraphs[0].text = "页眉不读"
    path = tmp_path / "总结.docx"
    made.save(str(path))
    (document,) = read(path)
    assert [(b.kind, b.level, b.label, b.text) for b in document.blocks] == [
        ("title", None, "", "青禾农场年度总结"),
        ("text", 1, "", "一、学习"),
        ("text", None, "", "读书十二次。"),
        ("text", None, "1.", "分任务"),
        ("text", None, "2.", "晒进度"),
        ("row", None, "", "队｜场"),
        ("row", None, "", "一｜9"),
    ]


def test_damage_of_any_kind_is_a_read_error(make_docx: Callable[..., Path]) -> None:
    path = make_docx(body="".join(P.format(f"第{i}件事办完了。") for i in range(60)))
    whole = path.read_bytes()
    chance = random.Random(5)
    refused = 0
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))])
        try:
            list(read(path))
        except ReadError:
            refused += 1
    assert refused > 100, "the damage must have been felt"


def test_nesting_without_end(make_docx: Callable[..., Path]) -> None:
    depth = 400
    table = "<w:tbl><w:tr><w:tc>" * depth + P.format("里面") + "</w:tc></w:tr></w:tbl>" * depth
    with pytest.raises(ReadError):
        list(read(make_docx(body=table)))
