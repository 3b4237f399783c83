"""The environment that start.py and test.py make, with a stub for Python, venv and pip."""

from __future__ import annotations

import ast
import doctest
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.scripts.stub import SCRIPTS, Stub, environment, load, posix

SET_UP = ("environment", "start", "test")
start = load("start")
check = load("test")


@pytest.mark.parametrize("name", SET_UP)
def test_needs_nothing_but_the_standard_library(name: str) -> None:
    tree = ast.parse((SCRIPTS / f"{name}.py").read_text(encoding="utf-8"))
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.add((node.module or "").split(".")[0])
    assert modules - sys.stdlib_module_names - {"environment"} == set()


@pytest.mark.parametrize("name", SET_UP)
def test_an_old_python_can_read_it_far_enough_to_say_so(name: str) -> None:
    ast.parse((SCRIPTS / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize("name", ["start", "test"])
def test_an_old_python_is_told_which_one_is_needed(name: str) -> None:
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 2);"
        f"sys.path.insert(0, {str(SCRIPTS)!r});"
        f"runpy.run_path({str(SCRIPTS / f'{name}.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 1
    assert "寻章需要 Python 3.11 或更新的版本，现在运行的是 3.9" in done.stderr


@pytest.mark.parametrize("module", [environment, start, check], ids=lambda m: m.__name__)
def test_examples_in_the_scripts_are_true(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


def test_no_script_shadows_the_package() -> None:
    assert not (SCRIPTS / "index.py").exists()


# --- the environment -------------------------------------------------------------------------


@posix
def test_first_run_makes_the_environment_and_installs_what_is_pinned(
    stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    python = stub.prepare()
    assert python == stub.root / ".venv" / "bin" / "python"
    assert [call[-1] for call in stub.calls("venv")] == [str(stub.root / ".venv")]
    (pip,) = stub.calls("pip")
    assert pip[2] == "install"
    assert pip[-4:] == ["-c", "constraints.txt", "-e", "."]
    assert stub.asked("pip") == {
        "PIP_CONSTRAINT": "constraints.txt",
        "PIP_USER": None,
        "PYTHONPATH": None,
    }


@posix
def test_second_run_installs_nothing(stub: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    stub.prepare()
    capsys.readouterr()
    stub.prepare()
    assert len(stub.calls("venv")) == len(stub.calls("pip")) == 1
    assert capsys.readouterr().out == "运行环境没有变化，直接使用。\n"


@posix
@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_what_is_needed_installs_again(stub: Stub, name: str) -> None:
    stub.prepare()
    with (stub.root / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    stub.prepare()
    assert len(stub.calls("pip")) == 2
    assert len(stub.calls("venv")) == 1


@posix
def test_windows_line_ends_are_no_change(stub: Stub) -> None:
    stub.prepare()
    constraints = stub.root / "constraints.txt"
    constraints.write_bytes(constraints.read_bytes().replace(b"\n", b"\r\n"))
    stub.prepare()
    assert len(stub.calls("pip")) == 1


@posix
def test_another_python_version_installs_again(stub: Stub) -> None:
    stub.prepare()
    stub.plan(version="3.12.5")
    stub.prepare()
    assert len(stub.calls("pip")) == 2


@posix
def test_a_moved_folder_installs_again(stub: Stub) -> None:
    stub.prepare()
    stub.root = stub.root.rename(stub.root.with_name("elsewhere"))
    stub.prepare()
    assert len(stub.calls("pip")) == 2


@posix
def test_what_the_tests_need_is_added_once_and_stays(stub: Stub) -> None:
    stub.prepare()
    stub.prepare("test")
    stub.prepare()
    stub.prepare("test")
    assert [call[-1] for call in stub.calls("pip")] == [".", ".[test]"]
    (stub.root / "constraints.txt").write_text("click==8.5.2\n", encoding="utf-8")
    stub.prepare()
    assert [call[-1] for call in stub.calls("pip")][2:] == [".[test]"]


@posix
@pytest.mark.parametrize("broken", [{"probe": 1}, {"version": "3.9.18"}])
def test_an_environment_that_does_not_work_is_made_anew(
    stub: Stub, broken: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    stub.prepare()
    # the interpreter inside is broken until venv replaces it with a good one
    inside = environment.python_in(stub.root / ".venv")
    inside.write_text(
        f"#!/bin/sh\necho {broken.get('version', '')}\nexit {broken.get('probe', 0)}\n"
    )
    stub.prepare()
    assert len(stub.calls("venv")) == 2
    assert "--clear" in stub.calls("venv")[1]
    assert "重新建立" in capsys.readouterr().out


@posix
@pytest.mark.parametrize("content", ["", "{", "[]", '{"fingerprint": 1}'])
def test_a_damaged_stamp_counts_as_none(stub: Stub, content: str) -> None:
    stub.prepare()
    stub.stamp.write_text(content)
    stub.prepare()
    assert len(stub.calls("pip")) == 2


# --- failing steps ---------------------------------------------------------------------------


NO_NETWORK = """\
WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(': Failed to \
establish a new connection: [Errno -3] Temporary failure in name resolution')'
ERROR: Could not find a version that satisfies the requirement setuptools>=80
ERROR: No matching distribution found for setuptools>=80
"""


@posix
@pytest.mark.parametrize(
    ("output", "says"),
    [
        (NO_NETWORK, "连不上软件源"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED", "根证书"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed", "代理服务器"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "磁盘满了"),
        ("ERROR: [WinError 5] Access is denied: 'C:\\\\x\\\\numpy.pyd'", "没有写入权限"),
        ("ERROR: No matching distribution found for torch==2.13.0", "3.11、3.12 或 3.13"),
        ("HINT: ... does not have Windows Long Path support enabled", "路径太长"),
        ("something nobody has seen before", "请按 pip 的提示处理"),
    ],
)
def test_a_failing_pip_is_explained(stub: Stub, output: str, says: str) -> None:
    stub.plan(pip={"code": 1, "output": output})
    with pytest.raises(environment.StepFailed) as failure:
        stub.prepare()
    message = str(failure.value)
    assert says in message
    assert output.strip().splitlines()[-1] in message
    assert (stub.root / ".venv" / "install.log").read_text().strip() == output.strip()


@posix
def test_after_a_failure_the_next_run_installs_again(stub: Stub) -> None:
    stub.prepare()
    (stub.root / "constraints.txt").write_text("click==0\n", encoding="utf-8")
    stub.plan(pip={"code": 1, "output": NO_NETWORK})
    with pytest.raises(environment.StepFailed):
        stub.prepare()
    assert not stub.stamp.exists()
    stub.plan()
    # even with the old file: nobody knows what the failed installation left behind
    (stub.root / "constraints.txt").write_text("click==8.5.1\n", encoding="utf-8")
    stub.prepare()
    assert len(stub.calls("pip")) == 3


@posix
@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("The virtual environment was not created because ensurepip is not\navailable.", "apt"),
        ("/usr/bin/python3: No module named venv", "apt install python3-venv"),
        ("Error: [Errno 13] Permission denied: '/opt/x/.venv'", "没有写入权限"),
        ("Error: [Errno 28] No space left on device", "磁盘满了"),
    ],
)
def test_a_failing_venv_is_explained(stub: Stub, output: str, says: str) -> None:
    stub.plan(venv={"code": 1, "output": output})
    with pytest.raises(environment.StepFailed, match=says):
        stub.prepare()
    assert stub.calls("pip") == []


def test_failures_and_ctrl_c_end_with_a_sentence_and_a_status(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.signal, "signal", lambda *_: None)

    def failing(_: object) -> int:
        raise environment.StepFailed("磁盘满了。")

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    assert environment.closing(failing) == 1
    assert environment.closing(interrupted) == 130
    error = capsys.readouterr().err
    assert "没有完成：磁盘满了。" in error
    assert "已停止。再运行一次" in error
    assert "Traceback" not in error


def test_the_summary_of_pip_counts_and_names() -> None:
    summary = environment.PipSummary()
    said = []
    for line in (
        "Obtaining file:///x",
        "Collecting click==8.5.1",
        "  Downloading click-8.5.1-py3-none-any.whl.metadata (2.6 kB)",
        "Collecting torch==2.13.0",
        "  Downloading torch-2.13.0-cp312-cp312-win_amd64.whl (114.2 MB)",
        "Building wheels for collected packages: jieba",
        "Installing collected packages: click, jieba, torch",
    ):
        summary.take(line)
        said.append(summary.text)
    assert said[1] == said[2] == "查找软件包（已找到 1 个）"
    assert said[4] == "下载 torch-2.13.0（114.2 MB；已找到 2 个包）"
    assert said[6].startswith("安装 3 个包")
