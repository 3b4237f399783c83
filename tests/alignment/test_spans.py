"""Runs, skeletons and spans: what is the same, to the character, in both texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.alignment import Run, fold, shared_runs
from index.alignment.folded import fold_paragraphs
from index.alignment.skeleton import SLOT, skeleton
from index.alignment.spans import AlignedSpan, aligned_spans, text_of


def spans(one: str, other: str, shortest: int = 8) -> tuple[str, str, list[AlignedSpan]]:
    a, b = fold(one), fold(other)
    left, right = text_of(a.codes), text_of(b.codes)
    return left, right, aligned_spans(left, right, shared_runs(a.codes, b.codes, shortest))


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        # a word changed
        (
            "我镇认真组织全体党员到村开展义务劳动，清理沟渠三条。",
            "本所切实组织全体党员到村开展义务劳动，清理沟渠三条。",
            ["组织全体党员到村开展义务劳动清理沟渠三条"],
        ),
        # a clause put in
        (
            "修好村口路灯四十盏，老人夜里出门不再摸黑，孩子放学有光。",
            "修好村口路灯四十盏，电费由村里出，老人夜里出门不再摸黑，孩子放学有光。",
            ["修好村口路灯四十盏老人夜里出门不再摸黑孩子放学有光"],
        ),
        # two sentences that changed places are two spans
        (
            "合唱队每周三晚上在文化站练歌。修好村口路灯四十盏，夜里不再摸黑。",
            "修好村口路灯四十盏，夜里不再摸黑。合唱队每周三晚上在文化站练歌。",
            ["合唱队每周三晚上在文化站练歌", "修好村口路灯四十盏夜里不再摸黑"],
        ),
        # long new writing parts one passage into two
        (
            "修好村口路灯四十盏，夜里不再摸黑。"
            + "另写一段谁也没有写过的话" * 5
            + "合唱队每周三晚上在站里练歌。",
            "修好村口路灯四十盏，夜里不再摸黑。合唱队每周三晚上在站里练歌。",
            ["修好村口路灯四十盏夜里不再摸黑", "合唱队每周三晚上在站里练歌"],
        ),
    ],
)
def test_a_passage_is_found_with_its_small_edits(one: str, other: str, wanted: list[str]) -> None:
    left, _, found = spans(one, other)
    assert [left[slice(*span.a)] for span in found] == wanted


def test_blocks_and_gaps_make_up_the_span() -> None:
    left, right, (span,) = spans(
        "全年组织党员集中学习八次，撰写心得体会。", "全年组织党员集中学习十二次，撰写心得体会。"
    )
    assert span.gaps() == [((10, 11), (10, 12))]
    assert (left[10:11], right[10:12]) == ("八", "十二")
    assert (span.same, span.longest, span.a, span.b) == (17, 10, (0, 18), (0, 19))
    assert span.identity == 17 / 19


@settings(deadline=None)
@given(st.text("甲乙丙丁", max_size=80), st.text("甲乙丙丁", max_size=80))
def test_blocks_are_the_same_in_both_texts_and_in_order(one: str, other: str) -> None:
    left, right, found = spans(one, other, 5)
    past = 0
    for span in found:
        assert span.a[0] >= past  # spans lie apart in the first text
        past = span.a[1]
        for block in span.blocks:
            assert left[block.a : block.a + block.length] == right[block.b : block.b + block.length]
        assert (span.a[0], span.b[0]) == (span.blocks[0].a, span.blocks[0].b)
        last = span.blocks[-1]
        assert (span.a[1], span.b[1]) == (last.a + last.length, last.b + last.length)


def test_a_sentence_moved_between_two_others_is_a_span_of_its_own() -> None:
    first, moved, last = (
        "春天村里修好了东头的老水渠和两座石桥又栽下三百棵桂花树",
        "夏天学校请来三位退休的木匠",
        "秋天合作社卖出头一批山核桃和九百筐柚子冬天老人们坐在新屋里听说书",
    )
    one, other = first + moved + last, first + last + "此外再没有什么大事可说只有一件" + moved
    spans = aligned_spans(one, other, shared_runs(fold(one).codes, fold(other).codes))
    found = sorted(one[slice(*span.a)] for span in spans)
    assert found == sorted([one, moved])
    assert {other[slice(*span.b)] for span in spans} == {first + last, moved}


def test_a_run_within_a_longer_passage_gives_no_span_of_its_own() -> None:
    text = "修好村口路灯四十盏老人夜里出门不再摸黑"
    (span,) = aligned_spans(text, text + text[:9], [Run(0, 0, 19), Run(0, 19, 9)])
    assert (span.a, span.b) == ((0, 19), (0, 19))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("开展教育12次，参加5,300人次", "开展教育8次，参加460人次"),
        ("2023年新发展党员三名", "2022年新发展党员X名"),
        ("整改问题十二个，销号率95.5%", "整改问题*个，销号率XX%"),
        ("××局召开会议", "XX局召开会议"),
    ],
)
def test_figures_and_placeholders_are_one_slot(one: str, other: str) -> None:
    assert skeleton(one).codes.tolist() == skeleton(other).codes.tolist()
    assert SLOT in skeleton(one).codes


def test_a_slot_stands_where_it_begins() -> None:
    masked = skeleton("全年（共12次）学习")
    assert [chr(code) if code != SLOT else "_" for code in masked.codes] == list("全年共_次学习")
    assert masked.at.tolist() == [0, 1, 3, 4, 6, 8, 9]


def test_words_that_only_look_like_figures_stay() -> None:
    assert SLOT not in skeleton("三会一课、一以贯之、万众一心").codes


def test_paragraphs_lie_one_after_another() -> None:
    folded, starts = fold_paragraphs(["一、抓学习", "", "（二）抓落实。"])
    assert text_of(folded.codes) == "一抓学习二抓落实"
    assert starts.tolist() == [0, 5, 5, 12]
    assert folded.within(5, 12) == (4, 8)
