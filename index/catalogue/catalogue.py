"""The catalogue as one object: open the file, then ask its parts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.catalogue.absences import Absences
from index.catalogue.changes import Changes
from index.catalogue.database import Database
from index.catalogue.decisions import Decisions
from index.catalogue.documents import Documents
from index.catalogue.exact import ExactWording
from index.catalogue.facts import Facts
from index.catalogue.files import Files
from index.catalogue.mends import Mends
from index.catalogue.migrations import MIGRATIONS, migrate, schema_version
from index.catalogue.places import Places
from index.catalogue.twins import Twins
from index.catalogue.vectors import Vectors
from index.catalogue.words import Words
from index.errors import LibraryDamaged


class Catalogue:
    """One SQLite file. Safe for any number of threads; writing needs the writer's lock, but for
    lines that are only added: decisions, and vectors of texts.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     catalogue = Catalogue(Path(folder, "catalogue.sqlite"))
    ...     catalogue.migrate()
    ...     catalogue.documents.totals()
    ...     catalogue.close()
    (0, 0, 0, 0)
    """

    def __init__(self, file: Path) -> None:
        """Open `file` (absolute); it is made where it is not there, and then needs `migrate`."""
        self.file = file
        self.database = Database(file)
        self.facts = Facts(self.database)
        places = Places(file.parent)
        self.files = Files(self.database, places)
        self.absences = Absences(self.database, places)
        self.changes = Changes(self.database)
        self.documents = Documents(self.database, places)
        self.mends = Mends(self.database)
        self.vectors = Vectors(self.database)
        self.words = Words(self.database)
        self.exact = ExactWording(self.database)
        self.twins = Twins(self.database)
        self.decisions = Decisions(self.database)

    @property
    def outdated(self) -> bool:
        """Whether `migrate` has steps to take. Raises SchemaTooNew, LibraryDamaged."""
        return schema_version(self.database) < len(MIGRATIONS)

    def migrate(self) -> None:
        """Bring the tables to the newest form."""
        migrate(self.database)

    @contextmanager
    def change(self) -> Iterator[None]:
        """A transaction that changes what readers see: all or nothing, and a new version."""
        with self.database.transaction():
            yield
            self.facts.changed()

    def damage(self) -> list[str]:
        """What SQLite's own check finds: damaged pages and rows whose parents are missing."""
        try:
            found = [row[0] for row in self.database.rows("PRAGMA integrity_check(20)")]
            if found != ["ok"]:
                return found
            return [
                f"{table} {rowid}: no {parent}"
                for table, rowid, parent, _ in self.database.rows("PRAGMA foreign_key_check")
            ]
        except LibraryDamaged as error:  # too damaged even for the check
            return [str(error.__cause__)]

    def bytes_on_disk(self) -> int:
        """Size of the file and its write-ahead log, in bytes."""
        total = 0
        for suffix in ("", "-wal"):
            path = self.file.with_name(self.file.name + suffix)
            if path.exists():
                total += path.stat().st_size
        return total

    def close(self) -> None:
        """Close the connections of all threads."""
        self.database.close()
