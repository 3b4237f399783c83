"""The one long job beside the page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from index.datatypes import Metadata, Progress, SyncResult
from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy
from index.library import Library
from index.ui.work import Desk, adding

Report = Callable[[Progress], None]
LONG = 10.0


def wait(desk: Desk) -> None:
    assert desk.job is not None
    assert desk.job.done.wait(LONG)


def test_a_job_reports_and_gives_its_result() -> None:
    desk = Desk()
    seen = threading.Event()
    go_on = threading.Event()

    def work(report: Report) -> SyncResult:
        report(Progress("reading", 1, 2))
        seen.set()
        assert go_on.wait(LONG)
        return SyncResult(added=("a",))

    assert desk.start("添加资料", work)
    assert seen.wait(LONG)
    job = desk.job
    assert job is not None
    assert job.running
    assert job.progress == Progress("reading", 1, 2)
    assert not desk.start("再来", work), "one at a time"
    desk.clear()
    assert desk.job is job, "a running job is not forgotten"
    go_on.set()
    wait(desk)
    assert job.result == SyncResult(added=("a",))
    assert job.error is None
    desk.clear()
    assert desk.job is None


def test_an_error_a_person_can_mend_is_kept_for_the_page() -> None:
    desk = Desk()

    def work(report: Report) -> SyncResult:
        raise LibraryBusy("另一个窗口正在添加资料，请等它做完。")

    desk.start("添加资料", work)
    wait(desk)
    assert desk.job is not None
    assert isinstance(desk.job.error, LibraryBusy)
    assert desk.start("再来", lambda report: SyncResult()), "the desk is free again"
    wait(desk)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_is_not_swallowed() -> None:
    desk = Desk()

    def work(report: Report) -> SyncResult:
        raise ZeroDivisionError

    desk.start("添加资料", work)
    wait(desk)
    for thread in threading.enumerate():
        if thread.name.startswith("page: "):
            thread.join(LONG)  # it raises after it has set the job, and within this test
    assert desk.job is not None
    assert isinstance(desk.job.error, ZeroDivisionError)


def test_what_is_added_on_the_page_is_told_its_topics(tmp_path: Path) -> None:
    report = tmp_path / "总结.txt"
    report.write_text("柳溪局2023年工作总结\n组织党员干部开展廉政教育四次。\n", encoding="utf-8")
    with Library.create(tmp_path / "library", CountingEncoder()) as library:
        assert library.assignments() is None
        adding(library, [report], Metadata())(lambda _: None)
        kept = library.assignments()
        assert kept is not None
        assert kept.stamp == library.stamp, "so a search looks topics up"
        assert kept.documents.tolist() == [entry.id for entry in library.documents()]
