"""Cleaning: every case under tests/cases/cleaning, and what must hold for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.cleaning import RULES, TYPOGRAPHIC, clean
from index.datatypes import Block, Removal

CASES = sorted((Path(__file__).parent / "cases" / "cleaning").glob("*.txt"))


def lines_of(part: str) -> list[str]:
    return [line for line in part.split("\n") if line]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    given_part, rest = text.split("# output\n")
    expected, removed = rest.split("# removed\n")
    cleaned = clean([Block(line) for line in lines_of(given_part)])
    assert [block.text for block in cleaned.blocks] == lines_of(expected)
    assert [f"{r.rule} {r.text}" for r in cleaned.removals] == lines_of(removed)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_is_clean_stays(case: Path) -> None:
    blocks = [Block(line) for line in lines_of(case.read_text(encoding="utf-8"))]
    once = clean(blocks)
    again = clean(once.blocks)
    assert again.removals == ()
    assert again.blocks == once.blocks


def test_there_are_cases() -> None:
    assert len(CASES) >= 15


def test_every_rule_is_named_in_chinese_and_has_a_case() -> None:
    assert set(TYPOGRAPHIC) <= set(RULES)
    assert all(any("一" <= c <= "鿿" for c in sentence) for sentence in RULES.values())
    seen = set()
    for case in CASES:
        removed = case.read_text(encoding="utf-8").split("# removed\n")[1]
        seen |= {line.split(" ", 1)[0] for line in lines_of(removed)}
    assert set(RULES) - seen <= {"licence", "contents"}


def test_removals_say_in_which_block_they_stood() -> None:
    cleaned = clean(
        [Block("##paidbegin##"), Block("全年召开党员大会四次。"), Block("- 3 -"), Block("　　完。")]
    )
    assert cleaned.removals == (
        Removal("paywall", "##paidbegin##", 0),
        Removal("page_number", "- 3 -", 2),
        Removal("indent", "1处", 3),
    )


def test_running_heads_by_the_pages_of_the_format() -> None:
    blocks = [
        block
        for page in (1, 2, 3, 4)
        for block in (
            Block("水务党建专刊", page=page),
            Block(f"第{'一二三四'[page - 1]}季度召开支委会三次，研究事项若干。", page=page),
            Block(str(page), page=page),
        )
    ]
    cleaned = clean(blocks)
    # on the first page it may be the title
    assert cleaned.blocks[0].text == "水务党建专刊"
    assert len(cleaned.blocks) == 5
    assert [r.rule for r in cleaned.removals].count("header") == 3
    assert [r.rule for r in cleaned.removals].count("page_number") == 4


def test_bare_numbers_without_pages_stay() -> None:
    blocks = [Block("序号"), Block("1"), Block("2"), Block("3")]
    assert clean(blocks).blocks == tuple(blocks)


def test_table_rows_keep_their_columns() -> None:
    row = Block("项目\t数量", kind="row")
    assert clean([row]).blocks == (row,)


def test_what_the_format_said_of_a_block_stays() -> None:
    block = Block("　主要做法", level=2, label="（一）", page=7)
    assert clean([block]).blocks == (Block("主要做法", level=2, label="（一）", page=7),)


def test_what_a_reader_marked_as_furniture_goes_first() -> None:
    blocks = [
        Block("青禾市水务局文件", kind="furniture", page=1),
        Block("全局设党支部六个，", page=1),
        Block("- 1 -", kind="furniture", page=1),
        Block("党员九十八名。", page=2),
        Block("一、总体情况\t3", kind="furniture"),
    ]
    cleaned = clean(blocks)
    assert [block.text for block in cleaned.blocks] == ["全局设党支部六个，", "党员九十八名。"]
    assert [r.rule for r in cleaned.removals] == ["header", "page_number", "contents"]


def test_the_head_of_marked_contents_leaves_the_line_of_the_title() -> None:
    blocks = [
        Block("青禾农场粮仓管理办法目 录", kind="title"),
        Block("一、测温.........3", kind="furniture"),
        Block("每小时记录一次。"),
    ]
    cleaned = clean(blocks)
    assert [block.text for block in cleaned.blocks] == ["青禾农场粮仓管理办法", "每小时记录一次。"]
    assert [r.text for r in cleaned.removals] == ["目 录", "一、测温.........3"]


def test_a_public_documents_licence_goes() -> None:
    lines = ["报告完毕。", "本作品是中华人民共和国的", "法律", "、", "公有领域", "。", "false"]
    cleaned = clean([Block(line) for line in lines])
    assert [block.text for block in cleaned.blocks] == ["报告完毕。"]
    assert {removal.rule for removal in cleaned.removals} == {"licence"}


PIECES = """
##paidbegin##|##paidend##|打印|关闭|大|中|小|】|【字号：|来源：青禾日报|- 1 -|第2页 共3页
上一篇：通知|一、总体情况|（一）做法|1.抓学习。|党 建|　　|  |支部开展志愿服务，|取得实效。|和
的|2023 年|６次|⺠主|\ufffd|\u200b|\x07|【墨香素材库】——每天更新材料9篇|添加客服：abcde
QQ：12345678|X项|*次|“|”|（|）|* H+ y; y/ b5 V" o2|=====|标题：|索引号：|发文机关：|成文日期：
主题词：| |a|7|公有领域|本作品是中华人民共和国的|。|#|paid
"""
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES.strip("\n").replace("\n", "|").split("|")), max_size=7).map(
        "".join
    ),
    st.text(max_size=40),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(TEXTS, max_size=9))
def test_cleaning_is_idempotent(texts: list[str]) -> None:
    once = clean([Block(text) for text in texts])
    again = clean(once.blocks)
    assert again.blocks == once.blocks
    assert again.removals == ()


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, max_size=9))
def test_removals_point_at_blocks(texts: list[str]) -> None:
    for removal in clean([Block(text) for text in texts]).removals:
        assert removal.rule in RULES
        assert 0 <= removal.block < len(texts)
        assert removal.text
