"""How files are read, set by whoever asks for reading: readers themselves take only a path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person may choose about reading."""

    recognise: bool = False
    """Whether scanned pages go through character recognition (slow, and it makes mistakes)."""


READ_OPTIONS = ReadOptions()
"""What holds where nobody chose."""

_CURRENT: ContextVar[ReadOptions] = ContextVar("read_options", default=READ_OPTIONS)


def current() -> ReadOptions:
    """The options that hold here."""
    return _CURRENT.get()


@contextmanager
def using(options: ReadOptions) -> Iterator[None]:
    """Read with `options` inside the block: in this thread only."""
    token = _CURRENT.set(options)
    try:
        yield
    finally:
        _CURRENT.reset(token)
