"""Which paragraphs carry which words, and how well that answers a query: BM25 by FTS5."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database
from index.catalogue.twins import UNCOUNTED
from index.errors import LibraryDamaged

_FEW = 10_000
"""Paragraphs of which a list is made faster than of those that carry a word."""

_REPLACED = str.maketrans({**{chr(code): "_" for code in range(33)}, "'": "_", '"': "_", "`": "_"})
_REPLACED[0x7F] = "_"


def as_word(token: str) -> str:
    """`token` as FTS5 keeps it: without the ASCII characters it would cut at.

    >>> as_word("5.5%"), as_word("o'neill"), as_word("党建")
    ('5.5%', 'o_neill', '党建')
    """
    return token.translate(_REPLACED)


def joined(tokens: Iterable[str]) -> str:
    """A paragraph's tokens as one column of the table `word`."""
    return " ".join(map(as_word, tokens))


class Words:
    """The keyword index. It knows tokens; the tokenizer that makes them is the caller's."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Iterable[tuple[int, str]]) -> None:
        """Add (paragraph id, `joined` tokens)."""
        self._database.many("INSERT INTO word (rowid, words) VALUES (?, ?)", rows)

    def replace_all(self, rows: Iterable[tuple[int, str]]) -> None:
        """Make the whole index anew, in the transaction of the caller.

        The table itself is made anew too: deleting rows would first read what may be damaged.
        """
        table = self._database.value("SELECT sql FROM sqlite_master WHERE name = 'word'")
        self._database.run("DROP TABLE word")
        self._database.run(table)
        self.add(rows)
        self._database.run("INSERT INTO word (word) VALUES ('optimize')")

    def search(
        self, tokens: Sequence[str], k: int, allowed: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """(paragraph id, BM25), best first, of paragraphs with any of `tokens`.

        BM25 as FTS5 computes it (k1 = 1.2, b = 0.75), sign turned so that higher is better.
        `allowed` (sorted ids) holds before the `k` best are taken. Equal scores come in the order
        of their ids.
        """
        words = list(dict.fromkeys(as_word(token) for token in tokens if token))
        if not words or k < 1 or (allowed is not None and not len(allowed)):
            return []
        match = " OR ".join(f'"{word}"' for word in words)
        if allowed is not None:
            return self._search_among(match, k, allowed)
        best: list[tuple[float, int]] = []
        sql = "SELECT rowid, rank FROM word WHERE word MATCH ? ORDER BY rank"
        with closing(self._database.each(sql, (match,), size=k + 32)) as rows:
            for id_, rank in rows:
                if len(best) >= k and rank > best[k - 1][0]:
                    break  # the k best and all that equal the last of them are here
                best.append((rank, id_))
        return [(id_, -rank) for rank, id_ in sorted(best)[:k]]

    def _search_among(
        self, match: str, k: int, allowed: NDArray[np.int64]
    ) -> list[tuple[int, float]]:
        # Walking through the words' entries costs a quarter of a microsecond each, ranking them
        # four times that. Without the +, and with ORDER BY, FTS5 would rank all of them.
        if len(allowed) > _FEW:
            rows = self._database.rows("SELECT rowid FROM word WHERE word MATCH ?", (match,))
            ids = np.array([id_ for (id_,) in rows], np.int64)
            allowed = ids[np.isin(ids, allowed)]
        ranked = self._database.rows(
            "SELECT rank, rowid FROM word WHERE word MATCH ?"
            " AND +rowid IN (SELECT value FROM json_each(?))",
            (match, json.dumps(allowed.tolist())),
        )
        return [(id_, -rank) for rank, id_ in sorted(ranked)[:k]]

    def document_frequency(self, tokens: Iterable[str]) -> dict[str, int]:
        """In how many paragraphs each token occurs; 0 where in none."""
        words = {token: as_word(token) for token in tokens}
        found: dict[str, int] = dict(
            self._database.rows(
                "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))",
                (json.dumps(list(words.values())),),
            )
        )
        return {token: found.get(word, 0) for token, word in words.items()}

    def missing(self) -> list[int]:
        """Paragraphs without a row of words that searches should see."""
        rows = self._database.rows(
            "SELECT id FROM paragraph WHERE id NOT IN (SELECT id FROM word_docsize)"
            f" AND id NOT IN {UNCOUNTED}"
        )
        return [row[0] for row in rows]

    def surplus(self) -> list[int]:
        """Rows of words without a paragraph, or of one that searches should not see."""
        rows = self._database.rows(
            "SELECT id FROM word_docsize WHERE id NOT IN (SELECT id FROM paragraph)"
            f" OR id IN {UNCOUNTED}"
        )
        return [row[0] for row in rows]

    def of(self, paragraph_ids: Iterable[int]) -> dict[int, str]:
        """The `joined` tokens of paragraphs, as they were indexed."""
        return dict(
            self._database.for_ids(
                "SELECT rowid, words FROM word WHERE rowid IN (SELECT value FROM json_each(?))",
                paragraph_ids,
            )
        )

    def sound(self) -> bool:
        """Whether FTS5 finds its own index whole and in agreement with the words it keeps."""
        try:
            self._database.run("INSERT INTO word (word) VALUES ('integrity-check')")
        except LibraryDamaged:
            return False
        return True
