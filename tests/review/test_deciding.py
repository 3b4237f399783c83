"""What reviewers said is found again by wording: in the same draft, and in next year's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import pytest

from index.embedding.testing import CountingEncoder
from index.findings import Choices, Decision, Draft, Evidence
from index.library import Library
from index.report.contents import contents_of
from index.review import drafts_of, gather, judge, pasted
from index.review.deciding import decide, decisions_of, found_in
from index.review.witnesses import listed_anew
from index.settings import Settings

from .desk import DRAFT, HELD

NOON = datetime(2024, 1, 5, 12, 0)


@pytest.fixture(scope="module")
def draft() -> Draft:
    return drafts_of([DRAFT])[0]


@pytest.fixture
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("deciding")
    settings = Settings(library=folder / "library", data_folder=folder / "data")
    with Library.create(settings.library, CountingEncoder(), settings) as made:
        made.sync([HELD])
        yield made


@pytest.fixture
def evidence(library: Library, draft: Draft) -> Evidence:
    return gather(library, draft)


def test_findings_are_numbered_as_reports_number_them(evidence: Evidence) -> None:
    for choices in (Choices(), Choices(prescribed=True)):
        review = judge(evidence, choices)
        contents = contents_of(review, {}, date(2024, 1, 5))
        shown = [(one.number, one.source) for p in contents.paragraphs for one in p.findings]
        found = found_in(review)
        assert [one.number for one in found] == [number for number, _ in shown]
        for one, (_, source) in zip(found, shown, strict=True):
            assert source.endswith(f"第{one.shared.source_paragraph}段")
    assert [one.paragraph for one in found_in(judge(evidence))] == [2, 3, 5]


def test_a_decision_is_found_again_under_every_choice(
    library: Library, draft: Draft, evidence: Evidence
) -> None:
    said = Decision("usual", "每年都这样写", "李工", NOON)
    first = found_in(judge(evidence))[0]
    decide(library, evidence, first.place, said)
    kept = replace(said, draft=draft.title)
    assert decisions_of(library, evidence) == {first.place: kept}
    again = found_in(judge(evidence, Choices(prescribed=True)))[0]
    assert decisions_of(library, gather(library, draft))[again.place] == kept
    decide(library, evidence, first.place, None)
    assert decisions_of(library, evidence) == {}


def test_the_same_wording_in_another_draft_is_offered(
    library: Library, draft: Draft, evidence: Evidence
) -> None:
    first = found_in(judge(evidence))[0]
    decide(library, evidence, first.place, Decision("required", "", "李工", NOON))
    words = draft.paragraphs[first.paragraph].text.replace("，", ", ").replace("。", "")
    later = gather(library, pasted(f"青溪区水务局2024年工作总结\n{words}！\n另起一段新写的话。"))
    [offered] = decisions_of(library, later).values()
    assert (offered.mark, offered.remembered, offered.draft) == ("required", True, draft.title)


def test_a_decision_about_a_name_is_not_about_it_elsewhere(
    library: Library, evidence: Evidence
) -> None:
    [leftover] = evidence.leftovers
    place = (leftover.paragraph, leftover.span)
    decide(library, evidence, place, Decision("check", "", "李工", NOON))
    assert decisions_of(library, evidence)[place].mark == "check"
    elsewhere = replace(
        evidence,
        draft=replace(
            evidence.draft,
            paragraphs=tuple(
                replace(one, text=one.text.replace("逐个编号建档", "逐一换锁"))
                for one in evidence.draft.paragraphs
            ),
        ),
    )
    assert place not in decisions_of(library, elsewhere)


def test_a_phrase_that_is_added_counts_at_once_without_a_search(
    library: Library, evidence: Evidence
) -> None:
    before = judge(evidence).ratios.reuse
    assert before == pytest.approx((50 - 13 + 33 + 49) / 208)
    library.add_formula("钥匙和值班表一并上墙", "县水务工作规程")
    after = listed_anew(library, evidence)
    review = judge(after)
    assert review.ratios.reuse == pytest.approx((50 - 13 + 33 + 49 - 10) / 208)
    assert review.ratios.overlap == judge(evidence).ratios.overlap
    assert "另加 1 条" in after.settings["固定表述"]
    assert judge(gather(library, evidence.draft)).ratios == review.ratios
