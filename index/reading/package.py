"""The zip that a .docx is, opened with suspicion: bounded sizes, no DOCTYPE, no entities.

A file of half a megabyte can inflate to gigabytes, and XML entities can do the same in a
kilobyte. Members are therefore inflated in steps, and only so far.
"""

from __future__ import annotations

import errno
import posixpath
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType

from lxml import etree

from index.errors import ReadError
from index.reading.unreadable import DAMAGED_ZIP, LOCKED

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What zipfile raises for a damaged archive, beside OSError with EINVAL for places outside it."""

GREATEST_MEMBER = 96 << 20
"""Bytes of one XML part once inflated. A book of a million characters takes about 20 MB."""
GREATEST_RATIO = 250
"""Inflated to packed. XML of office programs reaches 30; long tables of equal rows 120."""
_GREATEST_DIRECTORY = 16 << 20
"""Bytes of a zip's list of members, read as a whole by zipfile: half a kilobyte of memory for
each entry of some 50 bytes."""
_RATIO_MATTERS_FROM = 4 << 20
_GREATEST_MEMBERS = 20_000
_STEP = 1 << 20
_TAIL = 65536 + 22 + 20 + 56
"""Bytes at the end in which zipfile looks for its records: a comment, and the records."""

BOMB = "文件解开后异常巨大，可能是压缩炸弹，没有读取；如确是文稿，请另存后再添加。"

_NESTED = "文件内部嵌套太深（如表格层层套表格），没有读取；请把内层的文字复制到新文件后再添加。"
_TOO_DEEP = "Excessive depth"
"""libxml2's words where elements stand more than 256 deep."""

_STRICT = b"http://purl.oclc.org/ooxml/"
"""Strict files name their vocabulary differently; everything else is the same."""
_STRICT_NAMES: tuple[tuple[bytes, bytes], ...] = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
    (
        b"http://purl.oclc.org/ooxml/presentationml/main",
        b"http://schemas.openxmlformats.org/presentationml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/main",
        b"http://schemas.openxmlformats.org/drawingml/2006/main",
    ),
)


def open_zip(path: Path) -> zipfile.ZipFile:
    """The zip, opened; ReadError where it is damaged or lists more members than fit in memory."""
    try:
        if _directory_size(path) > _GREATEST_DIRECTORY:
            raise ReadError(path, BOMB)
        return zipfile.ZipFile(path)
    except DAMAGE as error:
        raise ReadError(path, DAMAGED_ZIP) from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise ReadError(path, DAMAGED_ZIP) from error


def _directory_size(path: Path) -> int:
    """Bytes of the list of members, as the records at the end of the zip state it.

    The greatest that any record there states: which one a reader will choose need not be known.
    """
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(max(0, end - _TAIL))
        tail = file.read()
    sizes = [0]
    for mark, form, place in ((b"PK\5\6", "<L", 12), (b"PK\6\6", "<Q", 40)):
        at = tail.find(mark)
        while at >= 0:
            if at + place + struct.calcsize(form) <= len(tail):
                (size,) = struct.unpack_from(form, tail, at + place)
                sizes.append(size)
            at = tail.find(mark, at + 1)
    # what states more than there is states nothing (0xFFFFFFFF: the 64-bit record counts)
    return max(size for size in sizes if size <= end)


class Package:
    """An office file as a container of XML parts; a context manager."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = open_zip(path)
        self._names = {info.filename: info for info in self._zip.infolist()}
        if len(self._names) > _GREATEST_MEMBERS:
            self._zip.close()
            raise self._bomb()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._zip.close()

    def xml(self, name: str) -> etree._Element | None:
        """The root of a part, or None where there is no such part. Raises ReadError."""
        info = self._names.get(name)
        if info is None:
            return None
        data = self._inflate(info)
        # entities are declared in a DOCTYPE, and no office program writes one
        if any(
            "<!DOCTYPE".encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        ):
            raise ReadError(
                self.path,
                "文件内部含有 DOCTYPE 声明，办公软件不会写入，可能是恶意文件，没有读取。",
            )
        if _STRICT in data:
            for strict, usual in _STRICT_NAMES:
                data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if _TOO_DEEP in (error.msg or ""):
                raise ReadError(self.path, _NESTED) from error
            raise self._damaged() from error
        if root.getroottree().docinfo.internalDTD is not None:  # in an encoding not searched above
            raise self._damaged()
        return root

    def relations(self, part: str) -> dict[str, str]:
        """Kind of relation (last word of its type) -> name of the part it leads to in the file."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, str] = {}
        for relation in root if root is not None else ():
            if relation.get("TargetMode") == "External":
                continue
            kind = posixpath.basename(relation.get("Type", ""))
            target = relation.get("Target", "")
            target = (
                target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            )
            found.setdefault(kind, posixpath.normpath(target))
        return found

    def _inflate(self, info: zipfile.ZipInfo) -> bytes:
        if info.flag_bits & 1:
            raise ReadError(self.path, LOCKED)
        data = bytearray()
        try:
            with self._zip.open(info) as stream:
                while step := stream.read(_STEP):
                    data += step
                    packed = max(info.compress_size, 1)
                    if len(data) > GREATEST_MEMBER or (
                        len(data) > _RATIO_MATTERS_FROM and len(data) > GREATEST_RATIO * packed
                    ):
                        raise self._bomb()
        except DAMAGE as error:
            raise self._damaged() from error
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise self._damaged() from error
        return bytes(data)

    def _damaged(self) -> ReadError:
        return ReadError(self.path, DAMAGED_ZIP)

    def _bomb(self) -> ReadError:
        return ReadError(self.path, BOMB)
