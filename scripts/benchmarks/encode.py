"""Encoding: passages a second through the product and through plain sentence-transformers.

The same model and texts, in paired rounds: both in every round, taking turns to be first, each in
a process of its own that only waits while the other works, so that a slower minute of the machine
hits both. The ratio is taken within a round; its minimum, median and maximum are over rounds.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from resident import peak_memory

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, ratios, size, spread, three
from benchmarks.processes import answer, worker

SEED = 20260101


def measure(library: Path, asked: Asked) -> Figures:
    import numpy as np

    from index.embedding import open_encoder

    texts, rounds, work = passages(library, asked.texts), asked.rounds, asked.work
    encoder = open_encoder()
    if encoder.folder is None:
        raise SystemExit(f"模型 {encoder.name} 没有 sentence-transformers 文件夹，不能比较。")
    folder, name = str(encoder.folder), encoder.name
    del encoder
    rates: dict[str, list[float]] = {"product": [], "plain": []}
    ends: dict[str, Figures] = {}
    with worker(product) as ours, worker(plain) as theirs:
        workers = {"product": ours, "plain": theirs}
        for side, ask in workers.items():
            vectors = str(work / f"{side}.npy")
            ask({"folder": folder, "texts": texts, "vectors": vectors})
        for number in range(rounds):
            tell(f"编码 {len(texts)} 条，第 {number + 1} 轮，共 {rounds} 轮…")
            sides = list(workers)
            for side in sides if number % 2 == 0 else reversed(sides):
                seconds = workers[side]({"go": True})["seconds"]
                rates[side].append(len(texts) / seconds)
        for side, ask in workers.items():
            ends[side] = ask({"end": True})
    one, other = (np.load(work / f"{side}.npy") for side in ("product", "plain"))
    cosines = np.sum(one * other, axis=1)
    return {
        "encoder": name,
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "rounds": rounds,
        "product_per_second": spread(rates["product"]),
        "plain_per_second": spread(rates["plain"]),
        "ratio": spread(ratios(rates["product"], rates["plain"])),
        # a fast encoder that says something else would be worth nothing
        "cosine_lowest": float(cosines.min()),
        "cosine_mean": float(cosines.mean()),
        "product_peak_bytes": ends["product"]["peak_bytes"],
        "plain_peak_bytes": ends["plain"]["peak_bytes"],
    }


def rows(figures: Figures) -> Iterator[Row]:
    yield Row(
        f"passages/second, product ({figures['texts']} texts)",
        three(figures["product_per_second"], 1),
    )
    yield Row(
        "passages/second, plain sentence-transformers",
        three(figures["plain_per_second"], 1),
    )
    yield Row("ratio within a round", three(figures["ratio"], 2))
    yield Row(
        "cosine of the two, lowest and mean",
        f"{figures['cosine_lowest']:.4f}, {figures['cosine_mean']:.4f}",
    )
    yield Row(
        "peak memory while encoding, product and plain",
        f"{size(figures['product_peak_bytes'])}, {size(figures['plain_peak_bytes'])}",
    )


def passages(folder: Path, count: int) -> list[str]:
    """`count` different passages of the library, drawn with a fixed seed."""
    from index.library import Library

    texts: set[str] = set()
    with Library.open(folder) as library:
        for document in library.documents():
            for paragraph in library.paragraphs(document.id):
                texts.update(paragraph.text[start:end] for start, end in paragraph.passages)
    drawn = sorted(texts)
    return random.Random(SEED).sample(drawn, min(count, len(drawn)))


def product(asked: IO[str], answers: IO[str]) -> None:
    def opened(_: str) -> Callable[[list[str]], Any]:
        from index.embedding import open_encoder

        return open_encoder().encode_passages

    _rounds(asked, answers, opened)


def plain(asked: IO[str], answers: IO[str]) -> None:
    """sentence-transformers as its documentation uses it: its own batches and threads, float32."""

    def opened(folder: str) -> Callable[[list[str]], Any]:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(folder, device="cpu", local_files_only=True)

        def run(texts: list[str]) -> Any:
            return model.encode(
                texts, prompt="passage: ", normalize_embeddings=True, show_progress_bar=False
            )

        return run

    _rounds(asked, answers, opened)


def _rounds(
    asked: IO[str], answers: IO[str], opened: Callable[[str], Callable[[list[str]], Any]]
) -> None:
    """Open, encode everything once unmeasured and keep the vectors, then once per request."""
    import numpy as np

    request = json.loads(asked.readline())
    texts = request["texts"]
    run = opened(request["folder"])
    np.save(request["vectors"], run(texts))
    answer(answers, {"ready": True})
    for line in asked:
        if json.loads(line).get("end"):
            answer(answers, {"peak_bytes": peak_memory()})
            return
        began = time.perf_counter()
        run(texts)
        answer(answers, {"seconds": time.perf_counter() - began})
