"""Writing documents: what will change is worked out first, then carried out as a whole."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from index.catalogue.database import Database, Row
from index.catalogue.vectors import text_hash
from index.datatypes import Paragraph, PreparedDocument, Span


@dataclass(frozen=True, slots=True)
class Change:
    """What writing a document will do, worked out before the transaction begins."""

    key: str
    """Tells the documents of one file apart."""
    document: PreparedDocument
    old_id: int | None
    """Id of the document that this one replaces."""
    kept: tuple[tuple[int, Paragraph], ...]
    """Paragraphs whose text and passages are there already, under the id they keep."""
    new: tuple[Paragraph, ...]
    gone: tuple[int, ...]
    """Ids of paragraphs that the document had and has no more."""
    same: bool
    """Nothing at all differs."""


class Changes:
    """Writes the tables `document`, `paragraph`, `passage` and `removal`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, file_id: int | None, key: str, document: PreparedDocument) -> Change:
        """Compare a document with what is kept under the same file and key.

        A paragraph keeps its id where its text is cut into the same passages, wherever it stands
        now; of several equal ones the first keeps the first id. So links to paragraphs outlive an
        edit elsewhere in the document.
        """
        row = self._database.rows(
            "SELECT id, content_hash FROM document WHERE file_id = ? AND key = ?", (file_id, key)
        )
        if not row:
            return Change(key, document, None, (), document.paragraphs, (), False)
        old_id, content_hash = row[0]
        if content_hash == document.content_hash:
            return Change(key, document, old_id, (), (), (), True)
        spans: dict[int, list[Span]] = defaultdict(list)
        for paragraph_id, first, past in self._database.rows(
            "SELECT paragraph_id, passage.first, passage.past FROM passage"
            " JOIN paragraph ON paragraph.id = paragraph_id WHERE document_id = ?"
            " ORDER BY passage.id",
            (old_id,),
        ):
            spans[paragraph_id].append((first, past))
        waiting: dict[tuple[str, tuple[Span, ...]], deque[int]] = defaultdict(deque)
        for id_, text in self._database.rows(
            "SELECT id, text FROM paragraph WHERE document_id = ? ORDER BY number", (old_id,)
        ):
            waiting[text, tuple(spans[id_])].append(id_)
        kept: list[tuple[int, Paragraph]] = []
        new: list[Paragraph] = []
        for paragraph in document.paragraphs:
            ids = waiting[paragraph.text, tuple((p.start, p.end) for p in paragraph.passages)]
            if ids:
                kept.append((ids.popleft(), paragraph))
            else:
                new.append(paragraph)
        gone = tuple(id_ for ids in waiting.values() for id_ in ids)
        return Change(key, document, old_id, tuple(kept), tuple(new), gone, False)

    def write(self, changes: Iterable[tuple[int, Change]]) -> list[tuple[int, Paragraph]]:
        """Carry out (file id, change), inside the caller's transaction.

        Returns (id, paragraph) of the new paragraphs: the caller adds their words.
        """
        document_id = self._database.next_id("document")
        paragraph_id = self._database.next_id("paragraph")
        removals: list[Row] = []
        moved: list[Row] = []
        gone: list[tuple[int]] = []
        added: list[tuple[int, int, Paragraph]] = []
        for file_id, change in changes:
            if change.same:
                continue
            if change.old_id is None:
                id_, document_id = document_id, document_id + 1
                self._insert(id_, file_id, change)
            else:
                id_ = change.old_id
                self._update(id_, change)
                self._database.run("DELETE FROM removal WHERE document_id = ?", (id_,))
            removals += (
                (id_, position, removal.rule, removal.block, removal.text)
                for position, removal in enumerate(change.document.removals)
            )
            moved += ((*_placed(paragraph), kept) for kept, paragraph in change.kept)
            gone += ((paragraph,) for paragraph in change.gone)
            for paragraph in change.new:
                added.append((paragraph_id, id_, paragraph))
                paragraph_id += 1
        self._database.many("DELETE FROM paragraph WHERE id = ?", gone)
        self._database.many(
            "UPDATE paragraph SET number = ?, level = ?, heading_path = ?, first = ?, past = ?,"
            " page = ?, place = ?, recognised = ? WHERE id = ?",
            moved,
        )
        self._database.many(
            "INSERT INTO paragraph (number, level, heading_path, first, past, page, place,"
            " recognised, text, document_id, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (*_placed(paragraph), paragraph.text, document, id_)
                for id_, document, paragraph in added
            ),
        )
        self._database.many(
            "INSERT INTO passage (paragraph_id, first, past, text_hash) VALUES (?, ?, ?, ?)",
            (
                (
                    id_,
                    passage.start,
                    passage.end,
                    text_hash(paragraph.text[passage.start : passage.end]),
                )
                for id_, _, paragraph in added
                for passage in paragraph.passages
            ),
        )
        self._database.many(
            "INSERT INTO removal (document_id, position, rule, block, text) VALUES (?, ?, ?, ?, ?)",
            removals,
        )
        return [(id_, paragraph) for id_, _, paragraph in added]

    def delete(self, ids: Iterable[int]) -> None:
        """Delete documents with their paragraphs, passages, removals and words."""
        self._database.many("DELETE FROM document WHERE id = ?", ((id_,) for id_ in ids))

    def delete_others(self, file_id: int, keys: set[str]) -> int:
        """Delete the documents of a file that it no longer holds; returns how many."""
        rows = self._database.rows("SELECT id, key FROM document WHERE file_id = ?", (file_id,))
        others = [id_ for id_, key in rows if key not in keys]
        self.delete(others)
        return len(others)

    def _insert(self, id_: int, file_id: int, change: Change) -> None:
        self._database.run(
            "INSERT INTO document (external_id, format, title, unit, year, kind, characters,"
            " paragraphs, passages, removals, content_hash, period, origins, file_id, key, id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_described(change.document), file_id, change.key, id_),
        )

    def _update(self, id_: int, change: Change) -> None:
        self._database.run(
            "UPDATE document SET external_id = ?, format = ?, title = ?, unit = ?, year = ?,"
            " kind = ?, characters = ?, paragraphs = ?, passages = ?, removals = ?,"
            " content_hash = ?, period = ?, origins = ? WHERE id = ?",
            (*_described(change.document), id_),
        )


def _described(document: PreparedDocument) -> Row:
    metadata = document.metadata
    return (
        document.external_id,
        document.format,
        metadata.title,
        metadata.unit,
        metadata.year,
        metadata.kind,
        sum(len(paragraph.text) for paragraph in document.paragraphs),
        len(document.paragraphs),
        sum(len(paragraph.passages) for paragraph in document.paragraphs),
        len(document.removals),
        document.content_hash,
        metadata.period,
        json.dumps([asdict(origin) for origin in document.origins], ensure_ascii=False),
    )


def _placed(paragraph: Paragraph) -> Row:
    return (
        paragraph.number,
        paragraph.level,
        json.dumps(paragraph.heading_path, ensure_ascii=False),
        paragraph.start,
        paragraph.end,
        paragraph.page,
        paragraph.place,
        paragraph.recognised,
    )
