"""Other words for the same: the measures, and what is no source of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pytest

from index.embedding.testing import CountingEncoder
from index.findings import Draft, DraftParagraph, SharedSpan
from index.library import Library
from index.review import meaning
from index.review.meaning import clauses, figures, paraphrases
from index.settings import Settings

SAID = (
    "每逢初八集市，五名党员守着方桌，替老人念信、量血压、修手电筒，一年摆摊九十六回，来过的有四千"
    "三百人；腊月里还替不识字的船工写家书，写满了两本信笺。"
)
AGAIN = (
    "集市逢八就开，方桌后头坐着五个党员，给老人量量血压、念念信，手电筒坏了也修，九十六回摆下来，"
    "接待了4300人；到了腊月，船工不识字的，家书由他们代写，两本信笺都写满了。"
)
TOPIC = (
    "志愿队换了新帽子，招来十一个学生，礼拜天去河边捡瓶子，捡满三车卖了钱，给敬老院买了一台电视机。"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共十九道题，揪出213处", {19.0, 213.0}),
        ("四亿一千八百万元，1.5万户", {418_000_000.0, 15_000.0}),
        ("2023年检查8次、五十次", {50.0}),
        ("一是抓学习，三天两次", set()),
        ("三百多家", {300.0}),
    ],
)
def test_figures_are_the_same_however_written(text: str, expected: set[float]) -> None:
    assert figures(text) == expected


def test_clauses_cover_the_text_but_for_marks_of_what_is_prescribed() -> None:
    text = "修好了西边的水闸门，又栽下一百棵柳树；来年春天再去看成活了多少。"
    assert "".join(clauses(text)) == text
    assert clauses(text) == ["修好了西边的水闸门，又栽下一百棵柳树；", "来年春天再去看成活了多少。"]
    assert clauses("，，，，修好了西边的水闸门和东边的泵站") == ["，修好了西边的水闸门和东边的泵站"]
    assert clauses("好") == ["好"]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(meaning, "LEAST_DOCUMENTS", 3)
    # the double's vectors are wide apart: its bigrams are what a model's meaning is here
    monkeypatch.setattr(meaning, "SAME_PASSAGE", 0.95)
    settings = Settings(library=tmp_path / "never made", data_folder=tmp_path / "data")
    encoder = CountingEncoder(dimension=256)
    folder = tmp_path / "总结"
    folder.mkdir()
    fillers = [
        "".join(chr(0x4E00 + (37 * (number + 3) * (place + 5)) % 4000) for place in range(44))
        + "。"
        for number in range(24)
    ]
    (folder / "甲.txt").write_text(f"青溪县水务局2021年工作总结\n\n{SAID}\n", encoding="utf-8")
    (folder / "乙.txt").write_text(f"白石县司法局2021年工作总结\n\n{TOPIC}\n", encoding="utf-8")
    (folder / "丙.txt").write_text(
        "黄泥县档案局2021年工作总结\n\n" + "\n\n".join(fillers) + "\n", encoding="utf-8"
    )
    with Library.create(tmp_path / "资料", encoder, settings) as made:
        assert not made.sync([folder]).failed
        yield made


def draft_of(text: str, unit: str | None = "红岩县体育局") -> Draft:
    return Draft("某总结", (DraftParagraph(1, text),), unit, 2023)


def said(
    library: Library, draft: Draft, *spans: SharedSpan, without: Collection[int] = ()
) -> list[tuple[object, ...]]:
    return [
        (library.document(one.document_id).unit, one.span, one.by_meaning, one.pieces, one.same)
        for one in paraphrases(library, draft, spans, without)
    ]


def test_the_same_in_other_words_is_found(library: Library) -> None:
    draft = draft_of(AGAIN)
    assert said(library, draft) == [("青溪县水务局", (0, len(AGAIN)), True, (), 0)]


def test_the_same_topic_is_not(library: Library) -> None:
    text = (
        "志愿者今年排了班，周一扫楼道、周三陪读书，下雨天替外卖小哥看车，街坊送来两筐枇杷当谢礼。"
    )
    assert said(library, draft_of(text)) == []


def test_what_is_no_source(library: Library) -> None:
    (source,) = [entry.id for entry in library.documents() if entry.unit == "青溪县水务局"]
    assert said(library, draft_of(AGAIN), without={source}) == []
    assert said(library, draft_of(AGAIN, "青溪县水务局")) == [], "the unit's own past"
    covered = SharedSpan(
        paragraph=0,
        span=(0, len(AGAIN) // 2),
        document_id=source,
        paragraph_id=1,
        source_paragraph=1,
        source_span=(0, 20),
        length=20,
        same=20,
        longest=20,
        source_length=20,
        pieces=(),
    )
    assert said(library, draft_of(AGAIN), covered) == [], "half of it is shared word for word"
    assert said(library, draft_of(AGAIN[:30])) == [], "too short"


def test_a_small_library_says_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "LEAST_DOCUMENTS", 4)
    assert said(library, draft_of(AGAIN)) == []


def test_each_measure_can_refuse(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAST_MARGIN", "LEAST_WORDS", "LEAST_CLAUSES", "LEAST_PRODUCT"):
        with monkeypatch.context() as patch:
            patch.setattr(meaning, name, 1.5)
            assert said(library, draft_of(AGAIN)) == [], name


def test_share_of_clauses_that_are_nearest_to_one_passage(library: Library) -> None:
    vectors = {
        "甲甲甲甲甲甲甲甲甲甲甲，": [1, 0, 0],
        "乙乙乙乙乙乙乙乙乙乙乙，": [0, 1, 0],
        "丙丙丙丙丙丙丙丙丙丙丙。": [0, 0, 1],
    }
    known = meaning._Clauses(library)
    known._known = {text: np.array(row, np.float32) for text, row in vectors.items()}
    first, second, third = vectors
    assert known.won(first + second + third, first + second, [third]) == pytest.approx(2 / 3)
    assert known.won(first + second, third, [first, second]) == 0
    assert known.won(first, first, []) == 1


def test_one_matter_of_several_is_not_the_same_in_other_words(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def won(self: object, text: str, candidate: str, rivals: object) -> float:
        asked.append((text, candidate))
        return 1.0 if text == AGAIN else 0.36

    monkeypatch.setattr(meaning._Clauses, "won", won)
    assert said(library, draft_of(AGAIN)) == []
    assert asked == [(AGAIN, SAID), (SAID, AGAIN)]
    monkeypatch.setattr(meaning, "LEAST_CLAUSES", 0.3)
    assert len(said(library, draft_of(AGAIN))) == 1
