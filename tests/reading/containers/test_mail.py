"""Mails: subject, date, text, attachments; encoded as programs encode them."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.errors import ReadError
from index.reading import read

TEXT = "现将站点年度工作情况报上，请审阅。"


def _mail(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_text_and_attachments(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "转发：云汀站2023年工作总结"
    mail["Date"] = "Fri, 05 Jan 2024 09:00:00 +0800"
    mail.set_content(TEXT)
    mail.add_alternative("<html><body><p>别的说法</p></body></html>", subtype="html")
    mail.add_attachment("附件的话。".encode("gb18030"), "text", "plain", filename="总结.txt")
    mail.add_attachment(b"\x89PNG\r\n", "image", "png", filename="图.png")
    mail.add_attachment(b"x", "application", "ms-tnef", filename="winmail.dat")
    path = _mail(tmp_path / "信.eml", mail.as_bytes())
    own, attached = read(path)
    assert (own.metadata.title, own.metadata.year) == ("云汀站2023年工作总结", 2024)
    assert (own.format, own.member) == ("eml", "")
    assert [block.text for block in own.blocks] == [TEXT]
    assert (attached.format, attached.member) == ("txt", "总结.txt")
    assert attached.blocks[0].text == "附件的话。"
    assert [note.split("》")[0] for note in attached.notes] == [
        "邮件附件《图.png",
        "邮件附件《winmail.dat",
    ]


def test_raw_gbk_headers_and_a_web_page(tmp_path: Path) -> None:
    page = "<html><head><meta charset=gb2312></head><body><p>网页里的话。</p></body></html>"
    data = (
        b"MIME-Version: 1.0\r\nSubject: " + "年度总结".encode("gbk") + b"\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(page.encode("gbk"))
        + b'--b\r\nContent-Type: text/plain; name="'
        + "附.txt".encode("gbk")
        + b'"\r\n'
        b'Content-Disposition: attachment; filename="=?gb2312?B?'
        + base64.b64encode("明细.txt".encode("gbk"))
        + b'?="\r\n\r\n'
        + TEXT.encode("gbk")
        + b"\r\n--b--\r\n"
    )
    own, attached = read(_mail(tmp_path / "信.eml", data))
    assert own.metadata.title == "年度总结"
    assert [block.text for block in own.blocks] == ["网页里的话。"]
    assert attached.member == "明细.txt"
    assert attached.blocks[0].text == TEXT


def test_a_mail_in_a_mail_and_one_that_says_nothing(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["Subject"] = "内层"
    inner["MIME-Version"] = "1.0"
    inner.set_content(TEXT)
    outer = EmailMessage()
    outer.add_attachment(inner)
    (document,) = read(_mail(tmp_path / "信.eml", outer.as_bytes()))
    assert (document.member, document.metadata.title) == ("附件.eml", "内层")
    empty = _mail(tmp_path / "空.eml", b"MIME-Version: 1.0\r\nSubject: x\r\n\r\n\r\n")
    with pytest.raises(ReadError, match="没有文字，也没有附件"):
        list(read(empty))


def test_a_nul_in_the_name_of_an_encoding_is_damage(tmp_path: Path) -> None:
    head = b'MIME-Version: 1.0\r\nContent-Type: text/plain; charset="ut\0f-8"\r\n\r\n'
    with pytest.raises(ReadError, match="邮件已损坏"):
        list(read(_mail(tmp_path / "信.eml", head + TEXT.encode())))
