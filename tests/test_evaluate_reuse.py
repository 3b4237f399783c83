"""The figures of re-use that scripts/evaluate.py prints, on texts whose answers are known."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from index.alignment import fold
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.settings import Settings

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
FORMULA = "学思想、强党性、重实践、建新功"


@pytest.fixture(scope="module")
def reuse() -> Iterator[ModuleType]:
    with loaded("evaluation_reuse") as module:
        yield module


@pytest.fixture(scope="module")
def seeds(reuse: ModuleType) -> Iterator[ModuleType]:
    with loaded("evaluation_seeds") as module:
        yield module


@contextmanager
def loaded(name: str) -> Iterator[ModuleType]:
    """A module of scripts/, which is no package."""
    with pytest.MonkeyPatch.context() as patch:
        spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture
def planted(reuse: ModuleType) -> Any:
    paragraphs = [{"key": "乙:p1", "fresh": ["又养了两箱蜂"]}, {"key": "乙:p2"}]
    return reuse.Planted({"formulas": [FORMULA], "paragraphs": paragraphs}, {}, {})


def shown(mask: Any, text: str) -> str:
    return "".join(chr(code) for code in fold(text).codes[mask])


def test_what_is_reuse_of_a_planted_passage(planted: Any) -> None:
    text = f"修了水渠，又养了两箱蜂，按照“{FORMULA}”办事。"
    formula = FORMULA.replace("、", "")
    assert shown(planted.formula(fold(text)), text) == formula
    assert shown(planted.formula(fold(text), around=2), text) == f"按照{formula}办事"
    assert shown(planted.reused("乙:p1", "edited", text, ""), text) == "修了水渠按照办事"
    assert (
        shown(planted.reused("乙:p2", "edited", text, ""), text) == "修了水渠又养了两箱蜂按照办事"
    )
    source = "去年老木匠修好了码头边上那座旧粮仓。"
    part = "听说老木匠修好了码头边上那座旧粮仓，村里摆了酒。"
    assert shown(planted.reused("乙:p2", "part", part, source), part) == source[2:-1]


def characters(kind: str, recall: float, precision: float) -> dict[str, Any]:
    row = {"set": "reuse", "level": "characters", "kind": kind}
    return row | {"recall": recall, "precision": precision}


@pytest.mark.parametrize(
    ("row", "missed"),
    [
        (characters("verbatim", 0.98, 0.95), 0),
        (characters("verbatim", 0.979, 0.95), 1),
        (characters("edited", 0.95, 0.949), 1),
        (characters("edited", 0.949, 0.949), 2),
        (characters("paraphrase", 0.1, 0.1), 0),  # printed, not required
        (characters("all", 0.1, 0.949), 1),
        ({"set": "reuse", "level": "pairs", "kind": "formula_only", "pairs": 9, "called": 0}, 0),
        ({"set": "reuse", "level": "pairs", "kind": "formula_only", "pairs": 9, "called": 1}, 1),
        ({"set": "reuse", "level": "pairs", "kind": "edited", "pairs": 9, "called": 1}, 0),
        ({"set": "pairs", "level": "pairs", "kind": "near_duplicate", "pairs": 9, "called": 9}, 0),
        ({"set": "pairs", "level": "pairs", "kind": "near_duplicate", "pairs": 9, "called": 8}, 1),
        (
            {"set": "pairs", "level": "pairs", "kind": "shared_passages_only", "pairs": 9}
            | {"called": 0},
            0,
        ),
        ({"set": "pairs", "level": "pairs", "kind": "not_duplicate", "pairs": 9, "called": 1}, 1),
    ],
)
def test_what_is_required(reuse: ModuleType, row: dict[str, Any], missed: int) -> None:
    assert len(reuse.unmet_reuse([row])) == missed


def test_what_is_required_of_the_seeds(seeds: ModuleType) -> None:
    def row(kind: str, characters: int, runs: list[int]) -> dict[str, Any]:
        return {
            "set": "seeds",
            "level": "pairs",
            "kind": kind,
            "characters": characters,
            "runs": runs,
        }

    left = {"set": "seeds", "level": "leftovers", "kind": "leftovers"}
    good = [
        row("000/001", 30, []),
        row("002/004", 480, [202, 119, 51]),
        left | {"missing": [], "others": ["a", "b", "c"]},
    ]
    assert seeds.unmet_seeds(good) == []
    bad = [
        row("000/001", 31, []),
        row("002/004", 479, [202, 118]),
        left | {"missing": ["羊街镇"], "others": ["a", "b", "c", "d"]},
    ]
    assert len(seeds.unmet_seeds(bad)) == 5


def test_pairs_of_a_library_against_itself_are_counted_by_label(
    reuse: ModuleType, tmp_path: Path
) -> None:
    ferry = "渡口的老船工把木船修了三遍，才肯让孩子们坐上去，孩子们给他唱了一路的歌。"
    mill = "磨坊夜里还亮着灯，推磨的驴慢慢地走了一圈又一圈，豆子磨完天也亮了，豆腐担子挑进了城。"
    barn = "粮仓翻修时从梁上取下一块木牌，写着当年十二个木匠的名字，如今挂在村史馆的进门处。"
    texts = {"甲": [ferry], "乙": [ferry], "丙": [ferry, mill, barn], "丁": [mill], "戊": [barn]}
    texts["己"] = [ferry, "今年没有别的新鲜事。"]
    path = tmp_path / "全部.jsonl"
    rows = [{"id": id_, "title": f"{id_}村总结", "paragraphs": said} for id_, said in texts.items()]
    path.write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    settings = Settings(library=tmp_path / "never made", data_folder=tmp_path / "data")
    pairs = [
        {"a": a, "b": b, "label": label}
        for a, b, label in (
            ("己", "丙", "near"),
            ("丁", "丙", "near"),
            ("丁", "戊", "apart"),
            ("丁", "己", "apart"),
        )
    ]
    with Library.create(tmp_path / "资料", CountingEncoder(), settings) as library:
        assert not library.sync([path]).failed
        labels, twins = reuse.labels_of(pairs, library)
        found = reuse.against_itself(labels, twins + Counter({"near": 1}), library)
    assert [(row["kind"], row["pairs"], row["listed"], row["shared"]) for row in found] == [
        ("near", 3, 3, 3),
        ("apart", 2, 0, 0),
    ]
    assert reuse.line(found[0]).startswith("itself near: of 3 pairs 3 listed at one half, 3 share")
