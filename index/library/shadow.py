"""The vector store as the shadow of the catalogue: published after changes, loaded on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np

from index.catalogue import Catalogue
from index.errors import LibraryBusy, LibraryDamaged
from index.library.layout import Layout
from index.library.writer import Writer
from index.vectors import (
    ExactStore,
    Generations,
    Joined,
    Loaded,
    StoredPart,
    VectorStore,
    growth,
    store_of,
)
from index.vectors.protocol import Ids


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

        A passage never changes under its id, so what the present generation holds stays where it
        is: only new vectors are written, with the small parts that they are joined with, and the
        ids of what is gone. `anew=True` reads and writes all of them.
        """
        with self._catalogue.database.snapshot():
            stamp = self._catalogue.facts.stamp
            encoder = self._catalogue.facts.encoder
            if not anew:
                try:
                    held = self.generations.load(only_ids=True)
                    if held is not None and held.generation.encoder == encoder:
                        return self._publish_onto(held, encoder, stamp)
                except LibraryDamaged:
                    pass  # a shadow: what cannot be read is made again
            ids, vectors = self._catalogue.vectors.by_passage(encoder)
        return self.generations.publish(
            Joined([(ids, vectors)]).contents() if len(ids) else None,
            dimension=int(vectors.shape[1]),
            encoder=encoder,
            stamp=stamp,
        )

    def _publish_onto(self, held: Loaded, encoder: str, stamp: str) -> int:
        parts = held.generation.parts
        wanted = self._catalogue.vectors.passages()
        known = [held.parts[part].ids for part in parts]
        # no id stands in two parts
        together = np.concatenate([np.empty(0, np.int64), *known])
        new, fresh = self._catalogue.vectors.by_passage(
            encoder, np.setdiff1d(wanted, together, assume_unique=True)
        )
        removed = np.sort(np.setdiff1d(together, wanted, assume_unique=True))
        places = growth.joined_at_once(_sizes(parts, known, removed), len(new))
        dimension = held.generation.dimension or int(fresh.shape[1])  # 0 before the first vector
        opened = [self.generations.part(parts[place], dimension) for place in places]
        joined = Joined(
            [(part.ids, part.vectors) for part in opened] + [(new, fresh.reshape(-1, dimension))],
            removed,
        )
        gone = [part.ids for part in opened]
        return self.generations.publish(
            joined.contents() if len(joined) else None,
            kept=[part for place, part in enumerate(parts) if place not in places],
            removed=np.setdiff1d(removed, np.concatenate([removed[:0], *gone])),
            dimension=dimension,
            encoder=encoder,
            stamp=stamp,
        )

    def settled(self) -> bool:
        """Whether no parts wait to be joined or sorted into lists."""
        try:
            held = self.generations.load(only_ids=True)
        except LibraryDamaged:
            return True  # `rebuild` comes first
        return held is None or not self._unsettled(held)

    def settle(self, writer: Writer, stop: Callable[[], bool] = lambda: False) -> bool:
        """Join the parts that have grown too many, sort large ones into lists; True where it was
        needed and done.

        Takes as long as training does, a minute for half a million vectors, and holds the
        writer's lock only while it writes: meanwhile others search, add and publish. Where what
        was trained is not there any more in the end, nothing is changed. What readers find stays
        the same. Raises Stopped, LibraryBusy, LibraryDamaged.
        """
        held = self.generations.load(only_ids=True)
        places = [] if held is None else self._unsettled(held)
        if held is None or not places:
            return False
        generation = held.generation
        chosen = [generation.parts[place] for place in places]
        opened = [self.generations.part(part, generation.dimension) for part in chosen]
        joined = Joined([(part.ids, part.vectors) for part in opened], held.removed)
        inverted = growth.inverted_from(len(joined))
        contents = joined.trained(stop) if inverted else joined.contents()
        with writer.hold("整理向量文件"):
            newest = self.generations.load(only_ids=True)
            if newest is None or not set(chosen) <= set(newest.generation.parts):
                return False
            replaced = np.concatenate([newest.parts[part].ids for part in chosen])
            needed = np.setdiff1d(replaced, newest.removed, assume_unique=True)
            if len(np.setdiff1d(needed, joined.ids, assume_unique=True)):
                return False  # what was removed then has come back meanwhile
            kept = [part for part in newest.generation.parts if part not in chosen]
            there = np.concatenate([joined.ids, *(newest.parts[part].ids for part in kept)])
            self.generations.publish(
                contents if len(joined) else None,
                kept=kept,
                removed=np.intersect1d(newest.removed, there),
                dimension=generation.dimension,
                encoder=generation.encoder,
                stamp=newest.generation.stamp,
            )
        return True

    def _unsettled(self, held: Loaded) -> list[int]:
        parts = held.generation.parts
        known = [held.parts[part].ids for part in parts]
        return growth.joined_later(_sizes(parts, known, held.removed))

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

    def load(self, held: Loaded | None) -> tuple[Loaded, VectorStore] | None:
        """The newest generation and its store; None where none was published.

        Parts that `held` has open are taken from there: the files of half a million passages are
        not read again because a report came. Raises LibraryDamaged where files are missing or do
        not match their checksums.
        """
        loaded = self.generations.load(held.parts if held else {})
        if loaded is None:
            return None
        parts = [loaded.parts[part] for part in loaded.generation.parts]
        return loaded, store_of(parts, loaded.removed, loaded.generation.dimension)


def _sizes(parts: Sequence[StoredPart], ids: Sequence[Ids], removed: Ids) -> list[growth.Size]:
    return [
        growth.Size(part.count, int(np.isin(removed, known).sum()), part.inverted)
        for part, known in zip(parts, ids, strict=True)
    ]


class Reader:
    """The generation that one library object has open, loaded at first use, for any thread."""

    def __init__(self, shadow: Shadow) -> None:
        self._shadow = shadow
        self._lock = threading.Lock()
        self._opened: tuple[int, VectorStore, str] | None = None
        self._loaded: Loaded | None = None

    def store_of(self, encoder: str) -> VectorStore:
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

    def _load(self) -> tuple[int, VectorStore, str]:
        found = self._shadow.load(self._loaded)
        if found is None:
            return 0, self._shadow.nothing(), ""
        self._loaded, store = found
        generation = self._loaded.generation
        return generation.number, store, generation.encoder
