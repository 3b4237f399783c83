"""txtai: its hybrid search (vectors and BM25, half each) with the same encoder.

Prefixes are its `instructions`. Its own tokenizer (Unicode's word boundaries, "works well for most
languages") takes each Chinese character for a word; `ngrams` is what its configuration has for
texts without spaces.
"""

from __future__ import annotations

from txtai import Embeddings

from peers.given import Found, Given, Search


def build(given: Given) -> None:
    index = Embeddings(
        path=str(given.model),
        method="sentence-transformers",
        instructions={"query": "query: ", "data": "passage: "},
        gpu=False,
        scoring={"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"ngrams": 2}},
    )
    index.index(enumerate(given.texts()))
    index.save(str(given.folder / "index"))
    index.close()


def opened(given: Given) -> Search:
    index = Embeddings()
    index.load(str(given.folder / "index"))

    def search(query: str, count: int) -> Found:
        return [(int(number), float(score)) for number, score in index.search(query, count)]

    return search
