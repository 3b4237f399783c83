"""What a peer is given: texts, a folder for its index, and the encoder's folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESULTS = 10
"""Results of a question whose seconds count: what a page shows."""
Found = list[tuple[int, float]]
"""Numbers of texts with scores (higher is better), best first."""
Search = Callable[[str, int], Found]


@dataclass(frozen=True, slots=True)
class Given:
    passages: Path
    """A JSON string a line: the passages that the product keeps."""
    documents: Path
    """The documents that the passages come from; the product reads these."""
    folder: Path
    """For the index; kept between processes."""
    model: Path
    """An ordinary sentence-transformers folder: the product's own encoder."""

    def texts(self) -> list[str]:
        with self.passages.open(encoding="utf-8") as file:
            return [json.loads(line) for line in file]
