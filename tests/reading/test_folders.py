"""Folders: what is taken, what is left, in which order."""

from __future__ import annotations

from pathlib import Path

from index.reading import walk


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")


def test_walk(tmp_path: Path) -> None:
    wanted = [tmp_path / "a.txt", tmp_path / "二" / "b.docx", tmp_path / "二" / "表.xlsx"]
    _touch(*wanted)
    _touch(
        tmp_path / ".隐藏.txt",
        tmp_path / ".git" / "a.txt",
        tmp_path / "~$b.docx",
        tmp_path / ".~lock.b.docx#",
        tmp_path / "~WRL0001.tmp",
        tmp_path / "二" / "metadata.csv",
        tmp_path / "Thumbs.db",
        tmp_path / "__MACOSX" / "a.txt",
        tmp_path / "库" / "catalogue.sqlite",
        tmp_path / "库" / "terms.txt",
        tmp_path / "库" / "vectors" / "a.txt",
    )
    (tmp_path / "断.txt").symlink_to(tmp_path / "没有")
    assert walk([tmp_path]) == wanted


def test_named_paths_are_always_returned_once_and_absolute(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    _touch(tmp_path / "a.txt", tmp_path / "metadata.csv")
    monkeypatch.chdir(tmp_path)
    assert walk(["a.txt", Path("./a.txt"), tmp_path]) == [tmp_path / "a.txt"]
    assert walk([tmp_path / "没有.txt", "metadata.csv"]) == [
        tmp_path / "metadata.csv",
        tmp_path / "没有.txt",
    ]
    assert walk([]) == []


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    _touch(tmp_path / "a.txt")
    (tmp_path / "回来").symlink_to(tmp_path, target_is_directory=True)
    assert walk([tmp_path]) == [tmp_path / "a.txt"]
