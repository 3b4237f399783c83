"""The double of an encoder: no model, the same vectors everywhere, and it counts.

Its vectors mean something: texts that share characters are close, so a test can rank with them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from index.embedding.batches import group_equal
from index.embedding.protocol import Vectors, gather


class CountingEncoder:
    """Hashed characters and character bigrams, signed, counted, scaled to unit length.

    A query has the vector that the same text has as a passage, so an exact match has cosine 1.

    >>> encoder = CountingEncoder(dimension=32)
    >>> vectors = encoder.encode_passages(["乡村振兴", "振兴乡村", "廉政教育"])
    >>> bool(vectors[0] @ vectors[1] > vectors[0] @ vectors[2])
    True
    >>> encoder.batches, encoder.texts
    (1, 3)
    """

    folder: Path | None = None

    def __init__(
        self,
        dimension: int = 64,
        *,
        name: str | None = None,
        batch_size: int = 32,
        max_tokens: int = 512,
        interrupt_after: int | None = None,
    ) -> None:
        """`interrupt_after`: raise KeyboardInterrupt once that many batches have been given out."""
        self.dimension = dimension
        self.name = name if name is not None else f"counting-{dimension}"
        self.max_tokens = max_tokens
        self.batch_size = batch_size
        self.interrupt_after = interrupt_after
        self.passage_calls = 0
        """Calls of encode_passages or encode_passages_in_batches."""
        self.query_calls = 0
        self.batches = 0
        """Batches given out."""
        self.texts = 0
        """Distinct passages encoded: what a real model would have had to work for."""

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        return gather(self.encode_passages_in_batches(texts), len(texts), self.dimension, progress)

    def encode_query(self, text: str) -> Vectors:
        self.query_calls += 1
        return self._vector(text)

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        self.passage_calls += 1
        distinct, positions = group_equal(texts)
        order = sorted(range(len(distinct)), key=lambda i: -len(distinct[i]))
        for start in range(0, len(order), self.batch_size):
            if self.interrupt_after is not None and self.batches >= self.interrupt_after:
                raise KeyboardInterrupt
            chosen = order[start : start + self.batch_size]
            self.batches += 1
            self.texts += len(chosen)
            where = [position for i in chosen for position in positions[i]]
            yield where, np.stack([self._vector(texts[position]) for position in where])

    def _vector(self, text: str) -> Vectors:
        text = text[: self.max_tokens]
        vector = np.zeros(self.dimension, dtype=np.float32)
        for gram in [*text, *(text[i : i + 2] for i in range(len(text) - 1))]:
            # crc32 and not hash(): Python's own changes from process to process
            code = zlib.crc32(gram.encode("utf-8", "surrogatepass"))
            vector[code % self.dimension] += 1.0 if code & 0x80000000 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0  # nothing to hash, or all cancelled out: still unit length
        return vector / np.float32(length)
