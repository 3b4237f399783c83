"""What lies where in the folder of a library. docs/storage.md describes each part."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

CATALOGUE = "catalogue.sqlite"
"""Also the mark by which reading a folder of documents passes over a library in it."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?|metadata\.csv")
"""Windows keeps these names for devices; a folder's metadata.csv is never a document."""
_LONGEST_STEM = 80


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of a library's parts."""

    folder: Path

    @classmethod
    def of(cls, folder: Path | str) -> Layout:
        # not resolve(): shown to the person as the person wrote it
        return cls(Path(os.path.abspath(folder)))  # noqa: PTH100

    @property
    def catalogue(self) -> Path:
        return self.folder / CATALOGUE

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    @property
    def fingerprints(self) -> Path:
        return self.folder / "fingerprints"

    @property
    def topics(self) -> Path:
        return self.folder / "topics"

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    @property
    def terms(self) -> Path:
        return self.folder / "terms.txt"

    @property
    def formulas(self) -> Path:
        return self.folder / "formulas.txt"

    @property
    def taxonomy(self) -> Path:
        return self.folder / "topics.toml"

    @property
    def writer_lock(self) -> Path:
        return self.folder / "writer.lock"

    @property
    def writer(self) -> Path:
        return self.folder / "writer.json"


def safe_name(name: str) -> str:
    """A file name for an uploaded file: no folders, nothing a file system or reading refuses.

    >>> safe_name("../../机关党委\\\\2023年总结.docx"), safe_name("..."), safe_name("~$总结.docx")
    ('2023年总结.docx', '未命名', '总结.docx')
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = _UNSAFE.sub("_", name).strip(" .").removeprefix("~$").lstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    stem = stem[:_LONGEST_STEM].rstrip(" .")
    name = f"{stem}{dot}{suffix[:16]}" if stem else f"未命名{dot}{suffix[:16]}"
    return f"_{name}" if _RESERVED.fullmatch(name) else name
