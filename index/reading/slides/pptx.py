"""Slides (.pptx): the text of each slide in reading order, from PresentationML.

Slides come in the order of presentation.xml, not of their file names. On a slide the title stands
first; the other shapes follow from top to bottom and from left to right, shapes within a quarter
of an inch of the same height counting as one row. A table gives one block a row. Left out: notes,
hidden slides (counted in `Document.notes`), slide numbers, dates and footers, and what stands
on layouts and masters, which is the same on every slide.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from index.datatypes import Block, Document
from index.errors import ReadError
from index.reading.package import Package
from index.reading.tables import row_text

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"sldNum", "dt", "ftr", "hdr"})
_SAME_ROW = 228_600
"""English metric units (914,400 an inch): tops closer than this stand beside each other."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape with text or a table, and where it stands."""

    element: etree._Element
    title: bool
    top: int | None
    left: int


def read(path: Path) -> Iterator[Document]:
    """One document. Raises ReadError where the package is damaged, locked, hostile or empty."""
    with Package(path) as package:
        main = package.relations("").get("officeDocument", "ppt/presentation.xml")
        root = package.xml(main)
        if root is None or root.tag != _P + "presentation":
            raise ReadError(
                path, "文件里找不到幻灯片，可能已损坏；请用 PowerPoint 或 WPS 打开后另存为 .pptx。"
            )
        targets = _targets(package, main)
        blocks: list[Block] = []
        hidden = 0
        for number, entry in enumerate(root.iterfind(f"{_P}sldIdLst/{_P}sldId"), start=1):
            slide = package.xml(targets.get(entry.get(_R + "id", ""), ""))
            if slide is None:
                continue
            if slide.get("show") in ("0", "false"):
                hidden += 1
                continue
            place = f"第{number}张幻灯片"
            blocks.extend(replace(block, place=place) for block in _slide(slide, first=not blocks))
    if not blocks:
        raise ReadError(
            path, "幻灯片里没有文字；如果内容是图片，请先用文字识别（OCR）软件转成文字。"
        )
    yield Document(
        path=str(path),
        format="pptx",
        blocks=tuple(blocks),
        notes=(f"隐藏的幻灯片 {hidden} 张没有读入。",) if hidden else (),
    )


def _targets(package: Package, part: str) -> dict[str, str]:
    """Id of each relation of a part -> name of the part it leads to in the file."""
    folder, name = posixpath.split(part)
    root = package.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        relation.get("Id", ""): posixpath.normpath(
            posixpath.join("/" + folder, relation.get("Target", ""))
        ).lstrip("/")
        for relation in (root if root is not None else ())
        if relation.get("TargetMode") != "External"
    }


def _slide(slide: etree._Element, first: bool) -> Iterator[Block]:
    """Blocks of a slide; the title of the first slide is the document's."""
    tree = slide.find(f"{_P}cSld/{_P}spTree")
    if tree is None:
        return
    for shape in _in_reading_order(list(_shapes(tree))):
        if shape.element.tag == _P + "graphicFrame":
            yield from _table(shape.element)
            continue
        texts = list(_paragraphs(shape.element))
        if shape.title and texts:
            line = "".join(texts)  # a title is broken to fit its box
            yield Block(line, kind="title") if first else Block(line, level=1)
        else:
            yield from map(Block, texts)


def _shapes(parent: etree._Element) -> Iterator[_Shape]:
    """Shapes with text and tables of a slide or group, in drawing order."""
    for element in parent:
        if element.tag == _P + "grpSp":
            # places inside a group count in its own measure: the group moves as one
            inner = _in_reading_order(list(_shapes(element)))
            top, left = _position(element.find(f"{_P}grpSpPr/{_A}xfrm"))
            yield from (replace(shape, top=top, left=left) for shape in inner)
        elif element.tag == _MC + "AlternateContent":
            branch = element.find(_MC + "Choice")
            if branch is None or next(branch.iter(_A + "t"), None) is None:
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


def _paragraphs(shape: etree._Element) -> Iterator[str]:
    """Texts of the paragraphs of a shape or cell that say something."""
    for paragraph in shape.iter(_A + "p"):
        pieces: list[str] = []
        for element in paragraph.iter(_A + "t", _A + "br"):
            field = element.getparent()
            if field is not None and field.tag == _A + "fld" and _is_furniture(field):
                continue
            pieces.append(" " if element.tag == _A + "br" else element.text or "")
        text = "".join(pieces).strip()
        if text:
            yield text


def _is_furniture(field: etree._Element) -> bool:
    return (field.get("type") or "").startswith(("slidenum", "datetime"))


def _table(frame: etree._Element) -> Iterator[Block]:
    for row in frame.iterfind(f"{_A}graphic/{_A}graphicData/{_A}tbl/{_A}tr"):
        text = row_text([" ".join(_paragraphs(cell)) for cell in row.iterfind(_A + "tc")])
        if text.strip():
            yield Block(text, kind="row")
