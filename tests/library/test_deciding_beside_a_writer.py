"""A reviewer marks findings while somebody imports: nobody waits for it, no mark is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from index.embedding.protocol import Vectors
from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy
from index.findings import Decision, Draft, DraftParagraph
from index.library import Library
from index.settings import Settings

from .conftest import Write
from .test_writer import another_process_writing

NOON = datetime(2024, 1, 5, 12, 0)
WORDING = "夜里停水先打这个电话，半小时内必须有人到场。"
DRAFT = Draft("青溪区水务局2023年工作总结", (DraftParagraph(1, WORDING),))

IMPORT = """
print("writing", flush=True)
for number in range(200):
    path = library.upload(f"{number}.txt", f"题目\\n\\n第{number}号事项已经办结。".encode())
    library.sync([path])
library.close()
"""

DECIDE = """
from datetime import datetime
from index.findings import Decision, Draft, DraftParagraph
draft = Draft("总结", (DraftParagraph(1, "乙"),))
library.decide(draft, "乙", Decision("cited", "", "李工", datetime(2024, 1, 5, 12, 0)))
print("writing", flush=True)
sys.stdin.readline()
"""


def said(note: str = "", minutes: int = 0) -> Decision:
    return Decision("usual", note, "李工", NOON + timedelta(minutes=minutes))


class Halting(CountingEncoder):
    """Halts in the middle of an import until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.going_on = threading.Event(), threading.Event()

    def encode_passages_in_batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        self.reached.set()
        assert self.going_on.wait(60)
        return super().encode_passages_in_batches(texts)


def test_a_mark_does_not_wait_for_the_writers_lock(library: Library, settings: Settings) -> None:
    with (
        another_process_writing(library.folder) as other,
        Library.open(library.folder, CountingEncoder(), settings, patience=0.0) as second,
    ):
        second.decide(DRAFT, WORDING, said())
        second.add_formula("夜里停水先打这个电话")
        with pytest.raises(LibraryBusy):
            second.sync()
        assert other.poll() is None
    assert library.decisions(DRAFT, [WORDING]) == [
        Decision("usual", "", "李工", NOON, draft=DRAFT.title)
    ]
    assert library.formulas() == "夜里停水先打这个电话\n"


def test_marks_are_made_in_the_middle_of_an_import(
    home: Path, settings: Settings, write: Write
) -> None:
    encoder = Halting()
    with Library.create(home, encoder, settings) as library:
        importing = threading.Thread(target=library.sync, args=([write("甲.txt", WORDING)],))
        importing.start()
        try:
            assert encoder.reached.wait(60)
            library.decide(DRAFT, WORDING, said())
            assert library.decisions(DRAFT, [WORDING])[0] is not None
            assert importing.is_alive()
            assert not library.documents()
        finally:
            encoder.going_on.set()
            importing.join()
        assert len(library.documents()) == 1
        assert library.decisions(DRAFT, [WORDING])[0] is not None
        assert library.verify() == []


def test_no_mark_of_several_reviewers_is_lost_beside_a_running_import(
    library: Library, settings: Settings
) -> None:
    """Two reviewers with a library each, and an import in a process of its own that is killed."""
    count = 40

    def mark(who: str) -> None:
        with Library.open(library.folder, CountingEncoder(), settings) as own:
            for number in range(count):
                own.decide(DRAFT, f"{who}{number}", said(who, number))
                own.add_formula(f"{who}第{number}句固定的话")

    with another_process_writing(library.folder, IMPORT) as other:
        while not library.documents():
            assert other.poll() is None
        reviewers = [threading.Thread(target=mark, args=(who,)) for who in ("甲", "乙")]
        for one in reviewers:
            one.start()
        for one in reviewers:
            one.join()
        assert other.poll() is None, "the import still runs"
    wordings = [f"{who}{number}" for who in ("甲", "乙") for number in range(count)]
    notes = [one.note if one else None for one in library.decisions(DRAFT, wordings)]
    assert notes == ["甲"] * count + ["乙"] * count
    assert len(set(library.formulas().splitlines())) == 2 * count
    # killed between its commit and its publishing, an import leaves that to the next opening
    with Library.open(library.folder, CountingEncoder(), settings) as again:
        assert again.verify() == []


def test_a_mark_outlives_the_process_that_made_it(library: Library) -> None:
    with another_process_writing(library.folder, DECIDE) as other:
        other.kill()
        other.wait()
    draft = Draft("总结", (DraftParagraph(1, "乙"),))
    [found] = library.decisions(draft, ["乙"])
    assert found is not None
    assert found.mark == "cited"


def test_a_mark_is_on_the_disk_when_it_is_made(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What decides it is SQLite's level of safety while the mark is written."""
    database = library._catalogue.database
    levels = []
    note = library._catalogue.decisions.note

    def watched(*told: object) -> None:
        levels.append(database.value("PRAGMA synchronous"))
        note(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(library._catalogue.decisions, "note", watched)
    library.decide(DRAFT, WORDING, said())
    assert levels == [2], "FULL"
    assert database.value("PRAGMA synchronous") == 1, "NORMAL again"
    with pytest.raises(ValueError, match="time"):
        library.decide(DRAFT, WORDING, Decision("usual"))
    assert database.value("PRAGMA synchronous") == 1
    assert not database._connection().in_transaction


def test_who_waits_too_long_is_told_and_loses_nothing_made_before(
    library: Library, settings: Settings
) -> None:
    library.decide(DRAFT, WORDING, said("先"))
    with Library.open(library.folder, CountingEncoder(), settings) as second:
        second._catalogue.database.run("PRAGMA busy_timeout = 100")
        with (
            library._catalogue.database.transaction(),
            pytest.raises(LibraryBusy, match="另一个程序"),
        ):
            second.decide(DRAFT, WORDING, said("后"))
        second.decide(DRAFT, WORDING, said("再"))
    [found] = library.decisions(DRAFT, [WORDING])
    assert found is not None
    assert found.note == "再"
