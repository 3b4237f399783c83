"""Office files by way of LibreOffice, and old .doc files without it."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.datatypes import Document
from index.errors import ReadError
from index.reading import read
from index.reading.office import libreoffice, word_binary
from index.reading.office.true_format import locked, true_format

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


def _texts(document: Document) -> tuple[str, ...]:
    return tuple(block.text for block in document.blocks if block.text)


@pytest.fixture
def made_doc(tmp_path: Path) -> Path:
    """A .doc of the sentences, written by LibreOffice."""
    source = tmp_path / "源.rtf"
    source.write_bytes(RTF)
    program = libreoffice.available()
    assert program is not None
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={(tmp_path / 'p').as_uri()}",
            "--headless",
            *("--convert-to", "doc", "--outdir", str(tmp_path), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return tmp_path / "源.doc"


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
