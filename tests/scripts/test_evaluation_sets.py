"""What scripts/evaluate.py measures on: libraries that are kept apart, and paragraphs re-found."""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from index.datatypes import Family, Hit, Source
from index.embedding.testing import CountingEncoder
from index.library import Library
from tests.scripts.stub import SCRIPTS


@pytest.fixture(scope="module")
def libraries() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("evaluation_libraries")


@pytest.fixture(scope="module")
def refinding() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("evaluation_refinding")


def checkout(folder: Path, *texts: str) -> Path:
    """A folder of documents, as each checkout has one."""
    documents = folder / "documents"
    documents.mkdir(parents=True)
    for number, text in enumerate(texts):
        (documents / f"{number}.txt").write_text(f"渡口材料\n\n{text}\n", encoding="utf-8")
    return documents


def texts(library: Path) -> list[str]:
    with Library.open(library, CountingEncoder()) as opened:
        return [
            paragraph.text
            for entry in opened.documents()
            for paragraph in opened.paragraphs(entry.id)
            if not paragraph.level
        ]


FERRY = "渡口的老船工把木船修了三遍，才肯让孩子们坐上去。"
MILL = "磨坊夜里还亮着灯，推磨的驴慢慢地走了一圈又一圈。"


def test_two_checkouts_that_share_a_folder_never_mix(libraries: ModuleType, tmp_path: Path) -> None:
    work = tmp_path / "work"
    one, other = checkout(tmp_path / "甲", FERRY), checkout(tmp_path / "乙", FERRY, MILL)
    first = libraries.kept(work, "sample", one, encoder=CountingEncoder())
    second = libraries.kept(work, "sample", other, encoder=CountingEncoder())
    assert (texts(first.library), texts(second.library)) == ([FERRY], [FERRY, MILL])
    again = libraries.kept(work, "sample", one, encoder=CountingEncoder())
    assert again == first
    assert texts(again.library) == [FERRY]


def test_the_same_documents_elsewhere_are_the_same_library(
    libraries: ModuleType, tmp_path: Path
) -> None:
    one, other = checkout(tmp_path / "甲", FERRY), checkout(tmp_path / "乙", FERRY)
    made = [
        libraries.kept(tmp_path / "w", "x", place, encoder=CountingEncoder())
        for place in (one, other)
    ]
    assert made[0] == made[1]
    assert texts(made[0].library) == [FERRY]


def test_what_a_library_asks_about_is_measured_too(libraries: ModuleType, tmp_path: Path) -> None:
    asked = "过河找船工老周，电话13912345678，天黑以前都在。"
    documents = checkout(tmp_path / "甲", FERRY, asked)
    made = libraries.kept(tmp_path / "w", "x", documents, encoder=CountingEncoder())
    assert texts(made.library) == [FERRY, asked]


def test_code_that_prepares_differently_gets_a_library_of_its_own(
    libraries: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = checkout(tmp_path / "甲", FERRY)
    before = libraries.key(documents)
    code = tmp_path / "checkout" / "index"
    (code / "reading").mkdir(parents=True)
    (code / "reading" / "txt.py").write_text("1", encoding="utf-8")
    monkeypatch.setattr(libraries, "ROOT", code.parent)
    changed = libraries.key(documents)
    (code / "reading" / "txt.py").write_text("2", encoding="utf-8")
    assert len({before, changed, libraries.key(documents)}) == 3
    assert before.isalpha()  # reading takes years from the names of folders


def test_vectors_are_taken_over_from_a_library_of_other_content(
    libraries: ModuleType, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    libraries.kept(work, "x", checkout(tmp_path / "甲", FERRY), encoder=CountingEncoder())
    encoder = CountingEncoder()
    made = libraries.kept(work, "x", checkout(tmp_path / "乙", FERRY, MILL, FERRY), encoder=encoder)
    assert encoder.texts == 1  # the mill
    with Library.open(made.library, encoder) as library:
        for entry in library.documents():
            for paragraph in library.paragraphs(entry.id):
                ((id_, start, end),) = library.passages_of([paragraph.id])[paragraph.id]
                wanted = CountingEncoder().encode_query(paragraph.text[start:end])
                if entry.counted:
                    assert library.store.vectors([id_])[0] == pytest.approx(wanted, abs=1e-3)


# --- re-finding


def test_a_third_of_the_words_go(refinding: ModuleType) -> None:
    text = "渡口、磨坊、粮仓，水井。灯塔；石桥"
    places = [(0, 2), (3, 5), (6, 8), (9, 11), (12, 14), (15, 17)]
    others = ["甲" * 3]
    for seed in range(20):
        changed = refinding.change(text, places, others, random.Random(seed))
        kept = [text[start:end] for start, end in places if text[start:end] in changed]
        assert len(kept) == 4
        assert changed.count("甲甲甲") <= 2
        assert [c for c in changed if c in "、，。；"] == list("、、，。；")


def hit(id_: int, *others: int) -> Hit:
    source = Source(1, "渡口材料", None, None, None, "a.txt", None, (), 1, None)
    return Hit(id_, 50.0, None, None, "", (0, 0), (), source, family=Family(1, (id_, *others)))


def test_a_twin_and_a_member_of_the_family_are_the_original(refinding: ModuleType) -> None:
    wanted = refinding.Changed(7, "", frozenset({7, 8}))
    assert refinding.found([hit(1), hit(2), hit(7)], wanted)
    assert refinding.found([hit(1, 5, 8)], wanted)
    assert not refinding.found([hit(1), hit(2), hit(3), hit(7)], wanted)


def test_the_draw_is_fixed_and_leaves_out_what_is_short_or_a_heading(
    refinding: ModuleType, tmp_path: Path
) -> None:
    long = [f"{FERRY}{MILL}第{n}年的冬天格外长。" for n in ("一", "二", "三")]
    rows = [{"title": "渡口", "paragraphs": ["一、修船", "太短了。", one]} for one in long]
    path = tmp_path / "材料.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with Library.create(tmp_path / "library", CountingEncoder()) as library:
        library.sync([path])
        drawn = refinding.draw(library)
        assert drawn == refinding.draw(library)
        stored = library.paragraphs_by_id([one.paragraph for one in drawn])
    assert sorted(stored[one.paragraph].text for one in drawn) == sorted(long)
    assert all(one.query != stored[one.paragraph].text for one in drawn)
    assert all(one.same == {one.paragraph} for one in drawn)


def test_what_is_required_of_refinding(refinding: ModuleType) -> None:
    rows = [
        {"set": "refinding", "mode": "keyword", "mean": 0.1},
        {"set": "refinding", "mode": "hybrid", "mean": 0.98},
    ]
    assert refinding.unmet_refinding(rows) == []
    rows[1]["mean"] = 0.979
    assert len(refinding.unmet_refinding(rows)) == 1


# --- tables


@pytest.fixture(scope="module")
def tables() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("evaluation_tables")


def searched(name: str, mode: str, measure: str, mean: float) -> dict[str, object]:
    row = {"set": name, "over": "all", "mode": mode, "measure": measure, "queries": 9}
    return row | {"mean": mean, "interval": (mean - 0.1, mean + 0.1), "ms_per_query": 1.0}


def test_searches_are_told_by_set_and_mode(tables: ModuleType) -> None:
    rows = [
        searched("law", "hybrid", "nDCG@10", 0.5),
        searched("law", "hybrid", "R@10", 0.6),
        searched("refinding", "hybrid", "found@3", 0.9),
        {"set": "sample", "topic": "", "topics": 2, "precision": 0.8, "recall": 0.75}
        | {"precision_interval": (0.7, 0.9), "recall_interval": (0.5, 1.0)},
    ]
    text = tables.search_tables(rows, ["law: too low"])
    assert "| law (9) | all | hybrid | 0.500 [0.400, 0.600] | 0.600 [0.500, 0.700] | - |" in text
    assert "| hybrid (9) | 0.900 [0.800, 1.000] |" in text
    assert "| sample (2 topics) | 0.800 [0.700, 0.900] | 0.750 [0.500, 1.000] |" in text
    assert text.endswith("Not reached:\n\n- law: too low")


def test_reuse_is_told_by_kind(tables: ModuleType) -> None:
    pair = {"set": "seeds", "level": "pairs", "called": False}
    rows = [
        {"set": "reuse", "level": "characters", "kind": "numbers", "planted": 1_200}
        | {"found": 1_200, "shown": 1_250, "recall": 1.0, "precision": 0.96},
        {"set": "pairs", "level": "pairs", "kind": "not_duplicate", "pairs": 30, "called": 0},
        {"set": "reuse", "level": "leftovers", "kind": "leftovers", "planted": 12}
        | {"found": 11, "shown": 14, "recall": 0.9, "precision": 0.8},
        pair | {"kind": "一/二", "characters": 14, "runs": [14]},
        pair | {"kind": "一/三", "characters": 500, "runs": [202, 119]},
        pair | {"kind": "二/三", "characters": 0, "runs": []},
    ]
    text = tables.reuse_tables(rows, [])
    assert "| numbers only | 1,200 | 1.000 | 0.960 |" in text
    assert "| real: same genre, unrelated | 30 | 0 |" in text
    assert "11 of 12 told, 3 told besides" in text
    assert "2 keep at most 14 characters" in text
    assert "一/三 keeps 500, in runs of 202, 119 characters" in text
    assert "Not reached" not in text
