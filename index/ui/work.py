"""One long job at a time, beside the page: adding must not stop the person from searching.

A Streamlit script is cut short by every click, so the work runs in a thread of its own, shared by
all sessions of this server, and the page only asks how far it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from index.datatypes import Metadata, Progress, SyncResult
from index.errors import LibraryError
from index.topics import TopicIndex

if TYPE_CHECKING:
    from index.library import Library

Work = Callable[[Callable[[Progress], None]], SyncResult | None]
"""Takes where to report progress, gives the result where there is one."""


@dataclass
class Job:
    """One piece of work: running until `done` is set, then with a result or an error."""

    name: str
    progress: Progress | None = None
    result: SyncResult | None = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def running(self) -> bool:
        return not self.done.is_set()


class Desk:
    """Where the one job of this server lies, for all sessions to see."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.job: Job | None = None
        self.turn = threading.Lock()
        """Held by whoever in this server writes for long: a job, or what follows folders."""

    def start(self, name: str, work: Work) -> bool:
        """Begin `work` unless another job is running; says whether it was begun."""
        with self._lock:
            if self.job is not None and self.job.running:
                return False
            job = self.job = Job(name)
        threading.Thread(
            target=_run, args=(job, work, self.turn), name=f"page: {name}", daemon=True
        ).start()
        return True

    def clear(self) -> None:
        """Forget a job that has ended."""
        with self._lock:
            if self.job is not None and not self.job.running:
                self.job = None


def _run(job: Job, work: Work, turn: threading.Lock) -> None:
    def report(progress: Progress) -> None:
        job.progress = progress

    try:
        with turn:
            job.result = work(report)
    except LibraryError as error:
        job.error = error
    except BaseException as error:  # the page raises it again, where it is seen
        job.error = error
        raise
    finally:
        job.done.set()


def adding(library: Library, paths: Sequence[Path] | None, given: Metadata) -> Work:
    """The work of reading `paths`, or all that was ever added, into the library."""

    def work(report: Callable[[Progress], None]) -> SyncResult:
        result = library.sync(paths, given=given, progress=report)
        TopicIndex.follow(library, result)
        return result

    return work


def accepting(library: Library, paths: Sequence[Path]) -> Work:
    """The work of letting files in that were held back for a decision."""

    def work(report: Callable[[Progress], None]) -> SyncResult:
        library.accept(paths)
        result = library.sync(paths, progress=report)
        TopicIndex.follow(library, result)
        return result

    return work


def encoding_anew(library: Library) -> Work:
    """The work of changing a library to the model in use."""

    def work(report: Callable[[Progress], None]) -> None:
        library.rebuild(report, reencode=True)

    return work
