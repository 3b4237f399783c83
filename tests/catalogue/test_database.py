"""SQLite's behaviour and its errors, as the rest of the product sees them."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from index.catalogue import Catalogue
from index.catalogue.database import Database
from index.errors import LibraryBusy, LibraryDamaged, LibraryError


def test_a_transaction_is_all_or_nothing(catalogue: Catalogue) -> None:
    database = catalogue.database

    def interrupted() -> None:
        with database.transaction():
            catalogue.files.add_root("/a", True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert catalogue.files.roots() == {}
    with database.transaction():
        catalogue.files.add_root("/a", True)
        with database.transaction():  # part of the outer one
            catalogue.files.add_root("/b", False)
    assert catalogue.files.roots() == {"/a": True, "/b": False}


def test_a_sqlite_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    file = tmp_path / "catalogue.sqlite"
    with pytest.raises(LibraryError, match=r"3\.34"):
        Catalogue(file).migrate()
    assert not file.exists()


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(catalogue: Catalogue) -> None:
    with catalogue.database.snapshot():
        assert catalogue.files.roots() == {}
        writer = threading.Thread(target=catalogue.files.add_root, args=("/a", True))
        writer.start()
        writer.join()
        assert catalogue.files.roots() == {}
    assert catalogue.files.roots() == {"/a": True}


def test_every_thread_has_its_own_connection_and_ended_threads_leave_none(
    catalogue: Catalogue,
) -> None:
    for _ in range(20):
        thread = threading.Thread(target=catalogue.files.roots)
        thread.start()
        thread.join()
    assert len(catalogue.database._opened) <= 2


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite")
    assert database.value("SELECT 1") == 1
    database.close()
    with pytest.raises(ValueError, match="closed"):
        database.value("SELECT 1")


def test_a_second_writer_is_told(tmp_path: Path) -> None:
    first = Database(tmp_path / "a.sqlite")
    second = Database(tmp_path / "a.sqlite", patience=0.05)
    first.run("CREATE TABLE t (a)")
    with first.transaction():
        first.run("INSERT INTO t VALUES (1)")
        assert second.rows("SELECT * FROM t") == []  # reading goes on
        with pytest.raises(LibraryBusy), second.transaction():
            second.run("INSERT INTO t VALUES (2)")
    first.close()
    second.close()


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.sqlite"
    file.write_bytes(b"this is a letter, not a database" * 300)
    database = Database(file)
    with pytest.raises(LibraryDamaged, match=str(file)):
        database.rows("SELECT * FROM document")
    database.close()


def test_damaged_pages_are_damage(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.sqlite"
    catalogue = Catalogue(file)
    catalogue.migrate()
    with catalogue.database.transaction():
        for number in range(3000):
            catalogue.files.add_root(f"/a/folder/number/{number}", True)
    catalogue.close()
    whole = bytearray(file.read_bytes())
    middle = len(whole) // 8192 // 2 * 8192
    whole[middle:] = bytes(len(whole) - middle)
    file.write_bytes(whole)
    catalogue = Catalogue(file)
    assert catalogue.damage()
    with pytest.raises(LibraryDamaged, match="备份"):
        catalogue.database.rows("SELECT * FROM root")
    catalogue.close()


def test_text_that_is_no_utf8_is_damage(catalogue: Catalogue) -> None:
    catalogue.database.run("INSERT INTO root (path, folder) VALUES (CAST(x'ff41' AS TEXT), 0)")
    with pytest.raises(LibraryDamaged):
        catalogue.files.roots()


def test_a_file_that_cannot_be_opened_is_a_matter_of_rights(tmp_path: Path) -> None:
    database = Database(tmp_path / "missing" / "catalogue.sqlite")
    with pytest.raises(LibraryError, match="权限"):
        database.rows("SELECT 1")
    database.close()


def test_a_full_disk_is_said(catalogue: Catalogue) -> None:
    pages = catalogue.database.value("PRAGMA page_count")
    catalogue.database.run(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with catalogue.database.transaction():
            for number in range(3000):
                catalogue.files.add_root(f"/a/folder/number/{number}", True)

    with pytest.raises(LibraryError, match="磁盘已满"):
        fill()
    assert catalogue.files.roots() == {}


def test_defects_of_the_product_keep_their_traceback(catalogue: Catalogue) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        catalogue.database.rows("SELECT * FROM nowhere")


def test_many_ids_are_asked_in_pieces(catalogue: Catalogue) -> None:
    with catalogue.database.transaction():
        catalogue.database.many(
            "INSERT INTO encoder (id, name, dimension) VALUES (?, ?, 1)",
            ((number, str(number)) for number in range(1, 45_001)),
        )
    sql = "SELECT id FROM encoder WHERE id IN (SELECT value FROM json_each(?))"
    assert len(catalogue.database.for_ids(sql, range(0, 100_000))) == 45_000
    assert catalogue.database.for_ids(sql, []) == []
