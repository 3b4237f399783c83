"""Documents, their paragraphs and passages as they are read back; `changes` writes them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database, Row
from index.catalogue.files import held_from
from index.catalogue.places import Places
from index.catalogue.twins import UNCOUNTED
from index.catalogue.vectors import text_hash
from index.datatypes import (
    Entry,
    Filters,
    Origin,
    Removal,
    Source,
    StoredParagraph,
    Twin,
)

_ENTRY = (
    "document.id, title, unit, year, kind, path, external_id, format, characters, paragraphs,"
    " removals, period, counted, origins, held, twin_of, twin_kind, twin_shared,"
    " (SELECT other.title FROM document AS other WHERE other.id = document.twin_of)"
)


class Documents:
    """Reads the tables `document`, `paragraph`, `passage` and `removal`."""

    def __init__(self, database: Database, places: Places) -> None:
        self._database = database
        self._places = places

    def entries(self) -> list[Entry]:
        """All documents, in the order in which they came."""
        rows = self._database.rows(
            f"SELECT {_ENTRY} FROM document JOIN file ON file.id = file_id ORDER BY document.id"
        )
        return [self._entry(row) for row in rows]

    def entries_by_id(self, ids: Iterable[int]) -> dict[int, Entry]:
        """The documents among `ids` that are there."""
        rows = self._database.for_ids(
            f"SELECT {_ENTRY} FROM document JOIN file ON file.id = file_id"
            " WHERE document.id IN (SELECT value FROM json_each(?))",
            ids,
        )
        return {row[0]: self._entry(row) for row in rows}

    def entries_of_files(self, paths: Iterable[str]) -> list[Entry]:
        """The documents of files, in the order of their ids."""
        rows = [
            row
            for path in paths
            for row in self._database.rows(
                f"SELECT {_ENTRY} FROM document JOIN file ON file.id = file_id WHERE path = ?",
                (self._places.kept(path),),
            )
        ]
        return [self._entry(row) for row in sorted(rows, key=lambda row: int(row[0]))]

    def paragraphs(self, document_id: int) -> list[StoredParagraph]:
        """The paragraphs of a document, in order."""
        ids = self._database.rows(
            "SELECT id FROM paragraph WHERE document_id = ? ORDER BY number", (document_id,)
        )
        found = self.paragraphs_by_id(row[0] for row in ids)
        return sorted(found.values(), key=lambda paragraph: paragraph.number)

    def paragraphs_by_id(self, ids: Iterable[int]) -> dict[int, StoredParagraph]:
        """The paragraphs among `ids` that are there, with their sources and passages."""
        ids = list(ids)
        with self._database.snapshot():
            rows = self._database.for_ids(
                "SELECT paragraph.id, text, level, first, past, number, page, heading_path,"
                " document_id, external_id, title, unit, year, kind, path, place, recognised,"
                " period"
                " FROM paragraph JOIN document ON document.id = document_id"
                " JOIN file ON file.id = file_id"
                " WHERE paragraph.id IN (SELECT value FROM json_each(?))",
                ids,
            )
            passages = self.passages_of(ids)
        return {
            row[0]: StoredParagraph(
                id=row[0],
                text=row[1],
                level=row[2],
                start=row[3],
                end=row[4],
                source=Source(
                    document_id=row[8],
                    external_id=row[9],
                    title=row[10],
                    unit=row[11],
                    year=row[12],
                    kind=row[13],
                    path=self._places.shown(row[14]),
                    heading_path=tuple(json.loads(row[7])),
                    paragraph=row[5],
                    page=row[6],
                    place=row[15],
                    recognised=bool(row[16]),
                    period=row[17],
                ),
                passages=tuple((start, end) for _, start, end in passages.get(row[0], ())),
            )
            for row in rows
        }

    def removals(self, document_id: int) -> list[Removal]:
        """What cleaning took away from a document, in order."""
        rows = self._database.rows(
            "SELECT rule, text, block FROM removal WHERE document_id = ? ORDER BY position",
            (document_id,),
        )
        return [Removal(*row) for row in rows]

    def paragraph_of(self, passage_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
        """Passage id -> (paragraph id, start, end); passages that are gone are left out."""
        rows = self._database.for_ids(
            "SELECT id, paragraph_id, first, past FROM passage"
            " WHERE id IN (SELECT value FROM json_each(?))",
            passage_ids,
        )
        return {id_: (paragraph, first, past) for id_, paragraph, first, past in rows}

    def passages_of(self, paragraph_ids: Iterable[int]) -> dict[int, list[tuple[int, int, int]]]:
        """Paragraph id -> [(passage id, start, end)] in order; unknown ids are left out."""
        found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for paragraph, id_, first, past in self._database.for_ids(
            "SELECT paragraph_id, id, first, past FROM passage"
            " WHERE paragraph_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            paragraph_ids,
        ):
            found[paragraph].append((id_, first, past))
        return dict(found)

    def allowed(self, filters: Filters) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(paragraph ids, passage ids) of the counted documents that match, both sorted."""
        documents = self._matching(filters)
        listed = "(SELECT value FROM json_each(?))"
        paragraphs = self._database.for_ids(
            f"SELECT group_concat(id) FROM paragraph WHERE document_id IN {listed}", documents
        )
        passages = self._database.for_ids(
            "SELECT group_concat(passage.id) FROM paragraph JOIN passage"
            f" ON paragraph_id = paragraph.id WHERE document_id IN {listed}",
            documents,
        )
        return _listed_ids(paragraphs), _listed_ids(passages)

    def totals(self) -> tuple[int, int, int, int]:
        """(documents, paragraphs, passages, characters)."""
        return self._database.rows(
            "SELECT count(*), coalesce(sum(paragraphs), 0), coalesce(sum(passages), 0),"
            " coalesce(sum(characters), 0) FROM document"
        )[0]

    def counted_paragraphs(self) -> int:
        """How many paragraphs searches see."""
        sql = "SELECT coalesce(sum(paragraphs), 0) FROM document WHERE counted = 1"
        return int(self._database.value(sql))

    def counts(self) -> tuple[dict[str, int], dict[int, int], dict[str, int]]:
        """Documents by unit, by year and by kind; unknown ones are left out."""
        rows = self._database.rows("SELECT unit, year, kind FROM document")
        units = Counter(row[0] for row in rows if row[0] is not None)
        years = Counter(row[1] for row in rows if row[1] is not None)
        kinds = Counter(row[2] for row in rows if row[2] is not None)
        return (
            dict(sorted(units.items(), key=lambda item: (-item[1], item[0]))),
            dict(sorted(years.items())),
            dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        )

    def texts(self) -> Iterator[tuple[int, str]]:
        """(paragraph id, text) of all that searches see, by id."""
        yield from self._database.each(
            f"SELECT id, text FROM paragraph WHERE id NOT IN {UNCOUNTED} ORDER BY id"
        )

    def with_wrong_hashes(self) -> list[int]:
        """Ids of paragraphs a passage of which is not the text that its hash was made from."""
        wrong = []
        for id_, text, first, past, known in self._database.each(
            "SELECT paragraph.id, text, passage.first, passage.past, text_hash"
            " FROM passage JOIN paragraph ON paragraph.id = paragraph_id"
        ):
            if text_hash(text[first:past]) != known:
                wrong.append(id_)
        return sorted(set(wrong))

    def with_wrong_counts(self) -> list[int]:
        """Ids of documents that hold another number of paragraphs or passages than they state."""
        rows = self._database.rows(
            "SELECT id FROM document WHERE paragraphs <>"
            " (SELECT count(*) FROM paragraph WHERE document_id = document.id) OR passages <>"
            " (SELECT count(*) FROM paragraph JOIN passage ON paragraph_id = paragraph.id"
            "  WHERE document_id = document.id)"
        )
        return [row[0] for row in rows]

    def _entry(self, row: Row) -> Entry:
        id_, title, unit, year, kind, path, external_id, format_ = row[:8]
        characters, paragraphs, removals = row[8:11]
        period, counted, origins, held, twin_of, twin_kind, shared, twin_title = row[11:]
        return Entry(
            id_,
            title,
            unit,
            year,
            kind,
            self._places.shown(path),
            external_id,
            format_,
            characters,
            paragraphs,
            removals,
            period=period,
            origins=_origins(origins),
            twin=(None if twin_of is None else Twin(twin_of, twin_title, twin_kind, shared)),
            counted=bool(counted),
            held=held_from(held),
        )

    def _matching(self, filters: Filters) -> list[int]:
        conditions = ["counted = 1"]
        parameters: list[object] = []
        if filters.year is not None:
            conditions.append("year BETWEEN ? AND ?")
            parameters += filters.year
        for column, wanted in (("unit", filters.unit), ("kind", filters.kind)):
            if wanted is None:
                continue
            exact = self._database.value(f"SELECT 1 FROM document WHERE {column} = ?", (wanted,))
            conditions.append(f"{column} = ?" if exact else f"instr({column}, ?)")
            parameters.append(wanted)
        rows = self._database.rows(
            f"SELECT id FROM document WHERE {' AND '.join(conditions)}", parameters
        )
        ids = [row[0] for row in rows]
        if filters.document_ids is not None:
            ids = [id_ for id_ in ids if id_ in filters.document_ids]
        return ids


@lru_cache(maxsize=1024)
def _origins(text: str) -> tuple[Origin, ...]:
    """How each field was found: of twenty thousand documents in two dozen ways, so they are kept.
    A review and many a page ask for all documents, of which this was two thirds of the time."""
    return tuple(Origin(**origin) for origin in json.loads(text))


def _listed_ids(rows: Iterable[Row]) -> NDArray[np.int64]:
    """The ids of `group_concat`, sorted: of a hundred thousand in half the time of as many rows."""
    listed = [np.fromstring(ids, dtype=np.int64, sep=",") for (ids,) in rows if ids]
    return np.sort(np.concatenate(listed)) if listed else np.empty(0, np.int64)
