"""Short versions of scripts/hostile.py and scripts/fuzz.py: read, or refused with a reason."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("resource", reason="limits of memory are set on Linux and macOS only")

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> object:
    """Import a script by its name; scripts find each other beside themselves."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module


REASONS = {
    "套30层.zip": "套得太深",
    "成员重叠.zip": "互相重叠",
    "路径爬出.zip": "路径指向压缩包之外",
    "链接.zip": "这是链接",
    "实体.docx": "DOCTYPE",
    "外部实体.docx": "DOCTYPE",
    "表格套200层.docx": "嵌套太深",
    "XML套十万层.docx": "嵌套太深",
    "JSON套十万层.jsonl": "JSON",
    "页树成环.pdf": "已损坏",
    "损坏.docx": "已损坏",
    "空.docx": "0 字节",
    "有密码.docx": "密码",
    "有密码.xlsx": "密码",
    "有密码.pdf": "密码",
    "有密码.zip": "密码",
    "部分套部分.eml": "已损坏",
}


def test_hostile_files_are_refused_with_their_true_reason(script: object, tmp_path: Path) -> None:
    assert callable(script)
    hostile: ModuleType = script("hostile")
    with hostile.Reader() as reader:
        for name, reason in REASONS.items():
            path = tmp_path / name
            path.write_bytes(hostile.MAKERS[name]())
            outcome = reader.read(path, 20.0)
            assert outcome.kind == "refused", (name, outcome)
            assert reason in outcome.reason, (name, outcome)
            assert len(outcome.reason) < 200, (name, outcome)


def test_mutated_files_are_read_or_refused(script: object, tmp_path: Path) -> None:
    assert callable(script)
    fuzz: ModuleType = script("fuzz")
    samples: ModuleType = script("fuzz_samples")
    made = tmp_path / "made"
    made.mkdir()
    samples.write(made)
    found = tmp_path / "found"
    outcomes = fuzz.run([made], 150, 20_260, found)
    assert not found.exists(), [path.name for path in found.iterdir()]
    assert sum(counts.total() for counts in outcomes.values()) == 150
    # a mutation that nothing survives would prove little: much of it must reach the readers
    assert sum(counts["read"] for counts in outcomes.values()) > 60
