"""Everything that can go wrong in a way that a person can mend, as one tree.

::

    LibraryError                 base: str(error) is one plain Chinese sentence and says what to do
    ├── SettingsError            an environment variable or xunzhang.toml holds something unusable
    ├── ReadError                a file cannot be read; .path and .reason
    ├── EncoderError             a model cannot be used
    │   ├── ModelNotFound        the folder or name leads to no model
    │   └── MissingDependency    a package is needed; .extra names what to install
    ├── LibraryNotFound          the folder holds no library
    ├── LibraryExists            a library is to be made where one already is
    ├── LibraryBusy              another process writes; .owner says which
    ├── LibraryDamaged           a file does not match its checksum, or SQLite reports damage
    ├── SchemaTooNew             written by a newer version of the product
    ├── EncoderMismatch          vectors were made by another encoder; .expected and .found
    ├── UnknownDocument          no document has that id or path
    ├── UnknownParagraph         no paragraph has that id
    ├── QueryError               the search text or a filter cannot be used
    └── TopicError               the taxonomy file is wrong, or no topic has that name

Foreign errors (sqlite3, zipfile, faiss, …) are mapped to these where they enter. Anything that is
not a LibraryError is a defect of the product and is allowed to show its traceback.
"""

from __future__ import annotations

from pathlib import Path


class LibraryError(Exception):
    """Base of all errors that a person can mend. Its text is one plain sentence, in Chinese."""


class SettingsError(LibraryError):
    """A setting holds something unusable."""


class ReadError(LibraryError):
    """A file cannot be read.

    ``reason`` is the sentence without the path: lists of failures show the path beside it.
    """

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}：{reason}")
        self.path = str(path)
        self.reason = reason


class EncoderError(LibraryError):
    """A model cannot be used."""


class ModelNotFound(EncoderError):
    """The folder or name given leads to no model."""


class MissingDependency(EncoderError):
    """A package is missing; ``extra`` is what to install, as pip takes it."""

    def __init__(self, message: str, extra: str) -> None:
        super().__init__(message)
        self.extra = extra


class LibraryNotFound(LibraryError):
    """The folder holds no library."""


class LibraryExists(LibraryError):
    """A library is to be made where one already is."""


class LibraryBusy(LibraryError):
    """Another process or thread is writing; ``owner`` says which."""

    def __init__(self, message: str, owner: str = "") -> None:
        super().__init__(message)
        self.owner = owner


class LibraryDamaged(LibraryError):
    """Stored bytes do not match their checksum, or SQLite reports damage."""


class SchemaTooNew(LibraryError):
    """The library was written by a newer version of the product."""


class EncoderMismatch(LibraryError):
    """The library's vectors were made by another encoder than the one in use."""

    def __init__(self, message: str, *, expected: str, found: str) -> None:
        super().__init__(message)
        self.expected = expected
        self.found = found


class UnknownDocument(LibraryError):
    """No document has that id or path."""


class UnknownParagraph(LibraryError):
    """No paragraph has that id."""


class QueryError(LibraryError):
    """The search text or a filter cannot be used."""


class TopicError(LibraryError):
    """The taxonomy file is wrong, or no topic has that name."""
