"""The store's files: a folder a generation, checked by SHA-256, switched by one atomic step.

::

    vectors/
        current                 name of the generation in use and the SHA-256 of its manifest
        000007/
            manifest.json       encoder, dimension, count, stamp of the catalogue, SHA-256 of both
            ids.npy             int64 (n,), strictly rising: passage ids
            vectors.npy         float16 (n, dimension), the same order

The files are plain NumPy arrays rather than a Faiss index: anyone can read them, NumPy opens them
under every path (Faiss cannot open Chinese paths on Windows), and some damaged Faiss files load and
answer wrongly. Building the index from them is one copy.

A reader reads a generation whole, so it needs no file afterwards and keeps what it opened as long
as it likes. The generation before the current one stays on disk, so a reader that has just read
`current` still finds its files; should two be published in that moment, it reads `current` again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.durable import (
    Mismatch,
    read_array,
    replace_file,
    sync_folder,
    write_array,
    write_bytes,
)
from index.errors import LibraryDamaged
from index.vectors.protocol import Ids

_POINTER = "current"
_MANIFEST = "manifest.json"
_IDS = "ids.npy"
_VECTORS = "vectors.npy"
_FORMAT = 1
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Generation:
    """What the manifest of a generation says."""

    number: int
    encoder: str
    dimension: int
    count: int
    stamp: str
    """Which state of the catalogue it shows: equal stamps, equal content."""
    files: dict[str, str]
    """SHA-256 hex by file name."""


class Generations:
    """The folder `vectors/` of a library. Only the holder of the writer's lock may publish."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Generation | None:
        """The generation in use, by its manifest alone; None where none was ever published.

        Raises LibraryDamaged where the pointer or the manifest is not what was written.
        """
        for attempt in range(_ATTEMPTS):
            pointer = self._pointer()
            if pointer is None:
                return None
            name, digest = pointer
            try:
                data = (self.folder / name / _MANIFEST).read_bytes()
            except FileNotFoundError as error:
                # Two generations were published since the pointer was read, or files were deleted.
                if attempt == _ATTEMPTS - 1 or self._pointer() == pointer:
                    raise _damaged(f"{name}/{_MANIFEST} 不见了") from error
                continue
            if hashlib.sha256(data).hexdigest() != digest:
                raise _damaged(f"{name}/{_MANIFEST} 与校验值不符")
            return _generation(int(name), json.loads(data))
        raise AssertionError("the last attempt returns or raises")

    def newest_number(self) -> int:
        """Number of the generation in use, by the pointer alone; 0 where none was published."""
        pointer = self._pointer()
        return int(pointer[0]) if pointer else 0

    def load(self) -> tuple[Generation, Ids, NDArray[np.float16]] | None:
        """The generation in use with its ids, int64 (n,), and vectors, float16 (n, dimension).

        None where none was ever published. Raises LibraryDamaged where a file is missing or does
        not match its checksum: nothing is read from a file that does not.
        """
        for attempt in range(_ATTEMPTS):
            generation = self.current()
            if generation is None:
                return None
            folder = self.folder / f"{generation.number:06d}"
            try:
                ids = read_array(folder / _IDS, generation.files[_IDS])
                vectors = read_array(folder / _VECTORS, generation.files[_VECTORS])
            except Mismatch as error:
                raise _damaged(str(error)) from error
            except FileNotFoundError as error:
                newest = self.current()
                if attempt < _ATTEMPTS - 1 and newest is not None and newest != generation:
                    continue
                raise _damaged(f"{folder.name} 里少了文件") from error
            expected = (generation.count, generation.dimension)
            if ids.shape != expected[:1] or vectors.shape != expected:
                raise _damaged(f"{folder.name} 的数量与清单不符")
            return generation, ids, vectors
        raise AssertionError("the last attempt returns or raises")

    def publish(self, ids: Ids, vectors: NDArray[np.float16], *, encoder: str, stamp: str) -> int:
        """Write a new generation, make it the current one, and return its number.

        Until the last step, the replacing of the pointer, nothing that readers see changes; after
        it everything of the new generation is on the disk. Generations older than the previous
        one, and unfinished ones of a process that was killed, are deleted.
        """
        self.folder.mkdir(exist_ok=True)
        numbers = self._numbers()
        number = max(numbers, default=0) + 1
        name = f"{number:06d}"
        folder = self.folder / name
        folder.mkdir()
        files = {
            _IDS: write_array(folder / _IDS, np.ascontiguousarray(ids, dtype="<i8")),
            _VECTORS: write_array(folder / _VECTORS, np.ascontiguousarray(vectors, dtype="<f2")),
        }
        manifest = json.dumps(
            {
                "format": _FORMAT,
                "encoder": encoder,
                "dimension": int(vectors.shape[1]),
                "count": len(ids),
                "stamp": stamp,
                "files": files,
            },
            ensure_ascii=False,
            indent=1,
        ).encode()
        write_bytes(folder / _MANIFEST, manifest)
        sync_folder(folder)
        sync_folder(self.folder)
        try:
            pointer = self._pointer()
        except LibraryDamaged:
            pointer = None
        digest = hashlib.sha256(manifest).hexdigest()
        private = self.folder / f"{_POINTER}.new"
        write_bytes(private, f"{name} {digest}\n".encode())
        replace_file(private, self.folder / _POINTER)
        sync_folder(self.folder)
        previous = int(pointer[0]) if pointer else None
        for old in numbers:
            if old != previous:
                # A reader may hold a file open on Windows; the next publishing tries again.
                shutil.rmtree(self.folder / f"{old:06d}", ignore_errors=True)
        return number

    def bytes_on_disk(self) -> int:
        """Size of all files, in bytes."""
        total = 0
        for folder, _, names in os.walk(self.folder):
            for name in names:
                with contextlib.suppress(FileNotFoundError):  # deleted by a writer meanwhile
                    total += (Path(folder) / name).stat().st_size
        return total

    def _numbers(self) -> list[int]:
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())

    def _pointer(self) -> tuple[str, str] | None:
        try:
            text = (self.folder / _POINTER).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise _damaged(f"{_POINTER} 读不懂") from error
        parts = text.split()
        if len(parts) != 2 or not parts[0].isdecimal():
            raise _damaged(f"{_POINTER} 读不懂")
        return parts[0], parts[1]


def _damaged(what: str) -> LibraryDamaged:
    return LibraryDamaged(f"资料库的向量文件损坏（{what}）。请运行“重建”，原文和向量不会丢失。")


def _generation(number: int, manifest: dict[str, Any]) -> Generation:
    if manifest["format"] != _FORMAT:
        raise _damaged(f"第 {number} 代的格式是 {manifest['format']}，这个版本只认识 {_FORMAT}")
    return Generation(
        number=number,
        encoder=manifest["encoder"],
        dimension=manifest["dimension"],
        count=manifest["count"],
        stamp=manifest["stamp"],
        files=manifest["files"],
    )
