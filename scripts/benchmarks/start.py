"""A new process up to its first answer: with the library's files in memory, and without.

Files that were just read or written lie in the memory of the operating system, which makes a first
answer faster than it is on a Monday morning. Where the system can be asked to forget them (Linux),
that is measured too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, spread, three
from benchmarks.processes import ROOT

QUESTION = "廉政教育"


def measure(library: Path, asked: Asked) -> Figures:
    """Seconds from the start of `xunzhang search` to its end."""
    figures: Figures = {"seconds": spread([searched(library) for _ in _rounds(asked)])}
    if forget(library):
        seconds = []
        for _ in _rounds(asked):
            forget(library)
            seconds.append(searched(library))
        figures["forgotten_seconds"] = spread(seconds)
    return figures


def rows(figures: Figures) -> Iterator[Row]:
    yield Row("`xunzhang search` in a fresh process, s", three(figures["seconds"], 2))
    if forgotten := figures.get("forgotten_seconds"):
        yield Row("the same, the library's files not in memory, s", three(forgotten, 2))


def _rounds(asked: Asked) -> Iterator[int]:
    for number in range(asked.rounds):
        tell(f"新进程查询，第 {number + 1} 轮，共 {asked.rounds} 轮…")
        yield number


def searched(library: Path) -> float:
    return command(library, "search", QUESTION, "--json")


def command(library: Path, *arguments: str) -> float:
    """Seconds of one `xunzhang` command. Raises SystemExit with its words where it failed."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "index.cli", "--library", str(library), *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    seconds = time.perf_counter() - began
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    return seconds


def forget(folder: Path) -> bool:
    """Ask the system to drop the files of `folder` from its memory; False where it cannot."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)  # what is not on the disk yet would stay
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)
    return True
