"""Numbers as Word writes them before a paragraph: the formats of ECMA-376 part 1, 17.18.59."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖", "拾佰仟"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖", "拾佰仟"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def numeral(number: int, style: str) -> str:
    """`number` in the number format `style` (w:numFmt); in digits where the format cannot.

    >>> [numeral(12, style) for style in ("decimal", "chineseCounting", "ideographDigital")]
    ['12', '十二', '一二']
    >>> numeral(3, "decimalEnclosedCircleChinese"), numeral(28, "lowerLetter")
    ('③', 'bb')
    """
    write = _WRITERS.get(style)
    return (write(number) if write and number > 0 else "") or str(number)


def chinese(number: int) -> str:
    """Counting with 十 百 千 万.

    >>> [chinese(n) for n in (1, 10, 11, 20, 105, 110, 1010, 20000)]
    ['一', '十', '十一', '二十', '一百零五', '一百一十', '一千零一十', '二万']
    """
    return _by_places(number, "零" + _DIGITS[1:], "十百千")


def _by_places(number: int, digits: str, places: str) -> str:
    if number >= 10**8:
        return ""
    if number >= 10000:
        high, low = divmod(number, 10000)
        zero = digits[0] if 0 < low < 1000 else ""
        tail = _by_places(low, digits, places) if low else ""
        # in the lower part ten is 一十, as after every higher place
        tail = digits[1] + tail if tail.startswith(places[0]) else tail
        return _by_places(high, digits, places) + "万" + zero + tail
    text = ""
    pending_zero = False
    figures = str(number)
    for position, figure in enumerate(figures):
        place = len(figures) - position - 1
        if figure == "0":
            pending_zero = bool(text)
            continue
        text += digits[0] if pending_zero else ""
        pending_zero = False
        text += digits[int(figure)] + (places[place - 1] if place else "")
    # 十二, not 一十二
    return text[1:] if 10 <= number < 20 else text


def _positional(number: int) -> str:
    return "".join(_DIGITS[int(figure)] for figure in str(number))


def _counting(number: int) -> str:
    # from 100 on this format reads its digits one by one
    return chinese(number) if number < 100 else _positional(number)


def _japanese(number: int) -> str:
    text = chinese(number)
    return "" if not text else text.replace("零", "").replace("一百", "百").replace("一十", "十")


def _letters(number: int) -> str:
    """a … z, aa, bb …: Word repeats the letter."""
    repeats, letter = divmod(number - 1, 26)
    return chr(ord("a") + letter) * (repeats + 1) if repeats < 30 else ""


def _roman(number: int) -> str:
    if number >= 4000:
        return ""
    text = ""
    for value, sign in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        count, number = divmod(number, value)
        text += sign * count
    return text


def _run(*ranges: tuple[int, int]) -> Callable[[int], str]:
    """A writer for characters that stand one after another in Unicode: (first code, how many)."""
    characters = "".join(chr(first + i) for first, count in ranges for i in range(count))
    return lambda number: characters[number - 1 : number]


def _cycle(characters: str) -> Callable[[int], str]:
    return lambda number: characters[number - 1 : number]


_CIRCLED = _run((0x2460, 20), (0x3251, 15), (0x32B1, 15))

_WRITERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: "".join(chr(ord(c) + 0xFEE0) for c in str(number)),
    "decimalFullWidth2": lambda number: "".join(chr(ord(c) + 0xFEE0) for c in str(number)),
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedFullstop": _run((0x2488, 20)),
    "decimalEnclosedParen": _run((0x2474, 20)),
    "ideographEnclosedCircle": _run((0x3280, 10)),
    "numberInDash": lambda number: f"- {number} -",
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "chineseCounting": _counting,
    "taiwaneseCounting": _counting,
    "chineseCountingThousand": chinese,
    "taiwaneseCountingThousand": chinese,  # LibreOffice writes this for chineseCountingThousand
    "japaneseCounting": _japanese,
    "ideographDigital": _positional,
    "japaneseDigitalTenThousand": _positional,
    "taiwaneseDigital": _positional,
    "chineseLegalSimplified": lambda number: _by_places(number, *_LEGAL_SIMPLIFIED),
    "ideographLegalTraditional": lambda number: _by_places(number, *_LEGAL_TRADITIONAL),
    "japaneseLegal": lambda number: _by_places(number, *_LEGAL_TRADITIONAL),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
}
