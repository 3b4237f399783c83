"""Footnotes of pages saved by offices: each is put behind the paragraph that refers to it.

Word, WPS and LibreOffice write all footnotes at the end of the page. A reference and its note
point at each other (href="#…" and name or id), which nothing else on a page does.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import html

_SIGN = re.compile(
    r"\s*[\[［(（〔]?\s*(?:\d{1,3}|[ivx]{1,6}|[a-z]|[①-⑳]|[*＊†‡])\s*[\]］)）〕]?\s*"
)
"""What stands for a note in the text: 1, [1], ①, *."""
_NOTE_WRAPPER = re.compile(r"(sdfootnote|sdendnote|ftn|edn|fn)\d+")
"""Identities that offices give to the element around the paragraphs of one note."""
_BLOCKS = frozenset(
    ("p", "li", "dd", "dt", "div", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "pre")
)


def place_notes(root: html.HtmlElement) -> None:
    """Move every footnote of the page behind its paragraph, without its signs. Changes `root`."""
    named: dict[str, html.HtmlElement] = {}
    for element in root.iter():
        for name in (element.get("id"), element.get("name")):
            if name:
                named.setdefault(name, element)
    last: dict[html.HtmlElement, html.HtmlElement] = {}
    done: set[html.HtmlElement] = set()
    for reference in list(root.iter("a")):
        if reference in done:
            continue
        sign = _sign_of_note(reference, named)
        at = _block(reference)
        if sign is None or at is None:
            continue
        done.update((reference, sign))
        note = _note(sign)
        if note is None or note is at or at in note.iterancestors() or note in at.iterancestors():
            continue
        reference.drop_tree()
        sign.drop_tree()
        moved = deepcopy(note)
        moved.tail = None
        note.drop_tree()
        last.get(at, at).addnext(moved)
        last[at] = moved


def _sign_of_note(
    reference: html.HtmlElement, named: dict[str, html.HtmlElement]
) -> html.HtmlElement | None:
    """The sign with which the note begins that `reference` points at and that points back."""
    if not _SIGN.fullmatch(reference.text_content()):
        return None
    target = named.get((reference.get("href") or "").removeprefix("#"))
    if target is None:
        return None
    own = {reference.get("id"), reference.get("name")}
    parent = reference.getparent()
    if parent is not None and parent.tag == "sup":
        own.add(parent.get("id"))
    for candidate in target.iter("a"):
        href = candidate.get("href") or ""
        if href.startswith("#") and href[1:] in own and _SIGN.fullmatch(candidate.text_content()):
            return candidate
    return None


def _block(reference: html.HtmlElement) -> html.HtmlElement | None:
    """What the note is put behind: the paragraph, or the whole table that refers to it."""
    table = next(reference.iterancestors("table"), None)
    if table is not None:
        return table
    return next((e for e in reference.iterancestors() if e.tag in _BLOCKS), None)


def _note(sign: html.HtmlElement) -> html.HtmlElement | None:
    note = next((e for e in sign.iterancestors() if e.tag in _BLOCKS), None)
    around = None if note is None else note.getparent()
    if around is not None and _NOTE_WRAPPER.fullmatch(around.get("id") or ""):
        return around
    return note
