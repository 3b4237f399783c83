"""Members of an archive or mail -> Documents, within limits that nesting cannot multiply.

A member is written to a private temporary folder under a name of ours (never its own, which may
climb out of the folder, be a device or a link), read like any file, and forgotten. What cannot be
read becomes a note: one bad member says so and takes nothing else with it.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.datatypes import Document
from index.errors import ReadError
from index.reading.content import GREATEST_FILE
from index.reading.folders import skipped

GREATEST_TOTAL = 1 << 30
"""Bytes that all members together may inflate to, nested ones included."""
GREATEST_COUNT = 10_000
"""Members of the outermost file and all files inside it."""
GREATEST_DEPTH = 3
"""A zip in a zip in a zip is read; what it holds as zips is not."""
GREATEST_RATIO = 250
"""Inflated to packed; texts of equal lines reach 200, prose 5."""
_RATIO_MATTERS_FROM = 4 << 20
_GREATEST_NOTES = 200

BOMB = "解开后异常巨大，可能是压缩炸弹。"
_TOO_LARGE = f"解开后超过 {GREATEST_FILE >> 20} MB；请拆成几个文件后再添加。"
_OUTSIDE = "它的路径指向压缩包之外，可能是恶意文件。"
_TOO_DEEP = f"压缩包套得太深（超过 {GREATEST_DEPTH} 层）；请先解压，再添加解压出来的文件。"
_SPENT = (
    f"里面的文件太多或太大（上限为 {GREATEST_COUNT} 个、解开后共 {GREATEST_TOTAL >> 30} GB）；"
    "请解压后分批添加。"
)

_NOTHING = "里面没有能读入的文稿。"

_COUNTED = re.compile(r"（共 \d+ 个没有读入）$")
_DRIVE = re.compile(r"[A-Za-z]:")
_SUFFIX = re.compile(r"((?:\.jsonl|\.ndjson)?\.[A-Za-z0-9]{1,8})$")


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside another."""

    name: str
    """As stored, folders divided by / or \\."""
    chunks: Callable[[], Iterator[bytes]]
    """Its bytes in steps; raises ReadError where they cannot be had."""
    packed: int | None = None
    """Bytes it takes in the container, for the ratio; None where nothing is compressed."""
    refused: str = ""
    """Why it is not even opened: a link, a password."""


@dataclass(slots=True)
class Allowance:
    """What is left of the limits; one for the outermost file and everything inside it."""

    total: int = GREATEST_TOTAL
    count: int = GREATEST_COUNT

    @property
    def spent(self) -> bool:
        return self.total < 0 or self.count < 0


@dataclass(frozen=True, slots=True)
class Inside:
    """Where a container stands: how deep, what is left, and how its members are read."""

    read: Callable[[Path, Inside], Iterator[Document]]
    depth: int = 0
    """0 for a file of its own."""
    allowance: Allowance = field(default_factory=Allowance)

    def deeper(self) -> Inside:
        return replace(self, depth=self.depth + 1)


def read_members(
    path: Path,
    members: Iterable[Member],
    inside: Inside,
    first: Document | None = None,
    where: str = "压缩包里的",
) -> Iterator[Document]:
    """The documents of all members, in order; `first` (a mail's own text) before them.

    The last document carries a note for each member that was not read. ReadError where not one
    document came out, with the first reasons.
    """
    if inside.depth >= GREATEST_DEPTH:
        raise ReadError(path, _TOO_DEEP)
    notes: list[str] = []
    waiting = first
    seen: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="xunzhang-") as folder:
        for number, member in enumerate(members):
            name = _clean(member.name)
            if not name or any(skipped(part) for part in name.split("/")):
                continue
            name = _unique(name, seen)
            try:
                for document in _read_member(Path(folder, str(number)), name, member, inside):
                    if waiting is not None:
                        yield waiting
                    waiting = replace(
                        document,
                        path=str(path),
                        member=f"{name}/{document.member}" if document.member else name,
                    )
            except ReadError as error:
                notes.append(f"{where}《{name}》没有读入：{error.reason}")
            if inside.allowance.spent:
                notes.append(_SPENT)
                break
    if waiting is None:
        raise ReadError(path, _nothing(notes))
    yield replace(waiting, notes=(*waiting.notes, *_shortened(notes)))


def _read_member(stem: Path, name: str, member: Member, inside: Inside) -> Iterator[Document]:
    if member.refused:
        raise ReadError(name, member.refused)
    if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name):
        raise ReadError(name, _OUTSIDE)
    inside.allowance.count -= 1
    if inside.allowance.spent:
        raise ReadError(name, _SPENT)
    match = _SUFFIX.search(name)
    file = stem.with_name(stem.name + (match[1].lower() if match else ""))
    try:
        _write(file, name, member, inside.allowance)
        yield from inside.read(file, inside.deeper())
    finally:
        file.unlink(missing_ok=True)


def _write(file: Path, name: str, member: Member, allowance: Allowance) -> None:
    size = 0
    with file.open("xb") as target:
        for chunk in member.chunks():
            size += len(chunk)
            allowance.total -= len(chunk)
            if allowance.spent:
                raise ReadError(name, _SPENT)
            if size > GREATEST_FILE:
                raise ReadError(name, _TOO_LARGE)
            if (
                member.packed is not None
                and size > _RATIO_MATTERS_FROM
                and size > GREATEST_RATIO * max(member.packed, 1)
            ):
                raise ReadError(name, BOMB)
            target.write(chunk)


def _clean(name: str) -> str:
    """A name to show and keep: / between folders, no control or direction characters.

    >>> _clean("2023\\\\总\\u202e结.docx")
    '2023/总结.docx'
    """
    kept = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    kept = unicodedata.normalize("NFC", kept).replace("\\", "/")
    start = "/" if kept.startswith("/") else ""
    return start + "/".join(part for part in kept.split("/") if part not in ("", "."))


def _unique(name: str, seen: set[str]) -> str:
    """A second 总结.docx becomes 总结 (2).docx: a member's name is its identity."""
    stem, dot, suffix = name.rpartition(".") if "." in name.rpartition("/")[2] else (name, "", "")
    number, unique = 1, name
    while unique in seen:
        number += 1
        unique = f"{stem} ({number}){dot}{suffix}"
    seen.add(unique)
    return unique


def _shortened(notes: list[str]) -> list[str]:
    if len(notes) <= _GREATEST_NOTES:
        return notes
    return [
        *notes[:_GREATEST_NOTES],
        f"另有 {len(notes) - _GREATEST_NOTES} 个文件没有读入；请解压后添加，看各自的原因。",
    ]


def _nothing(notes: list[str]) -> str:
    """The first reasons; of a container that held only containers, the innermost reason alone."""
    if not notes:
        return "压缩包里没有文件。"
    more = f"（共 {len(notes)} 个没有读入）" if len(notes) > 3 else ""
    kept = dict.fromkeys(_innermost(note) for note in notes[:3])
    return _NOTHING + "".join(kept) + more


def _innermost(note: str) -> str:
    """`note` without the reasons that only repeat that nothing inside could be read."""
    reason = note.rpartition(_NOTHING)[2]
    return _COUNTED.sub("", reason) or note
