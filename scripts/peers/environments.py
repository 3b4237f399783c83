"""An environment a peer: made once from its pinned packages, and again when those change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from peers.registry import Peer


def python_of(peer: Peer, work: Path) -> Path:
    """The interpreter to run `peer` with; its environment is installed below `work` if missing.

    Raises SystemExit where its packages cannot be installed.
    """
    if peer.packages is None:
        return Path(sys.executable)
    folder = work / "environments" / f"{peer.environment}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = hashlib.sha256(peer.packages.read_bytes()).hexdigest()
    done = folder / "installed"
    if done.is_file() and done.read_text() == wanted:
        return python
    if folder.exists():
        shutil.rmtree(folder)
    print(f"安装 {peer.title} 到 {folder}…", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True)
    installed = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(peer.packages)],
        check=False,
    )
    if installed.returncode:
        raise SystemExit(
            f"{peer.title} 没有装上，原因见上面。请检查网络，或换一个软件包镜像，然后重新运行。"
        )
    done.write_text(wanted)
    return python


def version_of(peer: Peer) -> str:
    """As pinned; of FTS5 the SQLite that Python brings; of the product nothing."""
    if peer.package is None:
        if peer.packages is None:
            return ""
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    assert peer.packages is not None
    for line in peer.packages.read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if name == peer.package:
            return version
    raise ValueError(f"{peer.packages} does not pin {peer.package}")
