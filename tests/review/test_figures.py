"""Figures that did not change between years: every case under tests/cases/figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.review.figures import same_figures
from tests.review.comparing import read_case

CASES = sorted((Path(__file__).parent.parent / "cases" / "figures").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    """Expected: number of the paragraph and the figure; the source has the same at its place."""
    read = read_case(case)
    found = same_figures(read.draft, read.spans, read.documents, read.source_texts)
    assert [f"{one.paragraph + 1} {one.text}" for one in found] == read.output
    for one in found:
        assert read.draft.paragraphs[one.paragraph].text[slice(*one.span)] == one.text
        assert one.source.year == 2022
        sources = [text for text in read.source_texts.values() if one.text in text]
        assert any(text[slice(*one.source_span)] == one.text for text in sources)


def test_there_are_cases() -> None:
    assert len(CASES) >= 3
