"""Reading and splitting alone: through the children (pickling included), and in one process.

Files that cannot be read cost their time and count no paragraphs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row


def measure(_: Path, asked: Asked) -> Figures:
    from index.errors import ReadError
    from index.preparing import Job, Preparer
    from index.preparing.one_file import prepared
    from index.reading import walk

    tell("只读入和分段…")
    jobs = [Job(str(path)) for path in walk([asked.folder])]
    counts = {"children": 0, "alone": 0}
    seconds = {}
    began = time.perf_counter()
    with Preparer(jobs) as preparer:
        for position in range(len(jobs)):
            with suppress(ReadError):
                for document, _notes in preparer.documents(position):
                    counts["children"] += len(document.paragraphs)
    seconds["children"] = time.perf_counter() - began
    began = time.perf_counter()
    for job in jobs:
        with suppress(ReadError):
            for document, _notes in prepared(job.path, job.given):
                counts["alone"] += len(document.paragraphs)
    seconds["alone"] = time.perf_counter() - began
    return {
        "files": len(jobs),
        "paragraphs": counts["children"],
        "children_per_second": counts["children"] / seconds["children"],
        "alone_per_second": counts["alone"] / seconds["alone"],
        "ratio": seconds["alone"] / seconds["children"],
    }


def rows(figures: Figures) -> Iterator[Row]:
    yield Row(
        "reading and splitting alone, paragraphs/second",
        f"{figures['children_per_second']:,.0f} through children, "
        f"{figures['alone_per_second']:,.0f} in one process (ratio {figures['ratio']:.2f}; "
        f"{figures['files']:,} files, {figures['paragraphs']:,} paragraphs)",
    )
