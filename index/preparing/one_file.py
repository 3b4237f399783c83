"""One file -> its prepared documents, in the process that asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index.datatypes import Document, Metadata, PreparedDocument
from index.errors import ReadError
from index.paragraphs import prepare
from index.reading import read
from index.sensitive import find

NO_TEXT = "文件里没有正文（除去广告和页面文字后是空的），请检查内容。"

SMALL = 1 << 18
"""Bytes of a plain text that any process may read: it has no parser that could be led astray."""
_PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})
_NOT_PLAIN = (b"PK", b"{\\rtf", b"\xd0\xcf", b"\x1f\x8b", b"<", b"{")


def harmless(path: str) -> bool:
    """Whether a file is small and plain text: no tags, no container, no NUL bytes."""
    file = Path(path)
    try:
        if file.suffix.lower() not in _PLAIN or not 0 < file.stat().st_size <= SMALL:
            return False
        data = file.read_bytes()
    except OSError:  # the reader says what is wrong with it
        return True
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not (
        b"\0" in data
        or start.startswith(_NOT_PLAIN)
        or b"%PDF-" in data[:1024]
        or b"MIME-Version:" in data[:8192]
    )


def prepared(path: str, given: Metadata) -> Iterator[tuple[PreparedDocument, tuple[str, ...]]]:
    """The documents of a file with what could not be read of each. Raises ReadError."""
    for document in read(Path(path)):
        _check_characters(document)
        many = document.format == "jsonl"
        # One title for all documents of a file would say nothing.
        result = prepare(document, given=replace(given, title="") if many else given)
        if not result.paragraphs and not many:
            raise ReadError(result.path, NO_TEXT)
        found = find([paragraph.text for paragraph in result.paragraphs])
        yield replace(result, sensitive=found), document.notes


def _check_characters(document: Document) -> None:
    """Raise ReadError for half characters (lone surrogates), which no file can hold."""
    texts = [document.metadata.title, document.external_id or ""]
    texts += (block.text for block in document.blocks)
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError as error:
        raise ReadError(
            document.path, "文件里有损坏的字符，请用原来的软件另存一份再试。"
        ) from error
