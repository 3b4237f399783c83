"""Several drafts against each other: what each has of the others, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedding.testing import CountingEncoder
from index.findings import Choices, Draft, Evidence
from index.library import Library
from index.review import drafts_of, gather, judge, pasted
from index.review.campaign import Together, among, campaign, id_of, place_of, read
from index.review.witnesses import listed_anew
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
    # both have the same title besides: a heading alone is no re-use
    assert found.shared[0, 1] == pytest.approx(46 / 208)
    assert found.shared[1, 0] == pytest.approx(46 / 111)
    assert np.isnan(np.diag(found.shared)).all()
    assert [found.nearest(0), found.nearest(1)] == [1, 0]


def test_the_library_still_counts_besides_the_other_drafts(
    evidences: tuple[Evidence, ...],
) -> None:
    review = judge(evidences[0])
    shares = {
        place_of(source.document.source.document_id): source.characters for source in review.sources
    }
    assert shares == {None: 50 - 13 + 33 + 49, 1: 46}
    assert review.ratios.reuse == pytest.approx((50 - 13 + 33 + 49 + 46) / 208)
    assert review.evidence.settings["同批稿子"].startswith("另外 1 份")
    assert not any("同一批" in limit for limit in review.evidence.limits)


def test_the_switches_hold_for_other_drafts_as_for_the_library(
    evidences: tuple[Evidence, ...],
) -> None:
    long = campaign([judge(one, Choices(shortest=40)) for one in evidences])
    assert long.shared[1, 0] == pytest.approx(46 / 111)
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


# ---- a draft that the library holds too


@pytest.fixture
def holding(tmp_path: Path) -> Iterator[Library]:
    """The library, with the second draft among its documents, its marks written differently."""
    copy = tmp_path / "送来的.txt"
    copy.write_text(OTHER.read_text(encoding="utf-8").replace("，", " , "), encoding="utf-8")
    settings = Settings(library=tmp_path / "library", data_folder=tmp_path / "data")
    with Library.create(settings.library, CountingEncoder(), settings) as made:
        made.sync([HELD, copy])
        yield made


def test_a_draft_that_the_library_holds_too_counts_once_and_is_said(
    holding: Library, drafts: list[Draft], evidences: tuple[Evidence, ...]
) -> None:
    alone = gather(holding, drafts[0])
    [copy] = [entry.id for entry in holding.documents() if entry.unit == "苇塘区水务局"]
    assert copy in alone.documents, "without the other draft it is a source"
    found = among([alone, gather(holding, drafts[1])])
    assert [one.same_text for one in found] == [(), (copy,)]
    [held] = [entry.id for entry in holding.documents() if entry.id != copy]
    assert set(found[0].documents) == {held, id_of(1)}
    assert copy not in {span.document_id for span in found[0].spans}
    sentence = "资料库里的《苇塘区水务局2023年工作总结》就是同一批的第 2 份稿子"
    assert any(limit.startswith(sentence) for limit in found[0].limits)
    assert not any(sentence in limit for limit in found[1].limits)
    together = campaign([judge(one) for one in found])
    assert together.held == [1]
    as_before = campaign([judge(one) for one in evidences])
    np.testing.assert_array_equal(together.shared, as_before.shared)
    assert [one.ratios.reuse for one in together.reviews] == [
        one.ratios.reuse for one in as_before.reviews
    ]


def test_other_words_that_the_library_tells_are_said_of_the_draft(
    holding: Library, drafts: list[Draft]
) -> None:
    alone = gather(holding, drafts[0])
    [copy] = [entry.id for entry in holding.documents() if entry.unit == "苇塘区水务局"]
    stored = holding.paragraphs(copy)[-1]
    [theirs] = [one for one in drafts[1].paragraphs if one.number == stored.number]
    same = replace(
        alone.spans[0],
        document_id=copy,
        paragraph_id=stored.id,
        source_paragraph=stored.number,
        source_span=(0, 20),
        pieces=(),
        slots=(),
        by_meaning=True,
    )
    told = replace(
        alone,
        spans=(*alone.spans, same),
        source_texts={**alone.source_texts, stored.id: theirs.text},
    )
    found = among([told, gather(holding, drafts[1])])[0]
    [one] = [span for span in found.spans if span.by_meaning]
    assert one.document_id == id_of(1)
    assert found.source_texts[one.paragraph_id] == theirs.text
    judge(found)


# ---- what is compared again when something is told


@pytest.fixture
def several(library: Library, drafts: list[Draft]) -> list[Evidence]:
    third = pasted(
        "河口区水务局2023年工作总结\n请每条街巷选出一名看水人，水压不足、水质发黄随手拍照，"
        "其余事项按月在村口公布。"
    )
    return [gather(library, draft) for draft in (*drafts, third)]


def test_a_unit_that_is_told_compares_no_pair_again(
    library: Library, several: list[Evidence]
) -> None:
    together = Together()
    before = together.among(several)
    assert (together.compared, together.aligned) == (3, 6)
    told = replace(several[2].draft, unit="青溪区水务局", year=2024)
    now = [*several[:2], gather(library, told)]
    after = together.among(now)
    assert (together.compared, together.aligned) == (3, 6)
    assert after == among(now)
    assert after[2].documents[id_of(0)].relation == "own_past"
    assert after[0].documents[id_of(2)].source.year == 2024
    assert before[0].documents[id_of(2)].source.year == 2023


def test_what_does_not_depend_on_what_was_told_stays_the_very_same(
    library: Library, several: list[Evidence]
) -> None:
    apart = gather(library, pasted("两棵枣树之间晾着渔网，没有人来收。"))
    together = Together()
    before = together.among([*several, apart])
    told = replace(several[0].draft, unit="河口区水务局")
    after = together.among([gather(library, told), *several[1:], apart])
    assert after[3] is before[3]
    assert after[1] is not before[1]
    assert after[1].documents[id_of(0)].source.unit == "河口区水务局"


def test_another_text_in_the_same_place_is_compared_again(
    library: Library, several: list[Evidence]
) -> None:
    together = Together()
    together.among(several)
    other = gather(library, pasted("大堤上新栽的杨树由各村轮流浇水。"))
    now = [several[0], other, several[2]]
    assert together.among(now) == among(now)
    assert together.compared == 3 + 2
    fewer = [several[2], several[0]]
    assert together.among(fewer) == among(fewer)


def test_a_listed_phrase_aligns_again_only_what_began_with_it(
    tmp_path: Path, several: list[Evidence]
) -> None:
    settings = Settings(library=tmp_path / "library", data_folder=tmp_path / "data")
    with Library.create(settings.library, CountingEncoder(), settings) as empty:
        together = Together()
        together.among(several)
        empty.add_formula("选出一名看水人水压不足水质发黄随手拍照")
        now = [listed_anew(empty, one) for one in several]
        assert together.among(now) == among(now)
        assert together.compared == 3
        assert together.aligned < 12
