"""The parent's side of one child: starts it when it is first asked, ends it for good."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from index.datatypes import Metadata
from index.preparing.limits import CRASHED, EXIT_MEMORY, TOO_LARGE, TOO_LONG, Limits
from index.preparing.messages import receive, send
from index.reading.options import READ_OPTIONS, ReadOptions

_ROOT = str(Path(__file__).resolve().parents[2])
START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from index.preparing.child import main; main()"
)
_KEPT, _KEPT_RECOGNISING = 0.25, 0.75
"""Share of the memory limit: a child that holds more after a file is replaced. Models for
recognition take half of it, and loading them takes as long as a page."""


class Child:
    """One process after another. For one thread; `stop` may be called by any."""

    def __init__(
        self, limits: Limits, start: str = START, options: ReadOptions = READ_OPTIONS
    ) -> None:
        """`start` is the code that a process begins with; tests give readers that misbehave."""
        self._limits = limits
        self._start = start
        self._options = options
        self._kept = limits.memory * (_KEPT_RECOGNISING if options.recognise else _KEPT)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = ""
        self._guard = threading.Lock()
        self._stopped = False
        self._asked: deque[tuple[Any, ...]] = deque()

    def ask(
        self,
        path: str,
        given: Metadata,
        mended: Mapping[str, Metadata],
        made: Path | str | None = None,
        *,
        only_check: bool = False,
        options: Metadata = Metadata(),  # noqa: B008 (frozen)
    ) -> None:
        """Give it a file; one that is asked before the last is answered spares it the wait."""
        told = None if made is None else ("reason" if isinstance(made, str) else "file", str(made))
        question = (path, given, dict(mended), told, only_check, options)
        self._asked.append(question)
        if self._process is not None:
            with contextlib.suppress(OSError):  # it has ended: `answers` finds that, and why
                send(cast("IO[bytes]", self._process.stdin), question)

    def answers(self) -> Iterator[Any]:
        """Messages as in `child` about the file asked first and not yet answered.

        The last one is "end" or "failed", whatever happens to the child; what else it was asked
        goes to the next one. The clock runs only while an answer is waited for: a child that
        waits because its documents are not yet wanted loses no time.
        """
        late = threading.Event()
        try:
            process = self._running()
            if process is None:
                self._asked.popleft()
                yield ("failed", CRASHED)
                return
            while True:
                message = self._next(process, late)
                if message[0] == "goes on":
                    continue
                if message[0] in ("end", "failed"):
                    self._asked.popleft()
                    if message[-1] > self._kept:
                        self._end()
                    yield message
                    return
                yield message
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._asked.popleft()
            status = self._end()
            reason = TOO_LARGE if status == EXIT_MEMORY else CRASHED
            yield ("failed", TOO_LONG if late.is_set() else reason)

    def stop(self) -> None:
        """End the process now, in the middle of a file too; no other is started."""
        with self._guard:
            self._stopped = True
            process = self._process
        if process is not None:
            _kill(process)

    def close(self) -> None:
        """`stop`, and give back the pipes; by the thread that asks."""
        self.stop()
        self._end()

    def _next(self, process: subprocess.Popen[bytes], late: threading.Event) -> Any:
        def too_late() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(self._limits.seconds, too_late)
        timer.daemon = True
        timer.start()
        try:
            return receive(cast("IO[bytes]", process.stdout))
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes] | None:
        with self._guard:
            if self._stopped:
                return None
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", self._start, _ROOT],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    # A group of its own: Ctrl-C is answered by the parent, and killing it ends
                    # whatever the child started too.
                    start_new_session=sys.platform != "win32",
                    creationflags=_NEW_GROUP,
                )
                self._folder = tempfile.mkdtemp(prefix="xunzhang-child-")
                settings = (self._limits.memory, self._options.recognise, self._folder)
                for message in (settings, *self._asked):
                    send(cast("IO[bytes]", self._process.stdin), message)
            return self._process

    def _end(self) -> int | None:
        """Its exit status."""
        with self._guard:
            process, self._process = self._process, None
        if process is None:
            return None
        try:
            # One that is ending by itself has a status that tells why.
            status = process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            _kill(process)
            status = process.wait()
        _kill_group(process)  # what it started outlives one that ended by itself
        shutil.rmtree(self._folder, ignore_errors=True)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was not yet sent cannot be sent any more
                    continue
        return status


_NEW_GROUP = 0x08000200 if sys.platform == "win32" else 0
"""CREATE_NEW_PROCESS_GROUP, and CREATE_NO_WINDOW: the page has no console to show."""


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        # its children are found through it only while it lives
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=_NEW_GROUP,
            check=False,
        )
        process.kill()
        return
    _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the group of a process; of one that has just ended, too."""
    if sys.platform == "win32":  # knows no groups; see `_kill`
        return
    # macOS says EPERM for a group of the dead
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
