"""Arrays and small files that are on the disk when a call returns, and are what was written when
they come back.

For the shadows of the catalogue: files that never change, named by a manifest that holds their
SHA-256, made current by replacing one small file.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Mismatch(Exception):
    """A file is not what was written; the message says in Chinese which and how."""


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable, where the system has this notion (not on Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_array(path: Path, digest: str) -> NDArray[Any]:
    """The array of a file, read whole. Raises Mismatch, FileNotFoundError."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise Mismatch(f"{path.parent.name}/{path.name} 与校验值不符")
    shape, dtype, begins = _header(data[:_LONGEST_HEADER], path)
    return np.frombuffer(data, dtype=dtype, offset=begins).reshape(shape)


def mapped_array(path: Path, digest: str) -> NDArray[Any]:
    """The array of a file, mapped: pages come from the disk as they are needed, read-only.

    The whole file is looked at once, for its checksum. Raises Mismatch, FileNotFoundError.
    """
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise Mismatch(f"{path.parent.name}/{path.name} 与校验值不符")
        file.seek(0)
        shape, dtype, begins = _header(file.read(_LONGEST_HEADER), path)
    return np.memmap(path, dtype, "r", begins, shape)


_LONGEST_HEADER = 1024
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([<|][a-z]\d+)', 'fortran_order': False,"
    rb" 'shape': \(([\d, ]*)\), \} *\n",
    re.DOTALL,
)


def _header(data: bytes, path: Path) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    """(shape, dtype, where the values begin) of a file that `write_array` wrote. Raises Mismatch.

    NumPy reads the header with `ast`, which in CPython 3.11 now and then raises SystemError where
    two threads do so at once (https://github.com/python/cpython/issues/106905).
    """
    match = _HEADER.match(data)
    if match is None:
        raise Mismatch(f"{path.parent.name}/{path.name} 的格式不对")
    shape = tuple(int(length) for length in match.group(2).replace(b",", b" ").split())
    return shape, np.dtype(match.group(1).decode()), match.end()


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """An array that is made while it is written: its rows one piece after another."""

    dtype: str
    """As NumPy names it in files, with its byte order: `<f2`."""
    shape: tuple[int, ...]
    pieces: Iterable[NDArray[Any]]
    """Contiguous, together as many rows as `shape` says."""


def write_array(path: Path, array: NDArray[Any] | Pieces) -> str:
    """Write `array` in NumPy's format, wait until it is on the disk, return its SHA-256 hex.

    Raises ValueError where pieces do not fill their shape.
    """
    digest = hashlib.sha256()
    with path.open("xb") as file:
        writer = _HashingWriter(file, digest)
        if isinstance(array, Pieces):
            header = {"descr": array.dtype, "fortran_order": False, "shape": array.shape}
            pieces = array.pieces
        else:
            header = np.lib.format.header_data_from_array_1_0(array)
            pieces = [array]
        np.lib.format.write_array_header_1_0(writer, header)
        size = 0
        for piece in pieces:
            writer.write(piece.reshape(-1).view(np.uint8).data if piece.size else b"")
            size += piece.size
        if size != math.prod(array.shape):
            raise ValueError(f"{path.name}: {size} values do not fill {array.shape}")
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


class _HashingWriter:
    """Writes and hashes in one pass."""

    def __init__(self, file: Any, digest: Any) -> None:
        self.file = file
        self.digest = digest

    def write(self, data: Any) -> int:
        self.digest.update(data)
        written: int = self.file.write(data)
        return written


def write_bytes(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(source: Path, target: Path) -> None:
    """`os.replace`, tried for a second: Windows refuses while a reader has `target` open."""
    for attempt in range(20):
        try:
            source.replace(target)
            return
        except PermissionError:
            if attempt == 19:
                raise
            time.sleep(0.05)


def bytes_below(folder: Path) -> int:
    """Size of all files in a folder and below it, in bytes; 0 where it is not there."""
    total = 0
    for below, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):  # deleted by a writer meanwhile
                total += Path(below, name).stat().st_size
    return total
