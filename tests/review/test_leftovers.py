"""What was forgotten: every case under tests/cases/leftovers, the seeds, and what always holds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.findings import Draft, DraftParagraph
from index.paragraphs import prepare
from index.reading import read
from index.review.leftovers import leftovers
from tests.review.comparing import read_case

CASES = sorted((Path(__file__).parent.parent / "cases" / "leftovers").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    """Expected: number of the paragraph, kind, text, and for some `from` the source's title."""
    read = read_case(case)
    found = leftovers(read.draft, read.spans, read.documents, read.source_texts)
    lines = [
        f"{read.draft.paragraphs[one.paragraph].number} {one.kind} {one.text}"
        + (f" from {one.source.title}" if one.source else "")
        for one in found
    ]
    assert lines == read.output
    for one in found:
        assert read.draft.paragraphs[one.paragraph].text[slice(*one.span)] == one.text
        assert one.why.endswith("。")
        assert one.text.strip("年") in one.why or "全文" in one.why


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


def test_a_template_is_told_once_with_every_paragraph() -> None:
    texts = ["召开会议X次。", "参加党员*名。", "XX局制定措施。", "整改问题XX条。"]
    draft = Draft("总结", tuple(DraftParagraph(n, text) for n, text in enumerate(texts, 1)))
    (found,) = leftovers(draft, (), {}, {})
    assert "4处" in found.why
    assert "第1、2、3、4段" in found.why


def test_the_seeds(shared: Path) -> None:
    """A city's bureau that still names a town and a district's office; nothing else but X and *."""
    told = {}
    for path in sorted((shared / "seeds").glob("*.txt")):
        for document in read(path):
            prepared = prepare(document)
            draft = Draft(
                prepared.metadata.title,
                tuple(
                    DraftParagraph(p.number, p.text, p.heading_path, p.level)
                    for p in prepared.paragraphs
                ),
                "市局" if path.name.startswith("002") else prepared.metadata.unit,
                2023,
                prepared.metadata.kind,
            )
            told[path.name[:3]] = [
                one.text for one in leftovers(draft, (), {}, {}) if one.kind != "placeholder"
            ]
    assert told.pop("002") == ["羊街镇", "省级机关", "区直机关工委"]
    assert not any(told.values())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(
            "青禾县区市镇委局我全某XＸ×*○2023年，。《》“”书记王小同志在驻直机关现将打算",
            max_size=60,
        ),
        max_size=4,
    ),
    st.sampled_from([None, "市局", "青禾县水务局", "石桥镇", "某局", "", "县"]),
)
def test_findings_lie_in_the_text_and_apart(texts: list[str], unit: str | None) -> None:
    draft = Draft("总结", tuple(DraftParagraph(n, t) for n, t in enumerate(texts, 1)), unit, 2023)
    found = leftovers(draft, (), {}, {})
    for one in found:
        assert texts[one.paragraph][slice(*one.span)] == one.text != ""
    for one, other in pairwise(found):
        assert (one.paragraph, one.span[1]) <= (other.paragraph, other.span[0]) or (
            one.paragraph < other.paragraph
        )
