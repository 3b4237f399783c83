"""From files to rows, a window at a time: read, prepare, encode what is new, write.

Reading goes on in children (`index.preparing`) while a window is encoded and written.

Vectors are kept as they come, so an interruption loses no encoding. The documents of a window are
written in one transaction together with their words, so none is ever half there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from index.catalogue import Catalogue
from index.catalogue.changes import Change
from index.catalogue.vectors import text_hash
from index.catalogue.words import joined
from index.datatypes import FileFailure, PreparedDocument, Sensitive
from index.embedding import Encoder
from index.errors import EncoderError, ReadError
from index.library.pace import Pace, Report
from index.library.repeated import words_of
from index.library.spool import Spool
from index.library.survey import Candidate, metadata_from
from index.preparing import Job, Preparer, key_of
from index.reading.options import READ_OPTIONS, ReadOptions
from index.text import Tokenizer

WINDOW_PASSAGES = 4096
WINDOW_CHARACTERS = 2_000_000
WINDOW_DOCUMENTS = 5000
"""A window is written when it holds so many new passages, characters or documents."""

_KINDS = {
    "secrecy": "密级标志",
    "id_number": "身份证号",
    "mobile": "手机号码",
    "bank_card": "银行卡号",
}


@dataclass(slots=True)
class _FileUnderway:
    """A file of which some documents may be written already."""

    candidate: Candidate
    id: int | None
    keys: set[str] = field(default_factory=set)
    notes: dict[str, None] = field(default_factory=dict)
    """What could not be read although the rest could, each once, in order."""
    sensitive: list[Sensitive] = field(default_factory=list)
    """What in it asks for a decision; with any, nothing of it goes in."""
    found: bool = False
    """Whether anything of that kind stands in it, accepted or not."""
    changed: bool = False


@dataclass(slots=True)
class _Window:
    """What will be written together."""

    documents: list[tuple[_FileUnderway, Change]] = field(default_factory=list)
    finished: list[_FileUnderway] = field(default_factory=list)
    texts: dict[bytes, str] = field(default_factory=dict)
    """Passages of new paragraphs by hash."""
    characters: int = 0

    @property
    def full(self) -> bool:
        return (
            len(self.texts) >= WINDOW_PASSAGES
            or self.characters >= WINDOW_CHARACTERS
            or len(self.documents) >= WINDOW_DOCUMENTS
        )


@dataclass(slots=True)
class Taken:
    """What came of it. Paths of files."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[FileFailure] = field(default_factory=list)
    partly_read: list[FileFailure] = field(default_factory=list)
    held: list[FileFailure] = field(default_factory=list)
    documents: int = 0
    paragraphs: int = 0
    encoded: int = 0


class Intake:
    """One run over the files that are to be read. For the holder of the writer's lock."""

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: Callable[[], Encoder],
        tokenizer: Tokenizer,
        *,
        report: Report | None = None,
        accept_sensitive: bool = False,
        reading: ReadOptions = READ_OPTIONS,
        written: Callable[[], None] = lambda: None,
    ) -> None:
        """`encoder` is called at the first text that has no vector; `written` after each window."""
        self._catalogue = catalogue
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._words = words_of(lambda: tokenizer)
        self._written = written
        self._accept_sensitive = accept_sensitive
        self._options = reading
        self._reading = Pace("reading", report)
        self._encoding = Pace("encoding", report)
        self._bytes_read = 0
        self._bytes_total = 0
        self._to_encode = 0
        self.taken = Taken()

    def take(self, candidates: Sequence[Candidate]) -> None:
        """Read all of `candidates`; those that cannot be read are noted with their reasons."""
        self._bytes_total = sum(candidate.record.size for candidate in candidates)
        mended = self._catalogue.mends.of_files(one.old[0] for one in candidates if one.old)
        jobs = [
            Job(
                one.record.path,
                one.given,
                mended.get(one.old[0], {}) if one.old else {},
                metadata_from(one.record.options),
            )
            for one in candidates
        ]
        if not jobs:
            return
        self._queue(job.path for job in jobs)
        try:
            with Preparer(jobs, options=self._options) as preparer:
                self._take(preparer, candidates)
        finally:
            self._queue(())

    def _queue(self, paths: Iterable[str]) -> None:
        with self._catalogue.database.transaction():
            self._catalogue.files.queue_set(paths)

    def _take(self, preparer: Preparer, candidates: Sequence[Candidate]) -> None:
        window = _Window()
        self._reading.begin()
        for number, candidate in enumerate(candidates):
            self._reading.tell(number, len(candidates), candidate.record.path)
            underway = _FileUnderway(candidate, candidate.old[0] if candidate.old else None)
            spool = Spool(preparer.documents(number), self._catalogue.file.parent)
            try:
                for change in self._changes(underway, spool):
                    if underway.sensitive:
                        continue  # to its end: a person decides once, seeing everything
                    window.documents.append((underway, change))
                    self._gather(window, change)
                    if window.full:
                        # Of a file that turns out to be unreadable further down nothing may stay.
                        self._take_the_rest(underway, spool)
                        if not underway.sensitive:
                            window = self._flush(window)
            except ReadError as error:
                _drop(window, underway)
                self._note_failure(underway, error.reason)
            else:
                if underway.sensitive:
                    _drop(window, underway)
                    self._hold(underway)
                else:
                    window.finished.append(underway)
            finally:
                spool.close()
            self._bytes_read += candidate.record.size
        self._reading.tell(len(candidates), len(candidates))
        self._flush(window)
        self._reading.pause()

    def _changes(
        self,
        underway: _FileUnderway,
        spool: Spool,
    ) -> Iterator[Change]:
        for position, (prepared, notes) in enumerate(spool):
            underway.notes.update(dict.fromkeys(notes))
            if not spool.whole:
                self._look_at(underway, prepared)
            key = key_of(prepared.external_id, position, underway.keys)
            underway.keys.add(key)
            yield self._catalogue.changes.plan(underway.id, key, prepared)

    def _gather(self, window: _Window, change: Change) -> None:
        for paragraph in change.new:
            window.characters += len(paragraph.text)
            for passage in paragraph.passages:
                text = paragraph.text[passage.start : passage.end]
                window.texts[text_hash(text)] = text

    def _look_at(self, underway: _FileUnderway, prepared: PreparedDocument) -> None:
        underway.found = underway.found or bool(prepared.sensitive)
        if not self._accepted(underway.candidate):
            underway.sensitive += prepared.sensitive

    def _take_the_rest(self, underway: _FileUnderway, spool: Spool) -> None:
        if not spool.whole:
            for prepared in spool.take_the_rest():
                self._look_at(underway, prepared)

    def _flush(self, window: _Window) -> _Window:
        """Write the window; returns the next one, empty."""
        self._reading.pause()
        if window.documents or window.finished:
            self._encode(window.texts)
            self._write(window)
            self._written()
        self._reading.begin()
        return _Window()

    def _encode(self, texts: dict[bytes, str]) -> None:
        vectors = self._catalogue.vectors
        hashes = list(texts)
        missing = vectors.missing(self._catalogue.facts.encoder, hashes)
        hashes = [key for key in hashes if key in missing]
        if not hashes:
            return
        self._to_encode += len(hashes)
        share = self._bytes_read / self._bytes_total if self._bytes_total else 1.0
        # An estimate while files are left to read.
        total = math.ceil(self._to_encode / share) if 0.0 < share < 1.0 else self._to_encode
        self._encoding.begin()
        for count in encode_and_keep(self._catalogue, self._encoder(), hashes, texts):
            self.taken.encoded += count
            self._encoding.tell(self.taken.encoded, total)
        self._encoding.pause()

    def _write(self, window: _Window) -> None:
        cut = {paragraph.text: "" for _, change in window.documents for paragraph in change.new}
        for text in cut:  # before the transaction: cutting takes longer than writing
            cut[text] = joined(self._tokenizer.tokens(text))
        files = self._catalogue.files
        written = [(underway, change) for underway, change in window.documents if not change.same]
        ended: list[tuple[_FileUnderway, bool]] = []
        with self._catalogue.database.transaction():
            for underway, _ in window.documents:
                if underway.id is None:
                    underway.id = files.save(underway.candidate.record)
            changes = [(_known(underway.id), change) for underway, change in written]
            rewritten = [change.old_id for _, change in changes if change.old_id is not None]
            self._catalogue.twins.forget(rewritten, self._words)
            new = self._catalogue.changes.write(changes)
            self._catalogue.words.add((id_, cut[paragraph.text]) for id_, paragraph in new)
            for underway, _ in written:
                if not underway.changed and underway.candidate.old is not None:
                    files.save(underway.candidate.record)  # unfinished until its end is written
                underway.changed = True
            for underway in window.finished:
                notes = "".join(underway.notes)
                record = replace(underway.candidate.record, state="complete", reason=notes)
                if underway.found and self._accept_sensitive:
                    record = replace(record, accepted=record.sha256)
                id_ = files.save(record)
                files.queue_done(record.path)
                dropped = self._catalogue.changes.delete_others(id_, underway.keys)
                ended.append((underway, bool(dropped)))
            if rewritten or any(dropped for _, dropped in ended):
                self._catalogue.twins.agree(self._words)  # another takes its place
            if written or any(dropped for _, dropped in ended):
                self._catalogue.facts.changed()
        self.taken.documents += len(written)
        self.taken.paragraphs += len(new)
        for underway, dropped in ended:
            self._note_end(underway, underway.changed or dropped)

    def _note_end(self, underway: _FileUnderway, changed: bool) -> None:
        path = underway.candidate.record.path
        if underway.notes:
            self.taken.partly_read.append(FileFailure(path, "".join(underway.notes)))
        if underway.candidate.old is None:
            self.taken.added.append(path)
        elif changed or underway.candidate.old[1].state == "unfinished":
            self.taken.updated.append(path)
        else:
            self.taken.unchanged.append(path)

    def _accepted(self, candidate: Candidate) -> bool:
        record = candidate.record
        return self._accept_sensitive or (
            bool(record.accepted) and record.accepted == record.sha256
        )

    def _hold(self, underway: _FileUnderway) -> None:
        """Note that a file waits for a person's decision."""
        record = underway.candidate.record
        kinds = dict.fromkeys(_KINDS[one.kind] for one in underway.sensitive)
        masked = "、".join(dict.fromkeys(one.masked for one in underway.sensitive[:3]))
        reason = f"文件里有{'、'.join(kinds)}（{masked}），还没有加入资料库；确认可以用再加入。"
        held = replace(record, state="failed", reason=reason, held=tuple(underway.sensitive))
        with self._catalogue.database.transaction():
            self._catalogue.files.save(held)
            self._catalogue.files.queue_done(record.path)
        self.taken.held.append(FileFailure(record.path, reason))

    def _note_failure(self, underway: _FileUnderway, reason: str) -> None:
        record = underway.candidate.record
        kept = 0
        if underway.id is not None:
            kept = len(self._catalogue.documents.entries_of_files([record.path]))
        if kept:
            reason += "（资料库里保留着上次读到的内容）"
        with self._catalogue.database.transaction():
            self._catalogue.files.save(replace(record, state="failed", reason=reason, held=()))
            self._catalogue.files.queue_done(record.path)
        self.taken.failed.append(FileFailure(record.path, reason))


def _drop(window: _Window, underway: _FileUnderway) -> None:
    window.documents = [pair for pair in window.documents if pair[0] is not underway]


def encode_and_keep(
    catalogue: Catalogue, encoder: Encoder, hashes: Sequence[bytes], texts: dict[bytes, str]
) -> Iterator[int]:
    """Encode passages and keep every batch at once; yields how many each batch held.

    Raises EncoderError where the encoder gives something that is no unit vector.
    """
    encoder_id = catalogue.vectors.encoder_id(encoder.name, encoder.dimension)
    for positions, rows in encoder.encode_passages_in_batches([texts[key] for key in hashes]):
        check_vectors(encoder, rows)
        pairs = zip((hashes[position] for position in positions), rows, strict=True)
        with catalogue.database.transaction():
            catalogue.vectors.save(encoder_id, "passage", pairs)
        yield len(positions)


def check_vectors(
    encoder: Encoder, rows: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> None:
    """Raise EncoderError unless `rows` are finite unit vectors of the encoder's dimension."""
    if rows.ndim != 2 or rows.shape[1] != encoder.dimension:
        raise EncoderError(
            f"模型 {encoder.name} 应给出 {encoder.dimension} 维的向量，却给出了 {rows.shape}。"
            "请检查模型文件夹是否完整。"
        )
    lengths = np.linalg.norm(rows, axis=1)
    if not np.all(np.abs(lengths - 1.0) < 0.01):  # also false for nan
        raise EncoderError(f"模型 {encoder.name} 给出了无效的向量，请检查模型文件夹是否完整。")


def _known(id_: int | None) -> int:
    if id_ is None:
        raise AssertionError("a file has its record before its documents")
    return id_
