"""What is reviewed: a file, a pasted text, or a document of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.datatypes import Block, Document, Metadata, PreparedDocument
from index.errors import ReadError, UnknownDocument
from index.findings import Draft, DraftParagraph
from index.library import Library
from index.paragraphs import prepare
from index.preparing import Job, Preparer
from index.reading.lines import split_lines
from index.reading.wrapped import unwrap

PASTED = "粘贴的文字"
_NOTHING = Metadata()


def drafts_of(paths: Sequence[Path], given: Metadata = _NOTHING) -> list[Draft]:
    """The documents of files, read in child processes as those of a library are.

    A file may hold several documents (a .zip, a .jsonl). What `given` states wins over what the
    text says. Raises ReadError for the first file that cannot be read, or holds no text.
    """
    drafts: list[Draft] = []
    with Preparer([Job(str(path), given) for path in paths]) as preparer:
        for position, path in enumerate(paths):
            found = [_draft(*one) for one in preparer.documents(position)]
            if not any(draft.paragraphs for draft in found):
                raise ReadError(str(path), "里面没有可以比对的文字。")
            drafts += found
    return drafts


def pasted(text: str, given: Metadata = _NOTHING) -> Draft:
    """A pasted text. Raises ReadError where there is nothing in it, or half a character."""
    try:
        text.encode()
    except UnicodeEncodeError as error:  # a lone surrogate, which no file and no store can hold
        raise ReadError(PASTED, "里面有损坏的字符，请从原来的软件重新复制再试。") from error
    lines = unwrap(split_lines(text))
    blocks = tuple(Block(line) for line in lines if line.strip())
    if not blocks:
        raise ReadError(PASTED, "没有文字，请先粘贴要审阅的内容。")
    document = prepare(Document(path=PASTED, format="txt", blocks=blocks), given=given)
    draft = _draft(document, ())
    return Draft(
        draft.title or PASTED, draft.paragraphs, draft.unit, draft.year, draft.kind, path=""
    )


def held(library: Library, document_id: int) -> Draft:
    """A document of the library as a draft. Raises UnknownDocument."""
    entry = next((one for one in library.documents() if one.id == document_id), None)
    if entry is None:
        raise UnknownDocument(f"没有编号为 {document_id} 的文档。")
    paragraphs = tuple(
        DraftParagraph(number, stored.text, stored.source.heading_path, stored.level)
        for number, stored in enumerate(library.paragraphs(document_id), 1)
    )
    return Draft(
        title=entry.title,
        paragraphs=paragraphs,
        unit=entry.unit,
        year=entry.year,
        kind=entry.kind,
        path=entry.path,
        document_id=entry.id,
    )


def _draft(document: PreparedDocument, notes: Sequence[str]) -> Draft:
    known = document.metadata
    return Draft(
        title=known.title,
        paragraphs=tuple(
            DraftParagraph(one.number, one.text, one.heading_path, one.level)
            for one in document.paragraphs
        ),
        unit=known.unit,
        year=known.year,
        kind=known.kind,
        path=document.path,
        notes=tuple(notes),
    )
