"""How well topics are assigned: precision and recall a topic, on the sample and on judged topics.

Precision: of the labelled paragraphs that were assigned, those labelled 1 (touches it) or 2 (is
about it). Recall: of those labelled 2, the assigned. Paragraphs that nobody labelled for a topic
count for neither. Intervals: 95 % percentile bootstrap with a fixed seed, over the paragraphs for
one topic, over the topics for their mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.library import Library
from index.topics import Taxonomy, TopicIndex

Row = dict[str, object]
Labels = Mapping[str, Mapping[int, int]]
"""Topic -> paragraph id -> 0, 1 or 2."""

REQUIRED = 0.85
RESAMPLES = 2000
SPOKEN = {"存在的困难和不足": "存在问题"}
"""Parts of queries that mean a topic without its name."""


def by_topic(labels: Mapping[int, Mapping[str, int]]) -> Labels:
    """From paragraph id -> topic -> grade, where a topic that is not named has 0."""
    names = sorted({name for grades in labels.values() for name in grades})
    return {name: {i: grades.get(name, 0) for i, grades in labels.items()} for name in names}


def judged(
    queries: Mapping[str, str], qrels: Mapping[str, Mapping[str, int]], library: Library
) -> Labels:
    """The judgements of those queries that name a topic, by its paragraphs' ids in `library`."""
    ids = {
        entry.external_id: [p.id for p in library.paragraphs(entry.id) if not p.level]
        for entry in library.documents()
    }
    labels: dict[str, dict[int, int]] = {}
    for query, text in queries.items():
        name = topic_of(text, Taxonomy.load())
        if name is not None:
            grades = labels.setdefault(name, {})
            for key, grade in qrels.get(query, {}).items():
                grades.update(dict.fromkeys(ids.get(key, ()), grade))
    return labels


def topic_of(query: str, taxonomy: Taxonomy) -> str | None:
    """The topic that a query names, or half of whose name (民主生活会与组织生活会) it says."""
    for topic in taxonomy.topics:
        if any(part in query for part in topic.name.split("与")):
            return topic.name
    return next((name for part, name in SPOKEN.items() if part in query), None)


def assignment(name: str, labels: Labels, library: Library) -> list[Row]:
    """A row a topic with a paragraph labelled 2, and one for their mean (`topic` is "").

    A topic that nothing was assigned to has no precision (nan), and counts for none in the mean.
    """
    index = TopicIndex.of(library)
    rows: list[Row] = []
    for topic, grades in labels.items():
        about = set(index.paragraph_ids(topic).tolist())
        grade = np.array(list(grades.values()))
        assigned = np.array([id_ in about for id_ in grades])
        if (grade == 2).any():
            rows.append(
                {
                    "set": name,
                    "topic": topic,
                    "assigned": int(assigned.sum()),
                    "about": int((grade == 2).sum()),
                    "precision": _precision(grade, assigned),
                    "precision_interval": _interval(_precision, grade, assigned),
                    "recall": _recall(grade, assigned),
                    "recall_interval": _interval(_recall, grade, assigned),
                }
            )
    mean: Row = {"set": name, "topic": "", "topics": len(rows)}
    for measure in ("precision", "recall"):
        values = np.array([row[measure] for row in rows], float)
        mean[measure] = _mean(values)
        mean[f"{measure}_interval"] = _interval(_mean, values)
    return [*rows, mean]


def lines(rows: Sequence[Row]) -> list[str]:
    """What is printed of rows."""
    found = []
    for row in rows:
        figures = "  ".join(
            f"{measure} {row[measure]:.2f} [{low:.2f}, {high:.2f}]"
            for measure in ("precision", "recall")
            for low, high in [row[f"{measure}_interval"]]  # type: ignore[misc]
        )
        said = (
            f"{row['assigned']:>3} assigned {row['about']:>3} about  {row['topic']}"
            if row["topic"]
            else f"mean of {row['topics']} topics"
        )
        found.append(f"{row['set']:<7} {figures}  {said}")
    return found


def show_topics(rows: Sequence[Row]) -> None:
    print("\ntopics (precision: labelled 1 or 2; recall: labelled 2)")
    print("\n".join(lines(rows)), flush=True)


def topic_tables(rows: Sequence[Row]) -> list[list[str]]:
    """What is published of rows: a table of the means, and one of the topics."""
    means = [row for row in rows if row.get("topic") == ""]
    if not means:
        return []
    found = [
        "| topics assigned | precision | recall |",
        "| --- | --- | --- |",
        *(f"| {row['set']} ({row['topics']} topics) | {_cell(row)} |" for row in means),
    ]
    sets = [row["set"] for row in means]
    each: dict[object, dict[object, str]] = {}
    for row in rows:
        if row.get("topic"):
            of_set = each.setdefault(row["topic"], {})
            of_set[row["set"]] = f"{row['precision']:.2f} / {row['recall']:.2f} ({row['about']})"
    head = " | ".join(f"{name}: precision / recall (about it)" for name in sets)
    return [
        found,
        [
            f"| topic | {head} |",
            "| --- |" + " --- |" * len(sets),
            *(
                f"| {topic} | {' | '.join(of_set.get(name, '') for name in sets)} |"
                for topic, of_set in each.items()
            ),
        ],
    ]


def _cell(row: Row) -> str:
    return " | ".join(
        f"{row[measure]:.3f} [{low:.3f}, {high:.3f}]"
        for measure in ("precision", "recall")
        for low, high in [row[f"{measure}_interval"]]  # type: ignore[misc]
    )


def unmet_topics(rows: Sequence[Row]) -> list[str]:
    """What is required of the means and missed, a sentence each."""
    return [
        f"topics, {row['set']}: mean {measure} {row[measure]:.3f}, required {REQUIRED}"
        for row in rows
        if row.get("topic") == ""
        for measure in ("precision", "recall")
        if row[measure] < REQUIRED  # type: ignore[operator]
    ]


def _precision(grade: NDArray[np.int64], assigned: NDArray[np.bool]) -> float:
    return float((grade[assigned] > 0).mean()) if assigned.any() else float("nan")


def _recall(grade: NDArray[np.int64], assigned: NDArray[np.bool]) -> float:
    return float(assigned[grade == 2].mean()) if (grade == 2).any() else float("nan")


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _interval(statistic: Callable[..., float], *arrays: NDArray[np.generic]) -> tuple[float, float]:
    """Percentiles 2.5 and 97.5 of the statistic over resampled places of the arrays."""
    random = np.random.default_rng(7)
    size = len(arrays[0])
    values = []
    for _ in range(RESAMPLES):
        drawn = random.integers(0, size, size)
        values.append(statistic(*(array[drawn] for array in arrays)))
    found = np.array(values, float)
    if np.isnan(found).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)
