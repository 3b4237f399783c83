"""What is the same between two shared runs is counted, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from index.duplicates.between import LONGEST_GAP, with_gaps
from index.duplicates.pairs import PairTable, pair_table
from index.fingerprints import Corpus, crossings
from tests.duplicates.rows import BOATS, ROADS, SONGS, WELLS, corpus_of, nothing_prescribed, size


def table_of(
    corpus: Corpus, prescribed: np.ndarray | None = None, chosen: bool = True
) -> PairTable:
    mask = nothing_prescribed(corpus) if prescribed is None else prescribed
    found = crossings(corpus)
    table = pair_table(corpus, found, mask)
    return with_gaps(corpus, found, mask, table, np.full(len(table.a), chosen))


def counts(table: PairTable) -> list[tuple[int, ...]]:
    columns = (table.shared_a, table.shared_b, table.overlap_a, table.overlap_b)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("here", ["架桥三座修渠九里", "架桥十二座修渠七里半"])
def test_words_between_two_numbers_are_counted(here: str) -> None:
    there = "架桥五座修渠四里"
    corpus = corpus_of([ROADS + here + SONGS], [ROADS + there + SONGS])
    same = size(ROADS + SONGS) + len("架桥座修渠里")
    assert counts(table_of(corpus)) == [(same, same, same, same)]
    # a pair that is not looked at stays as it was
    runs = counts(table_of(corpus, chosen=False))
    assert runs[0][0] in (size(ROADS + SONGS) + 2, size(ROADS + SONGS) + 3)  # 架桥, and 里


def test_what_is_other_text_is_not_counted() -> None:
    corpus = corpus_of([ROADS + "茶园新添两亩苗" + SONGS], [ROADS + "磨坊换了根轴木" + SONGS])
    same = size(ROADS + SONGS)
    assert counts(table_of(corpus)) == [(same, same, same, same)]


def test_what_stands_too_far_apart_is_not_counted() -> None:
    words = "".join(chr(0x4E00 + n) for n in range(LONGEST_GAP))
    # the same but for every fourth character: no run of its own
    other = "".join(c if n % 4 else "甲" for n, c in enumerate(words, 1))
    near = corpus_of([ROADS + words + SONGS], [ROADS + other + SONGS])
    far = corpus_of([ROADS + words + "乙" * 9 + SONGS], [ROADS + other + "丙" * 9 + SONGS])
    same = size(ROADS + SONGS)
    assert counts(table_of(far))[0][0] - same <= 3  # the run goes on to the first difference
    assert counts(table_of(near))[0][0] - same == LONGEST_GAP * 3 // 4


def test_the_order_must_be_the_same_in_both() -> None:
    gap, other = "架桥三座修渠九里", "架桥五座修渠四里"
    corpus = corpus_of([ROADS + gap + SONGS], [SONGS + other + ROADS])
    same = size(ROADS + SONGS)
    assert counts(table_of(corpus)) == [(same, same, same, same)]


def test_prescribed_wording_between_runs_is_counted_apart() -> None:
    gap, other = "共三次一家一策的办法", "共五次一家一策的办法"
    corpus = corpus_of([ROADS + gap + WELLS], [ROADS + other + WELLS])
    mask = nothing_prescribed(corpus)
    whole = "".join(map(chr, corpus.codes))
    for at in (whole.find("一家一策"), whole.rfind("一家一策")):
        mask[at : at + 4] = True
    own = size(ROADS + WELLS + gap) - 1 - 4
    (found,) = counts(table_of(corpus, mask))
    assert found == (own, own, own + 4, own + 4)


def test_no_more_is_counted_than_there_is() -> None:
    # the passage stands twice in the first text: its gap must not count beyond the second's size
    passage, other = ROADS + "架桥三座" + SONGS, ROADS + "架桥五座" + SONGS
    corpus = corpus_of([passage + BOATS + passage], [other])
    (found,) = counts(table_of(corpus))
    assert found[1] <= size(other)
    assert found[0] <= size(passage + BOATS + passage)
