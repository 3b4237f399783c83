"""How often the guessed title, unit, year, kind and period are right, and how honest `sure` is.

Against a folder with a metadata.csv, which is not used for guessing:

    python scripts/evaluate_metadata.py FOLDER

or against a list that a person made by reading the documents, which says besides where there is
nothing to be found:

    python scripts/evaluate_metadata.py --gold FILE [--half NAME]

The list is a CSV in UTF-8 with the columns path (absolute, or relative to the list), title, unit,
year, kind, period and, if wanted, half. A cell holds what is right, several answers parted by "|";
"-" is: the document does not say (with others: nothing is right as well); empty is: not asked.

precision: right of all that was guessed and asked; recall: right of all that the documents say.
The second table puts the guesses into bins of their `sure` and shows how many of each were right.
Titles are compared without spaces. Against metadata.csv, kinds and units are compared by
containment (政府工作报告 answers 工作报告, 云南省 answers 云南省人民政府) and a unit in English is
not asked; against a list, only what it holds is right. Prints figures only, no text, but for
--show.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.datatypes import Field, PreparedDocument
from index.metadata import FIELDS, read_metadata_csv
from index.paragraphs import prepare
from index.reading import read

Verdict = Literal["right", "wrong", "missed", "unasked"]
Truth = Mapping[Field, frozenset[str]]
"""Answers by field, "" for: there is none. A field that is missing is not asked."""

_HAN = re.compile("[一-鿿]")
_NONE = frozenset({""})


@dataclass(frozen=True, slots=True)
class Answer:
    """One field of one document."""

    path: Path
    field: Field
    where: str
    """Where the guess was found; "-" where nothing was guessed."""
    sure: float
    guess: str
    truth: frozenset[str]
    verdict: Verdict


def table_of(folder: Path) -> Iterator[tuple[Path, Truth]]:
    """The rows of a folder's metadata.csv."""
    for path, metadata in sorted(read_metadata_csv(folder).items()):
        truth: dict[Field, frozenset[str]] = {}
        for field in FIELDS:
            value = getattr(metadata, field)
            if value and (field != "unit" or _HAN.search(value)):
                truth[field] = frozenset({str(value)})
        if path.is_file():
            yield path, truth


def list_of(file: Path, half: str | None) -> Iterator[tuple[Path, Truth]]:
    """The rows of a list that a person made."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if half is not None and row.get("half") != half:
                continue
            truth: dict[Field, frozenset[str]] = {
                field: frozenset(
                    "" if answer == "-" else answer for answer in row[field].strip().split("|")
                )
                for field in FIELDS
                if (row.get(field) or "").strip()
            }
            yield file.parent / row["path"], truth


def right(field: Field, guess: str, truth: frozenset[str], *, contained: bool) -> bool:
    one = re.sub(r"\s+", "", guess)
    for answer in truth - _NONE:
        other = re.sub(r"\s+", "", answer)
        if one == other:
            return True
        if contained and field in ("unit", "kind", "period") and (one in other or other in one):
            return True
    return False


def answers(
    prepared: PreparedDocument, path: Path, truth: Truth, *, contained: bool
) -> Iterator[Answer]:
    """What was guessed of a document, judged."""
    origins = {origin.field: origin for origin in prepared.origins}
    for field in FIELDS:
        asked = truth.get(field, frozenset())
        guess = str(getattr(prepared.metadata, field) or "")
        verdict: Verdict
        if not asked:
            verdict = "unasked"
        elif guess:
            verdict = "right" if right(field, guess, asked, contained=contained) else "wrong"
        else:
            verdict = "unasked" if asked & _NONE else "missed"
        origin = origins.get(field)
        yield Answer(
            path,
            field,
            origin.where if origin else "-",
            origin.sure if origin else 0.0,
            guess,
            asked,
            verdict,
        )


def print_fields(found: Sequence[Answer]) -> None:
    print(
        f"{'field':8}{'where':14}{'right':>7}{'wrong':>7}{'none':>7}{'precision':>11}{'recall':>8}"
    )
    for field in FIELDS:
        of_field = [answer for answer in found if answer.field == field]
        total = Counter(answer.verdict for answer in of_field)
        # a wrong guess where the document says nothing takes nothing from recall
        wanted = sum(
            answer.verdict != "unasked" and (answer.verdict != "wrong" or not answer.truth & _NONE)
            for answer in of_field
        )
        for where in ("all", *sorted({answer.where for answer in of_field} - {"-"})):
            here = Counter(answer.verdict for answer in of_field if answer.where == where)
            counts = total if where == "all" else here
            good, bad = counts["right"], counts["wrong"]
            precision = f"{good / (good + bad):.3f}" if good + bad else "-"
            recall = f"{good / wanted:.3f}" if wanted else "-"
            missed = total["missed"] if where == "all" else 0
            print(f"{field:8}{where:14}{good:7}{bad:7}{missed:7}{precision:>11}{recall:>8}")


def print_calibration(found: Sequence[Answer]) -> None:
    judged = [answer for answer in found if answer.verdict in ("right", "wrong")]
    print(f"\n{'sure':12}{'guesses':>8}{'mean sure':>11}{'right':>8}")
    apart = 0.0
    for tenth in range(10):
        here = [answer for answer in judged if min(int(answer.sure * 10 + 1e-9), 9) == tenth]
        if not here:
            continue
        sure = sum(answer.sure for answer in here) / len(here)
        share = sum(answer.verdict == "right" for answer in here) / len(here)
        apart += abs(sure - share) * len(here)
        print(f"{tenth / 10:.1f} to {(tenth + 1) / 10:.1f}  {len(here):8}{sure:11.3f}{share:8.3f}")
    if judged:
        print(f"mean distance of sure from the share that was right: {apart / len(judged):.3f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, nargs="?", help="a folder with metadata.csv")
    parser.add_argument("--gold", type=Path, help="a list that a person made, see above")
    parser.add_argument("--half", help="only the rows of the list whose column half says this")
    parser.add_argument("--show", action="store_true", help="print what was wrong or missed")
    arguments = parser.parse_args()
    if (arguments.folder is None) == (arguments.gold is None):
        parser.error("name either a folder with metadata.csv or --gold FILE")
    rows = (
        table_of(arguments.folder)
        if arguments.gold is None
        else list_of(arguments.gold, arguments.half)
    )
    found: list[Answer] = []
    documents = 0
    for path, truth in rows:
        for document in read(path):
            documents += 1
            found += answers(prepare(document), path, truth, contained=arguments.gold is None)
    print(f"{documents} documents")
    print_fields(found)
    print_calibration(found)
    if arguments.show:
        for one in found:
            if one.verdict in ("wrong", "missed"):
                truth_text = " | ".join(sorted(one.truth - _NONE)) or "-"
                print(
                    f"{one.verdict} {one.field} {one.where}: {one.guess} <- {truth_text}", end=" "
                )
                print(f"({one.path.name})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
