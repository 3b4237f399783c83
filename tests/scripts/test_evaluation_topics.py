"""How the evaluation counts topics: by hand, on labels of a few paragraphs."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from index.topics import Taxonomy

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="module")
def topics() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("evaluation_topics")


class Index:
    def __init__(self, assigned: dict[str, list[int]]) -> None:
        self.assigned = assigned

    def paragraph_ids(self, name: str) -> np.ndarray:
        return np.array(self.assigned.get(name, []))


def test_precision_and_recall_by_hand(topics: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index({"甲": [1, 2, 3, 99], "乙": [4]})
    monkeypatch.setattr(topics.TopicIndex, "of", lambda _: index)
    labels = topics.by_topic(
        {1: {"甲": 2}, 2: {"甲": 1}, 3: {}, 4: {"甲": 2, "乙": 2}, 5: {"乙": 2}}
    )
    second, first, mean = topics.assignment("手写", labels, None)
    # 甲: 1 and 2 of the assigned 1, 2, 3 (99 is not labelled); of 1 and 4 only 1
    assert (first["precision"], first["recall"]) == (pytest.approx(2 / 3), 0.5)
    assert (first["assigned"], first["about"]) == (3, 2)
    assert (second["precision"], second["recall"]) == (1.0, 0.5)
    assert mean["precision"] == pytest.approx(5 / 6)
    low, high = first["precision_interval"]
    assert 0 <= low <= 2 / 3 <= high <= 1
    assert topics.unmet_topics([first, second, mean]) == [
        "topics, 手写: mean precision 0.833, required 0.85",
        "topics, 手写: mean recall 0.500, required 0.85",
    ]
    told = "\n".join(line for table in topics.topic_tables([first, second, mean]) for line in table)
    assert "| 手写 (2 topics) | 0.833 [" in told
    assert "| 甲 | 0.67 / 0.50 (2) |" in told


def test_a_topic_of_which_nothing_was_assigned_has_no_precision(
    topics: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics.TopicIndex, "of", lambda _: Index({"乙": [1]}))
    rows = topics.assignment("手写", {"甲": {1: 2}, "乙": {1: 2}, "丙": {1: 1}}, None)
    assert [row["topic"] for row in rows] == ["甲", "乙", ""]  # nobody can find 丙: it is left out
    assert math.isnan(rows[0]["precision"])
    assert rows[-1]["precision"] == 1.0
    assert rows[-1]["recall"] == 0.5


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("廉政教育", "廉政教育"),
        ("怎样开好民主生活会", "民主生活会与组织生活会"),
        ("如何写存在的困难和不足", "存在问题"),
        ("养花", None),
    ],
)
def test_queries_that_name_a_topic(topics: ModuleType, query: str, topic: str | None) -> None:
    assert topics.topic_of(query, Taxonomy.load()) == topic
