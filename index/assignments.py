"""Which paragraphs were found to be about which topics, as it is kept on the disk.

::

    topics/
        current                 SHA-256 of the line below it, then a JSON line: format, what it was
                                measured with, stamp of the catalogue, name of the folder in use
                                and its files' SHA-256
        000004/                 a generation
            documents.npy       int64 (m,), rising: ids of the measured documents
            keys.npy            int64 (m,): names the state in which each was measured
            levels.npy          float32 (v, 2): the background of the topics' vectors
            starts.npy          int64 (topics + 1,): where each topic begins in the next three
            paragraphs.npy      int64 (n,), rising within a topic: ids
            of.npy              int32 (n,): places of their documents in documents.npy
            evidence.npy        float32 (n,): how strongly
            passage.starts.npy  int64 (topics + 1,): where each topic begins in the next two
            passages.npy        int64 (p,), rising within a topic: ids of these paragraphs' passages
            passage.of.npy      int32 (p,): places of their documents

A shadow of the catalogue: which of the documents still count, and in which state, is asked of the
catalogue, so nothing here can make it say something else than the truth. A generation never
changes; a new one is brought to the disk whole, and then `current` is replaced.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

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

Ids = NDArray[np.int64]
Places = NDArray[np.int32]

_FORMAT = 1
_CURRENT = "current"
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Ids by topic, each with the place of its document."""

    starts: Ids
    """Where each topic begins: int64 (topics + 1,)."""
    ids: Ids
    """int64 (n,), rising within a topic."""
    of: Places
    """int32 (n,): places in `Assignments.documents`."""
    values: NDArray[np.float32] | None = None
    """float32 (n,), where each has one."""

    @classmethod
    def of_pairs(
        cls,
        topics: int,
        topic: NDArray[np.integer[Any]],
        ids: Ids,
        of: Places,
        values: NDArray[np.float32] | None = None,
    ) -> Self:
        """From one row a pair, in any order: arrays (n,)."""
        order = np.lexsort((ids, topic))
        starts = np.searchsorted(topic[order], np.arange(topics + 1)).astype(np.int64)
        return cls(starts, ids[order], of[order], None if values is None else values[order])

    def topic(self, number: int) -> slice:
        """Where a topic stands in the other arrays."""
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def table(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The value of each of `ids` for each topic, 0 where it is not among it: float32
        (len(ids), topics)."""
        assert self.values is not None
        wanted = np.array(ids, np.int64)
        table = np.zeros((len(wanted), len(self.starts) - 1), np.float32)
        for number in range(table.shape[1]):
            part = self.topic(number)
            there = self.ids[part]
            if len(there):
                place = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
                table[:, number] = np.where(
                    there[place] == wanted, self.values[part][place], np.float32(0)
                )
        return table

    def pairs(
        self, place: Places
    ) -> tuple[NDArray[np.int64], Ids, Places, NDArray[np.float32] | None]:
        """The rows whose document has a new place, as `of_pairs` takes them; -1 in `place`: it has
        none."""
        moved = place[self.of]
        kept = moved >= 0
        topic = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        values = None if self.values is None else self.values[kept]
        return topic[kept], self.ids[kept], moved[kept], values


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """What was found about the documents of one state of a library."""

    measured_with: str
    """Fingerprint of the topics, the encoder and the way of measuring."""
    stamp: str
    """State of the catalogue that this shows whole; "" where documents are missing in it."""
    size: int
    """Paragraphs of the library when the levels were measured."""
    levels: NDArray[np.float32]
    documents: Ids
    keys: Ids
    paragraphs: Grouped
    passages: Grouped

    @classmethod
    def none(
        cls, measured_with: str, topics: int, size: int, levels: NDArray[np.float32]
    ) -> Assignments:
        """Of no document."""
        nothing = np.empty(0, np.int64)
        starts, of = np.zeros(topics + 1, np.int64), np.empty(0, np.int32)
        return cls(
            measured_with,
            "",
            size,
            levels,
            nothing,
            nothing,
            Grouped(starts, nothing, of, np.empty(0, np.float32)),
            Grouped(starts, nothing, of),
        )

    @property
    def topics(self) -> int:
        """How many topics there are."""
        return len(self.paragraphs.starts) - 1

    def current(self, ids: Ids, keys: Ids) -> NDArray[np.bool]:
        """Which of the measured documents are still there as they were measured: bool (m,)."""
        if not len(ids):
            return np.zeros(len(self.documents), np.bool)
        place = np.minimum(np.searchsorted(ids, self.documents), len(ids) - 1)
        return np.asarray((ids[place] == self.documents) & (keys[place] == self.keys))

    def only(self, kept: NDArray[np.bool]) -> Assignments:
        """Without the documents that `kept`, bool (m,), leaves out."""
        if kept.all():
            return self
        place = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
        return replace(
            self,
            stamp="",
            documents=self.documents[kept],
            keys=self.keys[kept],
            paragraphs=Grouped.of_pairs(self.topics, *self.paragraphs.pairs(place)),
            passages=Grouped.of_pairs(self.topics, *self.passages.pairs(place)),
        )

    def with_others(self, others: Assignments) -> Assignments:
        """With the documents of another one, which has none of these and the same topics."""
        if not len(others.documents):
            return self
        documents = np.concatenate([self.documents, others.documents])
        order = np.argsort(documents)
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        here, there = np.split(place, [len(self.documents)])
        return replace(
            self,
            stamp="",
            documents=documents[order],
            keys=np.concatenate([self.keys, others.keys])[order],
            paragraphs=_joined(self.paragraphs, here, others.paragraphs, there),
            passages=_joined(self.passages, here, others.passages, there),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by the name of its file."""
        assert self.paragraphs.values is not None
        return {
            "documents": self.documents,
            "keys": self.keys,
            "levels": self.levels,
            "starts": self.paragraphs.starts,
            "paragraphs": self.paragraphs.ids,
            "of": self.paragraphs.of,
            "evidence": self.paragraphs.values,
            "passage.starts": self.passages.starts,
            "passages": self.passages.ids,
            "passage.of": self.passages.of,
        }


def _joined(one: Grouped, here: Places, other: Grouped, there: Places) -> Grouped:
    columns = zip(one.pairs(here), other.pairs(there), strict=True)
    topic, ids, of, values = (
        None if a is None or b is None else np.concatenate([a, b]) for a, b in columns
    )
    assert topic is not None
    assert ids is not None
    assert of is not None
    return Grouped.of_pairs(len(one.starts) - 1, topic, ids, of, values)


_NAMES = (
    *("documents", "keys", "levels", "starts", "paragraphs", "of", "evidence"),
    *("passage.starts", "passages", "passage.of"),
)


class AssignmentFiles:
    """The folder `topics/` of a library. Only the holder of the writer's lock may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> Assignments | None:
        """What was written last, mapped; None where nothing was, or by another version.

        Raises LibraryDamaged where a file is not what was written.
        """
        for attempt in range(_ATTEMPTS):
            listed = self._listed()
            if listed is None:
                return None
            try:
                return self._opened(listed)
            except FileNotFoundError as error:
                # Another was written since `current` was read, or files were deleted.
                if attempt == _ATTEMPTS - 1 or self._listed() == listed:
                    raise _damaged(f"{Path(error.filename).name} 不见了") from error
        raise AssertionError("the last attempt returns or raises")

    def write(self, assignments: Assignments | None) -> None:
        """Keep these and nothing else; None: nothing."""
        self.folder.mkdir(exist_ok=True)
        entry: dict[str, Any] = {"format": _FORMAT, "folder": ""}
        if assignments is not None:
            number = max((int(path.name) for path in self._folders()), default=0) + 1
            folder = self.folder / f"{number:06d}"
            folder.mkdir()
            files = {
                f"{name}.npy": write_array(folder / f"{name}.npy", np.ascontiguousarray(array))
                for name, array in assignments.arrays().items()
            }
            sync_folder(folder)
            entry |= {
                "folder": folder.name,
                "measured_with": assignments.measured_with,
                "stamp": assignments.stamp,
                "size": assignments.size,
                "files": files,
            }
        line = json.dumps(entry).encode()
        private = self.folder / f"{_CURRENT}.new"
        write_bytes(private, hashlib.sha256(line).hexdigest().encode() + b"\n" + line)
        replace_file(private, self.folder / _CURRENT)
        sync_folder(self.folder)
        for path in self._folders():
            if path.name != entry["folder"]:
                # Mapped by a reader, it stays on Windows; the next writing tries again.
                shutil.rmtree(path, ignore_errors=True)

    def bytes_on_disk(self) -> int:
        """Size of all files, in bytes."""
        return bytes_below(self.folder)

    def _listed(self) -> dict[str, Any] | None:
        try:
            data = (self.folder / _CURRENT).read_bytes()
        except FileNotFoundError:
            return None
        digest, _, line = data.partition(b"\n")
        if hashlib.sha256(line).hexdigest().encode() != digest:
            raise _damaged(f"{_CURRENT} 与校验值不符")
        value: dict[str, Any] = json.loads(line)
        return value if value["format"] == _FORMAT and value["folder"] else None

    def _opened(self, listed: dict[str, Any]) -> Assignments:
        folder = self.folder / listed["folder"]
        try:
            read = {
                name: mapped_array(folder / f"{name}.npy", listed["files"][f"{name}.npy"])
                for name in _NAMES
            }
        except Mismatch as error:
            raise _damaged(str(error)) from error
        return Assignments(
            listed["measured_with"],
            listed["stamp"],
            listed["size"],
            read["levels"],
            read["documents"],
            read["keys"],
            Grouped(read["starts"], read["paragraphs"], read["of"], read["evidence"]),
            Grouped(read["passage.starts"], read["passages"], read["passage.of"]),
        )

    def _folders(self) -> Iterable[Path]:
        return sorted(path for path in self.folder.iterdir() if path.name.isdecimal())


def _damaged(what: str) -> LibraryDamaged:
    return LibraryDamaged(f"资料库的专题文件损坏（{what}）。请运行“重建”，原文不会丢失。")
