"""Every text that a person can type is either understood or refused with a sentence."""

from __future__ import annotations

import pytest

from index.errors import QueryError
from index.query import LONGEST, parse


@pytest.mark.parametrize("text", ["", "   ", "？！。", "🎉🎉", "\x00", "“”", "——"])
def test_nothing_to_search_for_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="请输入"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("“两个维护”", ("两个维护",)),
        ('"两个维护" 学习', ("两个维护",)),
        ("「三会一课」与“主题党日”", ("三会一课", "主题党日")),
        ("“三会一课”“三会一课”", ("三会一课",)),
        ("没有引号", ()),
        ("只有一半“引号", ()),
        ("“！”党员", ()),
        ("“抓而不紧，等于不抓！”", ("抓而不紧，等于不抓！",)),
    ],
)
def test_quoted_wording_must_occur(text: str, phrases: tuple[str, ...]) -> None:
    assert parse(text).phrases == phrases


def test_quotes_in_a_pasted_paragraph_are_quotations() -> None:
    pasted = "支部认真落实“三会一课”制度，" * 10
    assert parse(pasted).phrases == ()
    assert "“三会一课”" in parse(pasted).text


@pytest.mark.parametrize(
    "text",
    [
        "怎么落实“三会一课”？",
        "“三会一课”是什么?",
        "落实“三会一课”制度；抓好学习",
        "学好“三会一课”。",
    ],
)
def test_quotes_in_a_sentence_are_names(text: str) -> None:
    assert parse(text).phrases == ()
    assert parse(text).text == text


def test_half_a_character_of_another_encoding_is_no_crash() -> None:
    assert parse("党\udcff员").text == "党?员"


def test_a_very_long_text_is_cut() -> None:
    assert len(parse("党" * 50_000).text) == LONGEST


@pytest.mark.parametrize(
    "text", ["x' OR 1=1 --", "党员 NOT 群众", "NEAR(党 员)", "col:党员*", "党"]
)
def test_syntax_of_other_languages_is_plain_text(text: str) -> None:
    assert parse(text).text == text
