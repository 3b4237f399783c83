"""What one file may cost, and the sentences where it costs more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one child process."""

    memory: int = 1 << 30
    """Bytes that a child may hold."""
    seconds: float = 60.0
    """Until the next sign of life: for a whole file, for each document where a file holds several
    (a .jsonl, a zip), and for each page that is recognised."""
    ahead: int = 4_000_000
    """Characters that may lie ready before they are asked for, over all children."""


LIMITS = Limits()

EXIT_MEMORY = 77
"""Exit status of a child that found itself too large."""

TOO_LARGE = "读取这个文件需要的内存太多，已停止读取；请把它拆成几个较小的文件，或另存一份再试。"
TOO_LONG = "读取这个文件用的时间太长，已停止读取；请把它拆成几个较小的文件，或另存一份再试。"
CRASHED = "读取这个文件时程序意外中断，文件可能已损坏；请用原来的软件打开并另存一份再试。"
