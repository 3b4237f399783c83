"""How much does the approximate store miss, and what does it cost? Against the exact one.

    python scripts/bench_vectors.py --library FOLDER --queries FILE.jsonl
    python scripts/bench_vectors.py --arrays vectors.npy --encoded queries.npy

The vectors of a library (or of a file: float16 (n, dimension)) are sorted into lists in a private
folder, whatever store the library itself uses at its size, and every query is asked of both stores:
of all passages, and within filters. Recall is the share of the exact store's first 10 (and first
200, which is what a search takes from it) that the other one finds. Times are of one run in which
the stores take turns, so a slower minute of the machine hits both; time of the processor, in all
threads together, is told besides what passed on the clock, because others may use the machine.

A line of the .jsonl is a JSON object with the query as "text". The filters are the library's own:
its most common year, kind and unit, one in the middle, and a rare one; with --arrays, runs of 25
passages drawn by chance, as documents of a unit or a year would lie.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # run from a checkout, installed or not
sys.path.append(str(ROOT / "scripts"))  # at the end: test.py must not hide Python's own `test`

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from index.datatypes import NO_FILTERS, Filters  # noqa: E402
from index.library import Library  # noqa: E402
from index.vectors import ExactStore, Generations, Joined, VectorStore  # noqa: E402

FIRST, POOL = 10, 200
SHARES = (0.5, 0.2, 0.05, 0.005)
"""Shares of the passages that the filters of `--arrays` allow."""
QUERIES = 300

Ids = NDArray[np.int64]
Figures = dict[str, Any]


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="近似查找与逐条比对相比，漏掉多少、快多少。")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--library", type=Path, help="资料库所在的文件夹。")
    source.add_argument("--arrays", type=Path, help="向量文件（.npy，float16）。")
    parser.add_argument("--queries", type=Path, help="查询，.jsonl，每行一个 text。")
    parser.add_argument("--encoded", type=Path, help="编好码的查询（.npy，float32）。")
    parser.add_argument("--most", type=int, default=QUERIES, help="最多用多少条查询。")
    parser.add_argument("--output", type=Path, help="把 JSON 也写到这个文件。")
    options = parser.parse_args(argv)
    if (options.library is None) == (options.queries is not None):
        parser.error("--library 要有 --queries，--arrays 要有 --encoded。")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    if options.library is not None:
        with Library.open(options.library) as library:
            figures = of_library(library, texts(options.queries)[: options.most])
    else:
        vectors = np.load(options.arrays, mmap_mode="r")
        queries = np.load(options.encoded).astype(np.float32)[: options.most]
        ids = np.arange(1, len(vectors) + 1, dtype=np.int64)
        figures = measure(ids, vectors, queries, drawn(ids))
    if options.output:
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        options.output.write_text(text + "\n", encoding="utf-8")
    print(table(figures))
    return 0


def texts(file: Path) -> list[str]:
    """Queries spread evenly over a file, which may hold several kinds one after another."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines if line.strip()]


def of_library(library: Library, queries: Sequence[str]) -> Figures:
    """`measure` for the vectors and filters of a library."""
    store = library.store
    encoded = np.stack([library.encoder.encode_query(text) for text in queries])
    ids = store.ids
    return measure(ids, store.vectors(ids).astype("<f2"), encoded, own_filters(library))


def own_filters(library: Library) -> dict[str, Ids]:
    """Ids that filters of a library allow, by what a person would call them."""
    status = library.status()
    filters: dict[str, Filters] = {}
    years = sorted(status.years, key=lambda year: -status.years[year])
    for year in chosen(years):
        filters[f"year {year}"] = Filters(year=(year, year))
    for kind in chosen(list(status.kinds)):
        filters[f"kind {kind}"] = Filters(kind=kind)
    for unit in chosen(list(status.units)):
        filters[f"unit {unit}"] = Filters(unit=unit)
    allowed = {}
    for name, one in filters.items():
        found = library.allowed(one) if one != NO_FILTERS else None
        if found is not None and len(found[1]) >= FIRST:
            allowed[name] = found[1]
    return allowed


def chosen(values: Sequence[Any]) -> list[Any]:
    """The first, the one in the middle and the last.

    >>> chosen("abcde"), chosen("a"), chosen("")
    (['a', 'c', 'e'], ['a'], [])
    """
    places = dict.fromkeys((0, len(values) // 2, len(values) - 1))
    return [values[place] for place in places if 0 <= place < len(values)]


def drawn(ids: Ids) -> dict[str, Ids]:
    """Runs of 25 passages drawn by chance."""
    random = np.random.default_rng(1)
    runs = np.arange(len(ids)) // 25
    return {
        f"{share:.1%} of the documents": ids[(random.random(runs[-1] + 1) < share)[runs]]
        for share in SHARES
    }


def measure(
    ids: Ids, vectors: NDArray[np.float16], queries: NDArray[np.float32], filters: dict[str, Ids]
) -> Figures:
    """Everything that `table` shows."""
    with tempfile.TemporaryDirectory(prefix="xunzhang-vectors-") as folder:
        generations = Generations(Path(folder) / "vectors")
        begun = time.monotonic()
        generations.publish(
            Joined([(ids, vectors)]).trained(), dimension=vectors.shape[1], encoder="", stamp=""
        )
        trained = time.monotonic() - begun
        begun, before = time.monotonic(), memory()
        loaded = generations.load()
        assert loaded is not None
        (part,) = loaded.parts.values()
        near: VectorStore = part.store
        opened, held = time.monotonic() - begun, memory() - before
        exact = ExactStore(ids, vectors)
        rows = [compared("all", None, near, exact, queries)]
        rows += [compared(name, allowed, near, exact, queries) for name, allowed in filters.items()]
        return {
            "passages": len(ids),
            "queries": len(queries),
            "trained_seconds": trained,
            "opened_seconds": opened,
            "held_bytes": held,
            "bytes_a_vector": generations.bytes_on_disk() / max(1, len(ids)),
            "rows": rows,
        }


def compared(
    name: str,
    allowed: Ids | None,
    near: VectorStore,
    exact: VectorStore,
    queries: NDArray[np.float32],
) -> Figures:
    """Recall and times of one filter."""
    recalls: dict[int, list[float]] = {FIRST: [], POOL: []}
    seconds: dict[str, list[float]] = {"near": [], "exact": []}
    processor: dict[str, list[float]] = {"near": [], "exact": []}
    difference = 0.0
    for query in queries:
        answers = {}
        for which, store in (("near", near), ("exact", exact)):
            begun, worked = time.perf_counter(), time.process_time()
            answers[which] = store.search(query, POOL, allowed)
            seconds[which].append(time.perf_counter() - begun)
            processor[which].append(time.process_time() - worked)
        (got, got_scores), (true, true_scores) = answers["near"], answers["exact"]
        for k, values in recalls.items():
            wanted = true[:k]
            values.append(len(np.intersect1d(got[:k], wanted)) / max(1, len(wanted)))
        common, first, second = np.intersect1d(got, true, return_indices=True)
        if len(common):
            worst = np.abs(got_scores[first] - true_scores[second]).max()
            difference = max(difference, float(worst))
    return {
        "name": name,
        "allowed": len(exact) if allowed is None else len(allowed),
        "recall_first": statistics.mean(recalls[FIRST]),
        "recall_pool": statistics.mean(recalls[POOL]),
        "largest_score_difference": difference,
        **{f"{which}_ms": milliseconds(values) for which, values in seconds.items()},
        **{f"{which}_processor_ms": milliseconds(values) for which, values in processor.items()},
    }


def memory() -> int:
    """Bytes that this process holds and no file gives back; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return 0
    lines = status.read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))


def milliseconds(seconds: Sequence[float]) -> list[float]:
    """[p50, p95]."""
    return [float(np.percentile(seconds, share)) * 1e3 for share in (50, 95)]


def table(figures: Figures) -> str:
    """Markdown."""
    lines = [
        f"{figures['passages']:,} passages, {figures['queries']} queries;"
        f" lists made in {figures['trained_seconds']:.0f} s,"
        f" opened in {figures['opened_seconds']:.2f} s"
        f" with {figures['held_bytes'] / 1e6:.0f} MB of memory beside what is mapped,"
        f" {figures['bytes_a_vector']:.0f} bytes a vector on disk.",
        "",
        f"| within | passages | recall@{FIRST} | recall@{POOL} | lists: processor, p50 (ms) |"
        " clock, p50 and p95 | every vector: processor, p50 (ms) | clock, p50 and p95 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in figures["rows"]:
        near, exact = row["near_ms"], row["exact_ms"]
        lines.append(
            f"| {row['name']} | {row['allowed']:,} | {row['recall_first']:.3f} |"
            f" {row['recall_pool']:.3f} |"
            f" {row['near_processor_ms'][0]:.1f} | {near[0]:.1f}, {near[1]:.1f} |"
            f" {row['exact_processor_ms'][0]:.1f} | {exact[0]:.1f}, {exact[1]:.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
