"""The same words on both sides: paragraphs and queries are always cut by one tokenizer."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from pathlib import Path

from index.catalogue import Catalogue
from index.catalogue.words import joined
from index.errors import LibraryBusy
from index.library.layout import Layout
from index.library.writer import Writer
from index.text import Tokenizer, default_terms, read_terms


class Terms:
    """Which terms the words of the catalogue were cut with, and how to follow a change.

    A person edits `terms.txt`; the catalogue remembers the terms that its words were cut with.
    Where the two differ, whoever notices first cuts all words again, if nobody else is writing.
    Until then queries are cut with the remembered terms, so both sides agree at every moment.
    """

    def __init__(
        self, layout: Layout, catalogue: Catalogue, writer: Writer, cache_folder: Path
    ) -> None:
        self._layout = layout
        self._catalogue = catalogue
        self._writer = writer
        self._cache_folder = cache_folder
        self._lock = threading.Lock()
        self._tokenizer: Tokenizer | None = None
        self._noticed: tuple[int, int] | None = None
        """Size and time of the terms.txt that was last compared with the catalogue."""

    def tokenizer(self) -> Tokenizer:
        """The tokenizer that cut the words in the catalogue."""
        with self._lock:
            self._follow(patience=0.0)
            return self._current()

    def agree(self) -> Tokenizer:
        """As `tokenizer`, but surely of the newest terms. For the holder of the writer's lock."""
        with self._lock:
            self._noticed = None
            self._follow(patience=None)
            return self._current()

    def cut_again(self) -> None:
        """Make all words anew, whether terms changed or not. For the holder of the lock."""
        with self._lock:
            self._cut_all(self._wanted())
            self._noticed = self._look()

    def newest(self) -> Tokenizer:
        """The tokenizer that terms.txt asks for now."""
        return self._made(self._wanted())

    def _follow(self, *, patience: float | None) -> None:
        seen = self._look()
        if self._noticed == seen:
            return
        terms = self._wanted()
        if self._made(terms).fingerprint != self._catalogue.facts.terms_fingerprint:
            try:
                with self._writer.hold("更新词表", patience=patience):
                    self._cut_all(terms)
            except LibraryBusy:
                if patience is None:
                    raise
                return  # asked again at the next query
        self._noticed = seen

    def _cut_all(self, terms: tuple[str, ...]) -> None:
        tokenizer = self._made(terms)

        def rows() -> Iterator[tuple[int, str]]:
            for id_, text in self._catalogue.documents.texts():
                yield id_, joined(tokenizer.tokens(text))

        with self._catalogue.change():
            self._catalogue.words.replace_all(rows())
            self._catalogue.facts.set_terms(terms, tokenizer.fingerprint)
        self._tokenizer = tokenizer

    def _current(self) -> Tokenizer:
        # Another process may have cut the words again since the last query.
        fingerprint = self._catalogue.facts.terms_fingerprint
        if self._tokenizer is None or self._tokenizer.fingerprint != fingerprint:
            self._tokenizer = self._made(self._catalogue.facts.terms)
        return self._tokenizer

    def _wanted(self) -> tuple[str, ...]:
        own = read_terms(self._layout.terms) if self._layout.terms.is_file() else ()
        return tuple(dict.fromkeys((*default_terms(), *own)))

    def _made(self, terms: tuple[str, ...]) -> Tokenizer:
        return _tokenizer(terms, self._cache_folder)

    def _look(self) -> tuple[int, int]:
        try:
            stat = self._layout.terms.stat()
        except FileNotFoundError:
            return (-1, -1)
        return stat.st_size, stat.st_mtime_ns


@functools.lru_cache(maxsize=2)
def _tokenizer(terms: tuple[str, ...], cache_folder: Path) -> Tokenizer:
    """One for all libraries of this process with the same terms: each loads a dictionary."""
    return Tokenizer(terms, cache_folder)
