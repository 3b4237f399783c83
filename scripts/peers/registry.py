"""Who is compared, and what is told of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PACKAGES = Path(__file__).resolve().parent / "packages"
"""A file of pinned packages an environment."""


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    """Its module is `with_NAME`."""
    title: str
    chinese: str
    """The title on Chinese pages."""
    package: str | None
    """Whose version is told; None: Python's own SQLite, or the product."""
    environment: str | None
    """Its file in PACKAGES and its folder; None: the environment that measures."""
    configured: str
    """How it was set up, as Markdown."""

    @property
    def packages(self) -> Path | None:
        return PACKAGES / f"{self.environment}.txt" if self.environment else None


PRODUCT = Peer(
    "xunzhang",
    "xunzhang",
    "寻章",
    None,
    None,
    "As installed: hybrid search. It reads the documents itself (files, headings, metadata) where "
    "the others are given its passages ready. Where quality is measured, results are not put "
    "together as families.",
)
PEERS = (
    PRODUCT,
    Peer(
        "txtai",
        "txtai (hybrid)",
        "txtai（混合）",
        "txtai",
        "txtai",
        "Its hybrid search (vectors and its own BM25, half each), the same encoder by its folder, "
        "`instructions` for the prefixes `query: ` and `passage: `. Its default tokenizer takes "
        "each Chinese character for a word; `ngrams`, here of two characters, is what its "
        "configuration has for texts without spaces. Vectors: its default (Faiss, from 5,000 texts "
        "on an IVF index that compares a part of them). Keeps no text.",
    ),
    Peer(
        "lancedb",
        "LanceDB (hybrid)",
        "LanceDB（混合）",
        "lancedb",
        "lancedb",
        "Hybrid search with reciprocal rank fusion, its default. Words by `jieba/default`, as its "
        "[guide to tokenizers](https://lancedb.github.io/lance/guide/tokenizer) says for Chinese, "
        "no stems or stop words (those are English). The same encoder through "
        "sentence-transformers, with both prefixes. No index of vectors below 100,000 rows: all "
        "are compared.",
    ),
    Peer(
        "faiss",
        "sentence-transformers + faiss",
        "sentence-transformers + faiss",
        "sentence-transformers",
        "faiss",
        "`encode_document`, `encode_query` (which put the prefixes) and `IndexFlatIP`: the same "
        "encoder, all vectors compared, as in the "
        "[guide to semantic search]"
        "(https://sbert.net/examples/sentence_transformer/applications/semantic-search/README.html)"
        ".",
    ),
    Peer(
        "bm25s",
        "bm25s (jieba)",
        "bm25s（jieba）",
        "bm25s",
        "bm25s",
        "Words of `jieba.cut_for_search`, punctuation left out; for Chinese its maintainers say to "
        "[bring a tokenizer](https://github.com/xhluca/bm25s/issues/34). Else its defaults. "
        "Keeps no text.",
    ),
    Peer(
        "fts5_words",
        "SQLite FTS5 (jieba)",
        "SQLite FTS5（jieba）",
        None,
        "fts5",
        "[FTS5](https://sqlite.org/fts5.html) has no tokenizer for Chinese: words of "
        "`jieba.cut_for_search` with spaces between them, any may match, its bm25 ranks. "
        "`content=''`: keeps no text.",
    ),
    Peer(
        "fts5_trigram",
        "SQLite FTS5 (trigram)",
        "SQLite FTS5（三字）",
        None,
        "fts5",
        "`tokenize='trigram'`, what its guide has for substrings: any three characters in a row of "
        "the query may match (a whole question stands nowhere), its bm25 ranks. Queries of one or "
        "two characters go by `LIKE`.",
    ),
)
"""The product first."""
