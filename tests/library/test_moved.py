"""A moved or renamed file stays the same file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.datatypes import Metadata, Sensitive
from index.embedding.testing import CountingEncoder
from index.errors import UnknownDocument
from index.library import Library

from .conftest import Write


def test_a_renamed_file_keeps_its_document_and_what_was_said_of_it(
    library: Library, write: Write, folder: Path, encoder: CountingEncoder
) -> None:
    path = write("甲.txt", "完成土地平整一万二千亩。")
    library.sync([folder], given=Metadata(unit="云溪县农业农村局"))
    (before,) = library.documents()
    ids = [paragraph.id for paragraph in library.paragraphs(before.id)]
    new = folder / "归档" / "乙.txt"
    new.parent.mkdir()
    path.rename(new)
    result = library.sync([folder])
    assert result.moved == ((str(path), str(new)),)
    assert (result.added, result.removed, result.encoded) == ((), (), 0)
    (after,) = library.documents()
    assert (after.id, after.path, after.unit) == (before.id, str(new), "云溪县农业农村局")
    assert [paragraph.id for paragraph in library.paragraphs(after.id)] == ids
    assert library.sync([folder]).unchanged == (str(new),)
    assert library.verify() == []


def test_of_two_equal_files_that_move_each_keeps_one_document(
    library: Library, write: Write, folder: Path
) -> None:
    paths = [write(name, "完成土地平整一万二千亩。") for name in ("甲.txt", "乙.txt")]
    library.sync([folder])
    before = {entry.id for entry in library.documents()}
    for path in paths:
        path.rename(path.with_name(f"新{path.name}"))
    result = library.sync([folder])
    assert len(result.moved) == 2
    assert {entry.id for entry in library.documents()} == before


def test_a_copy_is_a_new_file_and_a_changed_one_is_not_the_old(
    library: Library, write: Write, folder: Path
) -> None:
    path = write("甲.txt", "完成土地平整一万二千亩。")
    library.sync([folder])
    (folder / "副本.txt").write_bytes(path.read_bytes())
    assert library.sync([folder]).moved == ()
    path.unlink()
    write("丙.txt", "改造中低产田三千亩。")
    result = library.sync([folder])
    assert result.moved == ()
    assert result.removed == (str(path),)


def test_what_is_held_is_let_in_by_its_bytes(library: Library, write: Write, folder: Path) -> None:
    path = write("甲.txt", "完成土地平整一万二千亩。")
    library.sync([folder])
    files = library._catalogue.files
    ((_, record),) = files.all().values()
    found = (Sensitive("mobile", "139****0000", 2),)
    files.save(replace(record, state="failed", reason="第2段有手机号码。", held=found))
    assert [(f.path, f.state, f.documents) for f in library.files()] == [(str(path), "held", 1)]
    assert [one.path for one in library.held()] == [str(path)]
    with pytest.raises(UnknownDocument, match="等待确认"):
        library.accept([folder / "没有.txt"])
    library.accept([folder])
    assert library.held() == []
    ((_, record),) = files.all().values()
    assert record.accepted == record.sha256
    assert [(f.path, f.state) for f in library.files()] == [(str(path), "complete")]


def test_the_queue_stands_before_the_other_files(
    library: Library, write: Write, folder: Path
) -> None:
    path = write("甲.txt", "完成土地平整一万二千亩。")
    library.sync([folder])
    library._catalogue.files.queue_set([str(folder / "乙.txt")])
    assert [(Path(f.path).name, f.state) for f in library.files()] == [
        ("乙.txt", "queued"),
        (path.name, "complete"),
    ]


def test_a_queue_that_a_killed_process_left_is_no_queue(
    library: Library, write: Write, folder: Path
) -> None:
    write("甲.txt", "完成土地平整一万二千亩。")
    library.sync([folder])
    library._catalogue.files.queue_set([str(folder / "乙.txt")])
    with Library.open(library.folder, library.encoder, library._settings) as opened:
        assert [file.state for file in opened.files()] == ["complete"]
