"""Many files through a few children: results in the order of the files, read ahead with a bound."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from index.datatypes import Metadata, PreparedDocument, Sensitive
from index.errors import ReadError
from index.preparing.conversion import Conversions
from index.preparing.limits import LIMITS, Limits
from index.preparing.one_file import harmless, prepared
from index.preparing.process import START, Child
from index.reading.options import READ_OPTIONS, ReadOptions


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read."""

    path: str
    given: Metadata = Metadata()  # noqa: RUF009 (frozen)
    mended: Mapping[str, Metadata] = field(default_factory=dict)
    """What a person said of its documents, by key."""
    options: Metadata = Metadata()  # noqa: RUF009 (frozen)
    """What of `given` was said on the command line."""


FEW = 16
"""So many small plain texts are read by the caller: starting a child takes longer than that."""


@dataclass(slots=True)
class _Underway:
    job: Job
    position: int
    messages: deque[tuple[Any, int]] = field(default_factory=deque)
    """(message, its characters), not yet asked for."""


class Preparer:
    """Reads `jobs` beside its caller. A context manager: at its end no child is left.

    Threads wait for the children, one each; the caller is the only one who takes results.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        processes: int | None = None,
        limits: Limits = LIMITS,
        options: ReadOptions = READ_OPTIONS,
        start: str = START,
    ) -> None:
        """`processes` at most; None means two, or one a core where there is one core only."""
        self._files = [_Underway(job, position) for position, job in enumerate(jobs)]
        self._limits = limits
        self._options = options
        self._start = start
        self._conversions = Conversions([job.path for job in jobs])
        self._changed = threading.Condition()
        self._ready = 0  # characters not yet asked for
        self._next = 0  # the next file that nobody reads
        self._wanted = 0  # the file whose documents are asked for
        self._closed = False
        self._here = len(jobs) <= FEW and all(harmless(job.path) for job in jobs)
        count = min(processes or min(2, os.cpu_count() or 1), len(self._files))
        if self._here:
            count = 0
        self._children = [Child(limits, start, options) for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._work, args=(child,), daemon=True)
            for child in self._children
        ]

    def __enter__(self) -> Preparer:
        if self._children:
            self._conversions.start()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for child in self._children:
            child.stop()
        self._conversions.stop()
        for thread in self._threads:
            thread.join()

    def documents(self, position: int) -> Iterator[tuple[PreparedDocument, tuple[str, ...]]]:
        """The documents of job `position` with notes; to be asked in the order of the jobs.

        Raises ReadError, after some documents too: a file can fail further down.
        """
        if self._here:
            job = self._files[position].job
            yield from prepared(job.path, job.given, job.mended, options=job.options)
            return
        with self._changed:
            for file in self._files[self._wanted : position]:  # left in the middle
                self._ready -= sum(size for _, size in file.messages)
                file.messages.clear()
            self._wanted = position
            self._changed.notify_all()
        file = self._files[position]
        while True:
            with self._changed:
                self._changed.wait_for(lambda: file.messages)
                message, size = file.messages.popleft()
                self._ready -= size
                self._changed.notify_all()
            if message[0] == "failed":
                raise ReadError(file.job.path, message[1])
            if message[0] == "end":
                return
            yield message[1], message[2]

    def check(self, position: int) -> tuple[Sensitive, ...]:
        """Read a file once more to its end, beside the others. Raises ReadError.

        Returns what in it asks for a decision.
        """
        found: list[Sensitive] = []
        job = self._files[position].job
        if self._here:
            return tuple(
                one
                for document, _ in prepared(job.path, job.given, job.mended)
                for one in document.sensitive
            )
        child = Child(self._limits, self._start, self._options)
        try:
            child.ask(job.path, job.given, job.mended, only_check=True)
            for message in child.answers():
                if message[0] == "failed":
                    raise ReadError(job.path, message[1])
                if message[0] == "alive":
                    found += message[1]
        finally:
            child.close()
        return tuple(found)

    def _work(self, child: Child) -> None:
        try:
            file = self._take()
            made = self._ask(child, file)
            while file is not None:
                # asked ahead: a child that had to wait for this process would lose a tenth
                following = self._take(at_once=True)
                made_next = self._ask(child, following)
                for message in child.answers():
                    if not self._give(file, message):
                        return
                if isinstance(made, Path):
                    made.unlink(missing_ok=True)
                if following is None:
                    following = self._take()
                    made_next = self._ask(child, following)
                file, made = following, made_next
        finally:
            child.close()

    def _ask(self, child: Child, file: _Underway | None) -> Path | str | None:
        """Give the child a file; returns what was made of it by conversion."""
        if file is None:
            return None
        job = file.job
        made = self._conversions.result(file.position)
        child.ask(job.path, job.given, job.mended, made, options=job.options)
        return made

    def _take(self, *, at_once: bool = False) -> _Underway | None:
        """The next file that nobody reads; None at the end.

        at_once: None also where it had to be waited for, for room or for its conversion.
        """
        with self._changed:
            if at_once and not (self._room(self._next) and self._conversions.ready(self._next)):
                return None
            self._changed.wait_for(lambda: self._closed or self._room(self._next))
            if self._closed or self._next == len(self._files):
                return None
            self._next += 1
            return self._files[self._next - 1]

    def _give(self, file: _Underway, message: Any) -> bool:
        """Lay a message ready, when there is room; False where nobody wants it any more."""
        position = file.position
        size = (
            sum(len(p.text) for p in message[1].paragraphs) + 200 if message[0] == "document" else 0
        )
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._room(position))
            if position >= self._wanted:
                file.messages.append((message, size))
                self._ready += size
            self._changed.notify_all()
            return not self._closed

    def _room(self, position: int) -> bool:
        """Whether more may lie ready. What is waited for always has room, or all would wait."""
        if self._ready < self._limits.ahead:
            return True
        if position < len(self._files) and position <= self._wanted:
            return not self._files[position].messages or position < self._wanted
        return False
