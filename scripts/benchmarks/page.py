"""The page's first answer: from the start of start.py to the first results of a search.

start.py runs as a person runs it where its environment is installed (`.venv`). Elsewhere the same
page is started by the Python at hand, and the figures say so: the look at the environment is
missing from them.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, spread, three
from benchmarks.page_client import ADDRESS, PageFailed, Person, answers, started
from benchmarks.processes import ROOT
from benchmarks.start import QUESTION

STAMP = ROOT / ".venv" / "xunzhang.json"
"""What start.py leaves in the environment that it made."""


def measure(library: Path, asked: Asked) -> Figures:
    installed = STAMP.is_file()
    up, first = [], []
    for number in range(asked.rounds):
        tell(f"打开网页到第一个结果，第 {number + 1} 轮，共 {asked.rounds} 轮…")
        port = free_port()
        began = time.perf_counter()
        with started(command(library, port, installed), library, port) as process:
            while not answers(port):
                if process.poll() is not None:
                    raise PageFailed("网页没有启动，原因见上面。")
                time.sleep(0.02)
            up.append(time.perf_counter() - began)
            with Person(port) as person:
                if not person.ask(QUESTION):
                    raise PageFailed(f"网页没有找到“{QUESTION}”。")
            first.append(time.perf_counter() - began)
    return {"installed": installed, "up": spread(up), "first": spread(first)}


def rows(figures: Figures) -> Iterator[Row]:
    what = "`start.py`" if figures["installed"] else "the page (without start.py's look at .venv)"
    yield Row(f"{what} until it is up, s", three(figures["up"], 2))
    yield Row(f"{what} until the page shows its first results, s", three(figures["first"], 2))


def command(library: Path, port: int, installed: bool) -> list[str]:
    """start.py; or, where its environment is not there, start.py with this Python in its place."""
    options = ["--library", str(library), "--port", str(port)]
    if installed:
        return [sys.executable, str(ROOT / "scripts" / "start.py"), *options]
    stand_in = (
        "import sys, pathlib; sys.path.insert(0, 'scripts'); import start;"
        "start.prepare = lambda: pathlib.Path(sys.executable); sys.path.pop(0);"
        "sys.exit(start.main(sys.argv[1:]))"
    )
    return [sys.executable, "-c", stand_in, *options]


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind((ADDRESS, 0))
        return int(asking.getsockname()[1])
