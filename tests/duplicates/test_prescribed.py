"""The three witnesses of prescribed wording in a whole library."""

from __future__ import annotations

import numpy as np
import pytest

from index.alignment import SHORTEST_RUN, fold
from index.alignment.runs import gram_hashes
from index.duplicates import prescribed as module
from index.duplicates.comparing import compare
from index.duplicates.prescribed import listed_and_background, of_many_units
from index.fingerprints import Corpus, crossings
from index.formulas import Background, Phrase
from index.formulas.background import THRESHOLD
from index.formulas.units import RELATED, UNITS
from tests.duplicates.rows import BOATS, ROADS, SONGS, WELLS, corpus_of, size

OWN = (
    "东头的晒谷场铺了水泥，秋天不用再借别村的场子。",
    "养蜂的三户合起来请了师傅，蜜罐上第一次贴了标签。",
    "学堂后墙漏雨多年，木匠老周带徒弟修了九天。",
    "茶山的小路铺了石阶，采茶季背篓的人走得稳当。",
    "河湾清出两车烂网，秋汛来的时候水走得顺畅。",
    "磨坊换了新轴，赶集的日子排队也不过一盏茶。",
    "村史馆收了三十二件旧农具，孩子们轮流当讲解员。",
)


def words(corpus: Corpus, mask: np.ndarray) -> list[str]:
    """The stretches that a mask marks."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return [
        "".join(map(chr, corpus.codes[first:past]))
        for first, past in zip(edges[::2], edges[1::2], strict=True)
    ]


def plain(text: str) -> str:
    return "".join(map(chr, fold(text).codes))


def test_listed_phrases_are_prescribed_in_every_document(monkeypatch: pytest.MonkeyPatch) -> None:
    # a document a portion: places are counted from the beginning of all
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    corpus = corpus_of(
        [OWN[0]], [OWN[1], "坚持一家一策、一户一档，" + OWN[2]], ["一家一策一户一档"]
    )
    mask = listed_and_background(corpus, [Phrase("一家一策、一户一档")])
    assert words(corpus, mask) == ["一家一策一户一档"] * 2


def test_what_many_public_texts_have_is_prescribed(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = np.sort(gram_hashes(fold(ROADS).codes, SHORTEST_RUN))
    rare = np.sort(gram_hashes(fold(SONGS).codes, SHORTEST_RUN))
    both = np.concatenate((hashes, rare))
    counts = np.repeat([THRESHOLD, THRESHOLD - 1], [len(hashes), len(rare)])
    order = np.argsort(both)
    background = Background.of(both[order], counts[order], documents=100)
    monkeypatch.setattr(module, "shipped", lambda: background)
    corpus = corpus_of([OWN[0], SONGS], [SONGS, ROADS, OWN[1]])
    assert words(corpus, listed_and_background(corpus, [])) == [plain(ROADS)]


@pytest.mark.parametrize("documents", [UNITS, UNITS + 1])
def test_wording_of_many_unrelated_units_is_prescribed(documents: int) -> None:
    corpus = corpus_of(*([OWN[n], ROADS] for n in range(documents)))
    found = crossings(corpus)
    units = np.arange(documents, dtype=np.int32)
    mask = of_many_units(corpus, found, np.ones(len(found), np.bool_), units)
    # UNITS other units must have it, so it needs one document more than UNITS
    assert words(corpus, mask) == ([plain(ROADS)] * documents if documents > UNITS else [])


def test_documents_of_one_unit_are_one_witness() -> None:
    corpus = corpus_of(*([OWN[n], ROADS] for n in range(7)))
    found = crossings(corpus)
    everything = np.ones(len(found), np.bool_)
    units = np.array([0, 1, 2, 3, 4, 4, 4], np.int32)
    assert not of_many_units(corpus, found, everything, units).any()
    units = np.array([0, 1, 2, 3, 4, 5, 5], np.int32)
    assert words(corpus, of_many_units(corpus, found, everything, units)) == [plain(ROADS)] * 7


def test_overlapping_witnesses_of_one_unit_do_not_add_up() -> None:
    # 4 units that each have it three times are still 4
    corpus = corpus_of([ROADS], *([ROADS, OWN[n], ROADS, OWN[n + 1], ROADS] for n in range(4)))
    found = crossings(corpus)
    units = np.arange(5, dtype=np.int32)
    assert not of_many_units(corpus, found, np.ones(len(found), np.bool_), units).any()


def test_documents_that_share_much_are_no_witnesses() -> None:
    # a template of seven offices is no prescribed wording, however many filled it in
    template = [
        ROADS,
        SONGS,
        WELLS,
        BOATS,
        "塘坝清淤两处，装了三道拦污栅，夏天没有再淹田。",
        OWN[0],
    ]
    whole = "".join(template) + OWN[1] + OWN[2]
    assert size(whole) >= RELATED
    corpus = corpus_of(*([n, whole] for n in "甲乙丙丁戊己庚"))
    comparison = compare(corpus, np.arange(7, dtype=np.int32), [])
    assert not comparison.prescribed.any()
    assert set(comparison.pairs.shared_a.tolist()) == {size(whole)}
    # of the same offices, one sentence in otherwise different reports is
    corpus = corpus_of(*([OWN[n], ROADS] for n in range(7)))
    comparison = compare(corpus, np.arange(7, dtype=np.int32), [])
    assert words(corpus, comparison.prescribed) == [plain(ROADS)] * 7
    assert set(comparison.pairs.shared_a.tolist()) == {0}
    assert set(comparison.pairs.formula.tolist()) == {size(ROADS)}
