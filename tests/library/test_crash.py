"""Kill -9 at random moments: a short run of scripts/crash.py, which says what is checked."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "crash.py"


@pytest.fixture(scope="module")
def crash() -> ModuleType:
    specification = importlib.util.spec_from_file_location("crash", SCRIPT)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["crash"] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_a_killed_library_opens_answers_and_goes_on(crash: ModuleType, tmp_path: Path) -> None:
    kills, failures = crash.run(crash.Place(tmp_path), "product", 30, random.Random(20))
    assert failures == []
    assert kills >= 15  # the others had finished a moment before; removals take 0.1 s


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["statements", "store"])
def test_the_same_check_fails_for_what_writes_in_place(
    crash: ModuleType, tmp_path: Path, variant: str
) -> None:
    _, failures = crash.run(crash.Place(tmp_path), variant, 60, random.Random(3), enough=1)
    assert failures
