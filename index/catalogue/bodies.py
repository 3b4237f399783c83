"""Body paragraphs as topics are measured on them: many at once, and nothing that is not needed."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database

Ids = NDArray[np.int64]
Choice = Callable[[int], Iterable[int]]
"""From how many there are to which of them are wanted, counted from 0."""


@dataclass(frozen=True, slots=True)
class Body:
    """A paragraph that is no heading."""

    id: int
    document_id: int
    title: str
    """Of the document."""
    year: int | None
    text: str
    headings: tuple[str, ...]
    """The heading path, outermost first."""
    passages: tuple[int, ...]
    """Ids, in order."""


_BODY = (
    "SELECT paragraph.id, document_id, title, year, text, heading_path"
    " FROM paragraph JOIN document ON document.id = document_id"
)
_CHOSEN = "(SELECT value FROM json_each(?))"


class Bodies:
    """Reads `document`, `paragraph` and `passage`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keys(self) -> tuple[Ids, Ids]:
        """(ids, keys) of all counted documents, int64 (n,) each, ids rising.

        A key changes with the document's title, year, headings and paragraphs. Ids of paragraphs
        are never given twice, so among the states of one document their number and the highest of
        them name the set.
        """
        documents = self._database.rows(
            "SELECT id, content_hash, title, year FROM document WHERE counted ORDER BY id"
        )
        # from the index alone; joined with the documents it takes four times as long
        held = {
            document: (number, highest)
            for document, number, highest in self._database.rows(
                "SELECT document_id, count(*), max(id) FROM paragraph GROUP BY document_id"
            )
        }
        ids, keys = np.empty(len(documents), np.int64), np.empty(len(documents), np.int64)
        for row, (id_, content, title, year) in enumerate(documents):
            named = repr((content, title, year, held.get(id_))).encode()
            digest = hashlib.blake2b(named, digest_size=8).digest()
            ids[row], keys[row] = id_, int.from_bytes(digest, "little", signed=True)
        return ids, keys

    def of_documents(self, ids: Iterable[int]) -> list[Body]:
        """The body paragraphs of documents, those of each together and in order."""
        wanted = list(ids)
        condition = f" WHERE level = 0 AND document_id IN {_CHOSEN}"
        passages = self._database.for_ids(
            "SELECT paragraph_id, passage.id FROM paragraph"
            f" JOIN passage ON paragraph_id = paragraph.id{condition}",
            wanted,
        )
        rows = self._database.for_ids(f"{_BODY}{condition} ORDER BY document_id, number", wanted)
        return _bodies(rows, passages)

    def some_of(self, document_ids: Iterable[int], chosen: Choice) -> list[Body]:
        """Of the body paragraphs of each document those at the places that `chosen` names."""
        wanted: list[int] = []
        for document in document_ids:
            ids = self._database.rows(
                "SELECT id FROM paragraph WHERE document_id = ? AND level = 0 ORDER BY number",
                (document,),
            )
            wanted += (ids[place][0] for place in chosen(len(ids)))
        return self.by_id(wanted)

    def by_id(self, paragraph_ids: Iterable[int]) -> list[Body]:
        """The body paragraphs among `paragraph_ids` that are there."""
        wanted = list(paragraph_ids)
        passages = self._database.for_ids(
            f"SELECT paragraph_id, id FROM passage WHERE paragraph_id IN {_CHOSEN}", wanted
        )
        condition = f" WHERE level = 0 AND paragraph.id IN {_CHOSEN}"
        return _bodies(self._database.for_ids(_BODY + condition, wanted), passages)

    def owners(self) -> tuple[Ids, Ids, Ids, Ids]:
        """(paragraphs, their documents, passages, their paragraphs) of all that is there, int64;
        the first and the third rising."""
        paragraphs = np.array(
            self._database.rows("SELECT id, document_id FROM paragraph ORDER BY id"), np.int64
        ).reshape(-1, 2)
        passages = np.array(
            self._database.rows("SELECT id, paragraph_id FROM passage ORDER BY id"), np.int64
        ).reshape(-1, 2)
        return paragraphs[:, 0], paragraphs[:, 1], passages[:, 0], passages[:, 1]


def _bodies(
    rows: Iterable[tuple[int, int, str, int | None, str, str]], passages: Iterable[tuple[int, int]]
) -> list[Body]:
    of: dict[int, list[int]] = defaultdict(list)
    for paragraph, passage in passages:
        of[paragraph].append(passage)
    return [
        Body(id_, document, title, year, text, tuple(json.loads(path)), tuple(sorted(of[id_])))
        for id_, document, title, year, text, path in rows
    ]
