"""A peer in a process of its own, in its own environment, asked by lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent

Ask = Callable[..., dict[str, Any]]


@contextmanager
def running(name: str, python: Path) -> Iterator[Ask]:
    """`ask(do, key=value, …)` -> the answer, as worker.py describes them.

    Raises SystemExit where the process ends before it has answered.
    """
    with subprocess.Popen(
        [str(python), "-P", str(ROOT / "scripts" / "peers" / "worker.py"), name],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONUTF8": "1",
            "HF_HUB_OFFLINE": "1",  # the encoder lies in a folder: nothing is to be looked up
            "TOKENIZERS_PARALLELISM": "false",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        requests, replies = process.stdin, process.stdout
        assert requests is not None
        assert replies is not None

        def ask(do: str, **request: object) -> dict[str, Any]:
            given = {
                key: str(value) if isinstance(value, Path) else value
                for key, value in request.items()
            }
            requests.write(json.dumps({"do": do, **given}) + "\n")
            requests.flush()
            line = replies.readline()
            if not line:
                raise SystemExit(f"{name} 的进程意外停止，原因见上面。")
            answer: dict[str, Any] = json.loads(line)
            return answer

        try:
            yield ask
        finally:
            requests.close()
