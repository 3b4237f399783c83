"""Several drafts against each other: what each has of the others, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.embedding.testing import CountingEncoder
from index.findings import Choices, Draft, Evidence
from index.library import Library
from index.review import drafts_of, gather, judge, pasted
from index.review.campaign import among, campaign, id_of, place_of, read
from index.settings import Settings

from .desk import DRAFT, HELD, OTHER


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("campaign")
    settings = Settings(library=folder / "library", data_folder=folder / "data")
    with Library.create(settings.library, CountingEncoder(), settings) as made:
        made.sync([HELD])
        yield made


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return drafts_of([DRAFT, OTHER])


@pytest.fixture(scope="module")
def evidences(library: Library, drafts: list[Draft]) -> tuple[Evidence, ...]:
    return among([gather(library, draft) for draft in drafts])


def test_the_matrix_says_how_much_of_a_row_the_column_has(
    evidences: tuple[Evidence, ...],
) -> None:
    found = campaign([judge(evidence) for evidence in evidences])
    assert found.shared[0, 1] == pytest.approx((46 + 15) / 208)
    assert found.shared[1, 0] == pytest.approx((46 + 15) / 111)
    assert np.isnan(np.diag(found.shared)).all()
    assert [found.nearest(0), found.nearest(1)] == [1, 0]


def test_the_library_still_counts_besides_the_other_drafts(
    evidences: tuple[Evidence, ...],
) -> None:
    review = judge(evidences[0])
    shares = {
        place_of(source.document.source.document_id): source.characters for source in review.sources
    }
    assert shares == {None: 50 - 13 + 33 + 49, 1: 46 + 15}
    assert review.ratios.reuse == pytest.approx((50 - 13 + 33 + 49 + 46 + 15) / 208)
    assert "另外 1 份稿子" in review.evidence.limits[0]


def test_the_switches_hold_for_other_drafts_as_for_the_library(
    evidences: tuple[Evidence, ...],
) -> None:
    long = campaign([judge(one, Choices(shortest=40)) for one in evidences])
    assert long.shared[1, 0] == pytest.approx(46 / 111), "the title is too short now"
    none = campaign([judge(one, Choices(without=frozenset({id_of(0)}))) for one in evidences])
    assert none.shared[1, 0] == 0
    assert none.nearest(1) is None


def test_the_source_of_a_finding_is_the_paragraph_of_the_other_draft(
    evidences: tuple[Evidence, ...], drafts: list[Draft]
) -> None:
    [paragraph] = [one for one in judge(evidences[1]).paragraphs if one.label == "verbatim"]
    [marked] = paragraph.marked
    assert marked.shared is not None
    assert evidences[1].source_texts[marked.shared.paragraph_id] == drafts[0].paragraphs[-1].text
    assert marked.shared.source_paragraph == drafts[0].paragraphs[-1].number
    assert evidences[1].documents[id_of(0)].source.title == "青溪区水务局2023年工作总结"


def test_what_was_seen_anywhere_is_told_once_and_in_order(
    evidences: tuple[Evidence, ...],
) -> None:
    for evidence in evidences:
        for (index, one), (after, other) in zip(evidence.shared, evidence.shared[1:], strict=False):
            assert index < after or one[1] < other[0]


def test_one_draft_alone_is_left_as_it_is(library: Library, drafts: list[Draft]) -> None:
    evidence = gather(library, drafts[0])
    assert among([evidence]) == (evidence,)


def test_prescribed_wording_alone_makes_no_likeness(library: Library) -> None:
    shared = "对照学思想、强党性、重实践、建新功的要求"
    texts = [f"{shared}，夏天查井盖，冬天查水表。", f"年中{shared}开展交流，逐条写下不足。"]
    found = campaign(
        [judge(one) for one in among([gather(library, pasted(text)) for text in texts])]
    )
    assert np.nan_to_num(found.shared).max() == 0


def test_files_that_cannot_be_read_leave_the_others(tmp_path: Path) -> None:
    broken = tmp_path / "坏.docx"
    broken.write_bytes(b"PK\x03\x04 no zip")
    drafts, errors = read([DRAFT, broken, OTHER])
    assert [draft.unit for draft in drafts] == ["青溪区水务局", "苇塘区水务局"]
    assert [Path(error.path).name for error in errors] == ["坏.docx"]
    assert errors[0].reason
