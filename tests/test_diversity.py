"""Several sources among the first results: how many, in which order, and when not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import SearchMode
from index.diversity import FREE, SEVERAL, STEP, TOGETHER, TOPIC, diverse, looked_at
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.retrieval import search, similar
from index.settings import Settings

CANDIDATES = st.lists(
    st.tuples(st.floats(0, 12, allow_nan=False), st.sampled_from("abcdefg")), max_size=130
).map(lambda found: sorted(found, reverse=True))


@given(CANDIDATES, st.integers(1, 45), st.floats(0, 14))
def test_more_results_only_add_to_fewer(
    found: list[tuple[float, str]], count: int, fits: float
) -> None:
    evidence, sources = [e for e, _ in found], [s for _, s in found]
    shown = diverse(evidence, sources, count, fits)
    assert len(shown) == min(count, len(found))
    assert len(set(shown)) == len(shown)
    assert max(shown, default=0) < looked_at(count)
    assert diverse(evidence, sources, count + 7, fits)[:count] == shown
    # what lies beyond is never looked at
    seen = looked_at(count)
    assert diverse(evidence[:seen], sources[:seen], count, fits) == shown


@given(CANDIDATES)
def test_nobody_is_passed_over_without_a_reason(found: list[tuple[float, str]]) -> None:
    evidence, sources = [e for e, _ in found], [s for _, s in found]
    shown = diverse(evidence, sources, TOGETHER)
    assert shown == sorted(shown), "the best first"
    taken = Counter(sources[i] for i in shown)
    for left in set(range(min(len(found), looked_at(TOGETHER)))) - set(shown):
        # who is left out had three already, or was no better than the last of those
        over = max(0, taken[sources[left]] - FREE + 1)
        assert all(
            evidence[left] - STEP * over
            <= evidence[i] - STEP * max(0, taken[sources[i]] - FREE) + 1e-9
            for i in shown
        )


def test_the_fourth_of_a_source_has_to_be_better_by_a_step() -> None:
    others = [4.0] * 9
    better = [9.0, 8.0, 7.0, 4.0 + STEP + 0.1]
    worse = [9.0, 8.0, 7.0, 4.0 + STEP - 0.1]
    sources = [*"aaaa", *range(9)]
    assert diverse(better + others, sources, 10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert diverse(worse + others, sources, 10) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]


@given(CANDIDATES, st.floats(0, 14))
def test_five_sources_where_five_have_something_that_fits(
    found: list[tuple[float, str]], fits: float
) -> None:
    evidence, sources = [e for e, _ in found], [s for _, s in found]
    shown, before = (diverse(evidence, sources, TOGETHER, least) for least in (fits, 1e9))
    seen = range(min(len(found), looked_at(TOGETHER)))
    fitting = {sources[i] for i in seen if evidence[i] >= fits}
    assert len({sources[i] for i in shown} | fitting) == len({sources[i] for i in shown}) or (
        len({sources[i] for i in shown}) >= min(SEVERAL, len(shown))
    )
    # nothing is exchanged but for a further source, and its best paragraph at that
    gone, come = set(before) - set(shown), set(shown) - set(before)
    assert {sources[i] for i in gone} <= {sources[i] for i in shown}
    assert {sources[i] for i in come}.isdisjoint(sources[i] for i in before)
    assert len({sources[i] for i in come}) == len(come) == len(gone)
    for i in come:
        assert evidence[i] >= fits
        assert i == sources.index(sources[i])
    assert shown[:1] == before[:1]


def test_one_source_alone_keeps_its_order() -> None:
    assert diverse([float(30 - i) for i in range(25)], ["a"] * 25, 25) == list(range(25))


OFFICE = (
    "防汛值班表排到了每个夜晚，值班电话没有断过。",
    "防汛沙袋在三个仓库备足，车队随叫随到。",
    "入汛之前检修水闸，锈住的启闭机换成新的，防汛不留隐患。",
    "防汛演练请来了学生家长，转移路线贴在校门口。",
    "泵站夜里也有人守，防汛的柴油够烧半个月。",
    "巡堤的人两班倒，手电和雨衣由防汛专款购买。",
    "县里的防汛预报准，雨还没下，低处的人家已经搬走。",
    "河道里的渔网和菜地清掉了，防汛时水走得快。",
    "涵洞上月疏通过，防汛专家说坡度还要改。",
    "防汛总结会开了半天，功过都写在纸上。",
    "水位计坏了两只，防汛期间靠人去看刻度。",
    "抢险队员从民兵里挑，防汛津贴按天发放。",
)
TOWNS = {
    "青禾镇": "镇上的广播一天响三遍，防汛常识老人也会背。",
    "石桥镇": "石拱桥下的水涨得急，防汛哨就设在桥头。",
    "柳溪镇": "柳溪两岸住着八十户，防汛时互相敲门。",
    "南岭镇": "山上怕的是滑坡，防汛和防滑坡一起抓。",
    "苇塘镇": "芦苇荡能蓄水，防汛要保住它。",
}


def opened(folder: Path, *, units: bool) -> Library:
    """An office that writes much about floods, and five towns, each with one paragraph about it."""
    rows = [
        {"id": unit, "title": f"2023年总结之{number}", "paragraphs": paragraphs}
        | ({"unit": unit} if units else {})
        for number, (unit, paragraphs) in enumerate(
            {"望山县水务局": OFFICE, **{town: (text,) for town, text in TOWNS.items()}}.items()
        )
    ]
    file = folder / "reports.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    settings = Settings(library=folder / "library", data_folder=folder / "data")
    library = Library.create(folder / "library", CountingEncoder(128), settings)
    assert library.sync([file]).paragraphs == 17
    return library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with opened(tmp_path_factory.mktemp("diversity"), units=True) as found:
        yield found


@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_the_name_of_a_topic_brings_several_sources(library: Library, mode: SearchMode) -> None:
    alone = search(library, "防汛", 10, mode=mode, families=False)
    hits = search(library, "防汛", 10, mode=mode)
    units = Counter(hit.source.unit for hit in hits)
    assert len(hits) == 10
    assert len(units) >= 5
    by_itself = Counter(hit.source.unit for hit in alone)
    assert len(by_itself) < len(units), "it is not so by itself"
    assert by_itself["望山县水务局"] > units["望山县水务局"]
    assert hits[0].paragraph_id == alone[0].paragraph_id, "the best stays the best"
    assert all(one.score >= other.score for one, other in pairwise(hits))
    ids = [hit.paragraph_id for hit in hits]
    assert [hit.paragraph_id for hit in search(library, "防汛", 4, mode=mode)] == ids[:4]
    assert [hit.paragraph_id for hit in search(library, "防汛", 17, mode=mode)][:10] == ids


def test_documents_are_sources_where_no_unit_is_known(tmp_path: Path) -> None:
    with opened(tmp_path, units=False) as own:
        hits = search(own, "防汛", 10)
    assert {hit.source.unit for hit in hits} == {None}
    assert len({hit.source.document_id for hit in hits}) >= 5


def test_a_sentence_and_a_paragraph_bring_what_fits_best(library: Library) -> None:
    sentence = "防汛期间泵站和水闸由谁负责，值班表怎么排"
    assert len(sentence) > TOPIC
    together = [hit.paragraph_id for hit in search(library, sentence, 10)]
    assert together == [hit.paragraph_id for hit in search(library, sentence, 10, families=False)]
    near = [hit.paragraph_id for hit in similar(library, together[0], 10)]
    assert near == [h.paragraph_id for h in similar(library, together[0], 10, families=False)]
