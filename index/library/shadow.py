"""The vector store as the shadow of the catalogue: published after changes, loaded on demand."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.errors import LibraryBusy, LibraryDamaged
from index.library.layout import Layout
from index.vectors import ExactStore, Generation, Generations
from index.vectors.protocol import Ids

Half = NDArray[np.float16]


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

    def publish(self, *, anew: bool = False) -> int:
        """Write a new generation from the catalogue; returns its number. For the lock's holder.

        A passage never changes under its id, so vectors that the present generation holds whole
        are taken from there, which is several times faster; `anew=True` reads all of them from
        the catalogue.
        """
        with self._catalogue.database.snapshot():
            stamp = self._catalogue.facts.stamp
            encoder = self._catalogue.facts.encoder
            held = None if anew else self._held(encoder)
            if held is None:
                ids, vectors = self._catalogue.vectors.by_passage(encoder)
            else:
                ids, vectors = self._completed(encoder, *held)
        return self.generations.publish(ids, vectors, encoder=encoder, stamp=stamp)

    def _held(self, encoder: str) -> tuple[Ids, Half] | None:
        try:
            loaded = self.generations.load()
        except LibraryDamaged:
            return None
        if loaded is None or loaded[0].encoder != encoder or not len(loaded[1]):
            return None
        return loaded[1:]

    def _completed(self, encoder: str, held_ids: Ids, held: Half) -> tuple[Ids, Half]:
        """The held vectors of passages that are still there, with those of all new passages."""
        wanted = self._catalogue.vectors.passages()
        kept = np.isin(held_ids, wanted, assume_unique=True)
        new = np.setdiff1d(wanted, held_ids, assume_unique=True)
        new_ids, fresh = self._catalogue.vectors.by_passage(encoder, new)
        ids = np.concatenate([held_ids[kept], new_ids])
        vectors = np.concatenate([held[kept], fresh.reshape(-1, held.shape[1])])
        if len(new_ids) and len(ids) > len(new_ids) and new_ids[0] < ids[-len(new_ids) - 1]:
            order = np.argsort(ids)  # ids of new passages are higher, unless one was missing before
            ids, vectors = ids[order], vectors[order]
        return ids, vectors

    def nothing(self) -> ExactStore:
        """What a reader has before the first generation: empty, of the encoder's dimension where
        the catalogue holds vectors already."""
        known = self._catalogue.vectors.known_encoder(self._catalogue.facts.encoder)
        return ExactStore.empty(known[1] if known else 0)

    def newest_number(self) -> int:
        """Number of the published generation; 0 where there is none or it cannot be read."""
        try:
            return self.generations.newest_number()
        except LibraryDamaged:  # said by `load` and `verify`; words can still be searched
            return 0

    def load(self) -> tuple[Generation | None, ExactStore]:
        """The newest generation and its store; (None, empty) where none was published.

        Raises LibraryDamaged where files are missing or do not match their checksums.
        """
        loaded = self.generations.load()
        if loaded is None:
            return None, ExactStore.empty()
        generation, ids, vectors = loaded
        return generation, ExactStore(ids, vectors)


class Reader:
    """The generation that one library object has open, loaded at first use, for any thread."""

    def __init__(self, shadow: Shadow) -> None:
        self._shadow = shadow
        self._lock = threading.Lock()
        self._opened: tuple[int, ExactStore, str] | None = None

    def store_of(self, encoder: str) -> ExactStore:
        """The store of this generation, surely of vectors that `encoder` made.

        Raises LibraryDamaged, and LibraryBusy where the library has just taken another encoder
        and its vectors are not published yet.
        """
        with self._lock:
            if self._opened is None or self._opened[2] != encoder:  # "" before the first one
                self._opened = self._load()
            _, store, made_by = self._opened
        if len(store) and made_by != encoder:
            raise LibraryBusy(
                "资料库正在换用新的模型，还差最后一步，请过一会儿再查；按词语查找不受影响。"
            )
        return store

    @property
    def number(self) -> int:
        """Number of the open generation, or of the one that would be opened now."""
        opened = self._opened
        return opened[0] if opened is not None else self._shadow.newest_number()

    def refresh(self) -> bool:
        """Open the newest generation where another is open; True where that changed anything."""
        with self._lock:
            if self._opened is None or self._shadow.newest_number() in (0, self._opened[0]):
                return False
            self._opened = self._load()
            return True

    def _load(self) -> tuple[int, ExactStore, str]:
        generation, store = self._shadow.load()
        if generation is None:
            return 0, self._shadow.nothing(), ""
        return generation.number, store, generation.encoder
