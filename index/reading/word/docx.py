"""Word documents (.docx): a walk over document.xml that gives what the reader of the page sees.

Ready-made readers drop automatic numbers, inserted text of tracked changes, text boxes and
content controls. All of these are the author's words here:

- numbers are counted as Word counts them and stand in `Block.label`;
- tracked changes are taken as accepted: w:ins stays, w:del goes, a deleted paragraph mark joins;
- of an mc:AlternateContent one branch is taken, so a text box is read once;
- footnotes follow their paragraph; a table gives one block a row;
- ringed characters and readings above a character, which Word keeps in field codes, are read.

An automatic table of contents is marked as furniture. Headers and footers are left out, and so
are comments and hidden text, which are counted in `Document.notes`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from index.datatypes import Block, Document, Metadata
from index.errors import ReadError
from index.reading.lines import heading_level, split_lines
from index.reading.package import Package
from index.reading.tables import row_text
from index.reading.word.fields import Fields
from index.reading.word.numbering import Numbering
from index.reading.word.styles import Styles, number_reference, outline_level
from index.reading.word.vocabulary import MATH, MC, W, flag, value
from index.reading.wrapped import unwrap_blocks

_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_LONG_CELL = 120
"""Characters: a cell of several paragraphs and this length is text in a form."""
_TITLE_WITHIN = 6
"""The title property is believed only where one of this many first blocks says the same."""

_KEPT = frozenset(
    W + name
    for name in (
        "r", "hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdtContent", "fldSimple",
        "dir", "bdo", "ruby", "rubyBase", "object", "pict", "drawing",
    )
)  # fmt: skip
"""Elements inside a paragraph whose content is content of the paragraph."""
_BREAKS = {
    W + "br": "\n",
    W + "cr": "\n",
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "noBreakHyphen": "-",
}
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
_SYMBOLS = {
    # code of Wingdings or Wingdings 2, in the private use area, -> what it looks like
    "F0FE": "☑", "F0FC": "✓", "F0A8": "□", "F06F": "□", "F071": "□", "F06C": "●", "F06E": "■",
    "F075": "◆", "F0D8": "➢", "F0FB": "✗", "F052": "☑", "F0A3": "□", "F053": "☒", "F02A": "□",
    "F030": "□", "F0B2": "★", "F0AB": "★",
}  # fmt: skip


def read(path: Path) -> Iterator[Document]:
    """One document. Raises ReadError where the package is damaged, locked or hostile."""
    with Package(path) as package:
        document = package.relations("").get("officeDocument", "word/document.xml")
        root = package.xml(document)
        body = None if root is None else root.find(W + "body")
        if body is None:
            raise ReadError(
                path, "文件里找不到正文，可能已损坏；请用 Word 或 WPS 打开后另存为 .docx。"
            )
        parts = package.relations(document)
        styles = Styles.from_xml(package.xml(parts.get("styles", "")))
        numbering = Numbering.from_xml(
            package.xml(parts.get("numbering", "")), styles.number_styles
        )
        notes = {kind: package.xml(parts.get(kind, "")) for kind in ("footnotes", "endnotes")}
        walk = _Walk(styles, numbering, notes)
        blocks = list(walk.blocks(body))
        if walk.lost_in_a_field:
            # a field without end would swallow the rest of the document: read it as plain text
            numbering.restart()
            walk = _Walk(styles, numbering, notes, fields_followed=False)
            blocks = list(walk.blocks(body))
        blocks = unwrap_blocks(_settle_titles(blocks))
        stated = package.xml(package.relations("").get("core-properties", "docProps/core.xml"))
    if not blocks:
        raise ReadError(path, "文件里没有文字；如果内容是图片，请先用文字识别（OCR）软件转成文字。")
    yield Document(
        path=str(path),
        format="docx",
        blocks=tuple(blocks),
        metadata=Metadata(title=_confirmed_title(stated, blocks)),
        notes=walk.notes(),
    )


class _Walk:
    """One pass over a document, in order: numbers count as it goes."""

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        notes: Mapping[str, etree._Element | None],
        fields_followed: bool = True,
    ) -> None:
        self._styles = styles
        self._numbering = numbering
        self._note_texts: dict[tuple[str, str], etree._Element] = {}
        self._carried = ""
        """Text of paragraphs whose mark was deleted: it belongs to the next paragraph."""
        self._left_out: Counter[str] = Counter()
        self._fields = Fields(fields_followed)
        self._in_contents = 0
        """How many wrappers around the present paragraph say that it is the table of contents."""
        self._listed = 0
        """Characters of the present paragraph that stand in a field of contents."""

        for kind, root in notes.items():  # footnotes.xml and endnotes.xml
            for note in root if root is not None else ():
                if note.get(W + "type") in (None, "normal"):  # others draw the line above them
                    self._note_texts[kind, note.get(W + "id", "")] = note

    @property
    def lost_in_a_field(self) -> bool:
        """Whether a field was begun and never ended."""
        return self._fields.unfinished

    def notes(self) -> tuple[str, ...]:
        sentences = {
            "hidden": "隐藏文字 {} 处没有读入。",
            "comment": "批注 {} 条没有读入。",
            "embedded": "嵌入的其他文档 {} 个没有读入。",
        }
        counts = self._left_out
        return tuple(text.format(counts[key]) for key, text in sentences.items() if counts[key])

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Blocks of everything that stands in a body, a cell, a text box or a note."""
        for element in self._flat(parent):
            if element.tag == W + "p":
                yield from self._paragraph(element)
            elif element.tag == W + "tbl":
                yield from self._table(element)
            elif element.tag == W + "altChunk":
                self._left_out["embedded"] += 1

    def _flat(self, parent: etree._Element) -> Iterator[etree._Element]:
        """Paragraphs and tables of a parent, looking through the wrappers around them."""
        for element in parent:
            if element.tag == W + "sdt":
                content = element.find(W + "sdtContent")
                if content is not None and not _shows_prompt(element):
                    contents = _is_contents_control(element)
                    self._in_contents += contents
                    yield from self._flat(content)
                    self._in_contents -= contents
            elif element.tag in (W + "ins", W + "moveTo", W + "customXml", W + "smartTag"):
                yield from self._flat(element)
            elif element.tag == MC + "AlternateContent":
                branch = _branch(element)
                if branch is not None:
                    yield from self._flat(branch)
            else:
                yield element

    # paragraphs

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        properties = paragraph.find(W + "pPr")
        style = None if properties is None else value(properties.find(W + "pStyle"))
        inside: list[etree._Element] = []  # text boxes
        references: list[tuple[str, str]] = []  # footnotes
        self._listed = 0
        text = "".join(self._text(paragraph, inside, references, self._styles.is_hidden(style)))
        # the mark that ends the contents may open the first paragraph behind them
        contents = self._in_contents > 0 or 2 * self._listed > len(text)
        if _mark_deleted(properties):
            self._carried += text
            text = ""
        else:
            text, self._carried = self._carried + text, ""
            yield from self._own_blocks(properties, style, text, contents)
        for box in inside:
            yield from self.blocks(box)
        for reference in references:
            note = self._note_texts.pop(reference, None)
            if note is not None:
                yield from self.blocks(note)

    def _own_blocks(
        self, properties: etree._Element | None, style: str | None, text: str, contents: bool
    ) -> Iterator[Block]:
        label = self._label(properties, style)
        direct = outline_level(properties)
        level = self._styles.level(style) if direct is None else direct or None
        is_title = self._styles.is_title(style)
        lines = [line for line in split_lines(text) if line.strip()]
        if (level or is_title) and lines:
            lines = ["".join(line.strip() for line in lines)]  # a break inside a heading is layout
        if contents or self._styles.is_contents(style):
            # made from the headings, which stand in the text themselves
            yield from (Block(line, kind="furniture") for line in lines)
            return
        if not lines and label:
            lines = [""]  # a cell that holds nothing but its automatic number
        for line in lines:
            if is_title:
                yield Block(line, kind="title", label=label)
            else:
                yield Block(line, level=heading_level(level, line), label=label)
            label = ""

    def _label(self, properties: etree._Element | None, style: str | None) -> str:
        """The automatic number, counting this paragraph."""
        own = number_reference(properties)
        named = self._styles.numbers(style)
        number_id = own.number_id if own and own.number_id is not None else None
        level = own.level if own else None
        if number_id is None and named is not None:
            styled_by, reference = named
            number_id = reference.number_id
            if level is None and number_id is not None:
                linked = self._numbering.level_of_style(number_id, styled_by)
                level = reference.level if linked is None else linked
        if number_id is None or number_id == "0":
            return ""
        return self._numbering.next_label(number_id, level or 0)

    def _text(
        self,
        parent: etree._Element,
        boxes: list[etree._Element],
        references: list[tuple[str, str]],
        hidden: bool = False,
    ) -> Iterator[str]:
        """Pieces of text in order; text boxes and footnote references are collected aside.

        `hidden`: the paragraph's style hides its text, unless a run says that it is shown.
        """
        for element in parent:
            tag = element.tag
            if tag in (W + "t", MATH + "t"):
                if not self._fields.in_instruction:
                    shown = element.text or ""
                    self._listed += len(shown) if self._fields.in_contents else 0
                    yield shown
            elif tag == W + "fldChar":
                yield self._fields.mark(element.get(W + "fldCharType", ""))
            elif tag == W + "instrText":
                self._fields.instruct(element.text or "")
            elif tag == W + "r":
                run = element.find(W + "rPr")
                if self._is_hidden(run, hidden):
                    self._left_out["hidden"] += 1 if element.find(W + "t") is not None else 0
                    self._follow_fields(element)
                else:
                    yield from self._text(element, boxes, references, hidden)
            elif tag in _BREAKS:
                yield _BREAKS[tag]
            elif tag == W + "sym":
                yield _symbol(element.get(W + "char") or "")
            elif tag == W + "sdt":
                content = element.find(W + "sdtContent")
                if content is not None and not _shows_prompt(element):
                    yield from self._text(content, boxes, references, hidden)
            elif tag == W + "txbxContent":
                boxes.append(element)
            elif tag in (W + "footnoteReference", W + "endnoteReference"):
                kind = "footnotes" if tag == W + "footnoteReference" else "endnotes"
                references.append((kind, element.get(W + "id", "")))
            elif tag == W + "commentReference":
                self._left_out["comment"] += 1
            elif tag == MC + "AlternateContent":
                branch = _branch(element)
                if branch is not None:
                    yield from self._text(branch, boxes, references, hidden)
            elif tag == _WORD_ART:
                yield element.get("string") or ""
            elif tag in _KEPT or not str(tag).startswith(W):
                # drawings, formulas and whatever newer programs add keep their text deeper inside
                yield from self._text(element, boxes, references, hidden)

    def _is_hidden(self, run: etree._Element | None, hidden: bool) -> bool:
        """Whether a run is hidden: by its own word, its style, or its paragraph's style."""
        if run is None:
            return hidden
        own = run.find(W + "vanish")
        if own is not None:
            return flag(own)
        style = value(run.find(W + "rStyle"))
        return hidden or (style is not None and self._styles.is_hidden(style))

    def _follow_fields(self, run: etree._Element) -> None:
        """Begin and end fields whose marks stand in hidden text (entries of an index do)."""
        for element in run.iter(W + "fldChar", W + "instrText"):
            if element.tag == W + "fldChar":
                self._fields.mark(element.get(W + "fldCharType", ""))
            else:
                self._fields.instruct(element.text or "")

    # tables

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows = [row for row in self._flat(table) if row.tag == W + "tr" and not _row_deleted(row)]
        cells = [[cell for cell in self._flat(row) if cell.tag == W + "tc"] for row in rows]
        single = len(cells) == 1 and len(cells[0]) == 1
        for row in cells:
            contents = [list(self.blocks(cell)) for cell in row]
            if single or any(map(_is_prose, contents)):
                for content in contents:
                    yield from content
            else:
                text = row_text([_cell_text(content) for content in contents])
                if text.strip():
                    yield Block(text, kind="row")


def _branch(alternate: etree._Element) -> etree._Element | None:
    """The one branch of an mc:AlternateContent to read: the first with text, else the first."""
    branches = [child for child in alternate if child.tag in (MC + "Choice", MC + "Fallback")]
    for branch in branches:
        if next(branch.iter(W + "t"), None) is not None:
            return branch
    return branches[0] if branches else None


def _shows_prompt(control: etree._Element) -> bool:
    """Whether a content control holds only its prompt (单击此处输入文字), not the author's text."""
    properties = control.find(W + "sdtPr")
    return properties is not None and flag(properties.find(W + "showingPlcHdr"))


def _is_contents_control(control: etree._Element) -> bool:
    """Whether a content control holds Word's automatic table of contents."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return value(gallery) == "Table of Contents"


def _symbol(code: str) -> str:
    """A w:sym by its code (hexadecimal): a sign of Wingdings, or the character itself."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if 0xE000 <= number <= 0xF8FF or not 0x20 <= number <= 0xFFFF or 0xD800 <= number <= 0xDFFF:
        return _SYMBOLS.get(code.upper(), "")
    return chr(number)


def _mark_deleted(properties: etree._Element | None) -> bool:
    """Whether the paragraph's mark was deleted or moved away under tracked changes."""
    mark = None if properties is None else properties.find(W + "rPr")
    return mark is not None and any(mark.find(W + name) is not None for name in ("del", "moveFrom"))


def _row_deleted(row: etree._Element) -> bool:
    properties = row.find(W + "trPr")
    return properties is not None and properties.find(W + "del") is not None


def _is_prose(content: list[Block]) -> bool:
    return len(content) > 1 and sum(len(block.text) for block in content) > _LONG_CELL


def _cell_text(content: Iterable[Block]) -> str:
    return " ".join(f"{block.label}{block.text}".strip() for block in content)


def _settle_titles(blocks: list[Block]) -> list[Block]:
    """Only the first run of title-styled blocks is the title; later ones head a part.

    Paragraphs of nothing but a number (numbered empty lines) are dropped here, after counting.
    """
    settled: list[Block] = []
    closed = False
    for block in blocks:
        if not block.text.strip():
            continue
        if block.kind == "title":
            if closed:
                block = Block(block.text, level=1, label=block.label)
        elif any(earlier.kind == "title" for earlier in settled[-1:]):
            closed = True
        settled.append(block)
    return settled


def _confirmed_title(properties: etree._Element | None, blocks: list[Block]) -> str:
    """The title property, where the text itself begins with it.

    Many files carry the title of the file they were copied from, or a template's.
    """
    stated = None if properties is None else properties.findtext(_DUBLIN_CORE + "title")
    wanted = re.sub(r"\s", "", stated or "")
    if len(wanted) < 4:
        return ""
    beginning = re.sub(r"\s", "", "".join(block.text for block in blocks[:_TITLE_WITHIN]))
    return " ".join((stated or "").split()) if wanted in beginning else ""
