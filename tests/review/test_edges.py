"""A passage and the rests of its first and last sentence."""

from __future__ import annotations

import pytest

from index.alignment import fold, shared_runs
from index.findings import Piece
from index.review.edges import with_rests


def grown(draft: str, source: str) -> tuple[str, str, list[str]]:
    """The longest shared run with its rests: of both texts, and the draft's pieces."""
    one, other = fold(draft), fold(source)
    run = max(shared_runs(one.codes, other.codes, 8), key=lambda run: run.length)
    piece = Piece(one.span(run.a, run.a + run.length), other.span(run.b, run.b + run.length))
    span, source_span, pieces = with_rests(draft, source, (piece,), run.length)
    return (
        draft[slice(*span)],
        source[slice(*source_span)],
        [draft[slice(*piece.span)] for piece in pieces],
    )


@pytest.mark.parametrize(
    ("draft", "source", "expected"),
    [
        (  # a figure at the end
            "全年走访茶农和果农，收集意见建议131条。",
            "全年走访茶农和果农，收集意见建议86条。",
            ("全年走访茶农和果农，收集意见建议131条", "全年走访茶农和果农，收集意见建议86条"),
        ),
        (  # words at the beginning
            "镇里带头检查水渠泵站并逐一登记造册。",
            "乡里带头检查水渠泵站并逐一登记造册。",
            ("镇里带头检查水渠泵站并逐一登记造册", "乡里带头检查水渠泵站并逐一登记造册"),
        ),
        (  # another sentence is another matter
            "桃花开了。会后带头检查水渠泵站并登记造册",
            "梨花谢过。会后带头检查水渠泵站并登记造册",
            ("会后带头检查水渠泵站并登记造册", "会后带头检查水渠泵站并登记造册"),
        ),
        (  # nothing in common
            "带头检查水渠泵站并登记造册，新建凉亭。",
            "带头检查水渠泵站并登记造册，栽下柳树。",
            ("带头检查水渠泵站并登记造册", "带头检查水渠泵站并登记造册"),
        ),
        (  # the source goes on too far
            "带头检查水渠泵站并登记造册，各村照办。",
            "带头检查水渠泵站并登记造册，各村照办的第二天又请县里的技术员来讲了一堂课。",
            ("带头检查水渠泵站并登记造册，各村照办", "带头检查水渠泵站并登记造册，各村照办"),
        ),
    ],
)
def test_rests_that_go_along(draft: str, source: str, expected: tuple[str, str]) -> None:
    assert grown(draft, source)[:2] == expected


def test_what_the_rests_have_in_common_is_a_piece() -> None:
    _, _, pieces = grown(
        "收集到意见并逐一登记造册存档共131条。", "收集意见并逐一登记造册存档共86条。"
    )
    assert pieces == ["收集", "意见并逐一登记造册存档共", "条"]


def test_a_short_passage_draws_no_long_rest_along() -> None:
    draft = "去年新修好的水渠泵站归村里管，逐一登记造册。"
    source = "去年旧的村道和路灯归镇上管，逐一登记造册。"
    one = draft.index("管，逐一")
    other = source.index("管，逐一")
    piece = Piece((one, len(draft) - 1), (other, len(source) - 1))
    span, _, pieces = with_rests(draft, source, (piece,), 7)
    assert draft[slice(*span)] == "管，逐一登记造册"
    assert pieces == (piece,)
