"""The store's files: checked by SHA-256, switched by one atomic step, never changed.

::

    vectors/
        current                     name of the generation in use and the SHA-256 of its manifest
        000007/                     what came with a generation
            manifest.json           encoder, dimension, count, stamp of the catalogue, and the parts
                                    that it is made of, in this folder and in older ones, with the
                                    SHA-256 of their files
            removed.npy             int64 (r,), rising: ids in the parts that are there no more
            ids.npy                 int64 (n,), strictly rising: passage ids of its own part
            vectors.npy             float16 (n, dimension), the same order
            lists.….npy             of a large part, what `inverted.Lists` holds

A generation is the parts of the one before, as far as they were not joined, and one for what is
new: publishing a report in a library of half a million passages writes a few kilobytes.

The files are plain NumPy arrays rather than a Faiss index: anyone can read them, NumPy opens them
under every path (Faiss cannot open Chinese paths on Windows), and some damaged Faiss files load and
answer wrongly. Here every file is compared with its checksum before anything is made of it, and
Faiss is given numbers, never a file.

A reader maps the files and keeps them as long as it likes (on Windows, which does not delete what
is mapped, the next publishing tries again). What belongs to the generation before the current one
stays on disk, so a reader that has just read `current` still finds its files; should two be
published in that moment, it reads `current` again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.durable import (
    Mismatch,
    bytes_below,
    mapped_array,
    replace_file,
    sync_folder,
    write_array,
    write_bytes,
)
from index.errors import LibraryDamaged
from index.vectors.parts import IDS, LISTS, NO_IDS, VECTORS, Contents, Part
from index.vectors.protocol import Ids

_POINTER = "current"
_MANIFEST = "manifest.json"
_REMOVED = "removed.npy"
_FORMAT = 2
"""1 had no parts: its one folder held ids.npy and vectors.npy. It is read as one part."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part on disk."""

    folder: str
    count: int
    """Vectors in it, removed ones included."""
    files: tuple[tuple[str, str], ...]
    """(file name, SHA-256 hex), by name."""

    @property
    def inverted(self) -> bool:
        """Whether it has lists, so that not all of it is looked at."""
        return any(name == LISTS["codes"] for name, _ in self.files)


@dataclass(frozen=True, slots=True)
class Generation:
    """What the manifest of a generation says."""

    number: int
    encoder: str
    dimension: int
    count: int
    """Vectors that searches see."""
    stamp: str
    """Which state of the catalogue it shows: equal stamps, equal content."""
    parts: tuple[StoredPart, ...]
    """No id stands in two of them."""
    removed: str
    """SHA-256 hex of removed.npy; empty where nothing in the parts was removed."""


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A generation that was opened."""

    generation: Generation
    parts: Mapping[StoredPart, Part]
    removed: Ids


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

    def load(
        self, held: Mapping[StoredPart, Part] = MappingProxyType({}), *, only_ids: bool = False
    ) -> Loaded | None:
        """The generation in use, opened; None where none was ever published.

        Parts that are `held` already are taken from there. `only_ids`: vectors and lists are left
        out, (n, 0), and their files are not looked at; enough to see what is missing. Raises
        LibraryDamaged where a file is missing or does not match its checksum: nothing is read from
        a file that does not.
        """
        for attempt in range(_ATTEMPTS):
            generation = self.current()
            if generation is None:
                return None
            try:
                parts = {
                    stored: held.get(stored) or self._part(stored, generation.dimension, only_ids)
                    for stored in generation.parts
                }
                return Loaded(generation, parts, self._removed(generation))
            except FileNotFoundError as error:
                newest = self.current()
                if attempt < _ATTEMPTS - 1 and newest is not None and newest != generation:
                    continue
                missing = Path(error.filename)
                raise _damaged(f"{missing.parent.name}/{missing.name} 不见了") from error
        raise AssertionError("the last attempt returns or raises")

    def part(self, stored: StoredPart, dimension: int) -> Part:
        """One part, opened. Raises LibraryDamaged."""
        try:
            return self._part(stored, dimension, False)
        except FileNotFoundError as error:
            missing = Path(error.filename)
            raise _damaged(f"{missing.parent.name}/{missing.name} 不见了") from error

    def publish(
        self,
        new: Contents | None,
        *,
        kept: Sequence[StoredPart] = (),
        removed: Ids = NO_IDS,
        dimension: int,
        encoder: str,
        stamp: str,
    ) -> int:
        """Write a generation of the parts `kept` and `new`, make it the current one, and return
        its number.

        `removed`: ids in the parts that are not there any more, rising. Until the last step, the
        replacing of the pointer, nothing that readers see changes; after it everything of the new
        generation is on the disk. Folders that neither it nor the generation before needs are
        deleted, those of a process that was killed among them.
        """
        self.folder.mkdir(exist_ok=True)
        numbers = self._numbers()
        number = max(numbers, default=0) + 1
        name = f"{number:06d}"
        folder = self.folder / name
        folder.mkdir()
        parts = list(kept)
        if new is not None:
            files = {file: write_array(folder / file, array) for file, array in new.items()}
            count = int(new[IDS].shape[0])
            parts.append(StoredPart(name, count, tuple(sorted(files.items()))))
        digest_removed = ""
        if len(removed):
            digest_removed = write_array(
                folder / _REMOVED, np.ascontiguousarray(removed, dtype="<i8")
            )
        generation = Generation(
            number=number,
            encoder=encoder,
            dimension=dimension,
            count=sum(part.count for part in parts) - len(removed),
            stamp=stamp,
            parts=tuple(parts),
            removed=digest_removed,
        )
        manifest = _manifest(generation)
        write_bytes(folder / _MANIFEST, manifest)
        sync_folder(folder)
        sync_folder(self.folder)
        try:
            previous = self.current()
        except LibraryDamaged:
            previous = None
        digest = hashlib.sha256(manifest).hexdigest()
        private = self.folder / f"{_POINTER}.new"
        write_bytes(private, f"{name} {digest}\n".encode())
        replace_file(private, self.folder / _POINTER)
        sync_folder(self.folder)
        needed = {name}
        for one in (generation, previous):
            if one is not None:
                needed |= {f"{one.number:06d}", *(part.folder for part in one.parts)}
        for old in numbers:
            if f"{old:06d}" not in needed:
                # A reader may hold a file open on Windows; the next publishing tries again.
                shutil.rmtree(self.folder / f"{old:06d}", ignore_errors=True)
        return number

    def bytes_on_disk(self) -> int:
        """Size of all files, in bytes."""
        return bytes_below(self.folder)

    def _part(self, stored: StoredPart, dimension: int, only_ids: bool) -> Part:
        files = dict(stored.files)
        if only_ids:
            ids = self._mapped(stored, IDS, files[IDS])
            self._there(stored, VECTORS)
            return Part(ids, np.empty((len(ids), 0), np.float16))
        with ThreadPoolExecutor(2) as pool:  # hashing lets other threads run
            opened = pool.map(lambda item: self._mapped(stored, *item), files.items())
            arrays = dict(zip(files, opened, strict=True))
        try:
            part = Part.of(arrays)
        except KeyError as error:
            raise _damaged(f"{stored.folder} 里少了 {error}") from error
        if part.ids.shape != (stored.count,) or part.vectors.shape != (stored.count, dimension):
            raise _damaged(f"{stored.folder} 的数量与清单不符")
        return part

    def _removed(self, generation: Generation) -> Ids:
        if not generation.removed:
            return NO_IDS
        file = self.folder / f"{generation.number:06d}" / _REMOVED
        try:
            return mapped_array(file, generation.removed)
        except Mismatch as error:
            raise _damaged(str(error)) from error

    def _mapped(self, stored: StoredPart, name: str, digest: str) -> NDArray[Any]:
        try:
            return mapped_array(self.folder / stored.folder / name, digest)
        except Mismatch as error:
            raise _damaged(str(error)) from error

    def _there(self, stored: StoredPart, name: str) -> None:
        (self.folder / stored.folder / name).stat()

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


def _manifest(generation: Generation) -> bytes:
    return json.dumps(
        {
            "format": _FORMAT,
            "encoder": generation.encoder,
            "dimension": generation.dimension,
            "count": generation.count,
            "stamp": generation.stamp,
            "parts": [
                {"folder": part.folder, "count": part.count, "files": dict(part.files)}
                for part in generation.parts
            ],
            "removed": generation.removed,
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


def _generation(number: int, manifest: dict[str, Any]) -> Generation:
    if manifest["format"] == 1:
        whole = {key: manifest[key] for key in ("count", "files")}
        manifest |= {"parts": [{"folder": f"{number:06d}", **whole}], "removed": ""}
    elif manifest["format"] != _FORMAT:
        raise _damaged(f"第 {number} 代的格式是 {manifest['format']}，这个版本只认识 {_FORMAT}")
    return Generation(
        number=number,
        encoder=manifest["encoder"],
        dimension=manifest["dimension"],
        count=manifest["count"],
        stamp=manifest["stamp"],
        parts=tuple(
            StoredPart(part["folder"], part["count"], tuple(sorted(part["files"].items())))
            for part in manifest["parts"]
        ),
        removed=manifest["removed"],
    )
