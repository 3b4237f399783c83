"""Prescribed wording is known by the list, and by how many public documents have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.alignment import SHORTEST_RUN, fold
from index.alignment.runs import gram_hashes
from index.formulas import Background, PhraseBook, read_phrases, shipped, shipped_phrases
from index.formulas.background import covered
from index.formulas.phrases import SHORTEST_PHRASE, Phrase

COMMON = "全年修好村口路灯四十盏老人夜里出门"


def counted(*texts: str) -> Background:
    """A background of these documents, every run of theirs kept."""
    hashes = [np.unique(gram_hashes(fold(text).codes, SHORTEST_RUN)) for text in texts]
    found, counts = np.unique(np.concatenate(hashes), return_counts=True)
    return Background.of(found, counts, documents=len(texts))


def test_runs_of_enough_documents_are_prescribed_to_the_character() -> None:
    background = counted(*[f"{n}号文件：{COMMON}{'甲乙丙丁'[n]}" for n in range(4)])
    text = fold(f"我村{COMMON}不再摸黑")
    wanted = [False] * 2 + [True] * len(COMMON) + [False] * 4
    assert background.prescribed(text, 4).tolist() == wanted
    assert not background.prescribed(text, 5).any()
    assert background.counts_of(text).tolist() == [0, 0, *[4] * (len(COMMON) - 12), *[0] * 4]


def test_a_saved_background_answers_the_same(tmp_path: Path) -> None:
    background = counted(COMMON, COMMON, "别的一份文件里写着完全不同的一句话")
    background.save(tmp_path / "b.npz")
    loaded = Background.load(tmp_path / "b.npz")
    assert loaded.documents == 3
    assert np.array_equal(loaded.hashes, background.hashes)
    assert loaded.counts_of(fold(COMMON)).tolist() == [2] * (len(COMMON) - 12)


def test_short_and_strange_texts() -> None:
    assert counted(COMMON).prescribed(fold("短"), 1).tolist() == [False]
    empty = Background(np.empty(0, np.uint64), np.empty(0, np.uint8), 0)
    assert not empty.prescribed(fold(COMMON), 1).any()


def test_the_characters_of_a_run_are_covered_once() -> None:
    begins = np.zeros(5, np.bool_)
    begins[[0, 2]] = True
    assert covered(begins, 17).tolist() == [True] * 15 + [False] * 2


def test_the_shipped_background_knows_what_everybody_writes() -> None:
    assert shipped().documents > 20_000
    text = fold("以习近平新时代中国特色社会主义思想为指导，修好村口路灯四十盏，老人夜里不再摸黑。")
    known = shipped().prescribed(text, 5)
    assert known[:18].all()
    assert not known[20:].any()


def test_phrases_are_found_whatever_stands_between_the_characters() -> None:
    book = PhraseBook([Phrase("学思想、强党性、重实践", "某部署"), Phrase("强党性重实践建新功")])
    text = fold("按照“学思想 强党性，重实践、建新功”的要求")
    assert [(first, past, phrase.source) for first, past, phrase in book.places(text)] == [
        (2, 11, "某部署"),
        (5, 14, ""),
    ]


def test_a_phrase_of_few_characters_is_passed_over() -> None:
    book = PhraseBook([Phrase("一二三四五"[: SHORTEST_PHRASE - 1])])
    assert book.phrases == []
    assert book.places(fold("一二三四五六")) == []


@pytest.mark.parametrize("phrase", shipped_phrases(), ids=lambda phrase: phrase.text[:12])
def test_every_shipped_phrase_has_a_source_and_is_found(phrase: Phrase) -> None:
    assert phrase.source
    places = PhraseBook(shipped_phrases()).places(fold(f"我局{phrase.text}。"))
    assert any(found is not None and found.text == phrase.text for _, _, found in places)


def test_a_list_is_read_with_its_sources() -> None:
    text = "# 说明\n牢记嘱托、感恩奋进｜市委全会\n\n只有提法\n制表符的\t一份文件\n"
    assert read_phrases(text) == [
        Phrase("牢记嘱托、感恩奋进", "市委全会"),
        Phrase("只有提法"),
        Phrase("制表符的", "一份文件"),
    ]
