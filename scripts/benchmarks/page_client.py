"""A person at the page, without a browser: Streamlit's own messages over its WebSocket.

What a browser does for a search: the text goes to the server as the state of the search box, the
script runs, and the elements of the page come back until it has finished.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.processes import ROOT

ADDRESS = "127.0.0.1"
CARD = 'class="xz-head"'
"""What the HTML of every result carries."""
ERROR = "xz-notice xz-error"
"""What a sentence carries that says what went wrong."""
PATIENCE = 120.0
"""Seconds for a page to come up, and for an answer."""


class PageFailed(Exception):
    """The page showed an error, or none of what it should."""


class Person:
    """One session of the page: it opens 找素材 and asks, one search after another."""

    def __init__(self, port: int) -> None:
        from websockets.sync.client import connect

        self._opening: Any = connect(
            f"ws://{ADDRESS}:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None
        )
        self._socket: Any = None
        self._box = ""

    def __enter__(self) -> Self:
        self._socket = self._opening.__enter__()
        self.look()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._opening.__exit__(kind, error, traceback)

    def look(self, query: str = "") -> int:
        """Open the page (with a search in its address); returns how many results it shows."""
        from urllib.parse import urlencode

        from streamlit.proto.BackMsg_pb2 import BackMsg

        message = BackMsg()
        message.rerun_script.query_string = urlencode({"q": query}) if query else ""
        return self._run(message)

    def ask(self, query: str) -> int:
        """Type a search and press Enter; returns how many results the page shows.

        Raises PageFailed where the page shows an error, or no search box was there.
        """
        from streamlit.proto.BackMsg_pb2 import BackMsg

        if not self._box:
            raise PageFailed("页面上没有查找框，资料库可能是空的。")
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self._box, query
        return self._run(message)

    def _run(self, message: Any) -> int:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        self._socket.send(message.SerializeToString())
        cards = 0
        while True:
            received = ForwardMsg()
            received.ParseFromString(self._socket.recv(timeout=PATIENCE))
            what = received.WhichOneof("type")
            if what == "delta":
                element = received.delta.new_element
                kind = element.WhichOneof("type")
                if kind == "text_input" and element.text_input.id.endswith("-q"):
                    self._box = element.text_input.id
                elif kind == "exception":
                    raise PageFailed(element.exception.message)
                elif kind in ("html", "markdown"):
                    body = getattr(element, kind).body
                    if ERROR in body and not body.startswith("<style"):
                        raise PageFailed(re.sub("<[^>]*>", "", body))
                    cards += body.count(CARD)
            elif what == "script_finished":
                if received.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    raise PageFailed(f"页面没有运行完（{received.script_finished}）。")
                return cards


def answers(port: int) -> bool:
    """Whether the server says that it is well."""
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=2)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def server(library: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The page of a library, up and well; ended at the end."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    options = ["--server.address", ADDRESS, "--server.port", str(port), "--server.headless", "true"]
    with started([*command, *options], library, port) as process:
        wait_until_up(process, port)
        yield process


@contextmanager
def started(command: Sequence[str], library: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that serves the page; ended at the end. Raises PageFailed for a taken port."""
    if answers(port):
        raise PageFailed(f"端口 {port} 上已有网页，请先关闭。")
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "XUNZHANG_LIBRARY": str(library), "PYTHONUTF8": "1", "CI": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=os.name != "nt",
    )
    try:
        yield process
    finally:
        end(process)


def wait_until_up(process: subprocess.Popen[bytes], port: int) -> None:
    began = time.monotonic()
    while not answers(port):
        if process.poll() is not None or time.monotonic() - began > PATIENCE:
            raise PageFailed("网页没有启动，原因见上面。")
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes]) -> None:
    """The process with all it started: start.py's page would outlive it."""
    import signal

    if os.name == "nt":
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False
        )
    elif process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
