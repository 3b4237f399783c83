"""Web pages saved as one file (mht, mhtml), by browsers and Word: a mail whose body is the page."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.content import load, text_of
from index.reading.lines import split_lines
from index.reading.web.html import GREATEST_PAGE, page, page_text
from index.reading.wrapped import unwrap

_DAMAGED = "单个文件网页里找不到正文，可能已损坏；请在浏览器里打开，另存为 .html 后再添加。"


def read(path: Path) -> Iterator[Document]:
    """One document: the first part that is HTML, else the first plain text. Raises ReadError."""
    data = load(path, GREATEST_PAGE)
    # compat32: the newer policy raises from its header parser on headers that are not well formed
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    for kind in ("text/html", "text/plain"):
        for part in parts:
            content = _content(part) if part.get_content_type() == kind else b""
            if content.strip():
                yield _document(path, part, content, kind)
                return
    raise ReadError(path, _DAMAGED)


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _document(path: Path, part: Message, content: bytes, kind: str) -> Document:
    # the header's charset is what the program wrote the part in; a <meta> may be of the old page
    declared = part.get_content_charset()
    if kind == "text/html":
        return page(path, *page_text(path, content, declared), form="mht")
    text, notes = text_of(path, content)
    lines = tuple(Block(line) for line in unwrap(split_lines(text)) if line.strip())
    return Document(path=str(path), format="mht", blocks=lines, notes=notes)
