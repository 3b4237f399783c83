"""What bench.py was asked for, and a word on stderr while it works."""

from __future__ import annotations

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


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
