"""Markdown: headings with their level, lists with their numbers, everything else as plain text.

The grammar is CommonMark by markdown-it-py, with three differences because Chinese office texts
are written otherwise than the grammar expects:

- a line is a paragraph, as people write it, unless the file is broken at a fixed width;
- indented text is text, not code, and a long sentence above ``---`` is not a heading;
- ``#一、标题`` without a space is a heading, and ``完成*项，开展*次`` holds placeholders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.datatypes import Block, Document, Metadata
from index.reading.content import load, text_of
from index.reading.lines import split_lines
from index.reading.tables import row_text
from index.reading.wrapped import unwrap

_FRONT_MATTER = re.compile(
    r"\A---\n((?:[A-Za-z_][\w-]*[ ]*:.*\n|[ \t]*(?:- |#).*\n|[ ]+\S.*\n|\n)+)---(?:\n|\Z)"
)
"""Settings for page generators: keys with values and nothing else, or it is the author's text."""
_FRONT_TITLE = re.compile(r"^title\s*:\s*(.+?)\s*$", re.M | re.I)
_HEADING_WITHOUT_SPACE = re.compile(r"^([ ]{0,3}#{1,6})(?=[\u4e00-\u9fff（(【《“])(?!.*#)", re.M)
"""Not before digits (#1机组) and not with another #: #学习强国# is a topic tag."""
_MEASURE_WORDS = frozenset("个次项名条家人场期篇件例户万亿元份份批类支部年月日余多%％")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.S)
_LONGEST_UNDERLINED_HEADING = 40


def read(path: Path) -> Iterator[Document]:
    """One document. The only first-level heading, where it opens the text, is its title."""
    text, notes = text_of(path, load(path))
    text = "\n".join(split_lines(text))
    front = _FRONT_MATTER.match(text)
    title = ""
    if front:
        found = _FRONT_TITLE.search(front[1])
        title = found[1].strip("\"'") if found else ""
        text = text[front.end() :]
    text = "\n".join(unwrap(_HEADING_WITHOUT_SPACE.sub(r"\1 ", text).split("\n")))
    blocks = _mark_title(list(_blocks(_parser().parse(text))))
    yield Document(
        path=str(path),
        format="md",
        blocks=tuple(blocks),
        metadata=Metadata(title=title),
        notes=notes,
    )


def _parser() -> MarkdownIt:
    # links are not checked or rewritten: only their words are wanted
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")


def _mark_title(blocks: list[Block]) -> list[Block]:
    tops = [i for i, block in enumerate(blocks) if block.level == 1]
    if tops == [0]:
        blocks[0] = Block(blocks[0].text, kind="title")
    return blocks


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    level: int | None = None
    underlined = False
    numbers: list[int | None] = []  # of the lists that are open; None for bullets
    label = ""
    cells: list[str] = []
    in_table = False
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            underlined = token.markup in ("-", "=")
        elif token.type == "heading_close":
            level = None
        elif token.type == "ordered_list_open":
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            label = ""
            if number is not None:
                # as it is shown: writers number every item "1." and leave counting to the page
                label = f"{number}{token.markup}"
                numbers[-1] = number + 1
        elif token.type == "table_open":
            in_table = True
        elif token.type == "table_close":
            in_table = False
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            if any(cells):
                yield Block(row_text(cells), kind="row")
        elif token.type == "inline":
            lines = _inline_lines(token.children or [])
            if in_table:
                cells.append(" ".join(lines).strip())
                continue
            # CommonMark makes all lines above a --- one heading, however long
            stated = None if level and underlined and not _short(lines) else level
            for line in lines:
                if line.strip():
                    yield Block(line, level=stated, label=label)
                    label = ""
        elif token.type in ("fence", "code_block", "html_block"):
            content = token.content
            if token.type == "html_block":
                content = _TAG.sub("", content)
            for line in split_lines(content):
                if line.strip():
                    yield Block(line.strip(), label=label)
                    label = ""


def _short(lines: list[str]) -> bool:
    line = lines[0]
    return len(lines) == 1 and len(line) <= _LONGEST_UNDERLINED_HEADING and line[-1:] not in "。；"


def _inline_lines(children: Sequence[Token]) -> list[str]:
    """The words of inline tokens, split where the writer broke the line."""
    text = ""
    literal: list[bool] = []  # for each emphasis that is open: were its marks placeholders?
    for i, token in enumerate(children):
        if token.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif token.type == "em_open":
            literal.append(_is_placeholder(children, i))
            text += token.markup if literal[-1] else ""
        elif token.type == "em_close":
            text += token.markup if literal.pop() else ""
        elif token.type == "image":
            text += _alternative_text(token)
        elif token.type == "html_inline":
            text += "\n" if token.content.lower().startswith("<br") else ""
        else:
            text += token.content
    return text.replace("\xa0", " ").split("\n")


def _is_placeholder(children: Sequence[Token], opening: int) -> bool:
    """Whether an emphasis is two placeholders: both asterisks stand before a measure word."""
    if children[opening].markup != "*":
        return False
    depth = 0
    for i in range(opening, len(children)):
        depth += {"em_open": 1, "em_close": -1}.get(children[i].type, 0)
        if depth == 0:
            after = _next_character(children, i)
            return _next_character(children, opening) in _MEASURE_WORDS and after in _MEASURE_WORDS
    return False


def _next_character(children: Sequence[Token], position: int) -> str:
    """First character shown after a token, "" at the end of the paragraph."""
    for token in children[position + 1 :]:
        if token.content:
            return token.content[0]
    return ""


def _alternative_text(image: Token) -> str:
    """What an image says in words, unless it is only a file's name."""
    words = image.content
    return words if any("\u4e00" <= character <= "\u9fff" for character in words) else ""
