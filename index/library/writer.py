"""One writer at a time, across threads, processes and (where the file system can) machines."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from datetime import datetime

import filelock

from index.errors import LibraryBusy
from index.library.layout import Layout


class Writer:
    """The right to write to a library. The lock belongs to the process: a killed one loses it."""

    def __init__(self, layout: Layout, patience: float) -> None:
        """`patience`: seconds to wait for another writer before LibraryBusy."""
        self._layout = layout
        self._patience = patience
        self._held = threading.local()

    @contextlib.contextmanager
    def hold(self, what: str, *, patience: float | None = None) -> Iterator[None]:
        """Write alone; `what` is told to others who want to. Reentrant within a thread.

        Raises LibraryBusy, naming who writes, after `patience` seconds.
        """
        if getattr(self._held, "depth", 0):
            yield
            return
        # One lock object a time: two threads of one process exclude each other too.
        lock = filelock.FileLock(
            self._layout.writer_lock, timeout=self._patience if patience is None else patience
        )
        try:
            lock.acquire()
        except filelock.Timeout as error:
            owner = self.owner()
            raise LibraryBusy(
                f"资料库正在被写入（{owner or '另一个程序'}），请等它完成后再试。", owner
            ) from error
        self._held.depth = 1
        try:
            self._sign(what)
            yield
        finally:
            self._held.depth = 0
            with contextlib.suppress(OSError):  # a reader of the file may hold it on Windows
                self._layout.writer.unlink()
            lock.release()

    def owner(self) -> str:
        """Who writes, as a person would say it; empty where nobody left a name."""
        try:
            note = json.loads(self._layout.writer.read_text(encoding="utf-8"))
            return f"{note['what']}，进程 {note['pid']}，{note['host']}，{note['since']} 开始"
        except (OSError, ValueError, KeyError, TypeError):  # being written, or just removed
            return ""

    def _sign(self, what: str) -> None:
        note = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
            "what": what,
        }
        text = json.dumps(note, ensure_ascii=False)
        with contextlib.suppress(OSError):  # the lock counts, the note is a courtesy
            self._layout.writer.write_text(text, encoding="utf-8")
