"""The paragraphs that may answer a search, and what was measured on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from index.characters import Characters, Habits, named
from index.datatypes import Filters, InPlace, Span
from index.fusion import Shares
from index.query import Query
from index.topics import TopicIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.library import Library


@dataclass(frozen=True, slots=True)
class Measured:
    """What meaning and the index of words say of a candidate; None where it was not asked."""

    cosine: float | None
    passage: Span | None
    """Where the passage of that cosine stands in the paragraph."""
    bm25: float | None


class Candidates:
    """The texts of what was found, each read once for a search."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: dict[int, InPlace] = {}

    def read(self, ids: Iterable[int]) -> Mapping[int, InPlace]:
        """Those of `ids` that are still there, and all that were read before."""
        self._read.update(self._library.in_place(id_ for id_ in ids if id_ not in self._read))
        return self._read


class Beside:
    """What candidates share with the query beside meaning and the words of the index."""

    def __init__(self, library: Library, query: str, weights: Mapping[str, float]) -> None:
        self._characters = Characters(query, Habits.of(library))
        self._weights = weights

    def shares(self, candidates: Mapping[int, InPlace]) -> dict[int, Shares]:
        """Paragraph id -> its shares of the query, each 0 to 1."""
        found = list(candidates.values())
        measured = zip(
            self._characters.shares([one.text for one in found]).tolist(),
            named(self._weights, (one.heading for one in found)),
            named(self._weights, (one.title for one in found)),
            strict=True,
        )
        return {id_: Shares(*three) for id_, three in zip(candidates, measured, strict=True)}


def allowed_by(
    library: Library, query: Query, filters: Filters
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """(paragraph ids, passage ids) that may be returned, both sorted; None for all."""
    allowed = library.allowed(replace(filters, topic=None))
    if filters.topic is not None:
        about = TopicIndex.of(library).allowed(filters.topic)
        if allowed is None:
            allowed = about
        else:
            allowed = both(allowed[0], about[0]), both(allowed[1], about[1])
    if not query.phrases:
        return allowed
    ids = library.containing(query.phrases, among=None if allowed is None else allowed[0])
    passages = library.passages_of(ids.tolist())
    flat = [passage[0] for id_ in passages for passage in passages[id_]]
    return ids, np.array(sorted(flat), dtype=np.int64)


def both(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """What two rising rows of ids have in common; the shorter is looked up in the longer.

    >>> both(np.array([1, 4, 6]), np.array([4, 5, 6, 9]))
    array([4, 6])
    """
    few, many = sorted((one, other), key=len)
    if not len(few):
        return few
    place = np.minimum(np.searchsorted(many, few), len(many) - 1)
    return np.asarray(few[many[place] == few])
