"""What an encoder is: text in, float32 vectors of unit length out.

Whoever needs vectors takes an `Encoder` and knows nothing of models, prefixes, processors or
tokens. The seam is small on purpose: any object with these names will do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@runtime_checkable
class Encoder(Protocol):
    """Turns passages and queries into vectors that can be compared by inner product."""

    @property
    def name(self) -> str:
        """Model, revision, prefix policy and precision class. Equal name, comparable vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def folder(self) -> Path | None:
        """An ordinary sentence-transformers folder of this model, where there is one."""
        ...

    @property
    def max_tokens(self) -> int:
        """Tokens that are read of a text, prefix and special tokens included; the rest is cut."""
        ...

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Vectors:
        """float32 (len(texts), dimension), unit length, row i for texts[i].

        `progress(done)` is called after each batch with how many of `texts` are done.
        """
        ...

    def encode_query(self, text: str) -> Vectors:
        """float32 (dimension,), unit length."""
        ...

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Yield (positions in `texts`, float32 (len(positions), dimension)) as they are ready.

        Every position comes exactly once; longest texts come first, so a rate seen early is never
        better than the rate to come. Equal texts are encoded once. Whoever stores each batch as it
        comes loses nothing but the batches under way when interrupted; leaving the loop stops the
        work.
        """
        ...


def gather(
    batches: Iterator[tuple[list[int], Vectors]],
    count: int,
    dimension: int,
    progress: Callable[[int], None] | None = None,
) -> Vectors:
    """Put the batches of `encode_passages_in_batches` back in order: float32 (count, dimension)."""
    vectors = np.empty((count, dimension), dtype=np.float32)
    done = 0
    for positions, rows in batches:
        vectors[positions] = rows
        done += len(positions)
        if progress is not None:
            progress(done)
    return vectors
