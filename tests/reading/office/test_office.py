"""Office files by way of LibreOffice, and old .doc files without it."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from index.datatypes import Document
from index.errors import ReadError
from index.preparing.conversion import convertible
from index.reading import read
from index.reading.office import libreoffice, word_binary
from index.reading.office.true_format import locked, ole_kind, true_format
from tests.reading.slide_files import group, paragraph, presentation, shape, table

SENTENCES = ("一、培训工作", "全年举办骑行安全讲座4期，云栖站参加96人次。", "二、不足之处")
RTF = (
    "{\\rtf1\\ansi\\uc0 "
    + "\\par ".join("".join(f"\\u{ord(c)} " for c in line) for line in SENTENCES)
    + "}"
).encode("ascii")
FODT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2" '
    'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
    + "".join(f"<text:p>{line}</text:p>" for line in SENTENCES)
    + "</office:text></office:body></office:document>"
).encode()
WORD_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
    + "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in SENTENCES)
    + "</w:body></w:wordDocument>"
).encode()

needs_libreoffice = pytest.mark.skipif(
    libreoffice.available() is None, reason="LibreOffice is not installed"
)
_PROGRAM = libreoffice.available()
needs_impress = pytest.mark.skipif(
    _PROGRAM is None or libreoffice.lacks(_PROGRAM, "Impress"),
    reason="the part Impress of LibreOffice is not installed",
)


def _texts(document: Document) -> tuple[str, ...]:
    return tuple(block.text for block in document.blocks if block.text)


@pytest.fixture
def made_doc(tmp_path: Path) -> Path:
    """A .doc of the sentences, written by LibreOffice."""
    source = tmp_path / "源.rtf"
    source.write_bytes(RTF)
    return _by_libreoffice(source, "doc")


def _by_libreoffice(source: Path, suffix: str) -> Path:
    """A file in another format, beside it."""
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


@needs_libreoffice
@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("总结.rtf", RTF, "rtf"),
        ("其实是富文本.doc", RTF, "rtf"),
        ("平铺.fodt", FODT, "odt"),
        ("旧式.xml", WORD_XML, "word-xml"),
    ],
)
def test_reads_by_way_of_libreoffice(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (document,) = read(path)
    assert (document.path, document.format) == (str(path), kind)
    assert _texts(document) == SENTENCES


@needs_libreoffice
def test_doc_with_and_without_libreoffice(made_doc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lying = made_doc.rename(made_doc.with_suffix(".docx"))
    (document,) = read(lying)
    assert (document.format, _texts(document)) == ("doc", SENTENCES)
    monkeypatch.setattr(libreoffice, "available", lambda: None)
    (document,) = read(lying)
    assert (document.format, _texts(document)) == ("doc", SENTENCES)
    assert document.notes == (word_binary.NOTE,)


@needs_libreoffice
def test_a_bad_file_does_not_spoil_the_batch(tmp_path: Path) -> None:
    good, bad, strange = tmp_path / "好.rtf", tmp_path / "坏.odt", tmp_path / "图.rtf"
    good.write_bytes(RTF)
    bad.write_bytes(FODT[:400])
    strange.write_bytes(b"\x89PNG")
    made = libreoffice.convert([bad, good, strange], tmp_path)
    assert isinstance(made[good], Path)
    assert made[bad] == libreoffice.WORDS.failed
    assert made[strange] == libreoffice.NOT_OURS


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_what_hangs_is_ended_with_everything_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in that writes its child's process id and waits for ever."""
    pids = tmp_path / "pids"
    program = tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nsleep 600 &\necho $! >> '{pids}'\nwait\n")
    program.chmod(0o755)
    monkeypatch.setattr(libreoffice, "available", lambda: program)
    path = tmp_path / "慢.rtf"
    path.write_bytes(RTF)
    made = libreoffice.convert([path], tmp_path, seconds=0.5)
    assert made[path] == libreoffice.WORDS.slow(0.5)
    for pid in map(int, pids.read_text().split()):
        for _ in range(50):
            if not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text():
                break
            time.sleep(0.05)
        else:
            os.kill(pid, 9)
            pytest.fail("a child outlived its group")


def test_without_libreoffice_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice, "available", lambda: None)
    path = tmp_path / "总结.rtf"
    path.write_bytes(RTF)
    with pytest.raises(ReadError) as caught:
        list(read(path))
    assert caught.value.reason == libreoffice.WORDS.missing
    assert "libreoffice-writer-nogui" in caught.value.reason


def _fake_doc(flags: int) -> bytes:
    """Sectors that look like an OLE file with a FIB in its second one."""
    fib = struct.pack("<HH6xH", 0xA5EC, 0xC1, flags).ljust(512, b"\0")
    names = "WordDocument\0".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + fib + names.ljust(512, b"\0")


def test_a_password_is_told_before_any_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libreoffice, "available", lambda: tmp_path / "never started")
    path = tmp_path / "密.doc"
    path.write_bytes(_fake_doc(0x0100))
    assert true_format(path) == "doc"
    assert locked(path, "doc")
    with pytest.raises(ReadError) as caught:
        list(read(path))
    assert "打开密码" in caught.value.reason
    path.write_bytes(_fake_doc(0))
    assert not locked(path, "doc")


@pytest.mark.parametrize("data", [_fake_doc(0), _fake_doc(0)[:700], b"\xd0\xcf\x11\xe0" * 400])
def test_the_fallback_refuses_damage(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "坏.doc"
    path.write_bytes(data)
    with pytest.raises(ReadError, match="已损坏"):
        list(word_binary.read(path))


@needs_libreoffice
def test_a_fast_saved_doc_is_read_by_its_pieces(made_doc: Path) -> None:
    """The flag fComplex says only that there may be several pieces."""
    data = bytearray(made_doc.read_bytes())
    fib = data.index(struct.pack("<H", 0xA5EC), 512)
    assert fib % 64 == 0  # where short streams may begin
    (flags,) = struct.unpack_from("<H", data, fib + 10)
    struct.pack_into("<H", data, fib + 10, flags | 0x0004)
    made_doc.write_bytes(data)
    (document,) = word_binary.read(made_doc)
    assert _texts(document) == SENTENCES
    assert document.notes == (word_binary.NOTE,)


def test_pieces_are_joined_in_the_order_of_the_table() -> None:
    """Words added last stand first in the stream, one piece in cp1252 among UTF-16."""
    late, early, latin = "后补的话。", "原来的话，", b"OK"
    main = bytearray(0x1AA)
    places = [len(main)]
    for part in (late.encode("utf-16-le"), early.encode("utf-16-le"), latin):
        main += part
        places.append(len(main))
    order = ((places[1], len(early)), (places[2] * 2 | 0x40000000, 2), (places[0], len(late)))
    ends = [0]
    for _, length in order:
        ends.append(ends[-1] + length)
    pieces = struct.pack("<4I", *ends)
    pieces += b"".join(struct.pack("<HIH", 0, offset, 0) for offset, _ in order)
    table_stream = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<ii", main, 0x4C, ends[-1], 0)
    struct.pack_into("<II", main, 0x1A2, 0, len(table_stream))
    assert word_binary._texts(bytes(main), table_stream) == (early + "OK" + late, "")


SHOWN = [
    ("title", "骑行站年度汇报", "第1张幻灯片"),
    ("text", "云栖县骑行服务中心", "第1张幻灯片"),
    ("text", SENTENCES[1], "第2张幻灯片"),
    ("text", "1.每季检修车辆一次。", "第2张幻灯片"),
    ("row", "线路｜里程", "第2张幻灯片"),
    ("row", "北线｜三十里", "第2张幻灯片"),
    ("text", "组里上面", "第2张幻灯片"),
    ("text", "组里下面", "第2张幻灯片"),
]


def _slides(path: Path) -> Path:
    numbered = paragraph("每季检修车辆一次。", '<a:pPr><a:buAutoNum type="arabicPeriod"/></a:pPr>')
    return presentation(
        path,
        shape("骑行站年度汇报", kind="ctrTitle", top=100_000)
        + shape("云栖县骑行服务中心", top=2_000_000),
        group(shape("组里下面", top=5_400_000), shape("组里上面", top=5_000_000), top=5_000_000)
        + table(("线路", "里程"), ("北线", "三十里"), top=2_000_000)
        + shape(SENTENCES[1], numbered, top=1_000_000),
    )


def _shown(document: Document) -> list[tuple[str, str, str]]:
    return [(block.kind, block.label + block.text, block.place) for block in document.blocks]


@needs_impress
@pytest.mark.parametrize(
    ("suffix", "name", "kind"),
    [("ppt", "汇报.pps", "ppt"), ("odp", "汇报.odp", "odp"), ("ppt", "其实是旧的.pptx", "ppt")],
)
def test_old_slides_are_read_as_slides(tmp_path: Path, suffix: str, name: str, kind: str) -> None:
    path = _by_libreoffice(_slides(tmp_path / "源.pptx"), suffix).rename(tmp_path / name)
    assert convertible(str(path))  # together with others, ahead of its reading
    (document,) = read(path)
    assert (document.path, document.format) == (str(path), kind)
    assert _shown(document) == SHOWN


@needs_impress
def test_slides_and_texts_are_converted_in_one_go(tmp_path: Path) -> None:
    good = _by_libreoffice(_slides(tmp_path / "源.pptx"), "odp")
    cut = tmp_path / "断.odp"
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(cut, "w") as half:
        for name in ("mimetype", "content.xml"):
            half.writestr(name, whole.read(name)[: 4000 if name == "content.xml" else None])
    words = tmp_path / "文.rtf"
    words.write_bytes(RTF)
    made = libreoffice.convert([cut, words, good], tmp_path)
    assert {path: isinstance(result, Path) and result.suffix for path, result in made.items()} == {
        cut: False,
        words: ".docx",
        good: ".pptx",
    }
    assert made[cut] == libreoffice.SLIDES.failed
    assert ".pptx" in libreoffice.SLIDES.failed


def _odf(path: Path, kind: str, manifest: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        if manifest:
            package.writestr("META-INF/manifest.xml", manifest)
    return path


@pytest.mark.parametrize("kind", ["presentation", "presentation-template"])
def test_converted_slides_keep_the_name_of_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A stand-in for the conversion, so that this runs without LibreOffice."""
    path = _odf(tmp_path / "汇报", kind)
    made = _slides(tmp_path / "00000.pptx")
    monkeypatch.setattr(libreoffice, "convert", lambda paths, folder: dict.fromkeys(paths, made))
    (document,) = read(path)
    assert (document.path, document.format) == (str(path), "odp")
    assert _shown(document) == SHOWN


def test_without_impress_it_says_which_part_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A LibreOffice of which Linux has installed Writer alone."""
    registry = tmp_path / "lib" / "share" / "registry"
    registry.mkdir(parents=True)
    program = tmp_path / "lib" / "program" / "soffice"
    program.parent.mkdir()
    program.touch()
    assert not libreoffice.lacks(program, "Impress")  # where nothing is known, it is tried
    for part in ("main", "writer"):
        (registry / f"{part}.xcd").touch()
    assert not libreoffice.lacks(program, "Writer")
    monkeypatch.setattr(libreoffice, "available", lambda: program)
    with pytest.raises(ReadError) as caught:
        list(read(_odf(tmp_path / "汇报.odp", "presentation")))
    assert caught.value.reason == libreoffice.SLIDES.part_missing
    assert "libreoffice-impress-nogui" in caught.value.reason


@pytest.mark.parametrize("kind", ["text", "presentation"])
def test_a_password_of_opendocument_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(libreoffice, "available", lambda: tmp_path / "never started")
    mark = "<manifest:encryption-data manifest:checksum='x'/>"
    with pytest.raises(ReadError) as caught:
        list(read(_odf(tmp_path / "密", kind, f"<manifest:manifest>{mark}</manifest:manifest>")))
    assert "打开密码" in caught.value.reason


def _container(*names: str, within: str) -> bytes:
    """A compound file ([MS-CFB]) with empty streams at its top, and one in a storage."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
    )
    header = header.ljust(512, b"\xff")
    table_of_sectors = struct.pack("<4I", fat, 2, end, free).ljust(512, b"\xff")

    def entry(name: str, kind: int, right: int = free, child: int = free) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(text), kind, 1, free, right, child
        )
        return head.ljust(116, b"\0") + struct.pack("<IQ", end, 0)

    entries = [entry("Root Entry", 5, child=1), entry("MBD0", 1, right=2, child=len(names) + 2)]
    last = len(names) + 1
    entries += [
        entry(name, 2, right=i + 1 if i < last else free) for i, name in enumerate(names, 2)
    ]
    entries.append(entry(within, 2))
    return header + table_of_sectors + b"".join(entries).ljust(1024, b"\0")


def test_what_is_embedded_does_not_decide(tmp_path: Path) -> None:
    path = tmp_path / "表.xls"
    data = _container("Workbook", "Other", within="WordDocument")
    path.write_bytes(data)
    assert ole_kind(path) == "xls"
    assert true_format(path) == ""
    path.write_bytes(_container("Current User", "PowerPoint Document", within="Workbook"))
    assert (ole_kind(path), true_format(path)) == ("ppt", "ppt")
    path.write_bytes(data[:600] + data[1024:])  # no directory where the header says
    assert ole_kind(path) == "doc"  # the names alone are left


@needs_impress
def test_a_password_of_slides_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mark of encryption put into the Current User atom of a real file."""
    path = _by_libreoffice(_slides(tmp_path / "源.pptx"), "ppt")
    assert not locked(path, "ppt")
    plain, encrypted = (struct.pack("<II", 0x14, token) for token in (0xE391C05F, 0xF3D1C4DF))
    data = path.read_bytes()
    assert data.count(plain) == 1
    path.write_bytes(data.replace(plain, encrypted))
    monkeypatch.setattr(libreoffice, "available", lambda: tmp_path / "never started")
    with pytest.raises(ReadError, match="打开密码"):
        list(read(path))


@needs_libreoffice
def test_a_password_of_a_short_doc_is_told(made_doc: Path) -> None:
    """Its stream is shorter than 4096 bytes and stands among others in the container."""
    data = bytearray(made_doc.read_bytes())
    fib = data.index(struct.pack("<H", 0xA5EC), 512)
    (flags,) = struct.unpack_from("<H", data, fib + 10)
    struct.pack_into("<H", data, fib + 10, flags | 0x0100)
    made_doc.write_bytes(data)
    with pytest.raises(ReadError, match="打开密码"):
        list(read(made_doc))
