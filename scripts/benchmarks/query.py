"""Searching: from the text to the hits in a process that has answered before, with and without
filters; and how many of the best passages the library's store finds that comparing all would."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import questions
from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, size, times, told
from benchmarks.processes import alone

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.vectors import VectorStore

WARM_UP = 10
"""Queries asked before the clock counts: the first ones also read files and fill caches."""
BEST = 10
FILTERS = {"none": "of all", "year": "of three years", "unit": "of one unit"}
_EQUAL = 2e-6
"""Two ways of adding the same products may differ by so much."""


def measure(library: Path, asked: Asked) -> Figures:
    tell(f"查询 {asked.queries} 次，不限、限年份、限单位…")
    request: Figures = {
        "library": str(library),
        "filters": questions.filters(library, asked.queries),
    }
    ways = len(request["filters"])
    request["questions"] = questions.draw(library, asked.queries * ways + WARM_UP)
    figures = alone(search_times, request)
    tell("查询的召回率…")
    figures["recall"] = alone(recall, request)
    return figures


def rows(figures: Figures) -> Iterator[Row]:
    for way, measured in figures["ways"].items():
        yield Row(
            f"query end to end, {FILTERS[way]}, {measured['count']} different queries",
            told(measured),
        )
    yield Row("first query of a process, imports included", f"{figures['first_seconds']:.2f} s")
    yield Row("peak memory of the process that answers", size(figures["peak_bytes"]))
    held = figures["recall"]
    shares = ", ".join(f"{share:.4f} {FILTERS[way]}" for way, share in held["ways"].items())
    yield Row(
        f"recall@{BEST} against comparing all {held['vectors']:,} vectors, "
        f"{held['listed']:,} of them in lists",
        shares,
    )


def search_times(request: Figures) -> Figures:
    """Milliseconds of each way of narrowing; `request` has the questions and filters."""
    waiting = iter(request["questions"])
    began = time.perf_counter()
    from index.datatypes import Filters
    from index.library import Library
    from index.retrieval import search

    with Library.open(Path(request["library"])) as library:
        search(library, next(waiting))
        first = time.perf_counter() - began
        for _ in range(WARM_UP - 1):
            search(library, next(waiting))
        ways = {}
        for way, chosen in request["filters"].items():
            milliseconds = []
            # small libraries have fewer questions than were asked for
            for narrowed, question in zip(map(_filters, chosen), waiting, strict=False):
                asked_at = time.perf_counter()
                search(library, question, filters=Filters(**narrowed))
                milliseconds.append(1000 * (time.perf_counter() - asked_at))
            if milliseconds:
                ways[way] = times(milliseconds)
    return {"first_seconds": first, "ways": ways}


def _filters(narrowed: Figures) -> Figures:
    """JSON has lists where `Filters` has tuples."""
    return {name: tuple(v) if isinstance(v, list) else v for name, v in narrowed.items()}


def recall(request: Figures) -> Figures:
    """Of the BEST passages among all vectors of the catalogue, how many the store finds; means."""
    from index.catalogue import Catalogue
    from index.datatypes import Filters
    from index.library import Library
    from index.library.layout import Layout
    from index.vectors import ExactStore, Generations

    folder = Path(request["library"])
    with Library.open(folder) as library:
        store = library.store
        catalogue = Catalogue(Layout.of(folder).catalogue)
        try:
            exact = ExactStore(*catalogue.vectors.by_passage(library.encoder.name))
        finally:
            catalogue.close()
        ways: dict[str, float] = {}
        waiting = iter(request["questions"])
        for way, chosen in request["filters"].items():
            shares = []
            for narrowed, question in zip(map(_filters, chosen), waiting, strict=False):
                vector = library.encoder.encode_query(question)
                allowed = library.allowed(Filters(**narrowed))
                share = found(store, exact, vector, None if allowed is None else allowed[1])
                if share is not None:
                    shares.append(share)
            if shares:
                ways[way] = sum(shares) / len(shares)
        generation = Generations(Layout.of(folder).vectors).current()
        parts = generation.parts if generation is not None else ()
        listed = sum(part.count for part in parts if part.inverted)
        return {"vectors": len(store), "listed": listed, "ways": ways}


def found(
    store: VectorStore,
    exact: VectorStore,
    vector: NDArray[np.float32],
    allowed: NDArray[np.int64] | None,
) -> float | None:
    """The share of the BEST of `exact` that `store` finds; None where nothing is allowed.

    A passage counts whose score is not below that of the last of the best: equal ones may change
    places.
    """
    best = exact.search(vector, BEST, allowed)[1]
    if not len(best):
        return None
    scores = exact.scores(vector, store.search(vector, BEST, allowed)[0])
    return int((scores >= best[-1] - _EQUAL).sum()) / len(best)
