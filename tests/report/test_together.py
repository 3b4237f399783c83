"""Several drafts in one report: every figure, and who shares what with whom."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from lxml import html
from python_calamine import CalamineWorkbook

from index import report
from index.findings import Review
from index.report.together import together_of
from tests.report import findings_by_hand as by_hand
from tests.report import hostile_review

MADE = date(2024, 1, 9)
NAN = float("nan")
SHARED = ((NAN, 0.4, 0.0), (0.6, NAN, 0.002), (0.0, 0.001, NAN))


def reviews() -> list[Review]:
    made = by_hand.review()
    found = []
    for title, reuse in (("甲稿", 0.2), ("乙稿", 0.5), ("丙稿", 0.0)):
        draft = replace(made.draft, title=title, notes=())
        evidence = replace(made.evidence, draft=draft)
        found.append(replace(made, evidence=evidence, ratios=replace(made.ratios, reuse=reuse)))
    only = replace(found[2].evidence, leftovers=(), limits=("只有丙稿看不到的。",))
    found[2] = replace(found[2], evidence=only, sources=())
    return found


def test_every_draft_with_the_one_that_has_most_of_it() -> None:
    shown = together_of(reviews(), SHARED, MADE)
    assert [(d.number, d.title, d.reuse, d.leftovers) for d in shown.drafts] == [
        (1, "甲稿", 0.2, 2),
        (2, "乙稿", 0.5, 2),
        (3, "丙稿", 0.0, 0),
    ]
    assert [(d.nearest, d.nearest_share) for d in shown.drafts] == [
        ("2《乙稿》", 0.4),
        ("1《甲稿》", 0.6),
        ("", 0.0),
    ]
    assert shown.drafts[2].largest == ""
    assert shown.matrix[0] == (None, 0.4, 0.0)


def test_a_pair_begins_with_the_draft_that_is_mostly_in_the_other() -> None:
    (pair,) = together_of(reviews(), SHARED, MADE).pairs
    assert (pair.one, pair.other, pair.share_one, pair.share_other) == (2, 1, 0.6, 0.4)
    assert together_of(reviews(), SHARED, MADE).summary == (
        "共 3 份稿件，彼此之间有相同文字的 1 对（固定表述不计），最相近的一对是《乙稿》和《甲稿》，"
        "前者有 60.0% 在后者里也有；去固定表述后重合最多的是《乙稿》，为 50.0%；"
        "可能忘了改的地方共 4 处。"
    )


def test_a_limit_of_one_draft_names_it() -> None:
    limits = together_of(reviews(), SHARED, MADE).limits
    assert "《丙稿》：只有丙稿看不到的。" in limits
    assert "《甲稿》：只比对了资料库里的 3 篇文档。" in limits


def test_a_matrix_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 reviews"):
        together_of(reviews(), SHARED[:2], MADE)


def test_the_page_and_the_workbook_show_the_same_matrix() -> None:
    tree = html.fromstring(report.html_of_several(reviews(), SHARED, made=MADE))
    cells = [
        [cell.text or "" for cell in row.xpath("./td")]
        for row in tree.xpath("//table[contains(@class,'matrix')]/tbody/tr")
    ]
    assert cells == [["", "40", ""], ["60", "", ""], ["", "", ""]]
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(report.xlsx_of_several(reviews(), np.array(SHARED), made=MADE))
    )
    rows = book.get_sheet_by_name("稿件之间").to_python()
    assert rows[1] == ["1　甲稿", "", 0.4, ""]
    drafts = book.get_sheet_by_name("各份稿件").to_python()
    assert drafts[2][:8] == [2, "乙稿", "云溪市水务局", 2023, 376, 0.562, 0.5, 0.143]


def test_harm_stays_text() -> None:
    made = [hostile_review.review(), hostile_review.review()]
    shared = ((0.0, 1.0), (1.0, 0.0))
    tree = html.fromstring(report.html_of_several(made, shared, made=MADE))
    assert not tree.xpath("//script | //img")
    assert report.xlsx_of_several(made, shared, made=MADE).startswith(b"PK")
