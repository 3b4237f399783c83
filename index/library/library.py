"""One folder = one Library: the only object that holds encoder, catalogue and shadows together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from index.datatypes import Entry, FileFailure, Metadata, SyncResult
from index.durable import replace_file, write_bytes
from index.embedding import Encoder
from index.errors import LibraryBusy, LibraryExists, LibraryNotFound, UnknownDocument
from index.findings import Decision, Draft
from index.library import mending, removing, repeated, verification
from index.library.answers import Answers
from index.library.layout import Layout
from index.library.pace import Report
from index.library.sync import delete_discarded, synchronise
from index.library.uploading import keep_upload
from index.library.verification import Problem
from index.library.wording_keys import draft_key, wording_key
from index.settings import Settings

_NOTHING = Metadata()


class Library(Answers):
    """A library, open for reading and writing by any number of threads.

    Reading (`Answers`) never waits for a writer. Writing, all that is below but for what reviewers
    say (`decide`, `add_formula`), takes the writer's lock and raises LibraryBusy, saying who
    writes, where it is not free within `patience` seconds.
    Searches by meaning see the state that was last published; `refresh` moves to the newest.
    """

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
        """Close the files. No thread may be using the library.

        Where writing made vectors grow so far that they are being sorted into lists, that is waited
        for: once in a hundred thousand passages, up to a minute or two for half a million.
        """
        self._settling.wait()
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
        with self._catalogue.database.transaction():
            self._catalogue.migrate()
            if not self._catalogue.facts.encoder:
                with self._catalogue.change():
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
                self._settling.begin()

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
                self._settling.begin()

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
            self._settling.begin()
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
            self._settling.begin()
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
            self._settling.begin()

    def add_formula(self, phrase: str, source: str = "") -> None:
        """Write a set phrase, and where it comes from, into `formulas_file`; once.

        Line breaks become spaces. Beside an import, as `decide`. Raises ValueError for an empty
        phrase, LibraryBusy.
        """
        line = "｜".join(
            part for part in (" ".join(text.split()) for text in (phrase, source)) if part
        )
        if not phrase.strip():
            raise ValueError("a phrase must not be empty")
        with self._catalogue.database.transaction():  # so that of two who add none is lost
            text = self.formulas()
            if line in text.splitlines():
                return
            if text and not text.endswith("\n"):
                text += "\n"
            private = self._layout.formulas.with_name("formulas.txt.new")
            write_bytes(private, f"{text}{line}\n".encode())
            replace_file(private, self._layout.formulas)

    def decide(self, draft: Draft, wording: str, decision: Decision | None) -> None:
        """Keep what a reviewer made of a wording of a draft; None takes it back.

        It is offered again wherever the same wording stands (`decisions`), as remembered in any
        other draft. A person says it while an import of an hour runs: it takes no writer's lock,
        goes in between two transactions of the import, and is on the disk when this returns.
        Raises ValueError for a decision without a time; LibraryBusy where one transaction lasts
        longer than a person waits (words that are cut anew after terms changed).
        """
        with self._catalogue.database.durable_transaction():
            self._catalogue.decisions.note(
                wording_key(wording), draft_key(draft), draft.title, decision
            )

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
            return verification.verify(
                self._catalogue, self._shadow, self._prints, self._assigned, self._terms.newest()
            )

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
                self._prints,
                self._assigned,
                self._in_use.matching,
                self._terms.cut_again,
                progress,
            )
            self.refresh()
            self._settling.begin()
