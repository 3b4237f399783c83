"""The fingerprints in step with the catalogue: made when they are asked for, kept when possible."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.alignment.folded import Codes
from index.catalogue import Catalogue
from index.catalogue.texts import Texts
from index.errors import LibraryBusy, LibraryDamaged
from index.fingerprints import Corpus, Matches, PrintFiles, Segment, joined
from index.fingerprints.files import Stored
from index.library.layout import Layout
from index.library.writer import Writer

Numbers = NDArray[np.int64]

MOST_SEGMENTS = 6
"""So many are asked one after another; more are joined."""
MOST_DEAD = 0.25
"""Share of a segment's documents that may be gone before it is made smaller."""


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """The fingerprints of one state of a library. For any number of threads."""

    segments: tuple[Segment, ...]
    documents: Numbers
    """int64 (n,), rising: ids of the documents that count."""
    _living: tuple[Numbers | None, ...]
    """For each segment the ids of its living documents; None: all live."""

    def lengths(self) -> dict[int, int]:
        """Compared characters of every document that counts, by id."""
        lengths: dict[int, int] = {}
        for segment, living in zip(self.segments, self._living, strict=True):
            sizes = np.diff(segment.written.starts)
            kept = slice(None) if living is None else np.isin(segment.documents, living)
            lengths.update(zip(segment.documents[kept].tolist(), sizes[kept].tolist(), strict=True))
        return lengths

    @property
    def whole(self) -> bool:
        """Whether it is one segment of which every document counts."""
        return all(living is None for living in self._living) and len(self.segments) <= 1

    def corpus(self) -> Corpus:
        """All documents that count as one row of characters, to be compared with itself: at once
        where they are `whole`, else they are joined first, every time."""
        return Corpus.of_segments(self.segments, self._living)

    def joined(self) -> Segment:
        """All documents that count as one segment."""
        return joined(
            self.segments,
            [
                np.ones(len(segment.documents), np.bool_)
                if living is None
                else np.isin(segment.documents, living)
                for segment, living in zip(self.segments, self._living, strict=True)
            ],
        )

    def written(self, text: Codes) -> Matches:
        """Every run of 13 compared characters that `text` (of `fold`) shares with a document."""
        return Matches.joined(
            segment.written.shared(text, living)
            for segment, living in zip(self.segments, self._living, strict=True)
        )

    def skeletons(self, text: Codes) -> Matches:
        """The same for `text` of `skeleton`; places are characters of the skeletons."""
        return Matches.joined(
            segment.skeletons.shared(text, living)
            for segment, living in zip(self.segments, self._living, strict=True)
        )


class PrintKeeper:
    """Makes what is missing, writes it where nobody else writes, and maps the rest."""

    def __init__(self, layout: Layout, catalogue: Catalogue, writer: Writer) -> None:
        self._catalogue = catalogue
        self._texts = Texts(catalogue.database)
        self._writer = writer
        self._lock = threading.Lock()
        self._version = -1
        self._current: Prints | None = None
        self._opened: list[tuple[Stored | None, Segment]] = []
        """What is mapped, and at the end perhaps what is only in memory (None)."""
        self.files = PrintFiles(layout.fingerprints)

    def current(self, *, whole: bool = False) -> Prints:
        """The fingerprints of the library as it is now. Raises LibraryDamaged.

        The first time, and after changes, the texts that are new are read and folded: a second
        for 100,000 paragraphs. `whole`: as one segment, which is kept, so that comparing the
        library with itself again need not join them again.
        """
        with self._lock:
            version = self._catalogue.facts.version
            if self._current is None or version != self._version:
                self._current = self._followed()
                self._version = version
            if whole and not self._current.whole:
                self._current = self._as_one(self._current)
            return self._current

    def problems(self) -> list[str]:
        """Sentences about segments on disk that cannot be read or hold other texts than the
        catalogue. Documents that are not in any of them yet are no problem: they come in when
        somebody asks."""
        try:
            opened = self.files.read()
        except LibraryDamaged as error:
            return [str(error)]
        with self._catalogue.database.snapshot():
            ids, keys = self._texts.keys()
            key_of = dict(zip(ids.tolist(), keys.tolist(), strict=True))
            different = 0
            for _, segment in opened:
                living = segment.documents[segment.alive(ids, keys)].tolist()
                texts = self._texts.paragraphs(living)
                true = Segment.of((id_, key_of[id_], text) for id_, text in texts)
                kept = joined([segment], [segment.alive(ids, keys)])
                different += not true.equals(kept)
        if different:
            return [f"比对文件里有 {different} 份与资料库不同。请运行“重建”。"]
        return []

    def renew(self) -> None:
        """Make all of them anew. For the holder of the writer's lock."""
        with self._lock:
            self._opened = []
            self._current = None
            self.files.write((), None)

    def _followed(self) -> Prints:
        with self._catalogue.database.snapshot():
            ids, keys = self._texts.keys()
            known = self._known(ids, keys)
            missing = np.setdiff1d(ids, known, assume_unique=True)
            if len(missing):
                key_of = dict(zip(ids.tolist(), keys.tolist(), strict=True))
                texts = self._texts.paragraphs(missing.tolist())
                new = Segment.of((id_, key_of[id_], text) for id_, text in texts)
                self._opened.append((None, new))
        self._keep(ids, keys)
        segments = [segment for _, segment in self._opened]
        living: list[Numbers | None] = []
        for segment in segments:
            alive = segment.alive(ids, keys)
            living.append(None if alive.all() else segment.documents[alive])
        return Prints(tuple(segments), ids, tuple(living))

    def _known(self, ids: Numbers, keys: Numbers) -> Numbers:
        """Ids of the documents whose fingerprints are there, int64, rising."""
        try:
            listed = self.files.listed()
            held = {stored.name: segment for stored, segment in self._opened if stored}
            if set(held) != {stored.name for stored in listed}:
                self._opened = [
                    *self.files.read(),
                    *((stored, segment) for stored, segment in self._opened if stored is None),
                ]
        except LibraryDamaged:
            # A shadow: what cannot be read is made again, and written over when somebody may.
            self._opened = []
        covered: set[int] = set()
        useful: list[tuple[Stored | None, Segment]] = []
        for stored, segment in self._opened:
            alive = set(segment.documents[segment.alive(ids, keys)].tolist())
            if stored is None and alive <= covered:
                continue  # written by another process since
            covered |= alive
            useful.append((stored, segment))
        self._opened = useful
        return np.array(sorted(covered), np.int64)

    def _as_one(self, prints: Prints) -> Prints:
        """One segment instead of several: on disk where nobody else writes, else in memory."""
        segment = prints.joined()
        try:
            with self._writer.hold("整理比对索引", patience=0.0):
                (stored,) = self.files.write((), segment)
                segment = self.files.opened(stored)
                self._opened = [(stored, segment)]
        except LibraryBusy:
            pass  # what is mapped stays, for the next state of the library
        return Prints((segment,), prints.documents, (None,))

    def _keep(self, ids: Numbers, keys: Numbers) -> None:
        """Write what is only in memory, and join small or mostly dead segments with it."""
        new = [segment for stored, segment in self._opened if stored is None]
        stored = [(name, segment) for name, segment in self._opened if name is not None]
        size = sum(len(segment.written.codes) for segment in new)
        alive = {id(segment): segment.alive(ids, keys) for _, segment in stored}
        worn = [
            (name, segment)
            for name, segment in stored
            if (len(segment.documents) and 1 - alive[id(segment)].mean() > MOST_DEAD)
            or len(segment.written.codes) < 2 * size
        ]
        if len(stored) - len(worn) + 1 > MOST_SEGMENTS:
            worn = stored
        if not new and not worn:
            return
        try:
            with self._writer.hold("整理比对索引", patience=0.0):
                gathered = [segment for _, segment in worn] + new
                masks = [segment.alive(ids, keys) for segment in gathered]
                whole = joined(gathered, masks) if len(gathered) > 1 or worn else gathered[0]
                gone = {name.name for name, _ in worn}
                kept = [name for name, _ in stored if name.name not in gone]
                written = self.files.write(kept, whole if len(whole.documents) else None)
                self._opened = [(one, self.files.opened(one)) for one in written]
        except LibraryBusy:
            return  # in memory it serves as well; whoever asks next tries again
