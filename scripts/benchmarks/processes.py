"""A process of its own for what is measured: a function, asked and answering in lines of JSON."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from resident import peak_memory

from benchmarks.figures import Figures

ROOT = Path(__file__).resolve().parent.parent.parent

Ask = Callable[[Figures], Figures]
Worker = Callable[[IO[str], IO[str]], None]
"""Reads requests, a line each, and writes an answer for each."""


def alone(function: Callable[[Figures], Figures], request: Figures) -> Figures:
    """`function(request)` in a process of its own, with `peak_bytes`, the most memory it had.

    `function` is one of a module's own: it is found by its name.
    """
    with _process("answered", function) as ask:
        return ask(request)


@contextmanager
def worker(function: Worker) -> Iterator[Ask]:
    """`function` in a process of its own, to be asked again and again."""
    with _process("talking", function) as ask:
        yield ask


def answer(answers: IO[str], figures: Figures) -> None:
    answers.write(json.dumps(figures) + "\n")
    answers.flush()


def run(name: str, asked: IO[str], answers: IO[str]) -> None:
    """What the process does: `name` says how, module and function."""
    how, module, function = name.split(":")
    work = getattr(importlib.import_module(module), function)
    if how == "talking":
        work(asked, answers)
        return
    figures = work(json.loads(asked.readline()))
    answer(answers, figures | {"peak_bytes": peak_memory()})


@contextmanager
def _process(how: str, function: Callable[..., object]) -> Iterator[Ask]:
    name = f"{how}:{function.__module__}:{function.__name__}"
    with subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "bench.py"), "--worker", name],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        requests, replies = process.stdin, process.stdout
        assert requests is not None
        assert replies is not None

        def ask(request: Figures) -> Figures:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            line = replies.readline()
            if not line:
                raise SystemExit(f"测量进程 {name} 意外停止，原因见上面。")
            reply: Figures = json.loads(line)
            return reply

        try:
            yield ask
        finally:
            requests.close()
