"""The outline: every case under tests/cases/outline, styles of formats, and what always holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.outline import Line, classify, heading_text, numeral, outline

CASES = sorted((Path(__file__).parent / "cases" / "outline").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    """The first line is the title, `h2 ` before a line is the level that its format states.

    The expected lines are a level and the heading path.
    """
    texts, expected = case.read_text(encoding="utf-8").split("# output\n")
    lines = [
        Line(text.removeprefix(stated), _level(stated), title=i == 0)
        for i, text in enumerate(texts.splitlines())
        for stated in [text[:3] if re.match("h[1-9] ", text) else ""]
    ]
    found = [f"{place.level} {' › '.join(place.path)}".rstrip() for place in outline(lines)]
    assert found == expected.splitlines()


def _level(stated: str) -> int | None:
    return int(stated[1]) if stated else None


def test_there_are_cases() -> None:
    assert len(CASES) >= 14


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("第三部分 保障措施", "part", 3),
        ("第十二章 附则", "chapter", 12),
        ("第二节　巡查", "section", 2),
        ("第一百零三条 本办法自公布之日起施行。", "article", 103),
        ("十一、严肃纪律", "han", 11),
        ("二、三会一课制度落实情况", "han", 2),
        ("（十）强化保障", "han_bracket", 10),
        ("(三)民主生活会", "han_bracket", 3),
        ("1．抓学习", "arabic", 1),
        ("12、抓落实", "arabic", 12),
        ("2.1 建设目标", "decimal", 1),
        ("（3）建台账", "arabic_bracket", 3),
        ("4）建台账", "arabic_bracket", 4),
        ("⑳其他", "circled", 20),
        ("“3”，就是立起三根标杆", "quoted", 3),
        ("第二，有效开展联防联控。", "ordinal", 2),
        ("三是抓整改。", "item", 3),
        ("二要把握新形势", "item", 2),
        ("其次，要学以致用。", "connective", 2),
        ("——经济总体向好。", "dash", 0),
    ],
)
def test_marks(text: str, kind: str, value: int) -> None:
    mark = classify(text)
    assert mark is not None
    assert (mark.kind, mark.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "5.5%左右的增长", "2.67万亿元", "1.5万人", "2023.5.1召开", "3月5日",
        "2023年，全市", "一方面", "一个支部一面旗", "一、二、三线城市", "三、四季度", "第一时间",
        "第二节课", "十一黄金周", "（2023）5号", "（草案）", "“两个确立”决定性意义", "1 / 3", "",
        "一是一、二是二", "100人",
    ],
)  # fmt: skip
def test_no_marks(text: str) -> None:
    assert classify(text) is None


def test_styles_take_the_place_of_the_numbers_they_stand_with() -> None:
    lines = [
        Line("一、总体情况", level=1),
        Line("（一）抓学习", level=2),
        Line("坚持每月学习一次。"),
        Line("（二）抓作风"),  # the author forgot the style
        Line("整治机关作风问题，办结群众诉求三百件。"),
        Line("经验做法", level=2),
        Line("支部建在一线。"),
        Line("下步打算", level=1),
        Line("再接再厉。"),
    ]
    assert [(place.level, place.path) for place in outline(lines)] == [
        (1, ("一、总体情况",)),
        (2, ("一、总体情况", "（一）抓学习")),
        (0, ("一、总体情况", "（一）抓学习")),
        (2, ("一、总体情况", "（二）抓作风")),
        (0, ("一、总体情况", "（二）抓作风")),
        (2, ("一、总体情况", "经验做法")),
        (0, ("一、总体情况", "经验做法")),
        (1, ("下步打算",)),
        (0, ("下步打算",)),
    ]


def test_styles_alone() -> None:
    lines = [
        Line("做法", level=2),
        Line("学。"),
        Line("细节", level=3),
        Line("做。"),
        Line("打算", level=2),
    ]
    assert [place.path for place in outline(lines)] == [
        ("做法",), ("做法",), ("做法", "细节"), ("做法", "细节"), ("打算",),
    ]  # fmt: skip


def test_numbers_in_table_rows_are_no_outline() -> None:
    lines = [
        Line("一、情况表"),
        Line("二、收入｜三百", row=True),
        Line("如上表，收入稳步增长，支出结构合理。"),
    ]
    places = outline(lines)
    assert [place.level for place in places] == [1, 0, 0]
    assert places[2].path == ("一、情况表",)


def test_a_long_numbered_paragraph_names_those_below_it_by_its_first_clause() -> None:
    long = (
        "一、各单位在申请项目资金时，应当在申请材料中写明用途、来源和绩效目标，"
        "并附具论证意见、会议纪要和概算批复，不得虚报冒领"
    )
    lines = [
        Line(long + "："),
        Line("（一）新建项目应当附设计文件；"),
        Line("（二）改建项目应当附鉴定意见；"),
    ]
    assert outline(lines)[1].path == ("一、各单位在申请项目资金时",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、强化学习。", "一、强化学习"),
        ("（二） 主要\n做法：", "（二） 主要 做法"),
        ("。", "。"),
        ("三、" + "深入学习贯彻上级精神，" * 8, "三、" + "，".join(["深入学习贯彻上级精神"] * 5)),
    ],
)
def test_heading_text_is_one_line(text: str, expected: str) -> None:
    assert heading_text(text) == expected


def test_numerals() -> None:
    values = {
        "一": 1,
        "十": 10,
        "十九": 19,
        "二十": 20,
        "九十九": 99,
        "一百": 100,
        "一百一十": 110,
        "〇": 0,
    }
    assert {text: numeral(text) for text in values} == values


WORDS = [
    "一、做法",
    "（一）抓学习。",
    "1.建制度。每周一次。",
    "2.5%的",
    "一是学。",
    "“6”，就是",
    "第一章 总则",
    "正文，很长。",
    "附件",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            Line,
            st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=70)),
            st.one_of(st.none(), st.integers(1, 6)),
            st.booleans(),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_text_gets_places(lines: list[Line]) -> None:
    places = outline(lines)
    assert len(places) == len(lines)
    for line, place in zip(lines, places, strict=True):
        assert all(name.strip() and "\n" not in name for name in place.path if line.text.strip())
        assert 0 <= place.head <= len(line.text)
        assert place.level <= max(1, len(place.path))
