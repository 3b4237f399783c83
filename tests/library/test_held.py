"""Files with personal numbers wait for a decision; nothing of them goes in before."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.library import Library, intake

from .conftest import Write

PLAIN = "全年组织义务植树活动十二次，完成绿化任务。"
NUMBER = "13900001234"
PRIVATE = f"如有疑问请与经办人联系，手机{NUMBER}。"


@pytest.mark.parametrize("window", [1, 4096])
def test_a_file_with_a_number_waits_and_the_others_go_in(
    library: Library, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    monkeypatch.setattr(intake, "WINDOW_PASSAGES", window)
    write("甲.txt", PLAIN, PRIVATE)
    write("乙.txt", PLAIN)
    library.sync([folder])
    assert [Path(entry.path).name for entry in library.documents()] == ["乙.txt"]
    (held,) = library.held()
    assert Path(held.path).name == "甲.txt"
    assert "手机号码" in held.reason
    assert NUMBER not in held.reason
    assert not any(file.state == "queued" for file in library.files())
    assert library.verify() == []


def test_an_accepted_file_goes_in(library: Library, folder: Path, write: Write) -> None:
    path = write("甲.txt", PLAIN, PRIVATE)
    library.sync([folder])
    library.accept([path])
    assert [Path(entry.path).name for entry in library.documents()] == ["甲.txt"]
    assert library.held() == []
