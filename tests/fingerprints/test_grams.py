"""The guarantee against brute force: every shared run of 13 characters, and none that is not."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.alignment import SHORTEST_RUN, fold
from index.fingerprints import GRAM, WINDOW, GramTable, grams


def by_hand(a: str, b: str, shortest: int = SHORTEST_RUN) -> set[tuple[int, int, int]]:
    """Maximal shared runs by comparing every character with every other."""
    found = set()
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] == b[j] and (i == 0 or j == 0 or a[i - 1] != b[j - 1]):
                n = 0
                while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n]:
                    n += 1
                if n >= shortest:
                    found.add((i, j, n))
    return found


def found_by(table: GramTable, text: str) -> set[tuple[int, int, int, int]]:
    matches = table.shared(fold(text).codes)
    columns = (matches.at, matches.document, matches.where, matches.length)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def expected(documents: list[str], text: str) -> set[tuple[int, int, int, int]]:
    return {
        (i, 10 + n, j, length)
        for n, document in enumerate(documents)
        for i, j, length in by_hand(text, document)
    }


def of(documents: list[str]) -> GramTable:
    return GramTable.of((10 + n, fold(text).codes) for n, text in enumerate(documents))


def test_the_guarantee_is_the_rule_of_thirteen() -> None:
    assert GRAM + WINDOW - 1 == SHORTEST_RUN


@settings(deadline=None)
@given(
    st.lists(st.text("甲乙", max_size=60), min_size=1, max_size=4),
    st.text("甲乙", max_size=60),
)
def test_every_run_is_found_in_texts_that_repeat_themselves(
    documents: list[str], text: str
) -> None:
    assert found_by(of(documents), text) == expected(documents, text)


@pytest.mark.parametrize("seed", range(20))
def test_every_run_is_found_in_texts_that_borrow(seed: int) -> None:
    draw = random.Random(seed)
    letters = "党建工作学习教育组织服务群众安全生产廉洁干部支部会议制度落实推进检查整改"

    def passage(longest: int, least: int = 1) -> str:
        return "".join(draw.choices(letters, k=draw.randint(least, longest)))

    borrowed = [passage(30, 11) for _ in range(4)]
    documents = [
        "".join(passage(25) + draw.choice(borrowed) for _ in range(draw.randint(4, 8)))
        for _ in range(6)
    ]
    text = "".join(passage(12) + draw.choice(borrowed) for _ in range(10))
    wanted = expected(documents, text)
    assert len(wanted) > 5, "the draw borrows too little to try anything"
    assert found_by(of(documents), text) == wanted


def test_a_run_ends_with_its_document() -> None:
    text = "全镇开展安全生产大检查三十次"
    table = of([text[:7], text[7:]])
    assert found_by(table, text) == set()
    assert found_by(of([text[:13], text[13:]]), text) == {(0, 10, 0, 13)}


def test_only_allowed_documents_answer() -> None:
    text = "全镇开展安全生产大检查三十次"
    table = of([text, "别的内容", text])
    matches = table.shared(fold(text).codes, np.array([11, 12]))
    assert matches.document.tolist() == [12]


def test_strangers_with_one_fingerprint_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_alike(codes: np.ndarray) -> np.ndarray:
        return np.zeros(max(0, len(codes) - GRAM + 1), np.uint32)

    monkeypatch.setattr(grams, "prints", all_alike)
    text = "全镇开展安全生产大检查三十次"
    table = of(["某单位组织党员干部集中学习交流研讨", text])
    assert found_by(table, text) == {(0, 11, 0, len(text))}


def test_what_stands_everywhere_begins_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grams, "MOST", 3)
    common, rare = "全面贯彻落实上级决策部署要求", "修好村口路灯四十盏老人不再摸黑"
    table = of([common] * 4 + [common + rare])
    assert {found[1] for found in found_by(table, common)} == set()
    # through its neighbour, which is rare, the common part is found all the same
    assert found_by(table, common + rare) == {(0, 14, 0, len(common + rare))}


def test_an_empty_table_and_an_empty_text() -> None:
    assert found_by(of([]), "全镇开展安全生产大检查三十次") == set()
    assert found_by(of(["全镇开展安全生产大检查三十次"]), "") == set()
