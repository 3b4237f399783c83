"""Fields of a .docx: what is instruction and what is shown (ECMA-376 part 1, 17.16).

A field is begin, instruction, separate, result, end; only its result is text of the document.
Two things stand in the instruction alone and are seen on the page all the same: ringed characters
(EQ \\o\\ac) and a reading set above a character (EQ \\o\\ad with \\s\\up).
"""

from __future__ import annotations

import re

from index.reading.word.numerals import numeral

_CONTENTS = re.compile(r"\s*TOC\b", re.I)
_EQUATION = re.compile(r"\s*EQ\b", re.I)
_OVERSTRIKE = re.compile(r"\\o\s*(?:\\a[cdlr]\s*)*\(", re.I)
_RAISED = re.compile(r"\\s\s*\\(?:up|do)\s*\d*\s*\([^()]*\)", re.I)
_RINGS = frozenset("○〇◯□△◇")
_DEEPEST = 64
"""Fields nested deeper than this are damage; they are no longer followed."""


class Fields:
    """The fields that are open at a place in the text; they run over paragraphs."""

    def __init__(self, followed: bool = True) -> None:
        """`followed` False: no text is taken for an instruction or contents (marks are damaged)."""
        self._followed = followed
        self._open: list[tuple[list[str], bool]] = []  # instruction so far, whether its result runs

    @property
    def unfinished(self) -> bool:
        """Whether a field is open. At the end of a document that is damage."""
        return bool(self._open)

    @property
    def in_instruction(self) -> bool:
        """Whether text here is part of an instruction, which nobody sees."""
        return self._followed and any(not in_result for _, in_result in self._open)

    @property
    def in_contents(self) -> bool:
        """Whether text here is an automatic table of contents."""
        return self._followed and any(
            in_result and _CONTENTS.match("".join(pieces)) for pieces, in_result in self._open
        )

    def instruct(self, text: str) -> None:
        """A piece of an instruction (w:instrText)."""
        if self._open and not self._open[-1][1]:
            self._open[-1][0].append(text)

    def mark(self, kind: str) -> str:
        """A w:fldChar: begin, separate or end. What the ended field shows without a result."""
        if kind == "begin" and len(self._open) < _DEEPEST:
            self._open.append(([], False))
        elif kind == "separate" and self._open:
            self._open[-1] = (self._open[-1][0], True)
        elif kind == "end" and self._open:
            pieces, in_result = self._open.pop()
            if not in_result and not self.in_instruction:
                return shown_by_instruction("".join(pieces))
        return ""


def shown_by_instruction(instruction: str) -> str:
    """What an instruction itself shows: the characters of an EQ that lays them over each other.

    >>> shown_by_instruction(r" eq \\o\\ac(○,3) ")
    '③'
    >>> shown_by_instruction(r'EQ \\* jc2 \\* "Font:宋体" \\o\\ad(\\s\\up 9(hé),禾)')
    '禾'
    >>> shown_by_instruction(" PAGE ")
    ''
    """
    if not _EQUATION.match(instruction):
        return ""
    text = _RAISED.sub("", instruction)
    found = _OVERSTRIKE.search(text)
    if found is None:
        return ""
    end = text.rfind(")")
    inside = text[found.end() : end if end > found.end() else None]
    parts = [part.strip() for part in re.split("[,;]", inside)]
    words = [part for part in parts if part and part not in _RINGS]
    ringed = any(part in _RINGS for part in parts)
    if ringed and len(words) == 1 and words[0].isascii() and words[0].isdigit():
        number = int(words[0]) if len(words[0]) <= 2 else 0
        return numeral(number, "decimalEnclosedCircle") if number else words[0]
    return "".join(words)
