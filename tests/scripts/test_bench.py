"""bench.py: its parts chosen, its figures kept and published, and how they are computed."""

from __future__ import annotations

import doctest
import importlib
import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
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
chart, figures, fits, processes, published, questions = (
    importlib.import_module(f"benchmarks.{name}")
    for name in ("chart", "figures", "fits", "processes", "published", "questions")
)
resident = importlib.import_module("resident")

ROADS = "修好村口路灯四十盏，老人夜里出门不再摸黑走路。"


@pytest.mark.parametrize(
    "module",
    [bench, bench.growth, bench.reuse, bench.together, chart, figures, fits, published, questions],
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


# --- growth


def test_smaller_files_are_drawn_from_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    rows = [{"id": str(n), "paragraphs": [f"第{n}段", "又一段", " "]} for n in range(500)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bench.growth.draw(file, tmp_path / "few.jsonl", 100)
    drawn = [json.loads(line) for line in (tmp_path / "few.jsonl").read_text().splitlines()]
    assert len(drawn) == 50
    assert all(row in rows for row in drawn)
    assert max(int(row["id"]) for row in drawn) > 300
    bench.growth.draw(file, tmp_path / "again.jsonl", 100)
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "few.jsonl").read_bytes()


def point(paragraphs: int) -> dict[str, Any]:
    return {
        "paragraphs": paragraphs,
        "build_seconds": 10 + 0.01 * paragraphs,
        "p95_ms": 20 + 1e-4 * paragraphs,
        "memory_bytes": 5e8 + 800 * paragraphs,
        "disk_bytes": 4_000 * paragraphs,
        "disk_by_part": {"catalogue": 3_000 * paragraphs, "vectors": 1_000 * paragraphs},
        "add_seconds": 1 + 1e-5 * paragraphs,
    }


def test_growth_is_computed_and_told_as_such() -> None:
    found = {"points": [point(n) for n in (5_000, 50_000, 500_000)]}
    rows = {row.name: row.value for row in bench.growth.rows(found)}
    far = rows["50 million paragraphs would need (computed)"]
    assert "5.8 days" in far  # 10 s + 500,000 s
    assert "search, p95 5,020 ms" in far
    assert "memory of the process that answers 40.50 GB" in far
    # a second for a search: (1000 - 20) / 1e-4; a minute until found: 59 / 1e-5
    assert rows["one machine ends at (computed)"].startswith(
        "5.9 million paragraphs: adding one report"
    )


def test_a_library_that_others_built_has_no_time_of_building() -> None:
    points = [point(n) for n in (5_000, 50_000, 500_000)]
    points[2]["build_seconds"] = None
    lines = bench.growth.fits(points)
    assert lines["build_seconds"].at(500_000) == pytest.approx(5_010)
    assert "reading in" not in next(
        row.value for row in bench.growth.rows({"points": points}) if "500,000" in row.name
    )


def test_the_picture_shows_every_point() -> None:
    found = {"points": [point(n) for n in (5_000, 50_000, 500_000)]}
    drawn = ElementTree.fromstring(bench.growth.picture(found, "一台机器 & 两个核"))
    space = "{http://www.w3.org/2000/svg}"
    panels = drawn.findall(f"{space}g")
    assert len(panels) == len(bench.growth.MEASURES)
    for panel in panels:
        circles = panel.findall(f"{space}circle")
        across = [float(circle.attrib["cx"]) for circle in circles]
        height = [float(circle.attrib["cy"]) for circle in circles]
        assert len(circles) == 3
        assert across == sorted(across)
        assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)
        assert height == sorted(height, reverse=True)  # all of these grow
    assert bench.growth.picture({"points": []}, "") is None


# --- kept and published


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


def measured(**others: Any) -> dict[str, Any]:
    return {
        "date": "2031-05-06",
        "machine": {"system": "Linux", "processor": "某处理器", "cores": 2, "memory_bytes": 8e9},
        "versions": {"python": "3.11.7"},
        "folder": "documents",
        "library": {
            "documents": 3,
            "paragraphs": 40,
            "passages": 44,
            "characters": 1_234,
            "encoder": "counting",
        },
    } | others


def test_figures_of_other_parts_stay_where_nothing_else_changed(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    bench.write(measured(disk={"total_bytes": 1}), output)
    assert bench.kept(output, measured())["disk"] == {"total_bytes": 1}
    elsewhere = measured(versions={"python": "3.12.0"})
    assert "disk" not in bench.kept(output, elsewhere)
    grown = measured()
    grown["library"] = grown["library"] | {"paragraphs": 41}
    assert "disk" not in bench.kept(output, grown)


def test_figures_of_a_large_library_stay_as_long_as_it_is_the_same(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    large = {"library": {"paragraphs": 500}, "build": {"seconds": 9.0}, "disk": {}}
    bench.write(measured(big=large), output)
    same = bench.kept(output, measured(big={"library": {"paragraphs": 500}, "build": {}}))
    assert same["big"] == large
    other = {"library": {"paragraphs": 501}, "build": {}}
    assert bench.kept(output, measured(big=other))["big"] == other
    assert bench.kept(output, measured())["big"] == large


def test_what_building_cost_is_kept_over_interrupted_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = bench.build
    note = tmp_path / "library.build.json"
    monkeypatch.setattr(build, "EVERY", 0.0)
    killed = build.Note(note)
    time.sleep(0.02)
    killed.going_on()
    first = build.built(note)
    assert first is not None
    assert first["seconds"] >= 0.02
    assert not first["finished"]
    build.Note(note).finished(changed=True)
    second = build.built(note)
    assert (second["runs"], second["finished"]) == (2, True)
    assert second["seconds"] > first["seconds"]
    build.Note(note).finished(changed=False)  # nothing to do any more
    assert build.built(note) == second


def test_figures_go_between_the_markers_of_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme, page = tmp_path / "README.md", tmp_path / "performance.md"
    readme.write_text("前\n<!-- bench: begin -->\n旧\n<!-- bench: end -->\n后\n", encoding="utf-8")
    page.write_text("<!-- performance: begin -->\n<!-- performance: end -->\n", encoding="utf-8")
    monkeypatch.setattr(bench, "PAGES", (readme,))
    monkeypatch.setattr(bench, "PERFORMANCE", page)
    monkeypatch.setattr(bench, "PICTURE", tmp_path / "growth.svg")
    held = {"total_bytes": 5e6, "library_bytes": {"vectors": 5e6}, "bytes_per_paragraph": 100.0}
    disk = held | {"models_bytes": 3e8}
    again = {"seconds": 0.5}
    build = {"first": {"files": 0}, "again": again}
    big = {"library": measured()["library"], "build": {}, "disk": disk}
    growth = {"points": [point(n) for n in (5_000, 50_000)]}
    bench.publish(measured(build=build, disk=disk, big=big, growth=growth))
    front, whole = readme.read_text(encoding="utf-8"), page.read_text(encoding="utf-8")
    assert front.startswith("前\n<!-- bench: begin -->\n| what | measured |")
    assert front.endswith("<!-- bench: end -->\n后\n")
    assert "旧" not in front
    assert "某处理器, 2 cores, 8.00 GB of memory" in front
    assert "| library on disk | 5.0 MB" in front
    assert "| a library of 40 paragraphs: library on disk | 5.0 MB" in front
    assert "unpacked model" not in front
    assert whole.count("unpacked model") == 2
    assert "![" in whole
    ElementTree.parse(tmp_path / "growth.svg")


def test_pages_have_a_place_for_every_table() -> None:
    for page in bench.PAGES:
        published.filled(page.read_text(encoding="utf-8"), "bench", "")
    published.filled(bench.PERFORMANCE.read_text(encoding="utf-8"), "performance", "")
    with pytest.raises(published.NoPlace):
        published.filled("", "bench", "")


# --- what is required


def times(p50: float, p95: float) -> dict[str, float]:
    return {"count": 9, "p50_ms": p50, "p95_ms": p95, "slowest_ms": p95}


def of_large(**others: Any) -> dict[str, Any]:
    good = {
        "library": {"paragraphs": 500_000},
        "query": {
            "ways": {"none": times(80, 150), "unit": times(80, 150)},
            "recall": {"ways": {"none": 0.98, "unit": 1.0}},
            "peak_bytes": 2e9,
        },
        "changes": {"add": {"median": 5.0}, "remove": {"median": 2.0}},
        "start": {"seconds": {"median": 3.0}},
        "page": {"first": {"median": 6.0}},
        "reuse": {"known": {"seconds": [1.0, 3.0]}, "strange": {"seconds": []}},
        "together": {
            "errors": [],
            "searches": 10_000,
            "memory": {"settled_bytes": 100, "last_bytes": 105},
        },
    }
    return {"big": good | others}


BROKEN = {
    "query": {
        "ways": {"none": times(81, 150), "unit": times(80, 151)},
        "recall": {"ways": {"none": 0.98, "unit": 0.979}},
        "peak_bytes": 2.1e9,
    },
    "changes": {"add": {"median": 5.1}, "remove": {"median": 2.1}},
    "start": {"seconds": {"median": 3.1}},
    "page": {"first": {"median": 6.1}},
    "reuse": {"known": {"seconds": [1.0, 3.1]}, "strange": {"seconds": []}},
    "together": {
        "errors": ["x"],
        "searches": 10_000,
        "memory": {"settled_bytes": 100, "last_bytes": 106},
    },
}


def test_what_just_suffices_is_enough() -> None:
    assert bench.unmet(of_large()) == []
    assert bench.unmet({}) == []


@pytest.mark.parametrize(
    ("part", "missed"),
    [("query", 4), ("changes", 2), ("start", 1), ("page", 1), ("reuse", 1), ("together", 2)],
)
def test_what_falls_short_is_named(part: str, missed: int) -> None:
    found = bench.unmet(of_large(**{part: BROKEN[part]}))
    assert len(found) == missed
    small = of_large(**{part: BROKEN[part]})
    small["big"]["library"] = {"paragraphs": 5_000}
    assert bench.unmet(small) == []


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
