"""LanceDB: its hybrid search, with jieba for the words and reciprocal rank fusion, its default.

Its guide to tokenizers says for Chinese: `base_tokenizer="jieba/default"`, with a dictionary in
LANCE_LANGUAGE_MODEL_HOME, which it would download; jieba's own package has the same file. Stems,
stop words and folding are for English and switched off. Vectors come from sentence-transformers,
with the prompts of the model's folder. Below 100,000 rows its guide needs no index of vectors: all
are compared.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

_DICTIONARIES = Path(sys.prefix) / "language_models"
os.environ["LANCE_LANGUAGE_MODEL_HOME"] = str(_DICTIONARIES)  # read when lancedb is imported

import lancedb  # noqa: E402
from lancedb.index import FTS  # noqa: E402
from lancedb.rerankers import RRFReranker  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402

from peers.given import Found, Given, Search  # noqa: E402


def build(given: Given) -> None:
    _dictionary()
    texts = given.texts()
    model = SentenceTransformer(str(given.model), device="cpu")
    vectors = model.encode_document(texts, normalize_embeddings=True)
    rows = [
        {"number": number, "text": text, "vector": vector}
        for number, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    table = lancedb.connect(given.folder).create_table("texts", rows)
    words = FTS(
        base_tokenizer="jieba/default", stem=False, remove_stop_words=False, ascii_folding=False
    )
    table.create_index("text", config=words)


def opened(given: Given) -> Search:
    _dictionary()
    model = SentenceTransformer(str(given.model), device="cpu")
    table = lancedb.connect(given.folder).open_table("texts")
    fusion = RRFReranker()

    def search(query: str, count: int) -> Found:
        vector = model.encode_query(query, normalize_embeddings=True)
        found = (
            table.search(query_type="hybrid")
            .vector(vector)
            .text(query)
            .distance_type("cosine")
            .rerank(fusion)
            .limit(count)
            .select(["number"])
            .to_list()
        )
        return [(row["number"], float(row["_relevance_score"])) for row in found]

    return search


def _dictionary() -> None:
    package = find_spec("jieba")
    assert package is not None
    assert package.origin is not None
    folder = _DICTIONARIES / "jieba" / "default"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dict.txt").exists():
        shutil.copyfile(Path(package.origin).parent / "dict.txt", folder / "dict.txt")
