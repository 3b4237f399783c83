"""Differences that are slots: every case under tests/cases/slots, and what always holds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.alignment import Run, fold
from index.alignment.spans import aligned_spans, text_of
from index.findings import Piece
from index.review.slots import slot, slots_of

CASES = sorted((Path(__file__).parent.parent / "cases" / "slots").glob("*.txt"))


def _pieces(one: str, other: str, least: int = 9) -> tuple[Piece, ...]:
    """What the two texts share, grown from their first characters in common."""
    a, b = fold(one), fold(other)
    same = next(
        (i for i, (x, y) in enumerate(zip(a.codes, b.codes, strict=False)) if x != y),
        min(len(a), len(b)),
    )
    if same < least:
        return ()
    (span,) = aligned_spans(text_of(a.codes), text_of(b.codes), [Run(0, 0, same)])
    return tuple(
        Piece(a.span(r.a, r.a + r.length), b.span(r.b, r.b + r.length)) for r in span.blocks
    )


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    """The draft's line, the source's line; then each slot, and whether nothing else differs."""
    texts, expected = case.read_text(encoding="utf-8").split("# output\n")
    draft, source = texts.splitlines()
    slots, only = slots_of(draft, source, _pieces(draft, source, 7))
    found = [f"{one.kind} {one.draft} {one.source}" for one in slots]
    assert [*found, "only slots" if only else "other words too"] == expected.splitlines()
    for one in slots:
        assert draft[slice(*one.span)] == one.draft
        assert source[slice(*one.source_span)] == one.source


def test_there_are_cases() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize(
    ("draft", "span", "source", "source_span", "expected"),
    [
        # a piece may begin and end within a name, or within a figure
        ("青禾县交通局", (2, 4), "青禾市公安局", (2, 5), ("unit", "青禾县交通局", "青禾市公安局")),
        ("辖11个村", (2, 3), "辖14个村", (2, 3), ("number", "11", "14")),
        # or one side may be empty
        ("共12件", (2, 3), "共1件", (2, 2), ("number", "12", "1")),
        ("3次", (0, 1), "*次", (0, 1), ("placeholder", "3", "*")),
    ],
)
def test_limits_of_a_slot(
    draft: str,
    span: tuple[int, int],
    source: str,
    source_span: tuple[int, int],
    expected: tuple[str, str, str],
) -> None:
    found = slot(draft, span, source, source_span)
    assert found is not None
    assert (found.kind, found.draft, found.source) == expected


_TEXT = st.text("青禾县区市镇水务局长2013一二十X*，。书记王小同志在的", max_size=30)


@settings(max_examples=120, deadline=None)
@given(_TEXT, _TEXT, _TEXT, _TEXT)
def test_slots_lie_in_the_texts_and_apart(head: str, one: str, other: str, tail: str) -> None:
    draft, source = f"全年工作扎实推进，{head}{one}{tail}", f"全年工作扎实推进，{head}{other}{tail}"
    slots, only = slots_of(draft, source, _pieces(draft, source, 1))
    assert not only or slots
    for found in slots:
        assert draft[slice(*found.span)] == found.draft
        assert source[slice(*found.source_span)] == found.source
        assert found.draft != found.source
    for first, then in pairwise(slots):
        assert first.span[1] <= then.span[0]
        assert first.source_span[1] <= then.source_span[0]
