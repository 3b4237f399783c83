"""The private environment of this clone, `.venv`: made once, renewed only when something changed.

Shared by start.py and test.py, and like them it needs nothing but the standard library. It must
stay readable for old Pythons (3.7 syntax), so that a too old one is told so in a sentence.

What was installed is remembered in `.venv/xunzhang.json` under a fingerprint of pyproject.toml,
constraints.txt, the Python version and the folder's own path; equal fingerprint, nothing to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections import deque
from pathlib import Path
from typing import Callable, Iterable, Iterator, Sequence, TextIO  # noqa: UP035  (3.7 syntax)

MINIMUM = (3, 11)

if sys.version_info < MINIMUM:
    sys.exit(
        "寻章需要 Python 3.11 或更新的版本，现在运行的是 {}.{}（{}）。\n"
        "请安装新的 Python，再用它运行这个脚本，例如：python3.12 {}".format(
            sys.version_info[0], sys.version_info[1], sys.executable, " ".join(sys.argv)
        )
    )

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ".venv"
STAMP = "xunzhang.json"
LOG = "install.log"
FREE_BYTES = 4 * 1024**3
"""What the environment takes on disk with room for pip to unpack (2.4 GB measured on Linux)."""


class StepFailed(Exception):
    """A step failed. Its text is in Chinese: what happened, and what to do."""


# First match wins: pip follows a broken network with "No matching distribution" lines of its own.
ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"No space left on device|\[Errno 28\]|not enough space on the disk|WinError 112"
        r"|磁盘空间不足",
        "磁盘满了。请腾出至少 4 GB 空间（也可以把整个文件夹移到别的盘），再运行一次。",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError",
        "和软件源之间的加密连接没有通过验证，常见原因是单位网关替换了证书，或电脑时间不对。\n"
        "请核对系统时间；单位有自己的根证书时，用 `pip config set global.cert 证书文件` 告诉 pip，"
        "再运行一次。",
    ),
    (
        r"ProxyError|Tunnel connection failed|407 Proxy",
        "代理服务器没有放行。请检查环境变量 HTTPS_PROXY 和代理的账号，再运行一次。",
    ),
    (
        r"NewConnectionError|Failed to establish a new connection|NameResolutionError|getaddrinfo"
        r"|Temporary failure in name resolution|Network is unreachable|ConnectTimeout"
        r"|Read timed out|ReadTimeout|Connection refused|Connection reset|Max retries exceeded"
        r"|RemoteDisconnected|IncompleteRead|incomplete-download|Connection to .* timed out",
        "连不上软件源。请检查网络后再运行一次，已经下载的不会重新下载。\n"
        "单位有内部镜像时，用 `pip config set global.index-url 镜像地址` 告诉 pip。\n"
        "这台电脑不能上网时，在一台同样系统、能上网的电脑上运行\n"
        "    python -m pip wheel -w wheels -c constraints.txt .\n"
        "把 wheels 文件夹拷过来，设置环境变量 PIP_NO_INDEX=1、PIP_FIND_LINKS=wheels的完整路径，"
        "再运行这个脚本。",
    ),
    (
        r"Windows Long Path|WinError 206",
        "路径太长，Windows 不接受。请把整个文件夹移到短一些的路径下（例如 D:\\xunzhang），"
        "再运行一次。",
    ),
    (
        r"Permission denied|\[Errno 13\]|WinError 5\b|WinError 32\b|Access is denied"
        r"|Read-only file system|\[Errno 30\]",
        "没有写入权限，或有文件正被占用。请关闭正在运行的寻章页面，"
        "确认这个文件夹可以写入，再运行一次。",
    ),
    (
        r"No matching distribution found|Could not find a version that satisfies",
        "软件源里没有 constraints.txt 指定的版本，或者没有适合这个系统和这个 Python 版本的包。\n"
        "请用 64 位的 Python 3.11、3.12 或 3.13；用内部镜像时，请确认镜像是最新的。",
    ),
    (
        r"THESE PACKAGES DO NOT MATCH THE HASHES|BadZipFile|invalid wheel|Wheel .* is invalid",
        "下载的文件不完整。请运行 `{python} -m pip cache purge`，再运行一次这个脚本。",
    ),
)

NO_VENV = r"ensurepip is not|No module named '?(venv|ensurepip)'?|python3[.\d]*-venv"


def explain(output: str, *, python: Path | str = "python") -> str:
    """What to do about a failed pip, from what it printed; an empty string where nobody knows.

    >>> explain("ERROR: Could not install packages due to an OSError: [Errno 28] No space left")[:4]
    '磁盘满了'
    """
    for pattern, advice in ADVICE:
        if re.search(pattern, output, re.IGNORECASE):
            return advice.replace("{python}", str(python))
    return ""


# --- talking ---------------------------------------------------------------------------------


def say(text: str = "") -> None:
    print(text, flush=True)


def clock(seconds: float) -> str:
    """A duration as a person says it.

    >>> clock(4.6), clock(80)
    ('5 秒', '1 分 20 秒')
    """
    whole = round(seconds)
    return f"{whole} 秒" if whole < 60 else f"{whole // 60} 分 {whole % 60} 秒"


def width(text: str) -> int:
    """Columns that a terminal needs: a Chinese character takes two.

    >>> width("ab寻章")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Ticker:
    """One line that says what is going on and for how long.

    On a terminal it is rewritten in place; elsewhere it is printed when something new begins and
    every `every` seconds, so that a log stays readable.
    """

    def __init__(self, stream: TextIO | None = None, *, every: float = 20.0) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty()
        self._every = every
        self._start = time.monotonic()
        self._last = 0.0
        self._shown = 0
        self._begun: set[str] = set()

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self._start

    def show(self, text: str) -> None:
        line = f"  {text}，已用 {clock(self.elapsed)}"
        if self._live:
            room = shutil.get_terminal_size().columns - 1
            while width(line) > room:
                line = line[:-1]
            self._stream.write("\r" + line + " " * max(0, self._shown - width(line)))
            self._shown = width(line)
        elif text[:2] not in self._begun or self.elapsed - self._last > self._every:
            self._stream.write(line + "\n")
            self._begun.add(text[:2])
            self._last = self.elapsed
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away from the terminal."""
        if self._live and self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._stream.flush()
            self._shown = 0


# --- the folder ------------------------------------------------------------------------------


def python_in(folder: Path) -> Path:
    """Where a virtual environment keeps its interpreter."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def clean_environment() -> dict[str, str]:
    """This process's environment without what would lead another Python or pip astray."""
    environ = dict(os.environ)
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"):
        environ.pop(name, None)
    # Windows pipes speak the local code page unless told
    environ["PYTHONUTF8"] = "1"
    environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return environ


def probe(python: Path) -> str | None:
    """The version of a working interpreter that has pip, e.g. "3.12.4"; None where it is broken."""
    code = "import sys, pip; print('.'.join(map(str, sys.version_info[:3])))"
    try:
        done = subprocess.run(
            [str(python), "-c", code],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=clean_environment(),
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 and done.stdout.strip() else None


def usable(version: str | None) -> bool:
    """
    >>> usable("3.11.2"), usable("3.9.18"), usable(None)
    (True, False, False)
    """
    return version is not None and tuple(map(int, version.split(".")[:2])) >= MINIMUM


def fingerprint(root: Path, version: str) -> str:
    """SHA-256 over everything that decides what must be installed."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "constraints.txt"):
        # a checkout on Windows may turn line ends, which changes nothing
        content = (root / name).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name} {len(content)}\n".encode() + content)
    # an editable installation names this folder by its path
    digest.update(f"python {version}\nroot {root}\n".encode())
    return digest.hexdigest()


def read_stamp(folder: Path) -> tuple[str, frozenset[str]]:
    """(fingerprint, extras) of what `folder` holds; ("", none) where nothing was finished."""
    try:
        stored = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return str(stored["fingerprint"]), frozenset(map(str, stored["extras"]))
    except (OSError, ValueError, KeyError, TypeError):
        return "", frozenset()


def write_stamp(folder: Path, mark: str, extras: Iterable[str]) -> None:
    """Remember a finished installation, all or nothing."""
    draft = folder / (STAMP + ".new")
    draft.write_text(
        json.dumps({"fingerprint": mark, "extras": sorted(extras)}) + "\n", encoding="utf-8"
    )
    draft.replace(folder / STAMP)


def missing(
    mark: str, wanted: Iterable[str], stamp: tuple[str, frozenset[str]]
) -> frozenset[str] | None:
    """The extras to install now, or None when nothing has to be.

    What was once installed stays: start.py after test.py keeps the test extra.

    >>> missing("a", ["test"], ("a", frozenset({"test"}))) is None
    True
    >>> sorted(missing("b", [], ("a", frozenset({"test"}))))
    ['test']
    """
    stored, extras = stamp
    if stored == mark and extras.issuperset(wanted):
        return None
    return extras.union(wanted)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Only one of these scripts at a time changes the environment; the second waits and says so."""
    with lock.open("a+b") as handle:
        ticker = Ticker()
        while not _try_lock(handle.fileno()):
            ticker.show("另一个窗口正在准备运行环境，等它完成")
            time.sleep(0.5)
        ticker.clear()
        # the system lets go of the lock when the file is closed, even after a crash
        yield


if os.name == "nt":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


# --- the steps -------------------------------------------------------------------------------


def prepare(
    extras: Sequence[str] = (), *, root: Path = ROOT, base: Path | str = sys.executable
) -> Path:
    """Make `.venv` hold what pyproject.toml and `extras` ask for; return its interpreter.

    `base` makes the environment where none is. Raises StepFailed.
    """
    folder = root / FOLDER
    python = python_in(folder)
    try:
        lock = alone(root / ".venv.lock")
        with lock:
            version = probe(python) if python.exists() else None
            if not usable(version):
                create(folder, base, renew=folder.exists())
                version = probe(python)
                if version is None:
                    raise StepFailed(
                        f"新建的运行环境不能用：{python} 无法启动。\n"
                        f"请删除文件夹 {folder}，换一个从官网安装的 Python 再运行一次。"
                    )
            mark = fingerprint(root, version or "")
            wanted = missing(mark, extras, read_stamp(folder))
            if wanted is None:
                say("运行环境没有变化，直接使用。")
            else:
                install(root, python, wanted)
                write_stamp(folder, mark, wanted)
    except PermissionError as error:
        raise StepFailed(
            f"不能写入 {error.filename or root}。请把整个文件夹放到自己可以写入的地方，再运行一次。"
        ) from error
    return python


def create(folder: Path, base: Path | str, *, renew: bool) -> None:
    """`python -m venv`, starting over where a broken one stands. Raises StepFailed."""
    if renew:
        say(f"原来的 {folder.name} 不完整或已不能用，重新建立。")
    say(f"建立独立的运行环境 {folder}（不影响电脑上的其他软件）…")
    done = subprocess.run(
        [str(base), "-m", "venv", "--clear", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=clean_environment(),
    )
    if done.returncode == 0:
        return
    if re.search(NO_VENV, done.stdout):
        raise StepFailed(
            "这个 Python 没有带 venv 模块，不能建立运行环境。\n"
            "Debian、Ubuntu、统信、麒麟等系统：sudo apt install python3-venv，再运行一次。\n"
            "其他系统：请安装官网发布的完整 Python 3.11 或更新版本。"
        )
    advice = explain(done.stdout) or f"请删除文件夹 {folder} 后再运行一次。"
    raise StepFailed(f"不能建立运行环境。{advice}\n{tail(done.stdout)}")


def install(root: Path, python: Path, extras: Iterable[str]) -> None:
    """pip install of this folder with the pinned versions. Raises StepFailed.

    pip's output goes to `.venv/install.log`; a person sees a summary with the time it takes.
    """
    folder = root / FOLDER
    # while pip works the environment is neither the old one nor the new one
    with contextlib.suppress(FileNotFoundError):
        (folder / STAMP).unlink()
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        say(f"注意：磁盘只剩 {free / 1024**3:.1f} GB，安装大约需要 4 GB。")
    say("安装需要的软件包（版本见 constraints.txt）。第一次要下载几百 MB，请耐心等候…")
    target = "." + (f"[{','.join(sorted(extras))}]" if extras else "")
    command = [
        *(str(python), "-m", "pip", "install", "--no-input", "--progress-bar", "off"),
        *("-c", "constraints.txt", "-e", target),
    ]
    environ = clean_environment()
    # What builds jieba and this package is pinned as well. Older pips take PIP_CONSTRAINT for it,
    # newer ones PIP_BUILD_CONSTRAINT; relative, because both are split at spaces.
    environ["PIP_CONSTRAINT"] = environ["PIP_BUILD_CONSTRAINT"] = "constraints.txt"
    ticker = Ticker()
    code, output = watch(command, cwd=root, environ=environ, log=folder / LOG, ticker=ticker)
    if code != 0:
        advice = explain(output, python=python) or "请按 pip 的提示处理后再运行一次。"
        raise StepFailed(
            f"安装软件包没有成功（pip 返回 {code}）。\n{advice}\n"
            f"pip 最后的输出（完整的在 {folder / LOG}）：\n{tail(output)}"
        )
    say(f"软件包已装好，用了 {clock(ticker.elapsed)}。")


def watch(
    command: Sequence[str], *, cwd: Path, environ: dict[str, str], log: Path, ticker: Ticker
) -> tuple[int, str]:
    """Run pip; (exit status, all that it printed). It goes to `log`, a summary to `ticker`."""
    lines: queue.Queue[str | None] = queue.Queue()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    output = process.stdout
    assert output is not None  # PIPE above

    def pump() -> None:
        with output:
            for line in output:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    printed: list[str] = []
    summary = PipSummary()
    try:
        with log.open("w", encoding="utf-8") as record:
            while True:
                try:
                    line = lines.get(timeout=1.0)
                except queue.Empty:
                    ticker.show(summary.text)
                    continue
                if line is None:
                    break
                printed.append(line)
                record.write(line)
                summary.take(line)
                ticker.show(summary.text)
        code = process.wait()
    except BaseException:
        # Ctrl-C, or a full disk under the log: leave no pip behind
        process.terminate()
        process.wait()
        raise
    finally:
        ticker.clear()
    return code, "".join(printed)


class PipSummary:
    """pip's lines, one after the other -> what it is doing, in a few words.

    >>> summary = PipSummary()
    >>> summary.take("Collecting click")
    >>> summary.take("  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl (196.7 MB)")
    >>> summary.text
    '下载 torch-2.13.0（196.7 MB；已找到 1 个包）'
    """

    def __init__(self) -> None:
        self.text = "正在启动 pip"
        self._found = 0

    def take(self, line: str) -> None:
        words = line.split()
        if not words:
            return
        if words[0] == "Collecting":
            self._found += 1
            self.text = f"查找软件包（已找到 {self._found} 个）"
        elif words[0] == "Downloading" and len(words) > 1 and ".metadata" not in words[1]:
            name = "-".join(words[1].rsplit("/", 1)[-1].split("-")[:2])
            size = line[line.rfind("(") + 1 : line.rfind(")")] if "(" in line else "大小未知"
            self.text = f"下载 {name}（{size}；已找到 {self._found} 个包）"
        elif words[0] == "Building":
            self.text = "编译软件包"
        elif line.startswith("Installing collected packages"):
            count = line.count(",") + 1
            self.text = f"安装 {count} 个包（这一步要一两分钟，没有新提示是正常的）"


def tail(output: str, lines: int = 12) -> str:
    """The last lines of what a program printed, indented."""
    return "\n".join("    " + line.rstrip() for line in deque(output.splitlines(), lines))


def closing(main: Callable[[Sequence[str] | None], int]) -> int:
    """Run a script's `main` as the last frame: failures become sentences and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        # a console or a pipe that cannot show Chinese shows a mark instead of failing
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # ended from outside: unwind like Ctrl-C, so that no child is left behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return main(None)
    except StepFailed as failure:
        print(f"\n没有完成：{failure}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\n已停止。再运行一次同样的命令，会接着做。", file=sys.stderr, flush=True)
        return 130
