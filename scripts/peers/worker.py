"""One peer in a process of its own: a request a line, an answer a line, all JSON.

    python -P scripts/peers/worker.py NAME

{"do": "build" | "open", "passages": …, "documents": …, "folder": …, "model": …}, then any number of
{"do": "search", "query": …, "count": …}. Seconds are this process's own, from the request to the
answer; those of "build" begin before the peer's packages are imported.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parent.parent
# at the end: scripts/test.py must not hide Python's own `test`
sys.path += [str(SCRIPTS), str(SCRIPTS.parent)]

from resident import peak_memory  # noqa: E402

from peers.given import Given, Search  # noqa: E402


def main(name: str) -> None:
    # what packages print goes to stderr: stdout carries answers only
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    search: Search | None = None
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        do = request.pop("do")
        began, busy = time.perf_counter(), _busy()
        answer: dict[str, Any] = {}
        if do == "search":
            if search is None:
                raise ValueError("open comes before search")
            answer["found"] = search(request["query"], request["count"])
        else:
            given = Given(**{key: Path(value) for key, value in request.items()})
            peer = importlib.import_module(f"peers.with_{name}")
            if do == "build":
                peer.build(given)
            else:
                search = peer.opened(given)
        answer["seconds"] = time.perf_counter() - began
        answer["processor_seconds"] = _busy() - busy
        answer["peak_bytes"] = peak_memory()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _busy() -> float:
    """Processor seconds of this process and of the children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    main(sys.argv[1])
