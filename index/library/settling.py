"""Sorting large vector files into lists in the background, while searches and additions go on."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

from index.errors import LibraryError
from index.library.shadow import Shadow
from index.library.writer import Writer
from index.vectors import Stopped

_NICENESS = 10


class Settling:
    """At most one thread a library, begun after writing where something waits to be settled."""

    def __init__(self, shadow: Shadow, writer: Writer) -> None:
        self._shadow = shadow
        self._writer = writer
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def begin(self) -> None:
        """Settle in the background if it is needed and not under way already."""
        with self._lock:
            if (self._thread is not None and self._thread.is_alive()) or self._shadow.settled():
                return
            # a daemon: whoever ends the process at once loses nothing but the work
            self._thread = threading.Thread(target=self._settle, name="settle-vectors", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Until what was begun is done. Never in a thread that holds the writer's lock."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def stop(self) -> None:
        """Let go of what is not done yet: the next writing begins it again."""
        self._stopping.set()
        self.wait()

    def _settle(self) -> None:
        if sys.platform == "linux":  # elsewhere threads have no niceness of their own
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        # Stopped; somebody writes for long; the disk is full; damage, which `verify` tells: what
        # is published goes on answering, and the next writing tries again
        with contextlib.suppress(Stopped, LibraryError, OSError):
            self._shadow.settle(self._writer, self._stopping.is_set)
