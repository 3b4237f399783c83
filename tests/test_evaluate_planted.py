"""What scripts/evaluation_planting.py plants is known to the character."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest

from index.alignment import fold
from index.alignment.spans import text_of
from index.findings import Draft, DraftParagraph

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
CARRIER = "今年村里养了两箱蜂。老人们在新屋里听说书。"
PASSAGE = "茶坪乡修好水渠12里，栽下桂花300棵，卖出柚子45筐。"


def test_the_truth_follows_what_cleaning_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import evaluation_planted as measuring
    import evaluation_planting as planting

    origin = planting.Text("甲", "某乡总结", "", "", "", (PASSAGE,))
    carrier = planting.Text("乙", "某村总结", "", "", "", (CARRIER,))
    chance = random.Random(1)
    words = planting.Words(["木匠"], ["又请来三位退休的老师傅"], {})
    changed = planting.figures(PASSAGE, words, chance)
    assert changed is not None
    (piece,) = changed
    assert piece[1] == planting.PLANTED
    assert "".join(c for c in piece[0] if not c.isdigit()).startswith("茶坪乡修好水渠")
    assert piece[0] != PASSAGE
    assert len(piece[0]) == len(PASSAGE)
    pieces = [
        ("前一句。", planting.OWN),
        (PASSAGE[:10], planting.PLANTED),
        ("木匠", planting.EITHER),
    ]
    plan = planting._draft(carrier, [planting.Planting("x", origin, [pieces])], chance)
    # cleaning took the title away and a mark out of the passage's paragraph
    lines = [line for line in plan.text.split("\n")[1:] if line]
    draft = Draft("", tuple(DraftParagraph(n, line) for n, line in enumerate(lines, 1)))
    truth = measuring.Truth(plan, draft)
    told = ""
    for index, line in enumerate(lines):
        planted, either, others = truth.of(index, 0)
        assert np.array_equal(planted.astype(int) + either + others, np.ones(len(planted)))
        told += text_of(fold(line).codes[planted])
    assert told == text_of(fold(PASSAGE[:10]).codes)
    assert "evaluation_planted" in sys.modules


def test_what_nobody_planted_is_counted_and_published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import evaluation_planted as measuring
    import evaluation_planting as planting

    from index.embedding.testing import CountingEncoder
    from index.library import Library
    from index.settings import Settings

    origin = planting.Text("甲", "某乡总结", "茶坪乡", "2021", "", (PASSAGE,))
    alike = planting.Text("乙", "某村总结", "", "", "", (CARRIER, PASSAGE))
    other = planting.Text("丙", "某镇总结", "", "", "", (CARRIER,))
    planting.write_library([origin], tmp_path / "全部.jsonl")
    drafts = [
        planting._draft(carrier, [planting.Planting(planting.KINDS[0].name, origin, [])], chance)
        for chance in [random.Random(1)]
        for carrier in (alike, other, other)
    ]
    settings = Settings(library=tmp_path / "never made", data_folder=tmp_path / "data")
    with Library.create(tmp_path / "资料", CountingEncoder(), settings) as library:
        assert not library.sync([tmp_path / "全部.jsonl"]).failed
        *kinds, total, last = measuring.Plantings(library, drafts).rows()
    assert [row["kind"] for row in kinds] == [kind.name for kind in planting.KINDS]
    assert total["plantings"] == 3
    # two carriers and one document of the library; 25 characters of one stand there already
    said = {name: last[name] for name in ("carriers", "with_any", "pairs", "called", "short")}
    assert said == {"carriers": 2, "with_any": 1, "pairs": 2, "called": 1, "short": 1}
    table = measuring.planted_table([*kinds, total, last], ["planted: all: precision 0.1"])
    assert table.splitlines()[2].startswith("| verbatim: whole paragraphs | 3 | 0 | 0.000 | - | ")
    assert "1 of the 2 carriers have 1 of 2 pairs called re-use, 1 of them without a" in table
    assert table.endswith("- planted: all: precision 0.1")
