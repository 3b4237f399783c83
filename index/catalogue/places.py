"""How paths of files are written in the catalogue, so that a library can be moved."""

from __future__ import annotations

import os
from pathlib import Path


class Places:
    """Paths inside the library's own folder are kept relative to it, all others absolute.

    >>> places = Places(Path("/srv/library"))
    >>> places.kept("/srv/library/uploads/总结.docx"), places.shown("uploads/总结.docx")
    ('uploads/总结.docx', '/srv/library/uploads/总结.docx')
    >>> places.kept("/home/wang/总结.docx"), places.shown("/home/wang/总结.docx")
    ('/home/wang/总结.docx', '/home/wang/总结.docx')
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._prefix = f"{folder}{os.sep}"

    def kept(self, path: str) -> str:
        """An absolute path as the catalogue keeps it."""
        if path.startswith(self._prefix):
            return path.removeprefix(self._prefix).replace(os.sep, "/")
        return path

    def shown(self, path: str) -> str:
        """A path of the catalogue as everyone else knows it: absolute."""
        if os.path.isabs(path):  # noqa: PTH117  called for every row
            return path
        return str(self._folder / path)
