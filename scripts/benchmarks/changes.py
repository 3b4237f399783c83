"""One report added to a library, until it is found; then removed, until it is found no more.

Measured on a copy, so that a library that is kept stays as it was. Every report is new text: its
words are the library's own, in another order each time, for texts that were encoded once are not
encoded again.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from resident import peak_memory

from benchmarks import questions
from benchmarks.asked import Asked, tell
from benchmarks.figures import Figures, Row, size, spread, three
from benchmarks.processes import answer, worker
from benchmarks.start import command

PARAGRAPHS = 40
LENGTH = 75
"""Characters of a paragraph; with PARAGRAPHS a report of 3,000, as departments write them."""
MARK = "墨鱼灯塔第{}号"
"""Words that stand in no other report: what it is found by."""


def measure(library: Path, asked: Asked) -> Figures:
    place = asked.work / "changed"
    if place.is_dir():
        shutil.rmtree(place)
    place.mkdir()
    tell("复制资料库，在副本上添加和移除一份材料…")
    copy = place / "library"
    shutil.copytree(library, copy, ignore=shutil.ignore_patterns("writer.*"))
    words = vocabulary(library)
    try:
        return _measured(copy, place, words, asked.rounds)
    finally:
        shutil.rmtree(place)


def _measured(library: Path, place: Path, words: str, rounds: int) -> Figures:
    taken: dict[str, list[float]] = {"add": [], "review_ready": [], "remove": []}
    drawing = random.Random()  # new text each time: see above
    with worker(change) as ask:
        first = ask({"library": str(library)})
        for number in range(rounds):
            tell(f"添加、移除一份材料，第 {number + 1} 轮，共 {rounds} 轮…")
            mark = MARK.format(drawing.randrange(10**9))
            path = place / f"{number}.txt"
            path.write_text(report(words, mark, drawing), encoding="utf-8")
            seconds = ask({"path": str(path), "mark": mark})
            for step, values in taken.items():
                values.append(seconds[step])
        peak = ask({"end": True})["peak_bytes"]
    commands: dict[str, list[float]] = {"command_add": [], "command_remove": []}
    for number in range(rounds):
        mark = MARK.format(drawing.randrange(10**9))
        path = place / f"command-{number}.txt"
        path.write_text(report(words, mark, drawing), encoding="utf-8")
        commands["command_add"].append(command(library, "add", str(path)))
        commands["command_remove"].append(command(library, "remove", str(path)))
    figures: Figures = {name: spread(values) for name, values in (taken | commands).items()}
    return figures | {
        "characters": PARAGRAPHS * LENGTH,
        "prints_seconds": first["prints_seconds"],
        "peak_bytes": peak,
    }


def rows(figures: Figures) -> Iterator[Row]:
    yield Row(
        f"adding one report of {figures['characters']:,} characters until it is found, s",
        three(figures["add"], 2),
    )
    yield Row("then until a review compares with it too, s", three(figures["review_ready"], 2))
    yield Row("removing it until it is found no more, s", three(figures["remove"], 2))
    yield Row("`xunzhang add` of one report, a fresh process, s", three(figures["command_add"], 2))
    yield Row("`xunzhang remove` of it, s", three(figures["command_remove"], 2))
    yield Row("peak memory of the process that adds and removes", size(figures["peak_bytes"]))


def vocabulary(library: Path) -> str:
    """Text of the library to take words from."""
    return "".join(questions.draw(library, 500))


def report(words: str, mark: str, drawing: random.Random) -> str:
    """A report of PARAGRAPHS paragraphs of pieces of `words`; the first one holds `mark`."""
    lines = ["测试用工作总结", ""]
    for number in range(PARAGRAPHS):
        line = f"{mark}，" if number == 0 else ""
        while len(line) < LENGTH - 1:
            start = drawing.randrange(max(1, len(words) - 6))
            line += words[start : start + drawing.randint(2, 6)].strip()
        lines.append(line[: LENGTH - 1] + "。")
    return "\n".join(lines) + "\n"


def change(asked: IO[str], answers: IO[str]) -> None:
    """A process that stays, as the page's does: add, look, remove, look; a line for each report."""
    from index.library import Library
    from index.retrieval import search

    with Library.open(Path(json.loads(asked.readline())["library"])) as library:
        search(library, "准备工作")
        began = time.perf_counter()
        library.prints()
        answer(answers, {"prints_seconds": time.perf_counter() - began})
        for line in asked:
            request = json.loads(line)
            if request.get("end"):
                answer(answers, {"peak_bytes": peak_memory()})
                return
            path, mark = Path(request["path"]), request["mark"]
            began = time.perf_counter()
            library.sync([path])
            hits = search(library, mark, 1)
            added = time.perf_counter()
            if not hits or mark not in hits[0].text:
                raise SystemExit(f"{path} 已添加，却没有找到。")
            library.prints()
            ready = time.perf_counter()
            library.remove([path])
            hits = search(library, mark, 1)
            removed = time.perf_counter()
            if hits and mark in hits[0].text:
                raise SystemExit(f"{path} 已移除，却还能找到。")
            answer(
                answers,
                {"add": added - began, "review_ready": ready - added, "remove": removed - ready},
            )
