"""The comparison: how others are asked, how paragraphs are counted, and what the tables say."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TEXTS = [
    "全镇排查安全隐患三十处，当月整改完毕。",
    "组织党员干部观看警示教育片，开展廉政谈话。",
    "清运垃圾四百吨，村庄环境明显改善。",
]


@pytest.fixture(scope="module")
def load() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module


@pytest.fixture(scope="module")
def tables(load: Any) -> ModuleType:
    found: ModuleType = load("peers.tables")
    return found


@pytest.mark.parametrize(
    ("name", "query", "first"),
    [
        ("fts5_trigram", "怎样排查安全隐患", 0),
        ("fts5_trigram", "垃圾", 2),  # two characters: no trigram
        ("fts5_words", "廉政教育怎么开展", 1),
        ("fts5_words", '"垃圾" OR', 2),  # its own syntax is no syntax here
    ],
)
def test_a_peer_answers_from_a_process_of_its_own(
    load: Any, tmp_path: Path, name: str, query: str, first: int
) -> None:
    passages = tmp_path / "passages.jsonl"
    passages.write_text(
        "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in TEXTS), encoding="utf-8"
    )
    folder = tmp_path / "index"
    folder.mkdir()
    given = {
        "passages": passages,
        "documents": tmp_path,
        "folder": folder,
        "model": tmp_path,
    }
    running = load("peers.processes").running
    with running(name, Path(sys.executable)) as ask:
        built = ask("build", **given)
    assert built["peak_bytes"] > 1e6
    assert built["seconds"] > 0
    with running(name, Path(sys.executable)) as ask:
        ask("open", **given)
        found = ask("search", query=query, count=2)["found"]
        assert found[0][0] == first
        assert len(found) <= 2
        assert ask("search", query="？，", count=2)["found"] == []


def test_a_peer_that_stops_is_told(load: Any) -> None:
    running = load("peers.processes").running
    with (
        pytest.raises(SystemExit, match="意外停止"),
        running("nobody", Path(sys.executable)) as ask,
    ):
        ask("search", query="廉政", count=1)


def test_every_peer_has_a_module_and_pinned_packages(load: Any) -> None:
    registry, environments = load("peers.registry"), load("peers.environments")
    assert registry.PEERS[0] is registry.PRODUCT
    for peer in registry.PEERS:
        assert (SCRIPTS / "peers" / f"with_{peer.name}.py").is_file()
        if peer.packages is None:
            assert environments.python_of(peer, Path("nowhere")) == Path(sys.executable)
            continue
        lines = peer.packages.read_text(encoding="utf-8").split()
        assert all(line.count("==") == 1 for line in lines)
        torch = [line for line in lines if line.startswith("torch==")]
        assert torch in ([], ["torch==2.13.0"])  # any other brings gigabytes of CUDA
        assert environments.version_of(peer)
    assert environments.version_of(registry.PEERS[1]) == "9.14.0"


def test_a_paragraph_stands_where_its_best_passage_does(load: Any) -> None:
    module = load("peers.tasks")
    changed = load("evaluation_refinding").Changed
    labelled = load("evaluation_sets").LabelledSet(
        "手写", Path(), {"q": "问"}, {"q": {"甲": 2, "乙": 1}}, condensed=True
    )
    task = module.Task(
        name="手写",
        library=Path(),
        documents=Path(),
        passages=Path(),
        ids=[70, 71, 80, 90],
        paragraphs=[7, 7, 8, 9],
        keys={7: "甲", 8: "乙", 9: "丙"},
        sets=(labelled,),
        changed=(changed(9, "改", frozenset({9, 10})), changed(8, "写", frozenset({8}))),
    )
    ranking = task.ranked([(3, 0.9), (1, 0.8), (0, 0.7), (2, 0.1)], passages=True)
    assert ranking == [9, 7, 8]
    assert task.ranked([(8, 0.0), (7, -1.0)], passages=False) == [8, 7]
    rows = task.rows(
        {
            ("手写", "q"): ranking,
            ("refinding", "0"): [1, 2, 10],
            ("refinding", "1"): [1, 2, 3, 8],  # fourth: too late
        }
    )
    means = {(row["set"], row["over"], row["measure"]): row["mean"] for row in rows}
    # 丙, which nobody judged, comes first: gains 2 and 1 at ranks 2 and 3 of all, 1 and 2 of judged
    ideal = 2 + 1 / 1.584962500721156
    assert means["手写", "all", "nDCG@10"] == pytest.approx((2 / 1.584962500721156 + 1 / 2) / ideal)
    assert means["手写", "judged", "nDCG@10"] == pytest.approx(1.0)
    assert means["refinding", "all", "found@3"] == 0.5


def test_eight_bits_are_compared_by_vectors_alone(load: Any) -> None:
    module, tasks = load("peers.eight_bits"), load("peers.tasks")
    labelled = load("evaluation_sets").LabelledSet(
        "手写", Path(), {"q": "问"}, {"q": {"甲": 2, "乙": 1}}, condensed=False
    )
    task = tasks.Task(
        name="手写",
        library=Path("资料库"),
        documents=Path(),
        passages=Path(),
        ids=[70, 71, 80, 90],
        paragraphs=[7, 7, 8, 9],
        keys={7: "甲", 8: "乙", 9: "丙"},
        sets=(labelled,),
    )
    passages = np.array([[0.0, 1.0], [0.9, 0.1], [0.8, 0.2], [1.0, 0.0]], np.float32)
    found = module._rows(task, passages, np.array([[1.0, 0.0]], np.float32))
    # 丙 comes first, then 甲 by its second passage, then 乙
    log3 = 1.584962500721156
    expected = (2 / log3 + 1 / 2) / (2 + 1 / log3)
    assert found["手写", "all", "nDCG@10"] == pytest.approx([expected])
    passages[2] = np.nan
    with pytest.raises(SystemExit, match="还没有向量"):
        module._rows(task, passages, np.array([[1.0, 0.0]], np.float32))


def figures() -> dict[str, Any]:
    """The product and two others on law: one is better, one cheaper."""
    quality = {"xunzhang": [0.5, 0.5], "faiss": [0.7, 0.5], "bm25s": [0.2, 0.2]}
    cost = {"xunzhang": 20.0, "faiss": 80.0, "bm25s": 2.0}
    return {
        "date": "2026-01-02",
        "machine": {"processor": "P", "cores": 2, "memory_bytes": 8e9, "system": "S"},
        "versions": {"python": "3.11", "torch": "-"},
        "peers": {"xunzhang": "", "faiss": "6", "bm25s": "0.3"},
        "encoder": "e",
        "trial": False,
        "tasks": {
            "law": {
                "passages": 1200,
                "built": {
                    name: {
                        "seconds": value,
                        "processor_seconds": value,
                        "peak_bytes": int(value * 1e6),
                        "bytes": 5_000_000,
                        "date": "2026-01-02",
                    }
                    for name, value in cost.items()
                },
            }
        },
        "quality": [
            {
                "peer": name,
                "set": "law",
                "over": "all",
                "measure": "nDCG@10",
                "mean": sum(values) / 2,
                "interval": [min(values), max(values)],
                "values": values,
                "queries": 2,
            }
            for name, values in quality.items()
        ],
        "seconds": {
            "task": "law",
            "peers": {
                name: {
                    "count": 2,
                    "p50_ms": value,
                    "p95_ms": value,
                    "slowest_ms": value,
                    "processor_ms": value,
                    "peak_bytes": int(value * 1e6),
                }
                for name, value in cost.items()
            },
        },
    }


def test_the_best_is_bold_whoever_it_is(tables: ModuleType) -> None:
    lines = tables.table(tables.QUALITY, figures(), intervals=True)
    assert lines == [
        "| | law |",
        "| --- | --- |",
        "| xunzhang | 0.500 [0.500, 0.500] |",
        "| sentence-transformers + faiss | **0.600** [0.500, 0.700] |",
        "| bm25s (jieba) | 0.200 [0.200, 0.200] |",
    ]
    front = tables.front(figures(), chinese=True).splitlines()
    assert front[0].startswith("| | 法律问题 | 建立 |")
    assert "1,200 个句段" in front[-1]
    assert front[-3] == "| bm25s（jieba） | 0.200 | **2.0 s** | **2.0 ms** | **2.0 ms** | " + (
        "**2.0 MB** | **5.0 MB** |"
    )
    assert front[2].endswith("| **5.0 MB** |")  # as good: bold too


def test_what_eight_bits_cost_is_told_with_its_interval(tables: ModuleType) -> None:
    one = {
        "set": "topics",
        "over": "judged",
        "measure": "nDCG@10",
        "queries": 15,
        "float": 0.93,
        "eight": 0.9285,
        "difference": -0.0015,
        "interval": [-0.004, 0.001],
    }
    told = tables.eight_bits(figures() | {"eight_bits": [one]}).splitlines()
    assert told[2].startswith("| topics, judged paragraphs | 15 | nDCG@10 | 0.9300 | 0.9285 |")
    assert told[2].endswith(" -0.0015 [-0.0040, +0.0010] |")
    assert "2026-01-02" in told[-1]


def test_who_is_better_is_said_with_the_difference_and_a_reason(tables: ModuleType) -> None:
    told = "\n".join(tables.better(figures()))
    assert "- law: sentence-transformers + faiss is better by 0.100 [0.000, 0.200]." in told
    assert "- build: bm25s (jieba) needs less." in told
    assert "disk" not in told  # equal is not better
    assert tables.WHY["quality"] in told
    whole = tables.whole(figures())
    assert "1,200 passages" in whole
    assert "torch" not in whole.split("###")[0]  # not installed there: no version to tell


def test_a_product_that_is_never_behind_needs_no_reason(tables: ModuleType) -> None:
    alone = figures()
    alone["peers"] = {"xunzhang": ""}
    assert list(tables.better(alone)) == []
    assert "Nowhere in this run." in tables.whole(alone)


def test_the_picture_is_drawn_to_scale(load: Any) -> None:
    picture = load("peers.picture")
    root = ElementTree.fromstring(picture.picture(figures()))
    bars = [
        float(bar.attrib["width"])
        for bar in root.iter("{http://www.w3.org/2000/svg}rect")
        if bar.attrib["fill"] in (picture.OURS, picture.THEIRS)
    ]
    assert len(bars) == 3 * 6  # law and five costs
    assert bars[0] / bars[1] == pytest.approx(0.5 / 0.6, abs=0.01)
    labels = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"law", "0.600", "80 s", "bm25s (jieba)"} <= labels


def test_sets_outside_the_repository_need_their_folder(
    load: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    compare = load("compare")
    with pytest.raises(SystemExit):
        compare.arguments(["--sets", "law"])
    assert "--shared" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        compare.arguments(["--peers", "nobody"])
    assert "没有 nobody" in capsys.readouterr().err
    assert compare.arguments([]).sets == ["sample"]
    assert compare.arguments(["--shared", "x"]).sets == ["sample", "topics", "law", "refinding"]


def test_figures_of_a_trial_are_not_published(
    load: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare = load("compare")
    file = tmp_path / "figures.json"
    file.write_text(json.dumps(figures() | {"trial": True}), encoding="utf-8")
    with pytest.raises(SystemExit, match="试跑"):
        compare.main(["--figures", str(file), "--publish"])
    assert "### Cost" in capsys.readouterr().out
