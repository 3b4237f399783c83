"""Measure encoding: this product against plain sentence-transformers, on the same paragraphs.

    python scripts/encoding.py [--rounds 5] [--texts 128] [--tune] [FOLDER OR FILE …]

Reads paragraphs from .txt files (corpus/ unless told otherwise), checks that the two agree, and
encodes them by turns, so that whatever else the machine does falls on both. Prints passages a
second and the processor seconds of each way, the median ratio over the rounds, and what a query,
opening and memory cost. `--tune` also compares sizes of batches.
Results are kept in docs/encoding.md.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def paragraphs(paths: list[Path], count: int) -> list[str]:
    """`count` paragraphs of 30 to 500 characters, the same ones each time."""
    files = [f for p in paths for f in (sorted(p.rglob("*.txt")) if p.is_dir() else [p])]
    lines = {
        line.strip()
        for file in files
        for line in file.read_text(encoding="utf-8", errors="ignore").splitlines()
    }
    found = sorted(line for line in lines if 30 <= len(line) <= 500)
    if not found:
        raise SystemExit(f"no paragraphs of 30 to 500 characters in {', '.join(map(str, paths))}")
    return random.Random(6).sample(found, min(count, len(found)))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and seconds of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def resident() -> str:
    status = Path("/proc/self/status")
    if not status.is_file():
        return "unknown"
    line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
    return f"{int(line.split()[1]) // 1024} MB"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "corpus"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--texts", type=int, default=128)
    parser.add_argument("--tune", action="store_true")
    options = parser.parse_args()
    texts = paragraphs(options.paths, options.texts)

    start = time.perf_counter()
    from index.embedding import on_openvino, open_encoder

    encoder = open_encoder()
    if not isinstance(encoder, on_openvino.OpenVinoEncoder):
        raise SystemExit(f"{encoder.name} does not run on OpenVINO; unset XUNZHANG_MODEL, _BACKEND")
    print(f"opened in {time.perf_counter() - start:.2f} s, {resident()}, {encoder.precision}")
    encoder.encode_query("廉政教育")
    queries = sorted(timed(lambda: encoder.encode_query("廉政教育"))[0] for _ in range(100))
    print(f"query: p50 {queries[50] * 1000:.1f} ms, p95 {queries[95] * 1000:.1f} ms")
    ours = encoder.encode_passages(texts)
    tokens = statistics.mean(encoder.count_tokens(text) for text in texts)
    print(f"{len(texts)} passages, {tokens:.0f} tokens on average; {resident()} after encoding")

    if options.tune:
        tune(encoder, texts, options.rounds)

    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(encoder.folder), device="cpu", local_files_only=True)
    theirs = np.asarray(plain.encode_document(texts))
    cosines = np.einsum("ij,ij->i", ours, theirs)
    print(f"cosine between the two: lowest {cosines.min():.5f}, mean {cosines.mean():.5f}")
    ratios = []
    for turn in range(options.rounds):
        a = timed(lambda: encoder.encode_passages(texts))
        b = timed(lambda: plain.encode_document(texts))
        ratios.append((b[0] / a[0], b[1] / a[1]))
        print(
            f"round {turn + 1}: product {len(texts) / a[0]:.1f}/s ({a[1]:.2f} s of processor), "
            f"sentence-transformers {len(texts) / b[0]:.1f}/s ({b[1]:.2f} s)"
        )
    clock, processor = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"the product is {clock:.1f} times faster by the clock, {processor:.1f} by the processor")


def tune(encoder: object, texts: list[str], rounds: int) -> None:
    """Sizes of batches by turns, in random order."""
    from index.embedding import on_openvino

    assert isinstance(encoder, on_openvino.OpenVinoEncoder)
    used = on_openvino.TOKENS, on_openvino.GRANULE
    sizes = [(tokens, 4) for tokens in (256, 512, 1024, 2048)] + [(512, 1), (512, 8), (512, 32)]
    seconds: dict[tuple[int, int], list[tuple[float, float]]] = {size: [] for size in sizes}
    for turn in range(rounds + 1):
        for size in random.sample(sizes, len(sizes)):
            on_openvino.TOKENS, on_openvino.GRANULE = size
            took = timed(lambda: encoder.encode_passages(texts))
            if turn:  # the first prepares the shapes
                seconds[size].append(took)
    on_openvino.TOKENS, on_openvino.GRANULE = used
    for (tokens, granule), took in seconds.items():
        clock, processor = (statistics.median(column) for column in zip(*took, strict=True))
        print(
            f"batches of {tokens} tokens, lengths in steps of {granule}: "
            f"{len(texts) / clock:.1f}/s, {processor:.2f} s of processor"
        )


if __name__ == "__main__":
    main()
