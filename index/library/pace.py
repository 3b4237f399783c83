"""How fast a long job goes and how long it will take, as reports to the caller."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from index.datatypes import Progress

Report = Callable[[Progress], None]

_LOOK_BACK = 8.0
"""Seconds over which the rate is taken."""
_APART = 0.05
"""Seconds between two reports, at least."""


class Pace:
    """Reports of one stage. Only the time spent between `begin` and `pause` counts."""

    def __init__(
        self, stage: Literal["reading", "encoding", "publishing"], report: Report | None
    ) -> None:
        self._stage = stage
        self._report = report
        self._spent = 0.0
        self._begun: float | None = None
        self._samples: deque[tuple[float, int]] = deque([(0.0, 0)])
        self._last_report = -1.0

    def begin(self) -> None:
        """The clock of this stage runs."""
        self._begun = time.monotonic()

    def pause(self) -> None:
        """The clock of this stage stands still: another stage is at work."""
        self._spent, self._begun = self._clock(), None

    def tell(self, done: int, total: int, item: str = "") -> None:
        """Report, unless the last report was a moment ago and this is not the end."""
        if self._report is None:
            return
        now = self._clock()
        if 0.0 <= now - self._last_report < _APART and done < total and self._last_report >= 0.0:
            return
        self._last_report = now
        self._samples.append((now, done))
        while len(self._samples) > 2 and now - self._samples[0][0] > _LOOK_BACK:
            self._samples.popleft()
        earlier, before = self._samples[0]
        rate = (done - before) / (now - earlier) if now > earlier and done > before else None
        left = (total - done) / rate if rate else None
        self._report(Progress(self._stage, done, total, rate, left, item))

    def _clock(self) -> float:
        running = 0.0 if self._begun is None else time.monotonic() - self._begun
        return self._spent + running
