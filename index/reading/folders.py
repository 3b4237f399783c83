"""Folders -> the files in them that a person would call documents."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

LIBRARY_MARKER = "catalogue.sqlite"
"""A folder with this file in it is a library of ours: its parts are not documents."""

_SKIPPED_NAMES = frozenset({"metadata.csv", "thumbs.db", "desktop.ini", "ehthumbs.db"})
"""Names (in lower case) of files that sit beside documents and are never one themselves."""
_SKIPPED_PREFIXES = (".", "~$", "~wrl", "._")
"""Hidden files, and what Word, WPS and LibreOffice leave beside an open document."""
_SKIPPED_FOLDERS = frozenset({"__macosx", "$recycle.bin", "system volume information"})


def walk(paths: Iterable[Path | str]) -> list[Path]:
    """Absolute paths of all files named by `paths`, folders with everything below them, sorted.

    In folders, hidden and temporary files, `metadata.csv` and libraries are left out; files of
    unknown formats are not, so that `read` can name each with its reason. A path that is named
    itself is always returned, even where nothing is there: `read` then says so. Each file comes
    once. Links to folders are not followed (they may lead in a circle).
    """
    found: set[Path] = set()
    for path in paths:
        # not resolve(): a path is shown and compared as the user wrote it, links included
        absolute = Path(os.path.abspath(path))  # noqa: PTH100
        if absolute.is_dir():
            found.update(_files_below(absolute))
        else:
            found.add(absolute)
    return sorted(found)


def skipped(name: str) -> bool:
    """Is a file or folder of this name never a document? ".." is no name and not skipped.

    >>> skipped("~$总结.docx"), skipped("__MACOSX"), skipped("总结.docx")
    (True, True, False)
    """
    lower = name.lower()
    return name != ".." and (
        lower in _SKIPPED_NAMES or lower in _SKIPPED_FOLDERS or lower.startswith(_SKIPPED_PREFIXES)
    )


def _files_below(folder: Path) -> Iterable[Path]:
    for parent, folders, names in os.walk(folder):
        if LIBRARY_MARKER in names:
            folders.clear()
            continue
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name.lower() not in _SKIPPED_FOLDERS
        ]
        for name in names:
            if skipped(name):
                continue
            path = Path(parent, name)
            # no sockets, no pipes, no broken links, nothing that may not be looked at
            if os.path.isfile(path):  # noqa: PTH113  Path.is_file raises for the last of these
                yield path
