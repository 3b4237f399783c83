"""What scripts/evaluate.py found, as the tables of docs/quality.md. Pure: rows in, Markdown out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluation_topics import topic_tables

Row = Mapping[str, Any]

KINDS = {
    "renamed": "renamed (other names, placeholders)",
    "numbers": "numbers only",
    "part": "a part of a paragraph",
    "paraphrase": "paraphrase (no run of 13 in common)",
}
PAIRS = {
    ("reuse", "all"): "sample: re-used, of any kind",
    ("reuse", "formula_only"): "sample: prescribed wording only",
    ("reuse", "hard_negative"): "sample: same topic and structure, each written by itself",
    ("reuse", "unrelated"): "sample: all others",
    ("pairs", "near_duplicate"): "real: near_duplicate",
    ("pairs", "substantial_reuse"): "real: substantial_reuse",
    ("pairs", "shared_passages_only"): "real: shared_passages_only",
    ("pairs", "not_duplicate"): "real: same genre, unrelated",
}


def search_tables(rows: Sequence[Row], missed: Sequence[str]) -> str:
    """nDCG and recall by set and mode, re-finding, topics, best scores, and what is not reached."""
    parts = ["\n".join(part) for part in _search(rows)]
    if missed:
        parts.append("Not reached:\n\n" + "\n".join(f"- {sentence}" for sentence in missed))
    return "\n\n".join(parts)


def _search(rows: Sequence[Row]) -> Iterator[list[str]]:
    measured = [row for row in rows if "measure" in row]
    lines = [
        "| set | measured on | mode | nDCG@10 | recall@10 | recall@100 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    of_sets = {
        (row["set"], row["over"], row["mode"]): row for row in measured if row["set"] != "refinding"
    }
    for key, one in of_sets.items():
        cells = [_mean(measured, key, name) for name in ("nDCG@10", "R@10", "R@100")]
        head = f"{one['set']} ({one['queries']})"
        lines.append(f"| {head} | {one['over']} | {one['mode']} | {' | '.join(cells)} |")
    if of_sets:
        yield lines
    refound = [row for row in measured if row["set"] == "refinding"]
    if refound:
        yield [
            "| re-finding | in the first 3 |",
            "| --- | --- |",
            *(f"| {row['mode']} ({row['queries']}) | {_interval(row)} |" for row in refound),
        ]
    yield from topic_tables(rows)
    yield [
        "Mean and 95 % bootstrap interval; the number of queries in brackets. "
        + " ".join(_sentences(rows))
    ]


def _sentences(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if "best_scores" in row:
            off, on = row["best_scores"]["nothing"], row["best_scores"]["something"]
            yield (
                f"Best score, 0 to 100: {off['queries']} queries that nothing answers, median "
                f"{off['median']:.0f}, highest {off['highest']:.0f}; {on['queries']} that something"
                f" answers, median {on['median']:.0f}, lowest {on['lowest']:.0f}."
            )


def _mean(rows: Sequence[Row], key: tuple[str, str, str], measure: str) -> str:
    for row in rows:
        if (row["set"], row["over"], row["mode"]) == key and row["measure"] == measure:
            return _interval(row)
    return "-"


def _interval(row: Row) -> str:
    """
    >>> _interval({"mean": 0.5, "interval": (0.4, 0.6123)})
    '0.500 [0.400, 0.612]'
    """
    low, high = row["interval"]
    return f"{row['mean']:.3f} [{low:.3f}, {high:.3f}]"


def reuse_tables(rows: Sequence[Row], missed: Sequence[str]) -> str:
    """Characters and pairs by kind, what was forgotten, the seeds, and what is not reached."""
    planted = [row for row in rows if (row["set"], row["level"]) == ("reuse", "characters")]
    parts = []
    if planted:
        parts.append(
            "| planted in the sample | characters | recall | precision |\n| --- | --- | --- | --- |"
        )
        parts[-1] += "".join(
            f"\n| {KINDS.get(row['kind'], row['kind'])} | {row['planted']:,} | {row['recall']:.3f} "
            f"| {row['precision']:.3f} |"
            for row in planted
        )
    pairs = [row for row in rows if (row["set"], row["kind"]) in PAIRS and row["level"] == "pairs"]
    if pairs:
        parts.append("| pairs of documents | pairs | called re-use |\n| --- | --- | --- |")
        parts[-1] += "".join(
            f"\n| {PAIRS[row['set'], row['kind']]} | {row['pairs']:,} | {row['called']} |"
            for row in pairs
        )
    if sentences := " ".join(_forgotten(rows)):
        parts.append(sentences)
    if missed:
        parts.append("Not reached:\n\n" + "\n".join(f"- {sentence}" for sentence in missed))
    return "\n\n".join(parts)


def itself_table(rows: Sequence[Row]) -> str:
    """A library against itself, by label."""
    lines = [
        "| pairs | pairs | listed at one half | share 20 characters after prescribed wording |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {PAIRS['pairs', row['kind']]} | {row['pairs']} | {row['listed']} | {row['shared']} |"
        for row in rows
    ]
    return "\n".join(lines)


def _forgotten(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if (row["set"], row["level"]) == ("reuse", "leftovers"):
            yield (
                f"Left over names, years and placeholders of the sample: {row['found']} of "
                f"{row['planted']} told, {row['shown'] - row['found']} told besides."
            )
    seeds = [row for row in rows if (row["set"], row["level"]) == ("seeds", "pairs")]
    if len(seeds) > 1:
        *others, most = sorted(seeds, key=lambda row: row["characters"])
        runs = ", ".join(str(run) for run in most["runs"])
        yield (
            f"Of the pairs of the seeds {len(others)} keep at most {others[-1]['characters']} "
            f"characters after prescribed wording; {most['kind']} keeps {most['characters']}, in "
            f"runs of {runs} characters."
        )
