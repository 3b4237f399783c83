"""Where it was measured, and with what."""

from __future__ import annotations

import os
import platform
import tomllib
from importlib import metadata
from pathlib import Path

from benchmarks.figures import Figures

PACKAGES = ("torch", "sentence-transformers", "openvino", "faiss-cpu", "numpy", "streamlit")
PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def machine() -> Figures:
    """System, processor, the cores that this process may use, and memory in bytes (0: unknown)."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": usable_cores(),
        "memory_bytes": memory(),
    }


def processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 0


def versions() -> dict[str, str]:
    """Of Python, of this tree (installed or not), and of PACKAGES ("-": not installed)."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return {
        "python": platform.python_version(),
        project["name"]: project["version"],
        **dict(map(version, PACKAGES)),
    }


def version(package: str) -> tuple[str, str]:
    try:
        return package, metadata.version(package)
    except metadata.PackageNotFoundError:
        return package, "-"
