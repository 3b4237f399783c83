"""Scripts as modules, and a stub in the place of Python, venv and pip for those that set up."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts"

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
