"""SQLite's FTS5 over jieba's words with spaces between them.

FTS5 has no tokenizer for Chinese: `unicode61` takes a whole clause for one word. So words are cut
before; the table keeps the index alone (`content=''`). Any word may match, bm25 ranks.
"""

from __future__ import annotations

import sqlite3

from peers.given import Found, Given, Search
from peers.words import words


def build(given: Given) -> None:
    with sqlite3.connect(given.folder / "index.db") as database:
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(words, content='')")
        database.executemany(
            "INSERT INTO texts(rowid, words) VALUES (?, ?)",
            ((number, " ".join(words(text))) for number, text in enumerate(given.texts())),
        )
        database.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    database.close()


def opened(given: Given) -> Search:
    database = sqlite3.connect(given.folder / "index.db")

    def search(query: str, count: int) -> Found:
        asked = " OR ".join(
            f'"{word.replace(chr(34), "")}"' for word in dict.fromkeys(words(query))
        )
        if not asked:
            return []
        rows = database.execute(
            "SELECT rowid, -rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?",
            (asked, count),
        )
        return [(number, score) for number, score in rows]

    return search
