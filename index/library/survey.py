"""What a sync has to do: which files are new or changed, which are gone, and which cannot be seen.

An unchanged file costs one stat; where its time is too close to the moment it was last looked at to
be trusted, or only its time changed, it costs one hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.catalogue.absences import Away
from index.catalogue.files import FileRecord
from index.datatypes import FileFailure, Metadata
from index.errors import ReadError
from index.library import absence
from index.metadata import read_metadata_csv
from index.paragraphs import PREPARATION_VERSION
from index.reading import walk
from index.reading.unreadable import SCANS_LEFT

CLOCK_GRAIN_NS = 2_500_000_000
"""Times of files may be as coarse as 2 s (FAT); a change this soon after a look may be unseen."""


_NOTHING_AWAY: Mapping[str, Away] = {}
_NO_DISKS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be read."""

    record: FileRecord
    """As it is now, in state `unfinished`."""
    given: Metadata
    """The row of metadata.csv, then the options."""
    old: tuple[int, FileRecord] | None
    """(id, record) in the catalogue."""


@dataclass(slots=True)
class Survey:
    """What was found. Paths are absolute."""

    to_read: list[Candidate] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    touched: list[FileRecord] = field(default_factory=list)
    """Unchanged, but with another time than noted: their records are to be saved."""
    gone: list[str] = field(default_factory=list)
    """Known files that lie below a folder that was named and were surely deleted."""
    away: dict[str, Away] = field(default_factory=dict)
    """Known files that are not to be seen, but may come back with their folder."""
    here: set[str] = field(default_factory=set)
    """All files that were seen."""
    disks: dict[str, str] = field(default_factory=dict)
    """Device by folder, as now known of `folders` and what lies below them."""
    folders: list[str] = field(default_factory=list)
    """Named folders that are there."""
    moved: list[tuple[str, str]] = field(default_factory=list)
    """(old path, new path) of known files that now lie elsewhere; `to_read` holds them, because
    a new name or folder may say something new about them."""
    failed: list[FileFailure] = field(default_factory=list)
    """Paths that cannot be seen at all; nothing known of them is touched."""
    roots: dict[str, bool] = field(default_factory=dict)
    """Named paths that are there: whether each is a folder."""


def survey(
    paths: Iterable[Path | str],
    known: Mapping[str, tuple[int, FileRecord]],
    roots: Mapping[str, bool],
    options: Metadata,
    away: Mapping[str, Away] = _NOTHING_AWAY,
    disks: Mapping[str, str] = _NO_DISKS,
    *,
    recognise: bool = False,
) -> Survey:
    """Compare what lies under `paths` with what the catalogue knows.

    `roots` are the paths named earlier, each with whether it is a folder: a metadata.csv of such a
    folder counts for a file named alone as well. `away` and `disks` are what was noted of absence
    before (`index.library.absence`). `recognise`: files whose scanned pages were left out are read
    again.
    """
    found = Survey()
    earlier = [path for path, folder in roots.items() if folder]
    for path in dict.fromkeys(Path(os.path.abspath(path)) for path in paths):  # noqa: PTH100
        # os.path: a server that does not answer is one more way of not being there
        if os.path.isdir(path):  # noqa: PTH112
            found.folders.append(str(path))
            found.roots[str(path)] = True
        elif os.path.exists(path):  # noqa: PTH110
            found.roots[str(path)] = False
        else:
            _miss(str(path), known, roots, found)
    tables = _Tables([*found.folders, *earlier])
    files = walk(map(Path, found.roots))
    found.here = {str(path) for path in files}
    found.gone, unreachable = absence.missing(known, found.folders, found.here)
    for path in files:
        _look(path, known.get(str(path)), options, tables, found, recognise=recognise)
    found.failed += tables.failures
    _follow_moves(found, known)
    waiting = absence.kept(
        found.gone,
        unreachable,
        here=found.here,
        known=known,
        named={*found.folders, *earlier},
        disks={disk: device for disk, device in disks.items() if _within(disk, found.folders)},
        before=away,
    )
    found.gone = [path for path in found.gone if path not in waiting]
    said = {failure.path for failure in found.failed}
    found.failed += (one for one in absence.told(waiting) if one.path not in said)
    found.away.update(waiting)
    found.disks = absence.disks_of(found.folders, found.here)
    found.disks.update(  # of a folder that is waited for, what it was
        (disk, device)
        for disk, device in disks.items()
        if any(absence.below(path, disk) for path in waiting)
    )
    return found


def _follow_moves(found: Survey, known: Mapping[str, tuple[int, FileRecord]]) -> None:
    """A file that is gone and one of the same bytes that is new are one file, moved or renamed."""
    gone: dict[str, list[str]] = {}
    for path in found.gone:
        gone.setdefault(known[path][1].sha256, []).append(path)
    for i, candidate in enumerate(found.to_read):
        same = gone.get(candidate.record.sha256)
        if candidate.old is not None or not candidate.record.size or not same:
            continue
        path = same.pop(0)
        before = known[path][1]
        own = metadata_from(before.options)
        options = metadata_from(candidate.record.options).or_else(own)
        given = candidate.given.or_else(own)
        record = replace(
            candidate.record,
            options=metadata_to(options),
            given=metadata_to(given),
            accepted=before.accepted,
        )
        found.to_read[i] = Candidate(record, given, known[path])
        found.moved.append((path, record.path))
    found.gone = [path for path in found.gone if path not in {old for old, _ in found.moved}]


def _look(
    path: Path,
    old: tuple[int, FileRecord] | None,
    options: Metadata,
    tables: _Tables,
    found: Survey,
    *,
    recognise: bool,
) -> None:
    known = old[1] if old else None
    own = options
    if known is not None:
        own = options.or_else(metadata_from(known.options))
    row = tables.row(path)
    if row is None and known is not None:  # the table cannot be read: what it said still holds
        given = options.or_else(metadata_from(known.given))
    else:
        given = (row or Metadata()).or_else(own)
    try:
        checked = time.time_ns()
        stat = path.stat()
    except OSError as error:
        found.failed.append(FileFailure(str(path), f"无法访问（{error.strerror}），请检查权限。"))
        return
    record = FileRecord(
        path=str(path),
        size=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        checked_ns=checked,
        sha256="",
        state="unfinished",
        options=metadata_to(own),
        given=metadata_to(given),
        preparation=PREPARATION_VERSION,
        accepted=known.accepted if known is not None else "",
    )
    comparable = (
        known is not None
        and known.state == "complete"
        and known.preparation == PREPARATION_VERSION
        and known.given == record.given
        and known.size == record.size
        and not (recognise and SCANS_LEFT in known.reason)
    )
    if (
        comparable
        and known is not None
        and known.mtime_ns == record.mtime_ns < known.checked_ns - CLOCK_GRAIN_NS
    ):
        found.unchanged.append(str(path))
        if known.options != record.options:
            found.touched.append(replace(known, options=record.options))
        return
    try:
        record = replace(record, sha256=_sha256(path))
    except OSError as error:
        found.failed.append(FileFailure(str(path), f"无法读取（{error.strerror}），请检查权限。"))
        return
    if comparable and known is not None and known.sha256 == record.sha256:
        found.unchanged.append(str(path))
        found.touched.append(replace(record, state="complete", reason=known.reason))
        return
    found.to_read.append(Candidate(record, given, old))


class _Tables:
    """The metadata.csv of the folders that were named and of those that hold the files."""

    def __init__(self, roots: Iterable[str]) -> None:
        self._roots = [Path(root) for root in roots]
        self._read: dict[Path, Mapping[Path, Metadata] | None] = {}
        self.failures: list[FileFailure] = []

    def row(self, path: Path) -> Metadata | None:
        """What the tables say of `path`, the nearest first; None where one cannot be read."""
        said = Metadata()
        for folder in self._folders(path):
            table = self._table(folder)
            if table is None:
                return None
            said = said.or_else(table.get(path, Metadata()))
        return said

    def _folders(self, path: Path) -> list[Path]:
        """The folder of `path` and those above it, up to the highest that was named."""
        highest = path.parent
        for root in self._roots:
            if len(root.parts) < len(highest.parts) and root in path.parents:
                highest = root
        parents = [path.parent, *path.parent.parents]
        return parents[: parents.index(highest) + 1]

    def _table(self, folder: Path) -> Mapping[Path, Metadata] | None:
        if folder not in self._read:
            try:
                present = os.path.isfile(folder / "metadata.csv")  # noqa: PTH113
                self._read[folder] = read_metadata_csv(folder) if present else {}
            except ReadError as error:
                self._read[folder] = None
                self.failures.append(FileFailure(error.path, error.reason))
        return self._read[folder]


def unchanged_on_disk(record: FileRecord) -> bool:
    """Whether the file can be read now and holds the bytes that it held when it was last read."""
    path = Path(record.path)
    try:
        return path.stat().st_size == record.size and _sha256(path) == record.sha256
    except OSError:
        return False


def metadata_to(metadata: Metadata) -> str:
    """JSON of what is known, the same for equal metadata."""
    known = {
        "title": metadata.title or None,
        "unit": metadata.unit,
        "year": metadata.year,
        "kind": metadata.kind,
        "period": metadata.period,
    }
    return json.dumps(
        {name: value for name, value in known.items() if value is not None}, ensure_ascii=False
    )


def metadata_from(text: str) -> Metadata:
    """The inverse of `metadata_to`."""
    return Metadata(**json.loads(text))


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or absence.below(path, folder) for folder in folders)


def _miss(
    path: str,
    known: Mapping[str, tuple[int, FileRecord]],
    roots: Mapping[str, bool],
    found: Survey,
) -> None:
    """A path that was named and is not there: what was read from it waits."""
    kept = [other for other in known if other == path or absence.below(other, path)]
    reason = "找不到这个文件或文件夹，请检查路径，或连接它所在的磁盘。"
    if kept:
        reason += f"原来从这里读入的 {len(kept)} 个文件仍保留在资料库中；确实不要时，请移除它们。"
    found.failed.append(FileFailure(path, reason))
    if path in roots:  # else a look at the folder around it decides
        found.away.update((other, (path, "missing")) for other in kept)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
