"""SQLite's FTS5 with its own `trigram` tokenizer, which its guide offers for substrings.

A whole question hardly stands in any text as it is, so any three characters in a row of it may
match and bm25 ranks. Shorter queries go by LIKE, which the guide says such a table supports; it
ranks nothing, so shorter texts come first.
"""

from __future__ import annotations

import sqlite3

from peers.given import Found, Given, Search


def build(given: Given) -> None:
    with sqlite3.connect(given.folder / "index.db") as database:
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, tokenize='trigram')")
        database.executemany(
            "INSERT INTO texts(rowid, text) VALUES (?, ?)", enumerate(given.texts())
        )
        database.execute("INSERT INTO texts(texts) VALUES ('optimize')")
    database.close()


def trigrams(query: str) -> list[str]:
    """Three characters in a row, none twice, none across punctuation."""
    bare = "".join(letter if letter.isalnum() else " " for letter in query)
    return list(
        dict.fromkeys(run[at : at + 3] for run in bare.split() for at in range(len(run) - 2))
    )


def opened(given: Given) -> Search:
    database = sqlite3.connect(given.folder / "index.db")

    def search(query: str, count: int) -> Found:
        asked = " OR ".join(f'"{three}"' for three in trigrams(query))
        if asked:
            rows = database.execute(
                "SELECT rowid, -rank FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT ?",
                (asked, count),
            )
        elif not any(map(str.isalnum, query)):
            return []
        else:
            rows = database.execute(
                # `+`: past the index, by which SQLite 3.40 finds no two Chinese characters
                "SELECT rowid, 0.0 FROM texts WHERE +text LIKE ? ORDER BY length(text) LIMIT ?",
                (f"%{query.strip()}%", count),
            )
        return [(number, score) for number, score in rows]

    return search
