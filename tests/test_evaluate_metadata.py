"""The figures of scripts/evaluate_metadata.py, on documents whose answers are known."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "evaluate_metadata.py"


def run(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    spec = importlib.util.spec_from_file_location("evaluate_metadata", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "evaluate_metadata", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", ["evaluate_metadata.py", *arguments])
    assert module.main() == 0
    return capsys.readouterr().out


def row(printed: str, field: str, where: str) -> list[str]:
    """right, wrong, none, precision, recall."""
    (line,) = (x for x in printed.splitlines() if x.split()[:2] == [field, where])
    return line.split()[2:]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {
        "a.txt": "青禾市水务局2023年工作总结\n\n一年来，抓供水。\n",
        "b.txt": "南岭区财政局2022年工作总结\n\n一年来，抓预算。\n",
        "c.txt": "节水倡议书\n\n请随手关水。\n",
        "d.txt": "水库的春天\n\n水满了。\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_list_counts_what_is_right_wrong_missed_and_not_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "gold.csv").write_text(
        "path,title,unit,year,kind,period,half\n"
        "a.txt,,青禾市水务局|水务局,2023,工作总结,-,one\n"  # all right
        "b.txt,,-,2021,工作总结,,one\n"  # guessed where there is nothing; wrong year
        "c.txt,,青禾市,-|2020,,,one\n"  # missed; nothing is right as well
        "d.txt,,青禾市,,,,two\n",
        encoding="utf-8",
    )
    printed = run(
        ["--gold", str(folder / "gold.csv"), "--half", "one", "--show"], monkeypatch, capsys
    )
    assert printed.startswith("3 documents\n")
    assert row(printed, "unit", "all") == ["1", "1", "1", "0.500", "0.500"]
    assert row(printed, "unit", "title") == ["1", "1", "0", "0.500", "0.500"]
    assert row(printed, "year", "all") == ["1", "1", "0", "0.500", "0.500"]
    assert row(printed, "kind", "all") == ["2", "0", "0", "1.000", "1.000"]
    assert row(printed, "title", "all") == ["0", "0", "0", "-", "-"]
    assert "wrong year title: 2022 <- 2021 (b.txt)" in printed
    # units and years by title: 2 of 4 right
    assert "mean distance of sure from the share that was right" in printed
    bins = [line.split() for line in printed.splitlines() if " to " in line]
    assert sum(int(line[3]) for line in bins) == 6


def test_a_table_is_compared_by_containment(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "metadata.csv").write_text(
        "path,unit,kind,year\na.txt,青禾市,总结,2023\nb.txt,Water Office,报告,2022\n",
        encoding="utf-8",
    )
    printed = run([str(folder)], monkeypatch, capsys)
    assert printed.startswith("2 documents\n")
    assert row(printed, "unit", "all") == ["1", "0", "0", "1.000", "1.000"]
    assert row(printed, "kind", "all") == ["1", "1", "0", "0.500", "0.500"]
    assert row(printed, "year", "all") == ["2", "0", "0", "1.000", "1.000"]
    assert "青禾" not in printed
