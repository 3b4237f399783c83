"""Do the first results come from several places, and is each another wording?

For each topic of eval/topics, over the reports of library/: how many of the first FIRST are the
same wording as another, from how many units and sources they come (a document whose unit is not
known is a source of its own), and how many sources have a paragraph that fits at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from index.datatypes import Hit
from index.families import same_wording, skeleton
from index.library import Library
from index.retrieval import search

FIRST = 10
DEEP = 200
"""Results among which it is looked who could have been shown."""
FITS = 50.0
"""A score from which on a paragraph fits: half of the good answers of the sample lie above."""
SOURCES = 5
"""Required among the first FIRST, where so many have a paragraph that fits."""

Row = Mapping[str, Any]


def variety(queries: Mapping[str, str], library: Library) -> Iterator[Row]:
    """A row for each query (id -> text). It is named by its id: its text is not ours to publish."""
    for id_, text in queries.items():
        hits = search(library, text, FIRST)
        deep = search(library, text, DEEP, families=False)
        yield {
            "set": "variety",
            "query": id_,
            "results": len(hits),
            "alike": sum(
                same_wording(skeleton(one.text), skeleton(other.text))
                for one, other in combinations(hits, 2)
            ),
            "units": len({hit.source.unit for hit in hits if hit.source.unit}),
            "sources": len(set(map(source, hits))),
            "fitting": len({source(hit) for hit in deep if hit.score >= FITS}),
        }


def source(hit: Hit) -> str | int:
    """What a paragraph counts for: its unit, or its document where that is not known."""
    return hit.source.unit or hit.source.document_id


def variety_line(row: Row) -> str:
    return (
        f"{row['query']}: {row['results']} results, {row['alike']} pairs alike, {row['units']} "
        f"units, {row['sources']} sources of {row['fitting']} that fit"
    )


def unmet_variety(rows: Sequence[Row]) -> list[str]:
    """What is required and missed, a sentence each.

    >>> unmet_variety([{"query": "t07", "alike": 0, "sources": 3, "fitting": 9}])
    ['variety, t07: 3 sources among the first 10, required 5']
    >>> unmet_variety([{"query": "t07", "alike": 0, "sources": 3, "fitting": 3}])
    []
    """
    missed = []
    for row in rows:
        if row["alike"]:
            missed.append(f"variety, {row['query']}: {row['alike']} pairs of the same wording")
        least = min(SOURCES, row["fitting"])
        if row["sources"] < least:
            missed.append(
                f"variety, {row['query']}: {row['sources']} sources among the first {FIRST}, "
                f"required {least}"
            )
    return missed


def variety_table(rows: Sequence[Row], missed: Sequence[str]) -> str:
    lines = [
        f"| query | units | sources in the first {FIRST} | sources that fit | pairs alike |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| {row['query']} | {row['units']} | {row['sources']} | {row['fitting']} "
            f"| {row['alike']} |"
            for row in rows
        ),
    ]
    if missed:
        lines += ["", "Not reached:", "", *(f"- {sentence}" for sentence in missed)]
    return "\n".join(lines)
