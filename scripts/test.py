"""Set up and check 寻章: `python scripts/test.py [--slow] [anything pytest understands]`.

Makes `.venv` like start.py, with what the tests need, and runs ruff, mypy and pytest with the
package's doctests. Everything runs even where something failed; the end says what did.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Sequence  # noqa: UP035  (3.7 syntax, see environment.py)

from environment import ROOT, clean_environment, clock, closing, prepare, say

NO_TESTS = 5
"""pytest's exit status when it found no test to run."""


def arguments(argv: Sequence[str] | None) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="python scripts/test.py",
        description="准备测试环境，运行 ruff、mypy、pytest（含文档示例）。",
        epilog="其他参数原样交给 pytest，例如：python scripts/test.py -k outline -x",
        allow_abbrev=False,
    )
    parser.add_argument("--slow", action="store_true", help="连同标为 slow 的测试一起运行。")
    return parser.parse_known_args(argv)


def commands(python: Path, slow: bool, others: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(name, command) of every check, in order."""
    run = [str(python), "-m"]
    # ours first: with two -m options pytest takes the last, so a person's own wins
    marks = [] if slow else ["-m", "not slow"]
    return [
        ("ruff check", [*run, "ruff", "check", "."]),
        ("ruff format", [*run, "ruff", "format", "--check", "."]),
        ("mypy", [*run, "mypy"]),
        ("pytest", [*run, "pytest", *marks, *others]),
    ]


def hermetic() -> dict[str, str]:
    """The environment for the checks: a person's own library, model and port play no part."""
    environ = clean_environment()
    for name in list(environ):
        # the data folder only holds the unpacked model, which is the same for everyone
        if name.startswith("XUNZHANG_") and name != "XUNZHANG_DATA_FOLDER":
            del environ[name]
    return environ


def main(argv: Sequence[str] | None = None) -> int:
    options, others = arguments(argv)
    python = prepare(["test"])
    environ = hermetic()
    results = []
    for name, command in commands(python, options.slow, others):
        say(f"\n=== {name} ===")
        start = time.monotonic()
        code = subprocess.call(command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL)
        results.append((name, code, time.monotonic() - start))
    say("\n=== 结果 ===")
    for name, code, seconds in results:
        say(f"{name:<12} {verdict(name, code)}　{clock(seconds)}")
    return 0 if all(code == 0 for _, code, _ in results) else 1


def verdict(name: str, code: int) -> str:
    """
    >>> verdict("mypy", 0), verdict("pytest", 5)
    ('通过', '没有通过：一个测试也没有找到，请检查给 pytest 的参数')
    """
    if code == 0:
        return "通过"
    if name == "pytest" and code == NO_TESTS:
        return "没有通过：一个测试也没有找到，请检查给 pytest 的参数"
    if name == "ruff format":
        return "没有通过：运行 ruff format . 可以改好"
    return f"没有通过（返回值 {code}），见上面的输出"


if __name__ == "__main__":
    sys.exit(closing(main))
