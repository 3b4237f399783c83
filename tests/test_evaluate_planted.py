"""What is planted by scripts/evaluation_planted.py is known to the character."""

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
    import evaluation_planted as planting

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
    truth = planting.Truth(plan, draft)
    told = ""
    for index, line in enumerate(lines):
        planted, either, others = truth.of(index, 0)
        assert np.array_equal(planted.astype(int) + either + others, np.ones(len(planted)))
        told += text_of(fold(line).codes[planted])
    assert told == text_of(fold(PASSAGE[:10]).codes)
    assert "evaluation_planted" in sys.modules
