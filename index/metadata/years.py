"""The year that a document is of."""

from __future__ import annotations

import re

_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?=\s*(?:年|[-—~至到]\s*(?:19|20)\d{2}|[.\-_/]\d{1,2}))"
)
_HAN_YEAR = re.compile(r"([一二][〇○Ｏ零O九一二三四五六七八]{3})年")
_HAN_DIGITS = str.maketrans("〇○Ｏ零O一二三四五六七八九", "00000123456789")
_BARE = re.compile(
    r"(?<![\d.])(20[0-4]\d)(?![\d.])(?=[一-鿿]|\b)(?![级届号名人个户家次件项条期亩万亿元吨里公余多])"
)
"""水务局2023党建工作总结; not 2023级新生 or 2023户."""


def year_of(text: str) -> int | None:
    """The first year that `text` names, or None.

    A title with two years is about the first: 2023年总结及2024年计划 is of 2023.

    >>> year_of("2023年供水小结，附2024年打算"), year_of("二〇二二年度述职报告")
    (2023, 2022)
    >>> year_of("20xx年工作总结") is None
    True
    """
    arabic, han = _YEAR.search(text), _HAN_YEAR.search(text)
    if arabic and (not han or arabic.start() < han.start()):
        return int(arabic[1])
    if han:
        return han_year(han[1])
    bare = _BARE.search(text)
    return int(bare[1]) if bare else None


def han_year(digits: str) -> int | None:
    """A year in Chinese digits; None for one that no office lived through.

    >>> han_year("二〇二三"), han_year("一二三四")
    (2023, None)
    """
    year = int(digits.translate(_HAN_DIGITS))
    return year if 1900 <= year <= 2099 else None


def year_in_name(part: str) -> int | None:
    """The year in the name of a file or folder.

    >>> year_in_name("2023年材料"), year_in_name("disk2023x") is None
    (2023, True)
    """
    match = re.search(r"(?<!\d)((?:19|20)\d{2})(?=年|\D|$)(?!\d)", part)
    if match and (part.startswith(match[1]) or re.search(r"[一-鿿]", part)):
        return int(match[1])
    return None
