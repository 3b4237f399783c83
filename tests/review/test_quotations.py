"""Words quoted as another's: every case under tests/cases/quotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.findings import Draft, DraftParagraph
from index.review.quotations import quotations

CASES = sorted((Path(__file__).parent.parent / "cases" / "quotations").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    """A paragraph a line; expected: number of the paragraph, the words, and who is said to."""
    text, expected = case.read_text(encoding="utf-8").split("# output\n")
    lines = text.splitlines()
    draft = Draft("", tuple(DraftParagraph(n, line) for n, line in enumerate(lines, 1)))
    found = [
        f"{one.paragraph + 1} {lines[one.paragraph][slice(*one.span)]} | {one.attributed_to}"
        for one in quotations(draft)
    ]
    assert found == expected.splitlines()


def test_there_are_cases() -> None:
    assert len(CASES) >= 3
