"""The sample is what corpus/expected.toml and corpus/README.md say of it."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from index.datatypes import PreparedDocument
from index.paragraphs import prepare
from index.reading import read

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus"
DOCUMENTS = CORPUS / "documents"
RUN = 13
AROUND = 4
"""How many characters of its neighbours a formula may carry in a shared run (把, 党委, 部)."""


def folded(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", text)


def grams(text: str, size: int = RUN) -> set[str]:
    text = folded(text)
    return {text[i : i + size] for i in range(len(text) - size + 1)}


def runs(a: str, known: set[str], size: int = RUN) -> list[str]:
    """Stretches of `a` all of whose grams are `known`, overlapping ones joined."""
    a = folded(a)
    found: list[tuple[int, int]] = []
    for i in range(len(a) - size + 1):
        if a[i : i + size] in known:
            if found and i <= found[-1][1] - size + 1:
                found[-1] = (found[-1][0], i + size)
            else:
                found.append((i, i + size))
    return [a[start:end] for start, end in found]


def is_formula(run: str, formulas: list[str]) -> bool:
    """Whether a shared run is a formula, a part of one, or one with its neighbours."""
    return any(
        run in formula or (formula in run and len(run) - len(formula) <= AROUND)
        for formula in formulas
    )


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return tomllib.loads((CORPUS / "expected.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def formulas(expected: dict[str, Any]) -> list[str]:
    return [folded(formula) for formula in expected["formulas"]]


@pytest.fixture(scope="module")
def prepared(expected: dict[str, Any]) -> dict[str, PreparedDocument]:
    """Every document as the product reads it, by its id in expected.toml."""
    by_file: dict[str, list[str]] = defaultdict(list)
    for document in expected["documents"]:
        by_file[document["file"]].append(document["id"])
    found = {}
    for file, ids in by_file.items():
        documents = [prepare(document) for document in read(DOCUMENTS / file)]
        assert len(documents) == len(ids), file
        if file.endswith(".jsonl"):
            assert [document.external_id for document in documents] == ids
        found.update(zip(ids, documents, strict=True))
    return found


@pytest.fixture(scope="module")
def texts(expected: dict[str, Any], prepared: dict[str, PreparedDocument]) -> dict[str, str]:
    """Paragraph key -> its text as read; fails where a quote does not name one paragraph."""
    found = {}
    for paragraph in expected["paragraphs"]:
        document = prepared[paragraph["document"]]
        hits = [p.text for p in document.paragraphs if paragraph["quote"] in p.text]
        assert len(hits) == 1, (paragraph["key"], paragraph["quote"], len(hits))
        found[paragraph["key"]] = hits[0]
    return found


def test_the_script_gives_the_committed_bytes(tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    # another hash seed than any before: nothing may hang on the order of a set
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    command = [sys.executable, str(ROOT / "scripts" / "make_corpus.py"), "--to", str(tmp_path)]
    subprocess.run(command, check=True, env=environment, capture_output=True)

    def files(folder: Path) -> dict[str, bytes]:
        made = [folder / "expected.toml", *sorted((folder / "documents").rglob("*"))]
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in made if p.is_file()}

    made, committed = files(tmp_path), files(CORPUS)
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == []


def test_every_format_and_encoding_is_there(expected: dict[str, Any]) -> None:
    files = sorted({document["file"] for document in expected["documents"]})
    assert len(files) >= 34
    assert {file.rpartition(".")[2] for file in files} == {
        *("txt", "md", "docx", "html", "pdf", "jsonl")
    }
    encodings = set()
    for file in files:
        data = (DOCUMENTS / file).read_bytes()
        if file.endswith(".txt"):
            if data.startswith(b"\xff\xfe"):
                encodings.add("utf-16")
            else:
                try:
                    data.decode("utf-8")
                    encodings.add("utf-8")
                except UnicodeDecodeError:
                    data.decode("gb18030")
                    encodings.add("gb18030")
    assert encodings == {"utf-8", "gb18030", "utf-16"}
    on_disk = {p.relative_to(DOCUMENTS).as_posix() for p in DOCUMENTS.rglob("*") if p.is_file()}
    assert on_disk - set(files) == {"来稿/metadata.csv"}
    assert sum(p.stat().st_size for p in CORPUS.rglob("*") if p.is_file()) < 2_000_000


def test_the_texts_written_from_scratch_have_the_length_of_summaries(
    expected: dict[str, Any], prepared: dict[str, PreparedDocument]
) -> None:
    lengths = {
        document["id"]: sum(len(p.text) for p in prepared[document["id"]].paragraphs)
        for document in expected["documents"]
        if document["written"] == "from scratch" and "external_id" not in document
    }
    assert len(lengths) >= 16
    assert {k: n for k, n in lengths.items() if not 800 <= n <= 2500} == {}
    assert len({d["unit"] for d in expected["documents"] if d["id"] in lengths}) >= 12
    assert {d["year"] for d in expected["documents"] if "year" in d} == {2021, 2022, 2023}


def test_the_readme_counts_right(expected: dict[str, Any]) -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    documents = expected["documents"]
    files = {document["file"] for document in documents}
    scratch = [d for d in documents if d["written"] == "from scratch"]
    short = [d for d in scratch if "external_id" in d]
    assert f"{len(files)} files with {len(documents)} documents" in readme
    assert f"The {len(scratch)} texts directly in `sources/`" in readme
    assert f"({len(scratch) - len(short)} reports of 800" in readme
    assert f"and {len(short)} short ones)" in readme
    assert f"The {len(documents) - len(scratch)} in `sources/derived/`" in readme


def test_every_topic_has_paragraphs_in_several_documents(expected: dict[str, Any]) -> None:
    about: dict[str, set[str]] = defaultdict(set)
    for paragraph in expected["paragraphs"]:
        for topic, grade in paragraph["topics"].items():
            assert grade in (1, 2)
            if grade == 2:
                about[topic].add(paragraph["document"])
    assert len(about) == 24
    assert {topic: len(where) for topic, where in about.items() if len(where) < 3} == {}


def test_keys_are_unique_and_name_their_document(expected: dict[str, Any]) -> None:
    keys = [paragraph["key"] for paragraph in expected["paragraphs"]]
    assert len(set(keys)) == len(keys)
    for paragraph in expected["paragraphs"]:
        assert paragraph["key"].startswith(f"{paragraph['document']}:")


def test_every_body_paragraph_is_judged(
    expected: dict[str, Any], prepared: dict[str, PreparedDocument], texts: dict[str, str]
) -> None:
    """Nothing is in the library that expected.toml does not know: unjudged is then truly 0."""
    quotes: dict[str, list[str]] = defaultdict(list)
    for paragraph in expected["paragraphs"]:
        quotes[paragraph["document"]].append(paragraph["quote"])
    unknown = []
    for document in expected["documents"]:
        named = [document["title"], *document.get("byline", [])]
        for paragraph in prepared[document["id"]].paragraphs:
            known = sum(quote in paragraph.text for quote in quotes[document["id"]])
            if paragraph.level == 0 and paragraph.text not in named and known != 1:
                unknown.append((document["id"], known, paragraph.text[:60]))
    assert unknown == []


def test_noise_is_cleaned_away(prepared: dict[str, PreparedDocument]) -> None:
    for document in prepared.values():
        for paragraph in document.paragraphs:
            for word in ("paidbegin", "paidend", "素材库", "代笔", "责任编辑", "字号"):
                assert word not in paragraph.text, (document.path, paragraph.text)
    assert any("X" in p.text for p in prepared["sucai-yiyuan"].paragraphs), "placeholders stay"


def test_metadata_csv_stands_beside_its_files(expected: dict[str, Any]) -> None:
    rows = {}
    for file in DOCUMENTS.rglob("metadata.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                path = (file.parent / row["path"]).relative_to(DOCUMENTS).as_posix()
                rows[path] = (row["title"], row["unit"], int(row["year"]), row["kind"])
    assert rows == {
        d["file"]: (d["title"], d["unit"], d["year"], d["kind"])
        for d in expected["documents"]
        if d.get("metadata") == "metadata.csv"
    }
    assert rows


def test_titles_are_found(expected: dict[str, Any], prepared: dict[str, PreparedDocument]) -> None:
    for document in expected["documents"]:
        if document.get("metadata") != "metadata.csv":
            assert prepared[document["id"]].metadata.title == document["title"]


def test_passages_are_related_as_declared(expected: dict[str, Any], texts: dict[str, str]) -> None:
    seen: dict[str, int] = defaultdict(int)
    for pair in expected["reuse"]:
        for a, b, kind in pair.get("passages", []):
            seen[kind] += 1
            left, right = texts[a], texts[b]
            shared = runs(left, grams(right))
            if kind == "verbatim":
                assert folded(left) == folded(right), (a, b)
            elif kind == "numbers":
                assert left != right, (a, b)
                assert re.sub(r"\d+", "0", left) == re.sub(r"\d+", "0", right), (a, b)
            elif kind in ("paraphrase", "hard_negative"):
                assert shared == [], (a, b)
            else:
                assert kind in ("renamed", "edited", "part")
                assert left != right, (a, b)
                assert shared, (a, b)
            if kind in ("renamed", "edited"):
                # what was changed is the smaller part, or nobody would call it re-use
                alike = SequenceMatcher(None, left, right, autojunk=False).ratio()
                assert alike >= (0.8 if kind == "renamed" else 0.6), (a, b, alike)
    assert min(seen[kind] for kind in ("verbatim", "renamed", "numbers", "edited")) >= 5
    assert seen["paraphrase"] >= 10
    assert seen["hard_negative"] >= 12
    assert seen["part"] >= 2


def test_newly_written_clauses_stand_in_edited_passages_alone(
    expected: dict[str, Any], texts: dict[str, str]
) -> None:
    fresh = {p["key"]: p["fresh"] for p in expected["paragraphs"] if "fresh" in p}
    seen: set[str] = set()
    for pair in expected["reuse"]:
        for a, b, kind in pair.get("passages", []):
            if kind == "edited" and b in fresh:
                seen.add(b)
                for clause in fresh[b]:
                    assert texts[b].count(clause) == 1, (b, clause)
                    assert not grams(clause, 5) & grams(texts[a], 5), (a, clause)
    assert seen == set(fresh)
    assert len(fresh) >= 5


def test_nothing_else_is_shared_but_formulas(
    expected: dict[str, Any], texts: dict[str, str], formulas: list[str]
) -> None:
    """Brute force over all pairs of documents: what shares a run is declared, or is a formula."""
    related: dict[frozenset[str], str] = {}
    for pair in expected["reuse"]:
        for a, b, kind in pair.get("passages", []):
            if kind != "hard_negative":
                related[frozenset((a, b))] = kind
    formula_only = {
        frozenset((p["a"], p["b"])) for p in expected["reuse"] if p["kind"] == "formula_only"
    }
    known = {key: grams(text) for key, text in texts.items()}
    found_formula_only = set()
    reuse_pairs = {frozenset(key.partition(":")[0] for key in keys) for keys in related}
    for a, b in combinations(texts, 2):
        documents = frozenset((a.partition(":")[0], b.partition(":")[0]))
        if len(documents) == 1 or frozenset((a, b)) in related or not known[a] & known[b]:
            continue
        for run in runs(texts[a], known[b]):
            assert is_formula(run, formulas), (a, b, run)
        if documents not in reuse_pairs:
            found_formula_only.add(documents)
    assert found_formula_only == formula_only
    assert len(formula_only) >= 10


def test_own_past_is_the_same_unit_in_other_years(expected: dict[str, Any]) -> None:
    documents = {document["id"]: document for document in expected["documents"]}
    own = [pair for pair in expected["reuse"] if pair["kind"] == "own_past"]
    assert len(own) >= 3
    for pair in expected["reuse"]:
        a, b = documents[pair["a"]], documents[pair["b"]]
        assert a.get("year", 0) <= b.get("year", 9999)
        same = a.get("unit") is not None and a.get("unit") == b.get("unit")
        if pair["kind"] == "own_past":
            assert same
            assert a["year"] < b["year"]
        elif pair["kind"] not in ("formula_only", "hard_negative"):
            assert not same


def test_names_left_over_belong_to_another_unit(
    expected: dict[str, Any], texts: dict[str, str]
) -> None:
    documents = {document["id"]: document for document in expected["documents"]}
    assert len(expected["leftovers"]) >= 6
    for leftover in expected["leftovers"]:
        name, here = leftover["name"], leftover["document"]
        where = {k for k, text in texts.items() if k.startswith(f"{here}:") and name in text}
        assert where == set(leftover["paragraphs"])
        assert where
        assert name not in documents[here].get("unit", "")
        if leftover["kind"] == "placeholder":
            continue
        owner = leftover["belongs_to"]
        origin = documents[owner]["title"] + documents[owner]["unit"]
        origin += "".join(text for key, text in texts.items() if key.startswith(f"{owner}:"))
        assert name in origin, leftover


def test_questions_use_other_words_than_their_answers(
    expected: dict[str, Any], texts: dict[str, str]
) -> None:
    assert len(expected["searches"]) >= 20
    for search in expected["searches"]:
        assert 2 in search["answers"].values()
        for key in search["answers"]:
            assert not grams(search["query"], 5) & grams(texts[key], 5), (search["query"], key)


def test_off_topic_queries_have_no_words_in_the_sample(
    expected: dict[str, Any], texts: dict[str, str]
) -> None:
    assert len(expected["off_topic"]) >= 10
    everything = set().union(*(grams(text, 4) for text in texts.values()))
    for query in expected["off_topic"]:
        assert not grams(query, 4) & everything, query


@pytest.mark.shared
def test_no_sentence_comes_from_real_documents(shared: Path, formulas: list[str]) -> None:
    """No run of 13 characters in common with the real documents, but for prescribed wording."""
    sources = [*CORPUS.glob("sources/*.source"), *CORPUS.glob("sources/derived/*.source")]
    lines = [
        re.sub(r"^(#+ |\[[^\]]*\] ?)", "", line)
        for source in sources
        for line in source.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("@", ">", "%"))
    ]
    ours = set().union(*(grams(line) for line in lines))
    real = [*shared.glob("seeds/*.txt"), *shared.glob("library/*/*.txt")]
    assert real
    common: set[str] = set()
    for file in real:
        text = folded(file.read_text(encoding="utf-8", errors="replace"))
        common.update(
            text[i : i + RUN] for i in range(len(text) - RUN + 1) if text[i : i + RUN] in ours
        )
    # A新时代 is how websites mask the name in a formula
    for line in lines:
        for run in runs(line, common):
            assert is_formula(run, formulas) or "A新时代" in run, run
