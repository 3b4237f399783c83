"""How good is the search? nDCG@10 and recall, with 95 % bootstrap intervals, on labelled sets.

    python scripts/evaluate.py                      the sample in corpus/
    python scripts/evaluate.py --shared ../shared   and the sets in that folder (topics, law)

Measures come from ir-measures (https://ir-measur.es), intervals from scipy.stats.bootstrap over
queries (percentile method, fixed seed). The libraries it builds are kept in --work, so a second run
only searches.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # runs from a plain checkout as well

import ir_measures  # noqa: E402
import numpy as np  # noqa: E402
from ir_measures import R, nDCG  # noqa: E402
from scipy.stats import bootstrap  # noqa: E402

from index.datatypes import Progress, SearchMode  # noqa: E402
from index.library import Library  # noqa: E402
from index.retrieval import search  # noqa: E402

MODES: tuple[SearchMode, ...] = ("semantic", "keyword", "hybrid")
DEPTH = 100
MEASURES = (nDCG @ 10, R @ 10, R @ 100)


@dataclass(frozen=True)
class Task:
    """One labelled set: queries, and which documents answer them how well."""

    name: str
    library: Path
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]
    condensed: bool = False
    """Leave unjudged documents out of the ranking: for sets whose judgements are pooled."""


def condense(run: dict[str, dict[str, float]], qrels: dict[str, dict[str, int]]) -> None:
    """Drop unjudged documents, the others keep their order (Sakai 2007)."""
    for query, ranking in run.items():
        judged = qrels.get(query, {})
        run[query] = {id_: score for id_, score in ranking.items() if id_ in judged}


def run_task(library: Library, task: Task, mode: SearchMode) -> dict[str, dict[str, float]]:
    """Query id -> external id -> score, the ranking of DEPTH results."""
    run: dict[str, dict[str, float]] = {}
    for query, text in task.queries.items():
        ranking: dict[str, float] = {}
        for rank, hit in enumerate(search(library, text, DEPTH, mode, families=False)):
            ranking.setdefault(key(hit.source.external_id, hit.source.path, hit.text), -float(rank))
        run[query] = ranking
    return run


def key(external_id: str | None, path: str, text: str) -> str:
    """What judgements name: the .jsonl id, or file and beginning of the paragraph."""
    return external_id or f"{Path(path).name}#{text[:24]}"


def evaluate(task: Task, library: Library, modes: Sequence[SearchMode]) -> list[dict[str, object]]:
    """A row a mode and measure: mean and 95 % interval over the queries."""
    rows: list[dict[str, object]] = []
    for mode in modes:
        start = time.perf_counter()
        run = run_task(library, task, mode)
        seconds = time.perf_counter() - start
        sets = [("all", run)]
        if task.condensed:
            short = {query: dict(ranking) for query, ranking in run.items()}
            condense(short, task.qrels)
            sets.insert(0, ("judged only", short))
        for label, ranking in sets:
            per_query: dict[object, list[float]] = {measure: [] for measure in MEASURES}
            for metric in ir_measures.iter_calc(MEASURES, task.qrels, ranking):
                per_query[metric.measure].append(metric.value)
            for measure, values in per_query.items():
                low, high = interval(np.array(values))
                rows.append(
                    {
                        "set": task.name,
                        "documents": label,
                        "mode": mode,
                        "measure": str(measure),
                        "mean": float(np.mean(values)),
                        "low": low,
                        "high": high,
                        "queries": len(values),
                        "ms_per_query": 1000 * seconds / max(1, len(task.queries)),
                    }
                )
    return rows


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean."""
    if len(values) < 2 or np.ptp(values) == 0:
        return float(values.mean()), float(values.mean())
    result = bootstrap(
        (values,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(7)
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def read_jsonl(path: Path) -> Iterator[dict[str, object]]:
    compressed = path.suffix == ".gz"
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if compressed
        else path.open("r", encoding="utf-8") as file
    ):
        for line in file:
            yield json.loads(line)


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["grade"])
    return qrels


def build(folder: Path, source: Path, work: Path) -> Path:
    """Make (or bring up to date) the library of a BEIR-like corpus.jsonl.gz; its folder."""
    texts = work / f"{folder.name}.jsonl"
    if not texts.is_file() or texts.stat().st_mtime < source.stat().st_mtime:
        with texts.open("w", encoding="utf-8") as file:
            for row in read_jsonl(source):
                document = {"id": row["_id"], "paragraphs": [row["text"]]}
                for name, theirs in (("title", "title"), ("year", "year"), ("unit", "org")):
                    if row.get(theirs):
                        document[name] = row[theirs]
                file.write(json.dumps(document, ensure_ascii=False) + "\n")
    sync(folder, texts)
    return folder


def sync(folder: Path, source: Path) -> None:
    try:
        library = Library.open(folder)
    except LibraryNotFound:
        library = Library.create(folder)
    with library:
        result = library.sync([source], progress=say)
        for failure in result.failed:
            print(f"{failure.path}: {failure.reason}", file=sys.stderr)


_last = 0.0


def say(report: Progress) -> None:
    global _last
    if time.monotonic() - _last > 10:
        _last = time.monotonic()
        rate = f" {report.rate:.0f}/s" if report.rate else ""
        print(f"  {report.stage} {report.done}/{report.total}{rate}", file=sys.stderr, flush=True)


def shared_task(name: str, shared: Path, work: Path) -> Task:
    folder = shared / "eval" / name
    judgements = folder / ("judgements.tsv" if name == "topics" else "qrels.tsv")
    return Task(
        name=name,
        library=build(work / name, folder / "corpus.jsonl.gz", work),
        queries={str(q["_id"]): str(q["text"]) for q in read_jsonl(folder / "queries.jsonl")},
        qrels=read_qrels(judgements),
        condensed=name == "topics",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--shared", type=Path, help="folder with eval/topics and eval/law")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "evaluation")
    parser.add_argument("--sets", default="sample,topics,law", help="which sets, with commas")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--json", type=Path, help="write the rows here as well")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    wanted = options.sets.split(",")
    modes = [mode for mode in MODES if mode in options.modes.split(",")]
    tasks: list[Task] = []
    if options.shared:
        tasks += [
            shared_task(name, options.shared, options.work)
            for name in ("topics", "law")
            if name in wanted
        ]
    rows: list[dict[str, object]] = []
    for task in tasks:
        with Library.open(task.library) as library:
            found = evaluate(task, library, modes)
        show(found)
        rows += found
    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def show(rows: Sequence[dict[str, object]]) -> None:
    for row in rows:
        print(
            f"{row['set']:<8} {row['documents']:<12} {row['mode']:<9} {row['measure']:<8} "
            f"{row['mean']:.3f}  [{row['low']:.3f}, {row['high']:.3f}]  "
            f"{row['queries']} queries, {row['ms_per_query']:.0f} ms each",
            flush=True,
        )


if __name__ == "__main__":
    main()
