"""What two documents have in common, counted character by character."""

from __future__ import annotations

import random

import numpy as np
import pytest

from index.alignment import SHORTEST_RUN, fold
from index.duplicates.pairs import LEAST_OWN, pair_table
from index.fingerprints import crossings
from tests.duplicates.rows import BOATS, ROADS, SONGS, corpus_of, nothing_prescribed, size


def in_common(a: str, b: str) -> np.ndarray:
    """bool (len(a),): characters of a that lie in 13 which b has too."""
    mask = np.zeros(len(a), np.bool_)
    for at in range(len(a) - SHORTEST_RUN + 1):
        if a[at : at + SHORTEST_RUN] in b:
            mask[at : at + SHORTEST_RUN] = True
    return mask


def longest_run(a: str, b: str, own: np.ndarray) -> int:
    """The longest maximal run, by trying every pair of places; of one that is hardly anything but
    prescribed only what is not."""
    most = 0
    for i in range(len(a)):
        for j in range(len(b)):
            if i and j and a[i - 1] == b[j - 1]:
                continue
            n = 0
            while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n]:
                n += 1
            if n >= SHORTEST_RUN:
                free = int(own[i : i + n].sum())
                most = max(most, n if free >= LEAST_OWN else free)
    return most


@pytest.mark.parametrize("seed", range(10))
def test_every_pair_is_counted_as_by_hand(seed: int) -> None:
    draw = random.Random(seed)
    letters = "桥渡井灯船路田塘坝林茶果菇蜂鱼稻麦棉桑麻"

    def passage(longest: int, least: int = 1) -> str:
        return "".join(draw.choices(letters, k=draw.randint(least, longest)))

    borrowed = [passage(40, 11) for _ in range(4)]
    documents = [
        "".join(passage(20) + draw.choice(borrowed) for _ in range(draw.randint(2, 5)))
        for _ in range(5)
    ]
    corpus = corpus_of(*([text] for text in documents))
    prescribed = np.array([draw.random() < 0.2 for _ in corpus.codes])
    # equal wording is prescribed wherever it stands, or the sides would differ by what is drawn
    for phrase in (borrowed[0][:5], borrowed[1][-6:]):
        at = "".join(documents).find(phrase)
        prescribed[at : at + len(phrase)] = True
    table = pair_table(corpus, crossings(corpus), prescribed)
    found = {}
    for place in range(len(table.a)):
        columns = (table.shared_a, table.shared_b, table.longest, table.formula)
        key = (int(table.a[place]), int(table.b[place]))
        found[key] = tuple(int(column[place]) for column in columns)
    wanted = {}
    for one in range(5):
        for other in range(one + 1, 5):
            a, b = documents[one], documents[other]
            in_a, in_b = in_common(a, b), in_common(b, a)
            if not in_a.any():
                continue
            own_a = ~prescribed[corpus.starts[one] : corpus.starts[one + 1]]
            own_b = ~prescribed[corpus.starts[other] : corpus.starts[other + 1]]
            wanted[one, other] = (
                int((in_a & own_a).sum()),
                int((in_b & own_b).sum()),
                longest_run(a, b, own_a),
                int((in_a & ~own_a).sum()),
            )
    assert len(wanted) > 3, "the draw borrows too little to try anything"
    assert found == wanted


def test_a_passage_that_stands_twice_counts_once_on_the_other_side() -> None:
    corpus = corpus_of([ROADS, SONGS, ROADS], [BOATS, ROADS])
    table = pair_table(corpus, crossings(corpus), nothing_prescribed(corpus))
    assert table.shared_a.tolist() == [2 * size(ROADS)]
    assert table.shared_b.tolist() == [size(ROADS)]
    assert table.longest.tolist() == [size(ROADS)]


def test_prescribed_wording_is_counted_apart() -> None:
    corpus = corpus_of([ROADS + SONGS], [ROADS + SONGS])
    prescribed = nothing_prescribed(corpus)
    words = len(fold(ROADS))
    prescribed[:words] = True
    whole = words + len(fold(SONGS))
    prescribed[whole : whole + words] = True
    table = pair_table(corpus, crossings(corpus), prescribed)
    assert table.shared_a.tolist() == table.shared_b.tolist() == [size(SONGS)]
    # the run is as long as it stands there
    assert table.longest.tolist() == [size(ROADS + SONGS)]
    assert table.formula.tolist() == [size(ROADS)]
    prescribed[: whole - 4] = prescribed[whole : 2 * whole - 4] = True
    table = pair_table(corpus, crossings(corpus), prescribed)
    assert (table.longest.tolist(), table.shared_a.tolist()) == ([4], [4])


def test_documents_without_anything_in_common_are_no_pair() -> None:
    corpus = corpus_of([ROADS], [SONGS], [])
    table = pair_table(corpus, crossings(corpus), nothing_prescribed(corpus))
    assert len(table.a) == len(table.of_run) == 0
