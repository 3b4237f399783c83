"""What reviewing finds: values that travel from the question to the page and the report. No I/O.

`Evidence` is everything that one comparison of a draft with a library saw; it never changes.
`Choices` are the reviewer's switches. `index.review.judging.judge` makes a `Review` of both, at
once and without another search. Offsets are characters of a paragraph's text, end exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from index.datatypes import Source, Span

Label = Literal["verbatim", "edited", "renamed", "paraphrase", "formula", "own"]
"""原文相同, 改动沿用, 换名套用 (only slots differ), 意思相近, 固定表述, 自写."""
SlotKind = Literal["number", "year", "unit", "place", "person", "placeholder"]
Relation = Literal["own_past", "own", "other"]
"""沿用本单位 (same unit, an earlier year), the same unit otherwise, another or an unknown unit."""
LeftoverKind = Literal["unit", "place", "person", "year", "placeholder"]
SAME = 0.98
"""Share of the same characters, above which a passage is called the same: a typing error is 1."""

Why = Literal["listed", "background", "units"]
"""Why wording counts as prescribed: it stands in the list, in many public official texts, or in
documents of many unrelated units of this library."""
Mark = Literal["required", "cited", "usual", "check"]
"""模板要求, 规范引用, 正常沿用, 需核实."""


NOTABLE = 20
"""Compared characters after prescribed wording from which two texts are called re-use of one
another. Of what was measured (docs/quality.md): pairs that share prescribed wording only keep 14 at
most, the least that a real near-duplicate keeps is 29."""
FRAGMENTS = 60
"""Compared characters from which passages that are each shorter than NOTABLE make re-use together:
two long reports on the same subjects have some clauses in common by chance."""
ALIKE = 0.5
"""Share of the shorter of two texts, prescribed wording included, from which they are called so
whatever is prescribed of it: a whole text of set phrases is still the same text."""
WHOLE_TEXT = 100
"""Compared characters: a shorter text may be one set phrase that stands everywhere."""
MEANINGS, MEANT = 2, 0.25
"""Passages in other words from which they are called so, and their share of the shorter text: a
single one may be chance, and two long reports on the same subjects always have some."""


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """A paragraph of a draft, as `index.paragraphs` makes it."""

    number: int
    """From 1, as in a library's documents."""
    text: str
    heading_path: tuple[str, ...] = ()
    level: int = 0
    """0 for text; a heading's depth from 1."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text under review."""

    title: str
    paragraphs: tuple[DraftParagraph, ...]
    unit: str | None = None
    year: int | None = None
    kind: str | None = None
    path: str = ""
    """"" for pasted text."""
    notes: tuple[str, ...] = ()
    """What could not be read of it: scanned pages, tables of numbers. `Evidence.limits` says it."""
    document_id: int | None = None
    """Of a document of the library: its id."""

    @property
    def characters(self) -> int:
        """Of all paragraphs, as written."""
        return sum(len(paragraph.text) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Slot:
    """Two pieces at the same place of two texts that are otherwise the same."""

    kind: SlotKind
    draft: str
    source: str
    span: Span
    """Where it stands in the draft's paragraph."""
    source_span: Span
    """Where it stands in the source's paragraph."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that are the same in both texts, punctuation and spaces aside."""

    span: Span
    source_span: Span


@dataclass(frozen=True, slots=True)
class SharedSpan:
    """A passage of one draft paragraph that one paragraph of a source has too."""

    paragraph: int
    """Index into Draft.paragraphs."""
    span: Span
    document_id: int
    paragraph_id: int
    """The source's paragraph."""
    source_paragraph: int
    """Its number in the document, from 1."""
    source_span: Span
    length: int
    """Compared characters of the draft within `span`."""
    same: int
    """How many of them the source has too, in this order."""
    longest: int
    """Compared characters of the longest run without a difference that it has a part of. A heading
    and its paragraph that were copied together are one run, so this may be more than `length`:
    whether a run is long enough to count does not depend on where a paragraph ends."""
    source_length: int
    """Compared characters of the source within `source_span`."""
    pieces: tuple[Piece, ...]
    """What is the same, in order; one piece where nothing differs. Empty for one of meaning."""
    slots: tuple[Slot, ...] = ()
    """Every difference that is a slot."""
    only_slots: bool = False
    """Whether nothing but slots differs, and at least one does."""
    by_meaning: bool = False
    """Other words for the same statement: nothing of it is shared as a run."""

    @property
    def unchanged(self) -> bool:
        """Whether SAME of the longer side or more is the same in both."""
        return self.same >= SAME * max(self.length, self.source_length)


@dataclass(frozen=True, slots=True)
class Prescribed:
    """Wording of one draft paragraph that is prescribed and no evidence of anything."""

    paragraph: int
    span: Span
    why: Why
    detail: str = ""
    """Where the phrase comes from, or of how many units: for the person who asks."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a leader or a document that the draft quotes as such."""

    paragraph: int
    span: Span
    attributed_to: str
    """The words that attribute it: 习近平总书记强调, 《…》指出."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document that shares wording with the draft."""

    source: Source
    """Of its first paragraph; heading path left empty."""
    relation: Relation = "other"
    older: bool | None = None
    """Whether it was written before the draft; None where a year is unknown or the same."""
    characters: int = 0
    """Compared characters of the whole document."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A name, year or placeholder that seems forgotten from another report (忘改)."""

    kind: LeftoverKind
    paragraph: int
    """Index into Draft.paragraphs."""
    span: Span
    text: str
    why: str
    """One sentence for the reviewer."""
    source: Source | None = None
    """The document that it seems to come from."""


@dataclass(frozen=True, slots=True)
class SameFigure:
    """A figure that stands unchanged in an earlier report of the same unit, in the same words."""

    paragraph: int
    span: Span
    text: str
    source: Source
    source_span: Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a comparison saw. Nothing of it depends on the reviewer's switches."""

    draft: Draft
    spans: tuple[SharedSpan, ...] = ()
    """Of all sources; those of different sources overlap."""
    shared: tuple[tuple[int, Span], ...] = ()
    """(paragraph, span), disjoint: every run of 13 characters or more that the library has
    anywhere, prescribed wording included."""
    prescribed: tuple[Prescribed, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    documents: Mapping[int, SourceDocument] = field(default_factory=dict)
    """By document id: every source that `spans` names."""
    leftovers: tuple[Leftover, ...] = ()
    same_figures: tuple[SameFigure, ...] = ()
    source_texts: Mapping[int, str] = field(default_factory=dict)
    """Paragraph id -> text, of every paragraph that `spans` names."""
    limits: tuple[str, ...] = ()
    """Sentences: what this comparison could not see."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What was compared, how, and by which version: name -> value, in the words of the page."""
    same_text: tuple[int, ...] = ()
    """Ids of documents of the library whose compared characters are the draft's, all of them: the
    draft itself, and no source of it."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The reviewer's switches."""

    shortest: int = 13
    """Compared characters, 13 to 50: shorter shared runs do not count."""
    prescribed: bool = False
    """Whether prescribed wording counts as re-use."""
    own_past: bool = True
    """Whether what the unit wrote in earlier years counts."""
    quotations: bool = False
    """Whether quotations count."""
    without: frozenset[int] = frozenset()
    """Ids of documents that do not count as sources."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a paragraph and what it is; the stretches of a paragraph do not overlap."""

    span: Span
    kind: Literal["reuse", "formula", "quotation"]
    shared: SharedSpan | None = None
    """For re-use: the best source of it. For the others: None, or one that has it."""
    alternatives: tuple[SharedSpan, ...] = ()
    """What other sources share of it, best first."""
    why: str = ""
    """For a formula or a quotation: the reason, as a sentence."""


@dataclass(frozen=True, slots=True)
class ReviewedParagraph:
    """A paragraph of the draft with what was found in it."""

    paragraph: DraftParagraph
    label: Label
    marked: tuple[Marked, ...]
    slots: tuple[Slot, ...]
    own_past: bool = False
    """Whether most of its re-use is the unit's own earlier text."""
    reuse: float = 0.0
    """Share of its compared characters that is re-use, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SourceShare:
    """What one source contributed, after the choices."""

    document: SourceDocument
    characters: int
    """Compared characters of the draft that it has too."""
    share: float
    """Of the draft, 0 to 1."""
    longest: int
    """Compared characters of the longest run."""
    containment: float = 0.0
    """Share of the source that the draft holds, 0 to 1."""

    overlap: int = 0
    """The same with prescribed wording and quotations: 总重合 with this source."""
    drafted: int = 0
    """Compared characters of the draft."""
    meanings: int = 0
    """Passages of the draft that say in other words what a passage of it says."""
    meant: int = 0
    """Compared characters of those; not among `characters`."""
    passage: int = 0
    """Compared characters of the longest stretch among `characters`."""

    @property
    def notable(self) -> bool:
        """Whether it is called re-use: a passage of its own (NOTABLE characters), or fragments that
        come to FRAGMENTS, or a text that is mostly (ALIKE) the same, prescribed wording included,
        or several passages in other words."""
        shorter = min(self.drafted, self.document.characters)
        return (
            self.passage >= NOTABLE
            or self.characters >= FRAGMENTS
            or self.overlap >= ALIKE * shorter > 0
            or (self.meanings >= MEANINGS and self.meant >= MEANT * shorter)
        )


@dataclass(frozen=True, slots=True)
class Ratios:
    """Shares of the draft's compared characters, 0 to 1."""

    overlap: float
    """总重合: found in the library, prescribed wording and quotations included."""
    reuse: float
    """去固定表述后重合: what is left of it after the choices."""
    own_past: float
    """The part of `reuse` that is the unit's own earlier text."""
    quoted: float
    """Quotations that the library has too; counted apart."""
    largest_source: float
    """The share of the largest single source."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a reviewer reads: evidence, never a verdict."""

    evidence: Evidence
    choices: Choices
    ratios: Ratios
    paragraphs: tuple[ReviewedParagraph, ...]
    sources: tuple[SourceShare, ...]
    """Largest first."""

    @property
    def draft(self) -> Draft:
        return self.evidence.draft


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer made of a finding: a person's word beside the evidence."""

    mark: Mark
    note: str = ""
    who: str = ""
    when: datetime | None = None
    """Local time of the machine, without a zone."""
    remembered: bool = False
    """Whether it was made for the same wording in another draft and is offered again."""
    draft: str = ""
    """Title of the draft that it was made in."""


Place = tuple[int, Span]
"""(index into Draft.paragraphs, span): which finding of a review a decision belongs to. A store
that remembers decisions by wording looks them up and gives them by place."""
Decisions = Mapping[Place, Decision]


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """Two documents of a library that share wording."""

    a: Source
    """The older one, where the years tell; else the one with the smaller id."""
    b: Source
    shared: int
    """Compared characters of shared runs and of what is the same between neighbouring ones,
    prescribed wording left out."""
    reuse_a: float
    """`shared` as a share of a, 0 to 1."""
    reuse_b: float
    longest_run: int
    formula: int
    """Compared characters of shared prescribed wording."""
    relation: Relation = "other"
    """own_past: both are of one unit."""
    overlap_a: float = 0.0
    """Share of a that b has too, prescribed wording included, 0 to 1."""
    overlap_b: float = 0.0
    between: int = 0
    """Of `shared`, compared characters that stand between figures and placeholders that differ: of
    sentences that are the same but for those."""

    @property
    def alike(self) -> float:
        """What pairs are ranked and cut by, 0 to 1: the larger share that is re-used. Where ALIKE
        of a text and WHOLE_TEXT characters are the same, the share with prescribed wording: a whole
        text of set phrases is still the same text."""
        overlap = max(self.overlap_a, self.overlap_b)
        whole = overlap >= ALIKE and self.shared + self.formula >= WHOLE_TEXT
        return max(self.reuse_a, self.reuse_b, overlap if whole else 0.0)


@dataclass(frozen=True, slots=True)
class SharedFamily:
    """Paragraphs of several documents that are the same wording but for small edits."""

    paragraph_ids: tuple[int, ...]
    """By year, then document: how the wording travelled."""
    first: Source
    """首见于: the earliest."""
    units: tuple[str, ...]
    years: tuple[int, ...]
    text: str
    """Of the first one."""
    sources: tuple[Source, ...] = ()
    """Of every paragraph, in the order of `paragraph_ids`."""

    @property
    def size(self) -> int:
        return len(self.paragraph_ids)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """A library against itself. Made at a low threshold once, re-cut as often as one likes."""

    documents: tuple[DocumentPair, ...]
    """Most alike first."""
    families: tuple[SharedFamily, ...]
    """Largest first."""
    minimum: float
    """The threshold it was cut at: `alike` of every pair."""
    limits: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    """What was compared, how, and by which version: name -> value, in the words of the page."""

    characters: int | None = None
    """Pairs that share so many compared characters are listed whatever their share; None: none."""

    def recut(self, minimum: float, characters: int | None = None) -> Duplicates:
        """Those pairs only that reach `minimum` (0 to 1), or share so many `characters`. Raises
        ValueError below `self.minimum` and `self.characters`, where pairs would be missing."""
        if minimum < self.minimum:
            raise ValueError(f"cut at {self.minimum}, nothing is known down to {minimum}")
        if characters is not None and (self.characters is None or characters < self.characters):
            raise ValueError(f"cut at {self.characters} characters, not {characters}")
        pairs = tuple(
            pair
            for pair in self.documents
            if pair.alike >= minimum or (characters is not None and pair.shared >= characters)
        )
        return replace(self, documents=pairs, minimum=minimum, characters=characters)
