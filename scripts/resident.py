"""How much memory a process holds; for the scripts that measure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def peak_memory() -> int:
    """Most resident memory that this process ever had, bytes."""
    if Path("/proc/self/status").is_file():
        # not ru_maxrss: on Linux a child begins with the peak of the process that started it
        return _on_linux(os.getpid(), "VmHWM:")
    if sys.platform == "win32":
        return _on_windows(os.getpid(), "peak")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def memory_of(process: int) -> int:
    """Resident memory of a process now, bytes; 0 where there is none of that number."""
    if Path("/proc/self/status").is_file():
        return _on_linux(process, "VmRSS:")
    if sys.platform == "win32":
        return _on_windows(process, "now")
    done = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=False, text=True
    )
    return 1024 * int(done.stdout.strip() or 0)


def _on_linux(process: int, name: str) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return 0
    for line in status.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0  # it has ended, and nobody has asked for its status yet


def _on_windows(process: int, name: str) -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("size", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            ("peak", ctypes.c_size_t),
            ("now", ctypes.c_size_t),
            *((f"other{number}", ctypes.c_size_t) for number in range(6)),
        ]

    counters = Counters()
    counters.size = ctypes.sizeof(counters)
    kernel = ctypes.WinDLL("kernel32")
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.K32GetProcessMemoryInfo.argtypes = [
        wintypes.HANDLE,
        ctypes.POINTER(Counters),
        wintypes.DWORD,
    ]
    look_only = 0x1000  # PROCESS_QUERY_LIMITED_INFORMATION
    handle = kernel.OpenProcess(look_only, False, process)
    if not handle:
        return 0
    kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.size)
    kernel.CloseHandle(wintypes.HANDLE(handle))
    return int(getattr(counters, name))
