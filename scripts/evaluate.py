"""How good are search and review, on labelled sets?

    python scripts/evaluate.py                      the sample in corpus/: search and re-use
    python scripts/evaluate.py --shared ../shared   and the sets of that folder: search (topics,
                                                    law, refinding, variety), re-use (pairs, words,
                                                    seeds, planted), left-over names (leftovers)

Of a search: nDCG@10 and recall, with 95 % bootstrap intervals; of re-finding the share found
(evaluation_refinding.py), of variety how many places the first results come from
(evaluation_variety.py). Of a review: what of the re-use it finds, and what it finds that is none
(evaluation_reuse.py says how that is counted, evaluation_planted.py what is planted into real
reports); which left-over names and years it tells (evaluation_leftovers.py).

With --publish the tables of docs/quality.md are filled with what was found.

At the end it says whether the figures that the project requires are met; exit code 1 where one is
not.

Measures come from ir-measures (https://ir-measur.es), intervals from scipy.stats.bootstrap over
queries (percentile method, fixed seed). The libraries it builds are kept in --work, so a second run
only searches; several checkouts may share that folder (evaluation_libraries.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]  # runs from a plain checkout as well

import ir_measures  # noqa: E402
import numpy as np  # noqa: E402
from benchmarks.published import fill  # noqa: E402
from evaluation_leftovers import (  # noqa: E402
    leftover_line,
    leftover_rows,
    leftover_table,
    unmet_leftovers,
)
from evaluation_libraries import kept  # noqa: E402
from evaluation_planted import (  # noqa: E402
    Plantings,
    planted_line,
    planted_table,
)
from evaluation_planting import planted_set  # noqa: E402
from evaluation_refinding import FIRST, draw, refound, unmet_refinding  # noqa: E402
from evaluation_reuse import (  # noqa: E402
    Reviewed,
    against_itself,
    in_other_words,
    labels_of,
    line,
    planted_reuse,
    real_pairs,
    unmet_reuse,
)
from evaluation_seeds import seeds, seeds_line, unmet_seeds  # noqa: E402
from evaluation_sets import (  # noqa: E402
    LabelledSet,
    Sample,
    planted,
    read_jsonl,
    reuse_set,
    sample,
    sentence_pairs,
    shared_set,
)
from evaluation_tables import itself_table, reuse_tables, search_tables  # noqa: E402
from evaluation_topics import (  # noqa: E402
    assignment,
    by_topic,
    judged,
    show_topics,
    unmet_topics,
)
from evaluation_variety import (  # noqa: E402
    unmet_variety,
    variety,
    variety_line,
    variety_table,
)
from ir_measures import R, nDCG  # noqa: E402
from scipy.stats import bootstrap  # noqa: E402

from index.datatypes import SearchMode  # noqa: E402
from index.library import Library  # noqa: E402
from index.retrieval import search  # noqa: E402

MODES: tuple[SearchMode, ...] = ("semantic", "keyword", "hybrid")
SEARCHED = ("sample", "topics", "law", "refinding")
SETS = (*SEARCHED, "variety", "reuse", "pairs", "words", "seeds", "planted", "leftovers")
QUALITY = ROOT / "docs" / "quality.md"
DEPTH = 100
MEASURES = (nDCG @ 10, R @ 10, R @ 100)
REQUIRED = (
    ("law", "all", 0.53, 0.0),
    ("topics", "judged", 0.92, 0.03),
    ("topics", "all", 0.58, 1.0),
)
"""Set, paragraphs it is measured on, nDCG@10 of hybrid, and how far it may stay below one way."""

Run = dict[str, dict[str, float]]
Row = dict[str, object]


def rank(library: Library, labelled: LabelledSet, mode: SearchMode) -> Run:
    """Query id -> key -> score, the first DEPTH results; the score is minus the rank."""
    run: Run = {}
    for query, text in labelled.queries.items():
        ranking: dict[str, float] = {}
        for position, hit in enumerate(search(library, text, DEPTH, mode, families=False)):
            key = labelled.key(hit)
            if key is not None:
                ranking.setdefault(key, -float(position))
        run[query] = ranking
    return run


def judged_only(run: Run, qrels: dict[str, dict[str, int]]) -> Run:
    """The condensed ranking: without what nobody judged, the rest in its order."""
    return {
        query: {key: score for key, score in ranking.items() if key in qrels.get(query, {})}
        for query, ranking in run.items()
    }


def measure(labelled: LabelledSet, library: Library, modes: Sequence[SearchMode]) -> list[Row]:
    """A row a mode and measure: mean and 95 % interval over the queries."""
    rows: list[Row] = []
    for mode in modes:
        start = time.perf_counter()
        run = rank(library, labelled, mode)
        took = 1000 * (time.perf_counter() - start) / max(1, len(labelled.queries))
        rankings = {"all": run}
        if labelled.condensed:
            rankings = {"judged": judged_only(run, labelled.qrels), "all": run}
        for over, ranking in rankings.items():
            values = per_query(labelled.qrels, ranking)
            rows += [
                {
                    "set": labelled.name,
                    "over": over,
                    "mode": mode,
                    "measure": name,
                    "mean": float(np.mean(numbers)),
                    "interval": interval(np.array(numbers)),
                    "queries": len(numbers),
                    "ms_per_query": took,
                }
                for name, numbers in values.items()
            ]
    return rows


def per_query(qrels: dict[str, dict[str, int]], run: Run) -> dict[str, list[float]]:
    """Measure -> a value for each judged query; a query that found nothing has 0."""
    values = {str(m): dict.fromkeys(qrels, 0.0) for m in MEASURES}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        values[str(metric.measure)][metric.query_id] = metric.value
    return {name: list(numbers.values()) for name, numbers in values.items()}


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the mean."""
    if len(values) < 2 or np.ptp(values) == 0:
        return float(values.mean()), float(values.mean())
    found = bootstrap(
        (values,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(7)
    ).confidence_interval
    return float(found.low), float(found.high)


def off_topic_scores(planted: Sample, library: Library) -> tuple[list[float], list[float]]:
    """Best score of each query that nothing answers, and of each that something does."""
    answered = list(planted.searches.queries.values()) + list(planted.topics.queries)

    def best(text: str) -> float:
        return max((hit.score for hit in search(library, text, 1)), default=0.0)

    return [best(text) for text in planted.off_topic], [best(text) for text in answered]


def show(rows: Sequence[Row]) -> None:
    for row in rows:
        low, high = row["interval"]  # type: ignore[misc]
        print(
            f"{row['set']:<17}{row['over']:<7} {row['mode']:<9} {row['measure']:<8}"
            f"{row['mean']:.3f}  [{low:.3f}, {high:.3f}]  "
            f"{row['queries']} queries, {row['ms_per_query']:.0f} ms each",
            flush=True,
        )


def unmet(rows: Sequence[Row]) -> list[str]:
    """What is required of nDCG@10 and missed, a sentence each; sets and modes not run are left out.

    On law hybrid reaches 0.53 and beats both single ways; on the judged paragraphs of the topics it
    reaches 0.92 and is at most 0.03 below the better single way, on all of them it reaches 0.58.
    """
    means = {
        (row["set"], row["over"], row["mode"]): float(row["mean"])  # type: ignore[arg-type]
        for row in rows
        if row.get("measure") == "nDCG@10"  # rows of topic assignment have none
    }
    missed = []
    for name, over, least, below in REQUIRED:
        hybrid = means.get((name, over, "hybrid"))
        if hybrid is None:
            continue
        if hybrid < least:
            missed.append(f"{name}, {over}: hybrid {hybrid:.3f}, required {least:.2f}")
        for mode in ("semantic", "keyword"):
            single = means.get((name, over, mode))
            if single is not None and hybrid < single - below:
                missed.append(f"{name}, {over}: hybrid {hybrid:.3f}, {mode} alone {single:.3f}")
    return missed


def show_sample(planted: Sample, library: Library) -> list[Row]:
    rows = assignment("sample", by_topic(planted.labels), library)
    show_topics(rows)
    off, on = off_topic_scores(planted, library)
    print(
        f"best score, 0 to 100: {len(off)} queries that nothing answers, median "
        f"{np.median(off):.0f}, highest {max(off):.0f}; {len(on)} that something answers, median "
        f"{np.median(on):.0f}, lowest {min(on):.0f}"
    )
    best: Row = {
        "set": "sample",
        "best_scores": {
            "nothing": {"queries": len(off), "median": np.median(off), "highest": max(off)},
            "something": {"queries": len(on), "median": np.median(on), "lowest": min(on)},
        },
    }
    return [*rows, best]


def refinding(library: Library, modes: Sequence[SearchMode]) -> list[Row]:
    """A row a mode: the share of changed paragraphs that find their original in the first FIRST."""
    rows: list[Row] = []
    drawn = draw(library)
    for mode in modes:
        values, took = refound(library, drawn, mode)
        rows.append(
            {
                "set": "refinding",
                "over": "all",
                "mode": mode,
                "measure": f"found@{FIRST}",
                "mean": float(np.mean(values)),
                "interval": interval(np.array(values)),
                "queries": len(values),
                "ms_per_query": took,
            }
        )
    return rows


def reuse(wanted: Sequence[str], shared: Path | None, work: Path) -> list[Row]:
    """Rows of the sets of re-use among `wanted`, printed as they come."""
    rows: list[Row] = []

    def told(found: list[Row], reviewed: Reviewed) -> None:
        print()
        for row in found:
            print((seeds_line if row["set"] == "seeds" else line)(row), flush=True)
        seconds = reviewed.seconds
        print(f"{len(seconds)} drafts, {np.median(seconds):.2f} s each, slowest {max(seconds):.2f}")
        rows.extend(found)

    if "reuse" in wanted:
        made = kept(work, "sample", ROOT / "corpus" / "documents")
        with Library.open(made.library) as library:
            reviewed = Reviewed(library)
            told(
                planted_reuse(planted(ROOT / "corpus", library, made.documents), reviewed), reviewed
            )
    if shared and "pairs" in wanted:
        folder, pairs, negatives = reuse_set(shared, work)
        with Library.open(folder) as library:
            reviewed = Reviewed(library)
            told(real_pairs(pairs, negatives, reviewed), reviewed)
            found = against_itself(*labels_of((*pairs, *negatives), library), library)
        print("\n" + "\n".join(map(line, found)))
        rows.extend(found)
    if shared and "words" in wanted:
        folder, sentences = sentence_pairs(shared, work)
        with Library.open(folder) as library:
            found = in_other_words(sentences, library)
        print("\n" + "\n".join(map(line, found)))
        rows.extend(found)
    if shared and "seeds" in wanted:
        with Library.open(kept(work, "seeds", shared / "seeds").library) as library:
            reviewed = Reviewed(library)
            told(seeds(reviewed), reviewed)
    if shared and "planted" in wanted:
        documents, drafts = planted_set(shared, work)
        with Library.open(kept(work, "planted", documents).library) as library:
            found = list(Plantings(library, drafts).rows())
        print("\n" + "\n".join(map(planted_line, found)))
        rows.extend(found)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--shared", type=Path, help="folder with eval/ and seeds/")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "evaluation")
    parser.add_argument("--sets", default=",".join(SETS), help="which sets, with commas")
    parser.add_argument("--modes", default=",".join(MODES), help="which modes, with commas")
    parser.add_argument("--json", type=Path, help="write all rows to this file as well")
    parser.add_argument(
        "--publish", action="store_true", help="fill the tables of docs/quality.md from this run"
    )
    options = parser.parse_args()
    wanted = options.sets.split(",")
    if unknown := set(wanted) - set(SETS):
        parser.error(f"no set is named {sorted(unknown)[0]}; there are {', '.join(SETS)}")
    if unknown := set(options.modes.split(",")) - set(MODES):
        parser.error(f"no mode is named {sorted(unknown)[0]}; there are {', '.join(MODES)}")
    if options.shared is None and not {"sample", "reuse"} & set(wanted):
        parser.error("the other sets lie in the folder that --shared names")
    modes = [mode for mode in MODES if mode in options.modes.split(",")]
    options.work.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []
    if "sample" in wanted:
        searched = sample(ROOT / "corpus", options.work)
        with Library.open(searched.topics.library) as library:
            for labelled in (searched.topics, searched.searches):
                found = measure(labelled, library, modes)
                show(found)
                rows += found
            rows += show_sample(searched, library)
    for name in ("topics", "law"):
        if options.shared and name in wanted:
            labelled = shared_set(name, options.shared, options.work)
            with Library.open(labelled.library) as library:
                found = measure(labelled, library, modes)
                show(found)
                rows += found
                if name == "topics":
                    labels = judged(labelled.queries, labelled.qrels, library)
                    assigned = assignment("judged", labels, library)
                    show_topics(assigned)
                    rows += assigned
    if options.shared and "refinding" in wanted:
        made = kept(options.work, "refinding", options.shared / "library")
        with Library.open(made.library) as library:
            found = refinding(library, modes)
        show(found)
        rows += found
    varied: list[Row] = []
    if options.shared and "variety" in wanted:
        made = kept(options.work, "refinding", options.shared / "library")
        asked = read_jsonl(options.shared / "eval" / "topics" / "queries.jsonl")
        print()
        with Library.open(made.library) as library:
            for row in variety({str(one["_id"]): str(one["text"]) for one in asked}, library):
                print(variety_line(row), flush=True)
                varied.append(dict(row))
    found = reuse(wanted, options.shared, options.work)
    rows += varied + found
    replanted = [row for row in found if row["set"] == "planted"]
    reused = [row for row in found if row["set"] != "planted"]
    left: list[Row] = []
    if options.shared and "leftovers" in wanted:
        print()
        for row in leftover_rows(
            kept(options.work, "refinding", options.shared / "library").library
        ):
            print(leftover_line(row), flush=True)
            left.append(row)
    rows += left
    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    missed_in_search = unmet(rows) + unmet_refinding(rows) + unmet_topics(rows)
    missed_in_reuse = unmet_reuse(reused) + unmet_seeds(
        [row for row in reused if row["set"] == "seeds"]
    )
    missed_in_planted = unmet_reuse(replanted)
    missed_in_leftovers = unmet_leftovers(left)
    missed_in_variety = unmet_variety(varied)
    missed = (
        missed_in_search
        + missed_in_variety
        + missed_in_reuse
        + missed_in_planted
        + missed_in_leftovers
    )
    if options.publish:
        if len(rows) > len(varied) + len(found) + len(left):
            fill(QUALITY, "evaluate", search_tables(rows, missed_in_search))
        if varied:
            fill(QUALITY, "variety", variety_table(varied, missed_in_variety))
        if reused:
            fill(QUALITY, "reuse", reuse_tables(reused, missed_in_reuse))
        if compared := [row for row in found if row["set"] == "itself"]:
            fill(QUALITY, "itself", itself_table(compared))
        if replanted:
            fill(QUALITY, "planted", planted_table(replanted, missed_in_planted))
        if left:
            fill(QUALITY, "leftovers", leftover_table(left, missed_in_leftovers))
    for sentence in missed:
        print(f"NOT MET  {sentence}")
    if not missed and options.shared:
        print("all required figures are met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
