"""SQLite as the catalogue uses it: a connection a thread, short transactions, errors that help."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.errors import LibraryBusy, LibraryDamaged, LibraryError

Row = tuple[Any, ...]

_PRAGMAS = (
    # For a new file only. Nine vectors of 384 dimensions fit in such a page with a tenth to spare;
    # of 4096 bytes a fifth would stay empty.
    "PRAGMA page_size = 8192",
    "PRAGMA foreign_keys = ON",
    # Readers go on reading while one writes, in threads and in processes.
    "PRAGMA journal_mode = WAL",
    # In WAL mode NORMAL never damages the file. A power cut may take back the last commits, a
    # killed process nothing; either way the next sync reads again what is missing. FULL would
    # wait for the disk after every batch of vectors.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",  # 16 MB a connection; the system caches the file besides
    "PRAGMA journal_size_limit = 67108864",  # a big import must not leave a big WAL behind
)

_IDS_AT_ONCE = 20_000

_OLDEST = (3, 34, 0)
"""The first SQLite that cuts texts into runs of three characters (December 2020)."""


class Database:
    """One SQLite file, used by any number of threads, each with its own connection.

    Every method raises LibraryBusy where another writer holds the file longer than `patience`
    seconds, LibraryDamaged where SQLite finds damage, and LibraryError where the disk is full or
    may not be written.
    """

    def __init__(self, file: Path, *, patience: float = 10.0) -> None:
        self.file = file
        self._patience = patience
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[tuple[weakref.ref[threading.Thread], sqlite3.Connection]] = []
        self._closed = False

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self._mapped():
            return self._connection().execute(sql, parameters).fetchall()

    def each(
        self, sql: str, parameters: Sequence[Any] = (), size: int = 1000
    ) -> Generator[Row, None, None]:
        """The rows of a query, `size` fetched at a time. Close it where not all are taken."""
        with self._mapped():
            cursor = self._connection().execute(sql, parameters)
        try:
            while True:
                with self._mapped():
                    rows = cursor.fetchmany(size)
                if not rows:
                    return
                yield from rows
        finally:
            cursor.close()  # an open query would hold back what others commit

    def for_ids(self, sql: str, ids: Iterable[int]) -> list[Row]:
        """All rows of a query that takes its ids from ``(SELECT value FROM json_each(?))``."""
        wanted = [int(id_) for id_ in ids]
        found: list[Row] = []
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            chosen = wanted[start : start + _IDS_AT_ONCE]
            found += self.rows(sql, ("[" + ",".join(map(str, chosen)) + "]",))
        return found

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, None where there is no row."""
        with self._mapped():
            row = self._connection().execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; returns how many rows it changed."""
        with self._mapped():
            return self._connection().execute(sql, parameters).rowcount

    def many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each of `parameters`."""
        with self._mapped():
            self._connection().executemany(sql, parameters)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction of this thread it is part of that one."""
        with self._within("BEGIN IMMEDIATE"):
            yield

    @contextlib.contextmanager
    def durable_transaction(self) -> Iterator[None]:
        """The same, on the disk when it ends: a power cut takes nothing of it back. For what a
        person said, which no file tells again. Not inside another transaction."""
        with self._mapped():
            self._connection().execute("PRAGMA synchronous = FULL")
        try:
            with self._within("BEGIN IMMEDIATE"):
                yield
        finally:
            with self._mapped():
                self._connection().execute("PRAGMA synchronous = NORMAL")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Several queries of this thread see one state, whatever others commit meanwhile."""
        with self._within("BEGIN"):
            yield

    def next_id(self, table: str) -> int:
        """An id of `table` that was never used; so are all above it. Inside a transaction only."""
        last = self.value("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return int(last or 0) + 1

    def close(self) -> None:
        """Close the connections of all threads. No thread may be using one."""
        with self._lock:
            self._closed = True
            for _, connection in self._opened:
                connection.close()
            self._opened.clear()

    @contextlib.contextmanager
    def _within(self, begin: str) -> Iterator[None]:
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self._mapped():
            connection.execute(begin)
        try:
            yield
            with self._mapped():
                connection.execute("COMMIT")
        finally:
            if connection.in_transaction:  # anything was raised, KeyboardInterrupt too
                with self._mapped():
                    connection.execute("ROLLBACK")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or self._closed:
            connection = self._local.connection = self._connect()
        return connection

    def _connect(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise ValueError("the library is closed")
            if sqlite3.sqlite_version_info < _OLDEST:
                raise LibraryError(
                    f"这个 Python 带的 SQLite 是 {sqlite3.sqlite_version}，需要 3.34 或更新的版本。"
                    "请换用 python.org 的 Python，或升级系统的 SQLite。"
                )
            self._close_those_of_ended_threads()
            with self._mapped():
                connection = sqlite3.connect(
                    self.file,
                    timeout=self._patience,
                    isolation_level=None,  # transactions are ours to begin and end
                    check_same_thread=False,  # so that `close` may close those of other threads
                )
                try:
                    for pragma in _PRAGMAS:
                        connection.execute(pragma)
                except sqlite3.Error:
                    connection.close()
                    raise
            self._opened.append((weakref.ref(threading.current_thread()), connection))
            return connection

    def _close_those_of_ended_threads(self) -> None:
        """The page runs every visit in a new thread: their connections must not pile up."""
        kept = []
        for thread, connection in self._opened:
            owner = thread()
            if owner is not None and owner.is_alive():
                kept.append((thread, connection))
            else:
                connection.close()
        self._opened = kept

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            known = _as_library_error(self.file, error)
            if known is None:
                raise
            raise known from error


def _as_library_error(file: Path, error: sqlite3.Error) -> LibraryError | None:
    """What a person can do about `error`; None where it is a defect of the product."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy("资料库正在被另一个程序写入，请等它完成后再试。")
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or (
        code is None and "decode to UTF-8" in str(error)
    ):
        return LibraryDamaged(
            f"资料库的文件 {file} 已损坏（{error}）。请从备份恢复整个资料库文件夹；"
            "没有备份时，请新建一个资料库，重新添加原文件。"
        )
    if primary == sqlite3.SQLITE_FULL:
        return LibraryError(f"磁盘已满，资料库 {file.parent} 写不下了。请腾出空间后再试。")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return LibraryError(f"没有权限读写资料库文件夹 {file.parent}，请检查它的权限。")
    if primary == sqlite3.SQLITE_IOERR:
        return LibraryError(f"读写资料库 {file} 时磁盘出错（{error}），请检查磁盘后再试。")
    return None
