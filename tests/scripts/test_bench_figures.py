"""What the benchmark tells of its figures: growth, tables, pages, and what falls short."""

from __future__ import annotations

import importlib
import json
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from tests.scripts.stub import load

bench = load("bench")  # which makes benchmarks/ importable
first_page, published = (
    importlib.import_module(f"benchmarks.{name}") for name in ("first_page", "published")
)


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
    chinese = tmp_path / "README.zh-CN.md"
    for first in (readme, chinese):
        first.write_text(
            "前\n<!-- bench: begin -->\n旧\n<!-- bench: end -->\n后\n", encoding="utf-8"
        )
    page.write_text("<!-- performance: begin -->\n<!-- performance: end -->\n", encoding="utf-8")
    monkeypatch.setattr(bench, "README", readme)
    monkeypatch.setattr(bench, "README_CHINESE", chinese)
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
    assert front.startswith("前\n<!-- bench: begin -->\n| | ")
    assert front.endswith("<!-- bench: end -->\n后\n")
    assert "旧" not in front
    assert "| disk | 5.0 MB | 5.0 MB |" in front
    assert "| 磁盘 | 5.0 MB | 5.0 MB |" in chinese.read_text(encoding="utf-8")
    assert "某处理器, 2 cores, 8.00 GB of memory" in whole
    assert "unpacked model" not in front
    assert whole.count("unpacked model") == 2
    assert "![" in whole
    ElementTree.parse(tmp_path / "growth.svg")


def test_the_first_pages_show_each_library_in_a_column() -> None:
    query = {
        "ways": {"none": times(36.1, 69.96)},
        "recall": {"listed": 9, "ways": {"none": 0.995, "unit": 0.987}},
        "peak_bytes": 8e8,
    }
    small = {
        "query": query | {"recall": {"listed": 0, "ways": {"none": 1.0}}},
        "build": {"first": {"seconds": 300.2}},
        "reuse": {
            "itself": {"seconds": 3.5},
            "growth": [{"compare_seconds": 1.6}, {"compare_seconds": 52.3}],
        },
    }
    large = {
        "library": {"documents": 20_975, "paragraphs": 493_322},
        "query": query,
        "build": {"seconds": 2_405.7},
        "reuse": {"known": {"seconds": [1.0, 2.0, 4.0]}, "strange": {"seconds": []}},
    }
    points = [point(n) for n in (5_000, 50_000)]
    told = first_page.page(measured(**small, big=large, growth={"points": points})).splitlines()
    assert told[0] == "| | 3 documents, 40 paragraphs | 20,975 documents, 493,322 paragraphs |"
    assert "| reading it in, encoding included | 300 s | 40 min |" in told
    assert "| search, p50 / p95 | 36 / 70 ms | 36 / 70 ms |" in told
    assert "| of the ten best by meaning, found (least of these three) | – | 0.987 |" in told
    assert "| review of a draft of 5,000 characters, p50 / slowest | – | 2.00 s / 4.00 s |" in told
    assert told[-3].endswith("alone) | 3.50 s | 52 s |")
    assert "One machine ends at about" in told[-1]
    chinese = first_page.page(measured(**small), chinese=True)
    assert chinese.startswith("| | 3 份，40 段 |\n")
    assert "一台机器" not in chinese, "growth was not measured"


def test_pages_have_a_place_for_every_table() -> None:
    for page in (bench.README, bench.README_CHINESE):
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


def test_an_office_s_reports_have_a_limit_of_their_own() -> None:
    held = {"library": {"paragraphs": 34_155}, "query": {"ways": {"none": times(36, 60.1)}}}
    assert len(bench.unmet(held)) == 1
    assert bench.unmet(held | {"library": {"paragraphs": 50_001}}) == []


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
