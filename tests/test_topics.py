"""The taxonomy: what ships, what users add, and what is wrong in a file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from index.catalogue.bodies import Body
from index.errors import TopicError
from index.topics import PhraseCounter, Taxonomy, Topic, evidence
from index.topics.evidence import (
    HEADING_WEIGHT,
    MOST_RIVALRY,
    RIVAL_WEIGHT,
    SUPPORT_WEIGHT,
    TITLE_WEIGHT,
    WORDS_WEIGHT,
    Support,
    fingerprint,
    placed,
)

REQUIRED = {
    *("廉政教育", "意识形态", "主题教育", "党风廉政建设", "三会一课", "第一议题"),
    *("理论学习中心组", "党员教育培训", "党员发展", "支部建设", "民主生活会与组织生活会"),
    *("巡察整改", "党建品牌", "党建业务融合", "作风建设", "基层减负", "志愿服务"),
    *("乡村振兴", "安全生产", "营商环境", "疫情防控", "干部队伍", "存在问题", "下步打算"),
}


def test_the_shipped_taxonomy_is_complete() -> None:
    taxonomy = Taxonomy.load()
    names = [topic.name for topic in taxonomy.topics]
    assert set(names) >= REQUIRED
    assert len(names) == len(set(names))
    for topic in taxonomy.topics:
        assert len(topic.description) >= 20, topic.name
        assert len(topic.phrases) >= 3, topic.name
        assert len(set(topic.phrases)) == len(topic.phrases), topic.name
        assert len(topic.examples) >= 2, topic.name


def test_users_add_topics_and_change_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text(
        '\ufeff[[topic]]\nname = "老干部工作"\nphrases = ["离退休", "老干部"]\n'
        '[[topic]]\nname = "志愿服务"\ndescription = "只看义诊"\nphrases = ["义诊"]\n',
        encoding="utf-8",
    )
    taxonomy = Taxonomy.load(tmp_path)
    assert taxonomy["老干部工作"] == Topic("老干部工作", "老干部工作", ("离退休", "老干部"))
    assert taxonomy["志愿服务"].phrases == ("义诊",)
    assert len(taxonomy.topics) == len(Taxonomy.load().topics) + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[topic]\n", "不是有效的 TOML"),
        ('[[topic]]\nphrases = ["义诊"]\n', "第 1 个专题没有名称"),
        ('[[topic]]\nname = "甲"\nphrases = "义诊"\n', "phrases 应是一列词语"),
        ('[[topic]]\nname = "甲"\nexamples = "义诊"\n', "examples 应是一列句子"),
        ('[[topic]]\nname = "甲"\nphrase = ["义诊"]\n', "不认识的项“phrase”"),
        ('topic = "甲"\n', "以 \\[\\[topic\\]\\] 开头"),
        ("topic = [1, 2]\n", "以 \\[\\[topic\\]\\] 开头"),
        ('[topics]\nname = "甲"\n', "以 \\[\\[topic\\]\\] 开头"),
        ('[[topic]]\nname = "甲"\ndescription = 3\n', "description 应是一句话"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "topics.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TopicError, match=says):
        Taxonomy.load(tmp_path)


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_bytes('[[topic]]\nname = "老干部"\n'.encode("gb18030"))
    with pytest.raises(TopicError, match="UTF-8"):
        Taxonomy.load(tmp_path)


def test_an_unknown_topic_names_the_known_ones() -> None:
    with pytest.raises(TopicError, match=r"没有名为“养花”的专题，现有：廉政教育、意识形态"):
        Taxonomy.load()["养花"]


def test_phrases_are_counted_longest_first_and_not_inside_exclusions() -> None:
    counter = PhraseCounter(
        [
            Topic("减负", "", ("减负", "基层减负", "负担"), ("企业减负",)),
            Topic("无", "", ()),
            Topic("企业", "", ("企业减负", "减负")),
        ]
    )
    assert counter.count("基层减负见效，为企业减负三项，再减负") == [2, 0, 3]
    assert counter.count("减负担") == [1, 0, 1]
    assert PhraseCounter([]).count("基层减负") == []


def test_evidence_is_meaning_plus_density_of_phrases() -> None:
    density = WORDS_WEIGHT * math.log2(1 + 2 * 2 / 3)
    assert evidence(2.5, 2, 9, False, False) == pytest.approx(2.5 + density)
    assert evidence(2.5, 2, 0.2, False, False) == evidence(2.5, 2, 1, False, False)
    assert evidence(1, 0, 1, True, True) == pytest.approx(1 + HEADING_WEIGHT + TITLE_WEIGHT)
    assert evidence(1, 0, 1, False, False, 0.25) == pytest.approx(1 + SUPPORT_WEIGHT / 2)


def test_another_topic_that_fits_better_takes_away() -> None:
    found = evidence(np.array([[3.0, 1.0, 1.5]]), 0, 1, False, np.array([[False, True, False]]))
    assert found[0].tolist() == pytest.approx(
        [3.0, 1.0 + TITLE_WEIGHT - RIVAL_WEIGHT * 2.0, 1.5 - RIVAL_WEIGHT * 1.5]
    )
    assert evidence(np.array([[2.0]]), 0, 1, False, False).tolist() == [[2.0]]
    assert evidence(np.array([[9.0, 0.0]]), 0, 1, False, False)[0, 1] == pytest.approx(
        -RIVAL_WEIGHT * MOST_RIVALRY
    )


def body(text: str, headings: tuple[str, ...], title: str = "青禾镇工作总结", id_: int = 1) -> Body:
    return Body(id_, 1, title, 2023, text, headings, ())


@pytest.mark.parametrize(
    ("text", "headings", "opening", "above"),
    [
        ("全镇修路三条。", ("三、抓实事", "（一）修路"), "", "（一）修路"),
        ("（一）改作风，办实事。走访百户。", ("三、严管理", "（一）改作风，办实事"),
         "（一）改作风，办实事", "三、严管理"),
        ("一是改作风。走访百户。", ("三、严管理",), "一是改作风。", "三、严管理"),
        ("下一步：抓三件事。", ("青禾镇工作总结",), "下一步：", ""),
        ("走访百户，解决难题，群众满意。", (), "", ""),
    ],
)  # fmt: skip
def test_what_a_paragraph_opens_with_and_stands_under(
    text: str, headings: tuple[str, ...], opening: str, above: str
) -> None:
    assert placed(body(text, headings)) == (opening, above)


def test_support_is_the_share_of_the_others() -> None:
    support = Support({1: {1: True, 2: True, 3: False, 4: False}, 2: {9: True}})
    assert support.share(body("有", (), id_=1)) == 0.25  # itself does not count, but was asked
    assert support.share(body("无", (), id_=3)) == 0.5
    assert support.share(body("没有问到", (), id_=7)) == 0.5
    assert support.share(Body(9, 2, "", None, "", (), ())) == 0.0
    assert support.share(Body(9, 3, "", None, "", (), ())) == 0.0


def test_the_year_after_is_no_other_year() -> None:
    counter = PhraseCounter([Topic("打算", "", ("〔次年〕",))])
    assert counter.count("2024年抓三件事，2023年已经办完", 2023) == [1]
    assert counter.count("2024年抓三件事", 2024) == [0]
    assert counter.count("2024年抓三件事") == [0]


def test_phrases_stand_in_any_width_and_set_of_characters() -> None:
    counter = PhraseCounter([Topic("廉洁", "", ("廉洁文化", "党建+"))])
    assert counter.count("開展廉潔文化活動，推行党建＋物业") == [2]


def test_whatever_evidence_depends_on_is_in_the_fingerprint(tmp_path: Path) -> None:
    first = Taxonomy.load()
    (tmp_path / "topics.toml").write_text(
        '[[topic]]\nname = "志愿服务"\nexamples = ["上门义诊。"]\n', encoding="utf-8"
    )
    names = {
        fingerprint(first, "甲"),
        fingerprint(first, "乙"),
        fingerprint(Taxonomy.load(tmp_path), "甲"),
    }
    assert len(names) == 3
    assert fingerprint(Taxonomy.load(), "甲") in names
