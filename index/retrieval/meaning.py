"""Which paragraphs are close to a search text in meaning."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from index.calibration import Background
from index.datatypes import Span
from index.text import sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.embedding import Encoder
    from index.library import Library

PIECE = 120
"""Characters of a query that are encoded at once; a longer one is encoded piece by piece, so that
its end counts too, and on two cores in half the time."""

PIECES = 4
"""Pieces of a long query that are encoded, spread evenly over it."""


_BESIDE = ThreadPoolExecutor(max_workers=4, thread_name_prefix="encode-query")
"""Of all searches of the process together: more at once would only wait for the same cores."""


def begin_encoding(encoder: Encoder, text: str) -> Callable[[], NDArray[np.float32]]:
    """Encode the pieces of a query in the background.

    What is returned waits for them: float32 (pieces, dimension), one row a piece, unit length.
    """
    encoding = [_BESIDE.submit(encoder.encode_query, piece) for piece in pieces(text)]
    return lambda: np.stack([vector.result() for vector in encoding])


def pieces(text: str) -> list[str]:
    """What is encoded of a query: all of it, or PIECES pieces spread evenly over a long one.

    >>> pieces("短句"), [len(piece) for piece in pieces("甲" * 150 + "。" + "乙" * 120)]
    (['短句'], [120, 31, 120])
    """
    found: list[str] = []
    for start, end in sentences(text):
        if found and len(found[-1]) + end - start <= PIECE:
            found[-1] += text[start:end]
        else:
            found += [text[i : min(i + PIECE, end)] for i in range(start, end, PIECE)]
    chosen = np.linspace(0, len(found) - 1, min(PIECES, len(found))).round().astype(int)
    return [found[i] for i in dict.fromkeys(chosen.tolist())]


def by_meaning(
    library: Library,
    vectors: NDArray[np.float32],
    pool: int,
    allowed: NDArray[np.int64] | None,
    also: Iterable[int],
) -> tuple[dict[int, tuple[float, Span]], bool]:
    """Paragraph id -> (cosine, span of its best passage), for the best and for `also`; and whether
    there are more beyond the `pool` best passages."""
    store = library.store
    best: dict[int, float] = {}
    if allowed is None:
        answers = store.search_many(vectors, pool)
    else:
        answers = [store.search(vector, pool, allowed) for vector in vectors]
    for ids, cosines in answers:
        for id_, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
            best[id_] = max(cosine, best.get(id_, -1.0))
    others = np.array(
        [p[0] for passages in library.passages_of(list(also)).values() for p in passages],
        dtype=np.int64,
    )
    if len(others):
        cosines = np.max([store.scores(vector, others) for vector in vectors], axis=0)
        pairs = zip(others.tolist(), cosines.tolist(), strict=True)
        # nan: committed, but not in this generation of the store yet
        best.update((id_, cosine) for id_, cosine in pairs if not math.isnan(cosine))
    places = library.paragraph_of(list(best))
    found: dict[int, tuple[float, Span]] = {}
    for passage, cosine in best.items():
        place = places.get(passage)
        if place is None:  # removed since this generation of the store was published
            continue
        paragraph, start, end = place
        if paragraph not in found or cosine > found[paragraph][0]:
            found[paragraph] = (cosine, (start, end))
    return found, any(len(ids) == pool for ids, _ in answers)


def level(library: Library, vectors: NDArray[np.float32]) -> tuple[float, float]:
    """(centre, spread) of the cosines that unrelated passages of the library have with a query, of
    that piece whose centre is highest."""
    return max(Background.of(library).levels(vectors))
