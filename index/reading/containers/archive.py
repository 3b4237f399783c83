"""Zip archives: each readable member is a document of its own.

Names: Windows writes them in GBK and says nothing, other programs in UTF-8 (flag bit 11, or
Info-ZIP's extra field 0x7075). PKWARE APPNOTE 4.4.4, 4.6.9.
"""

from __future__ import annotations

import errno
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from index.datatypes import Document
from index.errors import ReadError
from index.reading.containers.members import BOMB, Inside, Member, read_members
from index.reading.package import DAMAGE, open_zip

_UTF8 = 1 << 11
_ENCRYPTED = 1
_UNICODE_NAME = 0x7075
_STEP = 1 << 20
_LOCKED = "压缩包有密码；请用密码解压后，再添加解压出来的文件。"
_LINK = "这是链接，不是文件。"
_METHOD = "压缩方式不支持；请先解压，再添加解压出来的文件。"
_DAMAGED = "压缩包里的这个文件已损坏；请重新复制或下载压缩包。"


def read(path: Path, inside: Inside) -> Iterator[Document]:
    """A document for each readable member, in the archive's order. Raises ReadError."""
    with open_zip(path) as archive:
        # not info.is_dir(): it fails where a name is empty
        infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if _overlap(infos):
            raise ReadError(path, f"压缩包里的文件互相重叠，{BOMB}")
        yield from read_members(path, _members(archive, infos), inside)


def _members(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> Iterator[Member]:
    for info, name in zip(infos, _names(infos), strict=True):
        refused = ""
        if info.flag_bits & _ENCRYPTED:
            refused = _LOCKED
        elif stat.S_ISLNK(info.external_attr >> 16):
            refused = _LINK
        yield Member(name, partial(_chunks, archive, info), info.compress_size, refused)


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as stream:
            while step := stream.read(_STEP):
                yield step
    except NotImplementedError as error:
        raise ReadError(info.filename, _METHOD) from error
    except (*DAMAGE, RuntimeError) as error:  # RuntimeError: a password that the flags did not tell
        raise ReadError(info.filename, _DAMAGED) from error
    except OSError as error:
        if error.errno not in (errno.EINVAL, None):  # None: bz2's "Invalid data stream"
            raise
        raise ReadError(info.filename, _DAMAGED) from error


def _overlap(infos: Sequence[zipfile.ZipInfo]) -> bool:
    """Do members share bytes? A few kilobytes become gigabytes so (Fifield 2019)."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            return True
        end = info.header_offset + 30 + info.compress_size  # 30: the shortest local header
    return False


def _names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Names as their author saw them; those without a stated encoding are judged together."""
    raw = [info.orig_filename.encode("cp437", errors="replace") for info in infos]
    unstated = [
        bytes_
        for info, bytes_ in zip(infos, raw, strict=True)
        if not info.flag_bits & _UTF8 and not bytes_.isascii()
    ]
    encoding = _encoding(unstated)
    return [
        info.orig_filename
        if info.flag_bits & _UTF8
        else _stated(info, bytes_) or bytes_.decode(encoding, errors="replace")
        for info, bytes_ in zip(infos, raw, strict=True)
    ]


def _stated(info: zipfile.ZipInfo, raw: bytes) -> str:
    """The name in the extra field 0x7075, where it belongs to this name; else ""."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        data, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_NAME and len(data) > 5 and data[0] == 1:
            (checksum,) = struct.unpack_from("<L", data, 1)
            if checksum == zlib.crc32(raw):
                try:
                    return data[5:].decode("utf-8")
                except UnicodeDecodeError:
                    return ""
    return ""


def _encoding(names: Sequence[bytes]) -> str:
    """utf-8, gb18030 or cp437: what all names are valid in, and Chinese.

    Two GBK characters are valid UTF-8 by chance (联通), but then of two bytes each, in a range
    where no Chinese character is.

    >>> _encoding(["联通.txt".encode("gbk")]), _encoding(["总结.txt".encode()])
    ('gb18030', 'utf-8')
    """
    try:
        beyond = [c for name in names for c in name.decode("utf-8") if c > "\x7f"]
        if 2 * sum(c >= "\u0800" for c in beyond) >= len(beyond):
            return "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        for name in names:
            name.decode("gb18030")
    except UnicodeDecodeError:
        return "cp437"
    return "gb18030"
