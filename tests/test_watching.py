"""Real files in a watched folder: what changes follows; a share that is gone empties nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.datatypes import SyncResult
from index.embedding.testing import CountingEncoder
from index.errors import UnknownDocument
from index.library import Library
from index.settings import Settings
from index.watching import watch

TEXT = "云溪县农业局2022年工作总结\n\n完成土地平整一万二千亩。{}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "总结"
    path.mkdir()
    (path / "甲.txt").write_text(TEXT.format("甲"), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = Settings(library=tmp_path / "never made", data_folder=tmp_path / "data")
    with Library.create(tmp_path / "库", CountingEncoder(), settings) as made:
        yield made


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


@pytest.fixture(params=["events", "looks"])
def looks(
    library: Library, folder: Path, request: pytest.FixtureRequest
) -> Iterator[list[SyncResult]]:
    """Results while the folder is watched, by events alone or by plain looks alone."""
    library.watch(folder)
    results: list[SyncResult] = []
    still, again = (0.2, 1000.0) if request.param == "events" else (1000.0, 0.3)
    stop = threading.Event()
    thread = threading.Thread(
        target=watch, args=(library, stop, results.append), kwargs={"still": still, "again": again}
    )
    thread.start()
    until(lambda: len(results) > 0)
    yield results
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def names(library: Library) -> list[str]:
    return sorted(Path(entry.path).name for entry in library.documents())


def test_what_changes_in_the_folder_follows(
    library: Library, folder: Path, looks: list[SyncResult]
) -> None:
    (first,) = library.documents()
    (folder / "乙.txt").write_text(TEXT.format("乙"), encoding="utf-8")
    until(lambda: names(library) == ["乙.txt", "甲.txt"])
    (folder / "甲.txt").rename(folder / "丙.txt")
    until(lambda: names(library) == ["丙.txt", "乙.txt"])
    assert Path(library.document(first.id).path).name == "丙.txt"
    (folder / "乙.txt").unlink()
    until(lambda: names(library) == ["丙.txt"])
    (folder / "丙.txt").write_text(TEXT.format("改过了"), encoding="utf-8")
    until(lambda: "改过了" in library.paragraphs(first.id)[-1].text)


def test_a_share_that_is_gone_empties_nothing(
    library: Library, folder: Path, looks: list[SyncResult]
) -> None:
    folder.rename(folder.with_name("拔掉了"))
    library_before = library.documents()
    count = len(looks)
    if any(result.failed for result in looks):
        pytest.fail("nothing was wrong before")
    time.sleep(0.8)
    assert library.documents() == library_before
    assert all(not result.removed for result in looks[count:])


def test_an_emptied_folder_empties_nothing_and_says_so(
    library: Library, folder: Path, looks: list[SyncResult]
) -> None:
    (folder / "甲.txt").unlink()
    until(lambda: bool(looks[-1].failed))
    assert "仍保留在资料库中" in looks[-1].failed[0].reason
    assert names(library) == ["甲.txt"]


@pytest.mark.filterwarnings("ignore:Callback with id:RuntimeWarning")  # see index.watching
def test_a_share_below_the_folder_that_is_gone_empties_nothing_and_comes_back(
    library: Library, folder: Path, looks: list[SyncResult]
) -> None:
    share = folder / "共享盘"
    share.mkdir()
    for number in range(5):
        (share / f"{number}.txt").write_text(TEXT.format(number), encoding="utf-8")
    until(lambda: len(names(library)) == 6)
    before = {entry.id for entry in library.documents()}
    share.rename(folder.with_name("拔掉了"))
    until(lambda: bool(looks[-1].failed) and len(library.away()) == 1)
    assert looks[-1].failed == tuple(library.away())
    assert "5 个文件仍保留" in looks[-1].failed[0].reason
    assert {entry.id for entry in library.documents()} == before
    folder.with_name("拔掉了").rename(share)
    until(lambda: library.away() == [])
    assert {entry.id for entry in library.documents()} == before
    assert all(not result.removed for result in looks)


def test_a_folder_that_others_begin_to_watch_is_taken_up(
    library: Library, folder: Path, tmp_path: Path, looks: list[SyncResult]
) -> None:
    other = tmp_path / "另一个"
    other.mkdir()
    (other / "丁.txt").write_text(TEXT.format("丁"), encoding="utf-8")
    library.watch(other)
    until(lambda: names(library) == ["丁.txt", "甲.txt"])
    library.watch(folder, False)
    count = len(looks)
    (folder / "乙.txt").write_text(TEXT.format("乙"), encoding="utf-8")
    (other / "戊.txt").write_text(TEXT.format("戊"), encoding="utf-8")
    until(lambda: len(looks) > count and "戊.txt" in names(library))
    assert "乙.txt" not in names(library)


def test_which_folders_are_watched_is_remembered(library: Library, folder: Path) -> None:
    library.watch(folder)
    assert library.watched() == [folder]
    library.sync([folder])
    assert library.watched() == [folder]
    library.watch(folder, False)
    assert library.watched() == []
    assert library.roots() == [folder]
    with pytest.raises(UnknownDocument, match="找不到文件夹"):
        library.watch(folder / "没有")
    with pytest.raises(UnknownDocument, match="没有在跟踪"):
        library.watch(folder / "没有", False)
