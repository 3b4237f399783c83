"""What the product has promised itself, and which of the figures fall short. Pure.

Times are those of two cores with nothing else to do; half a million paragraphs unless it is said
otherwise. What was not measured is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figures, size

LARGE = 400_000
"""Paragraphs from which a library counts as the large one."""
RATIO = 4.0
"""Passages a second, times those of plain sentence-transformers."""
P50_MS, P95_MS = 80.0, 150.0
P95_REPORTS_MS, REPORTS = 60.0, 50_000
"""Search of a library of an office's reports, up to so many paragraphs."""
RECALL = 0.98
MEMORY = 2e9
"""Bytes of a process that answers."""
ADD, REMOVE = 5.0, 2.0
"""Seconds until one report is found, and until it is found no more."""
FIRST, PAGE = 3.0, 6.0
"""Seconds of a fresh process to its first answer, and of start.py to that of the page."""
REVIEW = 3.0
"""Seconds of any review of a draft of 5,000 characters."""
ITSELF, ITSELF_MEMORY = 120.0, 3e9
LEAK, LEAK_SEARCHES = 1.05, 5_000
"""Times the memory once caches are full, after at least so many searches."""


def unmet(figures: Figures) -> list[str]:
    """A sentence for each figure that falls short."""
    large = figures.get("big", {})
    found = list(_everywhere(figures, ""))
    if figures.get("library", {}).get("paragraphs", LARGE) <= REPORTS:
        found += _of_reports(figures)
    if large.get("library", {}).get("paragraphs", 0) >= LARGE:
        found += _everywhere(large, "large library: ")
        found += _of_large(large)
    growth = figures.get("reuse", {}).get("growth")
    if growth and growth[-1]["paragraphs"] >= LARGE:
        last = growth[-1]
        found += _most("library against itself", last["compare_seconds"], ITSELF, "s")
        found += _memory("library against itself", last["peak_bytes"], ITSELF_MEMORY)
    return found


def _everywhere(figures: Figures, where: str) -> Iterator[str]:
    if encoded := figures.get("encode"):
        ratio = encoded["ratio"]["median"]
        if ratio < RATIO:
            yield f"encoding: {ratio:.2f} times plain sentence-transformers, required {RATIO:.0f}"
    if page := figures.get("page"):
        yield from _most(f"{where}the page's first results", page["first"]["median"], PAGE, "s")
    if crowd := figures.get("together"):
        if crowd["errors"]:
            yield f"{where}{len(crowd['errors'])} errors of several people at once, required none"
        memory = crowd["memory"]
        if crowd["searches"] >= LEAK_SEARCHES and memory["settled_bytes"]:
            times = memory["last_bytes"] / memory["settled_bytes"]
            yield from _most(f"{where}memory of the server, times that at rest", times, LEAK, "")


def _of_reports(figures: Figures) -> Iterator[str]:
    for way, measured in figures.get("query", {}).get("ways", {}).items():
        name = "search of reports" if way == "none" else f"search of reports with a {way}"
        yield from _most(f"{name}, p95", measured["p95_ms"], P95_REPORTS_MS, "ms")


def _of_large(figures: Figures) -> Iterator[str]:
    if asked := figures.get("query"):
        for way, measured in asked["ways"].items():
            name = "search" if way == "none" else f"search with a {way}"
            yield from _most(f"{name}, p50", measured["p50_ms"], P50_MS, "ms")
            yield from _most(f"{name}, p95", measured["p95_ms"], P95_MS, "ms")
        for way, share in asked.get("recall", {}).get("ways", {}).items():
            if share < RECALL:
                yield f"recall, filter {way}: {share:.4f}, required {RECALL}"
        yield from _memory("process that answers", asked["peak_bytes"], MEMORY)
    if changed := figures.get("changes"):
        yield from _most("adding one report", changed["add"]["median"], ADD, "s")
        yield from _most("removing one report", changed["remove"]["median"], REMOVE, "s")
    if started := figures.get("start"):
        yield from _most("first answer of a process", started["seconds"]["median"], FIRST, "s")
    if drafts := figures.get("reuse"):
        seconds = [*drafts["known"]["seconds"], *drafts["strange"]["seconds"]]
        yield from _most("slowest review", max(seconds, default=0.0), REVIEW, "s")


def _most(name: str, value: float, limit: float, unit: str) -> Iterator[str]:
    if value > limit:
        yield (
            f"{name}: {value:.2f} {unit}".rstrip() + f", required at most {limit:g} {unit}".rstrip()
        )


def _memory(name: str, value: float, limit: float) -> Iterator[str]:
    if value > limit:
        yield f"{name}: {size(value)} of memory, required at most {size(limit)}"
