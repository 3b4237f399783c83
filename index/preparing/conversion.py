"""Files for LibreOffice, converted many at a time ahead of their reading: a start takes seconds."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from index.reading.office import libreoffice
from index.reading.office.true_format import true_format

TOGETHER = 20
"""Files in one start."""
AHEAD = 400
"""So many files of the list beyond the one being read: converted files take up the disk."""

_STARTS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
_SUFFIXES = frozenset({".odt", ".ott", ".fodt", ".odp", ".otp", ".xml"})


class Conversions:
    """Goes through `paths` in a thread of its own."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._results: dict[int, Path | str | None] = {}
        self._looked = 0  # files before this one are known: converted, under way or neither
        self._pending: list[int] = []
        self._reached = 0
        self._stopped = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """Begin. Where LibreOffice is not installed nothing is converted."""
        if libreoffice.available() is None:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="xunzhang-", ignore_cleanup_errors=True)
        self._thread = threading.Thread(target=self._work, args=(self._folder.name,), daemon=True)
        self._thread.start()

    def result(self, position: int) -> Path | str | None:
        """The converted file, the reason, or None where the file needs no conversion. Waits."""
        if self._thread is None:
            return None
        with self._changed:
            self._reached = max(self._reached, position)
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._stopped or (position < self._looked and position not in self._pending)
            )
            return self._results.pop(position, None)

    def ready(self, position: int) -> bool:
        """Whether `result` would not wait."""
        with self._changed:
            return self._thread is None or (
                position < self._looked and position not in self._pending
            )

    def stop(self) -> None:
        """End LibreOffice too, and remove what it made."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()

    def _work(self, folder: str) -> None:
        for position, path in enumerate(self._paths):
            needed = convertible(path)
            with self._changed:
                while not self._stopped and position > self._reached + AHEAD:
                    self._changed.wait()
                if self._stopped:
                    return
                if needed:
                    self._pending.append(position)
                self._looked = position + 1
                self._changed.notify_all()
                # What a reader waits for is not kept back until a batch is full: see _urgent.
                full = len(self._pending) >= TOGETHER or self._urgent(position)
            if full:
                self._convert(folder)
        self._convert(folder)

    def _urgent(self, position: int) -> bool:
        """Whether a batch must start because a reader waits and the next files are far."""
        return bool(self._pending) and position - self._pending[0] >= AHEAD // 2

    def _convert(self, folder: str) -> None:
        with self._changed:
            batch = list(self._pending)
        if not batch:
            return
        place = Path(tempfile.mkdtemp(dir=folder))
        paths = [Path(self._paths[position]) for position in batch]
        made = libreoffice.convert(paths, place, stopped=lambda: self._stopped)
        with self._changed:
            self._results |= {at: made[path] for at, path in zip(batch, paths, strict=True)}
            self._pending = [at for at in self._pending if at not in batch]
            self._changed.notify_all()


def convertible(path: str) -> bool:
    """Whether LibreOffice makes what is read of this file."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            start = stream.read(8)
        if not start.startswith(_STARTS) and file.suffix.lower() not in _SUFFIXES:
            return False
        return true_format(file) in libreoffice.TARGETS
    except OSError:  # the reader says what is wrong with it
        return False
