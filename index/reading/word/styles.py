"""Styles of a .docx: which are headings, which number their paragraphs, which are the title."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from index.reading.word.vocabulary import W, flag, value

_HEADING = re.compile(r"(?:heading|标题|標題|titre|überschrift)\s*([1-9])", re.I)
_TITLE = re.compile(r"(?:title|标题|標題|文档标题|公文标题|大标题)", re.I)
_CONTENTS = re.compile(r"(?:toc|目录|contents)\s*[1-9]|toc heading|table of figures|图表目录", re.I)
_DEEPEST_CHAIN = 32
"""basedOn may run in a circle in damaged files."""


@dataclass(frozen=True, slots=True)
class NumberReference:
    """A w:numPr: which list (None: not said, "0": none) and which level (None: not said)."""

    number_id: str | None = None
    level: int | None = None


def number_reference(properties: etree._Element | None) -> NumberReference | None:
    """The w:numPr of paragraph properties, if there is one."""
    element = None if properties is None else properties.find(W + "numPr")
    if element is None:
        return None
    level = value(element.find(W + "ilvl"))
    return NumberReference(
        value(element.find(W + "numId")), int(level) if level and level.isdigit() else None
    )


def outline_level(properties: etree._Element | None) -> int | None:
    """w:outlineLvl as a heading level from 1; 0 where it says body text; None where not said."""
    text = None if properties is None else value(properties.find(W + "outlineLvl"))
    if text is None or not text.isdigit():
        return None
    return int(text) + 1 if int(text) < 9 else 0


@dataclass(frozen=True, slots=True)
class Style:
    name: str = ""
    based_on: str | None = None
    outline: int | None = None
    numbers: NumberReference | None = None
    hidden: bool = False


@dataclass(slots=True)
class Styles:
    """Paragraph styles by id. An unknown id behaves as the default style."""

    styles: dict[str, Style] = field(default_factory=dict)
    default: str | None = None
    number_styles: dict[str, str] = field(default_factory=dict)
    """Id of a numbering style -> w:numId of the list it stands for."""

    @classmethod
    def from_xml(cls, root: etree._Element | None) -> Styles:
        """From the root of styles.xml."""
        found = cls()
        for element in root.iterfind(W + "style") if root is not None else ():
            identity = element.get(W + "styleId", "")
            properties = element.find(W + "pPr")
            numbers = number_reference(properties)
            if element.get(W + "type") == "numbering":
                if numbers and numbers.number_id:
                    found.number_styles[identity] = numbers.number_id
                continue
            run = element.find(W + "rPr")
            found.styles[identity] = Style(
                name=(value(element.find(W + "name")) or "").strip(),
                based_on=value(element.find(W + "basedOn")),
                outline=outline_level(properties),
                numbers=numbers,
                hidden=run is not None and flag(run.find(W + "vanish")),
            )
            is_default = element.get(W + "default") in ("1", "true", "on")
            if element.get(W + "type") == "paragraph" and is_default:
                found.default = identity
        return found

    def chain(self, identity: str | None) -> list[tuple[str, Style]]:
        """A style and those it is based on, nearest first."""
        chain: list[tuple[str, Style]] = []
        identity = identity if identity in self.styles else self.default
        while identity is not None and identity in self.styles and len(chain) < _DEEPEST_CHAIN:
            chain.append((identity, self.styles[identity]))
            identity = self.styles[identity].based_on
        return chain

    def level(self, identity: str | None) -> int | None:
        """Heading level from 1 that a style states; None for body text.

        An outline level wins over a name: people rename and re-use the built-in styles.
        """
        for _, style in self.chain(identity):
            if style.outline is not None:
                return style.outline or None
            named = _HEADING.fullmatch(style.name)
            if named:
                return int(named[1])
        return None

    def is_title(self, identity: str | None) -> bool:
        return any(_TITLE.fullmatch(style.name) for _, style in self.chain(identity)[:2])

    def is_contents(self, identity: str | None) -> bool:
        """Whether paragraphs of this style are lines of an automatic table of contents."""
        return any(_CONTENTS.fullmatch(style.name) for _, style in self.chain(identity)[:1])

    def is_hidden(self, identity: str | None) -> bool:
        """Whether a style of paragraphs or characters hides its text."""
        return any(style.hidden for _, style in self.chain(identity)[:1])

    def numbers(self, identity: str | None) -> tuple[str, NumberReference] | None:
        """(id of the style that says so, list and level) by which a style numbers, if it does."""
        level: int | None = None
        for name, style in self.chain(identity):
            if style.numbers is None:
                continue
            # a style may state its level and leave the list to the style it is based on
            level = style.numbers.level if level is None else level
            if style.numbers.number_id is not None:
                return name, NumberReference(style.numbers.number_id, level)
        return None
