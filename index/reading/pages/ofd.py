"""OFD, the national layout format (GB/T 33190-2016): XML parts in a zip -> lines -> paragraphs.

OFD.xml names the documents, Document.xml their pages in order and their templates; a page's
Content.xml holds text objects with their places in millimetres, y growing downwards. Only text is
read: of a text object its characters (TextCode), not the glyph ids that CGTransform puts beside
them. Annotations, signatures and pictures are passed over.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree

from index.datatypes import Document, Metadata
from index.errors import ReadError
from index.reading.package import Package
from index.reading.pages.paragraphs import to_blocks
from index.reading.pages.pdf import missing_text
from index.reading.pages.pdf_lines import leans
from index.reading.pages.placed import Box, PageLine, Piece, to_lines

_POINTS = 72 / 25.4
"""Points in a millimetre."""
_ASCENT, _DESCENT = 0.88, 0.12
"""Share of the size of type above and below the base line of Chinese fonts."""
_GREATEST_PAGES = 5000
_GREATEST_CHARACTERS = 2_000_000
"""Of a page; also what a repetition (`g 500 3.5`) may ask for."""
_DEEPEST_BLOCK = 32

_Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read(path: Path) -> Iterator[Document]:
    """One document, its parts one after the other where the file holds several.

    Raises ReadError where the file is damaged, encrypted, or no page has text.
    """
    with Package(path) as package:
        root = package.xml("OFD.xml")
        if root is None:
            raise _damaged(path)
        if package.xml("Encryptions.xml") is not None:
            raise ReadError(path, "OFD 文件已加密，无法读取；请用 OFD 阅读器解密后另存，再添加。")
        reader = _Reader(package, path)
        for body in _children(root, "DocBody"):
            reader.add_document(body)
    pages, without = reader.pages, reader.without
    if not pages:
        raise ReadError(path, "这个 OFD 没有一页内容；请用 OFD 阅读器打开核对，或重新导出。")
    if len(without) == len(pages):
        raise ReadError(
            path,
            f"这个 OFD 共 {len(pages)} 页，都没有文字（扫描图、空白页，或文字画成了图形）；"
            "请用原来的软件重新导出，或先用文字识别（OCR）软件转换。",
        )
    yield Document(
        path=str(path),
        format="ofd",
        blocks=tuple(to_blocks(pages)),
        metadata=Metadata(title=reader.title),
        notes=missing_text(without),
    )


class _Reader:
    """Collects the lines of all pages of all documents of one file."""

    def __init__(self, package: Package, path: Path) -> None:
        self._package = package
        self._path = path
        self.pages: list[list[PageLine]] = []
        self.without: dict[int, bool] = {}
        """Number of a page without text -> whether it shows a picture."""
        self.title = ""

    def add_document(self, body: etree._Element) -> None:
        self.title = self.title or _text(_child(_child(body, "DocInfo"), "Title"))
        place = _text(_child(body, "DocRoot"))
        if not place:
            raise _damaged(self._path)
        document_place = _resolve("", place)
        document = self._package.xml(document_place)
        if document is None:
            raise _damaged(self._path)
        common = _child(document, "CommonData")
        usual = _page_box(_child(common, "PageArea"))
        templates = {
            template.get("ID", ""): _resolve(document_place, template.get("BaseLoc", ""))
            for template in _children(common, "TemplatePage")
        }
        entries = list(_children(_child(document, "Pages"), "Page"))
        if len(self.pages) + len(entries) > _GREATEST_PAGES:
            raise ReadError(self._path, f"OFD 超过 {_GREATEST_PAGES} 页，请拆成几个文件后再添加。")
        shared: dict[str, etree._Element | None] = {}
        for entry in entries:
            page = self._package.xml(_resolve(document_place, entry.get("BaseLoc", "")))
            if page is None:
                raise ReadError(
                    self._path, f"OFD 第{len(self.pages) + 1}页的内容丢失，无法读取；请重新下载。"
                )
            backgrounds = []
            for template in _children(page, "Template"):
                name = templates.get(template.get("TemplateID", ""))
                if name is not None and name not in shared:
                    shared[name] = self._package.xml(name)
                root = shared.get(name) if name is not None else None
                if root is not None:
                    backgrounds.append(root)
            self._add_page(page, backgrounds, usual)

    def _add_page(
        self,
        page: etree._Element,
        backgrounds: list[etree._Element],
        usual: tuple[float, float, float, float],
    ) -> None:
        number = len(self.pages) + 1
        area = _child(page, "Area")
        left, top, _, height = _page_box(area) if area is not None else usual
        upright, aslant = self._characters(page, (left, top, height))
        lines = to_lines(_in_order(upright), number, height * _POINTS)
        if not lines:
            self.without[number] = any(_name(e) == "ImageObject" for e in page.iter())
        overlays = list(aslant)
        for background in backgrounds:
            straight, leaning = self._characters(background, (left, top, height))
            overlays += [*straight, *leaning]
        marks = to_lines(overlays, number, height * _POINTS)
        lines += [replace(line, overlay=True, cells=(), gaps=()) for line in marks]
        self.pages.append(lines)

    def _characters(
        self, page: etree._Element, origin: tuple[float, float, float]
    ) -> tuple[list[Piece], list[Piece]]:
        """Pieces of upright text and of text that leans."""
        upright: list[Piece] = []
        aslant: list[Piece] = []
        count = 0
        for found in _text_objects(_child(page, "Content")):
            angle, piece = _piece(found, origin)
            count += len(piece.characters)
            if count > _GREATEST_CHARACTERS:
                raise ReadError(self._path, "OFD 有一页的字多得不正常，可能是恶意文件，没有读取。")
            if any(not character.isspace() for character, _ in piece.characters):
                (aslant if leans(angle) else upright).append(piece)
        return upright, aslant


def _in_order(pieces: list[Piece]) -> list[Piece]:
    """Pieces of one line that were written in pieces, from left to right; else as written.

    Programs that write a text object for each character or run may jump inside a line.
    """
    result: list[Piece] = []
    line: list[tuple[float, Piece]] = []
    level: tuple[float, float] | None = None
    for piece in pieces:
        left, bottom, _, top = piece.box
        if level is not None:
            overlap = min(level[1], top) - max(level[0], bottom)
            if overlap <= 0.5 * min(level[1] - level[0], top - bottom):
                result += [p for _, p in sorted(line, key=lambda item: item[0])]
                line, level = [], None
        line.append((left, piece))
        level = level or (bottom, top)
    return result + [p for _, p in sorted(line, key=lambda item: item[0])]


def _text_objects(element: etree._Element | None, depth: int = 0) -> Iterator[etree._Element]:
    """Text objects of layers and blocks of blocks, as written; invisible ones too are text."""
    if depth > _DEEPEST_BLOCK or element is None:
        return
    for child in element:
        name = _name(child)
        if name == "TextObject":
            yield child
        elif name in ("Layer", "PageBlock"):
            yield from _text_objects(child, depth + 1)


def _piece(found: etree._Element, origin: tuple[float, float, float]) -> tuple[float, Piece]:
    """(angle in radians, characters with boxes in points, y upwards) of a text object."""
    boundary = (*_numbers(found.get("Boundary", "")), 0.0, 0.0, 0.0, 0.0)
    matrix = _matrix(found.get("CTM"))
    size = _number(found.get("Size"), 3.5)
    stretch = _number(found.get("HScale"), 1.0)
    a, b, c, d, e, f = matrix
    page_left, page_top, height = origin
    characters: list[tuple[str, Box]] = []
    x = y = 0.0
    for code in _children(found, "TextCode"):
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        text = code.text or ""
        steps_x = _deltas(code.get("DeltaX"), len(text))
        steps_y = _deltas(code.get("DeltaY"), len(text))
        at_x, at_y = x, y
        for i, character in enumerate(text):
            width = size * stretch * (0.5 if character.isascii() else 1.0)
            corners = [
                (a * px + c * py + e, b * px + d * py + f)
                for px in (at_x, at_x + width)
                for py in (at_y - _ASCENT * size, at_y + _DESCENT * size)
            ]
            xs = [boundary[0] - page_left + px for px, _ in corners]
            ys = [height - (boundary[1] - page_top + py) for _, py in corners]
            box = (
                min(xs) * _POINTS,
                min(ys) * _POINTS,
                max(xs) * _POINTS,
                max(ys) * _POINTS,
            )
            characters.append((character, box))
            # without steps a writer leaves the advance to the font
            at_x += steps_x[i] if i < len(steps_x) else (0.0 if steps_y else width)
            at_y += steps_y[i] if i < len(steps_y) else 0.0
    return math.atan2(b, a), Piece(characters)


def _deltas(text: str | None, most: int) -> list[float]:
    """Steps between characters, `g n d` being n steps of d; no more than `most`.

    >>> _deltas("5 g 3 4.5 6", 9)
    [5.0, 4.5, 4.5, 4.5, 6.0]
    """
    words = (text or "").split()
    steps: list[float] = []
    i = 0
    while i < len(words) and len(steps) < most:
        if words[i] == "g" and i + 2 < len(words):
            repeats = min(max(int(_number(words[i + 1], 0.0)), 0), most - len(steps))
            steps += [_number(words[i + 2], 0.0)] * repeats
            i += 3
        else:
            steps.append(_number(words[i], 0.0))
            i += 1
    return steps


def _number(text: str | None, default: float) -> float:
    try:
        value = float(text) if text else default
    except ValueError:
        return default
    return value if math.isfinite(value) and abs(value) < 1e6 else default


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_number(word, 0.0) for word in text.split()[:6])


def _matrix(text: str | None) -> _Matrix:
    values = _numbers(text or "")
    return values if len(values) == 6 else _IDENTITY


def _page_box(area: etree._Element | None) -> tuple[float, float, float, float]:
    """Left, top, width and height of a page in millimetres; A4 where nothing is said."""
    values = _numbers(_text(_child(area, "PhysicalBox")))
    if len(values) >= 4 and values[2] > 0 and values[3] > 0:
        return values[0], values[1], values[2], values[3]
    return 0.0, 0.0, 210.0, 297.0


def _resolve(part: str, place: str) -> str:
    """Name of a part in the package: places are absolute or beside the part that names them.

    >>> _resolve("Doc_0/Document.xml", "Pages/Page_0/Content.xml"), _resolve("a/b.xml", "/Doc/x")
    ('Doc_0/Pages/Page_0/Content.xml', 'Doc/x')
    """
    place = place.strip().replace("\\", "/")
    whole = place if place.startswith("/") else posixpath.join(posixpath.dirname(part), place)
    return posixpath.normpath("/" + whole.lstrip("/")).lstrip("/")


def _name(element: etree._Element) -> str:
    """Name without its namespace: the standard's and those of drafts say the same."""
    return etree.QName(element).localname


def _children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    return (child for child in (element if element is not None else ()) if _name(child) == name)


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(_children(element, name), None)


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


def _damaged(path: Path) -> ReadError:
    return ReadError(path, "OFD 文件已损坏，无法读取；请重新复制或下载。")
