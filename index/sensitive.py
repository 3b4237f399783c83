"""Warnings at the door: marks of secrecy, ID card, mobile and bank card numbers in a text.

Pure: texts in, findings out. A finding says the kind, the paragraph and a masked form that never
repeats the number: three leading and two trailing characters, the rest as asterisks. Documents that
hold any are kept back for a person's decision, so a false alarm costs more here than elsewhere:
numbers count only with their check digits or dates, marks only where a document carries its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from index.datatypes import Sensitive

_HEAD = 8
"""Paragraphs from the start in which a document's own mark of secrecy may stand."""
_LONGEST_MARK = 24
"""Characters: a mark stands alone in its line or beside 份号 and 紧急程度."""

_TERM = (
    r"(?:[★☆*＊]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})?\s*(?:年|个?月|日|天|长期)?(?:解密)?)"
)
_MARK = re.compile(
    rf"""
    (?:(?:密\s*级\s*[:：]\s*)|(?:\d{{6}}\s+))?      # 密级： or the number of the copy
    (?P<level>绝\s*密|机\s*密|秘\s*密)\s*
    (?P<term>{_TERM}|[（(]?\d{{1,2}}\s*年[）)]?)?
    \s*(?:特急|加急|特提|平急|急件)?
    """,
    re.VERBOSE,
)
_MARK_ANYWHERE = re.compile(
    r"(?<![一-鿿“‘《「\"])(?P<level>绝\s{0,2}密|机\s{0,2}密|秘\s{0,2}密)\s{0,2}★"
)
"""The star is written nowhere but in a mark (GB/T 9704—2012, 7.2.2)."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－—–　\xa0", "0123456789XX---  ")
_RUN = re.compile(r"(?<![0-9A-Za-z.])\+?[0-9](?:[ -]?[0-9]){10,22}[Xx]?(?![0-9A-Za-z]|\.[0-9])")
"""Digits, single spaces or hyphens between them; linear: each step takes a digit."""

_REGIONS = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
"""First two digits of an ID number: provinces by GB/T 2260, 83 for residents from Taiwan, 91 for
foreigners."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
"""ISO 7064 MOD 11-2 as GB 11643—1999 writes it: weights of digits 1 to 17, and the check digit by
the sum's remainder."""

_CARD_START = re.compile(r"62|4|5[1-5]|35(?:2[89]|[3-8])")
"""UnionPay 62, Visa 4, Mastercard 51–55, JCB 3528–3589."""
_CARD_WORD = re.compile(r"卡\s?号|账\s?号|帐\s?号|账户|帐户|银行|开户|收款|汇款|卡[:：]?$")
_OLD_ID_WORD = re.compile(r"身份证|证件号|证号|公民身份")
_NEAR = 24
"""Characters before a number in which the word that names it stands."""
_NOT_A_PERSON = re.compile(
    r"(?:信用代码|订单|流水|编号|编码|代码|发票|单号|统一代码|条码|批号|ISBN|ISSN|QQ)[^，。；\s]{0,6}$",
    re.IGNORECASE,
)
_DOCUMENT_NUMBER = re.compile(r"(?:发|字|函|办|令)\s*(?:[〔\[（(]\d{4}[〕\]）)])?\s*第?\s*$")


def find(paragraphs: Sequence[str]) -> tuple[Sensitive, ...]:
    """What should make a person look before the document goes in, in the order of the text.

    `paragraphs` are texts in order; `Sensitive.paragraph` is the position of one, from 1.

    >>> find(["机密★10年", "关于某事的通知"])
    (Sensitive(kind='secrecy', masked='机密★', paragraph=1),)
    >>> find(["做好机密文件管理和保密教育。", "联系电话：13800138000"])
    (Sensitive(kind='mobile', masked='138******00', paragraph=2),)
    """
    found: list[Sensitive] = []
    for number, text in enumerate(paragraphs, 1):
        if mark := _secrecy(text, number):
            found.append(Sensitive("secrecy", mark, number))
        found.extend(_numbers(text, number))
    return tuple(found)


def _secrecy(text: str, number: int) -> str | None:
    if "密" not in text:
        return None
    if number <= _HEAD and len(text) <= _LONGEST_MARK:
        match = _MARK.fullmatch(text.strip())
        if match:
            level = re.sub(r"\s", "", match["level"])
            return level + ("★" if match["term"] and match["term"][0] in "★☆*＊" else "")
    starred = _MARK_ANYWHERE.search(text)
    if starred and number <= _HEAD:
        return re.sub(r"\s", "", starred["level"]) + "★"
    return None


def _numbers(text: str, number: int) -> list[Sensitive]:
    if not _HAS_DIGITS.search(text):
        return []
    plain = text.translate(_FULL_WIDTH)
    found = []
    for match in _RUN.finditer(plain):
        digits = re.sub("[ +-]", "", match.group()).upper()
        before = plain[max(0, match.start() - _NEAR) : match.start()]
        kind = _kind(match.group(), digits, before)
        if kind == "id_number":
            found.append(Sensitive("id_number", _masked(digits), number))
        elif kind == "mobile":
            found.append(Sensitive("mobile", _masked(digits[-11:]), number))
        elif kind == "bank_card":
            found.append(Sensitive("bank_card", _masked(digits), number))
    return found


_HAS_DIGITS = re.compile(r"[0-9０-９](?:[ \-－—–　\xa0]?[0-9０-９]){10}")


def _kind(written: str, digits: str, before: str) -> str | None:
    if _NOT_A_PERSON.search(before) or _DOCUMENT_NUMBER.search(before):
        return None
    if len(digits) == 18 and _is_id(digits):
        return "id_number"
    if digits.isdecimal():
        if len(digits) == 15 and _OLD_ID_WORD.search(before) and _is_old_id(digits):
            return "id_number"
        if _is_mobile(written, digits):
            return "mobile"
        if 16 <= len(digits) <= 19 and _is_card(digits, before):
            return "bank_card"
    return None


def _is_id(digits: str) -> bool:
    """GB 11643: region, date of birth, check digit.

    >>> _is_id("11010519491231002X"), _is_id("110105194912310021")
    (True, False)
    """
    if not digits[:17].isdecimal() or not _REGIONS.match(digits):
        return False
    if not _is_date(int(digits[6:10]), digits[10:12], digits[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == digits[17]


def _is_old_id(digits: str) -> bool:
    """15 digits as issued until 1999: no check digit, so they count only beside 身份证."""
    return _REGIONS.match(digits) is not None and _is_date(
        1900 + int(digits[6:8]), digits[8:10], digits[10:12]
    )


def _is_date(year: int, month: str, day: str) -> bool:
    if not 1900 <= year <= 2100:
        return False
    try:
        date(year, int(month), int(day))
    except ValueError:
        return False
    return True


_MOBILE_GROUPS = re.compile(
    r"(?:\+?86[ -]?)?1[3-9][0-9]{9}|(?:\+?86[ -]?)?1[3-9][0-9](?:[ -])[0-9]{4}(?:[ -])[0-9]{4}"
)


def _is_mobile(written: str, digits: str) -> bool:
    return _MOBILE_GROUPS.fullmatch(written) is not None and len(set(digits[-8:])) > 1


def _is_card(digits: str, before: str) -> bool:
    """Luhn (ISO/IEC 7812-1) and a known start; one chance number in ten passes Luhn alone, so a
    number that is not UnionPay's needs a word in front that says what it is.

    >>> _is_card("6222020000000000004", "卡号："), _is_card("6222020000000000005", "卡号：")
    (False, False)
    """
    if _CARD_START.match(digits) is None or len(set(digits)) < 4:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    if total % 10:
        return False
    return digits.startswith("62") or _CARD_WORD.search(before) is not None


def _masked(digits: str) -> str:
    """Three leading, two trailing: enough to find it in the file, too little to use it.

    >>> _masked("11010519491231002X")
    '110*************2X'
    """
    return digits[:3] + "*" * (len(digits) - 5) + digits[-2:]
