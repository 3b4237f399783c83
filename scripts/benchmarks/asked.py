"""What bench.py was asked for, and a word on stderr while it works."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that parts need."""

    folder: Path
    """Documents of the library."""
    work: Path
    """Where libraries may be made and kept."""
    texts: int = 400
    queries: int = 300
    rounds: int = 5
    big: Path | None = None
    """A .jsonl or .jsonl.gz with many more documents."""
    big_library: Path | None = None
    """The library of `folder` and `big`."""
    people: int = 16
    searches: int = 1_000
    """Of all people together."""


def made_of(source: Path, what: str) -> str:
    """A name for what is made of `source` and kept: another source, or another state of a file,
    has another one, so a working folder may serve several checkouts.

    A folder is known by its path alone, for a library follows what changes in it.
    """
    state = source.stat()
    told = f"{source} {state.st_size} {state.st_mtime_ns}" if source.is_file() else str(source)
    return f"{what}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
