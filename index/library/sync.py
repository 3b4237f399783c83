"""`Library.sync` as one sentence: look, take in what is new, drop what is gone, publish."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from index.catalogue import Catalogue
from index.datatypes import Metadata, Progress, SyncResult
from index.embedding import Encoder
from index.library import repeated
from index.library.intake import Intake
from index.library.pace import Report
from index.library.shadow import Shadow
from index.library.survey import Survey, survey
from index.reading.options import READ_OPTIONS, ReadOptions
from index.text import Tokenizer

PUBLISH_EVERY = 60.0
"""Seconds: what a long import has taken in so far can be found by meaning this soon."""


def synchronise(
    catalogue: Catalogue,
    shadow: Shadow,
    encoder: Callable[[], Encoder],
    tokenizer: Tokenizer,
    paths: Iterable[Path | str],
    options: Metadata,
    report: Report | None,
    reading: ReadOptions = READ_OPTIONS,
) -> SyncResult:
    """Make the catalogue agree with the files under `paths`. For the holder of the writer's lock.

    Whatever ends it early, what was committed stays, is published, and the next sync goes on from
    there.
    """
    begun = time.monotonic()
    found = survey(
        paths,
        catalogue.files.all(),
        catalogue.files.roots(),
        options,
        catalogue.absences.all(),
        catalogue.absences.disks(),
        recognise=reading.recognise,
    )
    publisher = _Publisher(shadow, report)
    words = repeated.words_of(lambda: tokenizer)
    intake = Intake(
        catalogue,
        encoder,
        tokenizer,
        report=report,
        reading=reading,
        written=publisher.publish_now_and_then,
    )
    try:
        _note(catalogue, found)
        intake.take(found.to_read)
        if found.gone:
            with catalogue.change():
                catalogue.files.delete(found.gone)
                catalogue.twins.agree(words)
        twins = repeated.look(catalogue, words)
    finally:
        publisher.publish_if_stale()
        if catalogue.files.queue():
            catalogue.files.queue_set(())  # it was interrupted, and nobody reads on
    read = {candidate.record.path for candidate in found.to_read}
    taken = intake.taken
    return SyncResult(
        added=tuple(taken.added),
        updated=tuple(taken.updated),
        unchanged=tuple(sorted([*found.unchanged, *taken.unchanged])),
        removed=tuple(found.gone),
        moved=tuple(found.moved),
        failed=tuple(sorted([*found.failed, *taken.failed], key=lambda failure: failure.path)),
        partly_read=tuple(taken.partly_read),
        held=tuple(one for one in catalogue.files.held() if one.path in read),
        twins=twins,
        documents=taken.documents,
        paragraphs=taken.paragraphs,
        encoded=taken.encoded,
        seconds=time.monotonic() - begun,
    )


def _note(catalogue: Catalogue, found: Survey) -> None:
    known = catalogue.files.roots()
    folders = {path for path, folder in {**known, **found.roots}.items() if folder}
    with catalogue.database.transaction():
        for path, folder in found.roots.items():
            # A file below a folder that was named comes again with the folder.
            if not folder and any(str(parent) in folders for parent in Path(path).parents):
                continue
            if known.get(path) != folder:
                catalogue.files.add_root(path, folder)
        for record in found.touched:
            catalogue.files.save(record)
        for old, new in found.moved:
            catalogue.files.move(old, new)
        changed = catalogue.absences.note(found.away, found.here)
        catalogue.absences.note_disks(found.folders, found.disks)
        if found.moved or changed:
            catalogue.facts.changed()


class _Publisher:
    """Publishes when asked, and now and then in between, at a 20th of the time at most."""

    def __init__(self, shadow: Shadow, report: Report | None) -> None:
        self._shadow = shadow
        self._report = report
        self._last = -math.inf  # the first window at once: a new library answers soon
        self._cost = 0.0

    def publish_now_and_then(self) -> None:
        if time.monotonic() - self._last > max(PUBLISH_EVERY, 20.0 * self._cost):
            self.publish_if_stale()

    def publish_if_stale(self) -> None:
        if not self._shadow.stale():
            return
        if self._report is not None:
            self._report(Progress("publishing", 0, 1))
        begun = time.monotonic()
        self._shadow.publish()
        self._last = time.monotonic()
        self._cost = self._last - begun
        if self._report is not None:
            self._report(Progress("publishing", 1, 1))


def delete_discarded(catalogue: Catalogue) -> None:
    """Delete uploaded copies whose documents were removed."""
    for path in catalogue.files.discarded():
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
        catalogue.files.forget_discarded(path)
