"""A folder that vanishes may be a share that is not connected: its documents wait for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.datatypes import Metadata
from index.errors import UnknownDocument
from index.library import Library, absence

from .conftest import Write

Disks = dict[str, int]


@pytest.fixture
def many(library: Library, write: Write, folder: Path) -> Library:
    """Six files on a share below the named folder, two in another subfolder, six beside them."""
    for number in range(6):
        write(f"共享盘/{number}.txt", f"完成土地平整{number}千亩。")
        write(f"{number}.txt", f"清淤渠道{number}十条。")
    for number in range(2):
        write(f"小组/{number}.txt", f"走访农户{number}百户。")
    library.sync([folder])
    assert len(library.documents()) == 14
    return library


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch) -> Disks:
    """Folders that are to look like disks of their own, with their numbers."""
    mounted: Disks = {}
    real = absence._device

    def device(path: str) -> str | None:
        around = [disk for disk in mounted if path == disk or path.startswith(disk + os.sep)]
        return str(mounted[max(around, key=len)]) if around and real(path) else real(path)

    monkeypatch.setattr(absence, "_device", device)
    return mounted


def names(library: Library, folder: Path) -> set[str]:
    return {Path(entry.path).relative_to(folder).as_posix() for entry in library.documents()}


def states(library: Library) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in library.files():
        found[file.state] = found.get(file.state, 0) + 1
    return found


def empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize("vanish", [empty, shutil.rmtree])
def test_a_subfolder_that_vanishes_takes_nothing_with_it(
    many: Library, folder: Path, tmp_path: Path, vanish: Callable[[Path], None]
) -> None:
    share = folder / "共享盘"
    shutil.copytree(share, tmp_path / "盘", copy_function=shutil.copy2)
    version = many.version
    vanish(share)
    (folder / "0.txt").unlink()  # one that was surely deleted
    result = many.sync([folder])
    assert result.removed == (str(folder / "0.txt"),)
    (failure,) = result.failed
    assert failure.path == str(share)
    assert "6 个文件仍保留在资料库中" in failure.reason
    assert many.away() == [failure]
    assert many.version > version
    assert states(many) == {"complete": 7, "away": 6}
    assert len(many.documents()) == 13
    # it waits for as long as it takes, whatever else is looked at
    assert many.sync([folder / "小组"]).failed == ()
    assert many.away() == [failure]
    assert many.sync([folder]).removed == ()
    assert many.away() == [failure]
    # connected again: everything is as it was, nothing is read
    shutil.rmtree(share, ignore_errors=True)
    shutil.copytree(tmp_path / "盘", share, copy_function=shutil.copy2)
    result = many.sync([folder])
    assert (result.failed, result.removed, result.added) == ((), (), ())
    assert many.away() == []
    assert states(many) == {"complete": 13}
    # and then a file that is deleted goes
    (share / "0.txt").unlink()
    assert len(many.sync([folder]).removed) == 1


def test_what_was_mended_in_a_folder_that_waits_is_still_there(
    many: Library, folder: Path, tmp_path: Path
) -> None:
    share = folder / "共享盘"
    chosen = [entry.id for entry in many.documents() if "共享盘" in entry.path]
    many.mend(chosen, Metadata(unit="云溪县水务局"))
    share.rename(tmp_path / "盘")
    many.sync([folder])
    assert {many.document(id_).unit for id_ in chosen} == {"云溪县水务局"}
    (tmp_path / "盘").rename(share)
    many.sync([folder])
    assert {many.document(id_).unit for id_ in chosen} == {"云溪县水务局"}


def test_a_person_says_that_it_is_gone(many: Library, folder: Path) -> None:
    share = folder / "共享盘"
    shutil.rmtree(share)
    many.sync([folder])
    with pytest.raises(UnknownDocument, match="没有不见了的文件"):
        many.let_go([share, folder / "小组"])
    assert len(many.documents()) == 14
    removed = many.let_go([share])
    assert len(removed) == 6
    assert names(many, folder) == {*(f"{n}.txt" for n in range(6)), "小组/0.txt", "小组/1.txt"}
    assert many.away() == []
    assert many.sync([folder]).failed == ()
    assert many.verify() == []


def test_what_came_back_meanwhile_is_not_let_go(many: Library, folder: Path, write: Write) -> None:
    shutil.rmtree(folder / "共享盘")
    many.sync([folder])
    write("共享盘/3.txt", "完成土地平整3千亩。")
    assert len(many.let_go([folder / "共享盘"])) == 5
    assert "共享盘/3.txt" in names(many, folder)
    assert many.sync([folder]).failed == ()
    assert many.away() == []


def test_removing_by_path_ends_the_waiting_too(many: Library, folder: Path) -> None:
    shutil.rmtree(folder / "共享盘")
    many.sync([folder])
    assert len(many.remove([folder / "共享盘"])) == 6
    assert many.away() == []
    assert many.sync([folder]).failed == ()


def test_a_small_subfolder_goes_with_its_files(many: Library, folder: Path) -> None:
    shutil.rmtree(folder / "小组")
    assert len(many.sync([folder]).removed) == 2
    assert many.away() == []


def test_more_than_half_of_a_small_folder_waits(
    library: Library, write: Write, folder: Path
) -> None:
    for name in ("甲/1.txt", "甲/2.txt", "乙.txt"):
        write(name, "完成土地平整一万二千亩。")
    library.sync([folder])
    shutil.rmtree(folder / "甲")
    assert library.sync([folder]).removed == ()
    assert len(library.away()) == 1


def test_a_renamed_subfolder_moves_with_its_documents(many: Library, folder: Path) -> None:
    before = {entry.id for entry in many.documents()}
    (folder / "共享盘").rename(folder / "2022年")
    result = many.sync([folder])
    assert (len(result.moved), result.failed, result.removed) == (6, (), ())
    assert {entry.id for entry in many.documents()} == before
    assert many.away() == []


def test_a_folder_that_waits_and_is_found_elsewhere_is_followed(
    many: Library, folder: Path, tmp_path: Path
) -> None:
    before = {entry.id for entry in many.documents()}
    (folder / "共享盘").rename(tmp_path / "盘")
    many.sync([folder])
    assert len(many.away()) == 1
    (tmp_path / "盘").rename(folder / "新共享盘")
    assert len(many.sync([folder]).moved) == 6
    assert {entry.id for entry in many.documents()} == before
    assert many.away() == []


def test_a_disk_of_its_own_waits_however_small_and_whatever_lies_below_it(
    many: Library, folder: Path, disks: Disks, write: Write
) -> None:
    disk = folder / "小组"
    disks[str(disk)] = 77
    many.sync([folder])
    assert many._catalogue.absences.disks()[str(disk)] == "77"
    # unmounted: the folder below is seen, and on it a file that was always hidden by the disk
    del disks[str(disk)]
    empty(disk)
    write("小组/未连接.txt", "这个文件夹用来连接小组的盘。")
    for _ in range(2):
        result = many.sync([folder])
        assert result.removed == ()
        (failure,) = many.away()
        assert failure.path == str(disk)
        assert "没有连上" in failure.reason
        assert "2 个文件仍保留" in failure.reason
    # the machine starts again and the disk gets another number
    disks[str(disk)] = 78
    for number in range(2):
        write(f"小组/{number}.txt", f"走访农户{number}百户。")
    assert many.sync([folder]).failed == ()
    assert many.away() == []
    assert many._catalogue.absences.disks()[str(disk)] == "78"


def test_another_disk_at_the_same_place_is_not_taken_for_the_first(
    many: Library, folder: Path, disks: Disks, write: Write
) -> None:
    disks[str(folder)] = 5
    many.sync([folder])
    shutil.rmtree(folder)
    disks[str(folder)] = 6
    write("别人的.txt", "这是另一个移动盘上的文件。")
    result = many.sync([folder])
    assert result.removed == ()
    assert len(result.added) == 1
    assert "14 个文件仍保留" in many.away()[0].reason
    assert len(many.documents()) == 15


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may enter every folder"
)
def test_a_folder_that_may_not_be_entered_is_said(many: Library, folder: Path) -> None:
    share = folder / "共享盘"
    share.chmod(0)
    try:
        result = many.sync([folder])
        (failure,) = result.failed
        assert "现在打不开" in failure.reason
        assert many.away() == [failure]
    finally:
        share.chmod(0o755)
    assert many.sync([folder]).failed == ()
    assert many.away() == []


def test_what_cannot_be_looked_at_is_neither_there_nor_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = os.lstat

    def lstat(path: str) -> os.stat_result:
        if path.endswith("b.txt"):
            raise OSError(112, "Host is down")
        return real(path)

    monkeypatch.setattr(os, "lstat", lstat)
    known = ["/没有/甲/a.txt", "/没有/乙/b.txt", "/别处/c.txt"]
    gone, unreachable = absence.missing(known, ["/没有"], set())
    assert (gone, unreachable) == ([known[0]], [known[1]])
    away = absence.kept(
        [], unreachable, here={"/没有/x.txt"}, known=known, named={"/没有"}, disks={}, before={}
    )
    assert away == {"/没有/乙/b.txt": ("/没有/乙", "unreachable")}


def test_a_named_folder_and_a_named_file_that_are_gone_are_listed(
    library: Library, write: Write, folder: Path, tmp_path: Path
) -> None:
    write("甲.txt", "完成土地平整一万二千亩。")
    alone = tmp_path / "单独.txt"
    alone.write_text("题目\n\n清淤渠道三十二条。\n", encoding="utf-8")
    library.sync([folder, alone])
    shutil.rmtree(folder)
    alone.unlink()
    library.sync()
    said = {Path(one.path).name: one.reason for one in library.away()}
    assert set(said) == {"总结", "单独.txt"}
    assert "文件夹不见了" in said["总结"]
    assert said["单独.txt"].startswith("文件不见了")
    library.let_go([folder, alone])
    assert (library.documents(), library.roots(), library.away()) == ([], [], [])


def test_a_copy_in_the_library_that_is_gone_is_listed_after_a_move_of_the_library(
    library: Library, tmp_path: Path
) -> None:
    path = library.upload("上传.txt", "题目\n\n清淤渠道三十二条。\n".encode())
    library.sync([path])
    path.unlink()
    library.sync()
    assert [one.path for one in library.away()] == [str(path)]
