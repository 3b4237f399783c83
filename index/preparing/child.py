"""The child's side: takes one file after another from its standard input, until that closes.

Answers, in this order for a file: ("document", PreparedDocument, notes)…, then ("end", bytes held)
or ("failed", reason, bytes held); before any of them ("goes on",) where a slow reader has made
progress. It imports readers and nothing heavier: no numpy, no model, no page.
"""

from __future__ import annotations

import os
import queue
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

from index.datatypes import Metadata
from index.errors import ReadError
from index.preparing.limits import EXIT_MEMORY, TOO_LARGE
from index.preparing.messages import receive, send
from index.preparing.one_file import prepared
from index.reading.options import ReadOptions, using

LOOK_EVERY = 0.1
"""Seconds between two looks at the memory."""


def main() -> None:
    """Serve the parent; never returns."""
    # What a parser prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    questions = sys.stdin.buffer
    limit, recognise, folder = receive(questions)
    _limit_memory(limit, 4 if recognise else 2)
    # What a killed process leaves behind must be found: all of it lies in a folder of its own,
    # for what it starts, too.
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["TEMP"] = os.environ["TMP"] = folder
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions, asked, folder), daemon=True).start()
    threading.Thread(target=_watch_memory, args=(limit,), daemon=True).start()
    while True:
        path, given, mended, made, only_check, options = asked.get()
        try:
            with using(ReadOptions(recognise=recognise), lambda: send(answers, ("goes on",))):
                _answer(answers, path, given, mended, made, options, only_check=only_check)
        except BrokenPipeError:  # the parent is gone
            os._exit(0)


def _answer(
    answers: IO[bytes],
    path: str,
    given: Metadata,
    mended: Mapping[str, Metadata],
    made: tuple[str, str] | None,
    options: Metadata,
    *,
    only_check: bool,
) -> None:
    try:
        kind, what = made or ("", "")
        found = Path(what) if kind == "file" else what or None
        for document, notes in prepared(path, given, mended, found, options):
            send(
                answers,
                ("alive", document.sensitive) if only_check else ("document", document, notes),
            )
    except ReadError as error:
        send(answers, ("failed", error.reason, memory_held()))
    except MemoryError:  # what is left of it is not to be trusted
        send(answers, ("failed", TOO_LARGE, sys.maxsize))
    else:
        send(answers, ("end", memory_held()))


def _listen(questions: IO[bytes], asked: queue.SimpleQueue[Any], folder: str) -> None:
    while True:
        try:
            asked.put(receive(questions))
        except EOFError:  # the parent is gone, or wants no more: at once, whatever is being read
            shutil.rmtree(folder, ignore_errors=True)
            os._exit(0)


def _limit_memory(limit: int, times: int) -> None:
    if sys.platform != "win32":
        import resource

        # Several times: mapped libraries and reserved stacks count here although they hold
        # nothing, and models for recognition map more. The watch below is exact; this one catches
        # what grows faster than it looks.
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = times * limit
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        if sys.platform != "darwin":  # macOS refuses limits below what is mapped already
            resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _watch_memory(limit: int) -> None:
    while memory_held() <= limit:
        time.sleep(LOOK_EVERY)
    os._exit(EXIT_MEMORY)


def memory_held() -> int:
    """Bytes of memory that this process holds (macOS: held at its greatest)."""
    if sys.platform == "win32":
        return _memory_on_windows()
    import resource

    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def _memory_on_windows() -> int:
    import ctypes

    class Counters(ctypes.Structure):  # PROCESS_MEMORY_COUNTERS of psapi.h
        _fields_ = (
            [("cb", ctypes.c_uint32), ("faults", ctypes.c_uint32)]
            + [("peak", ctypes.c_size_t), ("held", ctypes.c_size_t)]
            + [(f"rest{n}", ctypes.c_size_t) for n in range(6)]
        )

    counters = Counters(cb=ctypes.sizeof(Counters))
    kernel = cast(Any, ctypes).windll.kernel32
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.K32GetProcessMemoryInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32]
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return int(counters.held)
