"""The vector store as the shadow of the catalogue: published after changes, loaded on demand."""

from __future__ import annotations

from index.catalogue import Catalogue
from index.errors import LibraryDamaged
from index.library.layout import Layout
from index.vectors import ExactStore, Generation, Generations


class Shadow:
    """Keeps `vectors/` in step with the catalogue."""

    def __init__(self, layout: Layout, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.generations = Generations(layout.vectors)

    def stale(self) -> bool:
        """Whether the published vectors show another state than the catalogue's.

        False where they cannot be read: that is for `verify` to say and `rebuild` to mend.
        """
        try:
            generation = self.generations.current()
        except LibraryDamaged:
            return False
        if generation is None:
            return self._catalogue.documents.totals()[2] > 0
        return generation.stamp != self._catalogue.facts.stamp

    def publish(self) -> int:
        """Write a new generation from the catalogue; returns its number. For the lock's holder."""
        with self._catalogue.database.snapshot():
            stamp = self._catalogue.facts.stamp
            encoder = self._catalogue.facts.encoder
            ids, vectors = self._catalogue.vectors.by_passage(encoder)
        return self.generations.publish(ids, vectors, encoder=encoder, stamp=stamp)

    def load(self) -> tuple[Generation | None, ExactStore]:
        """The newest generation and its store; (None, empty) where none was published.

        Raises LibraryDamaged where files are missing or do not match their checksums.
        """
        loaded = self.generations.load()
        if loaded is None:
            return None, ExactStore.empty()
        generation, ids, vectors = loaded
        return generation, ExactStore(ids, vectors)
