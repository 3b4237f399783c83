"""One file -> its prepared documents, in the process that asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path

from index.datatypes import Document, Metadata, PreparedDocument
from index.errors import ReadError
from index.paragraphs import external_id, prepare
from index.reading import read
from index.sensitive import find

NO_TEXT = "文件里没有正文（除去广告和页面文字后是空的），请检查内容。"

GREATEST_PARAGRAPH = 200_000
"""Characters without a line break, a book's length. Nobody could read, cite or compare such a
paragraph, and where no sentence ends, cutting it takes time with the square of its length."""
NO_BREAKS = (
    f"文件里有一段超过 {GREATEST_PARAGRAPH // 10_000} 万字，中间没有换行，没有读入；"
    "请用 Word 或记事本把它分成段落后再添加。"
)

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


_NOTHING = Metadata()
_NONE: Mapping[str, Metadata] = {}


def prepared(
    path: str,
    given: Metadata,
    mended: Mapping[str, Metadata] = _NONE,
    made: Path | str | None = None,
    options: Metadata = _NOTHING,
) -> Iterator[tuple[PreparedDocument, tuple[str, ...]]]:
    """The documents of a file with what could not be read of each. Raises ReadError.

    `mended`: what a person said of single documents, by their keys (`key_of`). `made`: what
    LibreOffice made of the file, or why it could not. `options`: what of `given` was said on the
    command line. A member (of an archive, a mail) without text, or without line breaks, is a note
    of the last document; a file without any text is refused.
    """
    keys: set[str] = set()
    waiting: tuple[PreparedDocument, tuple[str, ...]] | None = None
    empty: list[str] = []
    position = 0  # among those given: the caller counts the same
    for document in read(Path(path)) if made is None else read(Path(path), made):
        key = key_of(external_id(document), position, keys)
        _check_characters(document)
        if any(len(block.text) > GREATEST_PARAGRAPH for block in document.blocks):
            if not document.member:
                raise ReadError(document.path, NO_BREAKS)
            empty.append(f"里面的《{document.member}》没有读入：{NO_BREAKS}")
            empty += document.notes
            continue
        lines = document.format == "jsonl"
        many = lines or bool(document.member)
        # One title for all documents of a file would say nothing.
        result = prepare(
            document,
            given=replace(given, title="") if many else given,
            options=options,
            mended=mended.get(key, _NOTHING),
        )
        if not result.paragraphs and not lines:
            if not document.member and document.format != "eml":
                raise ReadError(result.path, NO_TEXT)
            if document.member:
                empty.append(f"里面的《{document.member}》没有读入：{NO_TEXT}")
            empty += document.notes
            continue
        keys.add(key)
        position += 1
        if waiting is not None:
            yield waiting
        found = find([paragraph.text for paragraph in result.paragraphs])
        waiting = replace(result, sensitive=found), document.notes
    if waiting is None:
        raise ReadError(path, "".join(empty[:3]) or NO_TEXT)
    yield waiting[0], tuple(dict.fromkeys((*waiting[1], *empty)))


def key_of(external: str | None, position: int, taken: Set[str]) -> str:
    """Tells the documents of a file apart, the same at the next reading: id, else position.

    `taken`: the keys of the documents before it.
    """
    if external is None:
        return f"#{position}"
    key = f"={external}"
    if key in taken:  # the same id twice in one file
        key = f"#{position}={external}"
    return key


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
