"""How files are read, set by whoever asks for reading: readers themselves take only a path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person may choose about reading."""

    recognise: bool = False
    """Whether scanned pages and pictures go through character recognition (slow, and it errs)."""


READ_OPTIONS = ReadOptions()
"""What holds where nobody chose."""

_CURRENT: ContextVar[ReadOptions] = ContextVar("read_options", default=READ_OPTIONS)


def _nobody() -> None:
    """Nobody counts the time."""


_TOLD: ContextVar[Callable[[], None]] = ContextVar("told_that_it_goes_on", default=_nobody)


def current() -> ReadOptions:
    """The options that hold here."""
    return _CURRENT.get()


def goes_on() -> None:
    """Say that a reading that may take long has made progress: a page was recognised.

    For readers; whoever counts the time of the reading begins to count anew.
    """
    _TOLD.get()()


@contextmanager
def using(options: ReadOptions, told: Callable[[], None] = _nobody) -> Iterator[None]:
    """Read with `options` inside the block, in this thread only; `told` hears each `goes_on`."""
    chosen, hears = _CURRENT.set(options), _TOLD.set(told)
    try:
        yield
    finally:
        _CURRENT.reset(chosen)
        _TOLD.reset(hears)
