"""A parsed page -> lines as a browser shows them, each knowing its links and where it stands."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from index.datatypes import Block
from index.reading.lines import heading_level
from index.reading.numerals import numeral
from index.reading.tables import row_text

_DROPPED = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "head",
        "map",
        "audio",
        "video",
        "rt",
        "rp",
        "datalist",
        "dialog",
        "meter",
        "progress",
    }
)
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "nobr",
        "o:p",
        "q",
        "rb",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "st1",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    }
)
_FURNITURE_TAGS = frozenset({"nav", "aside", "footer", "menu"})
_FURNITURE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "menu", "complementary"}
)
_FURNITURE_NAME = re.compile(
    r"(^|[\s_-])(nav|navbar|navigation|menu|submenu|breadcrumbs?|crumbs?|footer|foot|copyright|sidebar|"
    r"share|bshare|toolbar|login|search|pager|pagination|related|recommend|hot|rank|friendlink|links?|"
    r"mianbaoxie|daohang|dibu|weizhi|position|location)([\s_-]|\d*$)",
    re.I,
)
"""Names of classes and ids that sites give to their furniture, English and pinyin."""
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_SPACE = re.compile(r"[ \t\r\n\f\xa0]+")
_TYPOGRAPHIC_SPACES = dict.fromkeys(range(0x2000, 0x200B), " ") | {0x2003: "\u3000"}
"""An em space is an indent of one Chinese character, whatever it is called."""
_SPACE_IN_CHINESE = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])"
)
_ESCAPED_TWICE = re.compile(
    r"&(?:nbsp|ldquo|rdquo|lsquo|rsquo|mdash|ndash|hellip|middot|amp|lt|gt|quot|emsp|ensp|times|#\d{2,6}|#x[\da-f]{2,5});",
    re.I,
)
_TAG_AS_TEXT = re.compile(r"</?(?:p|br|span|div|strong|b|font|a|h[1-6])\b[^<>]*>", re.I)
_BREAK_AS_TEXT = re.compile(r"<br\s*/?>|</p>|</div>", re.I)
_LONG_CELL = 120
_LIST_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page."""

    text: str
    linked: int
    """How many of its characters belong to links."""
    links: int
    """How many links those are."""
    ancestors: tuple[etree._Element, ...]
    """Elements it stands in, outermost first."""
    furniture: bool
    """Whether its page calls the place a menu, a footer and the like."""
    level: int | None = None
    label: str = ""
    is_row: bool = False

    def block(self) -> Block:
        return Block(
            self.text,
            level=heading_level(self.level, self.text),
            label=self.label,
            kind="row" if self.is_row else "text",
        )


def page_lines(root: etree._Element) -> list[Line]:
    """All lines of the page that are shown, menus included."""
    walk = _Walk()
    body = root.find(".//body")
    walk.enter(root if body is None else body)
    walk.end_line()
    return walk.lines


class _Walk:
    """One pass through the tree; text gathers until a block begins or ends."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._text = ""
        self._linked = self._links = 0
        self._ancestors: list[etree._Element] = []
        self._furniture = 0
        self._link = 0
        self._level: int | None = None
        self._label = ""
        self._preformatted = 0

    def enter(self, element: etree._Element) -> None:
        """Read an element, without its tail."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED or _hidden(element):
            return
        if tag == "br":
            self.end_line()
            return
        inline = tag in _INLINE
        if not inline:
            self.end_line()
            if tag == "table" and self._data_table(element):
                return
        furniture = not inline and _is_furniture(element)
        level = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else None
        outer = self._level
        self._level = level or outer
        self._furniture += furniture
        is_link = tag == "a" and element.get("href") is not None
        self._link += is_link
        self._links += is_link
        self._preformatted += tag == "pre"
        if not inline:
            self._ancestors.append(element)
        if tag == "li":
            self._label = _number(element)
        self._add(element.text)
        for child in element:
            self.enter(child)
            self._add(child.tail)
        if not inline:
            self.end_line()
            self._ancestors.pop()
            if tag == "li":
                self._label = ""
        self._preformatted -= tag == "pre"
        self._link -= is_link
        self._furniture -= furniture
        self._level = outer

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if _ESCAPED_TWICE.search(text):
            text = html.unescape(text)
        if _TAG_AS_TEXT.search(text):  # the editor escaped the whole article
            text = _TAG_AS_TEXT.sub("", _BREAK_AS_TEXT.sub("\v", text))
        if self._preformatted:
            text = text.replace("\n", "\v")
        for i, part in enumerate(text.split("\v")):
            if i:
                self.end_line()
            self._text += part
            self._linked += len(part.strip()) if self._link else 0

    def end_line(self) -> None:
        text = tidy(self._text)
        if text.strip("\u3000 "):
            self.lines.append(
                Line(
                    text=text,
                    linked=min(self._linked, len(text)),
                    links=self._links,
                    ancestors=tuple(self._ancestors),
                    furniture=bool(self._furniture),
                    level=self._level,
                    label=self._label,
                )
            )
            self._label = ""
        self._text = ""
        self._linked = self._links = 0

    def _data_table(self, table: etree._Element) -> bool:
        """Read a table row by row, if it is one of data; False where it only lays out the page."""
        if next(table.iterdescendants("table"), None) is not None:
            return False
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        if all(len(row) <= 1 for row in rows):
            return False
        read: list[tuple[etree._Element, list[list[Line]]]] = []
        for row in table.iter("tr"):
            contents = []
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                inner = _Walk()
                inner._ancestors = [*self._ancestors, table]
                inner._furniture = self._furniture
                inner.enter(cell)
                contents.append(inner.lines)
            if any(
                len(lines) > 1 and sum(len(line.text) for line in lines) > _LONG_CELL
                for lines in contents
            ):
                return False
            read.append((row, contents))
        caption = table.find("caption")
        if caption is not None:
            self.enter(caption)
        for row, contents in read:
            text = row_text(
                [" ".join(line.label + line.text for line in lines) for lines in contents]
            )
            if text.strip():
                inner_lines = [line for lines in contents for line in lines]
                self.lines.append(
                    Line(
                        text=text,
                        linked=sum(line.linked for line in inner_lines),
                        links=sum(line.links for line in inner_lines),
                        ancestors=(*self._ancestors, table, row),
                        furniture=bool(self._furniture),
                        is_row=True,
                    )
                )
        return True


def tidy(text: str) -> str:
    """White space as a browser shows it; full-width spaces are characters and stay.

    >>> tidy(" 一，\\n 二  three\\xa0four ")
    '一，二 three four'
    """
    text = text.translate(_TYPOGRAPHIC_SPACES)
    text = re.sub(r"[ \t\r\f\xa0]*\n[ \t\r\n\f\xa0]*", "\n", text.strip(" \t\r\n\f\xa0"))
    return _SPACE.sub(" ", _SPACE_IN_CHINESE.sub("", text))


def _hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


def _is_furniture(element: etree._Element) -> bool:
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    if element.tag in ("body", "p", "td", "li") or re.fullmatch(r"h[1-6]", str(element.tag)):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_FURNITURE_NAME.search(names)) and not _holds_text(element)


def _holds_text(element: Any) -> bool:
    """Whether an element is too much of the page to be believed a menu, whatever its name."""
    links = sum(len("".join(link.itertext())) for link in element.iter("a"))
    own = len("".join("".join(element.itertext()).split())) - links
    return own > 300


def _number(item: etree._Element) -> str:
    """The number a browser shows before a list item, "" for bullets."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol" or "none" in (parent.get("style") or ""):
        return ""
    count = _integer(parent.get("start"), 1) - 1
    for sibling in parent:
        if sibling.tag == "li":
            count = _integer(sibling.get("value"), count + 1)
        if sibling is item:
            break
    style = parent.get("style") or ""
    if "cjk" in style or "chinese" in style:
        return numeral(count, "chineseCountingThousand") + "、"
    return numeral(count, _LIST_STYLES.get(parent.get("type") or "", "decimal")) + "."


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise
