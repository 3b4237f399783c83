"""Reading a file in a child process that may die, hang or grow: what `hostile` and `fuzz` share.

Memory is limited by RLIMIT_AS and measured as the greatest resident size (Linux and macOS only).
"""

from __future__ import annotations

import json
import queue
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
GREATEST_MEMORY = 1 << 30
"""Bytes of resident memory that a reader may need."""
_ADDRESS_SPACE = 3 << 29
"""Bytes of address space: resident memory and what libraries only reserve."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the reading of one file ended."""

    kind: Literal["read", "refused", "BUG"]
    reason: str
    seconds: float
    peak: int
    """Greatest resident size of the child so far, bytes."""


class Reader:
    """A child that reads files one after another and is started again where it ended."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(
            target=self._listen, args=(self._child, self._answers), daemon=True
        ).start()

    @staticmethod
    def _listen(child: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            answers.put(line)
        answers.put("")

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()

    def read(self, path: Path, limit: float) -> Outcome:
        """Read one file within `limit` seconds (a child that is just starting has five more)."""
        began = time.monotonic()
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(str(path)) + "\n")
        self._child.stdin.flush()
        try:
            answer = self._answers.get(timeout=limit + 5)
        except queue.Empty:
            self._end()
            self._start()
            return Outcome("BUG", f"more than {limit:.0f} s", time.monotonic() - began, 0)
        if not answer:
            self._end()
            code = self._child.returncode
            self._start()
            return Outcome("BUG", f"the reader died ({code})", time.monotonic() - began, 0)
        outcome = Outcome(**json.loads(answer))
        if outcome.seconds > limit:
            return Outcome("BUG", f"more than {limit:.0f} s", outcome.seconds, outcome.peak)
        if outcome.peak > GREATEST_MEMORY:
            self._end()
            self._start()
            reason = f"{outcome.peak >> 20} MB"
            return Outcome("BUG", reason, outcome.seconds, outcome.peak)
        return outcome


def _peak() -> int:
    """Greatest resident size of this process, bytes.

    On Linux not by getrusage, which begins with what the parent had reached before the start.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _serve() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    sys.path.insert(0, str(ROOT))
    from index.errors import ReadError
    from index.reading import read

    for line in sys.stdin:
        began = time.monotonic()
        try:
            documents = blocks = 0
            for document in read(Path(json.loads(line))):
                documents += 1
                blocks += len(document.blocks)
            kind, reason = "read", f"{documents} documents, {blocks} blocks"
        except ReadError as error:
            kind, reason = "refused", error.reason
        except Exception as error:  # noqa: BLE001  to find what nobody expected is the purpose
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            kind, reason = "BUG", f"{type(error).__name__}: {str(error)[:200]} ({place})"
        peak = _peak()
        answer = Outcome(kind, reason, time.monotonic() - began, peak)  # type: ignore[arg-type]
        print(json.dumps({name: getattr(answer, name) for name in Outcome.__slots__}), flush=True)


if __name__ == "__main__":
    _serve()
