from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from index.catalogue import Catalogue, migrations
from index.catalogue.migrations import MIGRATIONS
from index.errors import LibraryDamaged, SchemaTooNew


def test_a_new_file_takes_all_steps_and_then_none(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    assert catalogue.outdated
    catalogue.migrate()
    assert not catalogue.outdated
    assert catalogue.database.value("PRAGMA user_version") == len(MIGRATIONS)
    catalogue.migrate()
    assert catalogue.database.value("PRAGMA user_version") == len(MIGRATIONS)
    catalogue.close()


@pytest.mark.parametrize("taken", range(len(MIGRATIONS)))
def test_a_file_of_an_older_version_takes_the_steps_it_lacks(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", MIGRATIONS[:taken])
        catalogue.migrate()
    catalogue.migrate()
    assert catalogue.documents.totals() == (0, 0, 0, 0)
    assert catalogue.words.sound()
    assert catalogue.exact.sound()
    catalogue.close()


def test_a_step_that_fails_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m006_breaks(database: object) -> None:
        catalogue.database.run("CREATE TABLE half (a)")
        raise RuntimeError

    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.migrate()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, m006_breaks))
    with pytest.raises(RuntimeError):
        catalogue.migrate()
    assert catalogue.database.value("PRAGMA user_version") == len(MIGRATIONS)
    assert catalogue.database.value("SELECT count(*) FROM sqlite_master WHERE name = 'half'") == 0
    catalogue.close()


def test_a_newer_schema_is_refused_with_both_numbers(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.migrate()
    catalogue.database.run("PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew, match=rf"第 99 版.*第 {len(MIGRATIONS)} 版.*升级"):
        _ = catalogue.outdated
    catalogue.close()


def test_another_program_s_database_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.sqlite"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE addresses (name)")
    other.commit()
    other.close()
    catalogue = Catalogue(file)
    with pytest.raises(LibraryDamaged, match="不是寻章的资料库"):
        catalogue.migrate()
    assert catalogue.database.rows("SELECT name FROM sqlite_master") == [("addresses",)]
    catalogue.close()


def test_the_steps_are_numbered_in_order_and_each_tells_why() -> None:
    for number, step in enumerate(MIGRATIONS, start=1):
        assert re.match(rf"m{number:03d}_[a-z_]+$", step.__name__)
        assert step.__doc__


def test_what_a_library_of_version_5_holds_is_all_there_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", MIGRATIONS[:5])
        catalogue.migrate()
    run = catalogue.database.run
    run(
        "INSERT INTO file VALUES (3, '/总结/甲.txt', 9, 1, 2, 'ab', 'complete', '', '{}',"
        " '{\"year\": 2022}', 1)"
    )
    run(
        "INSERT INTO document VALUES (7, 3, '#0', NULL, 'txt', '云溪县工作总结', '云溪县', 2022,"
        " NULL, 10, 1, 1, 0, 'hash')"
    )
    run("INSERT INTO paragraph VALUES (11, 7, 1, 0, '[]', 0, 10, 4, '平整土地一万二千亩。')")
    run("INSERT INTO root VALUES ('/总结', 1)")
    catalogue.migrate()
    ((path, (id_, record)),) = catalogue.files.all().items()
    assert (path, id_, record.state, record.given) == (
        *("/总结/甲.txt", 3, "complete"),
        '{"year": 2022}',
    )
    assert (record.held, record.accepted) == ((), "")
    (entry,) = catalogue.documents.entries()
    assert (entry.id, entry.title, entry.year) == (7, "云溪县工作总结", 2022)
    assert (entry.period, entry.origins, entry.twin, entry.counted) == (None, (), None, True)
    (paragraph,) = catalogue.documents.paragraphs(7)
    assert (paragraph.id, paragraph.text) == (11, "平整土地一万二千亩。")
    source = paragraph.source
    assert (source.page, source.place, source.recognised) == (4, "", False)
    assert catalogue.files.roots() == {"/总结": True}
    assert catalogue.damage() == []
    catalogue.close()
