"""What a report of a library's duplicates says, whatever its format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from index.findings import DocumentPair, Duplicates
from index.report import repeats
from index.report.repeats import repeats_of
from tests.report import findings_by_hand as by_hand

MADE = date(2024, 1, 9)


def pair(one: str | None, other: str | None, share: float) -> DocumentPair:
    return DocumentPair(
        by_hand.source(1, "甲", one, 2021),
        by_hand.source(2, "乙", other, 2022),
        9,
        share,
        0.1,
        9,
        0,
    )


def test_the_summary_counts_pairs_by_whose_they_are() -> None:
    made = by_hand.duplicates()
    unknown = pair(None, "河湾街道", 0.4)
    shown = repeats_of(replace(made, documents=(*made.documents, unknown)), MADE)
    assert shown.summary == (
        "一方有 15.0% 以上文字与另一方相同（固定表述不计）的文档共 4 对，其中不同单位 2 对、"
        "同一单位 1 对、单位不详 1 对；同一写法的段落 1 组，共 3 段。"
    )


def test_pairs_listed_for_their_length_are_told() -> None:
    shown = repeats_of(replace(by_hand.duplicates(), characters=1300), MADE)
    assert "15.0% 以上文字与另一方相同、或相同 1,300 字以上（固定表述不计）" in shown.summary
    assert ("不论比例也列出", "相同 1,300 字以上的文档对") in shown.settings


def test_nothing_found_is_said() -> None:
    assert "没有找到" in repeats_of(Duplicates((), (), 0.5), MADE).summary


def test_a_recut_keeps_what_was_compared() -> None:
    shown = repeats_of(by_hand.duplicates().recut(0.3), MADE)
    assert [each.reuse_b for each in shown.pairs] == [0.72, 0.27]
    assert ("资料库", "水务系统历年总结") in shown.settings
    assert shown.limits


def test_the_matrix_holds_the_highest_share_of_any_two_units() -> None:
    pairs = (pair("甲局", "乙局", 0.6), pair("乙局", "甲局", 0.8), pair("丙局", "丙局", 0.7))
    shown = repeats_of(Duplicates((*pairs, pair(None, "丁局", 0.9)), (), 0.1), MADE)
    assert shown.units == ("乙局", "甲局", "丙局")
    assert [row.cells for row in shown.matrix] == [
        (0.0, 0.8, 0.0),
        (0.8, 0.0, 0.0),
        (0.0, 0.0, 0.7),
    ]
    assert shown.units_left_out == 0


def test_no_unit_stands_in_the_matrix_without_the_one_it_is_alike_to() -> None:
    pairs = tuple(pair(f"{n}局", f"{n}科", 0.9 - n / 100) for n in range(20))
    shown = repeats_of(Duplicates(pairs, (), 0.1), MADE)
    assert len(shown.units) == repeats.MOST_UNITS
    assert shown.units_left_out == 40 - repeats.MOST_UNITS
    assert all(any(row.cells) for row in shown.matrix)


def test_a_way_names_every_unit_once_in_order() -> None:
    made = by_hand.duplicates()
    (family,) = made.families
    again = replace(family, sources=(*family.sources, replace(family.sources[0], year=2024)))
    (shown,) = repeats_of(replace(made, families=(again,)), MADE).families
    assert shown.way == "白鹭镇党委 → 河湾街道 → 云溪市水务局"
    assert [(step.first, step.new_unit) for step in shown.steps] == [
        (True, False),
        (False, True),
        (False, True),
        (False, False),
    ]


def test_without_a_year_nothing_is_the_earliest() -> None:
    made = by_hand.duplicates()
    (family,) = made.families
    undated = tuple(replace(source, year=None) for source in family.sources)
    nowhen = replace(made, families=(replace(family, first=undated[0], sources=undated, years=()),))
    (shown,) = repeats_of(nowhen, MADE).families
    assert (shown.seen, shown.way) == ("见于", "")
    assert not any(step.first or step.new_unit for step in shown.steps)
