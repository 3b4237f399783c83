"""Which paragraphs are one wording."""

from __future__ import annotations

import numpy as np

from index.duplicates.travelling import ALIKE, LEAST, families
from index.fingerprints import Corpus, crossings
from tests.duplicates.rows import BOATS, ROADS, SONGS, WELLS, corpus_of, nothing_prescribed, size


def families_of(corpus: Corpus, prescribed: np.ndarray | None = None) -> list[list[int]]:
    mask = nothing_prescribed(corpus) if prescribed is None else prescribed
    return families(corpus, crossings(corpus), mask)


def test_a_family_is_the_same_wording_in_several_documents() -> None:
    corpus = corpus_of([ROADS, SONGS], [WELLS, ROADS], ["标题", SONGS, BOATS, ROADS])
    # paragraphs from 0: 0 1 | 2 3 | 4 5 6 7
    assert families_of(corpus) == [[0, 3, 7], [1, 5]]


def test_small_edits_stay_in_the_family_and_large_ones_do_not() -> None:
    whole = ROADS + WELLS
    cut = size(whole)
    edited = ROADS + WELLS.replace("七口", "三口").replace("公示牌", "公告栏")
    corpus = corpus_of([whole], [edited], [ROADS + SONGS + BOATS])
    assert size(ROADS) / cut < ALIKE
    assert families_of(corpus) == [[0, 1]]


def test_a_passage_that_stands_twice_makes_no_likeness() -> None:
    # all of the longer one stands in the shorter one, but the shorter is only half of it
    corpus = corpus_of([ROADS + ROADS], [ROADS])
    assert families_of(corpus) == []


def test_a_run_across_two_paragraphs_counts_for_both() -> None:
    corpus = corpus_of([ROADS, SONGS], [ROADS, SONGS])
    assert families_of(corpus) == [[0, 2], [1, 3]]
    # parted in another place: no paragraph is like another
    text = ROADS + SONGS
    corpus = corpus_of([text[:17], text[17:]], [text[:36], text[36:]])
    assert families_of(corpus) == []


def test_paragraphs_without_characters_are_in_no_family() -> None:
    corpus = corpus_of(["", ROADS, "——"], ["", "", ROADS, ""])
    assert families_of(corpus) == [[1, 5]]


def test_prescribed_wording_alone_makes_no_family() -> None:
    corpus = corpus_of([ROADS], [ROADS])
    mask = nothing_prescribed(corpus)
    rest = LEAST - 1
    mask[: size(ROADS) - rest] = True
    mask[size(ROADS) : 2 * size(ROADS) - rest] = True
    assert families_of(corpus, mask) == []
    mask[size(ROADS) - LEAST] = mask[2 * size(ROADS) - LEAST] = False
    assert families_of(corpus, mask) == [[0, 1]]


def test_a_chain_is_one_family_and_the_largest_comes_first() -> None:
    first = ROADS + SONGS
    second = ROADS + SONGS.replace("腊月里办了一场音乐会", "秋天到邻村演了两回")
    third = second.replace("修好村口路灯", "装上巷口电灯")
    corpus = corpus_of([BOATS, first], [BOATS, second], [WELLS, third])
    alone = corpus_of([first], [third])
    assert families_of(alone) == []
    assert families_of(corpus) == [[1, 3, 5], [0, 2]]
