"""Warnings at the door: every case under tests/cases/sensitive, and that numbers stay hidden."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sensitive import find

CASES = sorted((Path(__file__).parent / "cases" / "sensitive").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path) -> None:
    text, expected = case.read_text(encoding="utf-8").split("# output\n")
    found = [f"{one.paragraph} {one.kind} {one.masked}" for one in find(text.splitlines())]
    assert found == expected.splitlines()


def test_there_are_cases() -> None:
    assert len(CASES) >= 5


def id_number(body: str) -> str:
    """Written apart from the module: GB 11643 by powers of two, the check digit makes 1 mod 11."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


@given(
    st.sampled_from(["110105", "440103", "650102"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)),
    st.integers(0, 999),
)
def test_every_true_id_number_is_found_and_no_neighbour(
    region: str, born: date, order: int
) -> None:
    number = id_number(f"{region}{born:%Y%m%d}{order:03d}")
    (one,) = find([f"身份证号码为{number}。"])
    assert one.kind == "id_number"
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert not [one for one in find([f"身份证号码为{wrong}。"]) if one.kind == "id_number"]


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_what_is_shown_never_repeats_the_number(number: str) -> None:
    for one in find([f"联系电话：{number}"]):
        assert len(re.findall(r"\d", one.masked)) == 5
        assert number not in one.masked


@given(st.lists(st.text(alphabet="0123456789０Xx -★密机绝秘年〔〕号", max_size=80), max_size=9))
def test_any_text_is_answered(paragraphs: list[str]) -> None:
    for one in find(paragraphs):
        assert 1 <= one.paragraph <= len(paragraphs)
