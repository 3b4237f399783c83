"""Names that were replaced in one place of a copied text and forgotten in another.

Where the draft has its own name and the document it shares wording with has another one at the very
same place, the draft was made from that document, and which name was to be replaced is known. Where
the old name still stands in the shared wording, it was forgotten: however often it stands there,
and whatever is known of the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from index.alignment import fold
from index.datatypes import Span
from index.findings import Leftover, LeftoverKind, Piece, SharedSpan, SourceDocument
from index.review.divisions import is_division
from index.review.leftovers.desk import Desk, in_title, named
from index.review.names import names_in
from index.review.own_line import short

_LONGEST = 16
"""Characters of a name."""
_BEYOND = 2
"""Characters that must be the same beyond a name at the edge of what is shared."""
_ENDING = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区|自治州|[县区州盟旗镇乡])(?![场域])")


def replaced(desk: Desk) -> Iterator[Leftover]:
    """Old names that the draft still has in wording where it replaced them elsewhere."""
    told: set[tuple[int, Span]] = set()
    for document, spans in desk.likely_sources():
        for old, new in _replacements(desk, spans).items():
            for paragraph, place in _still_there(desk, spans, old):
                if (paragraph, place) not in told:
                    told.add((paragraph, place))
                    why = _why(desk, paragraph, place, new, document)
                    kind: LeftoverKind = (
                        "place" if _is_place(old, desk.texts[paragraph][slice(*place)]) else "unit"
                    )
                    yield desk.leftover(kind, paragraph, place, why, document.source)


def _is_place(old: str, text: str) -> bool:
    return is_division(old) or bool(_ENDING.search(text))


def _why(desk: Desk, paragraph: int, place: Span, new: str, document: SourceDocument) -> str:
    text = desk.texts[paragraph][slice(*place)]
    return (
        f"这段文字{named(document.source)}也有，写的也是“{text}”；"
        f"那里的这个名称，本稿别处已换成“{new}”，这里没有换。"
    )


def _replacements(desk: Desk, spans: Sequence[SharedSpan]) -> dict[str, str]:
    """Old name -> own name that stands in its place, both without the ending they share."""
    found: Counter[tuple[str, str]] = Counter()
    own_names = sorted(desk.line.names, key=len, reverse=True)
    for span in spans:
        source = desk.source_texts.get(span.paragraph_id)
        if source is None:
            continue
        text = desk.texts[span.paragraph]
        taken: set[int] = set()
        for own in own_names:
            first, past = max(0, span.span[0] - len(own)), span.span[1] + len(own)
            for match in re.finditer(re.escape(own), text[first:past]):
                start, end = match.start() + first, match.end() + first
                if taken & set(range(start, end)):
                    continue
                theirs = _opposite(text, source, span, (start, end))
                if theirs is None:
                    continue
                taken |= set(range(start, end))
                old, new = _without_common_ending(source[slice(*theirs)], own)
                if _is_old_name(desk, old, new, source, theirs):
                    found[old, new] += 1
    return {old: new for (old, new), _ in reversed(found.most_common())}


def _opposite(text: str, source: str, span: SharedSpan, place: Span) -> Span | None:
    """What stands in the source where the draft has text[place], which differs from it."""
    start = stop = None
    for piece in span.pieces:
        first, past = piece.span
        if first <= place[0] and place[1] <= past:
            return None  # the same in both
        if first <= place[0] < past:
            start = _across(text, source, piece, place[0])
        elif past <= place[0] and not len(fold(text[past : place[0]])):
            start = piece.source_span[1]
        if stop is None and first < place[1] <= past:
            stop = _across(text, source, piece, place[1] - 1) + 1
        elif stop is None and first >= place[1] and not len(fold(text[place[1] : first])):
            stop = piece.source_span[0]
    if start is None and stop is not None:
        start = _begin(source, stop, text[max(0, place[0] - _BEYOND) : place[0]])
    elif stop is None and start is not None:
        stop = _end(source, start, text[place[1] : place[1] + _BEYOND])
    if start is None or stop is None:
        return None
    # marks beside a name count neither in the pieces nor in it
    while start < stop and not source[start].isalnum():
        start += 1
    while start < stop and not source[stop - 1].isalnum():
        stop -= 1
    return (start, stop) if 1 < stop - start <= _LONGEST else None


def _begin(source: str, stop: int, ahead: str) -> int | None:
    """Where a name that ends at `stop` begins: behind the characters before the draft's."""
    if len(ahead) < _BEYOND:
        return 0 if not ahead else None
    at = source.rfind(ahead, max(0, stop - _LONGEST - _BEYOND), stop)
    return at + _BEYOND if at >= 0 else None


def _end(source: str, start: int, behind: str) -> int | None:
    """Where a name that begins at `start` ends: before the characters behind the draft's."""
    if len(behind) < _BEYOND:
        return len(source) if not behind else None
    at = source.find(behind, start + 1, start + _LONGEST + _BEYOND)
    return at if at >= 0 else None


def _across(text: str, source: str, piece: Piece, place: int) -> int:
    """The offset in the source of the character text[place], which lies in a piece."""
    before = len(fold(text[piece.span[0] : place]))
    other = fold(source[slice(*piece.source_span)])
    inside = other.span(before, before + 1)[0] if before < len(other) else len(other)
    return piece.source_span[0] + inside


def _without_common_ending(old: str, new: str) -> tuple[str, str]:
    """青禾县 and 云砚县 -> 青禾 and 云砚, where both are still names then."""
    one, other = short(old), short(new)
    return (one, other) if old[len(one) :] == new[len(other) :] else (old, new)


def _is_old_name(desk: Desk, old: str, new: str, source: str, place: Span) -> bool:
    """Whether what stands in the place of an own name is a name, and not the draft's own."""
    if len(old) < 2 or not re.fullmatch("[一-鿿]+", old) or desk.line.has(old):
        return False
    if is_division(old) or (old[-2:] == new[-2:] and len(old) > 3):
        return True
    return any(
        name.kind != "person" and name.span[0] <= place[0] and place[1] <= name.span[1]
        for name in names_in(source)
    )


def _still_there(desk: Desk, spans: Sequence[SharedSpan], old: str) -> Iterator[tuple[int, Span]]:
    """Where the shared wording has the old name in both texts."""
    for span in spans:
        source = desk.source_texts.get(span.paragraph_id, "")
        if old not in source:
            continue
        text = desk.texts[span.paragraph]
        for match in re.finditer(re.escape(old), text):
            if not (span.span[0] <= match.start() and match.end() <= span.span[1]):
                continue
            if in_title(text, match.start()):
                continue
            ending = _ENDING.match(text, match.end())
            yield span.paragraph, (match.start(), ending.end() if ending else match.end())
