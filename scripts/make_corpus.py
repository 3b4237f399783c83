"""Make the sample: corpus/documents and corpus/expected.toml from corpus/sources.

    python scripts/make_corpus.py            write corpus/documents and corpus/expected.toml
    python scripts/make_corpus.py --to DIR   write them under DIR instead

The texts are written by hand, with marks (corpus/README.md describes them); this script leaves the
marks out, makes the derived reports, writes every report in its format and says in expected.toml
what is where. The same sources give the same bytes: no clock, no compression, a fixed seed.
Only the PDF files need a package beyond the standard library, reportlab.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from corpus_formats import TYPED_NUMBER, documents
from corpus_sources import (
    Paragraph,
    Report,
    SourceError,
    grams,
    read_sources,
    shared_runs,
)

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
NEW = 5
"""Characters of a run that would show a newly written clause to be taken from the older text."""


def quote_of(paragraph: Paragraph, report: Report) -> str:
    """The beginning of a paragraph, without its number, that stands nowhere else in the report."""
    text = TYPED_NUMBER.sub("", paragraph.text)
    others = [p.text for p in report.paragraphs if p.key != paragraph.key]
    for length in range(16, len(text)):
        if not any(text[:length] in other for other in others):
            return text[:length]
    return text


def relation(a: Paragraph, b: Paragraph) -> str:
    """How two paragraphs of one origin relate, as a person would say who sees both."""
    if a.text == b.text:
        return "verbatim"
    changes = {a.change, b.change} - {"", "verbatim"}
    for change in ("part", "paraphrase", "edited", "renamed", "numbers"):
        if change in changes:
            if change == "paraphrase" and shared_runs(a.text, b.text):
                return "edited"
            return change
    if "blanked" in changes:
        return "renamed"
    raise SourceError(f"{a.key} and {b.key} differ for no reason")


def _drifted_apart(a: Paragraph, b: Paragraph) -> bool:
    """Whether one took a sentence of their origin that the other reworded: nothing is shared."""
    return "part" in (a.change, b.change) and not shared_runs(a.text, b.text)


@dataclass(frozen=True)
class Reuse:
    a: Report
    b: Report
    kind: str
    passages: list[tuple[Paragraph, Paragraph, str]]


def planted_reuse(reports: Sequence[Report], negatives: Sequence[tuple[str, str]]) -> list[Reuse]:
    """Every pair of reports that shares something, or looks as if it did; older first."""
    by_slug = {report.slug: report for report in reports}
    # what these share beyond planted passages is prescribed wording: a test holds it to that
    known = {r.slug: set().union(*(grams(p.text) for p in r.paragraphs)) for r in reports}
    found = []
    # the older first; of one year, the hand-written before those derived from it
    for a, b in combinations(reports, 2):
        passages = [
            (p, q, relation(p, q))
            for p in a.paragraphs
            for q in b.paragraphs
            if p.origin == q.origin and not _drifted_apart(p, q)
        ]
        if passages:
            weights: dict[str, int] = {}
            for p, _, kind in passages:
                weights[kind] = weights.get(kind, 0) + len(p.text)
            kind = max(weights, key=lambda name: (weights[name], name))
            own = a.unit == b.unit and a.unit != ""
            if a.year and b.year and a.year > b.year:
                a, b, passages = b, a, [(q, p, kind) for p, q, kind in passages]
            found.append(Reuse(a, b, "own_past" if own else kind, passages))
        elif known[a.slug] & known[b.slug]:
            first, second = sorted((a, b), key=lambda report: report.year or 9999)
            found.append(Reuse(first, second, "formula_only", []))
    every = {p.key: p for report in reports for p in report.paragraphs}
    alike: dict[tuple[str, str], list[tuple[Paragraph, Paragraph, str]]] = {}
    for first, second in negatives:
        pair = (first.partition(":")[0], second.partition(":")[0])
        alike.setdefault(pair, []).append((every[first], every[second], "hard_negative"))
    for (first, second), passages in alike.items():
        a, b = by_slug[first], by_slug[second]
        if a.year and b.year and a.year > b.year:
            a, b, passages = b, a, [(q, p, kind) for p, q, kind in passages]
        found.append(Reuse(a, b, "hard_negative", passages))
    return found


def check(reports: Sequence[Report]) -> None:
    """Keys are unique; names of a source that stand in a derived report are said to be left."""
    by_slug = {report.slug: report for report in reports}
    keys = [paragraph.key for report in reports for paragraph in report.paragraphs]
    for key in keys:
        if keys.count(key) > 1:
            raise SourceError(f"two paragraphs are called {key}")
    for report in reports:
        told = {name for name, _, _ in report.leftovers}
        body = "\n".join(p.text for p in report.paragraphs)
        for name in told:
            if name not in body:
                raise SourceError(f"{report.slug}: {name} is not in the text")
        for slug in {p.origin.partition(":")[0] for p in report.paragraphs}:
            source = by_slug[slug]
            if source.unit == report.unit:
                continue
            for _, name in source.names:
                if name not in told and name not in report.unit and name in body:
                    raise SourceError(f"{report.slug}: {name} of {slug} is left in the text")


def check_fresh(fresh: Mapping[str, Sequence[str]], pairs: Sequence[Reuse]) -> None:
    """Newly written clauses stand once in the younger paragraph of an edited passage, and nothing
    of them in the older one."""
    older: dict[str, list[Paragraph]] = {}
    younger: dict[str, Paragraph] = {}
    for pair in pairs:
        for a, b, kind in pair.passages:
            if kind == "edited":
                older.setdefault(b.key, []).append(a)
                younger[b.key] = b
    for key, clauses in fresh.items():
        if key not in younger:
            raise SourceError(f"planted.toml: {key} is not the younger side of an edited passage")
        for clause in clauses:
            if younger[key].text.count(clause) != 1:
                raise SourceError(f"planted.toml: {key} does not say once: {clause}")
            for a in older[key]:
                if runs := shared_runs(a.text, clause, NEW):
                    raise SourceError(f"planted.toml: {a.key} says {runs} too")


_HEADER = """\
# What is planted in corpus/documents. Written by scripts/make_corpus.py from corpus/sources: do not
# edit it here. All files are named below corpus/documents, with forward slashes.
#
# [[documents]]    every document. title, unit, year, kind as a person would state them; a key that
#                  is missing is not known. `written` is "from scratch", or "derived". A document
#                  of a .jsonl file has its id as `external_id`. `metadata` says that title, unit,
#                  year and kind stand in a metadata.csv or in the .jsonl line; otherwise they are
#                  to be found in the title, the first lines, or the folder. `byline`: the lines
#                  between the title and the text.
# [[paragraphs]]   every body paragraph of every document. `key` is how other tables name it. It is
#                  the paragraph of `document` whose text (cleaned, read) contains `quote`, exactly
#                  one. `topics`: 2 is about it, 1 touches it; a topic that is not named is judged
#                  0. Titles, bylines and headings are not listed and not judged: leave paragraphs
#                  that are nothing but a heading out of an evaluation. `fresh`: clauses that were
#                  newly written when it was made of an older report's paragraph, or it of this one.
# [[searches]]     a question or sentence in other words than the texts; `answers`: key = grade, all
#                  other paragraphs are 0. off_topic: queries that nothing answers.
# formulas         prescribed wording that the texts share on purpose; never re-use. Compared
#                  without punctuation and spaces, as all shared runs here. A run of a formula may
#                  have up to 4 characters of its neighbours at its ends (把, 党委, 部).
# [[reuse]]        pairs of documents, a the older. kind: verbatim, edited, renamed (other names,
#                  or placeholders for figures), numbers, paraphrase (no run of 13 characters in
#                  common), part (a run inside other text), own_past (same unit, another year),
#                  formula_only (nothing shared but formulas), hard_negative (same topic, same
#                  structure, no re-use; such a pair may be formula_only besides).
#                  passages: [a, b, kind] by paragraph key. The kind of the pair is that of most of
#                  its characters. For "part", only the shared runs are re-use; for "edited", all
#                  of b but its `fresh` clauses. Headings that were copied along are re-use too and
#                  not listed. Any pair of documents that is not named shares no run of 13
#                  characters.
# [[leftovers]]    what was forgotten (忘改): a name or year that belongs to the report it was made
#                  from, a placeholder that was never filled in (then without belongs_to).

"""


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return "[\n" + "".join(f"  {_toml(v)},\n" for v in value) + "]"
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    raise TypeError(type(value))


def _table(name: str, pairs: dict[str, object]) -> str:
    known = {key: value for key, value in pairs.items() if value not in (None, "", ())}
    lines = [f"{key} = {_toml(value)}" for key, value in known.items()]
    return f"[[{name}]]\n" + "\n".join(lines) + "\n\n"


def expected(reports: Sequence[Report], planted: dict[str, object]) -> str:
    """The text of expected.toml; `planted` is what corpus/sources/planted.toml says."""
    formulas: list[str] = planted["formulas"]  # type: ignore[assignment]
    negatives: list[tuple[str, str]] = planted["hard_negatives"]  # type: ignore[assignment]
    searches: list[dict[str, object]] = planted["searches"]  # type: ignore[assignment]
    off_topic: list[str] = planted["off_topic"]  # type: ignore[assignment]
    fresh: dict[str, list[str]] = planted["fresh"]  # type: ignore[assignment]
    out = [_HEADER]
    for name, strings in (("formulas", formulas), ("off_topic", off_topic)):
        rows = "".join(f"  {_toml(text)},\n" for text in strings)
        out.append(f"{name} = [\n{rows}]\n\n")
    for report in reports:
        written = all(p.change == "" for p in report.paragraphs)
        stated = "metadata.csv" if report.csv else "jsonl" if report.format == "jsonl" else ""
        out.append(
            _table(
                "documents",
                {
                    "id": report.slug,
                    "file": report.file,
                    "external_id": report.slug if report.format == "jsonl" else "",
                    "title": report.title,
                    "unit": report.unit,
                    "year": report.year,
                    "kind": report.kind,
                    "metadata": stated,
                    "byline": report.byline,
                    "written": "from scratch" if written else "derived",
                },
            )
        )
    every = {p.key: p for report in reports for p in report.paragraphs}
    pairs = planted_reuse(reports, negatives)
    check_fresh(fresh, pairs)
    for report in reports:
        for paragraph in report.paragraphs:
            out.append(
                _table(
                    "paragraphs",
                    {
                        "key": paragraph.key,
                        "document": report.slug,
                        "quote": quote_of(paragraph, report),
                        "topics": paragraph.topics,
                        "fresh": tuple(fresh.get(paragraph.key, ())),
                    },
                )
            )
    for search in searches:
        answers: dict[str, int] = search["answers"]  # type: ignore[assignment]
        unknown = answers.keys() - every.keys()
        if unknown:
            raise SourceError(f"planted.toml: no paragraph {sorted(unknown)}")
        # what is made of an answer answers too, except where only a run of it was taken
        graded = {
            key: answers[key if key in answers else p.origin]
            for key, p in every.items()
            if key in answers or (p.origin in answers and p.change != "part")
        }
        out.append(_table("searches", {"query": search["query"], "answers": graded}))
    for pair in pairs:
        rows = [(p.key, q.key, kind) for p, q, kind in pair.passages]
        out.append(
            _table(
                "reuse", {"a": pair.a.slug, "b": pair.b.slug, "kind": pair.kind, "passages": rows}
            )
        )
    for report in reports:
        for name, kind, owner in report.leftovers:
            here = [p.key for p in report.paragraphs if name in p.text]
            out.append(
                _table(
                    "leftovers",
                    {
                        "document": report.slug,
                        "name": name,
                        "kind": kind,
                        "belongs_to": owner.removeprefix("-"),
                        "paragraphs": here,
                    },
                )
            )
    return "".join(out).rstrip("\n") + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample from its sources.")
    parser.add_argument("--to", type=Path, default=CORPUS, help="folder to write into")
    folder: Path = parser.parse_args().to
    sources = CORPUS / "sources"
    reports = read_sources(sources)
    check(reports)
    planted = tomllib.loads((sources / "planted.toml").read_text(encoding="utf-8"))
    files = documents(reports)
    target = folder / "documents"
    if target.exists():
        shutil.rmtree(target)
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "expected.toml").write_bytes(expected(reports, planted).encode("utf-8"))
    size = sum(map(len, files.values()))
    print(f"{len(files)} files, {len(reports)} documents, {size / 1024:.0f} KB in {target}")


if __name__ == "__main__":
    main()
