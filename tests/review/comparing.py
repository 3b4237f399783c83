"""Cases of a draft and its sources as text files, compared without a library.

A case: lines `unit:`, `year:`, `title:`, `kind:` of the draft, its paragraphs (`h1 ` before a
heading), then for each source a line `# source` and the same again, then `# output`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from index.alignment import fold, shared_runs
from index.alignment.spans import aligned_spans, text_of
from index.datatypes import Source
from index.findings import Draft, DraftParagraph, Piece, SharedSpan, SourceDocument
from index.review.slots import slots_of


@dataclass(frozen=True)
class Case:
    """A draft, what it shares with its sources, and the lines that are expected."""

    draft: Draft
    spans: tuple[SharedSpan, ...]
    documents: dict[int, SourceDocument]
    source_texts: dict[int, str]
    output: list[str]


def read_case(path: Path) -> Case:
    texts, output = path.read_text(encoding="utf-8").split("# output\n")
    first, *others = texts.split("# source\n")
    draft = _draft(first)
    spans: list[SharedSpan] = []
    documents: dict[int, SourceDocument] = {}
    source_texts: dict[int, str] = {}
    for id_, text in enumerate(others):
        source = _draft(text)
        documents[id_] = _document(draft, source, id_)
        for at, ours in enumerate(draft.paragraphs):
            for number, theirs in enumerate(source.paragraphs):
                paragraph_id = id_ * 1000 + number
                source_texts[paragraph_id] = theirs.text
                spans += _spans(at, ours.text, theirs.text, id_, paragraph_id, number)
    return Case(draft, tuple(spans), documents, source_texts, output.splitlines())


def _draft(text: str) -> Draft:
    known = dict(re.findall(r"^(unit|year|title|kind): (.*)$", text, re.MULTILINE))
    lines = [
        line
        for line in text.splitlines()
        if line and not re.match("(unit|year|title|kind): ", line)
    ]
    paragraphs = []
    heading: tuple[str, ...] = (known.get("title", ""),)
    for number, line in enumerate(lines, 1):
        level = 1 if line.startswith("h1 ") else 0
        line = line.removeprefix("h1 ")
        if level:
            heading = (line,)
        paragraphs.append(DraftParagraph(number, line, heading, level))
    return Draft(
        known.get("title", ""),
        tuple(paragraphs),
        known.get("unit"),
        int(known["year"]) if "year" in known else None,
        known.get("kind"),
    )


def _document(draft: Draft, source: Draft, id_: int) -> SourceDocument:
    older = None
    if draft.year and source.year and draft.year != source.year:
        older = source.year < draft.year
    relation = "other"
    if draft.unit and draft.unit == source.unit:
        relation = "own_past" if older else "own"
    where = Source(id_, None, source.title, source.unit, source.year, source.kind, "", (), 1)
    return SourceDocument(where, relation, older)  # type: ignore[arg-type]


def _spans(
    at: int, ours: str, theirs: str, id_: int, paragraph_id: int, number: int
) -> list[SharedSpan]:
    one, other = fold(ours), fold(theirs)
    found = []
    for span in aligned_spans(
        text_of(one.codes), text_of(other.codes), shared_runs(one.codes, other.codes)
    ):
        pieces = tuple(
            Piece(
                one.span(block.a, block.a + block.length),
                other.span(block.b, block.b + block.length),
            )
            for block in span.blocks
        )
        slots, only_slots = slots_of(ours, theirs, pieces)
        found.append(
            SharedSpan(
                paragraph=at,
                span=one.span(*span.a),
                document_id=id_,
                paragraph_id=paragraph_id,
                source_paragraph=number + 1,
                source_span=other.span(*span.b),
                length=span.a[1] - span.a[0],
                same=span.same,
                longest=span.longest,
                source_length=span.b[1] - span.b[0],
                pieces=pieces,
                slots=slots,
                only_slots=only_slots,
            )
        )
    return found
