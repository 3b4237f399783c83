"""What eight bits cost in ranking: the product's vectors against float32's, and nothing else.

Both sides are the same passages, the same model and all inner products. float32: what the peer
`faiss` indexed, and queries by sentence-transformers on torch. Eight bits: what the product keeps
of its own encoder's work, and queries as it encodes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
from evaluate import interval

from index.embedding import open_encoder
from index.library import Library
from peers.tasks import PASSAGES, RANKED, REFOUND, Task

if TYPE_CHECKING:
    from numpy.typing import NDArray


def cost(task: Task, float_index: Path) -> list[dict[str, Any]]:
    """A row a set: the mean by either, and the difference with its 95 % bootstrap interval.

    `float_index`: the peer's IndexFlatIP of the task's passages, in their order.
    """
    queries = list(task.queries())
    texts = [text for *_, text in queries]
    by_float = _rows(task, _floats(float_index), _float_queries(texts))
    encoder = open_encoder()
    with Library.open(task.library) as library:
        kept = library.store.vectors(np.array(task.ids, dtype=np.int64))
    by_eight = _rows(task, kept, np.stack([encoder.encode_query(text) for text in texts]))
    rows: list[dict[str, Any]] = []
    for key, values in by_float.items():
        low, high = interval(by_eight[key] - values)
        rows.append(
            {
                "set": key[0],
                "over": key[1],
                "measure": key[2],
                "queries": len(values),
                "float": float(values.mean()),
                "eight": float(by_eight[key].mean()),
                "difference": float((by_eight[key] - values).mean()),
                "interval": [low, high],
            }
        )
    return rows


def _floats(index: Path) -> NDArray[np.float32]:
    flat = faiss.read_index(str(index))
    return np.asarray(flat.reconstruct_n(0, flat.ntotal))


def _float_queries(texts: Sequence[str]) -> NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer  # slow to import, and only used here

    model = SentenceTransformer(str(open_encoder().folder), device="cpu")
    return np.asarray(model.encode_query(list(texts), normalize_embeddings=True))


def _rows(
    task: Task, passages: NDArray[np.float32], queries: NDArray[np.float32]
) -> dict[tuple[str, str, str], NDArray[np.float64]]:
    """(set, over, measure) -> a value a query; passages a row a passage, queries a row a query."""
    if np.isnan(passages).any():
        raise SystemExit(f"{task.library} 里有段落还没有向量。请删去这个文件夹，重新运行。")
    rankings: dict[tuple[str, str], list[int]] = {}
    for (name, query, _), vector in zip(task.queries(), queries, strict=True):
        scores = passages @ vector
        order = np.argsort(-scores, kind="stable")[:PASSAGES]
        found = [(int(number), float(scores[number])) for number in order]
        rankings[name, query] = task.ranked(found, passages=True)
    return {
        (row["set"], row["over"], row["measure"]): np.array(row["values"], dtype=np.float64)
        for row in task.rows(rankings)
        if row["measure"] in (RANKED, REFOUND)
    }
