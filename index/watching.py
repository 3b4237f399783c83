"""Folders that are watched: new, changed, moved, renamed and deleted files follow by themselves.

The operating system's events say when to look; a plain look now and then serves network shares,
which send none. What a look does is `Library.sync`: a folder that is suddenly empty or cannot be
reached takes nothing with it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from index.datatypes import Progress, SyncResult
from index.errors import LibraryBusy
from index.library import Library

# watchdog says so of a folder that was moved away and came back, and then hears it as before
warnings.filterwarnings("ignore", "Callback with id .* already exists", RuntimeWarning)

STILL = 2.0
"""Seconds without an event before a look: a file that is being copied is not read half."""
AGAIN = 600.0
"""Seconds between two looks where no event comes."""
ASKED = 2.0
"""Seconds between two questions which folders are watched: others may begin or end to."""
_STEP = 0.2
_CHANGES = frozenset(
    {EVENT_TYPE_CREATED, EVENT_TYPE_DELETED, EVENT_TYPE_MODIFIED, EVENT_TYPE_MOVED}
)


class _Listener(FileSystemEventHandler):
    """Remembers when something last changed outside the library's own folder."""

    def __init__(self, library: Path) -> None:
        self._library = library
        self.last: float | None = None
        """`time.monotonic()` of the last change that nobody looked at; None: nothing changed."""

    def dispatch(self, event: FileSystemEvent) -> None:
        if event.event_type not in _CHANGES:
            return  # opened and closed: reading a file is no change
        for path in (event.src_path, event.dest_path):
            if path and self._library not in Path(os.fsdecode(path)).parents:
                self.last = time.monotonic()


def watch(
    library: Library,
    stop: threading.Event,
    told: Callable[[SyncResult], None],
    *,
    still: float = STILL,
    again: float = AGAIN,
    turn: AbstractContextManager[object] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Follow `library.watched()` until `stop` is set; the first look comes at once.

    `told` gets the result of every look. Folders that others begin or end to watch meanwhile are
    taken up within seconds. While another process writes, the look waits; `turn` is held while
    this one does, to wait for others of the same process. Raises what `sync` raises but for
    LibraryBusy.
    """
    listener = _Listener(library.folder)
    observer = Observer()
    observer.start()
    heard: dict[Path, tuple[tuple[int, int], ObservedWatch]] = {}
    due = asked = time.monotonic()
    folders: list[Path] = []
    try:
        while not stop.wait(_STEP):
            now = time.monotonic()
            if now >= asked:
                asked = now + ASKED
                known, folders = folders, library.watched()
                if set(folders) != set(known):
                    due = now
            changed = listener.last is not None and now - listener.last >= still
            if not changed and now < due:
                continue
            folders = library.watched()
            _listen(observer, listener, heard, folders)
            before, listener.last = listener.last, None
            due = now + again
            if not folders:
                continue
            try:
                with turn or contextlib.nullcontext():
                    if stop.is_set():
                        return
                    result = library.sync(folders, progress=progress)
                told(result)
            except LibraryBusy:
                listener.last = before if before is not None else now
                due = now + still
    finally:
        observer.stop()
        observer.join()


def _listen(
    observer: object,
    listener: _Listener,
    heard: dict[Path, tuple[tuple[int, int], ObservedWatch]],
    folders: list[Path],
) -> None:
    """Hear events of `folders`; a folder that went and came back (a share) is heard anew."""
    there: dict[Path, tuple[int, int]] = {}
    for folder in folders:
        with contextlib.suppress(OSError):  # unreachable: looked at again and again
            found = folder.stat()
            there[folder] = (found.st_dev, found.st_ino)
    for folder, (identity, handle) in list(heard.items()):
        if there.get(folder) != identity:
            del heard[folder]
            with contextlib.suppress(OSError, KeyError):  # what it heard is gone already
                observer.unschedule(handle)  # type: ignore[attr-defined]
    for folder, identity in there.items():
        if folder not in heard:
            with contextlib.suppress(OSError):  # no events to be had: the plain look remains
                handle = observer.schedule(listener, str(folder), recursive=True)  # type: ignore[attr-defined]
                heard[folder] = (identity, handle)
