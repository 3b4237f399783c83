"""Shares of a query's characters, with the arithmetic of BM25 written out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.characters import K1, SAMPLE, B, Characters, Habits, named
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.retrieval import search
from index.settings import Settings

TEXTS = ["开展培训", "开展检查", "修桥铺路", "发放补贴"]
HABITS = Habits.from_texts(TEXTS)


def rarity(found: int) -> float:
    return math.log(1 + (len(TEXTS) - found + 0.5) / (found + 0.5))


def test_a_share_is_bm25_over_characters_less_what_is_expected() -> None:
    text = "开桥，开路"  # 开 twice, 桥 once; a comma counts for the length
    weights = {"开": rarity(2), "桥": rarity(1), "湖": rarity(0)}
    total = sum(weights.values())
    damping = K1 * (1 - B + B * len(text) / 4)
    share = (weights["开"] * 2 / (2 + damping) + weights["桥"] * 1 / (1 + damping)) / total
    expected = (weights["开"] * 2 / 4 + weights["桥"] * 1 / 4) / (K1 + 1) / total
    assert Characters("开桥湖", HABITS).shares([text])[0] == pytest.approx(share - expected)


def test_a_character_is_one_however_often_it_is_asked_for_and_however_written() -> None:
    once = Characters("开桥", HABITS).shares(TEXTS)
    np.testing.assert_allclose(Characters("開开桥，桥", HABITS).shares(TEXTS), once)
    traditional = Characters("开桥", HABITS).shares(["開展", "修橋"])
    np.testing.assert_allclose(traditional, Characters("开桥", HABITS).shares(["开展", "修桥"]))


def test_a_run_of_letters_or_figures_counts_as_one_character() -> None:
    habits = Habits.from_texts([*TEXTS, "GDP 增长", "2023 年 GDP"])
    assert habits.frequency["gdp"] == 2
    characters = Characters("开 GDP", habits)
    same = characters.shares(["开 gdp", "开 ＧＤＰ", "GDp 开"])
    assert same == pytest.approx([same[0]] * 3)
    parts = characters.shares(["DP G 开", "开 GDPR", "不相干的"])
    assert parts[0] < same[0]
    assert parts[1] < same[0]
    assert characters.shares(["2023"])[0] < 0.0  # nothing of it, less what any paragraph has


def test_a_text_is_measured_by_itself_and_any_number_of_them() -> None:
    characters = Characters("开桥", HABITS)
    alone = [float(characters.shares([text])[0]) for text in TEXTS]
    many = characters.shares(TEXTS * 400)
    np.testing.assert_allclose(many, np.tile(alone, 400))
    assert characters.shares([]).shape == (0,)


def test_characters_beyond_the_table_disturb_nothing() -> None:
    strange = "\U0010fffd\U00030000\ud800开"
    shares = Characters("开\U0010fffd", HABITS).shares([strange, "开口称好"])
    assert np.isfinite(shares).all()
    assert shares[0] == pytest.approx(shares[1])


def test_in_an_empty_library_everything_is_as_rare() -> None:
    habits = Habits.from_texts([])
    assert habits.rarity("开") == habits.rarity("桥") > 0.0
    assert Characters("开桥", habits).shares(["开桥", "山水"])[1] == 0.0


def test_words_above_are_found_in_any_writing_and_only_whole_ones() -> None:
    weights = {"廉政": 2.0, "水": 3.0, "gdp": 1.0}
    shares = named(weights, ["黨風廉政", "自来水ＧＤＰ", "", "黨風廉政"])
    assert shares == pytest.approx([2 / 6, 1 / 6, 0.0, 2 / 6])
    assert named({}, ["廉政"]) == [0.0]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    reports = tmp_path / "reports"
    reports.mkdir()
    body = "全年召开会议{0}次，下发通知{0}份，开展督查{0}轮。"
    for number, heading in enumerate(["廉政教育", "森林防火", "招商引资", "危房改造"], start=3):
        text = "\n".join([f"石盆乡工作总结{number}", f"一、{heading}", body.format(number)])
        (reports / f"{number}.txt").write_text(text, encoding="utf-8")
    settings = Settings(library=tmp_path / "library", data_folder=tmp_path / "data")
    with Library.create(tmp_path / "library", CountingEncoder(64), settings) as opened:
        opened.sync([reports])
        yield opened


def test_what_stands_under_a_heading_answers_for_it(library: Library) -> None:
    for heading in ("廉政教育", "森林防火", "招商引资", "危房改造"):
        hit = search(library, heading, k=1, families=False)[0]
        assert hit.source.heading_path[-1] == f"一、{heading}"


def test_habits_follow_the_library(library: Library, tmp_path: Path) -> None:
    before = Habits.of(library)
    assert Habits.of(library) is before
    assert before.paragraphs == len(library.some_texts(SAMPLE)) == library.paragraph_count
    added = tmp_path / "added.txt"
    added.write_text("石盆乡补充材料\n瓷窑修缮后对外开放，游客增多。", encoding="utf-8")
    library.sync([added])
    assert Habits.of(library).frequency["瓷"] == 1
    assert before.frequency.get("瓷", 0) == 0


def test_a_sample_is_taken_evenly_and_leaves_out_copies_that_do_not_count(
    library: Library, tmp_path: Path
) -> None:
    assert library.some_texts(2) == [
        library.in_place([id_])[id_].text for id_ in _first_and_last(library)
    ]
    report = "\n".join(
        ["石盆乡茶园报告", *(f"第{n}片茶园除草{n}遍，采茶{n}担。" for n in range(40))]
    )
    for name in ("original.txt", "copy.txt"):
        (tmp_path / name).write_text(report, encoding="utf-8")
    library.sync([tmp_path / "original.txt"])
    texts = library.some_texts(SAMPLE)
    library.sync([tmp_path / "copy.txt"])
    assert sum(1 for e in library.documents() if not e.counted) == 1
    assert library.some_texts(SAMPLE) == texts


def _first_and_last(library: Library) -> list[int]:
    ids = sorted(p.id for e in library.documents() for p in library.paragraphs(e.id))
    return [ids[0], ids[-1]]
