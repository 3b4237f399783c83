"""Files that are kept although they are not to be seen, and the disks that folders lay on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from index.catalogue.database import Database
from index.catalogue.places import Places

Away = tuple[str, str]
"""(what is missing: the folder, or the file itself; why it is taken to be missing, one word)."""


class Absences:
    """The columns of `file` about absence and the table `disk`. Writing is in a transaction."""

    def __init__(self, database: Database, places: Places) -> None:
        self._database = database
        self._places = places

    def all(self) -> dict[str, Away]:
        """Files that are away, by path."""
        rows = self._database.rows(
            "SELECT path, away, away_why FROM file WHERE away <> '' ORDER BY path"
        )
        shown = self._places.shown
        return {shown(path): (shown(away), why) for path, away, why in rows}

    def note(self, away: Mapping[str, Away], here: Iterable[str]) -> bool:
        """Say which files are away now, and which are here again; True where that changes any."""
        before = self.all()
        changed = [
            (self._places.kept(folder), why, self._places.kept(path))
            for path, (folder, why) in away.items()
            if before.get(path) != (folder, why)
        ]
        changed += [("", "", self._places.kept(path)) for path in here if path in before]
        self._database.many("UPDATE file SET away = ?, away_why = ? WHERE path = ?", changed)
        return bool(changed)

    def disks(self) -> dict[str, str]:
        """Folder -> number of the device that it lay on, of named folders and of mounted ones."""
        rows = self._database.rows("SELECT folder, device FROM disk ORDER BY folder")
        return {self._places.shown(folder): device for folder, device in rows}

    def note_disks(self, folders: Iterable[str], disks: Mapping[str, str]) -> None:
        """Replace what is known of `folders` and of all below them by `disks`."""
        known = self.disks()
        within = tuple(folders)
        old = [
            disk
            for disk in known
            if any(disk == one or disk.startswith(one.rstrip(os.sep) + os.sep) for one in within)
        ]
        gone = [(self._places.kept(disk),) for disk in old if disk not in disks]
        self._database.many("DELETE FROM disk WHERE folder = ?", gone)
        self._database.many(
            "INSERT INTO disk (folder, device) VALUES (?, ?)"
            " ON CONFLICT (folder) DO UPDATE SET device = excluded.device",
            [
                (self._places.kept(disk), device)
                for disk, device in disks.items()
                if known.get(disk) != device
            ],
        )
