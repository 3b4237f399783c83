"""The rest of a long file, kept aside until all of it was read: then nothing can fail half-way."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from index.datatypes import PreparedDocument
from index.errors import LibraryError

Read = tuple[PreparedDocument, tuple[str, ...]]
"""A document, and what could not be read of it."""


class Spool:
    """The documents of one file, in order, each once.

    A file of many documents is written in several windows. So that a damage further down leaves
    none of it in the library, `take_the_rest` reads to the end before the first of them is written,
    into a file without a name, which ends with the process. Iterating goes on from there.
    """

    def __init__(self, documents: Iterator[Read], folder: Path) -> None:
        """`folder`: a place with room for the texts of a file."""
        self._documents = documents
        self._folder = folder
        self._file: IO[bytes] | None = None

    def __iter__(self) -> Iterator[Read]:
        return self

    def __next__(self) -> Read:
        if self._file is None:
            return next(self._documents)
        try:
            read: Read = pickle.load(self._file)
        except EOFError:
            self.close()
            raise StopIteration from None
        return read

    @property
    def whole(self) -> bool:
        """Whether all was read, and what is still to come was put aside."""
        return self._file is not None

    def take_the_rest(self) -> Iterator[PreparedDocument]:
        """Read to the end; gives each document that is put aside, for a look at it.

        Raises what reading raises, and LibraryError where the disk is full.
        """
        file: IO[bytes] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  closed by `close`
        try:
            for read in self._documents:
                _dump(read, file)
                yield read[0]
            file.seek(0)
        except BaseException:
            file.close()
            raise
        self._file = file

    def close(self) -> None:
        """Give up what was put aside."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._documents = iter(())


def _dump(read: Read, file: IO[bytes]) -> None:
    try:
        pickle.dump(read, file, pickle.HIGHEST_PROTOCOL)
    except OSError as error:
        raise LibraryError(
            f"磁盘写不下了（{error.strerror}），请在资料库所在的磁盘腾出空间后再试。"
        ) from error
