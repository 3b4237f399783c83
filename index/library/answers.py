"""What a library answers: reading, which never waits for a writer. `Library` adds the writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.assignments import Assignments
from index.catalogue import Catalogue
from index.catalogue.bodies import Body, Choice
from index.catalogue.texts import Texts
from index.catalogue.vectors import VectorKind
from index.datatypes import (
    Entry,
    FileFailure,
    FileState,
    Filters,
    InPlace,
    Removal,
    StoredParagraph,
)
from index.embedding import Encoder
from index.errors import UnknownDocument
from index.findings import Decision, Draft
from index.library import absence, repeated
from index.library.assigned import AssignmentKeeper
from index.library.encoder_in_use import EncoderInUse
from index.library.layout import Layout
from index.library.prints import PrintKeeper, Prints
from index.library.remembered import Remembered
from index.library.settling import Settling
from index.library.shadow import Reader, Shadow
from index.library.status import Status, look
from index.library.terms import Terms
from index.library.text_vectors import vectors_for_texts
from index.library.wording_keys import draft_key, wording_key
from index.library.writer import Writer
from index.reading.options import ReadOptions
from index.settings import Settings
from index.text import Tokenizer, spellings
from index.vectors import VectorStore


class Answers:
    """The parts of an open library, and every question to them."""

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
        self._settling = Settling(self._shadow, self._writer)
        self._remembered = Remembered(self._catalogue)
        self._words = repeated.words_of(self._terms.tokenizer)
        self._texts = Texts(self._catalogue.database)
        self._prints = PrintKeeper(layout, self._catalogue, self._writer)
        self._assigned = AssignmentKeeper(layout, self._catalogue, self._writer)

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
    def formulas_file(self) -> Path:
        """The reviewers' own set phrases, one a line; may be missing."""
        return self._layout.formulas

    def formulas(self) -> str:
        """What stands in `formulas_file`; "" where it is missing."""
        try:
            return self._layout.formulas.read_text(encoding="utf-8-sig", errors="replace")
        except FileNotFoundError:
            return ""

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

    def paragraph_ids(self, document_ids: Iterable[int]) -> dict[int, list[int]]:
        """Ids of the paragraphs of each document, in order."""
        return self._texts.paragraph_ids(document_ids)

    def prints(self, *, whole: bool = False) -> Prints:
        """The fingerprints of all counted documents, as they are now. Raises LibraryDamaged.

        `whole`: in one piece, for comparing the library with itself.
        """
        return self._prints.current(whole=whole)

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

    def decisions(self, draft: Draft, wordings: Sequence[str]) -> list[Decision | None]:
        """What reviewers said of each wording: in this draft, or else in another (`remembered`)."""
        keys = [wording_key(wording) for wording in wordings]
        said = self._catalogue.decisions.of(set(keys), draft_key(draft))
        return [said.get(key) for key in keys]

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
            fingerprints=self._prints.files.bytes_on_disk(),
            topics=self._assigned.files.bytes_on_disk(),
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

    def in_place(self, paragraph_ids: Iterable[int]) -> dict[int, InPlace]:
        """The paragraphs that are there, with what stands above each: cheaper than with sources."""
        return self._texts.in_place(paragraph_ids)

    def some_texts(self, count: int) -> list[str]:
        """Texts of at most `count` paragraphs, evenly over the library; always the same ones."""
        return self._texts.some(count)

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

    @property
    def encoder_name(self) -> str:
        """Name of the encoder that made the library's vectors; opens no model."""
        return self._catalogue.facts.encoder

    @property
    def stamp(self) -> str:
        """Names the present state of the documents: equal stamps, equal documents."""
        return self._catalogue.facts.stamp

    def states(self) -> tuple[str, NDArray[np.int64], NDArray[np.int64]]:
        """(stamp, ids of all counted documents, a key of each one's state), the ids rising."""
        with self._catalogue.database.snapshot():
            return self._catalogue.facts.stamp, *self._assigned.bodies.keys()

    def bodies(self, document_ids: Iterable[int]) -> list[Body]:
        """The paragraphs of documents, without headings, with what topics are measured on."""
        with self._catalogue.database.snapshot():
            return self._assigned.bodies.of_documents(document_ids)

    def bodies_by_id(self, paragraph_ids: Iterable[int]) -> list[Body]:
        """The same of the paragraphs among `paragraph_ids` that are there."""
        with self._catalogue.database.snapshot():
            return self._assigned.bodies.by_id(paragraph_ids)

    def some_bodies(self, document_ids: Iterable[int], chosen: Choice) -> list[Body]:
        """Of the same paragraphs of each document those at the places that `chosen` names."""
        with self._catalogue.database.snapshot():
            return self._assigned.bodies.some_of(document_ids, chosen)

    def assignments(self) -> Assignments | None:
        """What `keep_assignments` kept last; None where that was nothing or cannot be read."""
        return self._assigned.read()

    def keep_assignments(self, assignments: Assignments, measured: int = 0) -> None:
        """Keep what was found about topics, unless somebody goes on writing; `measured`: documents
        that would have to be measured again if it is not kept."""
        self._assigned.keep(assignments, measured)

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
            allowed = self.containing(phrases, among=allowed)
        return self._catalogue.words.search(tokens, k, allowed)

    def containing(
        self, phrases: Sequence[str], *, among: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64]:
        """Sorted ids of paragraphs in which all of `phrases` stand; of `among` (sorted) alone.

        In any width and case, in simplified or traditional characters: as words are matched.
        """
        return self._catalogue.exact.containing([spellings(phrase) for phrase in phrases], among)

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
