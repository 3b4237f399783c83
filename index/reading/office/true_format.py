"""What an office file is by its bytes: LibreOffice goes by the suffix, and suffixes lie."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

from index.reading.package import DAMAGE

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MIMES = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.presentation-template": "odp",
}
_FLAT = "application/vnd.oasis.opendocument.text"
_SECTOR = 512


def true_format(path: Path) -> str:
    """A key of `libreoffice.TARGETS`, "locked", or "" for everything else. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"PK"):
        return _zip(path)
    if b'progid="Word.Document"' in head[:1000]:
        return "word-xml"
    return "fodt" if is_flat(head.decode("latin-1")) else ""


def is_flat(start: str) -> bool:
    """Whether a text begins like a flat OpenDocument text (.fodt).

    >>> is_flat('<office:document office:mimetype="application/vnd.oasis.opendocument.text">')
    True
    """
    return "<office:document" in start and f'mimetype="{_FLAT}' in start


def _ole(path: Path) -> str:
    data = path.read_bytes()
    for stream, kind in (
        ("EncryptedPackage", "locked"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
    ):
        if (stream + "\0").encode("utf-16-le") in data:
            return kind
    return ""


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package, package.open("mimetype") as file:
            return _MIMES.get(file.read(200).strip(), "")
    except (*DAMAGE, RuntimeError, KeyError):
        return ""


def encrypted(path: Path) -> bool:
    """Whether a .doc asks for a password: bit fEncrypted of its FIB ([MS-DOC] 2.5.2, base + 10).

    The FIB begins on a sector; the first that carries wIdent 0xA5EC and a known nFib is it.
    """
    data = path.read_bytes()
    for start in range(_SECTOR, len(data) - 12, _SECTOR):
        ident, version = struct.unpack_from("<HH", data, start)
        if ident == 0xA5EC and 0x65 <= version <= 0x112:
            return bool(struct.unpack_from("<H", data, start + 10)[0] & 0x0100)
    return False
