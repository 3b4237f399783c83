"""A review as the page shows it: nothing of a text becomes markup, every mark finds its number."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from index.findings import Decision
from index.report.contents import Contents, contents_of
from index.report.wording import shown
from index.ui import draft_pane, review_markup
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

ON = date(2024, 1, 5)
OURS = {"div", "p", "span", "b", "i", "small", "h2", "ul", "li", "details", "summary"}


@pytest.fixture(scope="module")
def contents() -> Contents:
    return contents_of(by_hand.review(), {}, ON)


def everything(contents: Contents) -> str:
    parts = [
        review_markup.head(contents),
        review_markup.figures(contents),
        review_markup.limits(contents.limits),
        review_markup.legend(contents),
        review_markup.not_counted(contents.not_counted),
    ]
    parts += [review_markup.entry(one) for one in (*contents.leftovers, *contents.same_figures)]
    parts += [review_markup.finding(one) for each in contents.paragraphs for one in each.findings]
    parts += [review_markup.source_facts(one) for one in contents.sources]
    parts += [review_markup.decision(one) for one in hostile_review.decisions().values()]
    return "".join(parts)


def test_only_our_own_tags_stand_in_the_page() -> None:
    html = everything(contents_of(hostile_review.review(), hostile_review.decisions(), ON))
    assert "script" in html, "the harm is there, as text"
    for tag, attributes in re.findall(r"</?([a-zA-Z][^\s>]*)([^>]*)>", html):
        assert tag in OURS
        assert re.fullmatch(r'( (class|title|style)="[^"<]*")*', attributes), attributes


def test_the_pane_shows_every_character_of_the_draft_once(contents: Contents) -> None:
    made: list[Any] = draft_pane.paragraphs(contents)
    texts = ["".join(run["text"] for run in one["runs"]) for one in made]
    assert texts == [shown(paragraph.text) for paragraph in by_hand.review().draft.paragraphs]


def test_every_mark_of_re_use_leads_to_its_finding(contents: Contents) -> None:
    made: list[Any] = draft_pane.paragraphs(contents, decided={1})
    for shown_paragraph, one in zip(contents.paragraphs, made, strict=True):
        numbers = [finding.number for finding in shown_paragraph.findings]
        used = [run["finding"] for run in one["runs"] if "finding" in run]
        assert sorted(set(used)) == numbers
        assert used == sorted(used), "in the order of the text"
    references = [ref for one in made for run in one["runs"] for ref in run.get("references", ())]
    assert ("1✓", False) in references
    assert ("忘改1", True) in references


def test_prescribed_wording_says_why_it_does_not_count(contents: Contents) -> None:
    made: list[Any] = draft_pane.paragraphs(contents)
    reasons = [
        run["why"] for one in made for run in one["runs"] if "formula" in run["look"].split()
    ]
    assert reasons
    assert all(reasons)


def test_paragraphs_without_findings_are_counted_where_they_are_left_out(
    contents: Contents,
) -> None:
    made: list[Any] = draft_pane.paragraphs(contents, only_found=True)
    plain = sum(one.plain for one in contents.paragraphs)
    assert plain > 0
    left_out = [int(n) for one in made for n in re.findall(r"\d+", one.get("left_out", ""))]
    assert sum(left_out) == plain
    assert len(made) == len(contents.paragraphs) - plain + len(left_out)


def test_an_offered_decision_is_told_from_one_of_this_draft() -> None:
    said = Decision("usual", "见<文件>", "李工", None, remembered=True, draft="去年的")
    offered = unescape(review_markup.decision(said))
    assert "同样的文字以前标过（《去年的》）：正常沿用" in offered
    assert "见<文件>" in offered
    assert "已记下" not in offered
