"""What the library is: encoder, terms, and the version that changes with every change."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from index.catalogue.database import Database


class Facts:
    """Named values about the whole library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def encoder(self) -> str:
        """Name of the encoder that the library's vectors are made with."""
        return self._get("encoder")

    @encoder.setter
    def encoder(self, name: str) -> None:
        self._set("encoder", name)

    @property
    def version(self) -> int:
        """Rises with every committed change of documents, words or encoder."""
        return int(self._get("version") or 0)

    @property
    def stamp(self) -> str:
        """Names the present state of documents and encoder: equal stamps, equal content.

        Unlike the version it is random, so a state that a power cut took back is never taken for
        the one that came in its place.
        """
        return self._get("stamp")

    def changed(self) -> None:
        """Raise the version and draw a new stamp; belongs in the transaction that changes."""
        self._set("version", str(self.version + 1))
        self._set("stamp", secrets.token_hex(8))

    @property
    def terms_fingerprint(self) -> str:
        """Fingerprint of the tokenizer that cut the words in the catalogue."""
        return self._get("terms_fingerprint")

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms that this tokenizer was made with."""
        return tuple(json.loads(self._get("terms") or "[]"))

    def set_terms(self, terms: Sequence[str], fingerprint: str) -> None:
        """Remember how the words in the catalogue were cut."""
        self._set("terms", json.dumps(list(terms), ensure_ascii=False))
        self._set("terms_fingerprint", fingerprint)

    def _get(self, name: str) -> str:
        value = self._database.value("SELECT value FROM fact WHERE name = ?", (name,))
        return "" if value is None else str(value)

    def _set(self, name: str, value: str) -> None:
        self._database.run(
            "INSERT INTO fact (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )
