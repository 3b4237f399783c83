"""A parsed page -> lines as a browser shows them, each knowing its links and where it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from index.datatypes import Block
from index.reading.lines import heading_level
from index.reading.tables import row_text
from index.reading.word.numerals import numeral

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
        "del",
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
    r"share|bshare|toolbar|login|search|pager|pagination|friendlink|links?|"
    r"rich_media_(?:meta_list|tool\w*|area_extra)|"
    r"mianbaoxie|daohang|dibu|weizhi|position|location)([\s_-]|\d*$)",
    re.I,
)
"""Names of classes and ids that sites give to their furniture, English and pinyin."""
_OTHERS_NAME = re.compile(
    r"(^|[\s_-])(related|recommend|hot|rank|comments?|reply|pinglun|xgwz|xgyd)([\s_-]|\d*$)", re.I
)
"""The same for what holds words of others: related articles with summaries, readers' comments."""
_LEAST_OWN = 300
"""Characters that are no links, from which a name is not believed."""
_OTHERS_SHARE = 0.5
"""Share of the page's such characters from which no name of words of others is believed."""
_RUNNING_HEADS = frozenset({"header", "footer"})
"""Titles that LibreOffice gives to the <div> of the page's running head and foot."""
_NUMBER_SPAN = re.compile(r"mso-list\s*:\s*ignore", re.I)
"""Word writes automatic numbers as text and marks them so."""
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
    body = root.find(".//body")
    shown = root if body is None else body
    walk = _Walk(_own_characters(shown))
    walk.read(shown)
    return walk.lines


@dataclass(frozen=True, slots=True)
class _Frame:
    """What an element that is open changed, to be undone at its end."""

    read: bool
    """Whether it is read element by element; else it is dropped, or was read as a whole."""
    inline: bool
    furniture: bool
    is_link: bool
    outer_level: int | None


class _Walk:
    """One pass through the tree; text gathers until a block begins or ends.

    Not recursive: pages with tags that nobody closes nest a thousand deep.
    """

    def __init__(
        self,
        own_characters: int,
        ancestors: Sequence[etree._Element] = (),
        *,
        furniture: bool = False,
    ) -> None:
        """`own_characters`: those of the whole page that belong to no link."""
        self.lines: list[Line] = []
        self._own_characters = own_characters
        self._text = ""
        self._linked = 0
        self._links = 0
        self._ancestors = list(ancestors)
        self._furniture = int(furniture)
        self._link = 0
        self._level: int | None = None
        self._label = ""
        self._preformatted = 0

    def read(self, root: etree._Element) -> None:
        """Read an element and everything in it, without its tail."""
        frames: list[_Frame] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                frames.append(self._open(element))
                if not frames[-1].read:
                    walk.skip_subtree()
            else:
                self._close(element, frames.pop())
                if element is not root:
                    self._add(element.tail)
        self.end_line()

    def _open(self, element: etree._Element) -> _Frame:
        tag = str(element.tag)
        inline = tag in _INLINE
        if tag in _DROPPED or _hidden(element):
            return _Frame(False, True, False, False, self._level)
        if tag == "span" and _NUMBER_SPAN.search(element.get("style") or ""):
            self._label = _written_number(element)
            return _Frame(False, True, False, False, self._level)
        if not inline:
            self.end_line()
        if tag == "br" or (tag == "table" and self._data_table(element)):
            return _Frame(False, True, False, False, self._level)
        frame = _Frame(
            read=True,
            inline=inline,
            furniture=not inline and _is_furniture(element, self._own_characters),
            is_link=tag == "a" and element.get("href") is not None,
            outer_level=self._level,
        )
        if re.fullmatch("h[1-6]", tag):
            self._level = int(tag[1])
        self._furniture += frame.furniture
        self._link += frame.is_link
        self._links += frame.is_link
        self._preformatted += tag == "pre"
        if not inline:
            self._ancestors.append(element)
        if tag == "li":
            self._label = _number(element)
        self._add(element.text)
        return frame

    def _close(self, element: etree._Element, frame: _Frame) -> None:
        if not frame.read:
            return
        if not frame.inline:
            self.end_line()
            self._ancestors.pop()
        if element.tag == "li":
            self._label = ""
        self._preformatted -= element.tag == "pre"
        self._link -= frame.is_link
        self._furniture -= frame.furniture
        self._level = frame.outer_level

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
                inner = _Walk(
                    self._own_characters,
                    [*self._ancestors, table],
                    furniture=bool(self._furniture),
                )
                inner.read(cell)
                contents.append(inner.lines)
            if any(
                len(lines) > 1 and sum(len(line.text) for line in lines) > _LONG_CELL
                for lines in contents
            ):
                return False
            read.append((row, contents))
        caption = table.find("caption")
        if caption is not None:
            # str(): lxml-stubs allows for bytes, which text of a parsed page never is
            self._add("".join(str(part) for part in caption.itertext()))
            self.end_line()
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


def _is_furniture(element: etree._Element, own_characters: int) -> bool:
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    if element.tag == "div" and element.get("title") in _RUNNING_HEADS:
        return True
    if element.tag in ("body", "p", "td", "li") or re.fullmatch(r"h[1-6]", str(element.tag)):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    # an element that is too much of the page is no menu, whatever its name
    if _OTHERS_NAME.search(names):
        return _own_characters(element) < _OTHERS_SHARE * own_characters
    return bool(_FURNITURE_NAME.search(names)) and _own_characters(element) <= _LEAST_OWN


def _own_characters(element: Any) -> int:
    """Characters of an element that belong to no link."""
    links = sum(len("".join(link.itertext())) for link in element.iter("a"))
    return len("".join("".join(element.itertext()).split())) - links


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


def _written_number(span: etree._Element) -> str:
    """The automatic number that Word wrote out, "" for bullets (letters of a font of signs)."""
    label = tidy("".join(str(part) for part in span.itertext()))
    numbered = any(character.isnumeric() for character in label)
    return label if numbered or re.fullmatch(r"[（(]?[A-Za-z]{1,5}[.、)）]", label) else ""


def _integer(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise
