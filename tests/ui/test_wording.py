"""What the page says."""

from __future__ import annotations

import pytest

from index.datatypes import (
    Family,
    FileFailure,
    Filters,
    Hit,
    Progress,
    Source,
    SyncResult,
)
from index.ui import wording

SOURCE = Source(
    document_id=1,
    external_id=None,
    title="2022年工作总结",
    unit="青桐区水务局",
    year=2022,
    kind="工作总结",
    path="/资料/总结.docx",
    heading_path=("三、加强作风建设", "（二）抓早抓小"),
    paragraph=12,
    page=4,
)


def hit(score: float, words: tuple[str, ...]) -> Hit:
    return Hit(7, score, 0.9, 1.0, "正文", (0, 2), (), SOURCE, words, (), Family(1, (7,)))


def test_the_source_line_cites_everything_that_is_known() -> None:
    assert wording.source_line(SOURCE) == (
        "《2022年工作总结》 青桐区水务局 2022年 工作总结"
        " › 三、加强作风建设 › （二）抓早抓小 › 第12段（第4页）"
    )


def test_a_source_of_which_little_is_known_is_cited_by_its_file() -> None:
    bare = Source(1, None, "", None, None, None, r"D:\资料\总结.txt", (), 3)
    assert wording.source_line(bare) == "《总结.txt》 › 第3段"


def test_the_title_standing_in_for_headings_is_not_said_twice() -> None:
    alone = Source(1, None, "总结", None, None, None, "a.txt", ("总结",), 2)
    assert wording.source_line(alone) == "《总结》 › 第2段"


def test_a_copied_paragraph_carries_its_source() -> None:
    assert wording.citation(" 原文。\n", SOURCE) == f"原文。\n（摘自{wording.source_line(SOURCE)}）"


@pytest.mark.parametrize(
    ("score", "words", "asked", "said"),
    [
        (90.0, ("廉政", "教育"), "hybrid", "含“廉政”“教育”，意思相近"),
        (14.0, ("廉政",), "hybrid", "含“廉政”"),
        (14.0, (), "hybrid", "意思相近"),
        (90.0, ("廉政",), "topic", "含“廉政”"),
        (90.0, ("廉政",), "semantic", "意思相近"),
        (90.0, ("廉政",), "keyword", "含“廉政”"),
        (90.0, tuple("甲乙丙丁戊己"), "keyword", "含“甲”“乙”“丙”“丁”“戊”等 6 个词"),
        (90.0, ("廉政",), "alike", "都写到“廉政”，意思相近"),
        (10.0, (), "keyword", ""),
    ],
)
def test_why_a_paragraph_was_found(
    score: float, words: tuple[str, ...], asked: wording.Asked, said: str
) -> None:
    assert wording.why(hit(score, words), asked) == said


def test_every_score_has_words() -> None:
    said = [wording.match(score) for score in (100, 70, 69.9, 45, 44.9, 25, 24.9, 0, -1)]
    assert said == [
        *["很贴切"] * 2,
        *["比较贴切"] * 2,
        *["有些关系"] * 2,
        *["仅供参考"] * 3,
    ]


def test_filters_are_named() -> None:
    assert wording.narrowed(Filters(year=(2022, 2022), kind="总结", topic="廉政教育")) == (
        "2022年，总结，专题“廉政教育”"
    )
    assert wording.narrowed(Filters()) == ""


def test_progress_without_rate_or_total_still_says_something() -> None:
    assert wording.progress(Progress("reading", 0, 0)) == "正在读取文件"
    assert wording.progress(Progress("publishing", 1, 1, seconds_left=0.0)) == "正在保存：1 / 1 项"


def test_what_an_update_did() -> None:
    result = SyncResult(
        added=("a", "b"), unchanged=("c",), failed=(FileFailure("d", "坏了"),), seconds=6.4
    )
    assert wording.synced(result) == ("文件：新加 2 个，没有变化 1 个，没能读取 1 个，用时 6 秒。")
    assert wording.synced(SyncResult()) == "没有找到可以读取的文件。"
