"""test.py: what it runs, and what its status tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scripts.stub import Stub, load, posix

check = load("test")


def test_everything_unknown_goes_to_pytest() -> None:
    options, others = check.arguments(["--slow", "-k", "outline", "-x", "tests/test_text.py"])
    assert options.slow
    assert others == ["-k", "outline", "-x", "tests/test_text.py"]


def test_slow_tests_run_only_when_asked() -> None:
    quick = dict(check.commands(Path("python"), False, ["-x"]))
    slow = dict(check.commands(Path("python"), True, ["-x"]))
    assert quick["pytest"][1:] == ["-m", "pytest", "-m", "not slow", "-x"]
    assert slow["pytest"][1:] == ["-m", "pytest", "-x"]
    assert list(quick) == ["ruff check", "ruff format", "mypy", "pytest"]


def test_a_persons_own_library_and_model_play_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNZHANG_LIBRARY", "/mine")
    monkeypatch.setenv("XUNZHANG_MODEL", "mine")
    monkeypatch.setenv("XUNZHANG_DATA_FOLDER", "/models")
    environ = check.hermetic()
    assert {name for name in environ if name.startswith("XUNZHANG_")} == {"XUNZHANG_DATA_FOLDER"}


@posix
@pytest.mark.parametrize(
    ("plan", "status", "says"),
    [
        ({}, 0, "pytest       通过"),
        ({"pytest": {"code": 5}}, 1, "一个测试也没有找到"),
        ({"pytest": {"code": 1}}, 1, "pytest       没有通过（返回值 1）"),
        ({"mypy": {"code": 2}}, 1, "mypy         没有通过（返回值 2）"),
        ({"ruff": {"code": 1}}, 1, "ruff format . 可以改好"),
    ],
)
def test_every_check_runs_and_the_status_tells(
    stub: Stub,
    plan: dict[str, Any],
    status: int,
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stub.plan(**plan)
    monkeypatch.setattr(check, "prepare", lambda extras: stub.base)
    monkeypatch.setattr(check, "ROOT", stub.root)
    assert check.main([]) == status
    assert says in capsys.readouterr().out
    assert len(stub.calls("ruff")) == 2
    assert len(stub.calls("mypy")) == len(stub.calls("pytest")) == 1
