"""Which reader reads a file: one table, decided by its first bytes; the suffix is only a hint.

A format that cannot be read yet has its own sentence: what the file is and what to do.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from index.datatypes import Document
from index.errors import ReadError
from index.reading.containers import archive, mail
from index.reading.containers.members import Inside
from index.reading.encoding import BYTE_ORDER_MARKS
from index.reading.office import converted
from index.reading.office.true_format import MIMES, is_flat, ole_kind
from index.reading.options import current
from index.reading.package import DAMAGE, open_zip
from index.reading.pages import ofd, pdf, picture
from index.reading.plain import jsonl, markdown, txt
from index.reading.sheets import delimited, workbook
from index.reading.slides import pptx
from index.reading.unreadable import REASONS
from index.reading.web import html, mht
from index.reading.word import docx

Reader = Callable[[Path], Iterator[Document]]

READERS: dict[str, Reader] = {
    "txt": txt.read,
    "md": markdown.read,
    "docx": docx.read,
    "pptx": pptx.read,
    **{
        kind: converted.reader(kind)
        for kind in ("doc", "wps", "rtf", "odt", "word-xml", "ppt", "odp")
    },
    "html": html.read,
    "mht": mht.read,
    "xlsx": workbook.read,
    "xls": workbook.read,
    "ods": workbook.read,
    "csv": delimited.read,
    "pdf": pdf.read,
    "ofd": ofd.read,
    "image": picture.read,
    "jsonl": jsonl.read,
}
"""Format name (as in Document.format) -> reader."""

CONTAINERS: dict[str, Callable[[Path, Inside], Iterator[Document]]] = {
    "zip": archive.read,
    "mail": mail.read,
}
"""Kind -> reader of what stands inside; it gives each member to `_read_inside` again."""

SUFFIXES: frozenset[str] = frozenset(
    {".txt", ".text", ".md", ".markdown", ".docx", ".docm", ".html", ".htm", ".shtml", ".xhtml"}
    | {".mht", ".mhtml", ".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".csv", ".tsv"}
    | {".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".ott", ".fodt"}
    | {".pptx", ".pptm", ".ppsx", ".potx", ".ppt", ".pps", ".pot", ".dps", ".odp", ".otp"}
    | {".pdf", ".ofd", ".jsonl", ".ndjson", ".jsonl.gz", ".zip", ".eml"}
)
"""Suffixes to offer in a file dialogue. `read` itself goes by the bytes."""

_HEAD = 8192

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),  # a zip without members
    (0, b"{\\rtf", "rtf"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"Rar!\x1a\x07", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\0", "archive"),
    (0, b"\x89PNG\r\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF87a", "image"),
    (0, b"GIF89a", "image"),
    (0, b"II*\0", "image"),
    (0, b"MM\0*", "image"),
    (6, b"\0\0\0\0", "bitmap"),  # and begins with BM, which alone is two letters
    (8, b"WEBP", "image"),
    (8, b"AVI ", "media"),
    (8, b"WAVE", "media"),
    (4, b"ftyp", "media"),
    (0, b"ID3", "media"),
    (0, b"OggS", "media"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "media"),
    (0, b"CAJ\0", "caj"),
    (0, b"HN\xc8\0", "caj"),
    (0, b"KDH ", "caj"),
    (0, b"SQLite format 3\0", "database"),
    (0, b"\x7fELF", "program"),
)
"""(offset, bytes, kind). PDF, MZ programs and text are told apart in `_kind`."""

_MEMBERS: tuple[tuple[str, str], ...] = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
    ("OFD.xml", "ofd"),
)
"""Beginning of a member's name -> what the zip is."""

_TEXT_SUFFIXES: dict[str, str] = {
    ".md": "md",
    ".markdown": "md",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".eml": "mail",
    ".mht": "mht",
    ".mhtml": "mht",
}
for _suffixes in (
    (".json", ".xml", ".xsd", ".xsl", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".reg"),
    (".py", ".ipynb", ".js", ".ts", ".php", ".java", ".c", ".h", ".cpp", ".cs", ".go", ".rs"),
    (".sh", ".bat", ".cmd", ".ps1", ".vbs", ".sql", ".css", ".svg", ".log", ".srt", ".url"),
):
    _TEXT_SUFFIXES.update(dict.fromkeys(_suffixes, "data"))
"""What a file of text is, by its suffix; any other suffix (总结.2023) is plain text."""

_HTML_START = re.compile(
    r"\s*(<!--.*?-->\s*)*(<\?xml[^>]*\?>\s*)?(<!doctype html|<html\b)", re.I | re.S
)
_HTML_TAG = re.compile(r"<(html|head|body|div|p|table|h[1-6]|article|br)\b[^>]*>", re.I)
_HTML_SUFFIXES = frozenset(
    {".html", ".htm", ".shtml", ".xhtml", ".doc", ".docx", ".wps", ".xls", ".xlsx", ".et"}
)
_EXCEL_XML = "urn:schemas-microsoft-com:office:spreadsheet"
"""The vocabulary of Excel 2003's XML, which systems export under the suffix .xls."""
_JSON_LINE = re.compile(r'\s*\{.{0,4000}?"(text|paragraphs)"\s*:', re.S)
_MAIL = re.compile(r"(?:[A-Za-z-]+:[^\n]*\r?\n(?:[ \t][^\n]*\n)*){0,30}?MIME-Version:", re.I)
_SAVED_PAGE = re.compile(
    r"^(?:Snapshot-Content-Location:|From:\s*[\"']?<?(?:Saved by|由 )"
    r"|Content-Location:\s*(?:file|https?):)"
    r"|^Content-Type:\s*multipart/related;\s*[^\n]*?\n?[^\n]*?"
    r"type=[\"']?text/html",
    re.I | re.M,
)
"""What browsers and Word write into a page saved as one file, and mail programs do not."""


def read(path: Path | str, converted_file: Path | str | None = None) -> Iterator[Document]:
    """Read one file: one Document, or one for each line of a .jsonl or member of a zip or mail.

    `converted_file`: what `office.libreoffice.convert` gave for this path, where it was asked
    already: the file it made, or a reason.

    Raises ReadError, whose reason is a sentence for the user, where the file is missing, damaged,
    locked, empty, too large, or of a format that cannot be read. It is raised before the first
    Document is given: a file is read as a whole or not at all.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100  links stay as the user wrote them
    try:
        if converted_file is None:
            yield from _read_inside(path, Inside(_read_inside))
        elif isinstance(converted_file, str):
            raise ReadError(path, converted_file)
        else:
            yield from converted.from_converted(converted_file, path, _kind(path))
    except FileNotFoundError as error:
        raise ReadError(path, "文件不存在，可能已被移动或改名；请检查路径。") from error
    except IsADirectoryError as error:
        raise ReadError(path, "这是文件夹，不是文件。") from error
    except PermissionError as error:
        raise ReadError(path, "没有读取权限，或文件正被其他程序占用；请关闭后再试。") from error
    except OSError as error:
        raise ReadError(
            path, f"读取时出错（{error.strerror or error}）；请复制到本机磁盘后再试。"
        ) from error


def _read_inside(path: Path, inside: Inside) -> Iterator[Document]:
    kind = _kind(path)
    if kind == "image" and not current().recognise:
        kind = "unread-image"
    if kind in REASONS:
        raise ReadError(path, _unreadable(path, kind))
    if kind in CONTAINERS:
        yield from CONTAINERS[kind](path, inside)
    else:
        yield from READERS[kind](path)


def _unreadable(path: Path, kind: str) -> str:
    """The sentence for a kind of file; it begins with the lie of the suffix where there is one."""
    suffix = path.suffix.lower()
    lies = suffix in SUFFIXES and kind not in ("locked", "empty", "damaged", "damaged-zip")
    return (f"文件名后缀是 {suffix}，内容却不是：" if lies else "") + REASONS[kind]


def _kind(path: Path) -> str:
    """A key of READERS or of REASONS."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return "empty"
    if b"%PDF-" in head[:1024]:  # readers allow bytes before the mark
        return "pdf"
    if head[:2] == b"MZ" and b"\0" in head[:64]:
        return "program"
    for offset, magic, kind in _SIGNATURES:
        if head[offset : offset + len(magic)] == magic:
            if kind == "bitmap":
                if head[:2] == b"BM":
                    return "image"
            elif kind == "zip":
                return _zip_kind(path)
            elif kind == "ole":
                return _ole_kind(path)
            elif kind == "gzip":
                return (
                    "jsonl" if path.name.lower().endswith(("jsonl.gz", "ndjson.gz")) else "archive"
                )
            else:
                return kind
    return _text_kind(head, path.suffix.lower())


def _text_kind(head: bytes, suffix: str) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            start = head[len(mark) :].decode(encoding, errors="replace")
            break
    else:
        start = head.decode("latin-1")  # tags and keys are ASCII in every encoding of text files
    if 'progid="Word.Document"' in start[:1000]:
        return "word-xml"
    if is_flat(start):
        return "odt"
    if _HTML_START.match(start):
        return "html"
    if _MAIL.match(start):
        return "mht" if _SAVED_PAGE.search(start[: _HEAD // 2]) else "mail"
    if _EXCEL_XML in start[:4000]:
        return "excel-xml"
    if "<office:document" in start:
        return "odf"  # flat tables and slides
    if suffix in _HTML_SUFFIXES and _HTML_TAG.search(start):
        return "html"  # web pages and exports saved as .doc or .xls
    if start.lstrip().startswith("<?xml"):
        return "data"
    if suffix not in _TEXT_SUFFIXES and _JSON_LINE.match(start):
        return "jsonl"
    return _TEXT_SUFFIXES.get(suffix, "txt")


def _zip_kind(path: Path) -> str:
    try:
        with open_zip(path) as package:
            names = package.namelist()
            if "mimetype" in names:
                with package.open("mimetype") as stream:  # read() would inflate a bomb
                    mime = stream.read(100)
                return {
                    **MIMES,
                    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
                    b"application/vnd.oasis.opendocument.spreadsheet-template": "ods",
                    b"application/epub+zip": "epub",
                }.get(mime.strip(), "odf")
    except (*DAMAGE, RuntimeError):
        return "damaged-zip"
    except OSError as error:
        if error.errno == errno.EINVAL:
            return "damaged-zip"
        raise
    if "[Content_Types].xml" in names or "OFD.xml" in names:
        for start, kind in _MEMBERS:
            if any(name.startswith(start) for name in names):
                return kind
    return "zip"


def _ole_kind(path: Path) -> str:
    kind = ole_kind(path)
    return "wps" if kind == "doc" and path.suffix.lower() in (".wps", ".wpt") else kind
