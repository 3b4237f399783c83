"""LibreOffice without a window: many files in one start, each of them safe from the others.

Every start has a throw-away profile (no macros, no links followed, a dead proxy, no recovery
dialogue) and a process group of its own, which is ended as a whole when nothing comes any more.
LibreOffice converts in the order of its arguments and stops altogether at a file that kills it, so
what is missing after a crash or a hang is tried again in halves until the bad files stand alone.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.reading.office.true_format import locked, true_format
from index.reading.package import DAMAGE
from index.reading.unreadable import LOCKED

SECONDS = 60.0
"""Longest wait for the next converted file; counted anew for each file of a batch."""
GREATEST_INPUT = 256 << 20
"""Bytes of a file that is handed over."""
GREATEST_MEMORY = 3 << 30
"""Bytes of data that LibreOffice may hold (Linux); a usual start takes 0.3 GB."""
_GUARD = f"""
ulimit -S -v "$(ulimit -H -v)" 2>/dev/null
ulimit -d {GREATEST_MEMORY >> 10} 2>/dev/null
exec 3<&0
"$@" </dev/null 3<&- &
started=$!
(read -r _ <&3; kill -9 0) &
wait $started
"""
"""Starts LibreOffice in the shell's group and ends the group when the pipe to us closes.

It closes however we end, killed too. LibreOffice maps more than it holds, so a limit of addresses
that we stand under is lifted for it, and its data are bounded instead.
"""
_MOST_AT_ONCE = 50
"""Files in one start: keeps the command line short (Windows allows 32,767 characters)."""

TARGETS: dict[str, tuple[str, str, str]] = {
    # true format -> suffix the copy is given, suffix of the result, name of the export filter
    "doc": (".doc", ".docx", "MS Word 2007 XML"),
    "rtf": (".rtf", ".docx", "MS Word 2007 XML"),
    "odt": (".odt", ".docx", "MS Word 2007 XML"),
    "fodt": (".fodt", ".docx", "MS Word 2007 XML"),
    "word-xml": (".xml", ".docx", "MS Word 2007 XML"),
    "ppt": (".ppt", ".pptx", "Impress MS PowerPoint 2007 XML"),
    "odp": (".odp", ".pptx", "Impress MS PowerPoint 2007 XML"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a file becomes: the part of LibreOffice that makes it, and what is said without it."""

    part: str
    programs: str
    suffix: str

    @property
    def missing(self) -> str:
        return (
            "读取这种文件需要 LibreOffice，本机没有找到；请安装后再添加"
            f"（Linux：apt install libreoffice-{self.part.lower()}-nogui；"
            f"Windows、macOS：从 LibreOffice 官网下载），或{self._save_as}。"
        )

    @property
    def part_missing(self) -> str:
        return (
            f"本机的 LibreOffice 没有安装 {self.part} 部分，读不了这种文件；请安装后再添加"
            f"（Linux：apt install libreoffice-{self.part.lower()}-nogui），或{self._save_as}。"
        )

    @property
    def failed(self) -> str:
        return f"LibreOffice 打不开这个文件，可能已损坏，或者太大；请{self._save_as} 后再添加。"

    @property
    def crashed(self) -> str:
        return f"LibreOffice 转换这个文件时意外退出；请{self._save_as} 后再添加。"

    def slow(self, seconds: float) -> str:
        return (
            f"LibreOffice 转换这个文件超过了 {seconds:.0f} 秒，已停止；请{self._save_as} 后再添加。"
        )

    @property
    def _save_as(self) -> str:
        return f"用 {self.programs} 打开，另存为 {self.suffix}"


WORDS = Result("Writer", "Word 或 WPS", ".docx")
SLIDES = Result("Impress", "PowerPoint 或 WPS", ".pptx")
_RESULTS = {result.suffix: result for result in (WORDS, SLIDES)}

NOT_OURS = "LibreOffice 不能转换这种文件；请用 Word 或 WPS 另存为 .docx 后再添加。"
TOO_LARGE = f"文件超过了 {GREATEST_INPUT >> 20} MB 的上限，请拆成几个文件后再添加。"

_PLACES = (
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/usr/local/bin/soffice",
    "/snap/bin/libreoffice",
)

_SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),  # only signed, from trusted places
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),  # never
    ("Recovery/RecoveryInfo", "Enabled", "false"),
    ("Recovery/AutoSave", "Enabled", "false"),
)
"""(node below org.openoffice.Office, property, value) of the throw-away profile."""
_DEAD_PROXY: tuple[tuple[str, str], ...] = (
    ("ooInetProxyType", "2"),
    ("ooInetHTTPProxyName", "127.0.0.1"),
    ("ooInetHTTPProxyPort", "9"),
    ("ooInetHTTPSProxyName", "127.0.0.1"),
    ("ooInetHTTPSProxyPort", "9"),
    ("ooInetNoProxy", ""),
)


def available() -> Path | None:
    """The program, or None where LibreOffice is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return Path(found)
    return next((Path(place) for place in _PLACES if Path(place).is_file()), None)


def lacks(program: Path, part: str) -> bool:
    """Whether a part (Writer, Impress) of this LibreOffice is known not to be installed.

    Linux packages them one by one, and each part registers itself in a file of its own. False
    also where those files are not found, as behind a script that starts a LibreOffice elsewhere.
    """
    home = program.resolve().parent.parent
    for registry in (home / "share" / "registry", home / "Resources" / "registry"):
        if (registry / "main.xcd").is_file():
            return not (registry / f"{part.lower()}.xcd").is_file()
    return False


def convert(
    paths: Sequence[Path],
    folder: Path,
    *,
    seconds: float = SECONDS,
    stopped: Callable[[], bool] = lambda: False,
) -> Mapping[Path, Path | str]:
    """Each path -> its .docx or .pptx in `folder`, or the reason as a sentence for the user.

    `folder` must exist; the results are named by number and are the caller's. `seconds` is the
    longest wait for one file. Once `stopped()` says so, nothing more is converted and what is
    missing has a reason that means nothing. Never raises for what a file holds; OSError where a
    file cannot be opened becomes that file's reason.
    """
    results: dict[Path, Path | str] = {}
    waiting: dict[tuple[str, str], list[tuple[Path, Path]]] = {}
    program = available()
    with tempfile.TemporaryDirectory(prefix="xunzhang-", ignore_cleanup_errors=True) as scratch:
        for number, path in enumerate(dict.fromkeys(paths)):
            reason = _refusal(path)
            kind = "" if reason else true_format(path)
            if not reason:
                result = _RESULTS[TARGETS[kind][1]]
                if program is None:
                    reason = result.missing
                elif lacks(program, result.part):
                    reason = result.part_missing
            if reason:
                results[path] = reason
                continue
            suffix, *target = TARGETS[kind]
            # the name says nothing to LibreOffice but its suffix, and the original stays untouched
            copy = Path(scratch, f"{number:05d}{suffix}")
            try:
                shutil.copyfile(path, copy)
            except OSError as error:
                results[path] = f"读取时出错（{error.strerror or error}）；请复制到本机磁盘后再试。"
                continue
            waiting.setdefault((target[0], target[1]), []).append((path, copy))
        if program is not None:
            for (suffix, export), files in waiting.items():
                start = _Start(program, folder, suffix, export, seconds, stopped)
                for first in range(0, len(files), _MOST_AT_ONCE):
                    start.batch(files[first : first + _MOST_AT_ONCE], results)
    return results


def _refusal(path: Path) -> str:
    """Why a file is not even handed over, or an empty string."""
    try:
        if path.stat().st_size > GREATEST_INPUT:
            return TOO_LARGE
        kind = true_format(path)
        if kind not in TARGETS:
            return LOCKED if kind == "locked" else NOT_OURS
        return LOCKED if locked(path, kind) else ""
    except OSError as error:
        return f"读取时出错（{error.strerror or error}）；请复制到本机磁盘后再试。"


class _Start:
    """How files of one target are converted: program, place of the results, limit."""

    def __init__(
        self,
        program: Path,
        folder: Path,
        suffix: str,
        export: str,
        seconds: float,
        stopped: Callable[[], bool],
    ) -> None:
        self._program = program
        self._folder = folder
        self._suffix = suffix
        self._export = export
        self._seconds = seconds
        self._stopped = stopped

    def batch(self, files: Sequence[tuple[Path, Path]], results: dict[Path, Path | str]) -> None:
        """Convert copies; what a crash or a hang leaves over is tried again in halves."""
        end = self._run([copy for _, copy in files])
        left = []
        for path, copy in files:
            made = self._result(copy)
            if _opens(made):
                results[path] = made
            else:
                made.unlink(missing_ok=True)
                left.append((path, copy))
        if not left:
            return
        if len(files) == 1 or self._stopped():
            result = _RESULTS[self._suffix]
            results |= dict.fromkeys(
                (path for path, _ in left),
                {"slow": result.slow(self._seconds), "crashed": result.crashed}.get(
                    end, result.failed
                ),
            )
        elif len(left) == 1:
            self.batch(left, results)
        else:
            middle = len(left) // 2
            self.batch(left[:middle], results)
            self.batch(left[middle:], results)

    def _result(self, copy: Path) -> Path:
        return self._folder / (copy.stem + self._suffix)

    def _run(self, copies: Sequence[Path]) -> str:
        """One start over these copies: "ended", "crashed", or "slow" or "stopped" (ended by us)."""
        with tempfile.TemporaryDirectory(
            prefix="xunzhang-profile-", ignore_cleanup_errors=True
        ) as profile:
            _write_profile(Path(profile))
            command = [
                str(self._program),
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--headless", "--invisible", "--norestore", "--nologo", "--nodefault",
                "--nolockcheck", "--nofirststartwizard",
                "--convert-to", f"{self._suffix[1:]}:{self._export}",
                "--outdir", str(self._folder),
                *(str(copy) for copy in copies),
            ]  # fmt: skip
            process = subprocess.Popen(
                command if sys.platform == "win32" else ["/bin/sh", "-c", _GUARD, "sh", *command],
                stdin=subprocess.PIPE,  # never written to; see _GUARD
                stdout=subprocess.DEVNULL,  # a pipe would stay open in what it starts
                stderr=subprocess.DEVNULL,
                cwd=profile,
                env={**os.environ, "SAL_USE_VCLPLUGIN": "svp"},
                start_new_session=True,
            )
            try:
                return self._wait(process, copies)
            finally:
                _end_group(process)
                if process.stdin is not None:
                    process.stdin.close()

    def _wait(self, process: subprocess.Popen[bytes], copies: Sequence[Path]) -> str:
        made = 0
        last = time.monotonic()
        while True:
            try:
                return "ended" if process.wait(timeout=0.1) == 0 else "crashed"
            except subprocess.TimeoutExpired:
                if self._stopped():
                    return "stopped"
                now_made = sum(self._result(copy).exists() for copy in copies)
                if now_made > made:
                    made, last = now_made, time.monotonic()
                elif time.monotonic() - last > self._seconds:
                    return "slow"


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started; soffice is a script that starts soffice.bin."""
    if sys.platform == "win32":
        if process.poll() is None:  # its children are found through it only while it lives
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(process.pid)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
            )
    else:
        # macOS says EPERM for a group of the dead
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _write_profile(profile: Path) -> None:
    items = [
        (f"/org.openoffice.Office.{node}", name, content) for node, name, content in _SETTINGS
    ] + [("/org.openoffice.Inet/Settings", name, content) for name, content in _DEAD_PROXY]
    lines = [
        f'<item oor:path="{node}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{content}</value></prop></item>"
        for node, name, content in items
    ]
    user = profile / "user"
    user.mkdir()
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
        + "\n".join(lines)
        + "\n</oor:items>\n",
        encoding="utf-8",
    )


def _opens(made: Path) -> bool:
    """Whether a result is a whole package (its directory stands at its end)."""
    try:
        with zipfile.ZipFile(made) as package:
            return "[Content_Types].xml" in package.namelist()
    except (*DAMAGE, OSError):
        return False
