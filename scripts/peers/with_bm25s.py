"""bm25s over jieba's words: its maintainers say, for Chinese, to bring a tokenizer of one's own."""

from __future__ import annotations

import bm25s

from peers.given import Found, Given, Search
from peers.words import words


def build(given: Given) -> None:
    index = bm25s.BM25()
    index.index([words(text) for text in given.texts()], show_progress=False)
    index.save(given.folder / "index")


def opened(given: Given) -> Search:
    index = bm25s.BM25.load(given.folder / "index")
    texts = index.scores["num_docs"]

    def search(query: str, count: int) -> Found:
        cut = words(query)
        if not cut:
            return []
        numbers, scores = index.retrieve([cut], k=min(count, texts), show_progress=False)
        return [
            (int(number), float(score))
            for number, score in zip(numbers[0], scores[0], strict=True)
            if score > 0  # it fills up with texts that share no word
        ]

    return search
