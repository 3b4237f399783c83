"""The keyword index: every word survives, and BM25 is the formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from index.catalogue import Catalogue
from index.catalogue.words import as_word, joined

PARAGRAPHS = {
    1: ["廉政", "教育", "廉政", "学习"],
    2: ["教育", "培训"],
    3: ["安全", "生产", "检查", "整改", "落实", "责任"],
    4: ["廉政", "建设", "责任"],
    5: ["安全", "教育", "责任", "制度", "检查"],
    6: ["乡村", "振兴"],
    7: ["乡村", "振兴"],
}


def bm25(query: list[str], paragraph: int) -> float:
    """Robertson and Zaragoza 2009, with FTS5's k1 = 1.2, b = 0.75 and its floor for idf.

    https://sqlite.org/fts5.html#the_bm25_function
    """
    k1, b = 1.2, 0.75
    count = len(PARAGRAPHS)
    average = sum(map(len, PARAGRAPHS.values())) / count
    words = PARAGRAPHS[paragraph]
    score = 0.0
    for word in query:
        having = sum(word in other for other in PARAGRAPHS.values())
        idf = max(1e-6, math.log((count - having + 0.5) / (having + 0.5)))
        often = words.count(word)
        score += idf * often * (k1 + 1) / (often + k1 * (1 - b + b * len(words) / average))
    return score


@pytest.fixture
def words(catalogue: Catalogue) -> Catalogue:
    catalogue.words.add((id_, joined(tokens)) for id_, tokens in PARAGRAPHS.items())
    return catalogue


@pytest.mark.parametrize(
    "query",
    [["廉政"], ["教育", "责任"], ["安全", "检查", "整改"], ["振兴"], ["廉政", "教育", "学习"]],
)
def test_scores_are_bm25(words: Catalogue, query: list[str]) -> None:
    expected = {
        id_: bm25(query, id_) for id_, tokens in PARAGRAPHS.items() if set(query) & set(tokens)
    }
    found = words.words.search(query, 10)
    assert dict(found) == pytest.approx(expected)
    assert [id_ for id_, _ in found] == sorted(expected, key=lambda id_: (-expected[id_], id_))


def test_the_arithmetic_written_out(words: Catalogue) -> None:
    """廉政 is in 2 of 7 paragraphs, 24/7 words long on average: twice in paragraph 1 of 4 words."""
    idf = math.log((7 - 2 + 0.5) / (2 + 0.5))
    expected = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / (24 / 7)))
    assert dict(words.words.search(["廉政"], 10))[1] == pytest.approx(expected)


def test_a_word_given_twice_counts_once(words: Catalogue) -> None:
    assert words.words.search(["教育", "教育"], 9) == words.words.search(["教育"], 9)


def test_the_restriction_comes_before_the_k_best(words: Catalogue) -> None:
    everything = words.words.search(["教育", "责任", "安全"], 10)
    last = everything[-1]
    assert words.words.search(["教育", "责任", "安全"], 1, np.array([last[0]])) == [last]
    assert words.words.search(["教育"], 5, np.empty(0, np.int64)) == []


@pytest.mark.parametrize("few", [0, 100])
def test_among_few_and_among_many_the_same_is_found(
    words: Catalogue, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("index.catalogue.words._FEW", few)
    query = ["教育", "责任", "安全", "乡村"]
    everything = words.words.search(query, 10)
    for allowed in ([1, 2], [3, 5, 6, 7, 800], [4], [900]):
        expected = [(id_, score) for id_, score in everything if id_ in allowed]
        assert words.words.search(query, 10, np.array(allowed)) == expected
        assert words.words.search(query, 2, np.array(allowed)) == expected[:2]


def test_equal_scores_come_in_the_order_of_their_ids(catalogue: Catalogue) -> None:
    catalogue.words.add((id_, "安全 生产") for id_ in range(1, 400))
    catalogue.words.add((id_, "其他") for id_ in range(400, 1000))
    for k in (1, 10, 200):
        assert [id_ for id_, _ in catalogue.words.search(["安全"], k)] == list(range(1, k + 1))


@pytest.mark.parametrize("tokens", [[], [""], ["没有的词"]])
def test_no_words_no_answers(words: Catalogue, tokens: list[str]) -> None:
    assert words.words.search(tokens, 5) == []
    assert words.words.search(["教育"], 0) == []


@pytest.mark.parametrize(
    "token",
    [
        '"',
        "'",
        "教育 OR 廉政",
        "NEAR(a b)",
        "*",
        "words:教育",
        "-教育",
        "x' OR 1=1 --",
        "\x00",
        "🙂",
    ],
)
def test_tokens_that_look_like_a_language_are_words(words: Catalogue, token: str) -> None:
    assert words.words.search([token], 5) == []
    words.words.add([(50, joined(["前", token, "后"]))])
    assert [id_ for id_, _ in words.words.search([token], 5)] == [50]


def test_numbers_letters_and_marks_stay_one_word(words: Catalogue) -> None:
    tokens = ["5.5%", "covid-19", "c++", "100", "2023", "a.b", "app", "ａｐｐ", "㎡", "95.5"]
    words.words.add([(90, joined(tokens))])
    assert words.words.document_frequency(tokens) == dict.fromkeys(tokens, 1)
    assert words.words.document_frequency(["5", "19", "b", "95"]) == dict.fromkeys(
        ["5", "19", "b", "95"], 0
    )


def test_every_character_survives(catalogue: Catalogue) -> None:
    """A word of any character is found again, as one word, whatever Unicode it came with."""
    characters = [
        chr(code)
        for code in [
            *range(1, 0x3000, 3),
            *range(0x4E00, 0xA000, 19),
            *range(0x20000, 0x32000, 997),
        ]
        if as_word(chr(code)) != "_" and chr(code).lower() == chr(code)  # tokens are lower case
    ]
    catalogue.words.add(
        (id_, joined([f"甲{character}乙"])) for id_, character in enumerate(characters, start=1)
    )
    for id_, character in enumerate(characters, start=1):
        found = catalogue.words.search([f"甲{character}乙"], 3)
        assert [found_id for found_id, _ in found] == [id_], hex(ord(character))


def test_document_frequency_counts_paragraphs(words: Catalogue) -> None:
    found = words.words.document_frequency(["廉政", "教育", "责任", "无", "教育"])
    assert found == {"廉政": 2, "教育": 3, "责任": 3, "无": 0}


def test_an_index_that_lost_a_row_is_noticed(words: Catalogue) -> None:
    assert words.words.sound()
    words.database.run("UPDATE word_content SET c0 = '别的 词' WHERE id = 3")
    assert not words.words.sound()


def test_replacing_all_leaves_nothing_of_the_old(words: Catalogue) -> None:
    with words.database.transaction():
        words.words.replace_all([(1, "新 词")])
    assert words.words.document_frequency(["廉政", "新"]) == {"廉政": 0, "新": 1}
    assert words.words.sound()
    assert words.words.of([1, 2]) == {1: "新 词"}
