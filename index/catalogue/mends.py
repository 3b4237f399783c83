"""Values that a person mended: they win over whatever is read, until they are taken back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict

from index.catalogue.database import Database
from index.datatypes import Metadata, Origin

_FIELDS = ("title", "unit", "year", "kind", "period")
_THESE = "(SELECT value FROM json_each(?))"


class Mends:
    """The table `mend`, by file and key, so that a value outlives its document being read anew."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_files(self, file_ids: Iterable[int]) -> dict[int, dict[str, Metadata]]:
        """What was mended in the documents of files: file id -> key of the document -> values."""
        values: dict[tuple[int, str], dict[str, str | int]] = defaultdict(dict)
        for file_id, key, field, value in self._database.for_ids(
            f"SELECT file_id, key, field, value FROM mend WHERE file_id IN {_THESE}", file_ids
        ):
            values[file_id, key][field] = int(value) if field == "year" else value
        found: dict[int, dict[str, Metadata]] = defaultdict(dict)
        for (file_id, key), said in values.items():
            found[file_id][key] = Metadata(**said)  # type: ignore[arg-type]
        return dict(found)

    def note(self, document_ids: Collection[int], told: Metadata) -> None:
        """Keep the fields that `told` sets, and write them into the documents at once.

        A heading path that was only the title, for want of headings, takes the new title along.
        """
        listed = json.dumps(list(document_ids))
        said = {name: value for name in _FIELDS if (value := getattr(told, name)) not in (None, "")}
        if "title" in said:
            self._database.many(
                "UPDATE paragraph SET heading_path = ? WHERE document_id = ? AND heading_path = ?",
                (
                    (_path(str(said["title"])), id_, _path(title))
                    for id_, title in self._database.rows(
                        f"SELECT id, title FROM document WHERE id IN {_THESE}", (listed,)
                    )
                ),
            )
        for name, value in said.items():
            self._database.run(
                "INSERT INTO mend (file_id, key, field, value)"
                f" SELECT file_id, key, ?, ? FROM document WHERE id IN {_THESE}"
                " ON CONFLICT (file_id, key, field) DO UPDATE SET value = excluded.value",
                (name, str(value), listed),
            )
            self._database.run(
                f"UPDATE document SET {name} = ?, content_hash = '' WHERE id IN {_THESE}",
                (value, listed),  # of other values: the next reading writes its own
            )
        rows = self._database.rows(
            f"SELECT id, origins FROM document WHERE id IN {_THESE}", (listed,)
        )
        self._database.many(
            "UPDATE document SET origins = ? WHERE id = ?",
            [(_with_mended(origins, said), id_) for id_, origins in rows],
        )

    def forget(self, document_ids: Collection[int]) -> None:
        """Drop what was mended in these documents; their values change when they are read anew."""
        self._database.run(
            "DELETE FROM mend WHERE (file_id, key) IN"
            f" (SELECT file_id, key FROM document WHERE id IN {_THESE})",
            (json.dumps(list(document_ids)),),
        )


def _path(title: str) -> str:
    return json.dumps((title,), ensure_ascii=False)


def _with_mended(origins: str, fields: Collection[str]) -> str:
    found = {one["field"]: one for one in json.loads(origins)}
    for name in _FIELDS:
        if name in fields:
            found[name] = asdict(Origin(name, "mended", 1.0))  # type: ignore[arg-type]
    return json.dumps([found[name] for name in _FIELDS if name in found], ensure_ascii=False)
