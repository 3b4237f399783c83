"""How often the guessed title, unit, year and kind are right, by field and by where they came from.

Reads a folder with a metadata.csv as the truth, guesses every document WITHOUT it, and prints
figures only, no text:

    python scripts/evaluate_metadata.py FOLDER

precision: right of those guessed where the table has a value; recall: right of all the table has.
Titles are compared without spaces, kinds by containment (政府工作报告 answers 工作报告), units by
containment (the table's 云南省 and the text's 云南省人民政府 are one); a unit that the table gives
in English only is not compared.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

from index.datatypes import Metadata
from index.metadata import FIELDS, Field, read_metadata_csv
from index.paragraphs import prepare
from index.reading import read

_HAN = re.compile("[一-鿿]")


def right(field: Field, guessed: object, true: object) -> bool:
    if field == "year":
        return guessed == true
    one, other = (re.sub(r"\s+", "", str(value)) for value in (guessed, true))
    return one == other if field == "title" else one in other or other in one


def measure(folder: Path) -> tuple[Counter[tuple[str, str, str]], int]:
    """Counts by (field, where, right|wrong|missed|unasked), and how many documents."""
    counts: Counter[tuple[str, str, str]] = Counter()
    documents = 0
    for path, truth in sorted(read_metadata_csv(folder).items()):
        if not path.is_file():
            continue
        for document in read(path):
            documents += 1
            prepared = prepare(document)
            where = {origin.field: origin.where for origin in prepared.origins}
            for field in FIELDS:
                count(counts, field, where.get(field), prepared.metadata, truth)
    return counts, documents


def count(
    counts: Counter[tuple[str, str, str]],
    field: Field,
    where: str | None,
    guessed: Metadata,
    truth: Metadata,
) -> None:
    true = getattr(truth, field)
    if where is None:
        counts[field, "-", "missed" if true else "unasked"] += 1
    elif true in (None, "") or (field == "unit" and not _HAN.search(str(true))):
        counts[field, where, "unasked"] += 1
    else:
        verdict = "right" if right(field, getattr(guessed, field), true) else "wrong"
        counts[field, where, verdict] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="a folder with metadata.csv")
    counts, documents = measure(parser.parse_args().folder)
    print(f"{documents} documents")
    print(
        f"{'field':8}{'where':14}{'right':>7}{'wrong':>7}{'none':>7}{'precision':>11}{'recall':>8}"
    )
    for field in FIELDS:
        places = sorted({where for name, where, _ in counts if name == field and where != "-"})
        total = {
            verdict: sum(n for (f, _, v), n in counts.items() if f == field and v == verdict)
            for verdict in ("right", "wrong", "missed", "unasked")
        }
        asked = total["right"] + total["wrong"] + total["missed"]
        for where in ("all", *places):
            good = total["right"] if where == "all" else counts[field, where, "right"]
            bad = total["wrong"] if where == "all" else counts[field, where, "wrong"]
            none = total["missed"] if where == "all" else 0
            precision = f"{good / (good + bad):.3f}" if good + bad else "-"
            recall = f"{good / asked:.3f}" if asked else "-"
            print(f"{field:8}{where:14}{good:7}{bad:7}{none:7}{precision:>11}{recall:>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
