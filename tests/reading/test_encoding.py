"""Text files in the encodings that offices write, with and without a mark."""

from __future__ import annotations

import codecs
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ReadError
from index.reading import read
from index.reading.encoding import NotText, decode

TEXT = "青禾农场今年把培训办到了田间，职工都说好。"
SHORT = [
    "联通",
    "移动",
    "总结",
    "党建",
    "一二",
    "是的。",
    "袖珍",
    "脉络",
    "１２",
    "A类",
    "李珺",
]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_text_without_a_mark_is_recognised(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == (TEXT, encoding, 0)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_mark_decides_and_is_removed(mark: bytes, encoding: str) -> None:
    assert decode(mark + TEXT.encode(encoding)) == (TEXT, encoding, 0)


@pytest.mark.parametrize("word", SHORT)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_two_characters_are_enough(word: str, encoding: str) -> None:
    assert decode(word.encode(encoding))[0] == word


@given(
    st.text("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会", min_size=2)
)
def test_common_words_survive_gbk(text: str) -> None:
    assert decode(text.encode("gb18030"))[0] == text


@given(st.text("青禾农场总结，。“”0123456789abcXYZ \n一二三四五", min_size=1))
def test_utf_8_is_always_utf_8(text: str) -> None:
    assert decode(text.encode("utf-8"))[0] == text


def test_ascii_first_and_gbk_far_behind() -> None:
    data = b"Report 2023\r\n" * 40_000 + TEXT.encode("gb18030")
    text, encoding, errors = decode(data)
    assert (encoding, errors) == ("gb18030", 0)
    assert text.endswith(TEXT)


def test_a_rare_character_on_its_own() -> None:
    assert decode("喆".encode())[0] == "喆"


def test_marks_inside_go_and_single_errors_stay_visible() -> None:
    data = "前\ufeff后".encode() * 20 + b"\xff" + "尾\ufffd".encode()
    text, encoding, errors = decode(data)
    assert encoding == "utf-8"
    assert text == "前后" * 20 + "\ufffd尾\ufffd"
    assert errors == 1, "the U+FFFD that the file holds itself is no error of ours"


@pytest.mark.parametrize("misread", ["mac-cyrillic", "cp1251", "latin-1"])
def test_text_spoilt_by_an_earlier_conversion_is_restored(misread: str, tmp_path: Path) -> None:
    spoilt = TEXT.encode().decode(misread, errors="replace")
    path = tmp_path / "乱码.txt"
    path.write_text(spoilt, encoding="utf-8")
    (document,) = read(path)
    restored = document.blocks[0].text
    assert sum(a == b for a, b in zip(restored, TEXT, strict=False)) >= len(TEXT) - 3
    assert "已还原" in document.notes[0]


def test_other_languages_are_text_too() -> None:
    russian = "Отчёт о работе за год подготовлен и передан в отдел."
    assert decode(russian.encode()) == (russian, "utf-8", 0)


def test_bytes_that_are_no_text() -> None:
    noise = b"".join(struct.pack("<I", (i * 2654435761) & 0xFFFFFFFF) for i in range(2000))
    with pytest.raises(NotText):
        decode(noise)


def test_lines_ends_form_feeds_and_invisible_characters(tmp_path: Path) -> None:
    path = tmp_path / "旧文件.txt"
    path.write_bytes("　　首行\r\n次\u200b行\r三行\x0c四行\u2028五行\x00 \n\n".encode("utf-8"))
    (document,) = read(path)
    assert [block.text for block in document.blocks] == ["　　首行", "次行", "三行", "四行", "五行"]
    assert document.notes == ()


def test_gbk_page_that_declares_nothing_or_lies(tmp_path: Path) -> None:
    for head in ("", '<meta charset="utf-8">', '<meta http-equiv=x content="a;charset=GB2312">'):
        path = tmp_path / "网页.html"
        body = f"<html><head>{head}</head><body><p>{TEXT}镕</p></body></html>"
        path.write_bytes(body.encode("gb18030"))
        (document,) = read(path)
        assert document.blocks[0].text == TEXT + "镕"


def test_blank_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "空白.txt"
    path.write_text(" \n　\n", encoding="utf-8")
    with pytest.raises(ReadError, match="没有文字"):
        list(read(path))
