"""Corpus text as HTML: everything is escaped here, and only our own tags are added.

Text of documents is untrusted. It reaches the browser through these functions or as data of a
component that sets `textContent`, never as Markdown, which would fetch `![](http://…)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from index.datatypes import Source, Span, StoredParagraph
from index.ui import wording

SHORT = 200
"""Characters; a paragraph up to half as long again is shown whole (the fold would save nothing)."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Text for labels that Streamlit reads as Markdown: nothing in it is taken as markup.

    >>> plain("![图](http://x) :red[a] $b$")
    '\\\\!\\\\[图\\\\]\\\\(http\\\\:\\\\/\\\\/x\\\\) \\\\:red\\\\[a\\\\] \\\\$b\\\\$'
    """
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def marked(text: str, passage: Span | None, marks: Iterable[Span], within: Span) -> str:
    """Escaped `text[within]`, with <mark> around `marks` and a tint on `passage`.

    Offsets are into `text`; whatever lies outside `within` is cut away. Marks may cross the
    passage's borders: tags are closed and opened again there, so the result always nests.

    >>> marked("甲<b>乙", (0, 1), [(4, 5)], (0, 5))
    '<span class="xz-passage">甲</span>&lt;b&gt;<mark>乙</mark>'
    """
    spans = [span for span in marks if span[0] < span[1]]
    edges = {within[0], within[1]}
    for start, end in [*spans, *([passage] if passage else [])]:
        edges.update(edge for edge in (start, end) if within[0] < edge < within[1])
    cuts = sorted(edges)
    pieces: list[str] = []
    tinted = False
    for start, end in pairwise(cuts):
        tint = passage is not None and passage[0] <= start and end <= passage[1]
        if tint != tinted:
            pieces.append('<span class="xz-passage">' if tint else "</span>")
            tinted = tint
        piece = escape(text[start:end])
        if any(first <= start and end <= last for first, last in spans):
            piece = f"<mark>{piece}</mark>"
        pieces.append(piece)
    if tinted:
        pieces.append("</span>")
    return "".join(pieces)


def window(text: str, passage: Span) -> Span:
    """The part of a long paragraph to show folded: around the best passage, cut at sentences.

    Returns the whole text where it is short.
    """
    if len(text) <= SHORT * 3 // 2:
        return 0, len(text)
    start, end = passage
    if end - start >= SHORT:
        end = _sentence_end(text, start + SHORT)
    else:
        start = _sentence_start(text, max(0, start - (SHORT - (end - start)) // 2))
        end = _sentence_end(text, max(end, min(len(text), start + SHORT)))
    # A fold that hides less than a line or two is only a nuisance.
    return (0 if start < 60 else start), (len(text) if len(text) - end < 60 else end)


def paragraph(text: str, passage: Span | None, marks: Sequence[Span]) -> str:
    """A paragraph as HTML, folded around the best passage where it is long."""
    whole = (0, len(text))
    tint = passage if passage is not None and passage != whole else None
    full = marked(text, tint, marks, whole)
    part = window(text, tint or _thickest(text, marks))
    if part == whole:
        return f'<p class="xz-text">{full}</p>'
    before, after = "…" if part[0] else "", "…" if part[1] < len(text) else ""
    return (
        '<details class="xz-fold"><summary>'
        f'<p class="xz-text">{before}{marked(text, tint, marks, part)}{after}</p>'
        f'<span class="xz-more">展开全文（{len(text):,} 字）</span>'
        '<span class="xz-less">收起</span></summary>'
        f'<p class="xz-text">{full}</p></details>'
    )


def source(place: Source) -> str:
    """The source line: title; unit, year and kind; headings; paragraph number."""
    facts = "".join(f"<span>{escape(part)}</span>" for part in wording.where(place))
    page = f"，第{place.page}页" if place.page else ""
    path = "".join(f'<i class="xz-step">›</i>{escape(step)}' for step in wording.headings(place))
    path += f'<i class="xz-step">›</i><b>第{place.paragraph}段{page}</b>'
    return (
        f'<div class="xz-source"><div class="xz-title">《{escape(wording.title(place))}》</div>'
        f'<div class="xz-path">{facts}{path}</div></div>'
    )


def score(value: float, asked: wording.Asked = "hybrid") -> str:
    """How well it fits, in words and as a number, with a small bar.

    Nothing for a topic's paragraph: that was chosen by the topic's description and phrases, and
    how well it fits the topic's bare name says little.
    """
    if asked == "topic":
        return ""
    level = "low" if value < wording.LOW else "middle"
    width = max(4, min(100, round(value)))
    return (
        f'<div class="xz-score xz-{level}" title="满分 100">'
        f"<span>{wording.match(value, asked)}</span><b>{round(value)}</b>"
        f'<i><i style="width:{width}%"></i></i></div>'
    )


def why(reason: str, topics: Sequence[str]) -> str:
    """Why a paragraph was found, and which topics it is about; nothing where there is nothing."""
    parts = [reason] if reason else []
    if topics:
        parts.append("专题：" + "、".join(topics[:3]))
    if not parts:
        return ""
    return (
        '<div class="xz-why">'
        + "".join(f"<span>{escape(part)}</span>" for part in parts)
        + "</div>"
    )


def notice(sentence: str, kind: str = "info") -> str:
    """One sentence in a quiet box; `kind` is info, error or done. The sentence is escaped."""
    role = "alert" if kind == "error" else "status"
    return f'<div class="xz-notice xz-{escape(kind)}" role="{role}">{escape(sentence)}</div>'


def reading(paragraphs: Sequence[StoredParagraph], hit: int, marks: Sequence[Span] = ()) -> str:
    """Paragraphs of a document as one reads them, the one with id `hit` marked."""
    parts = []
    for each in paragraphs:
        kind = f"h{min(each.level, 3)}" if each.level else "body"
        here = " xz-here" if each.id == hit else ""
        text = marked(each.text, None, marks if each.id == hit else (), (0, len(each.text)))
        parts.append(
            f'<div class="xz-read xz-{kind}{here}"><span class="xz-no">{each.number}</span>'
            f"<p>{text}</p></div>"
        )
    return f'<div class="xz-reading">{"".join(parts)}</div>'


def _thickest(text: str, marks: Sequence[Span]) -> Span:
    """Where most marks stand close together; the beginning where there are none.

    A search by words alone has no best passage, and a fold must not hide what was found.
    """
    best, most = (0, min(len(text), SHORT)), 0
    for start, _ in marks:
        near = [end for first, end in marks if start <= first and end <= start + SHORT]
        if len(near) > most:
            best, most = (start, near[-1]), len(near)
    return best


def _sentence_start(text: str, near: int) -> int:
    """The start of the sentence that holds `near`, at most 60 characters back."""
    for position in range(near, max(0, near - 60), -1):
        if text[position - 1] in "。；！？\n":
            return position
    return near if near > 60 else 0


def _sentence_end(text: str, near: int) -> int:
    """The end of the sentence that holds `near`, at most 60 characters on."""
    for position in range(near, min(len(text), near + 60)):
        if position and text[position - 1] in "。；！？\n":
            return position
    return min(len(text), near)
