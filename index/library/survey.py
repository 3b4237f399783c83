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

from index.catalogue.files import FileRecord
from index.datatypes import FileFailure, Metadata
from index.errors import ReadError
from index.metadata import read_metadata_csv
from index.paragraphs import PREPARATION_VERSION
from index.reading import walk

CLOCK_GRAIN_NS = 2_500_000_000
"""Times of files may be as coarse as 2 s (FAT); a change this soon after a look may be unseen."""


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
    """Known files that lie below a folder that was named and are no longer there."""
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
    roots: Iterable[str],
    options: Metadata,
) -> Survey:
    """Compare what lies under `paths` with what the catalogue knows.

    `roots` are the folders named earlier; their metadata.csv counts for a file named alone as well.
    """
    found = Survey()
    folders: list[Path] = []
    for path in dict.fromkeys(Path(os.path.abspath(path)) for path in paths):  # noqa: PTH100
        if path.is_dir():
            folders.append(path)
            found.roots[str(path)] = True
        elif path.exists():
            found.roots[str(path)] = False
        else:
            found.failed.append(_not_there(path, known))
    tables = _Tables([*map(str, folders), *roots])
    files = walk(map(Path, found.roots))
    here = {str(path) for path in files}
    for folder in folders:
        missing = [path for path in known if _below(path, folder) and path not in here]
        missing = [path for path in missing if _is_gone(path)]
        if missing and not any(_below(path, folder) for path in here):
            found.failed.append(
                FileFailure(
                    str(folder),
                    f"文件夹里没有文件，原来从这里读入的 {len(missing)} 个文件仍保留在资料库中。"
                    "请检查磁盘是否已连接；确实不要时，请移除它们。",
                )
            )
        else:
            found.gone += (path for path in missing if path not in found.gone)
    for path in files:
        _look(path, known.get(str(path)), options, tables, found)
    found.failed += tables.failures
    _follow_moves(found, known)
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
                present = (folder / "metadata.csv").is_file()
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


def _below(path: str, folder: Path) -> bool:
    return path.startswith(f"{folder}{os.sep}" if folder.name else str(folder))


def _is_gone(path: str) -> bool:
    """Surely not there, which a folder that may not be entered does not tell."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _not_there(path: Path, known: Mapping[str, tuple[int, FileRecord]]) -> FileFailure:
    kept = sum(1 for other in known if other == str(path) or _below(other, path))
    reason = "找不到这个文件或文件夹，请检查路径，或连接它所在的磁盘。"
    if kept:
        reason += f"原来从这里读入的 {kept} 个文件仍保留在资料库中；确实不要时，请移除它们。"
    return FileFailure(str(path), reason)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
