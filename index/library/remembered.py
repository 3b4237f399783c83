"""Answers that are asked for again with every search, kept until the library changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.datatypes import Filters

Ids = NDArray[np.int64]

_MOST_FILTERS = 32
_MOST_TOKENS = 100_000


class Remembered:
    """Which paragraphs a filter allows, and how many carry a word. For any number of threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._version = -1
        self._allowed: dict[Filters, tuple[Ids, Ids]] = {}
        self._frequencies: dict[str, int] = {}

    def allowed(self, filters: Filters) -> tuple[Ids, Ids] | None:
        """(paragraph ids, passage ids), both sorted; None: everything. The topic is ignored."""
        chosen = replace(filters, topic=None)
        if chosen.empty:
            return None
        allowed, _ = self._current()
        found = allowed.get(chosen)
        if found is None:
            found = self._catalogue.documents.allowed(chosen)
            if len(allowed) >= _MOST_FILTERS:
                allowed.clear()
            allowed[chosen] = found
        return found

    def document_frequency(self, tokens: Iterable[str]) -> dict[str, int]:
        """In how many paragraphs each token occurs; 0 where in none."""
        _, known = self._current()
        found = {token: known.get(token, -1) for token in tokens}
        unknown = [token for token, frequency in found.items() if frequency < 0]
        if unknown:
            found.update(self._catalogue.words.document_frequency(unknown))
            if len(known) + len(unknown) > _MOST_TOKENS:
                known.clear()
            known.update((token, found[token]) for token in unknown)
        return found

    def _current(self) -> tuple[dict[Filters, tuple[Ids, Ids]], dict[str, int]]:
        """The dictionaries of the present version; older ones are left to whoever holds them."""
        version = self._catalogue.facts.version
        with self._lock:
            if version != self._version:
                self._version, self._allowed, self._frequencies = version, {}, {}
            return self._allowed, self._frequencies
