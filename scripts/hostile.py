"""Make the hostile set and read each file in a confined child: 1 GB, 60 s, a true reason.

    python scripts/hostile.py [FOLDER] [--only NAME…]

Prints a table and exits 1 where a file was neither read nor refused within the limits.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import fuzz_samples
from confined import Reader

LIMIT = 60.0
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = f'<w:document xmlns:w="{_W}"><w:body>'
_CLOSE = "</w:body></w:document>"
_SENTENCE = "今年以来走访站点，解决问题。"


def _zip(*members: tuple[str, bytes], level: int = 6) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return target.getvalue()


def _docx(document: bytes) -> bytes:
    relations = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    return _zip(
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", relations.encode()),
        ("word/document.xml", document),
    )


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _nested_zips() -> bytes:
    data = _zip(("总结.txt", _SENTENCE.encode()))
    for _ in range(30):
        data = _zip(("内.zip", data))
    return data


def _wide_nested_zips() -> bytes:
    data = _zip(("零.txt", b"0" * (200 << 20)))
    for _ in range(2):
        data = _zip(*((f"{number}.zip", data) for number in range(16)))
    return data


def _overlapping() -> bytes:
    data = bytearray(_zip(*((f"{number}.txt", b"0" * 100_000) for number in range(100))))
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 42 : at + 46] = bytes(4)
        at = data.find(b"PK\1\2", at + 4)
    return bytes(data)


def _link() -> bytes:
    target = io.BytesIO()
    info = zipfile.ZipInfo("链接.txt")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return target.getvalue()


def _random_part() -> bytes:
    """200 MB of paragraphs that do not compress well, so that size and not ratio must decide."""
    chance = random.Random(1)
    alphabet = [chr(0x4E00 + number) for number in range(2000)]
    body = "".join(_paragraph("".join(chance.choices(alphabet, k=200))) for _ in range(1600))
    return _docx((_OPEN + body * 200 + _CLOSE).encode())


def _pdf(objects: int, tree: str = "") -> bytes:
    """A PDF with so many objects that nothing uses, and a page tree of its own."""
    out = bytearray(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n")
    out += (tree or "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n").encode()
    out += b"".join(b"%d 0 obj<</A %d 0 R>>endobj\n" % (n, n + 1) for n in range(3, objects + 3))
    return bytes(out + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (objects + 3))


def _pdf_indexed(objects: int, extra: str = "") -> bytes:
    """A sound PDF: a page with a line of text, a true cross-reference table, unused objects."""
    content = b"BT /F1 12 Tf 72 700 Td (Report of the year) Tj ET"
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *(b"<</A %d>>" % number for number in range(objects)),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj%bendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Root 1 0 R/Size %d%b>>\n" % (len(bodies) + 1, extra.encode())
    return bytes(out + b"startxref\n%d\n%%%%EOF" % start)


def _ole_locked() -> bytes:
    """The beginning of what Office writes for a file with a password (MS-OFFCRYPTO 2.3)."""
    mark = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    names = "".join(name.ljust(32, "\0") for name in ("EncryptionInfo", "EncryptedPackage"))
    return mark.ljust(512, b"\0") + names.encode("utf-16-le").ljust(4096, b"\0")


def _zip_locked() -> bytes:
    """A zip whose member is marked as encrypted, in both of its headers (APPNOTE 4.4.4)."""
    data = bytearray(_zip(("总结.txt", _SENTENCE.encode())))
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    return bytes(data)


_ENCRYPT = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'ab' * 32}>/U<{'cd' * 32}>>>/ID[<00><00>]"
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)

MAKERS: dict[str, Callable[[], bytes]] = {
    "zip炸弹.zip": lambda: _zip(("零.txt", b"0" * (600 << 20)), level=9),
    "docx炸弹.docx": lambda: _docx(_OPEN.encode() + b" " * (600 << 20) + _CLOSE.encode()),
    "套30层.zip": _nested_zips,
    "套3层各16个.zip": _wide_nested_zips,
    "成员重叠.zip": _overlapping,
    "路径爬出.zip": lambda: _zip(("../../爬出.txt", b"x"), ("/etc/x.txt", b"x")),
    "链接.zip": _link,
    "名字里有控制字符.zip": lambda: _zip(("总\x07\x1b[2J结.txt", _SENTENCE.encode())),
    "实体.docx": lambda: _docx((_ENTITIES + _OPEN + _paragraph("&i;") + _CLOSE).encode()),
    "外部实体.docx": lambda: _docx(
        (
            '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
            + _OPEN
            + _paragraph("&x;")
            + _CLOSE
        ).encode()
    ),
    "一个部件200MB.docx": _random_part,
    "十万空段.docx": lambda: _docx((_OPEN + "<w:p/>" * 100_000 + _CLOSE).encode()),
    "表格套200层.docx": lambda: _docx(
        (
            _OPEN
            + "<w:tbl><w:tr><w:tc>" * 200
            + _paragraph(_SENTENCE)
            + "</w:tc></w:tr></w:tbl>" * 200
            + _CLOSE
        ).encode()
    ),
    "XML套十万层.docx": lambda: _docx((_OPEN + "<w:sdt>" * 100_000 + _CLOSE).encode()),
    "50MB不换行.txt": lambda: (_SENTENCE * (50_000_000 // len(_SENTENCE.encode()))).encode(),
    "50MB不换行.md": lambda: (_SENTENCE * (50_000_000 // len(_SENTENCE.encode()))).encode(),
    "网页套十万层.html": lambda: b"<html><body>" + b"<div>" * 100_000 + _SENTENCE.encode(),
    "网页十万空段.html": lambda: b"<html><body>" + b"<p></p>" * 100_000,
    "JSON套十万层.jsonl": lambda: b'{"text": ' + b"[" * 100_000 + b"\n",
    "一百万对象.pdf": lambda: _pdf(1_000_000),
    "页树成环.pdf": lambda: _pdf(0, "2 0 obj<</Type/Pages/Kids[2 0 R]/Count 9>>endobj\n"),
    "损坏.docx": lambda: _docx(_OPEN.encode())[:-60],
    "损坏.pdf": lambda: _pdf(50)[:300],
    "空.txt": lambda: b"",
    "空.docx": lambda: b"",
    "空.zip": lambda: _zip(),
    "只有零.txt": lambda: bytes(300 << 20),
    "有密码.docx": _ole_locked,
    "有密码.xlsx": _ole_locked,
    "有密码.pdf": lambda: _pdf_indexed(0, _ENCRYPT),
    "有密码.zip": _zip_locked,
    "三十万对象.pdf": lambda: _pdf_indexed(300_000),
    "xlsx炸弹.xlsx": lambda: fuzz_samples.xlsx(" " * (600 << 20)),
    "pptx炸弹.pptx": lambda: fuzz_samples.pptx(" " * (600 << 20)),
    "ofd炸弹.ofd": lambda: fuzz_samples.ofd(" " * (600 << 20)),
    "部分套部分.eml": lambda: b"".join(
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(3000)
    ),
}
"""Name of the file -> its bytes."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--only", nargs="*", default=list(MAKERS))
    chosen = parser.parse_args()
    broken = 0
    print("| file | outcome | reason | seconds | peak MB |\n| --- | --- | --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in chosen.only:
            path = folder / name
            path.write_bytes(MAKERS[name]())
            with Reader() as reader:  # one child a file: its peak is its own
                outcome = reader.read(path, LIMIT)
            broken += outcome.kind == "BUG"
            print(
                f"| {name} | {outcome.kind} | {outcome.reason} "
                f"| {outcome.seconds:.1f} | {outcome.peak >> 20} |",
                flush=True,
            )
            if chosen.folder is None:
                path.unlink()
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
