"""A plain script: sentence-transformers makes the vectors, faiss compares them all.

As in the guide of sentence-transformers (Semantic Search): `encode_document` and `encode_query`,
which put the prompts of the model's folder before the texts (`passage: `, `query: `), unit vectors
and dot products.
"""

from __future__ import annotations

import faiss
from sentence_transformers import SentenceTransformer

from peers.given import Found, Given, Search


def build(given: Given) -> None:
    model = SentenceTransformer(str(given.model), device="cpu")
    vectors = model.encode_document(given.texts(), normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(given.folder / "index.faiss"))


def opened(given: Given) -> Search:
    model = SentenceTransformer(str(given.model), device="cpu")
    index = faiss.read_index(str(given.folder / "index.faiss"))

    def search(query: str, count: int) -> Found:
        vector = model.encode_query([query], normalize_embeddings=True)
        scores, numbers = index.search(vector, min(count, index.ntotal))
        return [
            (int(number), float(score)) for number, score in zip(numbers[0], scores[0], strict=True)
        ]

    return search
