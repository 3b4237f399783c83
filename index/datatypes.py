"""The values that travel between modules: frozen, without I/O.

Offsets are character offsets, end exclusive. Years are four-digit integers. A field that is not
known is None (or an empty string for a title), never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SearchMode = Literal["hybrid", "semantic", "keyword"]

Field = Literal["title", "unit", "year", "kind", "period"]
"""What is known of a document besides its text, by name."""

Where = Literal[
    "mended",
    "metadata.csv",
    "options",
    "stated",
    "title",
    "letterhead",
    "signature",
    "opening",
    "file name",
    "folder",
]
"""Who said a value, or where in the document it was found."""

Span = tuple[int, int]
"""(start, end): character offsets into the text it stands beside, end exclusive."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document besides its text."""

    title: str = ""
    unit: str | None = None
    year: int | None = None
    kind: str | None = None
    period: str | None = None
    """The part of the year, or the years, that it reports on, as people write it: 上半年, 第一季度,
    1—9月, 2021—2023年."""

    def or_else(self, other: Metadata) -> Metadata:
        """Fill what is unknown here from `other`.

        >>> Metadata(year=2023).or_else(Metadata(title="总结", year=2021))
        Metadata(title='总结', unit=None, year=2023, kind=None, period=None)
        """
        return Metadata(
            title=self.title or other.title,
            unit=self.unit or other.unit,
            year=self.year if self.year is not None else other.year,
            kind=self.kind or other.kind,
            period=self.period or other.period,
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """How one value of a document's metadata was found, and how sure that is."""

    field: Field
    where: Where
    sure: float = 1.0
    """0 to 1; 1 is what a person said."""


@dataclass(frozen=True, slots=True)
class Sensitive:
    """Something in a text that asks for a decision before the text is let in."""

    kind: Literal["secrecy", "id_number", "mobile", "bank_card"]
    masked: str
    """What may be shown of it. Never the number itself."""
    paragraph: int
    """Number of the paragraph that holds it, from 1."""


@dataclass(frozen=True, slots=True)
class Twin:
    """The document of the library that another one repeats."""

    document_id: int
    title: str
    relation: Literal["same_file", "same_text", "draft"]
    """Same bytes; same text in another file or format; a later or earlier draft of the text."""
    shared: float
    """Share of the text that both have, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block as a format knows it: a line of a text file, a paragraph of a docx, a table row."""

    text: str
    level: int | None = None
    """Heading level stated by the format itself (a docx style, <h2>), 1 is outermost; else None."""
    label: str = ""
    """Automatic number as the reader of the document sees it (（一）), not part of `text`."""
    kind: Literal["text", "title", "row", "furniture"] = "text"
    """"furniture": the format shows that this is no text of the author (running heads, page
    numbers, menus, an automatic table of contents); cleaning takes it away and records it."""
    page: int | None = None
    """Page in the source, from 1, where the format has pages."""
    place: str = ""
    """Where it stands in a format without pages, as a person says it: 工作表“汇总”第12行."""
    recognised: bool = False
    """Its text was read off a picture by character recognition, which errs."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file (or one line of a .jsonl) as its author wrote it, before cleaning."""

    path: str
    """Absolute path of the file that holds it."""
    format: str
    """A key of `index.reading.formats.READERS`: txt, docx, pdf, jsonl, …"""
    blocks: tuple[Block, ...]
    metadata: Metadata = Metadata()
    """Only what the format itself states (a .jsonl line's keys, a docx title property)."""
    external_id: str | None = None
    """The `id` of a .jsonl line (its number where it has none); None for one-document files."""
    notes: tuple[str, ...] = ()
    """What could not be read although the rest could, as Chinese sentences for the user."""
    member: str = ""
    """Path inside the archive or mail it was found in, nested ones joined by "/"; "" for a file
    of its own."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text that cleaning took away."""

    rule: str
    """Short name of the rule, e.g. "paywall", "advert"; names and sentences in `cleaning.RULES`."""
    text: str
    block: int
    """Position of the block it stood in, from 0."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The piece of a paragraph that is embedded, never longer than the encoder reads."""

    start: int
    end: int
    """Offsets into the paragraph's text; the passages of a paragraph cover all of it in order."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One numbered block of a cleaned document: what is shown, cited and counted."""

    number: int
    """From 1, in the order of the document. Headings are paragraphs too."""
    text: str
    heading_path: tuple[str, ...]
    """Headings above it, outermost first, without their closing punctuation.

    A paragraph that begins with a heading of its own (1.严格落实…制度。一是…) has it as the last
    element. Where no heading stands above, the document's title stands alone.
    """
    start: int
    end: int
    """Offsets into the document's text: the paragraphs' texts joined by one line break each."""
    level: int = 0
    """0 for body text; 1 and deeper for a paragraph that is nothing but a heading."""
    page: int | None = None
    passages: tuple[Passage, ...] = ()
    place: str = ""
    """Where it stands in a format without pages, as a person says it; see Block."""
    recognised: bool = False
    """Its text was read off a picture."""


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document ready for the catalogue: cleaned, numbered, cut, with its metadata settled."""

    path: str
    format: str
    metadata: Metadata
    external_id: str | None
    paragraphs: tuple[Paragraph, ...]
    removals: tuple[Removal, ...]
    content_hash: str
    """SHA-256 hex of paragraphs and metadata: equal hash, nothing to do."""
    origins: tuple[Origin, ...] = ()
    """How each known value of `metadata` was found."""
    sensitive: tuple[Sensitive, ...] = ()
    """What asks for a decision before this document is let in."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the catalogue holds it."""

    id: int
    title: str
    unit: str | None
    year: int | None
    kind: str | None
    path: str
    external_id: str | None
    format: str
    characters: int
    paragraphs: int
    removals: int
    """How many pieces cleaning took away."""
    period: str | None = None
    origins: tuple[Origin, ...] = ()
    """How each known value was found."""
    twin: Twin | None = None
    """The document that this one repeats; None where it repeats none."""
    counted: bool = True
    """Whether searches and topics see it. A repeated text is counted once unless a person chose
    otherwise."""
    held: tuple[Sensitive, ...] = ()
    """Why the newest version of its file waits for a decision; what is here is from before."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a paragraph stands: everything needed to cite it."""

    document_id: int
    external_id: str | None
    title: str
    unit: str | None
    year: int | None
    kind: str | None
    path: str
    heading_path: tuple[str, ...]
    paragraph: int
    page: int | None = None
    place: str = ""
    """Where it stands in a format without pages: 工作表“汇总”第12行."""
    recognised: bool = False
    """Its text was read off a picture by character recognition, which errs."""
    period: str | None = None


@dataclass(frozen=True, slots=True)
class StoredParagraph:
    """A paragraph with its id and its source, as the catalogue gives it back."""

    id: int
    text: str
    level: int
    start: int
    end: int
    source: Source
    passages: tuple[Span, ...] = ()

    @property
    def number(self) -> int:
        return self.source.paragraph

    @property
    def heading_path(self) -> tuple[str, ...]:
        return self.source.heading_path


@dataclass(frozen=True, slots=True)
class InPlace:
    """A paragraph's text and what it stands under: what a search reads of a candidate."""

    text: str
    level: int
    """Of a heading, 0 for a body paragraph."""
    heading: str
    """The nearest heading above; "" where there is none."""
    title: str
    """Of its document."""
    document_id: int
    unit: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which paragraphs a search may return; all conditions must hold, None means any."""

    year: tuple[int, int] | None = None
    """First and last year, both included."""
    unit: str | None = None
    kind: str | None = None
    topic: str | None = None
    document_ids: frozenset[int] | None = None

    @property
    def empty(self) -> bool:
        return self == Filters()


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Family:
    """Paragraphs that are the same wording but for small edits, shown as one result."""

    size: int
    paragraph_ids: tuple[int, ...]
    """Members that were found, the one shown first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer to a search."""

    paragraph_id: int
    score: float
    """0 to 100, calibrated against the library's own background."""
    semantic: float | None
    """Cosine of the query and the best passage, -1 to 1; None when searched by words alone."""
    keyword: float | None
    """BM25 (higher is better), 0.0 where no word of the query occurs; None when searched by
    meaning alone."""
    text: str
    passage: Span
    """The best passage, offsets into `text`."""
    highlights: tuple[Span, ...]
    """Words of the query, offsets into `text`, in order, not overlapping."""
    source: Source
    words: tuple[str, ...] = ()
    """The words of the query that occur, for "why was this found"."""
    topics: tuple[str, ...] = ()
    family: Family = field(default=Family(1, ()))


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileState:
    """A file that is in the library, waits to be read, or could not be."""

    path: str
    state: Literal[
        "queued", "reading", "complete", "partly", "failed", "held", "unfinished", "away"
    ]
    """queued, reading: a sync is under way; partly: read but for what `reason` names; held: waits
    for a decision; unfinished: reading was interrupted, the next sync completes it; away: was
    read, but its folder cannot be seen now."""
    reason: str = ""
    """Sentences that say what is wrong and what to do."""
    size: int = 0
    """Bytes, 0 where not looked at yet."""
    documents: int = 0
    """How many of its documents are in the library."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one sync did. Paths of files; a .jsonl counts by its documents in `documents`."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[FileFailure, ...] = ()
    partly_read: tuple[FileFailure, ...] = ()
    """Read files of which a part could not be read (a page without text), and what is missing."""
    held: tuple[FileFailure, ...] = ()
    """Files that wait for a decision, and what was found in them, without the numbers."""
    moved: tuple[tuple[str, str], ...] = ()
    """(old path, new path) of files that were moved or renamed."""
    twins: tuple[str, ...] = ()
    """Sentences about documents written by this sync that repeat another one."""
    documents: int = 0
    """Documents written (added or updated)."""
    paragraphs: int = 0
    """Paragraphs written."""
    encoded: int = 0
    """Passages that had to be encoded: new text only."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a long job, given to the caller's callback."""

    stage: Literal["reading", "encoding", "publishing"]
    done: int
    total: int
    """Files while reading, passages while encoding."""
    rate: float | None = None
    """Per second, over the last few seconds."""
    seconds_left: float | None = None
    item: str = ""
