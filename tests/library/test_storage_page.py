"""docs/storage.md names every file and table that is there, and its way out works as printed."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from index.library import Library

from .conftest import Write

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "storage.md").read_text(encoding="utf-8")


@pytest.fixture
def filled(library: Library, write: Write) -> Library:
    path = library.upload("上传.txt", "题目\n\n加强廉政教育，观看警示教育片两场。".encode())
    library.sync([path, write("甲.txt", "完成土地平整一万二千亩。")])
    library.rebuild()  # a second generation
    return library


def described() -> dict[str, str]:
    """Table name -> what the page says of it."""
    return dict(re.findall(r"^\| `([a-z]+)` \| (.+) \|$", PAGE, re.MULTILINE))


def test_every_table_is_described_with_every_column(filled: Library) -> None:
    database = filled._catalogue.database
    tables = {
        name
        for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("word_", "gram_", "sqlite_"))
        and name not in ("vocabulary", "grams")
    }
    assert set(described()) == tables
    for table in tables:
        for _, column, *_ in database.rows(f"PRAGMA table_info({table})"):
            if column != "id":
                assert f"`{column}`" in described()[table], f"{table}.{column}"


def test_every_fact_is_described(filled: Library) -> None:
    for (name,) in filled._catalogue.database.rows("SELECT name FROM fact"):
        assert f"`{name}`" in described()["fact"]


def test_every_file_is_described(filled: Library) -> None:
    tree = PAGE.split("```")[1]
    for path in filled.folder.rglob("*"):
        name = re.sub(r"^0000\d\d$", "000007", path.name)
        if path.parent != filled.uploads_folder:
            assert name in tree, path


def test_the_way_out_works_as_printed(
    filled: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    code = code.replace("    ...\n", "    texts.append(text)\n").replace(
        "astype(np.float32)\n", "astype(np.float32)\n    vectors[text] = vector\n"
    )
    (tmp_path / "library").symlink_to(filled.folder, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    texts: list[str] = []
    vectors: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}
    names: dict[str, object] = {"texts": texts, "vectors": vectors}
    exec(code, names)
    connection = names["library"]
    assert isinstance(connection, sqlite3.Connection)
    connection.close()
    stored = [p for e in filled.documents() for p in filled.paragraphs(e.id)]
    assert texts == [paragraph.text for paragraph in stored]
    passages = {p.text[start:end] for p in stored for start, end in p.passages}
    assert set(vectors) == passages
    for text, vector in vectors.items():
        assert vector == pytest.approx(filled.encoder.encode_passages([text])[0], abs=1e-3)
