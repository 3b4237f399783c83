"""The set-up: what start.py and test.py do, with a stub in the place of Python, venv and pip."""

from __future__ import annotations

import argparse
import ast
import doctest
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator, Set
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
SET_UP = ("environment", "start", "test")

posix = pytest.mark.skipif(
    os.name == "nt", reason="the stub interpreter is a script with a #! line"
)


def load(name: str) -> ModuleType:
    """A script as a module, under a name that shadows nothing (test is a standard module)."""
    known = f"set_up_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, SCRIPTS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[known] = module
        if name == "environment":
            sys.modules["environment"] = module  # as the two scripts import it
        spec.loader.exec_module(module)
    return sys.modules[known]


environment = load("environment")
start = load("start")
check = load("test")
bench = load("bench")
bench_duplicates = load("bench_duplicates")

STUB = """#!{python}
import json, os, shutil, sys
arguments, state = sys.argv[1:], {state!r}
with open(os.path.join(state, "calls.jsonl"), "a") as calls:
    asked = {{name: os.environ.get(name) for name in ("PIP_CONSTRAINT", "PIP_USER", "PYTHONPATH")}}
    calls.write(json.dumps([arguments, asked]) + "\\n")
plan = json.load(open(os.path.join(state, "plan.json")))
if arguments[0] == "-c":
    print(plan["version"])
    sys.exit(plan["probe"])
answer = plan.get(arguments[1], {{}})
if arguments[1] == "venv" and not answer.get("code"):
    os.makedirs(os.path.join(arguments[-1], "bin"), exist_ok=True)
    shutil.copy(__file__, os.path.join(arguments[-1], "bin", "python"))
print(answer.get("output", ""), end="")
sys.exit(answer.get("code", 0))
"""


class Stub:
    """A stand-in for Python, venv and pip that does as planned and remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clone with a space"
        self.root.mkdir()
        (self.root / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
        (self.root / "constraints.txt").write_text("click==8.5.1\n", encoding="utf-8")
        self._state = folder / "state"
        self._state.mkdir()
        self.base = folder / "python"
        self.base.write_text(STUB.format(python=sys.executable, state=str(self._state)))
        self.base.chmod(0o755)
        self.plan(version="3.12.4")

    def plan(self, *, version: str = "3.12.4", probe: int = 0, **modules: Any) -> None:
        plan = {"version": version, "probe": probe, **modules}
        (self._state / "plan.json").write_text(json.dumps(plan))

    def prepare(self, *extras: str) -> Path:
        return environment.prepare(extras, root=self.root, base=self.base)

    def calls(self, module: str) -> list[list[str]]:
        return [arguments for arguments, _ in self._lines() if arguments[1] == module]

    def asked(self, module: str) -> dict[str, str | None]:
        return next(asked for arguments, asked in self._lines() if arguments[1] == module)

    def _lines(self) -> Iterator[tuple[list[str], dict[str, str | None]]]:
        with (self._state / "calls.jsonl").open() as lines:
            for line in lines:
                yield json.loads(line)

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "xunzhang.json"


@pytest.fixture
def stub(tmp_path: Path) -> Stub:
    return Stub(tmp_path)


# --- what the scripts are made of ------------------------------------------------------------


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


@pytest.mark.parametrize("module", [environment, start, check, bench], ids=lambda m: m.__name__)
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


# --- start.py --------------------------------------------------------------------------------


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


# --- test.py ---------------------------------------------------------------------------------


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


# --- bench.py --------------------------------------------------------------------------------


def test_the_ratio_is_taken_within_a_round() -> None:
    """A slow minute that hits both sides of a round leaves its ratio alone."""
    product, plain = [90.0, 45.0, 88.0], [30.0, 15.0, 22.0]
    assert bench.ratios(product, plain) == [3.0, 3.0, 4.0]
    assert bench.spread(bench.ratios(product, plain)) == {
        "min": 3.0,
        "median": 3.0,
        "max": 4.0,
        "rounds": 3,
    }


def test_percentiles_are_times_that_were_measured() -> None:
    times = [float(n) for n in range(1, 101)]
    assert bench.percentile(times, 50) == 50.0
    assert bench.percentile(times, 95) == 95.0
    assert bench.percentile([7.0], 95) == 7.0
    assert bench.percentile([1.0, 100.0], 95) == 100.0


def test_the_memory_of_a_process_is_its_own() -> None:
    """Not what the process that started it once had, as ru_maxrss would tell on Linux."""
    ours = bytearray(b"x") * 150_000_000
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); sys.modules.pop('test', None);"
        "import bench; print(bench.peak_memory())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    child = int(done.stdout)
    assert 1_000_000 < child < 100_000_000
    assert bench.peak_memory() > len(ours)


def test_parts_are_chosen_by_name() -> None:
    assert bench.arguments(["--only", "disk,query"]).only == ("query", "disk")
    assert bench.arguments(["--only", "reuse", "--big", "b.jsonl"]).big == Path("b.jsonl")
    with pytest.raises(SystemExit):
        bench.arguments(["--only", "speed"])


def test_a_library_against_itself_is_measured_size_by_size(tmp_path: Path) -> None:
    roads = "修好村口路灯四十盏，老人夜里出门不再摸黑走路。"
    path = tmp_path / "总结.jsonl"
    texts = [[roads, "渡口添了两条新船。"], [roads], ["合唱队每周三晚上在文化站练歌。"]]
    path.write_text("\n".join(json.dumps({"paragraphs": one}) for one in texts), encoding="utf-8")
    (tmp_path / "文件夹").mkdir()
    (tmp_path / "文件夹" / "一.txt").write_text(f"标题\n\n{roads}\n", encoding="utf-8")
    one, everything = bench_duplicates.measure([path, tmp_path / "文件夹"], [1])
    assert (one["documents"], one["pairs"]) == (1, 0)
    # the paragraph stands in three documents
    counts = [everything[name] for name in ("documents", "paragraphs", "runs", "pairs", "families")]
    assert counts == [4, 6, 3, 3, 1]
    assert set(everything["seconds_by_step"]) == {"runs", "prescribed", "pairs", "families"}
    assert 0 < everything["compare_processor_seconds"] < 60
    assert 10_000_000 < everything["peak_bytes"] < 3_000_000_000
    names = [name for name, _ in bench_duplicates.rows([one, everything])]
    assert names[1:] == ["library against itself, 6 paragraphs", "how it grows"]


@pytest.mark.slow
@pytest.mark.model
def test_a_small_run_measures_everything(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPTS / "bench.py"), "--output", str(output)),
            *("--texts", "8", "--queries", "5", "--rounds", "1"),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(output.read_text(encoding="utf-8"))
    assert figures["build"]["first"]["files"] > 30
    assert figures["build"]["again"]["files"] == figures["build"]["again"]["encoded"] == 0
    assert figures["encode"]["cosine_lowest"] > 0.99
    assert figures["encode"]["product_per_second"]["rounds"] == 1
    assert 0 < figures["query"]["p50_ms"] <= figures["query"]["p95_ms"]
    reuse = figures["reuse"]
    assert min(reuse["review"][kind]["seconds"][0] for kind in ("known", "strange")) > 0
    assert reuse["pairs"]["product"] >= 8  # verbatim, renamed and numbers-only pairs of the sample
    assert figures["disk"]["total_bytes"] == sum(figures["disk"]["library_bytes"].values())
    for row in (
        "ratio within a round",
        "query end to end",
        "in a fresh process",
        "on disk",
        "review of",
    ):
        assert row in done.stdout


# --- constraints.txt -------------------------------------------------------------------------


OPTIONAL = {"ocr": "rapidocr"}
"""Extras that `test` does not bring -> the package that tells whether one is installed."""


def missing_extras() -> set[str]:
    installed = {canonicalize_name(found.metadata["Name"]) for found in metadata.distributions()}
    return {extra for extra, package in OPTIONAL.items() if package not in installed}


def pins(without: Set[str] = frozenset()) -> dict[str, Requirement]:
    """All, or all but those under the headings of the extras `without`."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    sections = text.split("# --- ")
    lines = [
        line
        for section in sections
        if not any(section.startswith(f'extra "{extra}"') for extra in without)
        for line in ("# " + section).splitlines()
    ]
    requirements = [Requirement(bare) for line in lines if (bare := line.split("#")[0].strip())]
    names = [canonicalize_name(requirement.name) for requirement in requirements]
    assert len(names) == len(set(names)), "a package is pinned twice"
    return dict(zip(names, requirements, strict=True))


def test_every_line_is_one_version() -> None:
    for requirement in pins().values():
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        assert "*" not in specifier.version


def wanted() -> dict[str, str]:
    """Every package that pyproject.toml leads to with its extras -> its installed version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo = [Requirement(line) for line in project["dependencies"]]
    for extra, lines in project["optional-dependencies"].items():
        if extra not in missing_extras():
            todo += [Requirement(line) for line in lines]
    versions: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        if name == "xunzhang" or (requirement.marker and not requirement.marker.evaluate()):
            continue
        distribution = metadata.distribution(name)
        versions[name] = distribution.version
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in distribution.requires or []:
                below = Requirement(line)
                if below.marker is None or below.marker.evaluate({"extra": extra}):
                    below.marker = None
                    todo.append(below)
    return versions


def test_nothing_unpinned_nothing_pinned_for_nobody_and_versions_as_installed() -> None:
    pinned = {
        name: requirement
        for name, requirement in pins(without=missing_extras()).items()
        if requirement.marker is None or requirement.marker.evaluate()
    }
    installed = wanted()
    # CUDA builds of torch bring packages that torch itself pins
    optional = {name for name in installed if name.startswith(("nvidia-", "cuda-", "triton"))}
    assert sorted(set(installed) - optional - set(pinned)) == []
    assert sorted(set(pinned) - set(installed)) == []
    others = {
        name: (installed[name], str(requirement.specifier))
        for name, requirement in pinned.items()
        if name != "torch" and not requirement.specifier.contains(installed[name], prereleases=True)
    }
    assert others == {}
