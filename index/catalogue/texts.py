"""Whole documents as a row of paragraphs: which texts there are, and what stands in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database
from index.datatypes import InPlace

Ids = NDArray[np.int64]


class Texts:
    """The texts of counted documents: of what is there twice only one, as in searches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keys(self) -> tuple[Ids, Ids]:
        """(ids, keys) of all counted documents, int64 (n,) each, ids rising.

        A key names the text: made of the ids of its paragraphs in their order, which are never
        given to another text.
        """
        ids: list[int] = []
        keys: list[int] = []
        for document, paragraphs in self._database.rows(
            "SELECT document_id, group_concat(id) FROM (SELECT document_id, paragraph.id AS id"
            " FROM paragraph JOIN document ON document.id = document_id WHERE counted"
            " ORDER BY document_id, number) GROUP BY document_id ORDER BY document_id"
        ):
            digest = hashlib.blake2b(paragraphs.encode(), digest_size=8).digest()
            ids.append(document)
            keys.append(int.from_bytes(digest, "little", signed=True))
        return np.array(ids, np.int64), np.array(keys, np.int64)

    def paragraphs(self, document_ids: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """(id, texts of its paragraphs in order) of each document, as asked."""
        for id_ in document_ids:
            rows = self._database.rows(
                "SELECT text FROM paragraph WHERE document_id = ? ORDER BY number", (id_,)
            )
            yield id_, [text for (text,) in rows]

    def paragraph_ids(self, document_ids: Iterable[int]) -> dict[int, list[int]]:
        """Ids of the paragraphs of each document, in order."""
        return {
            id_: [
                row[0]
                for row in self._database.rows(
                    "SELECT id FROM paragraph WHERE document_id = ? ORDER BY number", (id_,)
                )
            ]
            for id_ in document_ids
        }

    def in_place(self, paragraph_ids: Iterable[int]) -> dict[int, InPlace]:
        """The paragraphs that are there, with what stands above each and where it is from."""
        rows = self._database.for_ids(
            "SELECT paragraph.id, text, level, heading_path, title, document_id, unit"
            " FROM paragraph JOIN document ON document.id = document_id"
            " WHERE paragraph.id IN (SELECT value FROM json_each(?))",
            paragraph_ids,
        )
        return {
            id_: InPlace(text, level, path[-1] if (path := json.loads(headings)) else "", *of)
            for id_, text, level, headings, *of in rows
        }

    def some(self, count: int) -> list[str]:
        """Texts of at most `count` paragraphs that searches see, evenly over their ids."""
        first, last = self._database.rows("SELECT min(id), max(id) FROM paragraph")[0]
        if last is None:
            return []
        wanted = np.unique(np.linspace(first, last, count).astype(np.int64)).tolist()
        rows = self._database.for_ids(
            "SELECT text FROM paragraph JOIN document ON document.id = document_id"
            " WHERE counted AND paragraph.id IN (SELECT (SELECT min(id) FROM paragraph"
            " WHERE id >= value) FROM json_each(?)) ORDER BY paragraph.id",
            wanted,
        )
        return [text for (text,) in rows]
