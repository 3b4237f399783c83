"""Slides (.pptx): the text of each slide in reading order, from PresentationML.

Slides come in the order of presentation.xml, not of their file names. On a slide the title stands
first; the other shapes follow from top to bottom and from left to right, shapes within a quarter
of an inch of the same height counting as one row; a group is read as one shape. A table gives one
block a row, a diagram (SmartArt) one a point of its tree. What the speaker wrote into the notes
follows the slide. Left out, and counted in `Document.notes`: hidden slides, slides of pictures
only, charts, embedded files. Left out without a word: slide numbers, dates and footers, hidden
shapes, comments, and what stands on layouts and masters, which is the same on every slide.
"""

from __future__ import annotations

import posixpath
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.package import Package
from index.reading.slides import diagram
from index.reading.slides.numbering import Counter
from index.reading.tables import row_text

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})
_SAME_ROW = 228_600
"""English metric units (914,400 an inch): tops closer than this stand beside each other."""
_NON_VISUAL = {
    _P + "sp": "nvSpPr",
    _P + "grpSp": "nvGrpSpPr",
    _P + "graphicFrame": "nvGraphicFramePr",
    _P + "pic": "nvPicPr",
}
"""Kind of shape -> its element with name, place in the layout and whether it is hidden."""
_NAMED = 12
"""Slides of pictures only that are named one by one."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape with text or a table, and where it stands."""

    element: etree._Element
    title: bool
    top: int | None
    left: int


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    """Last word of its type: slide, notesSlide, diagramData."""
    part: str
    """Name of the part in the file."""


def read(path: Path) -> Iterator[Document]:
    """One document. Raises ReadError where the package is damaged, locked, hostile or empty."""
    with Package(path) as package:
        main = package.relations("").get("officeDocument", "ppt/presentation.xml")
        root = package.xml(main)
        if root is None or root.tag != _P + "presentation":
            raise ReadError(
                path, "文件里找不到幻灯片，可能已损坏；请用 PowerPoint 或 WPS 打开后另存为 .pptx。"
            )
        parts = _relations(package, main)
        blocks: list[Block] = []
        hidden = 0
        pictures: list[int] = []
        passed_over: Tally[str] = Tally()
        read_already: set[str] = set()
        for number, entry in enumerate(root.iterfind(f"{_P}sldIdLst/{_P}sldId"), start=1):
            relation = parts.get(entry.get(_R + "id", ""))
            # a file that names one slide a million times is no presentation
            if relation is None or relation.part in read_already:
                continue
            read_already.add(relation.part)
            slide = package.xml(relation.part)
            if slide is None:
                continue
            if slide.get("show") in ("0", "false"):
                hidden += 1
                continue
            page = _Page(package, relation.part)
            place = f"第{number}张幻灯片"
            shown = list(page.blocks(slide, first=not blocks))
            if not shown and next(slide.iter(_P + "pic"), None) is not None:
                pictures.append(number)
            passed_over += page.passed_over
            blocks.extend(replace(block, place=place) for block in shown)
            blocks.extend(replace(block, place=f"{place}的备注") for block in page.notes())
    if not blocks:
        raise ReadError(
            path, "幻灯片里没有文字；如果内容是图片，请先用文字识别（OCR）软件转成文字。"
        )
    yield Document(
        path=str(path),
        format="pptx",
        blocks=tuple(blocks),
        notes=tuple(_notes(hidden, pictures, passed_over)),
    )


def _notes(hidden: int, pictures: Sequence[int], passed_over: Tally[str]) -> Iterator[str]:
    if hidden:
        yield f"隐藏的幻灯片 {hidden} 张没有读入。"
    if pictures:
        named = "、".join(map(str, pictures[:_NAMED]))
        if len(pictures) > _NAMED:
            named += f" 等 {len(pictures)} "
        yield f"第{named}张幻灯片只有图片，没有文字。"
    if passed_over:
        counted = "、".join(f"{name} {count} 个" for name, count in passed_over.items())
        yield f"幻灯片里的{counted}没有读入。"


def _relations(package: Package, part: str) -> dict[str, _Relation]:
    """Id of each relation of a part that leads to a part of the file -> where to."""
    folder, name = posixpath.split(part)
    root = package.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        relation.get("Id", ""): _Relation(
            posixpath.basename(relation.get("Type", "")),
            posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip(
                "/"
            ),
        )
        for relation in (root if root is not None else ())
        if relation.get("TargetMode") != "External"
    }


class _Page:
    """One slide: its part, what it leads to, and what of it was passed over."""

    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._relations = _relations(package, part)
        self.passed_over: Tally[str] = Tally()

    def blocks(self, slide: etree._Element, *, first: bool) -> Iterator[Block]:
        """Blocks of the slide; the title of the first slide with text is the document's."""
        tree = slide.find(f"{_P}cSld/{_P}spTree")
        if tree is None:
            return
        for shape in _in_reading_order(list(_shapes(tree))):
            if shape.element.tag == _P + "graphicFrame":
                yield from self._frame(shape.element)
                continue
            blocks = list(_paragraphs(shape.element))
            if shape.title and blocks:
                # a title is broken to fit its box
                line = "".join(block.text for block in blocks)
                yield Block(line, kind="title") if first else Block(line, level=1)
            else:
                yield from blocks

    def notes(self) -> Iterator[Block]:
        """What the speaker wrote below the slide."""
        for relation in self._relations.values():
            page = self._package.xml(relation.part) if relation.kind == "notesSlide" else None
            tree = None if page is None else page.find(f"{_P}cSld/{_P}spTree")
            for shape in () if tree is None else _shapes(tree):
                place = shape.element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
                # beside it stand a picture of the slide, and running heads
                if place is not None and place.get("type") == "body":
                    yield from _paragraphs(shape.element)

    def _frame(self, frame: etree._Element) -> Iterator[Block]:
        """What a frame holds: a table, a diagram; a chart or an embedded file is counted."""
        for content in frame.iterfind(f"{_A}graphic/{_A}graphicData/*"):
            kind = etree.QName(content).localname
            if kind == "tbl":
                yield from _table(content)
            elif kind == "relIds":
                relation = self._relations.get(content.get(_R + "dm", ""))
                model = None if relation is None else self._package.xml(relation.part)
                if model is None:
                    self.passed_over["图示"] += 1
                    continue
                for point in diagram.points(model):
                    yield from _paragraphs(point)
            elif kind == "chart":
                self.passed_over["图表"] += 1
            elif kind in ("oleObj", "AlternateContent"):
                self.passed_over["嵌入的文件"] += 1


def _shapes(parent: etree._Element) -> Iterator[_Shape]:
    """Shapes with text and frames of a slide or group, in drawing order."""
    for element in parent:
        if _is_hidden(element):
            continue
        if element.tag == _P + "grpSp":
            # places inside a group count in its own measure: the group moves as one
            inner = _in_reading_order(list(_shapes(element)))
            top, left = _position(element.find(f"{_P}grpSpPr/{_A}xfrm"))
            yield from (replace(shape, top=top, left=left) for shape in inner)
        elif element.tag == _MC + "AlternateContent":
            branch = element.find(_MC + "Choice")
            # a frame holds its text in another part; an empty choice is drawn, and said beside it
            if branch is None or next(branch.iter(_A + "t", _P + "graphicFrame"), None) is None:
                fallback = element.find(_MC + "Fallback")
                branch = branch if fallback is None else fallback
            if branch is not None:
                yield from _shapes(branch)
        elif element.tag == _P + "sp":
            place = element.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
            kind = "" if place is None else place.get("type", "obj")
            if kind not in _FURNITURE:
                top, left = _position(element.find(f"{_P}spPr/{_A}xfrm"))
                yield _Shape(element, kind in _TITLES, top, left)
        elif element.tag == _P + "graphicFrame":
            top, left = _position(element.find(_P + "xfrm"))
            yield _Shape(element, False, top, left)


def _is_hidden(element: etree._Element) -> bool:
    name = _NON_VISUAL.get(str(element.tag))
    about = None if name is None else element.find(f"{_P}{name}/{_P}cNvPr")
    return about is not None and about.get("hidden") in ("1", "true")


def _in_reading_order(shapes: list[_Shape]) -> list[_Shape]:
    """Title first, then rows from top to bottom, each from left to right.

    A shape that states no place takes it from its layout, where placeholders stand in the order
    of the file: it keeps its turn behind the title, before the shapes that were placed by hand.
    """
    titles = [shape for shape in shapes if shape.title]
    unplaced = [shape for shape in shapes if not shape.title and shape.top is None]
    placed = sorted(
        (shape for shape in shapes if not shape.title and shape.top is not None),
        key=lambda shape: shape.top or 0,
    )
    rows: list[list[_Shape]] = []
    for shape in placed:
        if rows and (shape.top or 0) - (rows[-1][0].top or 0) < _SAME_ROW:
            rows[-1].append(shape)
        else:
            rows.append([shape])
    ordered = [shape for row in rows for shape in sorted(row, key=lambda shape: shape.left)]
    return titles + unplaced + ordered


def _position(transform: etree._Element | None) -> tuple[int | None, int]:
    """(top, left) in English metric units; top None where the shape does not say."""
    offset = None if transform is None else transform.find(_A + "off")
    try:
        return (None, 0) if offset is None else (int(offset.get("y", "")), int(offset.get("x", "")))
    except ValueError:
        return None, 0


def _paragraphs(body: etree._Element) -> Iterator[Block]:
    """The paragraphs of a shape, cell or point that say something, with their numbers."""
    counter = Counter(next(body.iter(_A + "lstStyle"), None))
    for paragraph in body.iter(_A + "p"):
        pieces: list[str] = []
        for element in paragraph.iter(_A + "t", _A + "br"):
            field = element.getparent()
            if field is not None and field.tag == _A + "fld" and _is_furniture(field):
                continue
            pieces.append(" " if element.tag == _A + "br" else element.text or "")
        text = "".join(pieces).strip()
        if text:
            yield Block(text, label=counter.next_label(paragraph.find(_A + "pPr")))


def _is_furniture(field: etree._Element) -> bool:
    return (field.get("type") or "").startswith(("slidenum", "datetime"))


def _table(table: etree._Element) -> Iterator[Block]:
    for row in table.iterfind(_A + "tr"):
        text = row_text([_cell(cell) for cell in row.iterfind(_A + "tc")])
        if text.strip():
            yield Block(text, kind="row")


def _cell(cell: etree._Element) -> str:
    """A cell as one line; what another cell was merged over is hidden."""
    if "1" in (cell.get("hMerge"), cell.get("vMerge")) or "true" in (
        cell.get("hMerge"),
        cell.get("vMerge"),
    ):
        return ""
    return " ".join(f"{block.label}{block.text}" for block in _paragraphs(cell))
