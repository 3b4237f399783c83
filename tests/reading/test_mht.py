"""Web pages saved as one file."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest

from index.datatypes import Metadata
from index.errors import ReadError
from index.reading import read

TEXT = "清溪站按计划完成管网巡查，及时处理渗漏，保证了供水。"
PAGE = f"<html><head><title>巡查简报</title></head><body><p>{TEXT}</p><p>{TEXT}</p></body></html>"


def _mht(parts: list[tuple[str, str, bytes]], head: str = "From: <Saved by Blink>\r\n") -> bytes:
    lines = (
        head + "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="=_b"\r\n\r\n'
    )
    data = lines.encode()
    for kind, coding, body in parts:
        data += f"--=_b\r\nContent-Type: {kind}\r\n".encode()
        data += f"Content-Transfer-Encoding: {coding}\r\n\r\n".encode() + body + b"\r\n"
    return data + b"--=_b--\r\n"


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
@pytest.mark.parametrize("coding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("suffix", [".mht", ".doc"])
def test_the_page_is_read_from_its_part(
    tmp_path: Path, charset: str, coding: str, suffix: str
) -> None:
    body = PAGE.encode(charset)
    packed = base64.encodebytes(body) if coding == "base64" else quopri.encodestring(body)
    path = tmp_path / f"页{suffix}"
    path.write_bytes(
        _mht([(f'text/html; charset="{charset}"', coding, packed), ("image/png", "base64", b"AA")])
    )
    (document,) = read(path)
    assert document.format == "mht"
    assert [b.text for b in document.blocks if b.kind == "text"] == [TEXT, TEXT]


def test_plain_text_where_there_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "页.mht"
    path.write_bytes(_mht([("text/plain; charset=utf-8", "8bit", TEXT.encode())]))
    (document,) = read(path)
    assert [b.text for b in document.blocks] == [TEXT]


def test_without_text_there_is_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "页.mht"
    path.write_bytes(_mht([("image/png", "base64", b"AAAA")]))
    with pytest.raises(ReadError, match="找不到正文"):
        list(read(path))


def test_the_head_table_of_a_government_page_is_metadata(tmp_path: Path) -> None:
    table = (
        "<table><tr><td>索 引 号：</td><td>0001/2021-5</td><td>主题分类：</td><td>供水</td></tr>"
        "<tr><td>发文机关：</td><td>清溪市供水局</td><td>成文日期：</td><td>2021年03月04日</td></tr>"
        "<tr><td>标　　题：</td><td colspan=3>关于管网巡查的通知</td></tr></table>"
    )
    path = tmp_path / "页.html"
    path.write_text(f"<html><body>{table}<p>{TEXT}</p><p>{TEXT}</p></body></html>", "utf-8")
    (document,) = read(path)
    assert document.metadata == Metadata("关于管网巡查的通知", "清溪市供水局", 2021)
    path.write_text(f"<html><body><p>标题：要短。</p><p>{TEXT}</p></body></html>", "utf-8")
    (document,) = read(path)
    assert document.metadata == Metadata()
