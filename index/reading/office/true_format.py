"""What an office file is by its bytes: LibreOffice goes by the suffix, and suffixes lie."""

from __future__ import annotations

import mmap
import struct
import zipfile
from pathlib import Path

import olefile

from index.reading.package import DAMAGE

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MIMES: dict[bytes, str] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.text-template": "odt",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.presentation-template": "odp",
}
"""Member "mimetype" of an OpenDocument file -> a key of `libreoffice.TARGETS`."""
_FLAT = "application/vnd.oasis.opendocument.text"
_SECTOR = 512
_MANIFEST = 1 << 20
"""Bytes of an OpenDocument file's list of parts that are searched for a mark of encryption."""

_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
"""Name of a stream -> what the OLE file is."""
_OLE_DAMAGE = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, RecursionError)
"""What olefile raises for a damaged container."""

_ENCRYPTED_SLIDES = 0xF3D1C4DF
"""headerToken of slides that are encrypted; 0xE391C05F of those that are not."""


def true_format(path: Path) -> str:
    """A key of `libreoffice.TARGETS`, "locked", or "" for everything else. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(_OLE):
        kind = ole_kind(path)
        return kind if kind in ("locked", "doc", "ppt") else ""
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


def ole_kind(path: Path) -> str:
    """Kind of an OLE file: "doc", "xls", "ppt", "locked", "msg", "damaged", or "ole" for others.

    The streams beside each other at the top decide: a workbook may carry a Word document within.
    Where the directory is damaged, any name of a stream in the file is better than none; a file
    that was cut off has none, as the directory mostly stands at the end.
    """
    try:
        with olefile.OleFileIO(str(path)) as container:
            names = {entry[0] for entry in container.listdir() if len(entry) == 1}
    except _OLE_DAMAGE:
        names = set()
    for stream, kind in _STREAMS:
        if stream in names:
            return kind
    if names:
        return "ole"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for stream, kind in _STREAMS:
            if data.find((stream + "\0").encode("utf-16-le")) >= 0:
                return kind
    return "damaged"


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package, package.open("mimetype") as file:
            return MIMES.get(file.read(200).strip(), "")
    except (*DAMAGE, RuntimeError, KeyError):
        return ""


def locked(path: Path, kind: str) -> bool:
    """Whether a file of this true format asks for a password. Raises OSError."""
    if kind == "doc":
        return _locked_doc(path)
    if kind == "ppt":
        return _locked_ppt(path)
    if kind in ("odt", "odp"):
        try:
            with (
                zipfile.ZipFile(path) as package,
                package.open("META-INF/manifest.xml") as file,
            ):
                return b"encryption-data" in file.read(_MANIFEST)
        except (*DAMAGE, RuntimeError, KeyError):
            return False
    return False


def _locked_doc(path: Path) -> bool:
    """Bit fEncrypted of the FIB ([MS-DOC] 2.5.2, base + 10), with which WordDocument begins.

    Where the container is damaged: the first sector that carries wIdent 0xA5EC and a known nFib.
    """
    data = _stream(path, "WordDocument")
    starts = range(1) if data else range(_SECTOR, path.stat().st_size - 12, _SECTOR)
    data = data or path.read_bytes()
    for start in starts:
        if start + 12 > len(data):
            break
        ident, version = struct.unpack_from("<HH", data, start)
        if ident == 0xA5EC and 0x65 <= version <= 0x112:
            return bool(struct.unpack_from("<H", data, start + 10)[0] & 0x0100)
    return False


def _locked_ppt(path: Path) -> bool:
    """Field headerToken of the CurrentUserAtom ([MS-PPT] 2.3.2)."""
    data = _stream(path, "Current User")
    if len(data) < 16:
        return False
    kind, size, token = struct.unpack_from("<2xH4xII", data)
    return (kind, size, token) == (0x0FF6, 0x14, _ENCRYPTED_SLIDES)


def _stream(path: Path, name: str) -> bytes:
    """A stream at the top of an OLE file, empty where it cannot be had."""
    try:
        with olefile.OleFileIO(str(path)) as container:
            return bytes(container.openstream(name).read())
    except _OLE_DAMAGE:
        return b""
