"""Search over a small library with the counting encoder: values checked, not only lengths."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.calibration import Background, chance, percent
from index.characters import Characters, Habits
from index.datatypes import Filters, SearchMode
from index.embedding.testing import CountingEncoder
from index.errors import QueryError, TopicError, UnknownParagraph
from index.fusion import CHARACTERS_WEIGHT, WORDS_WEIGHT
from index.library import Library
from index.retrieval import search, similar
from index.retrieval.hits import ABOVE_CHANCE, WIDTH
from index.settings import Settings

REPORTS = {
    "清泉镇2021年工作总结": [
        "全镇组织党员干部观看警示教育片，逢节必发廉洁提醒，廉政教育覆盖每个支部。",
        "镇里修通四条机耕路，水稻亩产比上年提高三十公斤，农户增收明显。",
        "支部组织志愿者为独居老人打扫房屋、理发，全年上门一百二十次。",
    ],
    "望山县水务局2022年工作总结": [
        "局机关开展廉政教育八次，通报典型案例，家属也参加了家风座谈。",
        "对全县六座水库逐一排查隐患，汛前完成闸门检修，安全生产没有发生事故。",
        "支部组织志愿者为独居老人打扫房屋、理发，全年上门九十六次。",
    ],
    "临溪医院2023年述职报告": [
        "医院推行预约诊疗，门诊候诊时间缩短二十分钟，患者满意度提高。",
        "党总支与社区结对，送医送药进小区，义诊服务居民八百人次。",
        "支部组织志愿者为独居老人打扫房屋、理发，全年上门三十次。",
    ],
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("retrieval")
    reports = folder / "reports"
    reports.mkdir()
    rows = ["path,title,year,unit,kind"]
    for title, paragraphs in REPORTS.items():
        (reports / f"{title}.txt").write_text(
            "\n".join([title, "一、主要工作", *paragraphs]), encoding="utf-8"
        )
        unit, year = title[: title.index("2")], title[title.index("2") :][:4]
        rows.append(f"{title}.txt,{title},{year},{unit},{title.split('年')[1]}")
    (reports / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    settings = Settings(library=folder / "library", data_folder=folder / "data")
    with Library.create(folder / "library", CountingEncoder(128), settings) as opened:
        result = opened.sync([reports])
        assert not result.failed
        assert len(result.added) == 3
        yield opened


def test_the_score_is_the_calibrated_sum_of_meaning_and_words(library: Library) -> None:
    hit = search(library, "廉政教育", k=1)[0]
    query = library.encoder.encode_query("廉政教育")
    passage = library.passages_of([hit.paragraph_id])[hit.paragraph_id][0][0]
    cosine = float(library.store.vectors(np.array([passage]))[0] @ query)
    centre, spread = Background.of(library).level(query)
    words = library.tokenizer.tokens("廉政教育")
    frequency = library.token_document_frequency(words)
    total = library.paragraph_count
    heaviest = sum(
        2.2 * max(1e-6, math.log((total - frequency[w] + 0.5) / (frequency[w] + 0.5)))
        for w in words
    )
    bm25 = dict(library.keyword(words, 50))[hit.paragraph_id]
    spreads = (cosine - centre) / spread
    shared = Characters("廉政教育", Habits.of(library)).shares([hit.text])[0]
    evidence = spreads + WORDS_WEIGHT * bm25 / heaviest + CHARACTERS_WEIGHT * shared
    assert hit.semantic == pytest.approx(cosine, abs=1e-5)
    assert hit.keyword == pytest.approx(bm25)
    middle = chance(len(library.store)) + ABOVE_CHANCE["hybrid"]
    assert hit.score == pytest.approx(percent(evidence, middle, WIDTH["hybrid"]), abs=0.06)


def test_both_ways_of_searching_find_the_topic(library: Library) -> None:
    modes: list[SearchMode] = ["hybrid", "semantic", "keyword"]
    for mode in modes:
        hits = search(library, "廉政教育", k=2, mode=mode)
        assert {hit.source.unit for hit in hits} == {"清泉镇", "望山县水务局"}, mode
        assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
        for hit in hits:
            assert (hit.keyword is None) == (mode == "semantic")
            assert (hit.semantic is None) == (mode == "keyword")


def test_a_common_word_among_unknown_ones_is_little_evidence(library: Library) -> None:
    known = search(library, "全年", k=1, mode="keyword")[0]
    among = search(library, "螺旋桨 全年 潜望镜 鹦鹉", k=1, mode="keyword")[0]
    assert among.keyword == pytest.approx(known.keyword)
    assert among.score < known.score / 2


def test_words_are_marked_where_they_stand(library: Library) -> None:
    hit = search(library, "廉政教育", k=1)[0]
    assert {hit.text[a:b] for a, b in hit.highlights} <= {"廉政教育", "廉政", "教育"}
    assert hit.highlights
    assert "廉政教育" in hit.words
    start, end = hit.passage
    assert 0 <= start < end <= len(hit.text)


def test_every_hit_is_cited(library: Library) -> None:
    for hit in search(library, "水库隐患", k=9):
        assert hit.source.heading_path == ("一、主要工作",)
        assert hit.source.title in REPORTS
        assert hit.text in REPORTS[hit.source.title]
        assert REPORTS[hit.source.title].index(hit.text) + 3 == hit.source.paragraph


def test_headings_answer_nobody(library: Library) -> None:
    assert all(hit.text != "一、主要工作" for hit in search(library, "主要工作", k=50))


def test_headings_and_copies_do_not_use_up_the_answer(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {
                "id": str(n),
                "paragraphs": ["一、存在问题", f"第{n}组的问题是{WHERE[n % 20]}。", COPIED],
            },
            ensure_ascii=False,
        )
        for n in range(300)
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings(library=tmp_path / "l", data_folder=tmp_path / "d")
    modes: list[SearchMode] = ["hybrid", "semantic", "keyword"]
    with Library.create(tmp_path / "l", CountingEncoder(128), settings) as library:
        library.sync([tmp_path / "many.jsonl"])
        for mode in modes:
            assert len(search(library, "存在问题", k=10, mode=mode)) == 10, mode
            assert len(search(library, COPIED, k=10, mode=mode)) == 10, mode
            assert len(search(library, "问题", k=500, mode=mode, families=False)) >= 300, mode


COPIED = "全体党员要认清存在的问题，逐条对照，立行立改。"
WHERE = [
    *(
        "水渠年久失修",
        "台账记得太粗",
        "夜班没人值守",
        "车辆超期服役",
        "宣传只靠横幅",
        "账目公开太晚",
    ),
    *(
        "老人不会用手机",
        "山路一下雨就断",
        "材料报得太多",
        "新手带教不够",
        "仓库离村太远",
        "灯坏了没人修",
    ),
    *(
        "学员年纪偏大",
        "设备型号混杂",
        "回访电话打不通",
        "图纸找不齐",
        "冬季停工太久",
        "商户意见很大",
    ),
    *("网络时断时续", "经费到账太迟"),
]


def test_the_same_wording_is_one_hit(library: Library) -> None:
    hits = search(library, "志愿者为独居老人打扫房屋", k=3)
    assert hits[0].family.size == 3
    assert hits[0].family.paragraph_ids[0] == hits[0].paragraph_id
    texts = library.paragraphs_by_id(hits[0].family.paragraph_ids)
    assert all("打扫房屋" in paragraph.text for paragraph in texts.values())
    apart = search(library, "志愿者为独居老人打扫房屋", k=3, families=False)
    assert {hit.paragraph_id for hit in apart} == set(hits[0].family.paragraph_ids)


def test_filters_hold_inside_the_search(library: Library) -> None:
    only = Filters(year=(2022, 2022))
    hits = search(library, "廉政教育", k=3, filters=only, families=False)
    assert len(hits) == 3, "filtered after the top k, fewer would be left"
    assert {hit.source.year for hit in hits} == {2022}
    hits = search(library, "志愿者", k=9, filters=Filters(unit="临溪医院", kind="述职报告"))
    assert {hit.source.unit for hit in hits} == {"临溪医院"}
    assert search(library, "志愿者", filters=Filters(year=(1999, 2000))) == []


def test_quoted_words_must_occur(library: Library) -> None:
    hits = search(library, "“典型案例” 廉政教育", k=9)
    assert [hit.source.unit for hit in hits] == ["望山县水务局"]
    assert search(library, "“从未出现的说法”") == []
    (traditional,) = search(library, "「廉潔提醒」", k=9)
    assert traditional.source.unit == "清泉镇"
    assert "廉洁提醒" in [traditional.text[start:end] for start, end in traditional.highlights]
    semantic = search(library, "“水库” 安全", k=9, mode="semantic")
    assert semantic
    assert all("水库" in hit.text for hit in semantic)


def test_similar_leaves_the_paragraph_itself_out(library: Library) -> None:
    first = search(library, "志愿者为独居老人打扫房屋", k=1)[0]
    hits = similar(library, first.paragraph_id, k=3)
    assert first.paragraph_id not in {hit.paragraph_id for hit in hits}
    assert first.paragraph_id not in {i for hit in hits for i in hit.family.paragraph_ids}
    assert "打扫房屋" in hits[0].text
    with pytest.raises(UnknownParagraph, match="没有编号为 999999 的段落"):
        similar(library, 999_999)


@pytest.mark.parametrize(
    "query",
    [
        "党",
        "x' OR 1=1; DROP TABLE paragraph; --",
        'NEAR("廉政" 教育, 5) AND *',
        "廉政🎉教育",
        "ＡＢＣ　１２３",
        "廉政教育" * 2500,
        "\u202e廉政\u0000教育",
        "%_[]{}\\",
        "的",
    ],
)
def test_odd_queries_behave(library: Library, query: str) -> None:
    modes: list[SearchMode] = ["hybrid", "semantic", "keyword"]
    for mode in modes:
        if query == "%_[]{}\\":
            continue
        for hit in search(library, query, k=5, mode=mode):
            assert 0.0 <= hit.score <= 100.0
    assert library.paragraph_count == 15


def test_impossible_wishes_are_refused_with_a_sentence(library: Library) -> None:
    with pytest.raises(QueryError, match="至少是 1"):
        search(library, "廉政", k=0)
    with pytest.raises(QueryError, match="hybrid"):
        search(library, "廉政", mode="fuzzy")  # type: ignore[arg-type]
    with pytest.raises(TopicError, match="养花"):
        search(library, "廉政", filters=Filters(topic="养花"))


def test_a_long_query_is_read_to_its_end(library: Library) -> None:
    filler = (
        "本段文字与资料库里的内容都没有关系只是用来占据篇幅。" * 20
    )  # five pieces, the paragraph the sixth
    hits = search(library, filler + REPORTS["望山县水务局2022年工作总结"][1], k=1, mode="semantic")
    assert hits[0].text == REPORTS["望山县水务局2022年工作总结"][1]


def test_an_empty_library_answers_with_nothing(tmp_path: Path) -> None:
    settings = Settings(library=tmp_path / "l", data_folder=tmp_path / "d")
    with Library.create(tmp_path / "l", CountingEncoder(), settings) as empty:
        assert search(empty, "廉政教育") == []


def test_a_removed_document_is_found_no_more(tmp_path: Path) -> None:
    file = tmp_path / "报告.txt"
    file.write_text("某某报告\n机关开展廉政教育八次，通报典型案例。", encoding="utf-8")
    settings = Settings(library=tmp_path / "l", data_folder=tmp_path / "d")
    with Library.create(tmp_path / "l", CountingEncoder(), settings) as library:
        library.sync([file])
        assert search(library, "廉政教育")
        library.remove([library.documents()[0].id])
        assert search(library, "廉政教育") == []


def test_wording_inside_words_is_found_by_words_too(library: Library) -> None:
    # the keyword index knows 志愿者 and 警示; 愿 and 愿者 begin and end inside a word
    for text, size in (("愿", 3), ("“愿者为独”", 3), ("“育片，逢”", 1), ("鹦", 0)):
        hits = search(library, text, k=10, mode="keyword", families=False)
        assert len(hits) == size
        assert all(text.strip("“”") in hit.text for hit in hits)
