"""Building: a folder of documents read into a new library, then once more with nothing to do."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, size
from benchmarks.processes import alone

EVERY = 60.0
"""Seconds between two notes of how long building took so far."""


def measure(library: Path, asked: Asked) -> Figures:
    """Read `asked.folder` into `library`, then once more."""
    request = {"sources": [str(asked.folder)], "library": str(library)}
    tell(f"读入 {asked.folder}…")
    first = alone(read_in, request)
    tell("再读一遍（应当什么也不做）…")
    return {"first": first, "again": alone(read_in, request)}


def rows(figures: Figures) -> Iterator[Row]:
    first, again = figures["first"], figures["again"]
    if first["files"]:
        yield Row(
            "reading it in",
            f"{first['seconds']:.1f} s, {first['encoded']:,} passages encoded, "
            f"peak memory {size(first['peak_bytes'])}",
        )
    yield Row("reading it in again, nothing changed", f"{again['seconds']:.2f} s")


def read_in(request: Figures) -> Figures:
    """Bring the library up to date with `sources`; made where it is missing.

    `note`: a file that keeps what building cost over several runs, also of a run that was killed.
    """
    from index.errors import LibraryNotFound
    from index.library import Library
    from index.topics import TopicIndex

    folder = Path(request["library"])
    note = Note(Path(request["note"])) if request.get("note") else None
    try:
        library = Library.open(folder)
    except LibraryNotFound:
        library = Library.create(folder)
    last = 0.0

    def progress(report: Any) -> None:
        nonlocal last
        if time.monotonic() - last > 10:
            last = time.monotonic()
            tell(f"  {report.stage} {report.done}/{report.total}")
        if note:
            note.going_on()

    began, processor = time.perf_counter(), processor_seconds()
    with library:
        result = library.sync([Path(source) for source in request["sources"]], progress=progress)
        TopicIndex.follow(library, result)  # as adding does, on the page and in the command
    figures = {
        "seconds": time.perf_counter() - began,
        "processor_seconds": processor_seconds() - processor,
        "files": len(result.added) + len(result.updated),
        "unchanged": len(result.unchanged),
        "failed": len(result.failed),
        "paragraphs": result.paragraphs,
        "encoded": result.encoded,
    }
    if note:
        note.finished(changed=bool(figures["files"]))
    return figures


def processor_seconds() -> float:
    """Of this process and of its children that have ended."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


class Note:
    """What building a library cost, over all runs that it took, in a file beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = built(path) or {"seconds": 0.0, "processor_seconds": 0.0, "runs": 0}
        self._began = self._last = time.perf_counter()
        self._processor = processor_seconds()

    def going_on(self) -> None:
        if time.perf_counter() - self._last > EVERY:
            self._last = time.perf_counter()
            self._write(finished=False)

    def finished(self, *, changed: bool) -> None:
        """A run that found nothing to do leaves the note as it is."""
        if changed or not self._before.get("finished", False):
            self._write(finished=True)

    def _write(self, *, finished: bool) -> None:
        figures = {
            "seconds": self._before["seconds"] + time.perf_counter() - self._began,
            "processor_seconds": self._before["processor_seconds"]
            + processor_seconds()
            - self._processor,
            "runs": self._before["runs"] + 1,
            "finished": finished,
        }
        private = self._path.with_name(self._path.name + ".new")
        private.write_text(json.dumps(figures), encoding="utf-8")
        private.replace(self._path)


def note_of(library: Path) -> Path:
    """Where a library's note lies: beside it, for everything inside belongs to the product."""
    return library.with_name(library.name + ".build.json")


def built(note: Path) -> Figures | None:
    """What a note says; None where there is none, as beside a library that others built."""
    if not note.is_file():
        return None
    figures: Figures = json.loads(note.read_text(encoding="utf-8"))
    return figures


def kept(library: Path, sources: Sequence[Path], told: Callable[[str], None] = tell) -> Figures:
    """Build `library` of `sources` through the product, or go on where an earlier run stopped.

    A library that is there and up to date costs a look. Returns what building cost in all, empty
    where somebody else built it.
    """
    told(f"准备资料库 {library}（已经建好的部分不再重做）…")
    library.parent.mkdir(parents=True, exist_ok=True)
    note = note_of(library)
    there = (library / "catalogue.sqlite").is_file()
    request = {"library": str(library), "sources": [str(source) for source in sources]}
    if not there or note.is_file():  # else others began it: their time is not known
        request["note"] = str(note)
    alone(read_in, request)
    return built(note) or {}


def contents(folder: Path) -> Figures:
    """How much is in a library."""
    from index.library import Library

    with Library.open(folder) as library:
        status = library.status()
    return {
        "documents": status.documents,
        "paragraphs": status.paragraphs,
        "passages": status.passages,
        "characters": status.characters,
        "encoder": status.encoder,
    }
