"""One watcher beside the page: it follows, waits its turn, says what is wrong, and ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.datatypes import Metadata, SyncResult
from index.embedding.testing import CountingEncoder
from index.errors import LibraryError
from index.library import Library
from index.settings import Settings
from index.ui import following
from index.ui.following import Follower
from index.ui.work import Desk, adding

LONG = 20.0
TEXT = "云溪县农业局2022年工作总结\n\n完成土地平整一万二千亩。{}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "总结"
    path.mkdir()
    (path / "甲.txt").write_text(TEXT.format("甲"), encoding="utf-8")
    return path


@pytest.fixture
def library(tmp_path: Path, plain_settings: Settings) -> Iterator[Library]:
    with Library.create(tmp_path / "库", CountingEncoder(), plain_settings) as made:
        yield made


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def follower(library: Library, desk: Desk) -> Iterator[Follower]:
    made = Follower(library, desk.turn, still=0.1, again=0.3)
    yield made
    made.stop()
    assert not made.running


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def watchers() -> int:
    return sum(thread.name == "page: 自动跟进" for thread in threading.enumerate())


def test_nothing_runs_where_nothing_is_watched(library: Library, follower: Follower) -> None:
    follower.start()
    assert not follower.running


def test_it_follows_and_is_started_once(library: Library, folder: Path, follower: Follower) -> None:
    library.watch(folder)
    threads = [threading.Thread(target=follower.start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert watchers() == 1
    until(lambda: follower.last is not None)
    assert follower.last is not None
    assert follower.last.result.added == (str(folder / "甲.txt"),)
    assert len(library.documents()) == 1
    follower.stop()
    follower.start()
    assert watchers() == 0, "what was ended stays so"


def test_it_waits_for_a_job_of_the_page_and_the_job_for_it(
    library: Library, folder: Path, follower: Follower, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[str] = []
    most = 0
    sync = Library.sync

    def counted(self: Library, *args: object, **kwargs: object) -> SyncResult:
        nonlocal most
        inside.append("")
        most = max(most, len(inside))
        time.sleep(0.05)
        try:
            return sync(self, *args, **kwargs)  # type: ignore[arg-type]
        finally:
            inside.pop()

    monkeypatch.setattr(Library, "sync", counted)
    library.watch(folder)
    follower.start()
    for number in range(5):
        (folder / f"{number}.txt").write_text(TEXT.format(number), encoding="utf-8")
        assert desk.start("重新读取", adding(library, [folder], Metadata()))
        job = desk.job
        assert job is not None
        assert job.done.wait(LONG)
        assert job.error is None
    until(lambda: follower.last is not None or len(library.documents()) == 6)
    assert most == 1


def test_another_process_that_writes_is_waited_for(
    tmp_path: Path, library: Library, folder: Path, follower: Follower, plain_settings: Settings
) -> None:
    library.watch(folder)
    with Library.open(tmp_path / "库", CountingEncoder(), plain_settings) as other:
        with other._writer.hold("添加文件"):
            follower.start()
            time.sleep(0.6)
            assert library.documents() == []
        until(lambda: len(library.documents()) == 1)
    assert follower.error is None


def test_what_a_person_must_mend_is_said_and_tried_again(
    library: Library, folder: Path, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "AFTER_AN_ERROR", 0.1)
    sync = Library.sync

    def full(self: Library, *args: object, **kwargs: object) -> SyncResult:
        raise LibraryError("磁盘已满。")

    monkeypatch.setattr(Library, "sync", full)
    library.watch(folder)
    follower.start()
    until(lambda: follower.error is not None)
    assert "磁盘已满" in str(follower.error)
    monkeypatch.setattr(Library, "sync", sync)
    until(lambda: follower.last is not None)
    assert follower.error is None
