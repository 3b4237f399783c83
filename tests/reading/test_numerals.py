"""Number formats of Word against tables written out by hand."""

from __future__ import annotations

import pytest

from index.reading.word.numerals import numeral

TABLE = {
    "decimal": {1: "1", 20: "20"},
    "decimalZero": {1: "01", 12: "12"},
    "decimalFullWidth": {12: "１２"},
    "decimalEnclosedCircle": {1: "①", 20: "⑳", 21: "㉑", 36: "㊱", 50: "㊿", 51: "51"},
    "decimalEnclosedCircleChinese": {3: "③"},
    "decimalEnclosedParen": {2: "⑵", 21: "21"},
    "decimalEnclosedFullstop": {1: "⒈"},
    "lowerLetter": {1: "a", 26: "z", 27: "aa", 53: "aaa"},
    "upperLetter": {2: "B", 28: "BB"},
    "lowerRoman": {4: "iv", 9: "ix", 14: "xiv"},
    "upperRoman": {1999: "MCMXCIX", 4000: "4000"},
    "chineseCounting": {1: "一", 10: "十", 19: "十九", 20: "二十", 99: "九十九", 101: "一〇一"},
    "chineseCountingThousand": {
        10: "十", 101: "一百零一", 110: "一百一十", 1001: "一千零一", 1010: "一千零一十",
        10000: "一万", 10015: "一万零一十五", 20300: "二万零三百", 123456: "十二万三千四百五十六",
    },
    "taiwaneseCountingThousand": {11: "十一", 100: "一百"},
    "japaneseCounting": {10: "十", 100: "百", 111: "百十一"},
    "ideographDigital": {10: "一〇", 23: "二三"},
    "chineseLegalSimplified": {1: "壹", 10: "拾", 21: "贰拾壹", 105: "壹佰零伍"},
    "ideographTraditional": {1: "甲", 10: "癸", 11: "11"},
    "ideographZodiac": {12: "亥"},
    "unheardOf": {7: "7"},
}  # fmt: skip


@pytest.mark.parametrize("style", TABLE)
def test_numeral(style: str) -> None:
    assert {number: numeral(number, style) for number in TABLE[style]} == TABLE[style]


def test_zero_and_below_are_digits() -> None:
    assert [numeral(0, style) for style in ("chineseCounting", "lowerLetter", "upperRoman")] == [
        "0", "0", "0",
    ]  # fmt: skip
