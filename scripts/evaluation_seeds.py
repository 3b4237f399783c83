"""The five seed summaries: what they share after prescribed wording, and what 002 left over.

Whose words they share is known from reading them: 002 was written from 004, the other nine pairs
have nothing in common but what all such reports say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from evaluation_reuse import Reviewed, Row

from index.alignment import fold
from index.findings import Evidence
from index.review import gather, held

FORMULA_ONLY = 30
"""Characters after prescribed wording that nine of the ten pairs of seeds may have at most."""
COPIED = ("002", "004")
COPIED_LEAST = 480
COPIED_RUNS = (202, 119)
"""The second is 126 in the files as they were scraped: with the 7 letters of a website's paidend,
which cleaning takes away."""
FALSE_ALARMS = 3
FORGOTTEN = ("羊街镇", "区直机关工委")
"""What stands in seed 002 and belongs to another unit."""
SEED_UNIT, SEED_YEAR = "市局", 2023


def seeds(reviewed: Reviewed) -> list[Row]:
    """Pairs with their characters after prescribed wording and longest runs, and leftovers."""
    ids = {Path(entry.path).name[:3]: entry.id for entry in reviewed.library.documents()}
    rows: list[Row] = [
        {
            "set": "seeds",
            "level": "pairs",
            "kind": f"{one}/{other}",
            "characters": max(
                (
                    share.characters
                    for share in (
                        reviewed.share(ids[one], ids[other]),
                        reviewed.share(ids[other], ids[one]),
                    )
                    if share
                ),
                default=0,
            ),
            "runs": _runs(reviewed.evidence(ids[other]), ids[one])[:3],
            "called": reviewed.called(ids[one], ids[other]),
        }
        for one, other in combinations(sorted(ids), 2)
    ]
    told: set[str] = set()
    others: list[str] = []
    for name, id_ in sorted(ids.items()):
        draft = held(reviewed.library, id_)
        if name == COPIED[0]:
            draft = replace(draft, unit=SEED_UNIT, year=SEED_YEAR)
        for left in gather(reviewed.library, draft).leftovers:
            known = {word for word in FORGOTTEN if name == COPIED[0] and word in left.text}
            told |= known
            if not known and left.kind != "placeholder":
                others.append(f"{name} {left.text}")
    rows.append(
        {
            "set": "seeds",
            "level": "leftovers",
            "kind": "leftovers",
            "missing": sorted(set(FORGOTTEN) - told),
            "others": others,
        }
    )
    return rows


def _runs(evidence: Evidence, source: int) -> list[int]:
    """Compared characters of every run that the draft shares with a source, longest first."""
    return sorted(
        (
            len(fold(evidence.draft.paragraphs[shared.paragraph].text[slice(*piece.span)]))
            for shared in evidence.spans
            if shared.document_id == source
            for piece in shared.pieces
        ),
        reverse=True,
    )


def seeds_line(row: Row) -> str:
    """
    >>> seeds_line({"level": "pairs", "kind": "000/001", "characters": 4, "runs": [4], "called": 0})
    'seeds  000/001: 4 characters after prescribed wording, longest runs 4'
    """
    if row["level"] == "pairs":
        runs = ", ".join(map(str, row["runs"])) or "none"
        return (
            f"seeds  {row['kind']}: {row['characters']} characters after prescribed wording, "
            f"longest runs {runs}{'; called re-use' if row['called'] else ''}"
        )
    missing = "、".join(row["missing"]) or "none"
    return (
        f"seeds  left over in {COPIED[0]}: missing {missing}; {len(row['others'])} names and "
        f"years told besides: {'、'.join(row['others']) or '-'}"
    )


def unmet_seeds(rows: Sequence[Row]) -> list[str]:
    """What is required of the seeds and missed, a sentence each."""
    missed = []
    for row in rows:
        if row["level"] == "leftovers":
            if row["missing"]:
                missed.append(f"seeds: {'、'.join(row['missing'])} not told as left over")
            if len(row["others"]) > FALSE_ALARMS:
                missed.append(
                    f"seeds: {len(row['others'])} other names told as left over, required at most "
                    f"{FALSE_ALARMS}"
                )
        elif row["kind"] == "/".join(COPIED):
            if row["characters"] < COPIED_LEAST:
                missed.append(
                    f"seeds: {row['kind']} has {row['characters']} characters, required "
                    f"{COPIED_LEAST}"
                )
            if lacking := [run for run in COPIED_RUNS if run not in row["runs"]]:
                missed.append(f"seeds: {row['kind']} shows no run of {lacking}")
        elif row["characters"] > FORMULA_ONLY:
            missed.append(
                f"seeds: {row['kind']} has {row['characters']} characters, required at most "
                f"{FORMULA_ONLY}"
            )
    return missed
