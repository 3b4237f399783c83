"""Chinese words by jieba, as search engines cut them: long words and the shorter ones in them."""

from __future__ import annotations

import logging

import jieba

jieba.setLogLevel(logging.WARNING)


def words(text: str) -> list[str]:
    """Words of `text` in order, small letters, no punctuation."""
    cut = (word.strip().lower() for word in jieba.cut_for_search(text))
    return [word for word in cut if any(map(str.isalnum, word))]
