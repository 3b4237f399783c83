"""Where something of the draft stands in the source that shares the words around it."""

from __future__ import annotations

from collections.abc import Iterable

from index.alignment import fold
from index.datatypes import Span
from index.findings import Piece


def counterpart(draft: str, source: str, piece: Piece, span: Span) -> Span | None:
    """Where draft[span], within a piece that both texts share, stands in the source.

    Marks and spaces may differ in number. None where the span is not all within the piece.

    >>> counterpart("共 12 次，都好", "共12次都好", Piece((0, 9), (0, 6)), (2, 4))
    (1, 3)
    """
    start, end = piece.span
    if not (start <= span[0] < span[1] <= end):
        return None
    one = fold(draft[start:end])
    other = fold(source[slice(*piece.source_span)])
    first, past = one.within(span[0] - start, span[1] - start)
    if first == past or len(one) != len(other):
        return None
    begin, stop = other.span(first, past)
    return begin + piece.source_span[0], stop + piece.source_span[0]


def found_in(
    draft: str, source: str, pieces: Iterable[Piece], span: Span
) -> tuple[Piece, Span] | None:
    """The piece that holds draft[span] whole, and where it stands in the source."""
    for piece in pieces:
        if (place := counterpart(draft, source, piece, span)) is not None:
            return piece, place
    return None
