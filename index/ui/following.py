"""Watched folders are followed while the page's server runs: one watcher for all sessions."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from index import watching
from index.datatypes import Progress, SyncResult
from index.errors import LibraryError
from index.topics import TopicIndex

if TYPE_CHECKING:
    from index.library import Library

AFTER_AN_ERROR = 60.0
"""Seconds until the next try after something that a person has to mend, a full disk for one."""
PATIENCE = 5.0
"""Seconds that the end of the server waits for a look to end; it may be cut short at any moment."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look that found something."""

    when: datetime
    """Local time, without a zone: it is only shown."""
    result: SyncResult


class Follower:
    """Follows the watched folders of one library in a thread of its own.

    `turn` is held while it writes: the page's own jobs hold it too, so that neither finds the
    library busy because of the other.
    """

    def __init__(
        self,
        library: Library,
        turn: AbstractContextManager[object],
        *,
        still: float = watching.STILL,
        again: float = watching.AGAIN,
    ) -> None:
        self._library = library
        self._turn = turn
        self._still, self._again = still, again
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.progress: Progress | None = None
        """How far it is with what it reads; None while it only waits."""
        self.last: Look | None = None
        """The last look that changed anything."""
        self.error: LibraryError | None = None
        """Why it cannot go on now; it tries again."""

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to follow, where any folder is watched and this did not begin yet."""
        with self._lock:
            if self.running or self._stop.is_set() or not self._library.watched():
                return
            self._thread = threading.Thread(target=self._run, name="page: 自动跟进", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Follow no more. A look under way is waited for a few seconds, then left to its end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                watching.watch(
                    self._library,
                    self._stop,
                    self._told,
                    still=self._still,
                    again=self._again,
                    turn=self._turn,
                    progress=self._report,
                )
            except LibraryError as error:
                self.error = error
                self.progress = None
                self._stop.wait(AFTER_AN_ERROR)

    def _report(self, progress: Progress) -> None:
        self.progress = progress

    def _told(self, result: SyncResult) -> None:
        TopicIndex.follow(self._library, result)
        self.progress = None
        self.error = None
        if result.added or result.updated or result.moved or result.removed:
            self.last = Look(datetime.now(), result)
