"""Which documents repeat others, and which of them are counted: seen by searches and topics.

What is not counted keeps its paragraphs, passages and vectors, but has no row in `word`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.catalogue.database import Database

UNCOUNTED = (
    "(SELECT paragraph.id FROM document JOIN paragraph ON document_id = document.id"
    " WHERE document.counted = 0)"
)
"""SQL: ids of the paragraphs that searches do not see."""


@dataclass(frozen=True, slots=True)
class State:
    """What the catalogue says of one document that repeats another, or might."""

    id: int
    text_hash: bytes | None
    """Empty for a text that is never a twin, None where the text was not looked at yet."""
    sha256: str
    """Of the file's bytes, hex."""
    file_id: int
    choice: int | None
    counted: int
    twin_of: int | None
    twin_kind: Literal["same_file", "same_text", "draft"] | None
    twin_shared: float | None


class Twins:
    """The columns of `document` about repetition. All writing is inside a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unseen(self) -> list[int]:
        """Documents whose text, or whose likeness to others, was not looked at yet; by id."""
        rows = self._database.rows(
            "SELECT id FROM document WHERE text_hash IS NULL"
            " OR (sketch IS NULL AND text_hash <> x'') ORDER BY id"
        )
        return [row[0] for row in rows]

    def texts(self, document_id: int) -> tuple[list[str], str]:
        """(texts of the paragraphs in order, format) of a document."""
        rows = self._database.rows(
            "SELECT text FROM paragraph WHERE document_id = ? ORDER BY number", (document_id,)
        )
        format_ = self._database.value("SELECT format FROM document WHERE id = ?", (document_id,))
        return [row[0] for row in rows], str(format_)

    def note(self, document_id: int, text_hash: bytes, sketch: bytes | None) -> None:
        """Keep what was made from the text of a document."""
        self._database.run(
            "UPDATE document SET text_hash = ?, sketch = ? WHERE id = ?",
            (text_hash, sketch, document_id),
        )

    def sketches(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Ids int64 (n,) rising and sketches uint32 (n, values) of documents that are no copies."""
        rows = self._database.rows(
            "SELECT id, sketch FROM document WHERE sketch IS NOT NULL"
            " AND (twin_kind IS NULL OR twin_kind = 'draft') ORDER BY id"
        )
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        packed = np.frombuffer(b"".join(row[1] for row in rows), "<u4").astype(np.uint32)
        return ids, packed.reshape(len(rows), -1) if rows else packed.reshape(0, 0)

    def stated(self) -> NDArray[np.int64]:
        """Unit, year and period of the documents of `sketches`, int64 (n, 3).

        Equal numbers stand for equal values, -1 for an unknown one.
        """
        rows = self._database.rows(
            "SELECT unit, year, period FROM document WHERE sketch IS NOT NULL"
            " AND (twin_kind IS NULL OR twin_kind = 'draft') ORDER BY id"
        )
        numbers: dict[object, int] = {None: -1}
        return np.array(
            [[numbers.setdefault(value, len(numbers)) for value in row] for row in rows],
            dtype=np.int64,
        ).reshape(-1, 3)

    def look_again(self, document_ids: Iterable[int]) -> None:
        """What could tell drafts from other documents has changed: look at these anew."""
        these = "(SELECT value FROM json_each(?))"
        listed = json.dumps(list(document_ids))
        self._database.run(
            "UPDATE document SET twin_of = NULL, twin_kind = NULL, twin_shared = NULL,"
            " sketch = NULL WHERE twin_kind = 'draft'"
            f" AND (id IN {these} OR twin_of IN {these})",
            (listed, listed),
        )
        self._database.run(f"UPDATE document SET sketch = NULL WHERE id IN {these}", (listed,))

    def note_draft(self, document_id: int, of: int, shared: float) -> None:
        """Say that a document is a draft of another, unless it repeats one more closely."""
        self._database.run(
            "UPDATE document SET twin_of = ?, twin_kind = 'draft', twin_shared = ? WHERE id = ?"
            " AND (twin_kind IS NULL OR (twin_kind = 'draft' AND twin_shared < ?))",
            (of, shared, document_id, shared),
        )

    def choose(self, document_id: int, counted: bool) -> None:
        """Remember what a person chose; the last one chosen against is the one that goes."""
        if not counted:
            self._database.run(
                "UPDATE document SET choice = NULL WHERE choice = 0 AND text_hash ="
                " (SELECT text_hash FROM document WHERE id = ? AND text_hash <> x'')",
                (document_id,),
            )
        self._database.run(
            "UPDATE document SET choice = ? WHERE id = ?", (int(counted), document_id)
        )

    def repeated(self) -> set[int]:
        """Ids of documents that repeat another or whose very text another repeats."""
        rows = self._database.rows(
            "SELECT id FROM document WHERE twin_of IS NOT NULL UNION"
            " SELECT twin_of FROM document WHERE twin_kind IN ('same_file', 'same_text')"
        )
        return {row[0] for row in rows if row[0] is not None}

    def forget(self, document_ids: Iterable[int], words: Callable[[str], str]) -> None:
        """Before documents change: count them again, and look at their drafts again."""
        ids = [(id_,) for id_ in document_ids]
        for (id_,) in ids:
            if self._database.value("SELECT counted FROM document WHERE id = ?", (id_,)) == 0:
                self._count(id_, True, words)
        self._database.many(
            "UPDATE document SET twin_of = NULL, sketch = NULL"
            " WHERE twin_of = ? AND twin_kind = 'draft'",
            ids,
        )
        self._database.many(
            "UPDATE document SET text_hash = NULL, sketch = NULL, twin_of = NULL,"
            " twin_kind = NULL, twin_shared = NULL WHERE id = ?",
            ids,
        )

    def agree(self, words: Callable[[str], str]) -> bool:
        """Bring relations, `counted` and the words in line; True where anything changed.

        Of equal texts the first is counted that a person did not choose against, and those that
        a person chose; a draft is counted unless a person chose otherwise. `words` cuts a text.
        """
        # what it was a draft of is gone or has changed: another may be found at the next look
        changed = self._database.run(
            "UPDATE document SET sketch = NULL, twin_kind = NULL, twin_shared = NULL"
            " WHERE twin_kind = 'draft' AND twin_of IS NULL"
        )
        states = [
            State(*row)
            for row in self._database.rows(
                "SELECT document.id, text_hash, sha256, file_id, choice, counted, twin_of,"
                " twin_kind, twin_shared FROM document JOIN file ON file.id = file_id"
                " WHERE counted = 0 OR twin_kind IS NOT NULL OR text_hash IN"
                " (SELECT text_hash FROM document WHERE text_hash <> x''"
                "  GROUP BY text_hash HAVING count(*) > 1) ORDER BY document.id"
            )
        ]
        groups: dict[object, list[State]] = defaultdict(list)
        for state in states:
            groups[state.text_hash or state.id].append(state)
        for group in groups.values():
            first = next((one for one in group if one.choice != 0), group[0])
            for one in group:
                changed += self._settle(one, first, group, words)
        return bool(changed)

    def _settle(
        self, one: State, first: State, group: Sequence[State], words: Callable[[str], str]
    ) -> int:
        twin: tuple[object, ...] = (None, None, None)
        counted = True
        if one is not first:
            same_file = one.sha256 == first.sha256 and one.file_id != first.file_id
            twin = (first.id, "same_file" if same_file else "same_text", 1.0)
            counted = one.choice == 1
        elif one.twin_kind == "draft" and one.twin_of not in {other.id for other in group}:
            twin = (one.twin_of, one.twin_kind, one.twin_shared)
            counted = one.choice != 0
        before = (one.twin_of, one.twin_kind, one.twin_shared)
        if twin != before:
            self._database.run(
                "UPDATE document SET twin_of = ?, twin_kind = ?, twin_shared = ? WHERE id = ?",
                (*twin, one.id),
            )
        if counted != bool(one.counted):
            self._count(one.id, counted, words)
        return int(twin != before or counted != bool(one.counted))

    def _count(self, document_id: int, counted: bool, words: Callable[[str], str]) -> None:
        self._database.run(
            "UPDATE document SET counted = ? WHERE id = ?", (int(counted), document_id)
        )
        self._database.run(
            "DELETE FROM word WHERE rowid IN (SELECT id FROM paragraph WHERE document_id = ?)",
            (document_id,),
        )
        if counted:
            self._database.many(
                "INSERT INTO word (rowid, words) VALUES (?, ?)",
                [
                    (id_, words(text))
                    for id_, text in self._database.rows(
                        "SELECT id, text FROM paragraph WHERE document_id = ? ORDER BY id",
                        (document_id,),
                    )
                ],
            )
