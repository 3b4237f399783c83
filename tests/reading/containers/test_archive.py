"""Archives: names, members, limits; what cannot be read is named and takes nothing else along."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from index.reading.containers import members

TEXT = "本年共办理来信四十二件，全部按期答复。"


def _zip(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return target.getvalue()


def _read(tmp_path: Path, data: bytes, name: str = "包.zip") -> list[Document]:
    path = tmp_path / name
    path.write_bytes(data)
    found = list(read(path))
    assert {document.path for document in found} == {str(path)}
    return found


def _refusal(tmp_path: Path, data: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        _read(tmp_path, data)
    assert caught.value.path == str(tmp_path / "包.zip")
    return caught.value.reason


def _named(raw: bytes, *, flags: int = 0, extra: bytes = b"") -> bytes:
    """A zip with one stored member whose name is these bytes."""
    data = TEXT.encode()
    common = struct.pack(
        "<HHHHLLL", flags, 0, 0, 33, zlib.crc32(data), len(data), len(data)
    ) + struct.pack("<HH", len(raw), len(extra))
    local = b"PK\3\4" + struct.pack("<H", 20) + common + raw + extra + data
    entry = (
        b"PK\1\2"
        + struct.pack("<HH", 20, 20)
        + common
        + struct.pack("<HHHLL", 0, 0, 0, 0, 0)
        + raw
        + extra
    )
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end


def test_each_member_is_a_document_with_its_path_inside(tmp_path: Path) -> None:
    inner = _zip(("年终/总结.txt", TEXT.encode("gb18030")))
    found = _read(
        tmp_path,
        _zip(
            ("2023/总结.txt", TEXT.encode()),
            ("__MACOSX/2023/._总结.txt", b"x"),
            ("2023/~$总结.docx", b"x"),
            ("2023/.DS_Store", b"x"),
            ("旧.zip", inner),
            ("2023/照片.png", b"\x89PNG\r\n\x1a\n"),
            ("2023\\空.txt", b""),
        ),
    )
    assert [document.member for document in found] == ["2023/总结.txt", "旧.zip/年终/总结.txt"]
    assert [document.blocks[0].text for document in found] == [TEXT, TEXT]
    assert found[0].notes == ()
    assert [note.split("：")[0] for note in found[1].notes] == [
        "压缩包里的《2023/照片.png》没有读入",
        "压缩包里的《2023/空.txt》没有读入",
    ]
    assert "图片" in found[1].notes[0]
    assert "0 字节" in found[1].notes[1]


UNICODE_NAME = "年终.txt".encode()


@pytest.mark.parametrize(
    ("raw", "flags", "extra", "expected"),
    [
        ("总结.txt".encode("gbk"), 0, b"", "总结.txt"),
        ("联通.txt".encode("gbk"), 0, b"", "联通.txt"),
        ("总结.txt".encode(), 0, b"", "总结.txt"),
        ("总结.txt".encode(), 1 << 11, b"", "总结.txt"),
        (
            b"?.txt",
            0,
            struct.pack("<HHBL", 0x7075, 5 + len(UNICODE_NAME), 1, zlib.crc32(b"?.txt"))
            + UNICODE_NAME,
            "年终.txt",
        ),
        (  # the field belongs to another name
            b"a.txt",
            0,
            struct.pack("<HHBL", 0x7075, 5 + len(UNICODE_NAME), 1, 1) + UNICODE_NAME,
            "a.txt",
        ),
        ("总\x07结\u202e.txt".encode(), 1 << 11, b"", "总结.txt"),
    ],
)
def test_names(tmp_path: Path, raw: bytes, flags: int, extra: bytes, expected: str) -> None:
    (document,) = _read(tmp_path, _named(raw, flags=flags, extra=extra))
    assert document.member == expected
    assert document.blocks[0].text == TEXT


@pytest.mark.parametrize("name", ["../a.txt", "x/../../a.txt", "/etc/a.txt", "C:\\a.txt"])
def test_paths_that_climb_out_are_not_followed(tmp_path: Path, name: str) -> None:
    reason = _refusal(tmp_path, _named(name.encode()))
    assert "指向压缩包之外" in reason
    assert [path.name for path in tmp_path.iterdir()] == ["包.zip"]


def test_two_members_of_one_name_are_two_documents(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _zip(("a.b/总结.txt", b"one"), ("a.b/总结.txt", b"two"))
    found = _read(tmp_path, data)
    assert [d.member for d in found] == ["a.b/总结.txt", "a.b/总结 (2).txt"]
    assert [d.blocks[0].text for d in found] == ["one", "two"]


def test_links_passwords_and_damage_are_named(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("链接.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("好.txt", TEXT)
        archive.writestr("坏.txt", "@@@@@@@@@@")
    (document,) = _read(tmp_path, target.getvalue().replace(b"@@@@", b"@@#@", 1))
    assert document.member == "好.txt"
    assert "链接" in document.notes[0]
    assert "已损坏" in document.notes[1]
    assert "有密码" in _refusal(tmp_path, _named(b"a.txt", flags=1))


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _zip(("零.txt", b"0" * (20 << 20)), ("好.txt", TEXT.encode()))
    (document,) = _read(tmp_path, bomb)
    assert document.member == "好.txt"
    assert "压缩炸弹" in document.notes[0]
    deep = _zip(("最里.txt", TEXT.encode()))
    for _ in range(3):
        deep = _zip(("内.zip", deep))
    assert "套得太深" in _refusal(tmp_path, deep)
    assert "没有文件" in _refusal(tmp_path, _zip())
    many = _zip(*((f"{i}.txt", TEXT.encode()) for i in range(12)))
    monkeypatch.setattr(members.Allowance.__init__, "__defaults__", (1 << 30, 5))
    found = _read(tmp_path, many)
    assert len(found) == 5
    assert "太多或太大" in found[-1].notes[-1]
    inside = _zip(("内.zip", many), ("外.txt", TEXT.encode()))
    assert len(_read(tmp_path, inside)) == 4  # the limit is one for both levels


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    data = bytearray(_zip(("a.txt", b"x" * 50), ("b.txt", b"y" * 50)))
    second = data.rfind(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    assert "重叠" in _refusal(tmp_path, bytes(data))


def test_a_list_of_members_that_would_fill_the_memory(tmp_path: Path) -> None:
    data = _zip(("a.txt", b"x"))
    at = data.rfind(b"PK\5\6")
    size = 20 << 20
    end = data[at : at + 12] + struct.pack("<LL", size, 0) + b"\0\0"
    assert "炸弹" in _refusal(tmp_path, data[:at] + b"\0" * size + end)


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    data = _zip(("a", b"x"), ("总结.txt", "巡查完成。".encode()))
    stored = bytearray(data)
    at = stored.find(b"PK\1\2")
    stored[at + 28 : at + 30] = b"\0\0"  # the length of the first name in the list
    stored[at + 30 : at + 32] = b"\1\0"  # its letter now counts as an extra field
    (document,) = _read(tmp_path, bytes(stored))
    assert document.member == "总结.txt"
