"""Which files were read, in what state they were, and which could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, replace
from functools import lru_cache
from typing import Literal

from index.catalogue.database import Database
from index.catalogue.places import Places
from index.datatypes import FileFailure, FileState, Sensitive

ReadState = Literal["complete", "unfinished", "failed"]
ShownState = Literal["complete", "partly", "failed", "held", "unfinished", "away"]

_COLUMNS = (
    "path, size, mtime_ns, checked_ns, sha256, state, reason, options, given, preparation, held,"
    " accepted"
)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was last read."""

    path: str
    size: int
    """Bytes."""
    mtime_ns: int
    checked_ns: int
    """When `size` and `mtime_ns` were taken. A file changed within its clock's grain of this
    moment may look the same afterwards, so then the hash decides."""
    sha256: str
    state: ReadState
    """complete: all its documents are here; unfinished: reading was interrupted; failed: it could
    not be read, and what is here (if anything) is from before."""
    reason: str = ""
    """Why it failed; of a complete file, what in it could not be read. Sentences."""
    options: str = "{}"
    """Metadata that the person gave when adding it, JSON."""
    given: str = "{}"
    """`options` and the row of metadata.csv together, as used, JSON."""
    preparation: int = 0
    """PREPARATION_VERSION at reading."""
    held: tuple[Sensitive, ...] = ()
    """What in it asks for a decision. Not empty: it waits, its state is `failed`."""
    accepted: str = ""
    """SHA-256 hex of the bytes that a person let in although they asked for a decision: a changed
    file is asked about again."""


class Files:
    """The table `file`, and beside it what was named for adding and what is to be deleted."""

    def __init__(self, database: Database, places: Places) -> None:
        self._database = database
        self._places = places

    def all(self) -> dict[str, tuple[int, FileRecord]]:
        """(id, record) by path."""
        found = {}
        rows = self._database.rows(f"SELECT id, {_COLUMNS} FROM file")
        for id_, path, *others, held, accepted in rows:
            path = self._places.shown(path)
            found[path] = (id_, FileRecord(*(path, *others, held_from(held), accepted)))
        return found

    def save(self, record: FileRecord) -> int:
        """Insert or update by path; returns the id of the file."""
        kept = replace(record, path=self._places.kept(record.path), held=())
        fields = (*astuple(kept)[:-2], held_to(record.held), record.accepted)
        update = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
        return int(
            self._database.value(
                f"INSERT INTO file ({_COLUMNS}) VALUES ({', '.join('?' * len(fields))})"
                f" ON CONFLICT (path) DO UPDATE SET {update} RETURNING id",
                fields,
            )
        )

    def move(self, old: str, new: str) -> None:
        """Give a file another path; its documents keep their ids, and it is to be read again."""
        self._database.run(
            "UPDATE file SET path = ?, state = 'unfinished', away = '', away_why = ''"
            " WHERE path = ?",
            (self._places.kept(new), self._places.kept(old)),
        )

    def accept(self, path: str) -> None:
        """Let in the bytes that a file held when it was last read."""
        self._database.run(
            "UPDATE file SET accepted = sha256 WHERE path = ?", (self._places.kept(path),)
        )

    def states_of_all(self) -> list[FileState]:
        """Every file with its state, by path; those of the queue first, in its order."""
        waiting = self.queue()
        found = {
            self._places.shown(path): FileState(
                self._places.shown(path),
                _shown(state, reason, held, away),
                reason if not away else "文件现在不在原处，它的内容仍保留在资料库中。",
                size,
                documents,
            )
            for path, state, reason, size, held, away, documents in self._database.rows(
                "SELECT path, state, reason, size, held, away,"
                " (SELECT count(*) FROM document WHERE file_id = file.id) FROM file ORDER BY path"
            )
        }
        queued = [
            replace(found.pop(path, FileState(path, "queued")), state="queued", reason="")
            for path in waiting
        ]
        return [*queued, *found.values()]

    def delete(self, paths: Iterable[str]) -> None:
        """Delete files with all their documents, paragraphs, passages and words."""
        self._database.many("DELETE FROM file WHERE path = ?", self._kept(paths))

    def delete_without_documents(self, paths: Iterable[str]) -> list[str]:
        """Delete those of `paths` all of whose documents are gone; returns them."""
        empty = [
            path
            for path in paths
            if not self._database.value(
                "SELECT 1 FROM document JOIN file ON file.id = file_id WHERE path = ?",
                (self._places.kept(path),),
            )
        ]
        self.delete(empty)
        return empty

    def states(self) -> dict[str, int]:
        """How many files are complete, unfinished, failed."""
        return dict(self._database.rows("SELECT state, count(*) FROM file GROUP BY state"))

    def failures(self) -> list[FileFailure]:
        """Files that could not be read when they were last tried, by path."""
        rows = self._database.rows(
            "SELECT path, reason FROM file WHERE state = 'failed' AND held = '[]' ORDER BY path"
        )
        return [FileFailure(self._places.shown(path), reason) for path, reason in rows]

    def held(self) -> list[FileFailure]:
        """Files that wait for a decision, and what was found in them, by path."""
        rows = self._database.rows("SELECT path, reason FROM file WHERE held <> '[]' ORDER BY path")
        return [FileFailure(self._places.shown(path), reason) for path, reason in rows]

    def partly_read(self) -> list[FileFailure]:
        """Files that were read but for a part, and what is missing, by path."""
        rows = self._database.rows(
            "SELECT path, reason FROM file WHERE state = 'complete' AND reason != '' ORDER BY path"
        )
        return [FileFailure(self._places.shown(path), reason) for path, reason in rows]

    def roots(self) -> dict[str, bool]:
        """What a person named for adding: path -> whether it was a folder."""
        rows = self._database.rows("SELECT path, folder FROM root ORDER BY path")
        return {self._places.shown(path): bool(folder) for path, folder in rows}

    def add_root(self, path: str, folder: bool) -> None:
        self._database.run(
            "INSERT INTO root (path, folder) VALUES (?, ?)"
            " ON CONFLICT (path) DO UPDATE SET folder = excluded.folder",
            (self._places.kept(path), int(folder)),
        )

    def watched(self) -> list[str]:
        """The folders that are followed, by path."""
        rows = self._database.rows("SELECT path FROM root WHERE watched ORDER BY path")
        return [self._places.shown(row[0]) for row in rows]

    def watch(self, path: str, wanted: bool) -> bool:
        """Follow a root, or no more; False where `path` is no root."""
        kept = self._places.kept(path)
        return bool(
            self._database.run("UPDATE root SET watched = ? WHERE path = ?", (int(wanted), kept))
        )

    def delete_roots(self, paths: Iterable[str]) -> None:
        self._database.many("DELETE FROM root WHERE path = ?", self._kept(paths))

    def discard(self, paths: Iterable[str]) -> None:
        """Note copies that are to be deleted once this transaction is committed."""
        self._database.many("INSERT OR IGNORE INTO discarded (path) VALUES (?)", self._kept(paths))

    def discarded(self) -> list[str]:
        rows = self._database.rows("SELECT path FROM discarded")
        return [self._places.shown(row[0]) for row in rows]

    def forget_discarded(self, path: str) -> None:
        self._database.many("DELETE FROM discarded WHERE path = ?", self._kept([path]))

    # --- what a sync is going to read

    def queue_set(self, paths: Iterable[str]) -> None:
        """Note the files that are going to be read, in their order, in place of those before."""
        self._database.run("DELETE FROM queue")
        self._database.many(
            "INSERT OR IGNORE INTO queue (path, position) VALUES (?, ?)",
            ((self._places.kept(path), position) for position, path in enumerate(paths)),
        )

    def queue_done(self, path: str) -> None:
        """A file of the queue was read, or given up."""
        self._database.many("DELETE FROM queue WHERE path = ?", self._kept([path]))

    def queue(self) -> list[str]:
        """The files that are still to be read, in order; empty where no sync is under way."""
        rows = self._database.rows("SELECT path FROM queue ORDER BY position")
        return [self._places.shown(row[0]) for row in rows]

    def _kept(self, paths: Iterable[str]) -> Iterator[tuple[str]]:
        return ((self._places.kept(path),) for path in paths)


def _shown(state: ReadState, reason: str, held: str, away: str) -> ShownState:
    if away:
        return "away"
    if held != "[]":
        return "held"
    return "partly" if state == "complete" and reason else state


def held_to(held: Iterable[Sensitive]) -> str:
    """JSON of what asks for a decision."""
    return json.dumps([asdict(one) for one in held], ensure_ascii=False)


@lru_cache(maxsize=64)  # nearly always nothing
def held_from(text: str) -> tuple[Sensitive, ...]:
    """The inverse of `held_to`."""
    return tuple(Sensitive(**one) for one in json.loads(text))
