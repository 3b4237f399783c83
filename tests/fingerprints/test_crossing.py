"""A library against itself, against brute force: every shared run of 13, and none that is not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.alignment import SHORTEST_RUN, fold
from index.alignment.runs import shared_runs
from index.alignment.skeleton import SLOT, skeleton
from index.fingerprints import (
    GRAM,
    Corpus,
    Segment,
    crossing,
    crossings,
    grams,
    joined,
    with_skeletons,
)
from index.fingerprints.crossing import LEAST_PIECE

Run = tuple[int, int, int]


def corpus_of(documents: Sequence[str]) -> Corpus:
    segment = Segment.of((10 + n, n, [text]) for n, text in enumerate(documents))
    return Corpus.of_segments([segment], [None])


def found_in(documents: Sequence[str]) -> list[Run]:
    """(place, place, length) in the row of all documents, each as often as it is given."""
    found = crossings(corpus_of(documents))
    columns = (found.a, found.b, found.length)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def by_hand(documents: Sequence[str]) -> list[Run]:
    """The same by comparing every character with every other."""
    found = []
    starts = np.cumsum([0, *map(len, documents)]).tolist()
    for one, a in enumerate(documents):
        for two in range(one + 1, len(documents)):
            b = documents[two]
            for i in range(len(a)):
                for j in range(len(b)):
                    if a[i] != b[j] or (i and j and a[i - 1] == b[j - 1]):
                        continue
                    n = 0
                    while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n]:
                        n += 1
                    if n >= SHORTEST_RUN:
                        found.append((starts[one] + i, starts[two] + j, n))
    return sorted(found)


@settings(deadline=None)
@given(st.lists(st.text("甲乙", max_size=45), max_size=5))
def test_every_run_is_found_once_in_texts_that_repeat_themselves(documents: list[str]) -> None:
    # all of one text: every gram is rare enough, however often it repeats itself
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossing, "MOST_HOLDERS", 10_000)
        assert found_in(documents) == by_hand(documents)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("at_once", [1, 4_000_000])
def test_every_run_is_found_once_in_texts_that_borrow(
    seed: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crossing, "_PAIRS_AT_ONCE", at_once)
    monkeypatch.setattr(crossing, "_RUNS_AT_ONCE", at_once)
    draw = random.Random(seed)
    letters = "党建工作学习教育组织服务群众安全生产廉洁干部支部会议制度落实推进检查整改"

    def passage(longest: int, least: int = 1) -> str:
        return "".join(draw.choices(letters, k=draw.randint(least, longest)))

    borrowed = [passage(40, 11) for _ in range(4)]
    documents = [
        "".join(passage(20) + draw.choice(borrowed) for _ in range(draw.randint(2, 5)))
        for _ in range(6)
    ]
    wanted = by_hand(documents)
    assert len(wanted) > 5, "the draw borrows too little to try anything"
    assert found_in(documents) == wanted


def test_a_run_ends_with_its_document() -> None:
    text = "修好村口路灯四十盏老人不再摸黑走夜路"
    # the parts stand beside one another in the row: only joined they would be the whole text
    assert found_in([text, text[:9], text[9:]]) == []
    assert found_in([text, text[:13], text[13:]]) == [(0, len(text), 13)]
    assert found_in([text[:6], text[6:] + text]) == []


def test_runs_of_two_pairs_on_one_diagonal_stay_apart() -> None:
    # equally long: 一/三 and 二/四 lie on one diagonal of the row, and touch there
    one, two = "修好村口路灯四十盏老人不再摸黑", "合唱队每周三晚上在文化站里练歌"
    size = len(one)
    assert len(two) == size
    assert found_in([one, two, one, two]) == [(0, 2 * size, size), (size, 3 * size, size)]


def test_runs_of_one_document_with_itself_are_none() -> None:
    text = "修好村口路灯四十盏老人不再摸黑走夜路"
    assert found_in([text + "甲" + text]) == []


def test_strangers_with_one_fingerprint_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_alike(codes: np.ndarray) -> np.ndarray:
        return np.zeros(max(0, len(codes) - GRAM + 1), np.uint32)

    monkeypatch.setattr(grams, "prints", all_alike)
    text = "全镇开展安全生产大检查三十次"
    documents = ["某单位组织党员干部集中学习交流研讨", text, text]
    assert found_in(documents) == by_hand(documents)
    assert len(found_in(documents)) == 1


def test_what_stands_everywhere_is_compared_with_the_next_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crossing, "MOST_HOLDERS", 3)
    monkeypatch.setattr(crossing, "NEIGHBOURS", 2)
    common, rare = "全面贯彻落实上级决策部署要求", "修好村口路灯四十盏老人不再摸黑"
    size = len(common)
    documents = [common + rare, *[common] * 5, common + rare]
    next_ones = [(i, j) for i in range(7) for j in range(i + 1, min(i + 3, 7))]
    starts = np.cumsum([0, *map(len, documents)]).tolist()
    wanted = {(starts[i], starts[j], size) for i, j in next_ones}
    # through its neighbour, which is rare, the common part is found all the same
    wanted.add((starts[0], starts[6], len(common + rare)))
    assert found_in(documents) == sorted(wanted)


def test_a_run_parted_by_what_stands_everywhere_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossing, "MOST_HOLDERS", 3)
    common = "全面贯彻落实上级决策部署要求坚持问题导向目标导向"
    whole = "修好村口路灯四十盏老人不再摸黑" + common + "合唱队每周三晚上在文化站里练歌"
    documents = [common, common, whole, common, whole]
    before = 2 * len(common)
    wanted = (before, before + len(whole) + len(common), len(whole))
    assert [run for run in found_in(documents) if run[2] == len(whole)] == [wanted]


def test_only_living_documents_are_compared() -> None:
    text = "全镇开展安全生产大检查三十次"
    one = Segment.of([(3, 3, [text]), (7, 7, ["青禾镇", text])])
    two = Segment.of([(5, 5, [text]), (9, 9, ["别的内容"])])
    corpus = Corpus.of_segments([one, two], [np.array([7]), None])
    assert corpus.documents.tolist() == [5, 7, 9]
    # paragraphs go along: 7 has two
    assert np.diff(corpus.paragraphs).tolist() == [1, 2, 1]
    size = len(fold(text))
    assert corpus.breaks.tolist() == [0, size, size + 3, 2 * size + 3]
    found = crossings(corpus)
    assert (found.a.tolist(), found.b.tolist(), found.length.tolist()) == ([0], [size + 3], [size])
    assert corpus.document_at(found.b).tolist() == [1]


@pytest.mark.parametrize("documents", [[], [""], ["短"], ["全镇开展安全生产大检查三十次", ""]])
def test_nothing_is_found_where_nothing_is_shared(documents: list[str]) -> None:
    assert found_in(documents) == []


# ---- runs of the skeletons


def pieces_in(documents: Sequence[str]) -> list[Run]:
    corpus = corpus_of(documents)
    found = with_skeletons(corpus, crossings(corpus))
    columns = (column[len(found) - found.between :] for column in (found.a, found.b, found.length))
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def pieces_by_hand(documents: Sequence[str]) -> list[Run]:
    """Every shared run of two skeletons, cut at its slots, as written; but for what is a part of a
    shared run as written."""
    written = [fold(text) for text in documents]
    bones = [skeleton(text) for text in documents]
    starts = np.cumsum([0, *map(len, written)]).tolist()
    runs = found_in(documents)
    found = set()
    for one in range(len(documents)):
        for two in range(one + 1, len(documents)):
            for run in shared_runs(bones[one].codes, bones[two].codes):
                codes = bones[one].codes[run.a : run.a + run.length].tolist()
                if SLOT not in codes or len(codes) - codes.count(SLOT) < SHORTEST_RUN:
                    continue
                edges = [-1, *(i for i, code in enumerate(codes) if code == SLOT), len(codes)]
                for slot, after in pairwise(edges):
                    if after - slot - 1 < LEAST_PIECE:
                        continue
                    at = bones[one].at[run.a + slot + 1], bones[two].at[run.b + slot + 1]
                    a = starts[one] + int(np.searchsorted(written[one].at, at[0]))
                    b = starts[two] + int(np.searchsorted(written[two].at, at[1]))
                    found.add((a, b, after - slot - 1))
    return sorted(
        (a, b, n)
        for a, b, n in found
        if not any(b - a == d - c and c <= a and a + n <= c + m for c, d, m in runs)
    )


FIGURES = ["12", "1,200", "三十", "XX", "＊", "2023", "某", "某某", "0.5", "八"]


@pytest.mark.parametrize("seed", range(20))
def test_what_stands_between_figures_that_differ_is_found(seed: int) -> None:
    draw = random.Random(seed)
    letters = "党建工作学习教育组织服务群众安全生产廉洁干部支部会议制度落实推进检查整改"

    def passage(least: int, most: int) -> str:
        return "".join(draw.choices(letters, k=draw.randint(least, most)))

    forms = [[passage(1, 9) + "，" for _ in range(draw.randint(2, 7))] for _ in range(3)]

    def filled(form: Sequence[str]) -> str:
        return "".join(part + draw.choice(FIGURES) + draw.choice("次个人") for part in form)

    documents = [
        "".join(passage(1, 8) + filled(draw.choice(forms)) for _ in range(draw.randint(1, 4)))
        for _ in range(6)
    ]
    documents += [filled(forms[0] * 2), filled(forms[0] * 2)]
    wanted = pieces_by_hand(documents)
    assert wanted, "the draw borrows too little to try anything"
    assert pieces_in(documents) == wanted


def test_figures_alone_share_nothing() -> None:
    documents = [
        "2021年3月4日5时6分7秒，12个、13人、14次、15件、16项、17条。",
        "2022年4月5日6时7分8秒，22个、23人、24次、25件、26项、27条。",
    ]
    assert pieces_in(documents) == []


def test_slots_of_joined_segments_are_those_of_their_documents() -> None:
    texts = [
        "全年办会12次，修路3公里。",
        "其他没有数字的话。",
        "救助XX户，发放＊元。",
        "共1,200人。",
    ]
    one = Segment.of([(3, 3, texts[:1]), (7, 7, texts[1:2])])
    two = Segment.of([(5, 5, texts[2:3]), (9, 9, texts[3:])])
    assert one.slots.tolist() == [2, 1]
    assert two.slots.tolist() == [2, 0, 4]
    whole = joined([one, two], [np.array([True, True]), np.array([True, True])])
    assert whole.slots.tolist() == [2, 1, 2, 0, 4]
    whole = joined([one, two], [np.array([False, True]), np.array([False, True])])
    assert whole.slots.tolist() == [4]
