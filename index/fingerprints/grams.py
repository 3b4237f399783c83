"""The kept grams of some documents, sorted: asked for what a text shares with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes
from index.alignment.runs import SHORTEST_RUN, diagonal_stretches
from index.fingerprints.winnowing import GRAM, WINDOW, Prints, kept, prints

Numbers = NDArray[np.int64]

MOST = 20_000
"""A gram that stands in more places begins no search: it is part of what everybody writes. A run
is missed only where all its kept grams are such."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Maximal runs that a text shares with documents; all int64 (m,)."""

    at: Numbers
    """Where the run begins in the text."""
    document: Numbers
    """Id of the document."""
    where: Numbers
    """Where it begins in the document's compared characters."""
    length: Numbers

    @classmethod
    def joined(cls, parts: Iterable[Matches]) -> Matches:
        """All of them, by place in the text, then by document."""
        parts = list(parts)
        if not parts:
            return cls(*(np.empty(0, np.int64) for _ in fields(cls)))
        whole = [np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)]
        order = np.lexsort((whole[2], whole[1], whole[0]))
        return cls(*(column[order] for column in whole))

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True, eq=False)
class GramTable:
    """n compared characters of m documents, one after another, and k kept grams of theirs."""

    documents: Numbers
    """int64 (m,), rising: ids."""
    starts: Numbers
    """int64 (m + 1,): document i is codes[starts[i]:starts[i + 1]]."""
    codes: Codes
    """uint32 (n,)."""
    hashes: Prints
    """uint32 (k,), rising: the kept grams' fingerprints."""
    where: NDArray[np.uint32]
    """uint32 (k,): where each of them begins in `codes`."""

    @classmethod
    def of(cls, documents: Iterable[tuple[int, Codes]]) -> GramTable:
        """From (id, compared characters); ids rise. Raises ValueError over 2**32 characters."""
        ids: list[int] = []
        texts: list[Codes] = []
        for id_, codes in documents:
            ids.append(id_)
            texts.append(codes)
        starts = np.concatenate(([0], np.cumsum([len(text) for text in texts], dtype=np.int64)))
        codes = np.concatenate([*texts, np.empty(0, np.uint32)]).astype(np.uint32, copy=False)
        if len(codes) > np.iinfo(np.uint32).max:
            raise ValueError(f"{len(codes)} characters are too many for one table")
        found = prints(codes)
        inside = np.ones(len(found), np.bool_)
        for cut in starts[1:-1].tolist():  # a gram across two documents is none
            inside[max(0, cut - GRAM + 1) : cut] = False
        # The windows are taken over the whole: at a border a gram more is kept than would be.
        positions = kept(np.where(inside, found, np.iinfo(np.uint32).max).astype(np.uint32))
        positions = positions[inside[positions]]
        order = np.argsort(found[positions], kind="stable")
        positions = positions[order]
        return cls(
            np.array(ids, np.int64),
            starts.astype(np.int64),
            codes,
            found[positions],
            positions.astype(np.uint32),
        )

    def text(self, i: int) -> Codes:
        """The compared characters of the document at place `i` of `documents`."""
        return self.codes[self.starts[i] : self.starts[i + 1]]

    def document_at(self, places: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Index of the document that each place lies in, int32."""
        return (np.searchsorted(self.starts, places, "right") - 1).astype(np.int32)

    def shared(self, text: Codes, allowed: Numbers | None = None) -> Matches:
        """Every maximal run of SHORTEST_RUN characters or more that `text` shares with a document.

        `allowed`: ids, rising; None means all. A run that occurs at several places gives several.
        """
        at, where = self._equal_grams(text)
        document = np.searchsorted(self.starts, where, "right") - 1
        if allowed is not None:
            found = np.isin(self.documents[document], allowed)
            at, where, document = at[found], where[found], document[found]
        first, last = diagonal_stretches(at, where, WINDOW, document)
        document = document[first]
        before = self._same_before(text, at[first], where[first], self.starts[document])
        after = self._same_after(text, at[last], where[last], self.starts[document + 1])
        begin, end = at[first] - before, at[last] + GRAM + after
        length = end - begin
        long = length >= SHORTEST_RUN
        shift = where[first] - at[first]
        return Matches.joined(
            [
                Matches(
                    begin[long],
                    self.documents[document[long]],
                    (begin + shift - self.starts[document])[long],
                    length[long],
                )
            ]
        )

    def _equal_grams(self, text: Codes) -> tuple[Numbers, Numbers]:
        """(place in the text, place in `codes`) of every gram of the text that is a kept one."""
        wanted = prints(text)
        low = np.searchsorted(self.hashes, wanted, "left")
        counts = np.searchsorted(self.hashes, wanted, "right") - low
        counts[counts > MOST] = 0
        at = np.repeat(np.arange(len(wanted)), counts)
        within = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
        where = self.where[np.repeat(low, counts) + within].astype(np.int64)
        same = np.ones(len(at), np.bool_)
        for offset in range(GRAM):  # equal fingerprints are no equal text yet
            same &= text[at + offset] == self.codes[where + offset]
        return at[same], where[same]

    def _same_before(self, text: Codes, at: Numbers, where: Numbers, begin: Numbers) -> Numbers:
        """How many characters before text[at] and codes[where] agree, back to `begin`."""
        return self._same(text, at, where, np.minimum(at, where - begin), -1)

    def _same_after(self, text: Codes, at: Numbers, where: Numbers, end: Numbers) -> Numbers:
        """How many characters after the grams at text[at] and codes[where] agree, up to `end`."""
        at, where = at + GRAM - 1, where + GRAM - 1
        return self._same(text, at, where, np.minimum(len(text) - 1 - at, end - 1 - where), 1)

    def _same(self, text: Codes, at: Numbers, where: Numbers, room: Numbers, step: int) -> Numbers:
        """Characters that agree one after another from (not at) there, `room` at most."""
        count = np.zeros(len(at), np.int64)
        going = np.flatnonzero(room > 0)
        while len(going):
            move = step * (count[going] + 1)
            going = going[text[at[going] + move] == self.codes[where[going] + move]]
            count[going] += 1
            going = going[count[going] < room[going]]
        return count
