"""How cost grows with the library: the same figures at several sizes, lines through them, and what
they come to for libraries that nobody has measured.

The smaller libraries are made of documents of the file, drawn with a fixed seed, by the product and
kept in the working folder; the largest is the library that bench.py was given. Where somebody else
built that one, how long it took is not known and the lines are drawn without it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import build, changes, chart, disk, query, questions
from benchmarks.asked import Asked, made_of, tell
from benchmarks.figures import Figures, Row, duration, size
from benchmarks.fits import Fit, fit
from benchmarks.processes import alone

SIZES = (5_000, 50_000)
SEED = 20260101
FAR = (5_000_000, 50_000_000)
"""Paragraphs: a province's offices; all of a province's administration over decades."""

MEASURES = {
    "build_seconds": "reading in, encoding included",
    "p95_ms": "search, p95",
    "memory_bytes": "memory of the process that answers",
    "disk_bytes": "disk",
    "add_seconds": "adding one report",
}
LIMITS = {
    "build_seconds": 7 * 86_400,
    "p95_ms": 1_000,
    "memory_bytes": 64e9,
    "disk_bytes": 4e12,
    "add_seconds": 60,
}
"""What one machine and the people before it bear: a week of reading in, a second for a search, the
memory of a good office server, one large disk, a minute until a new report is found."""


def measure(library: Path, asked: Asked) -> Figures:
    """Nothing where there is no large file to draw from."""
    if asked.big is None:
        tell("没有指定 --big，不测量随规模的变化。")
        return {"points": []}
    points = []
    for paragraphs in SIZES:
        name = made_of(asked.big, f"growth-{paragraphs}")
        drawn = asked.work / f"{name}.jsonl"
        if not drawn.is_file():
            draw(asked.big, drawn, paragraphs)
        made = asked.work / name
        points.append(point(made, build.kept(made, [drawn]), asked))
    if asked.big_library is not None:
        cost = build.built(build.note_of(asked.big_library)) or {}
        points.append(point(asked.big_library, cost, asked))
    return {"points": points}


def point(library: Path, built: Figures, asked: Asked) -> Figures:
    """All figures of one library."""
    tell(f"随规模的变化：{library.name}…")
    held = build.contents(library)
    request = {
        "library": str(library),
        "questions": questions.draw(library, asked.queries + query.WARM_UP),
        "filters": {"none": [{}] * asked.queries},
    }
    # the same questions in three processes: what a neighbour of the machine takes from one of them
    # would bend a line that leads a hundred times farther
    rounds = [alone(query.search_times, request) for _ in range(3)]
    searched = sorted(rounds, key=lambda one: float(one["ways"]["none"]["p95_ms"]))[1]
    changed = changes.measure(library, replace(asked, rounds=min(3, asked.rounds)))
    parts = disk.measure(library, asked)
    return {
        **held,
        "build_seconds": built.get("seconds"),
        "build_processor_seconds": built.get("processor_seconds"),
        "p50_ms": searched["ways"]["none"]["p50_ms"],
        "p95_ms": searched["ways"]["none"]["p95_ms"],
        "memory_bytes": searched["peak_bytes"],
        "disk_bytes": parts["total_bytes"],
        "disk_by_part": parts["library_bytes"],
        "add_seconds": changed["add"]["median"],
        "remove_seconds": changed["remove"]["median"],
    }


def draw(file: Path, target: Path, paragraphs: int) -> None:
    """Write lines of `file` (.jsonl or .jsonl.gz), drawn at random, until they have so many."""
    with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8") as lines:
        documents = [line for line in lines if line.strip()]
    random.Random(SEED).shuffle(documents)
    private = target.with_name(target.name + ".new")
    total = 0
    with private.open("w", encoding="utf-8") as chosen:
        for line in documents:
            if total >= paragraphs:
                break
            row = json.loads(line)
            text = "\n".join(row.get("paragraphs") or [row.get("text") or ""])
            total += sum(1 for part in text.split("\n") if part.strip())
            chosen.write(line if line.endswith("\n") else line + "\n")
    private.replace(target)


def fits(points: Sequence[Figures]) -> dict[str, Fit]:
    """A line for each measure that is known at two sizes or more."""
    found = {}
    for name in MEASURES:
        known = [(one["paragraphs"], one[name]) for one in points if one.get(name)]
        if len({paragraphs for paragraphs, _ in known}) > 1:
            found[name] = fit(*zip(*known, strict=True))
    return found


def told(name: str, value: float) -> str:
    """
    >>> told("p95_ms", 1500.0), told("disk_bytes", 2e9), told("build_seconds", 86_400.0)
    ('1,500 ms', '2.00 GB', '24.0 h')
    """
    if name.endswith("_ms"):
        return f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"
    return size(value) if name.endswith("_bytes") else duration(value)


def power(name: str, value: float) -> str:
    """A power of ten on an axis.

    >>> power("build_seconds", 1e6), power("add_seconds", 0.1), power("disk_bytes", 1e11)
    ('1,000,000 s', '0.1 s', '100 GB')
    """
    if name.endswith("_bytes"):
        number, unit = size(value).split()
        return f"{float(number):g} {unit}"
    number = f"{value:,.0f}" if value >= 1 else f"{value:g}"
    return f"{number} {'ms' if name.endswith('_ms') else 's'}"


def ends(lines: dict[str, Fit]) -> tuple[float, str] | None:
    """(paragraphs, measure) where one machine ends: the first limit that is reached.

    >>> ends({"p95_ms": Fit(0.0, 1e-4, 0.0), "memory_bytes": Fit(0.0, 1e3, 0.0)})
    (10000000.0, 'p95_ms')
    """
    reached = [(line.reaches(LIMITS[name]), name) for name, line in lines.items()]
    return min(reached, default=None)


def rows(figures: Figures) -> Iterator[Row]:
    points = figures["points"]
    for one in points:
        parts = ", ".join(f"{part} {size(count)}" for part, count in one["disk_by_part"].items())
        known = [
            f"{what} {told(name, one[name])}" for name, what in MEASURES.items() if one.get(name)
        ]
        yield Row(f"at {one['paragraphs']:,} paragraphs", f"{'; '.join(known)} ({parts})")
    lines = fits(points)
    for paragraphs in FAR if lines else ():
        expected = "; ".join(
            f"{MEASURES[name]} {told(name, line.at(paragraphs))}" for name, line in lines.items()
        )
        yield Row(f"{chart.count(paragraphs)} paragraphs would need (computed)", expected)
    for name, line in lines.items():
        yield Row(
            f"line through {MEASURES[name]}",
            f"{told(name, line.fixed)} and {told(name, line.each * 1e6)} for each million "
            f"paragraphs; {100 * line.worst:.0f} % from what was measured, at most",
        )
    if end := ends(lines):
        paragraphs, name = end
        yield Row(
            "one machine ends at (computed)",
            f"{chart.count(paragraphs)} paragraphs: {MEASURES[name]} {told(name, LIMITS[name])}",
        )


def picture(figures: Figures, title: str) -> str | None:
    """The SVG; None where too little was measured."""
    lines = fits(figures["points"])
    if not lines:
        return None
    panels = [
        chart.Panel(
            title=MEASURES[name],
            points=[(one["paragraphs"], one[name]) for one in figures["points"] if one.get(name)],
            fit=line,
            told=lambda value, name=name: power(name, value),  # type: ignore[misc]
            limit=LIMITS[name],
            limit_told=told(name, LIMITS[name]),
        )
        for name, line in lines.items()
    ]
    return chart.draw(panels, FAR[-1], title)
