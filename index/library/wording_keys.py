"""By what a decision is found again: hashes of wording as it is compared."""

from __future__ import annotations

from hashlib import sha256

from index.alignment.folded import fold_paragraphs
from index.findings import Draft


def wording_key(*texts: str) -> bytes:
    """SHA-256 of the compared characters of texts that stand one after another, so that other
    punctuation, spaces and widths make no other wording.

    >>> wording_key("全年学习１２次。") == wording_key("全年", "学习 12 次")
    True
    """
    return sha256(fold_paragraphs(texts)[0].codes.astype("<u4").tobytes()).digest()


def draft_key(draft: Draft) -> bytes:
    """Of all its paragraphs: the same text under another file name is the same draft."""
    return wording_key(*(paragraph.text for paragraph in draft.paragraphs))
