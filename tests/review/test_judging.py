"""Evidence and switches -> figures and labels, by hand-made evidence of invented texts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from index.datatypes import Source, Span
from index.findings import (
    ALIKE,
    FRAGMENTS,
    MEANINGS,
    NOTABLE,
    Choices,
    Draft,
    DraftParagraph,
    Evidence,
    Piece,
    Prescribed,
    Quotation,
    Relation,
    SharedSpan,
    Slot,
    SourceDocument,
    SourceShare,
)
from index.review.judging import judge

TEXT = "甲乙丙丁戊己庚辛壬癸" * 4  # 40 compared characters
OTHER = "子丑寅卯辰巳午未申酉" * 2


def document(id_: int, *, relation: Relation = "other", year: int = 2021) -> SourceDocument:
    source = Source(id_, None, f"第{id_}份总结", "青溪县水务局", year, None, "", (), 1)
    return SourceDocument(source, relation, True, 100)


def span(
    place: Span,
    id_: int = 1,
    *,
    pieces: tuple[Span, ...] = (),
    longest: int | None = None,
    slots: tuple[Slot, ...] = (),
    by_meaning: bool = False,
) -> SharedSpan:
    """A passage of paragraph 0 that stands at the same place in the source; pieces where given."""
    whole = pieces or (place,)
    same = sum(end - start for start, end in whole)
    return SharedSpan(
        paragraph=0,
        span=place,
        document_id=id_,
        paragraph_id=10 * id_,
        source_paragraph=1,
        source_span=place,
        length=place[1] - place[0],
        same=0 if by_meaning else same,
        longest=max(end - start for start, end in whole) if longest is None else longest,
        source_length=place[1] - place[0],
        pieces=() if by_meaning else tuple(Piece(one, one) for one in whole),
        slots=slots,
        only_slots=bool(slots),
        by_meaning=by_meaning,
    )


def evidence(
    *spans: SharedSpan, texts: tuple[str, ...] = (TEXT, OTHER), **more: object
) -> Evidence:
    paragraphs = tuple(DraftParagraph(number, text) for number, text in enumerate(texts, 1))
    documents = {one.document_id: document(one.document_id) for one in spans}
    known = Evidence(Draft("某总结", paragraphs), spans=spans, documents=documents)
    return replace(known, **more)  # type: ignore[arg-type]


def test_shares_are_of_all_compared_characters() -> None:
    review = judge(evidence(span((0, 30))))
    assert review.ratios.overlap == review.ratios.reuse == 30 / 60
    assert review.ratios.largest_source == 30 / 60
    (share,) = review.sources
    assert (share.characters, share.longest, share.containment) == (30, 30, 0.3)
    assert [one.reuse for one in review.paragraphs] == [30 / 40, 0.0]


def test_prescribed_wording_is_overlap_and_no_reuse() -> None:
    known = evidence(span((0, 30)), prescribed=(Prescribed(0, (0, 17), "listed"),))
    review = judge(known)
    assert (review.ratios.overlap, review.ratios.reuse) == (30 / 60, 13 / 60)
    assert [(one.span, one.kind) for one in review.paragraphs[0].marked] == [
        ((0, 17), "formula"),
        ((17, 30), "reuse"),
    ]
    assert judge(known, Choices(prescribed=True)).ratios.reuse == 30 / 60


@pytest.mark.parametrize(
    ("level_below", "from_where", "length", "counted"),
    [
        (0, 1, 15, 15),  # text below it comes from the same document
        (0, 2, 15, 0),  # from another one
        (1, 1, 15, 0),  # that is the next section
        (0, 2, NOTABLE, NOTABLE),  # as long as a passage: no usual heading
    ],
)
def test_a_heading_that_is_the_same_alone_is_no_reuse(
    level_below: int, from_where: int, length: int, counted: int
) -> None:
    below = replace(span((0, 20), from_where), paragraph=1)
    known = evidence(span((0, length)), below)
    heading, text = known.draft.paragraphs
    paragraphs = (replace(heading, level=1), replace(text, level=level_below))
    review = judge(replace(known, draft=Draft("某总结", paragraphs)))
    assert review.paragraphs[0].reuse == counted / 40
    assert review.paragraphs[1].reuse == 1.0


def test_the_longest_stretch_of_a_source_is_without_prescribed_wording() -> None:
    known = evidence(span((0, 40)), prescribed=(Prescribed(0, (12, 25), "listed"),))
    (share,) = judge(known).sources
    assert (share.characters, share.passage) == (12 + 15, 15)


@pytest.mark.parametrize(("rest", "counted"), [(3, 0), (4, 4)])
def test_a_rest_beside_prescribed_wording_is_its_neighbour(rest: int, counted: int) -> None:
    known = evidence(span((0, 20)), prescribed=(Prescribed(0, (0, 20 - rest), "units"),))
    assert judge(known).ratios.reuse == counted / 60


@pytest.mark.parametrize(("length", "reused"), [(13, 30 - 13), (12, 30)])
def test_a_quotation_counts_apart_from_the_shortest_length_on(length: int, reused: int) -> None:
    known = evidence(span((0, 30)), quotations=(Quotation(0, (10, 10 + length), "某文件指出"),))
    review = judge(known)
    assert review.ratios.reuse == reused / 60
    assert review.ratios.quoted == (30 - reused) / 60
    assert judge(known, Choices(quotations=True)).ratios.reuse == 30 / 60


@pytest.mark.parametrize(
    ("pieces", "slots", "shown"),
    [
        (((0, 13),), False, True),  # one run of the shortest length
        (((0, 12),), False, False),
        (((0, 12), (15, 26)), False, False),  # 23 the same, without a run of 13
        (((0, 12), (15, 29)), False, True),  # a run of 14
        (((0, 12), (14, 26), (28, 40)), False, True),  # 36 of 40 the same
        (((0, 9), (19, 28), (31, 40)), False, True),  # 27 of 40: 0.675
        (((0, 9), (16, 25), (32, 40)), False, True),  # 26 of 40: 0.65
        (((0, 7), (9, 15)), True, True),  # 13 the same, only slots differ
        (((0, 6), (9, 15)), True, False),
    ],
)
def test_how_much_must_be_the_same(pieces: tuple[Span, ...], slots: bool, shown: bool) -> None:
    place = (pieces[0][0], pieces[-1][1])
    between = (
        tuple(
            Slot("number", "", "", (one[1], other[0]), (one[1], other[0]))
            for one, other in pairwise(pieces)
        )
        if slots
        else ()
    )
    review = judge(evidence(span(place, pieces=pieces, slots=between)))
    assert bool(review.sources) is shown


def test_two_sentences_with_words_in_common_are_not_the_same() -> None:
    # 27 of 59 the same, and no run of 13: 0.46 is below what is asked without one
    pieces = ((0, 4), (10, 18), (24, 29), (40, 50))
    long = evidence(span((0, 59), pieces=(*pieces, (59, 59))), texts=(TEXT * 2, OTHER))
    assert judge(long).sources == ()


@pytest.mark.parametrize(("gap", "counted"), [(9, 40), (10, 30)])
def test_a_clause_of_the_drafts_own_within_a_passage_stays_its_own(gap: int, counted: int) -> None:
    pieces = ((0, 15), (15 + gap, 40))
    review = judge(evidence(span((0, 40), pieces=pieces)))
    assert review.ratios.reuse == counted / 60
    assert review.sources[0].characters == counted


def test_a_long_slot_is_no_clause_of_its_own() -> None:
    name = Slot("unit", "", "", (15, 25), (15, 25))
    review = judge(evidence(span((0, 40), pieces=((0, 15), (25, 40)), slots=(name,))))
    assert review.ratios.reuse == 40 / 60
    assert review.paragraphs[0].label == "renamed"


def test_a_switch_takes_a_source_or_the_own_past_away() -> None:
    known = evidence(span((0, 30)), span((10, 40), 2))
    known = replace(known, documents={1: document(1), 2: document(2, relation="own_past")})
    assert judge(known).ratios.reuse == 40 / 60
    assert judge(known).ratios.own_past == 10 / 60  # what the other has not as well
    assert judge(known, Choices(own_past=False)).ratios.reuse == 30 / 60
    assert judge(known, Choices(without=frozenset({1}))).ratios.reuse == 30 / 60
    assert judge(known, Choices(shortest=31)).ratios.reuse == 0


def test_labels() -> None:
    def label(*spans: SharedSpan, **more: object) -> str:
        return judge(evidence(*spans, **more)).paragraphs[0].label

    assert label(span((0, 40))) == "verbatim"
    assert label(span((0, 20))) == "edited"
    number = Slot("number", "", "", (20, 22), (20, 22))
    assert label(span((0, 40), pieces=((0, 20), (22, 40)), slots=(number,))) == "renamed"
    assert label(span((0, 40), pieces=((0, 20), (24, 40)))) == "edited"
    assert label(span((0, 40), by_meaning=True)) == "paraphrase"
    assert label() == "own"
    assert (
        label(shared=((0, (0, 30)),), prescribed=(Prescribed(0, (0, 30), "listed"),)) == "formula"
    )


def test_other_words_are_shown_and_not_counted() -> None:
    review = judge(evidence(span((0, 40), by_meaning=True)))
    assert (review.ratios.overlap, review.ratios.reuse, review.paragraphs[0].reuse) == (0, 0, 0)
    assert [(one.span, one.kind) for one in review.paragraphs[0].marked] == [((0, 40), "reuse")]
    (share,) = review.sources
    assert (share.characters, share.meanings, share.meant) == (0, 1, 40)


@pytest.mark.parametrize(
    ("passage", "characters", "overlap", "meanings", "meant", "notable"),
    [
        (NOTABLE, NOTABLE, NOTABLE, 0, 0, True),
        (NOTABLE - 1, FRAGMENTS - 1, FRAGMENTS - 1, 0, 0, False),
        (NOTABLE - 1, FRAGMENTS, FRAGMENTS, 0, 0, True),
        (0, 0, int(ALIKE * 150), 0, 0, True),  # half of the shorter text, all of it prescribed
        (0, 0, int(ALIKE * 150) - 1, 0, 0, False),
        (0, 0, 0, MEANINGS, 38, True),
        (0, 0, 0, MEANINGS, 37, False),
        (0, 0, 0, MEANINGS - 1, 90, False),
    ],
)
def test_from_when_two_texts_are_called_reuse(
    passage: int, characters: int, overlap: int, meanings: int, meant: int, notable: bool
) -> None:
    source = replace(document(1), characters=150)
    share = SourceShare(
        source, characters, 0.0, 13, 0.0, overlap, 400, meanings, meant, passage=passage
    )
    assert share.notable is notable


def test_a_text_of_set_phrases_is_a_source_where_half_of_it_is_the_same() -> None:
    prescribed = (Prescribed(0, (0, 40), "background"),)
    known = evidence(span((0, 40)), prescribed=prescribed)
    (share,) = judge(known).sources
    assert (share.characters, share.overlap, share.notable) == (0, 40, True)
    little = evidence(span((0, 20)), prescribed=prescribed)
    assert judge(little).sources == ()
