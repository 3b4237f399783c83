"""Bytes of a text file -> text: by byte order mark, else by scoring what each encoding would give.

General detectors call short GBK text Korean or Cyrillic. Here only the encodings that Chinese
offices write are candidates, and each is scored by how much of the outcome is ordinary Chinese.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import lru_cache

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    # before UTF-16: the UTF-32 mark begins with the UTF-16 one
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
"""In order of preference when scores are equal."""

_SCORED_BYTES = 1 << 18
"""How much of a file is scored; enough to be sure, little enough to be quick."""
_LEAST_PLAUSIBLE = 0.05
"""Below this mean score no candidate gives text. Chinese texts score 0.8 and more, other
languages above 0, bytes that are no text below it."""
_MISREAD_AS = ("mac-cyrillic", "cp1251", "cp1252")
"""Encodings that other programs take UTF-8 for; saved again, the text is letters without sense."""
_SPOILT = 0.4
_RESTORED = 0.7
"""Mean scores: below the first a way back is looked for, above the second it was right."""
_STRICT_BONUS = 0.15
"""For valid UTF-8: other bytes are that only by chance, in texts of a few characters."""
_CERTAIN = 20
"""Characters beyond ASCII after which valid UTF-8 is no chance any more."""

_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f]")


class NotText(ValueError):
    """The bytes are no text in any encoding known here."""


def decode(data: bytes) -> tuple[str, str, int]:
    """Text, name of the encoding, and how many places could not be decoded (U+FFFD stands there).

    Byte order marks are removed at the start and, as zero-width characters that files keep when
    they are joined, anywhere else. Text that an earlier conversion spoilt is restored; the name
    then tells the way back ("utf-8 as mac-cyrillic").

    >>> decode("工作总结".encode("gb18030"))
    ('工作总结', 'gb18030', 0)
    >>> decode(b"\\xff\\xfe" + "总结".encode("utf-16-le"))
    ('总结', 'utf-16-le', 0)
    """
    for mark, name in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], name)
    name = _best_encoding(data)
    text, name, errors = _decode_as(data, name)
    if name == "utf-8" and not errors and _mean(text[:_SCORED_BYTES]) < _SPOILT:
        return _restore(text) or (text, name, errors)
    return text, name, errors


def _restore(text: str) -> tuple[str, str, int] | None:
    """The Chinese text that was taken for another encoding and saved again, if it was.

    >>> _restore("总结".encode().decode("mac-cyrillic"))
    ('总结', 'utf-8 as mac-cyrillic', 0)
    """
    for name in _MISREAD_AS:
        restored = b"".join(_byte(c, name) for c in text).decode("utf-8", errors="replace")
        if _mean(restored[:_SCORED_BYTES]) > _RESTORED:
            return restored, f"utf-8 as {name}", restored.count("\ufffd")
    return None


def _byte(character: str, name: str) -> bytes:
    """The byte that `name` reads as this character; 0xFF, never valid in UTF-8, for others.

    Programs that take text for Windows-1252 keep the codes it leaves open as they are.
    """
    try:
        return character.encode(name)
    except UnicodeEncodeError:
        return bytes((ord(character),)) if ord(character) < 0x100 else b"\xff"


def _decode_as(data: bytes, name: str) -> tuple[str, str, int]:
    text = data.decode(name, errors="replace")
    # a file may carry U+FFFD of its own, from an earlier conversion: those are not our errors
    own = data.count("\ufffd".encode(name))
    errors = max(0, text.count("\ufffd") - own)
    return text.replace("\ufeff", ""), name, errors


def _best_encoding(data: bytes) -> str:
    sample = data[:_SCORED_BYTES]
    if sample.isascii() and b"\0" not in sample:
        # plain ASCII at the start says nothing about the rest
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            sample = data[error.start : error.start + _SCORED_BYTES]
        else:
            return "utf-8"
    scores = {name: _score(sample, name) for name in CANDIDATES}
    best = max(CANDIDATES, key=lambda name: scores[name])
    if scores[best] < _LEAST_PLAUSIBLE:
        raise NotText(f"no encoding gives text: {scores}")
    return best


def _score(sample: bytes, name: str) -> float:
    """Mean plausibility of the characters that `name` makes of the bytes; 1 is ordinary Chinese."""
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    text = decoder.decode(sample)  # not final: the sample may end inside a character
    score = _mean(text)
    if name == "utf-8" and "\ufffd" not in text:
        score += _STRICT_BONUS
        if sum(character > "\x7f" for character in text[:1000]) >= _CERTAIN:
            score += 1.0
        if not _CONTROLS.search(text):
            score = max(score, _LEAST_PLAUSIBLE)  # a rare character on its own, perhaps
    return score


def _mean(text: str) -> float:
    """Mean plausibility of the characters of a text; -1 where there are none."""
    if not text:
        return -1.0
    counts = Counter(text)
    total = sum(count * _plausibility(character) for character, count in counts.items())
    return total / len(text)


@lru_cache(maxsize=1)
def _common_characters() -> frozenset[str]:
    """The 3,755 characters of GB 2312 level 1: nearly all of any ordinary text."""
    rows = range(0xB0, 0xD8)
    pairs = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return frozenset("".join(pair.decode("gb2312", errors="ignore") for pair in pairs))


@lru_cache(maxsize=1 << 14)
def _plausibility(character: str) -> float:
    """How likely a character is in a Chinese office text: 1 ordinary, negative a sign of error."""
    if character in _common_characters():
        return 1.0
    code = ord(character)
    if code < 0x80:
        if character in "\t\n\r\f\v\x1a" or 0x20 <= code < 0x7F:
            return 0.9
        return -10.0  # NUL and controls: UTF-16 read as bytes, or no text at all
    if character in "“”‘’—…·～×℃‰①②③④⑤⑥⑦⑧⑨⑩" or 0x3000 <= code <= 0x3017:
        return 1.0
    if 0xFF01 <= code <= 0xFF5E:
        return 1.0
    if 0x4E00 <= code <= 0x9FFF:
        return 0.2 if _in_gb2312(character) else -0.3
    if 0x2E80 <= code <= 0x2FDF or 0x2460 <= code <= 0x24FF or 0x2500 <= code <= 0x25FF:
        return 0.3
    if character == "\ufffd":
        return -2.0
    if 0xA0 <= code <= 0x24FF or 0x3040 <= code <= 0x30FF:
        return 0.0  # Latin, Greek, Cyrillic, symbols, kana: possible in between, never the bulk
    if character == "\ufeff":
        return 0.5
    return -1.0  # private use, Hangul, surrogates, rare ideographs: the marks of a wrong guess


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
