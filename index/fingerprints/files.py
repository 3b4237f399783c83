"""The files of the fingerprints: a folder a segment, listed by one small file that is replaced.

::

    fingerprints/
        current                 SHA-256 of the line below it, then a JSON line: format, version of
                                the folding, and for each segment its name and its files' SHA-256
        000004/
            keys.npy            int64 (m,)
            documents.npy       int64 (m,), rising: ids
            breaks.npy          uint32 (p,): where each paragraph begins in written.codes
            paragraphs.npy      int64 (m + 1,): where each document's begin in breaks
            written.starts.npy  int64 (m + 1,)
            written.codes.npy   uint32 (n,): compared characters
            written.hashes.npy  uint32 (k,), rising: fingerprints
            written.where.npy   uint32 (k,): where each begins in `codes`
            skeletons.….npy     the same of the skeletons
            slots.npy           uint32 (s,): characters that each slot of the skeletons stands for

A segment never changes. Which of its documents still count is asked of the catalogue, so that
removing one writes nothing here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from index.fingerprints.grams import GramTable
from index.fingerprints.segment import FOLDING_VERSION, Segment

_FORMAT = 2
_CURRENT = "current"
_TABLES = ("written", "skeletons")
_COLUMNS = ("starts", "codes", "hashes", "where")
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment on disk."""

    name: str
    files: dict[str, str]
    """SHA-256 hex by file name."""


class PrintFiles:
    """The folder `fingerprints/` of a library. Only the holder of the writer's lock may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def listed(self) -> tuple[Stored, ...]:
        """The segments in use; none where another version folded them.

        Raises LibraryDamaged where the list is not what was written.
        """
        try:
            data = (self.folder / _CURRENT).read_bytes()
        except FileNotFoundError:
            return ()
        digest, _, line = data.partition(b"\n")
        if hashlib.sha256(line).hexdigest().encode() != digest:
            raise _damaged(f"{_CURRENT} 与校验值不符")
        value: dict[str, Any] = json.loads(line)
        if (value["format"], value["folding"]) != (_FORMAT, FOLDING_VERSION):
            return ()
        return tuple(Stored(one["name"], one["files"]) for one in value["segments"])

    def opened(self, stored: Stored) -> Segment:
        """A segment, mapped. Raises LibraryDamaged, and FileNotFoundError where it was replaced
        since it was listed."""
        folder = self.folder / stored.name
        try:
            arrays = {
                name: mapped_array(folder / name, digest) for name, digest in stored.files.items()
            }
        except Mismatch as error:
            raise _damaged(str(error)) from error
        documents = arrays["documents.npy"]
        written, skeletons = (
            GramTable(documents, *(arrays[f"{table}.{column}.npy"] for column in _COLUMNS))
            for table in _TABLES
        )
        return Segment(
            arrays["keys.npy"],
            written,
            skeletons,
            arrays["breaks.npy"],
            arrays["paragraphs.npy"],
            arrays["slots.npy"],
        )

    def read(self) -> list[tuple[Stored, Segment]]:
        """All segments in use. Raises LibraryDamaged."""
        for attempt in range(_ATTEMPTS):
            listed = self.listed()
            try:
                return [(stored, self.opened(stored)) for stored in listed]
            except FileNotFoundError as error:
                if attempt == _ATTEMPTS - 1 or self.listed() == listed:
                    raise _damaged(f"{Path(error.filename).name} 不见了") from error
        raise AssertionError("the last attempt returns or raises")

    def write(self, kept: Sequence[Stored], new: Segment | None) -> tuple[Stored, ...]:
        """Make `kept` and `new` the segments in use; the others are deleted."""
        self.folder.mkdir(exist_ok=True)
        segments = list(kept)
        if new is not None:
            segments.append(self._written(new))
        line = json.dumps(
            {
                "format": _FORMAT,
                "folding": FOLDING_VERSION,
                "segments": [{"name": one.name, "files": one.files} for one in segments],
            }
        ).encode()
        private = self.folder / f"{_CURRENT}.new"
        write_bytes(private, hashlib.sha256(line).hexdigest().encode() + b"\n" + line)
        replace_file(private, self.folder / _CURRENT)
        sync_folder(self.folder)
        names = {one.name for one in segments}
        for path in self._folders():
            if path.name not in names:
                # Mapped by a reader, it stays on Windows; the next writing tries again.
                shutil.rmtree(path, ignore_errors=True)
        return tuple(segments)

    def bytes_on_disk(self) -> int:
        """Size of all files, in bytes."""
        return bytes_below(self.folder)

    def _written(self, segment: Segment) -> Stored:
        number = max((int(path.name) for path in self._folders()), default=0) + 1
        folder = self.folder / f"{number:06d}"
        folder.mkdir()
        files = {
            f"{name}.npy": write_array(folder / f"{name}.npy", getattr(segment, name))
            for name in ("keys", "documents", "breaks", "paragraphs", "slots")
        }
        for table, grams in zip(_TABLES, (segment.written, segment.skeletons), strict=True):
            for column in _COLUMNS:
                name = f"{table}.{column}.npy"
                files[name] = write_array(folder / name, getattr(grams, column))
        sync_folder(folder)
        return Stored(folder.name, files)

    def _folders(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.name.isdecimal())


def _damaged(what: str) -> LibraryDamaged:
    return LibraryDamaged(f"资料库的比对文件损坏（{what}）。请运行“重建”，原文不会丢失。")
