"""Words and sentences: folding for matching, sentence cutting, jieba tokens with offsets.

Everything that compares texts by words goes through here, for the library and for the query
alike, and this is the only module that imports jieba.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import re
import tempfile
import threading
import unicodedata
import warnings
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

from index.datatypes import Span
from index.errors import SettingsError

_log = logging.getLogger(__name__)

TOKENS_VERSION = 2
"""Raise it when the same text gives other tokens than before: libraries then index words anew."""

_KANGXI_IN_CHINA = {"⼾": "户"}
"""NFKC gives 戶, but fonts of the mainland draw 户 under this code (⽤⼾ for 用户)."""

_RADICALS_SUPPLEMENT = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母"
    "⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺫罒⺬示⺭礻⺯糹⺰纟⺱罓⺲罒⺳㓁⺶羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹"
    "⻁虎⻂衤⻃覀⻄西⻅见⻆角⻈讠⻉贝⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣"
    "⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
"""Pairs (radical, character), after Unicode's EquivalentUnifiedIdeograph.txt: NFKC leaves most of
this block alone, yet PDF text carries it."""


def _radical_table() -> dict[int, str]:
    table = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    table.update({ord(radical): character for radical, character in _KANGXI_IN_CHINA.items()})
    pairs = _RADICALS_SUPPLEMENT
    table.update({ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)})
    return table


RADICALS: dict[int, str] = _radical_table()
"""Code of a Kangxi or supplementary radical -> the ordinary character that looks like it."""


def unify_radicals(text: str) -> str:
    """Write radicals as the characters they look like; everything else stays. Same length.

    >>> unify_radicals("⽂件要求⺠主集中，⽤⼾满意")
    '文件要求民主集中，用户满意'
    """
    return text.translate(RADICALS)


def _traditional_table() -> dict[int, str]:
    text = resources.files("index").joinpath("data/traditional.txt").read_text(encoding="utf-8")
    pairs = "".join(line for line in text.splitlines() if not line.startswith("#"))
    return {ord(pairs[i]): pairs[i + 1] for i in range(0, len(pairs), 2)}


TRADITIONAL: dict[int, str] = _traditional_table()
"""Code of a traditional character -> the simplified one it is matched as; no simplified text has
any of them, but for rare names."""


class _Fold(dict[int, str]):
    """Character -> its folded form, filled on demand; one character always gives one."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = RADICALS.get(code) or unicodedata.normalize("NFKC", character)
        folded = folded.lower().translate(TRADITIONAL)
        self[code] = folded if len(folded) == 1 else character
        return self[code]


_FOLD = _Fold()


def normalise(text: str) -> str:
    """Fold widths, compatibility forms, radicals, case and traditional characters, for matching.

    Never for display: 發 and 髮 both give 发.

    Character by character and length preserving, so that offsets into the result are offsets into
    `text`. Characters whose NFKC form is longer (⑩, ㎡) stay as they are.

    >>> normalise("ＡＰＰ使用率達９５％（⺠主测评）")
    'app使用率达95%(民主测评)'
    """
    return text.translate(_FOLD)


@cache
def _written_as() -> dict[str, str]:
    """Folded character -> every character that folds to it, itself first.

    Characters beyond U+FFFF are left out but for the traditional ones: NFKC makes letters of
    styled mathematics of them, which no office writes.
    """
    ways: dict[str, list[str]] = {}
    for code in (*range(0x20, 0xD800), *range(0xE000, 0x10000), *TRADITIONAL):
        character = chr(code)
        folded = normalise(character)
        if folded != character:
            ways.setdefault(folded, [folded]).append(character)
    return {folded: "".join(dict.fromkeys(characters)) for folded, characters in ways.items()}


def spellings(text: str) -> tuple[str, ...]:
    """For each character of `text`, all characters that match it, whatever their width, case and
    set: what exact wording must be looked for in texts that are kept as they were written.

    >>> spellings("黨課")[0], "Ａ" in spellings("a")[0]
    ('党黨', True)
    """
    written_as = _written_as()
    return tuple(written_as.get(character, character) for character in normalise(text))


_SENTENCE = re.compile(
    r"""
    (?P<held>                                   # short quotations and brackets are not cut inside
        “[^“”\n]{0,100}”  | （[^（）\n]{0,100}） | 《[^《》\n]{0,100}》 | \([^()\n]{0,100}\)
      | 「[^「」\n]{0,100}」 | 『[^『』\n]{0,100}』 | 【[^【】\n]{0,100}】 | ‘[^‘’\n]{0,100}’
    )
  | (?P<end>[。！？；!?;…]+[”’」』）)】》]*)
  | (?P<line>\s*\n\s*)
    """,
    re.VERBOSE,
)
_ENDS_INSIDE = re.compile(r"[。！？!?…][”’」』]$")
# After a quotation that ends with a full stop the sentence may still go on: “……好。”的口号
_QUOTATION_GOES_ON = "，、；：。！？,;:的等之和与及为是精神了地得者中上下"
_GOES_ON = "，、；：。,;:"


def sentences(text: str) -> list[Span]:
    """Cut at 。！？；… and line breaks, closing quotes and brackets attached; cover everything.

    Quotations and brackets of up to 100 characters are not cut inside; longer or unclosed ones
    are. White space between sentences belongs to the one before.

    >>> text = "守正创新。他说：“好！我同意。”大家鼓掌；“学思想；强党性”入脑入心！"
    >>> [text[start:end] for start, end in sentences(text)]
    ['守正创新。', '他说：“好！我同意。”', '大家鼓掌；', '“学思想；强党性”入脑入心！']
    """
    spans: list[Span] = []
    start = 0
    length = len(text)
    for match in _SENTENCE.finditer(text):
        end = match.end()
        if match.lastgroup == "held" and not _ENDS_INSIDE.search(match.group()):
            continue
        goes_on = _QUOTATION_GOES_ON if match.lastgroup == "held" else _GOES_ON
        if match.lastgroup != "line" and end < length and text[end] in goes_on:
            continue
        while end < length and text[end].isspace():
            end += 1
        if end > start:
            spans.append((start, end))
            start = end
    if start < length:
        if spans and not text[start:].strip():
            spans[-1] = (spans[-1][0], length)
        else:
            spans.append((start, length))
    return spans


def default_terms() -> tuple[str, ...]:
    """The genre's own terms that ship with the package (index/data/terms.txt)."""
    text = resources.files("index").joinpath("data/terms.txt").read_text(encoding="utf-8")
    return _terms(text)


def read_terms(path: Path) -> tuple[str, ...]:
    """Read a term list: UTF-8 or GB18030, one term a line, # begins a remark.

    Anything after the first white space is ignored, so a jieba user dictionary (word, frequency,
    tag) can be used as it is. The order stays, repeated terms are dropped.
    Raises SettingsError if the file is no text.
    """
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _terms(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise SettingsError(f"词表 {path} 不是文本文件，请另存为 UTF-8 编码的文本，每行一个词。")


def _terms(text: str) -> tuple[str, ...]:
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return tuple(dict.fromkeys(fields[0] for fields in lines if fields))


_lock = threading.Lock()


def _import_jieba() -> ModuleType:
    """Import jieba 0.42 without its noise.

    It compiles with SyntaxWarning (invalid escapes), warns about pkg_resources where setuptools
    still has it, leaves its model files for the collector to close, and logs to stderr.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=SyntaxWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", category=UserWarning, message="pkg_resources")
        warnings.filterwarnings("ignore", category=ResourceWarning)
        jieba = importlib.import_module("jieba")
    logging.getLogger("jieba").setLevel(logging.WARNING)
    return jieba


def _word_counts(jieba: Any, version: str, cache_folder: Path | None) -> tuple[dict[str, int], int]:
    """jieba's dictionary as it wants it (words and all their beginnings -> count), and the total.

    jieba's own cache goes through marshal, which must never read what someone else wrote, and is
    no faster than building anew (0.5 s). Ours is text and numbers under a checksum (0.2 s).
    """
    file = cache_folder / f"jieba-{version}.words" if cache_folder is not None else None
    if file is not None:
        counts = _read_word_cache(file)
        if counts is not None:
            return counts, sum(counts.values())
    with jieba.get_dict_file() as dictionary:
        fields = dictionary.read().decode("utf-8").split()
    words = fields[0::3]
    counts = dict(zip(words, map(int, fields[1::3]), strict=True))
    total = sum(counts.values())
    for word in words:
        for end in range(len(word) - 1, 0, -1):
            beginning = word[:end]
            if beginning in counts:  # its own beginnings are or will be there
                break
            counts[beginning] = 0
    if file is not None:
        _write_word_cache(file, counts)
    return counts, total


def _read_word_cache(file: Path) -> dict[str, int] | None:
    try:
        raw = file.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(raw[32:]).digest() != raw[:32]:
        return None
    size = int.from_bytes(raw[32:40], "little")
    counts = array("i", raw[40 : 40 + size])
    return dict(zip(raw[40 + size :].decode("utf-8").split("\n"), counts, strict=True))


def _write_word_cache(file: Path, counts: dict[str, int]) -> None:
    """Write it whole or not at all; a folder that cannot be written only costs time."""
    numbers = array("i", counts.values()).tobytes()
    body = len(numbers).to_bytes(8, "little") + numbers + "\n".join(counts).encode("utf-8")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(hashlib.sha256(body).digest() + body)
        Path(name).replace(file)
    except OSError as error:
        _log.info("the word cache %s cannot be written: %s", file, error)


_NAMES = ("nr", "ns", "nt", "nz")
"""What jieba calls names: of persons, places, organisations, and others (nrt, nrfg: persons)."""
_SELDOM = 10
"""Below this count jieba's dictionary holds scraps of names (木子 7, 茶坪 3) among its nouns."""


@cache
def ordinary_words() -> frozenset[str]:
    """Words of two characters or more that are no names: what a name is told from.

    Of jieba's dictionary, those that its texts use at least ten times. Takes about 0.4 s once.

    >>> words = ordinary_words()
    >>> "落实" in words, "农村" in words, "石桥" in words
    (True, True, False)
    """
    with _lock:
        jieba = _import_jieba()
    with jieba.get_dict_file() as dictionary:
        fields = dictionary.read().decode("utf-8").split()
    entries = zip(fields[0::3], fields[1::3], fields[2::3], strict=True)
    return frozenset(
        word
        for word, count, tag in entries
        if len(word) > 1 and int(count) >= _SELDOM and not tag.startswith(_NAMES)
    )


class Tokenizer:
    """Words of a text as the keyword index knows them; the same for library and query.

    jieba's search mode over folded text: the words, and inside a long word the shorter words of
    the dictionary (党风廉政建设 also gives 党风, 廉政, 建设, 廉政建设). Lower case, numbers kept,
    punctuation dropped. The dictionary is loaded on first use (about 0.3 s); safe to share between
    threads.
    """

    def __init__(self, terms: Iterable[str] = (), cache_folder: Path | None = None) -> None:
        """`terms` are added to jieba's dictionary; `cache_folder` keeps it ready to load.

        The folder is made with rights for this user only. Without it loading takes twice as long.
        """
        folded = {normalise(term.strip()) for term in terms}
        # sorted: a term's weight depends on those added before it
        self._terms = tuple(sorted(term for term in folded if len(term) > 1))
        self._cache_folder = cache_folder
        self._jieba: Any = None
        self._load_lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """16 hex digits; another value means that the same text gives other tokens."""
        key = "\n".join((f"tokens {TOKENS_VERSION}", *self._terms))
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    def tokens(self, text: str) -> list[str]:
        """The tokens of `text`, in order, repetitions included."""
        return [token for token, _, _ in self._cut(text)]

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        """(token, start, end) with character offsets into `text` as given; parts overlap words."""
        return list(self._cut(text))

    def _cut(self, text: str) -> Iterator[tuple[str, int, int]]:
        jieba = self._jieba or self._load()
        frequency = jieba.FREQ
        start = 0
        for word in jieba.cut(normalise(text)):
            size = len(word)
            end = start + size
            if size > 2 and not word.isascii():
                for length in range(2, size):
                    for i in range(size - length + 1):
                        part = word[i : i + length]
                        if frequency.get(part):
                            yield part, start + i, start + i + length
            # jieba hands out punctuation and spaces one by one
            if word.isalnum() or (size > 1 and any(c.isalnum() for c in word)):
                yield word, start, end
            start = end

    def _load(self) -> Any:
        with self._load_lock:
            if self._jieba is not None:
                return self._jieba
            with _lock:
                module = _import_jieba()
            jieba = module.Tokenizer()
            jieba.FREQ, jieba.total = _word_counts(jieba, module.__version__, self._cache_folder)
            jieba.initialized = True
            for term in self._terms:
                jieba.add_word(term)
            self._jieba = jieba
            return jieba
