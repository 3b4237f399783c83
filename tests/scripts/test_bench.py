"""bench.py: its parts chosen, its figures kept and published, and how they are computed."""

from __future__ import annotations

import doctest
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from index.embedding.testing import CountingEncoder
from index.library import Library
from index.vectors import ExactStore
from tests.scripts.stub import SCRIPTS, load

bench = load("bench")  # which makes benchmarks/ importable
bench_duplicates = importlib.import_module("bench_duplicates")
NAMES = ("chart", "figures", "first_page", "fits", "processes", "published", "questions")
chart, figures, first_page, fits, processes, published, questions = (
    importlib.import_module(f"benchmarks.{name}") for name in NAMES
)
resident = importlib.import_module("resident")

ROADS = "修好村口路灯四十盏，老人夜里出门不再摸黑走路。"


@pytest.mark.parametrize(
    "module",
    [
        *(bench, bench.growth, bench.reuse, bench.together),
        *(chart, figures, first_page, fits, published, questions),
    ],
    ids=lambda module: module.__name__,
)
def test_examples_are_true(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0


# --- parts


def test_parts_are_chosen_by_name() -> None:
    assert bench.arguments(["--only", "disk,query"]).only == ("query", "disk")
    assert bench.arguments(["--only", "reuse", "--big", "b.jsonl"]).big == Path("b.jsonl")
    with pytest.raises(SystemExit):
        bench.arguments(["--only", "speed"])


def test_every_part_is_measured_and_told() -> None:
    for name, module in bench.MODULES.items():
        assert callable(module.measure), name
        assert callable(module.rows), name
    assert set(bench.LARGE) < set(bench.PARTS)


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--folder", str(tmp_path / "没有")]) == 2
    assert "找不到" in capsys.readouterr().err
    assert bench.main(["--big-library", str(tmp_path / "没有")]) == 2
    assert "catalogue.sqlite" in capsys.readouterr().err


def test_what_is_kept_is_named_after_what_it_was_made_of(tmp_path: Path) -> None:
    made_of = importlib.import_module("benchmarks.asked").made_of
    folders = [tmp_path / "甲" / "documents", tmp_path / "乙" / "documents"]
    for folder in folders:
        folder.mkdir(parents=True)
    names = {made_of(folder, "library") for folder in folders}
    assert len(names) == 2
    (folders[0] / "new.txt").write_text("一", encoding="utf-8")
    assert made_of(folders[0], "library") in names  # the library follows its folder
    before = made_of(folders[0] / "new.txt", "growth")
    (folders[0] / "new.txt").write_text("一二", encoding="utf-8")
    assert made_of(folders[0] / "new.txt", "growth") != before


# --- processes and memory


def test_a_function_runs_in_a_process_of_its_own() -> None:
    found = processes.alone(fits_in_a_line, {"a": "甲"})
    assert found["said"] == "甲"
    assert 1_000_000 < found["peak_bytes"] < 500_000_000


def fits_in_a_line(request: dict[str, Any]) -> dict[str, Any]:
    return {"said": request["a"]}


def test_a_process_that_fails_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="fails"):
        processes.alone(fails, {})
    assert "no such thing" in capfd.readouterr().err


def fails(request: dict[str, Any]) -> dict[str, Any]:
    raise ValueError("no such thing")


def test_the_memory_of_a_process_is_its_own() -> None:
    """Not what the process that started it once had, as ru_maxrss would tell on Linux."""
    ours = bytearray(b"x") * 150_000_000
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); sys.modules.pop('test', None);"
    code += "import resident; print(resident.peak_memory())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    child = int(done.stdout)
    assert 1_000_000 < child < 100_000_000
    assert resident.peak_memory() > len(ours)


def test_the_memory_of_another_process_is_read_while_it_runs() -> None:
    code = "held = bytearray(b'x') * 100_000_000; print(len(held), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "100000000\n"
        assert 100_000_000 < resident.memory_of(process.pid) < 200_000_000
        process.communicate("\n")
    assert resident.memory_of(process.pid) == 0


# --- figures


def test_the_ratio_is_taken_within_a_round() -> None:
    """A slow minute that hits both sides of a round leaves its ratio alone."""
    product, plain = [90.0, 45.0, 88.0], [30.0, 15.0, 22.0]
    assert figures.ratios(product, plain) == [3.0, 3.0, 4.0]
    assert figures.spread(figures.ratios(product, plain)) == {
        "min": 3.0,
        "median": 3.0,
        "max": 4.0,
        "rounds": 3,
    }


def test_percentiles_are_times_that_were_measured() -> None:
    milliseconds = [float(n) for n in range(1, 101)]
    assert figures.percentile(milliseconds, 50) == 50.0
    assert figures.percentile(milliseconds, 95) == 95.0
    assert figures.percentile([7.0], 95) == 7.0
    assert figures.percentile([1.0, 100.0], 95) == 100.0


def test_a_line_never_promises_less_than_nothing() -> None:
    falling = fits.fit([10, 100], [50.0, 40.0])
    assert falling.each == 0.0
    assert falling.at(10**9) == falling.fixed
    steep = fits.fit([10, 100, 1000], [1.0, 20.0, 300.0])
    assert steep.fixed == 0.0
    assert steep.worst > 0.1
    with pytest.raises(ValueError, match="two sizes"):
        fits.fit([10, 10], [1.0, 2.0])


def test_a_line_weighs_relative_errors() -> None:
    """The least squares of the plain errors would leave the smallest point far off."""
    sizes, values = [5_000, 50_000, 500_000], [10.0, 55.0, 520.0]
    line = fits.fit(sizes, values)
    grid = [
        max(abs((a + b * n) / v - 1) for n, v in zip(sizes, values, strict=True))
        for a in np.linspace(0, 20, 81)
        for b in np.linspace(0.0008, 0.0012, 41)
    ]
    assert line.worst < min(grid) + 0.02


# --- what is asked


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Forty small reports of two units over four years."""
    path = tmp_path / "总结.jsonl"
    rows = [
        {
            "title": f"第{number}份总结",
            "unit": ("青禾渡口站", "石桥磨坊")[number % 2],
            "year": 2020 + number % 4,
            "paragraphs": [f"{ROADS}第{number}次检查水井{number * 7}口，渡口{number}处。", "短"],
        }
        for number in range(40)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Library.create(tmp_path / "library", CountingEncoder()) as made:
        made.sync([path])
    return tmp_path / "library"


def test_no_question_is_asked_twice_and_the_draw_is_fixed(library: Path) -> None:
    drawn = questions.draw(library, 30)
    assert drawn == questions.draw(library, 30)
    assert len(drawn) == len(set(drawn)) == 30


def test_filters_are_of_the_library(library: Path) -> None:
    ways = questions.filters(library, 20)
    assert list(ways) == ["none", "year", "unit"]
    assert ways["none"] == [{}] * 20
    assert {narrowed["unit"] for narrowed in ways["unit"]} == {"青禾渡口站", "石桥磨坊"}
    assert {narrowed["year"][0] for narrowed in ways["year"]} <= set(range(2020, 2024))


def test_recall_is_what_the_store_finds_of_the_best() -> None:
    drawing = np.random.default_rng(5)
    vectors = drawing.standard_normal((200, 16)).astype(np.float16)
    ids = np.arange(10, 210)
    exact = ExactStore(ids, vectors)
    query = drawing.standard_normal(16).astype(np.float32)
    best, _ = exact.search(query, 10)
    lossy = ~np.isin(ids, best[[0, 4, 9]])
    store = ExactStore(ids[lossy], vectors[lossy])
    assert bench.query.found(exact, exact, query, None) == 1.0
    assert bench.query.found(store, exact, query, None) == 0.7
    assert bench.query.found(store, exact, query, best[:2]) == 0.5
    assert bench.query.found(store, exact, query, np.array([1])) is None


def test_reports_are_of_one_length_and_found_by_their_mark() -> None:
    import random

    text = bench.changes.report(ROADS * 20, "墨鱼灯塔第7号", random.Random(3))
    title, empty, *paragraphs = text.rstrip("\n").split("\n")
    assert (title, empty) == ("测试用工作总结", "")
    assert len(paragraphs) == bench.changes.PARAGRAPHS
    assert {len(paragraph) for paragraph in paragraphs} == {bench.changes.LENGTH}
    assert [number for number, one in enumerate(paragraphs) if "墨鱼灯塔第7号" in one] == [0]
    assert text != bench.changes.report(ROADS * 20, "墨鱼灯塔第7号", random.Random(4))


# --- several people


def test_questions_for_all_never_repeat() -> None:
    waiting = bench.together.Waiting(["甲", "乙"], 5)
    given = [waiting.next() for _ in range(6)]
    assert given[-1] is None
    assert len(set(given)) == 6


def test_what_goes_wrong_is_counted() -> None:
    """Nobody listens there."""
    crowd = bench.together.Crowd(bench.page.free_port(), bench.together.Waiting(["甲"], 3))
    crowd.sit_down()
    assert len(crowd.errors) == crowd.done == 3
    assert crowd.milliseconds == []


def test_a_leak_is_told_from_caches_that_fill() -> None:
    filling = [(n, min(n, 2_000) * 10_000 + 10**8) for n in range(0, 10_000, 5)]
    assert bench.together.level(filling, 10_000)["bytes_per_search"] == pytest.approx(0, abs=1)
    leaking = [(n, held + 2_000 * n) for n, held in filling]
    found = bench.together.level(leaking, 10_000)
    assert found["bytes_per_search"] == pytest.approx(2_000)
    assert found["last_bytes"] > found["settled_bytes"] + 10**7
    assert bench.together.level([], 10)["bytes_per_search"] == 0


def test_a_large_library_that_others_built_is_taken_as_it_is(library: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in library.rglob("*.npy")}
    assert before
    asked = importlib.import_module("benchmarks.asked").Asked(library.parent, library.parent)
    assert bench.built_large(library, asked) == {}
    bench.build.note_of(library).write_text('{"seconds": 5.0}', encoding="utf-8")
    assert bench.built_large(library, asked) == {"seconds": 5.0}
    assert {path: path.stat().st_mtime_ns for path in library.rglob("*.npy")} == before


def test_thousands_of_searches_are_asked_of_one_library_only(tmp_path: Path) -> None:
    Asked = importlib.import_module("benchmarks.asked").Asked  # noqa: N806
    alone = Asked(tmp_path, tmp_path, searches=10_000)
    both = Asked(tmp_path, tmp_path, searches=10_000, big_library=tmp_path)
    few = Asked(tmp_path, tmp_path, searches=12, big_library=tmp_path)
    assert [bench.on_small(one).searches for one in (alone, both, few)] == [10_000, 1_000, 12]


# --- bench_duplicates.py


def test_a_library_against_itself_is_measured_size_by_size(tmp_path: Path) -> None:
    path = tmp_path / "总结.jsonl"
    texts = [[ROADS, "渡口添了两条新船。"], [ROADS], ["合唱队每周三晚上在文化站练歌。"]]
    path.write_text("\n".join(json.dumps({"paragraphs": one}) for one in texts), encoding="utf-8")
    (tmp_path / "文件夹").mkdir()
    (tmp_path / "文件夹" / "一.txt").write_text(f"标题\n\n{ROADS}\n", encoding="utf-8")
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


# --- everything


@pytest.mark.slow
@pytest.mark.model
def test_a_small_run_measures_everything(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    many = tmp_path / "many.jsonl"
    rows = [
        {"title": f"第{n}期", "year": 2020 + n % 3, "paragraphs": [f"{ROADS}又修{n}盏。"] * 2}
        for n in range(30)
    ]
    many.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, str(SCRIPTS / "bench.py"), "--output", str(output)),
            *("--texts", "8", "--queries", "5", "--rounds", "1", "--people", "3"),
            *("--searches", "12", "--big", str(many)),
            *("--big-library", str(tmp_path / "large")),
        ],
        capture_output=True,
        encoding="utf-8",
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["build"]["first"]["files"] > 30
    assert found["build"]["again"]["files"] == found["build"]["again"]["encoded"] == 0
    assert found["encode"]["cosine_lowest"] > 0.99
    assert found["encode"]["product_per_second"]["rounds"] == 1
    for part in (found, found["big"]):
        ways = part["query"]["ways"]
        assert set(ways) == {"none", "year", "unit"}
        assert 0 < ways["none"]["p50_ms"] <= ways["none"]["p95_ms"]
        assert part["query"]["recall"]["ways"]["none"] == 1.0  # a small library compares all
        assert part["together"]["errors"] == []
        assert part["together"]["searches"] == 12
        assert 0 < part["together"]["update_seconds"] < 60
        assert part["changes"]["add"]["min"] > 0
        assert part["page"]["up"]["min"] < part["page"]["first"]["min"]
        assert part["disk"]["total_bytes"] == sum(part["disk"]["library_bytes"].values())
        assert part["disk"]["library_bytes"]["fingerprints"] > 0
    reuse = found["reuse"]
    assert min(reuse["review"][kind]["seconds"][0] for kind in ("known", "strange")) > 0
    assert found["big"]["reuse"]["paragraphs"] > reuse["review"]["paragraphs"]
    assert reuse["pairs"]["product"] >= 8  # verbatim, renamed and numbers-only pairs of the sample
    assert [one["paragraphs"] for one in found["growth"]["points"]] == sorted(
        one["paragraphs"] for one in found["growth"]["points"]
    )
    for row in (
        "ratio within a round",
        "query end to end",
        "in a fresh process",
        "on disk",
        "review of",
        "people at once",
        "until it is found",
        "How it grows",
    ):
        assert row in done.stdout
