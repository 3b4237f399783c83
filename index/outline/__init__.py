"""The grammar of Chinese official outlines: what a paragraph's beginning says of its place.

`classify` looks at one paragraph; `outline` decides the heading levels of a whole document from
the kinds of numbers present in it, because 1、 may stand under 一、 in one text and under （一） in
the next.
"""

from index.outline.grammar import Mark, classify, heading_text, numeral
from index.outline.levels import Line, Place, outline

__all__ = ["Line", "Mark", "Place", "classify", "heading_text", "numeral", "outline"]
