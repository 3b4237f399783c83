"""What a report says, whatever its format: every text whole, every number where it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Span
from index.findings import Choices, Decision, Marked, Piece, Review, SharedSpan, Slot
from index.report import marked_text, wording
from index.report.contents import Contents, contents_of
from index.report.marked_text import Run
from tests.report import findings_by_hand as by_hand

MADE = date(2024, 1, 9)


def of(review: Review) -> Contents:
    return contents_of(review, by_hand.decisions(), MADE)


def joined(runs: tuple[Run, ...]) -> str:
    return "".join(run.text for run in runs)


def test_no_character_of_the_draft_is_lost() -> None:
    shown = of(by_hand.review())
    assert [joined(each.runs) for each in shown.paragraphs] == list(by_hand.DRAFT_TEXTS)


def test_what_is_the_same_what_differs_and_what_fills_a_slot() -> None:
    second, third = of(by_hand.review()).paragraphs[1:3]
    parts = [(run.look, run.part, run.text) for run in second.runs]
    assert parts[:1] == [("formula", "same", by_hand.FORMULA)]
    assert ("edited", "other", "专题") in parts
    assert ("edited", "same", "会议部署水源地保护，逐村逐户核对取水台账，把问题清单一") in parts
    slots = [run.text for run in third.runs if run.part == "slot"]
    assert slots == ["24", "18", "460"]
    assert [run.text for run in third.findings[0].source_runs if run.part == "slot"] == [
        "18",
        "15",
        "320",
    ]


def test_a_finding_cites_its_source_and_says_how_much_is_the_same() -> None:
    findings = of(by_hand.review()).findings
    assert [finding.number for finding in findings] == [1, 2, 3, 4]
    assert [finding.look for finding in findings] == [
        "edited",
        "renamed",
        "verbatim",
        "paraphrase",
    ]
    renamed = findings[1]
    assert renamed.source == "《云溪市水务局2022年工作总结》 云溪市水务局 2022年 第14段"
    assert renamed.relation == "本单位往年"
    assert renamed.slots == (("数字", "24", "18"), ("数字", "18", "15"), ("数字", "460", "320"))
    assert findings[0].also_in == ("《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年 第5段",)
    # 召开 2, …清单一 25, 对到人… 11 of 43 characters of the passage
    assert findings[0].measure == "43 字中 38 字相同，最长连续 25 字"
    assert findings[2].measure == "39 字连续相同"


def test_a_run_that_goes_on_in_the_next_paragraphs_is_told() -> None:
    made = by_hand.review()
    longer = replace(by_hand.VERBATIM, longest=568)
    reviewed = replace(made.paragraphs[3], marked=(Marked(longer.span, "reuse", longer),))
    (finding,) = (
        of(replace(made, paragraphs=(*made.paragraphs[:3], reviewed))).paragraphs[3].findings
    )
    assert finding.measure == "39 字连续相同（连同上下段 568 字）"
    assert finding.longest == 39


def test_numbers_stand_where_the_thing_ends() -> None:
    third, fourth = of(by_hand.review()).paragraphs[2:4]
    ends = {run.text: [r.text for r in run.references] for run in third.runs if run.references}
    assert ends == {"35吨": ["数字1"], "，群众满意度达到98.6%": ["2"]}
    assert fourth.runs[0] == Run(
        "白鹭镇", flagged=True, references=(marked_text.Reference("leftover", 1),)
    )


def test_a_passage_parted_by_a_formula_is_one_finding() -> None:
    made = by_hand.review()
    start, end = by_hand.EDITED.span
    middle = start + 20
    reviewed = replace(
        made.paragraphs[1],
        marked=(
            Marked((start, middle), "reuse", by_hand.EDITED),
            Marked((middle, middle + 5), "formula", why="清单里有"),
            Marked((middle + 5, end), "reuse", by_hand.EDITED),
        ),
    )
    parted = of(replace(made, paragraphs=(reviewed,)))
    (finding,) = parted.findings
    text = by_hand.DRAFT_TEXTS[1]
    assert finding.text == f"{text[start:middle]}……{text[middle + 5 : end]}"
    assert joined(parted.paragraphs[0].runs) == text
    numbers = [r.number for run in parted.paragraphs[0].runs for r in run.references]
    assert numbers == [1, 1]


def test_both_figures_stand_side_by_side_and_tell_their_settings() -> None:
    made = by_hand.review()
    assert [(f.name, f.text) for f in of(made).figures] == [
        ("总重合", "56.2%"),
        ("去固定表述后重合", "41.8%"),
    ]
    counting = replace(made, choices=Choices(prescribed=True, quotations=True, shortest=20))
    assert of(counting).figures[1].note == "固定表述和引用也计入"
    assert of(counting).figures[1].name == "连固定表述的重合"
    assert ("计入的最短相同文字", "连续 20 字") in of(counting).choices
    without = replace(made, choices=Choices(without=frozenset({2})))
    assert ("不计入的来源", "《白鹭镇2021年党建工作总结》 白鹭镇党委 2021年") in of(without).choices


def test_what_a_person_said_stands_by_the_finding_and_in_the_list() -> None:
    shown = of(by_hand.review())
    assert [d.mark for d in shown.findings[1].decisions] == ["usual"]
    assert [d.note for d in shown.leftovers[0].decisions] == ["应为水务局各闸站"]
    assert [(number, d.mark) for number, _, d in shown.decided] == [
        (3, "usual"),
        (4, "check"),
        (4, "check"),
    ]


def test_a_source_with_a_few_words_in_common_is_told_apart() -> None:
    shown = of(by_hand.review())
    assert "涉及 3 篇来源（1 篇只有零星文字相同）" in shown.summary
    assert [source.relation for source in shown.sources] == [
        "其他单位，早于送审稿",
        "本单位往年",
        "其他单位，只有零星文字相同",
    ]


def test_a_decision_on_what_is_no_longer_found_is_not_lost() -> None:
    place = (7, (0, 3))
    shown = contents_of(by_hand.review(), {place: Decision("usual", "旧的")}, MADE)
    assert [(number, words) for number, words, _ in shown.decided] == [(8, "下一步")]


def test_prescribed_wording_is_listed_once_with_every_place() -> None:
    made = by_hand.review()
    second = made.paragraphs[1]
    again = replace(second, paragraph=replace(second.paragraph, number=9))
    shown = contents_of(replace(made, paragraphs=(*made.paragraphs, again)), {}, MADE)
    formula = next(each for each in shown.not_counted if each.kind == "固定表述")
    assert formula.text == by_hand.FORMULA
    assert formula.paragraphs == (2, 9)


def test_nothing_found_is_said() -> None:
    made = by_hand.review()
    clean = replace(
        made,
        evidence=replace(made.evidence, leftovers=(), same_figures=()),
        ratios=replace(made.ratios, overlap=0, reuse=0, own_past=0, quoted=0, largest_source=0),
        paragraphs=tuple(replace(each, label="own", marked=()) for each in made.paragraphs),
        sources=(),
    )
    assert "没有找到" in contents_of(clean, {}, MADE).summary


@st.composite
def cut(draw: st.DrawFn) -> tuple[str, tuple[Marked, ...]]:
    """A text with disjoint marks, some of them re-use with pieces and slots anywhere within."""
    text = draw(st.text(min_size=1, max_size=60))
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))

    def spans(low: int, high: int) -> tuple[Span, ...]:
        inner = sorted(draw(st.sets(st.integers(low, high), max_size=6)))
        return tuple(zip(inner[::2], inner[1::2], strict=False))

    marks = []
    for start, end in zip(ends[::2], ends[1::2], strict=False):
        pieces, slots = spans(start, end), spans(start, end)
        shared = SharedSpan(
            0,
            (start, end),
            2,
            21,
            1,
            (0, 3),
            end - start,
            1,
            1,
            end - start,
            tuple(Piece(span, (0, 2)) for span in pieces),
            tuple(Slot("number", "1", "2", span, (1, 2)) for span in slots),
        )
        kind = draw(st.sampled_from(["reuse", "formula", "quotation"]))
        marks.append(Marked((start, end), kind, shared))  # type: ignore[arg-type]
    return text, tuple(marks)


@given(cut())
def test_any_marks_leave_the_text_whole(made: tuple[str, tuple[Marked, ...]]) -> None:
    text, marks = made
    base = by_hand.review()
    first = base.paragraphs[0]
    reviewed = replace(first, paragraph=replace(first.paragraph, text=text), marked=marks)
    evidence = replace(base.evidence, leftovers=(), same_figures=())
    shown = contents_of(replace(base, evidence=evidence, paragraphs=(reviewed,)), {}, MADE)
    (paragraph,) = shown.paragraphs
    assert joined(paragraph.runs) == wording.shown(text)
    expected = {mark.shared for mark in marks if mark.kind == "reuse"}
    assert len(paragraph.findings) == len(expected)


def test_a_slot_is_one_piece_whatever_of_it_agrees() -> None:
    text = "计划2023年完工，投资45万元"
    shared = SharedSpan(
        0, (0, 16), 2, 21, 1, (0, 16), 14, 12, 9, 14,
        # 202 of the year and 万元 with the last figure before it are the same in both
        (Piece((0, 5), (0, 5)), Piece((6, 13), (6, 13)), Piece((14, 16), (14, 16))),
        (
            Slot("year", "2023", "2022", (2, 6), (2, 6)),
            Slot("number", "4", "1", (12, 13), (12, 13)),
            Slot("number", "5万", "9万", (13, 15), (13, 15)),
        ),
    )  # fmt: skip
    base = by_hand.review()
    first = base.paragraphs[0]
    reviewed = replace(
        first,
        paragraph=replace(first.paragraph, text=text),
        marked=(Marked((0, 16), "reuse", shared),),
    )
    evidence = replace(
        base.evidence, leftovers=(), same_figures=(), source_texts={21: text.replace("3", "2")}
    )
    shown = contents_of(replace(base, evidence=evidence, paragraphs=(reviewed,)), {}, MADE)
    (paragraph,) = shown.paragraphs
    (finding,) = paragraph.findings
    slots = ["2023", "4", "5万"]
    for runs in (paragraph.runs, finding.runs):
        assert [run.text for run in runs if run.part == "slot"] == slots
        assert [run.text for run in runs if run.part != "slot"] == ["计划", "年完工，投资", "元"]
    assert [run.text for run in finding.source_runs if run.part == "slot"] == ["2022", *slots[1:]]


@given(st.text())
def test_shown_text_keeps_every_offset_and_fits_xml(text: str) -> None:
    shown = wording.shown(text)
    assert len(shown) == len(text)
    shown.encode("utf-8")
    assert not any(
        (ord(c) < 32 and c not in "\t\n") or c in "\ufffe\uffff\u202e\u2066" for c in shown
    )


@pytest.mark.parametrize("at_most", [6, 20, 39, 200])
def test_a_long_finding_keeps_both_ends_and_says_what_is_left_out(at_most: int) -> None:
    finding = of(by_hand.review()).findings[1]
    whole = joined(finding.runs)
    short = joined(marked_text.elided(finding.runs, at_most))
    if len(whole) <= at_most:
        assert short == whole
        return
    head, tail = at_most * 2 // 3, at_most - at_most * 2 // 3
    left_out = len(whole) - at_most
    assert short == f"{whole[:head]}……（略 {left_out} 字）……{whole[-tail:]}"


PRODUCT = Path(wording.__file__).parent.parent


@pytest.mark.parametrize("suffix", ["py", "jinja", "css", "js", "toml"])
def test_nothing_in_the_product_passes_a_verdict(suffix: str) -> None:
    files = list(PRODUCT.rglob(f"*.{suffix}"))
    assert files
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    verdicts = ("抄" + "袭", "剽" + "窃", "造" + "假")
    assert [path for path, text in texts.items() if any(each in text for each in verdicts)] == []


def test_a_text_that_the_library_holds_is_said_first() -> None:
    made = by_hand.review()
    held = replace(made, evidence=replace(made.evidence, same_text=(7,)))
    assert of(held).same_text.startswith("资料库里已经有 1 份和这份稿子一字不差的材料")
    assert of(held).summary.startswith(of(held).same_text)
    itself = replace(held.evidence, draft=replace(made.draft, document_id=7))
    assert of(replace(made, evidence=itself)).same_text == ""
