"""What a person mended wins, at once and for good; nothing else moves and nothing is encoded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.datatypes import Filters, Metadata, Origin
from index.embedding.testing import CountingEncoder
from index.errors import LibraryBusy, UnknownDocument
from index.library import Library

from .conftest import Write

FIRST = "完成土地平整一万二千亩，新修机耕道九公里。"
SECOND = "一、农田水利\n\n清淤渠道三十二条，改造泵站两座。"


def paragraphs(library: Library, id_: int) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(p.id, p.text, p.source.heading_path) for p in library.paragraphs(id_)]


def test_unit_and_year_win_over_the_table_and_stay(
    library: Library, write: Write, folder: Path
) -> None:
    path = write("甲.txt", FIRST)
    (folder / "metadata.csv").write_text("path,unit,year\n甲.txt,表里的单位,2020\n", "utf-8")
    library.sync([folder])
    (entry,) = library.documents()
    before = paragraphs(library, entry.id)
    version = library.version
    assert library.mend([entry.id], Metadata(unit="云溪县水务局", year=2019)) == []
    assert library.version > version
    (mended,) = library.documents()
    assert (mended.unit, mended.year, mended.title) == ("云溪县水务局", 2019, entry.title)
    assert Origin("unit", "mended", 1.0) in mended.origins
    assert paragraphs(library, entry.id) == before
    assert library.allowed(Filters(unit="云溪县水务局")) is not None
    # read again because it changed, and because the table changed
    write("甲.txt", FIRST, "第二段是后来补写的。")
    assert library.sync([folder]).updated == (str(path),)
    (folder / "metadata.csv").write_text("path,unit,year\n甲.txt,又一个单位,2021\n", "utf-8")
    library.sync([folder])
    (again,) = library.documents()
    assert (again.id, again.unit, again.year) == (entry.id, "云溪县水务局", 2019)
    assert again.origins == mended.origins
    library.rebuild()
    assert library.document(entry.id).unit == "云溪县水务局"
    assert library.verify() == []


def test_a_field_mended_later_leaves_the_others(library: Library, write: Write) -> None:
    library.sync([write("甲.txt", FIRST)])
    (entry,) = library.documents()
    library.mend([entry.id], Metadata(unit="云溪县水务局"))
    library.mend([entry.id], Metadata(period="上半年", kind="工作小结"))
    mended = library.document(entry.id)
    assert (mended.unit, mended.period, mended.kind) == ("云溪县水务局", "上半年", "工作小结")
    assert mended.year == entry.year == 2022


def test_a_title_changes_the_heading_paths_and_no_id(
    library: Library, write: Write, folder: Path, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", FIRST, SECOND)])
    (entry,) = library.documents()
    before = paragraphs(library, entry.id)
    encoded = encoder.texts
    library.mend([entry.id], Metadata(title="云溪县水务工作小结"))
    after = paragraphs(library, entry.id)
    assert [(id_, text) for id_, text, _ in after] == [(id_, text) for id_, text, _ in before]
    assert encoder.texts == encoded
    assert library.document(entry.id).title == "云溪县水务工作小结"
    assert ("云溪县水务工作小结",) in [path for _, _, path in after]
    assert not any(entry.title in path for _, _, path in after)
    assert library.sync([folder]).updated == ()
    assert paragraphs(library, entry.id) == after
    assert library.verify() == []


def test_resetting_goes_back_to_what_was_found(
    library: Library, write: Write, folder: Path
) -> None:
    library.sync([write("甲.txt", FIRST)])
    (entry,) = library.documents()
    before = paragraphs(library, entry.id)
    library.mend([entry.id], Metadata(title="别的标题", unit="云溪县水务局", year=2001))
    assert library.mend([entry.id], None) == []
    assert library.document(entry.id) == entry
    assert paragraphs(library, entry.id) == before
    assert library.sync([folder]).unchanged != ()


def test_a_moved_file_takes_what_was_mended_along(
    library: Library, write: Write, folder: Path
) -> None:
    path = write("甲.txt", FIRST)
    library.sync([folder])
    (entry,) = library.documents()
    library.mend([entry.id], Metadata(unit="云溪县水务局", year=2019))
    path.rename(folder / "2017年.txt")
    assert library.sync([folder]).moved != ()
    (moved,) = library.documents()
    assert (moved.id, moved.unit, moved.year) == (entry.id, "云溪县水务局", 2019)


def test_of_a_file_with_many_documents_only_the_chosen_are_mended(
    library: Library, folder: Path
) -> None:
    lines = [{"id": name, "title": f"{name}总结", "text": f"{name}{FIRST}"} for name in "甲乙丙"]
    file = folder / "many.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    library.sync([file])
    one, two, three = library.documents()
    library.mend([one.id, three.id], Metadata(unit="云溪县水务局", title="同一个标题"))
    file.write_text(file.read_text("utf-8") + "\n\n", encoding="utf-8")
    library.sync([file])
    found = [(entry.title, entry.unit) for entry in library.documents()]
    mended = ("同一个标题", "云溪县水务局")
    assert found == [mended, (two.title, two.unit), mended]


def test_where_the_file_is_gone_the_document_is_mended_all_the_same(
    library: Library, write: Write, folder: Path
) -> None:
    path = write("甲.txt", FIRST)
    library.sync([folder])
    (entry,) = library.documents()
    data = path.read_bytes()
    path.unlink()
    (late,) = library.mend([entry.id], Metadata(title="别的标题", year=2001))
    assert (late.path, "下次读取" in late.reason) == (str(path), True)
    mended = library.document(entry.id)
    assert (mended.title, mended.year) == ("别的标题", 2001)
    assert ("别的标题",) in [found for _, _, found in paragraphs(library, entry.id)]
    assert library.mend([entry.id], None) != []
    assert library.document(entry.id).title == "别的标题"
    path.write_bytes(data)
    library.sync([folder])
    assert library.document(entry.id) == entry


def test_an_unknown_id_mends_nothing(library: Library, write: Write) -> None:
    library.sync([write("甲.txt", FIRST)])
    (entry,) = library.documents()
    with pytest.raises(UnknownDocument, match="999"):
        library.mend([entry.id, 999], Metadata(year=2001))
    assert library.document(entry.id) == entry


def test_while_another_writes_it_says_so(
    library: Library, write: Write, home: Path, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", FIRST)])
    (entry,) = library.documents()
    with (
        Library.open(home, encoder, library._settings, patience=0.05) as other,
        library._writer.hold("添加文件"),
        pytest.raises(LibraryBusy),
    ):
        other.mend([entry.id], Metadata(year=2001))


KILLED = """
import os, signal, sys
from pathlib import Path
from index.catalogue.changes import Changes
from index.datatypes import Metadata
from index.embedding.testing import CountingEncoder
from index.library import Library, intake
from index.settings import Settings

moment, home, data, id_ = sys.argv[1:]

def kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "before the files are read":
    intake.Intake.take = kill
else:
    write = Changes.write
    Changes.write = lambda *given: (write(*given), kill())
settings = Settings(library=Path(home), data_folder=Path(data))
with Library.open(home, CountingEncoder(), settings) as library:
    library.mend([int(id_)], Metadata(title="别的标题", unit="云溪县水务局"))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only where a process can be killed so")
@pytest.mark.parametrize("moment", ["before the files are read", "while they are written"])
def test_killed_in_between_what_was_said_stays_and_the_next_look_completes_it(
    library: Library, write: Write, folder: Path, encoder: CountingEncoder, moment: str
) -> None:
    library.sync([write("甲.txt", FIRST, SECOND)])
    (entry,) = library.documents()
    before = paragraphs(library, entry.id)
    encoded = encoder.texts
    data = library._settings.data_folder
    root = str(Path(__file__).resolve().parents[2])
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, moment, str(library.folder), str(data), str(entry.id)],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with Library.open(library.folder, encoder, library._settings) as opened:
        (mended,) = opened.documents()
        assert (mended.title, mended.unit) == ("别的标题", "云溪县水务局")
        tops = {path for _, _, path in paragraphs(opened, entry.id)}
        assert not any(entry.title in path for path in tops)
        assert opened.verify() == []
        assert opened.sync([folder]).failed == ()
        assert opened.document(entry.id) == mended
        after = paragraphs(opened, entry.id)
        assert [(id_, text) for id_, text, _ in after] == [(id_, text) for id_, text, _ in before]
        assert encoder.texts == encoded
        (file,) = opened.files()
        assert file.state == "complete"
        assert opened.verify() == []
