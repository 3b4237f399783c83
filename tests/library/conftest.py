"""A library, an encoder that counts, and a folder of small summaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.library import Library
from index.settings import Settings

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("data")
    return Settings(library=data / "never made", data_folder=data)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the library lies: a path that would trip whatever cannot take such names."""
    return tmp_path / "资料 库"


@pytest.fixture
def library(home: Path, encoder: CountingEncoder, settings: Settings) -> Iterator[Library]:
    with Library.create(home, encoder, settings) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "总结"
    path.mkdir()
    return path


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a summary: a title and paragraphs, each ending as a sentence does."""

    def write(name: str, *paragraphs: str, title: str = "云溪县农业局2022年工作总结") -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join([title, *paragraphs]) + "\n", encoding="utf-8")
        return path

    return write
