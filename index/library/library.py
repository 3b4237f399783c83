"""One folder = one Library: the only object that holds encoder, catalogue and shadows together."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.catalogue import Catalogue
from index.catalogue.vectors import VectorKind
from index.datatypes import (
    Entry,
    FileFailure,
    FileState,
    Filters,
    Metadata,
    Removal,
    StoredParagraph,
    SyncResult,
)
from index.embedding import Encoder
from index.errors import (
    LibraryBusy,
    LibraryExists,
    LibraryNotFound,
    UnknownDocument,
)
from index.library import absence, mending, removing, repeated, verification
from index.library.encoder_in_use import EncoderInUse
from index.library.layout import Layout
from index.library.pace import Report
from index.library.prints import PrintKeeper, Prints
from index.library.remembered import Remembered
from index.library.shadow import Reader, Shadow
from index.library.status import Status, look
from index.library.sync import delete_discarded, synchronise
from index.library.terms import Terms
from index.library.text_vectors import vectors_for_texts
from index.library.uploading import keep_upload
from index.library.verification import Problem
from index.library.writer import Writer
from index.reading.options import ReadOptions
from index.settings import Settings
from index.text import Tokenizer, spellings
from index.vectors import VectorStore

_NOTHING = Metadata()


class Library:
    """A library, open for reading and writing by any number of threads.

    Reading never waits for a writer. Writing (`sync`, `mend`, `watch`, `remove`, `rebuild`,
    `verify`, `upload`) takes the writer's lock and raises LibraryBusy, saying who writes, where it
    is not free within `patience` seconds. Searches by meaning see the state that was last
    published; `refresh` moves this reader to the newest.
    """

    def __init__(
        self,
        layout: Layout,
        encoder: Encoder | None,
        settings: Settings | None,
        patience: float,
    ) -> None:
        """For `create` and `open`."""
        self._layout = layout
        self._settings = settings if settings is not None else Settings.load()
        self._read_options = ReadOptions(recognise=self._settings.recognise)
        self._catalogue = Catalogue(layout.catalogue)
        self._in_use = EncoderInUse(encoder, self._settings, self._catalogue)
        self._writer = Writer(layout, patience)
        self._shadow = Shadow(layout, self._catalogue)
        cache_folder = self._settings.data_folder / "jieba"
        self._terms = Terms(layout, self._catalogue, self._writer, cache_folder)
        self._reader = Reader(self._shadow)
        self._remembered = Remembered(self._catalogue)
        self._words = repeated.words_of(self._terms.tokenizer)
        self._prints = PrintKeeper(layout, self._catalogue, self._writer)

    # --- opening and closing

    @classmethod
    def create(
        cls,
        folder: Path | str,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
        *,
        patience: float = 10.0,
    ) -> Self:
        """Make an empty library in `folder`, which is made too where it is not there.

        `encoder=None`: the one that the settings name, opened when it is first needed.
        Raises LibraryExists where a library already is, LibraryNotFound where no folder can be.
        """
        layout = Layout.of(folder)
        try:
            layout.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryNotFound(
                f"不能在 {layout.folder} 建立资料库（{error.strerror}），请换一个可以写入的文件夹。"
            ) from error
        library = cls(layout, encoder, settings, patience)
        try:
            with library._writer.hold("新建资料库"):
                library._begin(
                    LibraryExists(f"文件夹 {layout.folder} 里已经有资料库，请直接打开它。")
                )
        except BaseException:
            library.close()
            raise
        return library

    @classmethod
    def open(
        cls,
        folder: Path | str,
        encoder: Encoder | None = None,
        settings: Settings | None = None,
        *,
        patience: float = 10.0,
    ) -> Self:
        """Open the library in `folder`.

        Cheap: no model, no vectors, no dictionary are loaded before they are needed. What a
        process that was killed left unpublished is published, unless another one is writing.
        Raises LibraryNotFound, SchemaTooNew, LibraryDamaged. Another encoder than the library's
        raises nothing yet: search by words works, `encoder` and `sync` raise EncoderMismatch.
        """
        layout = Layout.of(folder)
        if not layout.catalogue.is_file():
            raise LibraryNotFound(
                f"文件夹 {layout.folder} 里没有资料库，请检查路径，或先添加文件来新建一个。"
            )
        library = cls(layout, encoder, settings, patience)
        try:
            if library._catalogue.outdated:
                with library._writer.hold("升级资料库"):
                    library._begin(None)
            library._mend_quietly()
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        """Close the files. No thread may be using the library."""
        self._catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self, there_already: LibraryExists | None) -> None:
        """Take the missing steps of the schema; a file that took none yet becomes a new library."""
        if there_already is not None and not self._catalogue.outdated:
            raise there_already
        with self._catalogue.change():
            self._catalogue.migrate()
            if not self._catalogue.facts.encoder:
                self._catalogue.facts.encoder = self._in_use.name
            self._terms.agree()

    def _mend_quietly(self) -> None:
        """Publish what a killed process committed; delete uploads whose documents it removed."""
        files = self._catalogue.files
        if not self._shadow.stale() and not files.discarded() and not files.queue():
            return
        try:
            with self._writer.hold("整理资料库", patience=0.0):
                delete_discarded(self._catalogue)
                files.queue_set(())  # nobody writes, so nobody reads on from it
                if self._shadow.stale():
                    self._shadow.publish()
        except LibraryBusy:
            return  # whoever writes will publish

    # --- writing

    def sync(
        self,
        paths: Iterable[Path | str] | None = None,
        *,
        given: Metadata = _NOTHING,
        progress: Report | None = None,
    ) -> SyncResult:
        """Add and update the files and folders in `paths`; None: all that were ever named.

        New and changed files are read, unchanged ones cost one stat. A file that vanished from a
        named folder goes from the library, but a folder that is missing or empty as a whole takes
        nothing with it: it is reported in `failed` and listed by `away`. The same holds for a
        folder below it that held more than a few files or was a disk of its own. Files that
        cannot be read are named with their reasons, all others go in. `given` holds for all files
        of `paths` and is remembered for their later readings; a row of metadata.csv wins over it.
        Whatever interrupts a sync, what was written stays, and the next sync goes on from there.

        Raises EncoderMismatch before anything is read, LibraryBusy.
        """
        with self._writer.hold("添加文件"):
            delete_discarded(self._catalogue)
            self._in_use.adopt()
            chosen = list(self.roots()) if paths is None else list(paths)
            tokenizer = self._terms.agree()
            try:
                return synchronise(
                    self._catalogue,
                    self._shadow,
                    self._in_use.matching,
                    tokenizer,
                    chosen,
                    given,
                    progress,
                    self._read_options,
                )
            finally:
                self.refresh()

    def accept(self, paths: Iterable[Path | str], *, progress: Report | None = None) -> SyncResult:
        """Let held files in: those of `paths` that are held, or lie below a folder of `paths`.

        Only the bytes that were looked at: a file that changed since is asked about again.
        Raises UnknownDocument where nothing below a path is held, and then lets nothing in.
        """
        with self._writer.hold("添加文件"):
            held = [failure.path for failure in self.held()]
            chosen: dict[str, None] = {}
            for path in paths:
                wanted = Path(os.path.abspath(path))  # noqa: PTH100
                below = [one for one in held if wanted in (Path(one), *Path(one).parents)]
                if not below:
                    raise UnknownDocument(f"{wanted} 里没有等待确认的文件，请检查路径。")
                chosen.update(dict.fromkeys(below))
            with self._catalogue.database.transaction():
                for one in chosen:
                    self._catalogue.files.accept(one)
            return self.sync(chosen, progress=progress)

    def mend(self, document_ids: Iterable[int], told: Metadata | None) -> list[FileFailure]:
        """Mend what was found about documents; `told=None`: back to what is found.

        The fields that `told` sets win over metadata.csv and everything else, now and whenever the
        files are read or moved; the others stay as they are. Nothing is encoded. Returns files
        that cannot be read now and in which a part must wait for that: of a new title the heading
        paths, of going back everything. Raises UnknownDocument, and then mends nothing;
        LibraryBusy.
        """
        with self._writer.hold("修改资料"):
            try:
                return mending.mend(
                    self._catalogue,
                    self._in_use.matching,
                    self._terms.agree(),
                    document_ids,
                    told,
                    self._read_options,
                )
            finally:
                if self._shadow.stale():
                    self._shadow.publish()
                self.refresh()

    def watch(self, path: Path | str, wanted: bool = True) -> None:
        """Follow a folder while somebody watches (`index.watching`), or follow it no more.

        What was read from it stays. Raises UnknownDocument where `path` is no folder that can be
        seen or, with `wanted=False`, none that was named; LibraryBusy.
        """
        folder = os.path.abspath(path)  # noqa: PTH100
        with self._writer.hold("修改资料"), self._catalogue.database.transaction():
            if wanted:
                if not os.path.isdir(folder):  # noqa: PTH112  also where it may not be looked at
                    raise UnknownDocument(
                        f"找不到文件夹 {folder}，请检查路径，或连接它所在的磁盘。"
                    )
                self._catalogue.files.add_root(folder, True)
            if not self._catalogue.files.watch(folder, wanted):
                raise UnknownDocument(f"没有在跟踪 {folder}，请检查路径。")

    def remove(self, paths_or_ids: Iterable[str | int | Path]) -> list[Entry]:
        """Remove documents by id, by file or by folder; returns what was removed.

        Files on disk stay, except copies in the library's own `uploads`. A removed file that still
        lies in a folder comes back when that folder is synced again. Raises UnknownDocument, and
        then removes nothing.
        """
        with self._writer.hold("移除文件"):
            removed = removing.remove(self._catalogue, self._layout, paths_or_ids, self._words)
            if self._shadow.stale():
                self._shadow.publish()
            delete_discarded(self._catalogue)
            self.refresh()
            return removed

    def let_go(self, paths: Iterable[str | Path]) -> list[Entry]:
        """Remove the files that wait for `paths` (those that `away` names) to come back.

        What can be seen again meanwhile stays. Returns what was removed. Raises UnknownDocument
        where nothing waits for one of them, and then removes nothing.
        """
        with self._writer.hold("移除文件"):
            removed = removing.let_go(self._catalogue, self._layout, paths, self._words)
            if self._shadow.stale():
                self._shadow.publish()
            delete_discarded(self._catalogue)
            self.refresh()
            return removed

    def count(self, document_id: int, counted: bool) -> None:
        """Say whether a document that repeats another is seen by searches and topics too.

        Remembered for as long as it repeats one. Of equal texts one is always counted: where that
        is the one chosen against, the next takes its place. Raises UnknownDocument, QueryError
        where it repeats none.
        """
        with self._writer.hold("更改重复文档"):
            repeated.count(self._catalogue, self.document(document_id), counted, self._words)
            if self._shadow.stale():
                self._shadow.publish()
            self.refresh()

    def upload(self, name: str, data: bytes) -> Path:
        """Keep a copy of an uploaded file in the library's folder; `sync` of the path reads it.

        The same bytes under the same name are kept once; other bytes under a taken name get a
        number. `name` may hold anything: it is made safe. Removing the document deletes the copy.
        """
        with self._writer.hold("保存上传的文件"):
            return keep_upload(self._layout.uploads, name, data)

    def verify(self) -> list[Problem]:
        """Check everything against everything else; an empty list means that all is well.

        Reads the whole library and cuts its words again: a second per 3,000 paragraphs.
        """
        with self._writer.hold("检查资料库"):
            return verification.verify(self._catalogue, self._shadow, self._terms.newest())

    def rebuild(self, progress: Report | None = None, *, reencode: bool = False) -> None:
        """Make words and vector files anew from the catalogue, and drop vectors nobody uses.

        Nothing is encoded again while its vector is there and whole. `reencode=True` changes the
        library to the encoder in use and encodes what has no vector of it; until the last step
        everything goes on with the old one, and an interrupted run keeps what it encoded.
        """
        with self._writer.hold("重建资料库"):
            if reencode:
                name = self._in_use.name
                verification.encode_missing(self._catalogue, name, self._in_use.opened, progress)
                if name != self._catalogue.facts.encoder:
                    with self._catalogue.change():
                        self._catalogue.facts.encoder = name
            verification.rebuild(
                self._catalogue,
                self._shadow,
                self._in_use.matching,
                self._terms.cut_again,
                progress,
            )
            self.refresh()

    # --- reading

    @property
    def folder(self) -> Path:
        return self._layout.folder

    @property
    def taxonomy_file(self) -> Path:
        """The user's own topics; may be missing."""
        return self._layout.taxonomy

    @property
    def terms_file(self) -> Path:
        """The user's own terms, one a line; may be missing."""
        return self._layout.terms

    @property
    def uploads_folder(self) -> Path:
        """Where `upload` keeps its copies; may be missing."""
        return self._layout.uploads

    @property
    def version(self) -> int:
        """Changes whenever an answer may change: a key for caches. Rises, but not by one.

        Counts what was committed by anyone, and the generation of vectors that this reader has
        open; call `refresh` first to be sure to have the newest.
        """
        return self._catalogue.facts.version * 1_000_000 + self._reader.number

    def prints(self) -> Prints:
        """The fingerprints of all counted documents, as they are now. Raises LibraryDamaged."""
        return self._prints.current()

    def refresh(self) -> bool:
        """Move this reader to the newest published vectors; True where there were newer ones.

        Costs one look at a small file where there are none.
        """
        return self._reader.refresh()

    def documents(self) -> list[Entry]:
        """All documents, in the order in which they came."""
        return self._catalogue.documents.entries()

    def document(self, id_: int) -> Entry:
        """One document. Raises UnknownDocument."""
        found = self._catalogue.documents.entries_by_id([id_])
        if id_ not in found:
            raise UnknownDocument(f"资料库里没有编号为 {id_} 的文档，可能已被移除。")
        return found[id_]

    def paragraphs(self, document_id: int) -> list[StoredParagraph]:
        """The paragraphs of a document, in order. Raises UnknownDocument."""
        found = self._catalogue.documents.paragraphs(document_id)
        if not found:
            self.document(document_id)
        return found

    def paragraphs_by_id(self, ids: Iterable[int]) -> dict[int, StoredParagraph]:
        """The paragraphs among `ids` that are there, with their sources: one look-up for hits."""
        return self._catalogue.documents.paragraphs_by_id(ids)

    def removals(self, document_id: int) -> list[Removal]:
        """What cleaning took away from a document, in order."""
        return self._catalogue.documents.removals(document_id)

    def failures(self) -> list[FileFailure]:
        """Files that could not be read when they were last tried."""
        return self._catalogue.files.failures()

    def held(self) -> list[FileFailure]:
        """Files that wait for a decision (`accept`, or `remove`), and what was found in them."""
        return self._catalogue.files.held()

    def away(self) -> list[FileFailure]:
        """Folders (and files named alone) that cannot be seen, and how much waits for them.

        Their documents are kept and searched until they are back, or `let_go` says they are gone.
        """
        return absence.told(self._catalogue.absences.all())

    def files(self) -> list[FileState]:
        """Every file and its state: those that a sync is going to read first, then by path."""
        return self._catalogue.files.states_of_all()

    def partly_read(self) -> list[FileFailure]:
        """Files that were read but for a part (a page without text), and what is missing."""
        return self._catalogue.files.partly_read()

    def roots(self) -> list[Path]:
        """The files and folders that were named for adding: what `sync()` reads again."""
        return [Path(path) for path in self._catalogue.files.roots()]

    def folders(self) -> list[Path]:
        """The folders among `roots`: those that can be watched."""
        return [Path(path) for path, folder in self._catalogue.files.roots().items() if folder]

    def watched(self) -> list[Path]:
        """The folders that are followed while somebody watches."""
        return [Path(path) for path in self._catalogue.files.watched()]

    def status(self) -> Status:
        """What the library holds, at a glance."""
        return look(
            self._catalogue,
            generation=self._shadow.newest_number(),
            vectors=self._shadow.generations.bytes_on_disk(),
            uploads=self._layout.uploads,
        )

    # --- for retrieval and topics

    @property
    def encoder(self) -> Encoder:
        """The encoder of this library, opened at first use.

        Raises EncoderMismatch where the one in use is not the one that made the vectors.
        """
        return self._in_use.matching()

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer that cut the library's words; use it for queries."""
        return self._terms.tokenizer()

    @property
    def store(self) -> VectorStore:
        """The vectors by passage id, of the generation that this reader has open.

        A store never changes; take it once for a search. It may lack passages that were committed
        since, and hold some that were removed: `paragraph_of` leaves those out.
        Raises LibraryDamaged, and LibraryBusy while another encoder is being taken.
        """
        return self._reader.store_of(self._catalogue.facts.encoder)

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs searches see: those of documents that are counted."""
        return self._catalogue.documents.counted_paragraphs()

    def paragraph_of(self, passage_ids: Iterable[int]) -> dict[int, tuple[int, int, int]]:
        """Passage id -> (paragraph id, start, end); passages that are gone are left out."""
        return self._catalogue.documents.paragraph_of(passage_ids)

    def passages_of(self, paragraph_ids: Iterable[int]) -> dict[int, list[tuple[int, int, int]]]:
        """Paragraph id -> [(passage id, start, end)] in order; unknown ids are left out."""
        return self._catalogue.documents.passages_of(paragraph_ids)

    def allowed(self, filters: Filters) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """(paragraph ids, passage ids) that the filters allow, both sorted; None: everything.

        A unit or kind that no document carries exactly matches all that contain it. Topics are no
        business of the library: `filters.topic` is ignored here.
        """
        return self._remembered.allowed(filters)

    def keyword(
        self,
        tokens: Sequence[str],
        k: int,
        *,
        allowed: NDArray[np.int64] | None = None,
        phrases: Sequence[str] = (),
    ) -> list[tuple[int, float]]:
        """(paragraph id, BM25), best first: paragraphs with any of `tokens`, all of `phrases`.

        `allowed` (sorted paragraph ids) and `phrases` (as for `containing`) hold before the `k`
        best are taken. Give the few rarest tokens of a long text: every token costs.
        """
        if phrases:
            holding = self.containing(phrases)
            allowed = holding if allowed is None else np.intersect1d(allowed, holding)
        return self._catalogue.words.search(tokens, k, allowed)

    def containing(self, phrases: Sequence[str]) -> NDArray[np.int64]:
        """Sorted ids of paragraphs in which all of `phrases` stand.

        In any width and case, in simplified or traditional characters: as words are matched.
        """
        return self._catalogue.documents.containing([spellings(phrase) for phrase in phrases])

    def token_document_frequency(self, tokens: Iterable[str]) -> dict[str, int]:
        """In how many paragraphs each token occurs; 0 where in none."""
        return self._remembered.document_frequency(tokens)

    def vectors_for_texts(
        self, texts: Sequence[str], kind: VectorKind = "passage"
    ) -> NDArray[np.float32]:
        """float32 (len(texts), dimension): vectors of any texts, kept, so each is made once.

        The model is opened only for a text that has no vector yet. Raises EncoderMismatch.
        """
        return vectors_for_texts(self._catalogue, self._in_use, texts, kind)
