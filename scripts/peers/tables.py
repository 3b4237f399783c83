"""The figures of compare.py as tables. Pure: figures in, Markdown out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from benchmarks.figures import size
from evaluate import interval

from peers.registry import PEERS, PRODUCT, Peer

Figures = Mapping[str, Any]

RANKED = "nDCG@10"
REFOUND = "found@3"


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of each peer; `value` is None where it was not measured."""

    title: str
    chinese: str
    value: Callable[[Figures, str], float | None]
    told: Callable[[float], str]
    more_is_better: bool = False
    key: tuple[str, str, str] | None = None
    """Set, over, measure; where it is one of quality."""


def quality(key: tuple[str, str, str], title: str, chinese: str) -> Column:
    def value(figures: Figures, peer: str) -> float | None:
        row = row_of(figures, peer, key)
        return row["mean"] if row else None

    return Column(title, chinese, value, "{:.3f}".format, True, key)


def row_of(figures: Figures, peer: str, key: tuple[str, str, str]) -> Mapping[str, Any] | None:
    for row in figures["quality"]:
        if row["peer"] == peer and (row["set"], row["over"], row["measure"]) == key:
            found: Mapping[str, Any] = row
            return found
    return None


QUALITY = (
    quality(("sample topics", "all", RANKED), "sample, topics", "示例：专题"),
    quality(("sample questions", "all", RANKED), "sample, questions", "示例：问题"),
    quality(("topics", "judged", RANKED), "topics, judged paragraphs", "专题（评过的段落）"),
    quality(("topics", "all", RANKED), "topics, all paragraphs", "专题（全部段落）"),
    quality(("law", "all", RANKED), "law", "法律问题"),
    quality(("refinding", "all", REFOUND), "re-finding, in the first 3", "找回原文（前 3 条）"),
)


def _built(name: str) -> Callable[[Figures, str], float | None]:
    def value(figures: Figures, peer: str) -> float | None:
        found: float = figures["tasks"][figures["seconds"]["task"]]["built"][peer][name]
        return found

    return value


def _asked(name: str) -> Callable[[Figures, str], float | None]:
    def value(figures: Figures, peer: str) -> float | None:
        found: float = figures["seconds"]["peers"][peer][name]
        return found

    return value


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 10 else f"{value:.1f} s"


def _milliseconds(value: float) -> str:
    return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"


COST = (
    Column("build", "建立", _built("seconds"), _seconds),
    Column("processor", "处理器", _built("processor_seconds"), _seconds),
    Column("query p50", "查找 p50", _asked("p50_ms"), _milliseconds),
    Column("query p95", "查找 p95", _asked("p95_ms"), _milliseconds),
    Column("processor a query", "每次处理器", _asked("processor_ms"), _milliseconds),
    Column("memory, building", "建立时内存", _built("peak_bytes"), size),
    Column("memory, answering", "查找时内存", _asked("peak_bytes"), size),
    Column("disk", "磁盘", _built("bytes"), size),
)
SAMPLE, REAL = QUALITY[:2], QUALITY[2:]
FRONT = (COST[0], COST[2], COST[3], COST[6], COST[7])

WHY = {
    "quality": "Where the words of a question are those of the text, BM25 alone is hard to beat, "
    "and a mixture with vectors of a small encoder can lose what it had found; where they differ, "
    "it is the other way round. Intervals that hold 0 tell nothing apart.",
    "time": "BM25 alone computes no vectors, neither of the texts nor of the question: that is all "
    "the encoder's work saved, and all that it finds lost. The product does also what the peers "
    "leave to others: it reads files, outlines, metadata, and keeps fingerprints for reviews.",
    "space": "The peers keep less: some not even the text. The product keeps every document with "
    "its structure, vectors, words and fingerprints, so that it can answer filters, show "
    "surroundings, review drafts and be rebuilt from one file.",
}
_WHY_COST = {
    "build": "time",
    "processor": "time",
    "query p50": "time",
    "query p95": "time",
    "processor a query": "time",
    "memory, building": "space",
    "memory, answering": "space",
    "disk": "space",
}


def measured_peers(figures: Figures) -> list[Peer]:
    return [peer for peer in PEERS if peer.name in figures["peers"]]


def best(column: Column, figures: Figures) -> list[str]:
    """Names of the peers whose figure, as it is told, is the best."""
    values = {peer.name: column.value(figures, peer.name) for peer in measured_peers(figures)}
    known = {name: value for name, value in values.items() if value is not None}
    if not known:
        return []
    top = (max if column.more_is_better else min)(known.values())
    return [name for name, value in known.items() if column.told(value) == column.told(top)]


def table(
    columns: Sequence[Column], figures: Figures, *, chinese: bool = False, intervals: bool = False
) -> list[str]:
    """A line a peer; the best of a column stands in bold; columns without a figure are left out."""
    shown = [column for column in columns if best(column, figures)]
    heads = [column.chinese if chinese else column.title for column in shown]
    lines = [f"| | {' | '.join(heads)} |", "| --- |" + " --- |" * len(shown)]
    for peer in measured_peers(figures):
        cells = [peer.chinese if chinese else peer.title]
        for column in shown:
            value = column.value(figures, peer.name)
            told = "–" if value is None else column.told(value)
            if peer.name in best(column, figures):
                told = f"**{told}**"
            if intervals and column.key and (row := row_of(figures, peer.name, column.key)):
                told += f" [{row['interval'][0]:.3f}, {row['interval'][1]:.3f}]"
            cells.append(told)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def better(figures: Figures) -> Iterator[str]:
    """A sentence for each peer that is better than the product in something, and why."""
    reasons: list[str] = []
    for column in QUALITY:
        assert column.key
        ours = row_of(figures, PRODUCT.name, column.key)
        for peer in measured_peers(figures)[1:]:
            theirs = row_of(figures, peer.name, column.key)
            if ours and theirs and theirs["mean"] > ours["mean"]:
                differences = np.array(theirs["values"]) - np.array(ours["values"])
                low, high = interval(differences)
                yield (
                    f"- {column.title}: {peer.title} is better by {differences.mean():.3f} "
                    f"[{low:.3f}, {high:.3f}]."
                )
                reasons.append("quality")
    for column in COST:
        ours_is = column.value(figures, PRODUCT.name)
        ahead = [
            peer.title
            for peer in measured_peers(figures)[1:]
            if ours_is is not None
            and (value := column.value(figures, peer.name)) is not None
            and value < ours_is
        ]
        if ahead:
            yield f"- {column.title}: {', '.join(ahead)} {'need' if ahead[1:] else 'needs'} less."
            reasons.append(_WHY_COST[column.title])
    for reason in dict.fromkeys(reasons):
        yield f"\n{WHY[reason]}"


def where(figures: Figures) -> str:
    machine, versions = figures["machine"], figures["versions"]
    programs = ", ".join(
        f"{name} {version}"
        for name, version in versions.items()
        if version != "-" and name not in ("xunzhang", "streamlit")
    )
    return (
        f"Measured on {machine['processor']}, {machine['cores']} cores, "
        f"{size(machine['memory_bytes'])} of memory, {machine['system']}; {figures['date']}. "
        f"With {programs}; encoder {figures['encoder']}."
    )


def whole(figures: Figures) -> str:
    """All tables of docs/comparison.md."""
    counted = {(row["set"]): row["queries"] for row in figures["quality"]}
    asked = ", ".join(f"{name} {count}" for name, count in counted.items())
    parts = [
        where(figures),
        "![Bars of quality and cost, a panel a figure, a bar a tool](comparison.svg)",
        "### Quality",
        f"nDCG@10, of re-finding the share; 95 % bootstrap interval. Questions: {asked}.",
        "\n".join(table(QUALITY, figures, intervals=True)),
    ]
    if figures["seconds"]:
        task = figures["seconds"]["task"]
        count = next(iter(figures["seconds"]["peers"].values()))["count"]
        dates = {
            built["date"] for task in figures["tasks"].values() for built in task["built"].values()
        }
        kept = "" if dates == {figures["date"]} else f" Built on {', '.join(sorted(dates))}."
        parts += [
            "### Cost",
            f"Library of {task}, {figures['tasks'][task]['passages']:,} passages; "
            f"{count} different questions, ten results.{kept}",
            "\n".join(table(COST, figures)),
        ]
        if others := [name for name in figures["tasks"] if name != task]:
            parts += [
                "Building the other libraries; of the processor in brackets:",
                "\n".join(_builds(figures, others)),
            ]
    told = list(better(figures))
    parts += ["### Where a peer is better", "\n".join(told) if told else "Nowhere in this run."]
    parts += ["### How each was configured", "\n".join(_configured(figures))]
    return "\n\n".join(parts)


def eight_bits(figures: Figures) -> str:
    """The table of docs/encoding.md: what eight bits cost in ranking."""
    lines = ["| set | queries | measure | float32 | eight bits | difference |", "|" + " --- |" * 6]
    for one in figures["eight_bits"]:
        name = f"{one['set']}, judged paragraphs" if one["over"] == "judged" else one["set"]
        low, high = one["interval"]
        lines.append(
            f"| {name} | {one['queries']} | {one['measure']} | {one['float']:.4f} | "
            f"{one['eight']:.4f} | {one['difference']:+.4f} [{low:+.4f}, {high:+.4f}] |"
        )
    return "\n".join([*lines, "", where(figures)])


def front(figures: Figures, *, chinese: bool = False) -> str:
    """The short table of the first pages, and where and on what the costs were measured."""
    # The sample was written for this project: it stands for quality only where nothing else does.
    judged = REAL if any(best(column, figures) for column in REAL) else SAMPLE
    costs = FRONT if figures["seconds"] else ()
    lines = table((*judged, *costs), figures, chinese=chinese)
    machine = figures["machine"]
    if figures["seconds"]:
        count = figures["tasks"][figures["seconds"]["task"]]["passages"]
        told = (
            f"开销是 {count:,} 个句段的资料库的，{machine['processor']}，{machine['cores']} 核，"
            f"{figures['date']}。"
            if chinese
            else f"Costs are of a library of {count:,} passages; {machine['processor']}, "
            f"{machine['cores']} cores, {figures['date']}."
        )
        lines += ["", told]
    return "\n".join(lines)


def _builds(figures: Figures, others: Sequence[str]) -> Iterator[str]:
    heads = [f"{name} ({figures['tasks'][name]['passages']:,} passages)" for name in others]
    yield f"| | {' | '.join(heads)} |"
    yield "| --- |" + " --- |" * len(others)
    for peer in measured_peers(figures):
        built = [figures["tasks"][name]["built"][peer.name] for name in others]
        cells = [f"{_seconds(b['seconds'])} ({_seconds(b['processor_seconds'])})" for b in built]
        yield f"| {peer.title} | {' | '.join(cells)} |"


def _configured(figures: Figures) -> Iterator[str]:
    yield "| | version | how |"
    yield "| --- | --- | --- |"
    for peer in measured_peers(figures):
        yield f"| {peer.title} | {figures['peers'][peer.name] or 'this one'} | {peer.configured} |"
