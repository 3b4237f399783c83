"""Which paragraphs hold a wording as it is written: narrowed by trigrams, proved by the texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database
from index.catalogue.twins import UNCOUNTED
from index.errors import LibraryDamaged

_FEW = 20_000
"""Paragraphs that are read one by one faster than all of half a million in a row."""

_LENGTH = 3
"""Characters of a gram, FTS5's only length."""

_WAYS = 4_000
"""Ways of writing the grams of a wording that are looked up, in all: a few microseconds each.
党风廉 is written in four, GDP in several hundred (any case, any width, in circles, raised)."""

_LAST = chr(0x10FFFF)

_BEGINNINGS = 400
"""Grams that may begin with two characters; where there are more, all texts are read."""

_GRAMS = 24
"""Grams of a wording that are looked up: more leave hardly fewer paragraphs."""


class ExactWording:
    """The trigram index `gram`, and the texts themselves. Triggers keep it in step with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def containing(
        self, phrases: Sequence[Sequence[str]], among: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Sorted ids of counted paragraphs in which every phrase stands.

        `phrases[i][j]` holds all characters that may stand at place j of phrase i. `among` (sorted
        ids): none but these. All texts are read where only single characters are looked for, or
        two that stand everywhere.
        """
        conditions: list[str] = []
        parameters: list[str] = []
        grams = [gram for phrase in phrases for gram in self._grams(phrase)]
        if grams:
            conditions.append("id IN (SELECT rowid FROM gram WHERE gram MATCH ?)")
            parameters.append(" AND ".join(grams))
        elif among is not None and len(among) <= _FEW:
            conditions.append("id IN (SELECT value FROM json_each(?))")
            parameters.append(json.dumps(among.tolist()))
        for phrase in phrases:
            # instr is six times faster than GLOB: most paragraphs need no second look
            plain, ways = _rarest(phrase)
            conditions.append("(" + " OR ".join(["instr(text, ?)"] * len(ways)) + ")")
            parameters += ways
            if not plain:
                conditions.append("text GLOB ?")
                parameters.append("*" + "".join(map(_one_of, phrase)) + "*")
        if not phrases:
            return np.empty(0, np.int64)
        rows = self._database.rows(
            f"SELECT id FROM paragraph WHERE {' AND '.join(conditions)} AND id NOT IN {UNCOUNTED}",
            parameters,
        )
        found = np.sort(np.fromiter((id_ for (id_,) in rows), np.int64, len(rows)))
        return found if among is None else found[np.isin(found, among)]

    def make_again(self) -> None:
        """Make the index anew from the texts, in the transaction of the caller.

        The table itself is made anew too: emptying it would first read what may be damaged.
        """
        table = self._database.value("SELECT sql FROM sqlite_master WHERE name = 'gram'")
        self._database.run("DROP TABLE gram")
        self._database.run(table)
        self._database.run("INSERT INTO gram (gram) VALUES ('rebuild')")

    def sound(self) -> bool:
        """Whether FTS5 finds the index whole and in agreement with the texts."""
        try:
            self._database.run("INSERT INTO gram (gram, rank) VALUES ('integrity-check', 1)")
        except LibraryDamaged:
            return False
        return True

    def _grams(self, phrase: Sequence[str]) -> list[str]:
        """Conditions that hold wherever `phrase` stands, as FTS5 reads them; may be none."""
        if len(phrase) != _LENGTH - 1:
            return _grams(phrase)
        found: list[str] = []
        for two in map("".join, product(*map(_folded, phrase))):
            rows = self._database.rows(
                "SELECT term FROM grams WHERE term >= ? AND term < ? LIMIT ?",
                (two, two + _LAST, _BEGINNINGS + 1),
            )
            found += [gram for (gram,) in rows]
            if len(found) > _BEGINNINGS:
                return []
        # a gram that is nowhere, where nothing begins so: what follows finds nothing, and quickly
        return [_any_of(found or ["".join(way[0] for way in phrase) + _LAST])]


def _grams(phrase: Sequence[str]) -> list[str]:
    """Conditions on grams that hold wherever `phrase` stands, as FTS5 reads them: those of the
    fewest ways of writing.

    >>> _grams(["党黨", "课", "“", "学"])
    ['("课“学")', '("党课“" OR "黨课“")']
    """
    folded = [_folded(ways) for ways in phrase]
    grams = [folded[at : at + _LENGTH] for at in range(len(folded) - _LENGTH + 1)]
    chosen: list[str] = []
    total = 0
    for gram in sorted(grams, key=_ways)[:_GRAMS]:
        total += _ways(gram)
        if total > _WAYS:
            break
        chosen.append(_any_of(map("".join, product(*gram))))
    return chosen


def _ways(gram: Sequence[Sequence[str]]) -> int:
    return prod(map(len, gram))


def _any_of(grams: Iterable[str]) -> str:
    quoted = (gram.replace('"', '""') for gram in grams)
    return "(" + " OR ".join(f'"{gram}"' for gram in quoted) + ")"


def _folded(ways: str) -> list[str]:
    """Without those that the index takes for one: it folds the case of letters.

    >>> _folded("aAａ")
    ['a', 'ａ']
    """
    return list(dict.fromkeys(one.lower() if one.isascii() else one for one in ways))


def _rarest(phrase: Sequence[str]) -> tuple[bool, list[str]]:
    """(whether that is all of it, texts of which one stands wherever `phrase` stands).

    Its longest run that is written in one way only, else the place with the fewest ways.
    """
    runs = "".join(ways if len(ways) == 1 else "\n" for ways in phrase).split("\n")
    run = max(runs, key=len)
    if run or not phrase:
        return len(run) == len(phrase), [run]
    fewest = min(phrase, key=len)
    return False, list(fewest)


def _one_of(characters: str) -> str:
    """Any one of `characters`, for SQLite's GLOB."""
    if len(characters) == 1 and characters not in "*?[":
        return characters
    # where ^ and - mean themselves: not first, and last; ] only first
    first = "]" if "]" in characters else ""
    last = "".join(c for c in "^-" if c in characters)
    return f"[{first}{''.join(c for c in characters if c not in ']^-')}{last}]"
