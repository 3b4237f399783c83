"""Which reader reads a file, and what is said of files that none can read."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import SUFFIXES, read
from index.reading.formats import CONTAINERS, READERS
from index.reading.unreadable import REASONS

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


EXCEL_XML = (
    b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)
FLAT_SLIDES = (
    b'<?xml version="1.0"?><office:document '
    b'office:mimetype="application/vnd.oasis.opendocument.presentation"/>'
)


def _ole(stream: str) -> bytes:
    return OLE + (stream + "\0").encode("utf-16-le") + b"\0" * 600


def _zip(path: Path, *names: str, mimetype: str = "") -> None:
    with zipfile.ZipFile(path, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")


def _reason(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        list(read(path))
    assert caught.value.path == str(path)
    assert "Error" not in caught.value.reason
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("表.xls", _ole("Workbook"), "表格已损坏"),
        ("信.msg", _ole("__properties_version1.0"), "Outlook 邮件"),
        ("导出.xls", EXCEL_XML, "Excel 2003 的 XML 表格"),
        ("平铺.fodp", FLAT_SLIDES, "OpenDocument 文件"),
        ("配置.txt", b'<?xml version="1.0"?>\n<settings/>', "程序或数据"),
        ("锁.docx", _ole("EncryptedPackage"), "有打开密码"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "图片"),
        ("图.bmp", b"BM\x36\x00\x01\x00\0\0\0\0\x36\0\0\0", "图片"),
        ("包.rar", b"Rar!\x1a\x07\x01\x00", "压缩包"),
        ("包.gz", gzip.compress(b"abc"), "压缩包"),
        ("论文.caj", b"CAJ\0\0\0\0", "CAJ"),
        ("程序.exe", b"MZ\x90\0\x03\0\0\0" + b"\0" * 60, "程序"),
        ("空.txt", b"", "空的"),
        ("表.csv", "站点,场次\n甲,3\n".encode(), "没有成句的文字"),
        ("信.eml", b"From: a@b.invalid\r\nMIME-Version: 1.0\r\n\r\n", "邮件里没有文字"),
        ("信.txt", b"From: a@b.invalid\r\nMIME-Version: 1.0\r\n\r\n", "邮件里没有文字"),
        ("码.py", b"print('x')\n", "程序或数据"),
        ("噪声.txt", bytes(range(1, 256)) * 30, "不是文字文件"),
    ],
)
def test_unreadable_files_are_named(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert expected in _reason(path)


@pytest.mark.parametrize(
    ("members", "mimetype", "expected"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), "", "表格已损坏"),
        (("[Content_Types].xml", "ppt/presentation.xml"), "", "损坏"),
        (("OFD.xml",), "", "损坏"),
        (("总结.py",), "", "里面没有能读入的文稿"),
    ],
)
def test_zips_are_told_apart(
    tmp_path: Path, members: tuple[str, ...], mimetype: str, expected: str
) -> None:
    path = tmp_path / "某文件"
    _zip(path, *members, mimetype=mimetype)
    assert expected in _reason(path)


def test_a_docx_that_is_a_picture_is_told_the_truth(tmp_path: Path) -> None:
    path = tmp_path / "总结.docx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    reason = _reason(path)
    assert reason.startswith("文件名后缀是 .docx，内容却不是：这是图片")
    assert "转成 Word 文档" in reason


def test_the_content_decides_not_the_suffix(
    tmp_path: Path, make_docx: Callable[..., Path], make_pdf: Callable[..., Path]
) -> None:
    docx = make_docx("其实是.txt", body="<w:p><w:r><w:t>话</w:t></w:r></w:p>")
    assert next(read(docx)).format == "docx"
    assert next(read(make_pdf([["话"]], name="其实是.docx"))).format == "pdf"
    page = tmp_path / "其实是网页.doc"
    page.write_text("<html><body><p>话</p></body></html>", encoding="utf-16")
    assert next(read(page)).format == "html"
    page = tmp_path / "其实是网页.xls"  # as many systems export their tables
    page.write_text("<table><tr><td>每周检修车辆一次。</td></tr></table>", encoding="gb18030")
    assert next(read(page)).format == "html"
    lines = tmp_path / "数据"
    lines.write_text('{"text": "话"}\n', encoding="utf-8")
    assert next(read(lines)).format == "jsonl"
    for name in ("总结.2023", "没有后缀", "其实是文字.docx", "其实是文字.pdf"):
        path = tmp_path / name
        path.write_text("一句话。", encoding="utf-8")
        assert next(read(path)).format == "txt"
    path = tmp_path / "笔记.MD"
    path.write_text("# 题", encoding="utf-8")
    assert next(read(path)).format == "md"


def test_missing_files_folders_and_damaged_files(tmp_path: Path) -> None:
    assert "不存在" in _reason(tmp_path / "没有.txt")
    assert "文件夹" in _reason(tmp_path)
    path = tmp_path / "坏.docx"
    _zip(path, "[Content_Types].xml", "word/document.xml")
    path.write_bytes(path.read_bytes()[:-30])
    assert "损坏" in _reason(path)


def test_every_reason_is_a_sentence_and_every_reader_has_its_name() -> None:
    assert all(reason.endswith("。") for reason in REASONS.values())
    assert not set(REASONS) & set(READERS)
    assert not (set(REASONS) | set(READERS)) & set(CONTAINERS)
    assert {"txt", "md", "docx", "html", "pdf", "jsonl"} <= set(READERS)
    assert {".txt", ".docx", ".pdf", ".md", ".html", ".jsonl"} <= SUFFIXES
