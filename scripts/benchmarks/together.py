"""Several people at one server at once, for thousands of searches: is it fast, right and bounded?

Every person is a session of the page and asks the next question as soon as the last is answered,
which is many times busier than people are. Meanwhile another process adds a report to the library,
and the page must show it without a restart; at the end it is removed again. Memory is read as it
goes: after the caches are full (the page keeps its last 256 answers) it must not grow.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from resident import memory_of

from benchmarks import questions
from benchmarks.asked import Asked, tell
from benchmarks.changes import MARK, report, vocabulary
from benchmarks.figures import Figures, Row, size, times, told
from benchmarks.page import free_port
from benchmarks.page_client import PageFailed, Person, server
from benchmarks.start import command

SETTLED = 0.3
"""Share of the searches after which caches are full and memory must be level."""
LEAST_TO_SETTLE = 600
"""Searches before that, whatever the share: more than the page remembers."""
WAIT = 60.0
"""Seconds in which an update must be seen."""


def measure(library: Path, asked: Asked) -> Figures:
    place = asked.work / "together"
    if place.is_dir():
        shutil.rmtree(place)
    place.mkdir()
    copy = place / "library"
    shutil.copytree(library, copy, ignore=shutil.ignore_patterns("writer.*"))
    try:
        return _measured(copy, place, asked)
    finally:
        shutil.rmtree(place)


def _measured(library: Path, place: Path, asked: Asked) -> Figures:
    port = free_port()
    waiting = Waiting(questions.draw(library, asked.searches), asked.searches)
    tell(f"{asked.people} 人同时查询 {asked.searches} 次…")
    with server(library, port) as process:
        with Person(port) as first:
            first.ask("准备工作")  # the first search of a server opens the model
        crowd = Crowd(port, waiting)
        memory: list[tuple[int, int]] = []
        began = time.perf_counter()
        people = [threading.Thread(target=crowd.sit_down) for _ in range(asked.people)]
        for person in people:
            person.start()
        seen: float | None = None
        last = 0.0
        while any(person.is_alive() for person in people):
            if seen is None and crowd.done >= asked.searches // 2:
                seen = _update(library, place, port)
            memory.append((crowd.done, memory_of(process.pid)))
            if time.monotonic() - last > 10:
                last = time.monotonic()
                tell(f"  {crowd.done}/{asked.searches}，内存 {size(memory[-1][1])}")
            time.sleep(0.25)
        seconds = time.perf_counter() - began
    return {
        "people": asked.people,
        "searches": len(crowd.milliseconds),
        "times": times(crowd.milliseconds),
        "per_second": len(crowd.milliseconds) / seconds,
        "errors": crowd.errors,
        "update_seconds": seen,
        "memory": level(memory, asked.searches),
    }


def rows(figures: Figures) -> Iterator[Row]:
    errors = figures["errors"]
    yield Row(
        f"{figures['people']} people at once at one page, {figures['searches']:,} searches",
        f"{figures['per_second']:.1f} a second, {told(figures['times'])}, "
        + (f"{len(errors)} errors ({errors[0]})" if errors else "no error"),
    )
    if figures["update_seconds"] is not None:
        yield Row(
            "a report added meanwhile by another process is on the page after",
            f"{figures['update_seconds']:.2f} s",
        )
    memory = figures["memory"]
    if memory["settled_bytes"]:
        yield Row(
            f"memory of that server after {memory['settled_after']:,} searches and at the end",
            f"{size(memory['settled_bytes'])}, {size(memory['last_bytes'])}; "
            f"{memory['bytes_per_search']:,.0f} bytes a search; "
            f"at most {size(memory['peak_bytes'])}",
        )


class Waiting:
    """Questions for all, handed out one by one; in another form when they run out, so that no
    answer is one that the page remembers."""

    def __init__(self, drawn: Sequence[str], count: int) -> None:
        self._drawn = drawn
        self._count = count
        self._given = 0
        self._lock = threading.Lock()

    def next(self) -> str | None:
        with self._lock:
            number = self._given
            if number >= self._count:
                return None
            self._given += 1
        round_, place = divmod(number, len(self._drawn))
        return self._drawn[place] if not round_ else f"{self._drawn[place]} {round_}"


class Crowd:
    """What all people see, together."""

    def __init__(self, port: int, waiting: Waiting) -> None:
        self._port = port
        self._waiting = waiting
        self._lock = threading.Lock()
        self.milliseconds: list[float] = []
        self.errors: list[str] = []

    @property
    def done(self) -> int:
        return len(self.milliseconds) + len(self.errors)

    def sit_down(self) -> None:
        """One person, until no question is left. What goes wrong is counted and told."""
        from websockets.exceptions import WebSocketException

        while (query := self._waiting.next()) is not None:
            try:
                with Person(self._port) as person:
                    while query is not None:
                        began = time.perf_counter()
                        person.ask(query)
                        milliseconds = 1000 * (time.perf_counter() - began)
                        with self._lock:
                            self.milliseconds.append(milliseconds)
                        query = self._waiting.next()
            except (PageFailed, OSError, WebSocketException) as error:
                with self._lock:
                    self.errors.append(f"{type(error).__name__}: {error}"[:300])


def _update(library: Path, place: Path, port: int) -> float:
    """Seconds from the end of `xunzhang add` in another process until the page shows the report."""
    drawing = random.Random()
    mark = MARK.format(drawing.randrange(10**9))
    path = place / "新的.txt"
    path.write_text(report(vocabulary(library), mark, drawing), encoding="utf-8")
    command(library, "add", str(path))
    began = time.perf_counter()
    with Person(port) as person:
        while not person.ask(f"“{mark}”"):  # quoted words must occur: nothing else is shown
            if time.perf_counter() - began > WAIT:
                raise PageFailed(f"添加了一份材料，网页过了 {WAIT:.0f} 秒还没有看到。")
            person.ask("换一个问题")
    return time.perf_counter() - began


def level(memory: Sequence[tuple[int, int]], searches: int) -> Figures:
    """How memory went on once caches were full: the slope of a straight line through what was read
    (least squares), bytes a search; and the medians of the first and last tenth of it.

    >>> found = level([(n, 10**8 + 50 * n) for n in range(0, 10_000, 10)], 10_000)
    >>> found["settled_after"], round(found["bytes_per_search"]), found["peak_bytes"]
    (3000, 50, 100499500)
    """
    import numpy as np

    after = max(int(searches * SETTLED), LEAST_TO_SETTLE)
    settled = [(done, held) for done, held in memory if done >= after and held]
    figures: Figures = {
        "settled_after": after,
        "settled_bytes": 0,
        "last_bytes": memory[-1][1] if memory else 0,
        "peak_bytes": max((held for _, held in memory), default=0),
        "bytes_per_search": 0.0,
    }
    if len(settled) >= 2 and settled[0][0] < settled[-1][0]:
        tenth = max(1, len(settled) // 10)
        done, held = (np.array(values, float) for values in zip(*settled, strict=True))
        figures["settled_bytes"] = int(np.median(held[:tenth]))
        figures["last_bytes"] = int(np.median(held[-tenth:]))
        figures["bytes_per_search"] = float(np.polyfit(done, held, 1)[0])
    return figures
