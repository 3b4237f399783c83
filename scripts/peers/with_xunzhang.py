"""The product itself, through the package: from the files to a library, from a text to hits."""

from __future__ import annotations

from benchmarks.build import read_in

from index.library import Library
from index.retrieval import search as searched
from peers.given import RESULTS, Found, Given, Search


def build(given: Given) -> None:
    read_in({"sources": [str(given.documents)], "library": str(given.folder / "library")})


def opened(given: Given) -> Search:
    """Numbers are paragraphs' ids.

    A page of results is what the page shows, families and all; in the long rankings of the
    evaluation near-equal paragraphs stand alone, as with every peer.
    """
    library = Library.open(given.folder / "library")

    def search(query: str, count: int) -> Found:
        hits = searched(library, query, count, families=count <= RESULTS)
        return [(hit.paragraph_id, -float(rank)) for rank, hit in enumerate(hits)]

    return search
