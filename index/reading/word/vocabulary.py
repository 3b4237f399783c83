"""The vocabulary of WordprocessingML that the .docx modules share."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def value(element: etree._Element | None) -> str | None:
    """The w:val of an element; None where either is missing."""
    return None if element is None else element.get(W + "val")


def flag(element: etree._Element | None) -> bool:
    """Whether a switch is on: it is by merely standing there, unless its value says otherwise."""
    return element is not None and element.get(W + "val", "true") not in ("0", "false", "off")
