"""Files that are not there any more: deleted by somebody, or on a disk that is not connected.

A share that was unmounted looks like a folder whose files were all deleted, so what is seen once
cannot decide. The rule (docs/storage.md): single files that vanish were deleted; a folder that
vanishes as a whole, with more than a few files, or that was a disk of its own, is waited for until
it comes back or a person says that it is gone.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from index.catalogue.absences import Away
from index.datatypes import FileFailure

MANY = 5
"""So many files, or more than half of what was read from a named folder, do not go just because
the folder that held them vanished."""

_SAID = {
    "empty": "文件夹空了",
    "missing": "文件夹不见了",
    "disk": "这里原来连着共享盘或移动盘，现在没有连上",
    "unreachable": "文件夹现在打不开",
}
_KEPT = "原来从这里读入的 {} 个文件仍保留在资料库中。"
_ADVICE = "请检查磁盘和网络是否已连接，连上后再读取一次就恢复；确实不要了，请移除它们。"
_FILE = "文件不见了，它的内容仍保留在资料库中。请检查磁盘是否已连接；确实不要了，请移除它。"


def below(path: str, folder: str) -> bool:
    """Whether `path` lies somewhere in `folder`; both absolute."""
    return path.startswith(folder if folder.endswith(os.sep) else f"{folder}{os.sep}")


def missing(
    known: Iterable[str], folders: Sequence[str], here: Collection[str]
) -> tuple[list[str], list[str]]:
    """(surely gone, not to be told) of the known files of `folders` that are not among `here`.

    A folder that may not be entered does not tell what is in it. A file that is there, but is not
    read with its folder (a hidden one that was named by itself), is in neither.
    """
    gone: list[str] = []
    unreachable: list[str] = []
    for path in known:
        if path in here or not any(below(path, folder) for folder in folders):
            continue
        try:
            os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            gone.append(path)
        except OSError:
            unreachable.append(path)
    return gone, unreachable


def kept(
    gone: Iterable[str],
    unreachable: Iterable[str],
    *,
    here: Collection[str],
    known: Collection[str],
    named: Collection[str],
    disks: Mapping[str, str],
    before: Mapping[str, Away],
) -> dict[str, Away]:
    """Those of the missing files that wait for their folder, with what is missing and why.

    `here` are the files that were seen, `named` the folders that were ever named for adding,
    `disks` the devices that folders lay on when they were last seen, `before` the files that were
    away already: they wait on, unless a file that was away with them is here again.
    """
    alive = _folders_of(here)
    lost = [
        disk for disk, device in sorted(disks.items()) if _lost(disk, device, here, known, named)
    ]
    returned = {folder for path, (folder, _) in before.items() if path in here}
    away: dict[str, Away] = {}
    vanished: dict[str, list[str]] = defaultdict(list)
    highest: dict[str, str] = {}  # folder of a missing file -> the highest that vanished with it
    for path in gone:
        parent = os.path.dirname(path)  # noqa: PTH120  called for every file
        if parent not in highest:
            highest[parent] = _highest(parent, named, alive)
        disk = next((disk for disk in lost if below(path, disk)), None)
        if disk is not None:
            away[path] = (disk, "disk")
        elif path in before and before[path][0] not in returned:
            away[path] = before[path]
        elif highest[parent]:
            vanished[highest[parent]].append(path)
    totals = _totals(vanished, named, known)
    for folder, paths in vanished.items():
        if folder in named or len(paths) >= MANY or 2 * len(paths) > totals[folder]:
            why = "empty" if Path(folder).is_dir() else "missing"
            away.update((path, (folder, why)) for path in paths)
    for path in unreachable:
        parent = os.path.dirname(path)  # noqa: PTH120
        away[path] = (_highest(parent, named, alive) or parent, "unreachable")
    return away


def disks_of(folders: Iterable[str], here: Iterable[str]) -> dict[str, str]:
    """Folder -> device, of `folders` and of those below them that are disks of their own.

    Costs a look at every folder that holds a file.
    """
    devices: dict[str, str | None] = {}

    def device(folder: str) -> str | None:
        if folder not in devices:
            devices[folder] = _device(folder)
        return devices[folder]

    found: dict[str, str] = {}
    inner = _folders_of(here)
    for folder in folders:
        own = device(folder)
        if own is not None:
            found[folder] = own
        for one in inner:
            if below(one, folder):
                own = device(one)
                if own is not None and own != device(os.path.dirname(one)):  # noqa: PTH120
                    found[one] = own
    return found


def told(away: Mapping[str, Away]) -> list[FileFailure]:
    """What is missing, a sentence each, by path."""
    files = Counter(away.values())
    return [
        FileFailure(
            folder,
            _FILE if folder in away else f"{_SAID[why]}，{_KEPT.format(count)}{_ADVICE}",
        )
        for (folder, why), count in sorted(files.items())
    ]


def _folders_of(files: Iterable[str]) -> set[str]:
    """All folders above `files`."""
    found: set[str] = set()
    for path in files:
        folder = os.path.dirname(path)  # noqa: PTH120
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)  # noqa: PTH120
    return found


def _highest(folder: str, named: Collection[str], alive: Collection[str]) -> str:
    """The highest of `folder` and those above it, down from a named one, without a file in it.

    Empty where `folder` itself still holds one.
    """
    highest = ""
    within = [one for one in named if one == folder or below(folder, one)]
    while any(one == folder or below(folder, one) for one in within):
        if folder not in alive:
            highest = folder
        folder = os.path.dirname(folder)  # noqa: PTH120
    return highest


def _lost(
    disk: str, device: str, here: Collection[str], known: Collection[str], named: Collection[str]
) -> bool:
    """Whether a folder is not on the disk any more that it was on.

    A device may get another number when the machine starts: then the files tell.
    """
    now = _device(disk)
    if now is None:
        return True
    if disk not in named and now == _device(os.path.dirname(disk)):  # noqa: PTH120
        return True  # what is seen is the empty place where a disk was mounted
    return now != device and not any(below(path, disk) for path in here if path in known)


def _device(folder: str) -> str | None:
    try:
        return str(os.stat(folder).st_dev)  # noqa: PTH116
    except OSError:
        return None


def _totals(
    folders: Collection[str], named: Collection[str], known: Collection[str]
) -> dict[str, int]:
    """How many files are known of the innermost named folder around each of `folders`."""
    found = {}
    for folder in folders:
        around = [one for one in named if one == folder or below(folder, one)]
        inmost = max(around, key=len, default=folder)
        found[folder] = sum(below(path, inmost) for path in known)
    return found
