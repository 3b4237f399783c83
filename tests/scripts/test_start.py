"""start.py: a library, a port, a page."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.scripts.stub import Stub, load, posix

start = load("start")


def test_start_options() -> None:
    options = start.arguments([])
    assert (options.library, options.port, options.no_page) == (None, None, False)
    options = start.arguments(["--library", "资料", "--port", "9000", "--no-page"])
    assert (options.library, options.port, options.no_page) == (Path("资料"), 9000, True)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "八千", "80.5", ""])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="不是端口号"):
        start.port_number(text)


def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(start.StepFailed) as failure:
            start.check_port(port)
    assert f"端口 {port} 已被占用" in str(failure.value)
    assert "--port" in str(failure.value)
    start.check_port(port)  # free again


def test_it_knows_when_the_page_answers() -> None:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/_stcore/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Healthy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert start.answers(server.server_port)
        finally:
            server.shutdown()
            thread.join()
    assert not start.answers(server.server_port)


def test_a_page_that_ends_at_once_is_reported() -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "raise SystemExit(7)"]) as process,
        pytest.raises(start.StepFailed, match="返回值 7"),
    ):
        start.wait_until_up(process, 1)


class Filled:
    """`fill` with a stub in the place of the environment's interpreter."""

    def __init__(self, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(start, "ROOT", stub.root)
        (stub.root / ".venv").mkdir()
        self.stub = stub
        self.library = stub.root / "library"
        self.note = stub.root / ".venv" / "sample.json"

    def __call__(self, *, exists: bool) -> int:
        """How often the sample was read in."""
        start.fill(self.stub.base, self.library, exists, dict(os.environ))
        return len(self.stub.calls("index.cli"))


@pytest.fixture
def filled(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Filled:
    return Filled(stub, monkeypatch)


@posix
def test_the_sample_goes_into_a_library_that_is_not_there(filled: Filled) -> None:
    assert filled(exists=False) == 1
    (call,) = filled.stub.calls("index.cli")
    assert call[2:] == ["add", str(filled.stub.root / "corpus" / "documents")]
    assert not filled.note.exists()


@posix
def test_an_existing_library_is_left_as_it_is(
    filled: Filled, capsys: pytest.CaptureFixture[str]
) -> None:
    start.fill(filled.stub.base, filled.library, True, dict(os.environ))
    assert "直接使用" in capsys.readouterr().out
    assert not (filled.stub._state / "calls.jsonl").exists()


@posix
def test_a_library_that_was_not_finished_is_continued(filled: Filled) -> None:
    filled.stub.plan(**{"index.cli": {"code": 3}})
    with pytest.raises(start.StepFailed, match="返回值 3"):
        filled(exists=False)
    filled.stub.plan()
    assert filled(exists=True) == 2
    assert filled(exists=True) == 2


@posix
def test_files_that_cannot_be_read_do_not_stop_it(
    filled: Filled, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.stub.plan(**{"index.cli": {"code": 1}})
    assert filled(exists=False) == 1
    assert "有的文件没有读入" in capsys.readouterr().out
    assert not filled.note.exists()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "CI": "true"}, False),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "1"}, False),
    ],
)
def test_a_browser_opens_only_where_it_can_be_seen(
    environ: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.sys, "platform", "linux")
    for name in ("CI", "SSH_CONNECTION", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert start.has_display() is expected
