"""Set up and run 寻章: `python scripts/start.py`.

Makes `.venv` with the pinned packages, a library from the sample in corpus/ where there is no
library yet, and opens the page on 127.0.0.1. Run again, it starts in seconds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from typing import Sequence  # noqa: UP035  (3.7 syntax, see environment.py)

from environment import (
    FOLDER,
    ROOT,
    StepFailed,
    Ticker,
    clean_environment,
    closing,
    prepare,
    say,
    tail,
)

ADDRESS = "127.0.0.1"
PATIENCE = 90.0
"""Seconds that the page may take until it answers."""

UNFINISHED = "sample.json"
"""In `.venv` while the sample is read in: the library that was not finished, should this stop."""

# Run by the environment's interpreter: where Settings lead, and whether a library is there.
LOOK = """
import json, sys
from index.errors import LibraryError, LibraryNotFound
from index.library import Library
from index.settings import Settings
try:
    settings = Settings.load()
    folder = settings.library.absolute()
    try:
        Library.open(folder).close()
        exists = True
    except LibraryNotFound:
        exists = False
except LibraryError as error:
    sys.exit(str(error))
print(json.dumps({"library": str(folder), "exists": exists, "port": settings.port}))
"""


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python scripts/start.py",
        description="准备运行环境，建立资料库，打开寻章的网页。再次运行几秒钟就能打开。",
    )
    parser.add_argument(
        "--library", type=Path, metavar="文件夹", help="资料库所在的文件夹；不写则用默认的。"
    )
    parser.add_argument("--port", type=port_number, metavar="端口", help="网页的端口，默认 8501。")
    parser.add_argument("--no-page", action="store_true", help="只准备环境和资料库，不打开网页。")
    return parser.parse_args(argv)


def port_number(text: str) -> int:
    """
    >>> port_number("8502")
    8502
    """
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"“{text}”不是端口号，请写 1 到 65535 之间的整数。")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    steps = 2 if options.no_page else 3
    say(f"寻章　第 1 步，共 {steps} 步：运行环境")
    python = prepare()

    say(f"第 2 步，共 {steps} 步：资料库")
    environ = clean_environment()
    if options.library is not None:
        environ["XUNZHANG_LIBRARY"] = str(options.library.expanduser().absolute())
    library, exists, port = look(python, environ)
    environ["XUNZHANG_LIBRARY"] = str(library)
    fill(python, library, exists, environ)
    if options.no_page:
        say("完成。打开网页：python scripts/start.py")
        return 0

    say(f"第 3 步，共 {steps} 步：网页")
    return serve(python, options.port or port, environ)


def look(python: Path, environ: dict[str, str]) -> tuple[Path, bool, int]:
    """(the library's folder, whether a library is there, the page's port). Raises StepFailed."""
    done = subprocess.run(
        [str(python), "-c", LOOK],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        if "Traceback" not in done.stderr:
            raise StepFailed(done.stderr.strip())
        raise StepFailed(
            f"程序无法启动。请删除文件夹 {ROOT / FOLDER} 后再运行一次；"
            f"仍不行时，把下面的内容告诉开发者：\n{tail(done.stderr)}"
        )
    answer = json.loads(done.stdout.splitlines()[-1])
    return Path(answer["library"]), bool(answer["exists"]), int(answer["port"])


def fill(python: Path, library: Path, exists: bool, environ: dict[str, str]) -> None:
    """Read the sample into a library that is not there yet. Raises StepFailed.

    An existing library is left as it is: its owner may have removed the sample from it. Only one
    that an earlier run did not finish is continued.
    """
    note = ROOT / FOLDER / UNFINISHED
    unfinished = note.is_file() and note.read_text(encoding="utf-8") == str(library)
    if exists and not unfinished:
        say(f"资料库已在 {library}，直接使用。")
        return
    say(f"{'接着' if unfinished else ''}把 corpus 里的示例总结读入资料库 {library}")
    say("第一次要先解开自带的模型，再逐篇读入…")
    note.write_text(str(library), encoding="utf-8")
    ticker = Ticker()
    code = run([str(python), "-m", "index.cli", "add", str(ROOT / "corpus" / "documents")], environ)
    if code not in (0, 1):
        raise StepFailed(
            f"资料库没有建好（原因见上面，返回值 {code}）。处理后再运行一次，会接着做。\n"
            f"要换一个地方放资料库，请加选项 --library 文件夹。"
        )
    note.unlink()
    if code == 1:
        say("有的文件没有读入，原因已列在上面；其余的都可以查找。")
    say(f"资料库已建好，用了 {ticker.elapsed:.0f} 秒。")


def run(command: Sequence[str], environ: dict[str, str]) -> int:
    """Run, showing its progress on our screen; its exit status."""
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except BaseException as stop:
        end(process, patient=isinstance(stop, KeyboardInterrupt))
        raise


def end(process: subprocess.Popen[bytes], *, patient: bool) -> None:
    """End a child. A patient end is for Ctrl-C, which the terminal has sent to the child as well:
    it may finish what it is writing."""
    try:
        if patient:
            process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        pass
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(python: Path, port: int, environ: dict[str, str]) -> int:
    """Run the page until Ctrl-C. Raises StepFailed where it does not come up."""
    url = f"http://{ADDRESS}:{port}"
    check_port(port)
    process = subprocess.Popen(
        [
            *(str(python), "-m", "streamlit", "run", str(ROOT / "app.py")),
            *("--server.address", ADDRESS, "--server.port", str(port)),
            # without it Streamlit opens a browser itself, before the page can answer
            *("--server.headless", "true"),
        ],
        cwd=ROOT,  # where .streamlit/config.toml is looked for
        env=environ,
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_until_up(process, port)
        say(f"网页已打开：{url}　只有这台电脑可以访问。按 Ctrl-C 关闭。")
        if has_display():
            webbrowser.open(url)
        code = process.wait()
    except KeyboardInterrupt:
        end(process, patient=True)
        say("\n网页已关闭。")
        return 0
    except BaseException:
        end(process, patient=False)
        raise
    raise StepFailed(f"网页意外停止（返回值 {code}），原因见上面。请再运行一次。")


def check_port(port: int) -> None:
    """Raises StepFailed where the page could not listen on `port`."""
    other = port + 1 if port < 65535 else 8501
    advice = f"请换一个端口，例如：python scripts/start.py --port {other}"
    with socket.socket() as asking:
        asking.settimeout(1)
        if asking.connect_ex((ADDRESS, port)) == 0:
            raise StepFailed(
                f"端口 {port} 已被占用。\n"
                f"如果寻章已经在另一个窗口打开，直接访问 http://{ADDRESS}:{port} 即可；否则{advice}"
            )
    with socket.socket() as listening:
        if os.name != "nt":  # there it would allow two programs on one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((ADDRESS, port))
        except OSError as error:
            raise StepFailed(f"不能使用端口 {port}（{error.strerror}）。{advice}") from error


def wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    """Return when the page answers. Raises StepFailed where it ended or takes too long."""
    ticker = Ticker()
    while True:
        if process.poll() is not None:
            ticker.clear()
            raise StepFailed(f"网页没有启动（返回值 {process.returncode}），原因见上面。")
        if answers(port):
            ticker.clear()
            return
        if ticker.elapsed > PATIENCE:
            raise StepFailed(
                f"等了 {PATIENCE:.0f} 秒，网页仍没有启动。请关闭其他程序后再运行一次。"
            )
        ticker.show("启动网页")
        time.sleep(0.2)


def answers(port: int) -> bool:
    """Whether the page says that it is well."""
    # plain http.client: urllib would send it through a proxy where one is set
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_display() -> bool:
    """Whether a browser window could be seen here."""
    if os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(closing(main))
