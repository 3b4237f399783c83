"""Where a shared passage begins and ends: with its sentence, when the rest of that goes along.

Alignment ends a passage where too little is the same to go on. A few characters before the full
stop are then left over (86条 and 131条). They belong to the sentence that was taken over and
changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import Indel

from index.alignment import fold
from index.alignment.spans import text_of
from index.datatypes import Span
from index.findings import Piece
from index.review.slots import slot

FARTHEST = 16
"""Compared characters of either text between a passage and the end of its sentence."""
BODY = 2
"""So many times as long as either rest the passage must be."""
ALIKE = 0.3
"""Share of the shorter rest that the other has too, in order; or the two are a slot."""

_ENDS = "。！？；!?;\n"


def with_rests(
    draft: str, source: str, pieces: tuple[Piece, ...], same: int
) -> tuple[Span, Span, tuple[Piece, ...]]:
    """A passage (`pieces`, of `same` compared characters) with the rests of its first and last
    sentence where they go along; as (span, source span, pieces).

    >>> draft, source = "会上，书记带头检查，逐一点名批评。", "会上，校长带头检查，逐一点名批评。"
    >>> span, _, pieces = with_rests(draft, source, (Piece((5, 16), (5, 16)),), 10)
    >>> draft[slice(*span)], [draft[slice(*piece.span)] for piece in pieces]
    ('会上，书记带头检查，逐一点名批评', ['会上', '带头检查，逐一点名批评'])
    """
    first, last = pieces[0], pieces[-1]
    span = (first.span[0], last.span[1])
    source_span = (first.source_span[0], last.source_span[1])
    before = (_begin(draft, span[0]), span[0]), (_begin(source, source_span[0]), source_span[0])
    after = (span[1], _end(draft, span[1])), (source_span[1], _end(source, source_span[1]))
    if (found := _along(draft, before[0], source, before[1], same)) is not None:
        one, other, more = found
        span, source_span = (one[0], span[1]), (other[0], source_span[1])
        pieces = (*more, *pieces)
    if (found := _along(draft, after[0], source, after[1], same)) is not None:
        one, other, more = found
        span, source_span = (span[0], one[1]), (source_span[0], other[1])
        pieces = (*pieces, *more)
    return span, source_span, pieces


def _begin(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in _ENDS) + 1


def _end(text: str, at: int) -> int:
    return min((end for mark in _ENDS if (end := text.find(mark, at)) >= 0), default=len(text))


def _along(
    draft: str, rest: Span, source: str, source_rest: Span, same: int
) -> tuple[Span, Span, tuple[Piece, ...]] | None:
    """Where the compared characters of both rests stand, and what of them is the same; None where
    the rests do not go along."""
    one, other = fold(draft[slice(*rest)]), fold(source[slice(*source_rest)])
    longer = max(len(one), len(other))
    if not len(one) or not len(other) or longer > FARTHEST or same < BODY * longer:
        return None
    start, end = one.span(0, len(one))
    source_start, source_end = other.span(0, len(other))
    span = (rest[0] + start, rest[0] + end)
    source_span = (source_rest[0] + source_start, source_rest[0] + source_end)
    blocks = [
        code
        for code in Indel.opcodes(text_of(one.codes), text_of(other.codes))
        if code.tag == "equal"
    ]
    common = sum(code.src_end - code.src_start for code in blocks)
    alike = common >= ALIKE * min(len(one), len(other))
    if not alike and slot(draft, span, source, source_span) is None:
        return None

    def pieces() -> Iterator[Piece]:
        for code in blocks:
            start, end = one.span(code.src_start, code.src_end)
            begin, stop = other.span(code.dest_start, code.dest_end)
            yield Piece(
                (rest[0] + start, rest[0] + end), (source_rest[0] + begin, source_rest[0] + stop)
            )

    return span, source_span, tuple(pieces())
