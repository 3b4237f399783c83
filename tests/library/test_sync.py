"""What `sync` does to the library, file by file."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.datatypes import Metadata, Progress
from index.embedding.testing import CountingEncoder
from index.errors import EncoderError, LibraryError, ReadError
from index.library import Library, intake, survey
from index.library import sync as sync_module
from index.preparing import one_file

from .conftest import Write

A = "春耕期间组织技术员下乡三十余次，解决育秧难题。"
B = "推进高标准农田建设，完成土地平整一万二千亩。"
C = "严格执行领导干部外出报备制度，做到按时请假销假。"


def texts(library: Library) -> dict[str, list[str]]:
    """Body paragraphs by file name."""
    found: dict[str, list[str]] = {}
    for entry in library.documents():
        body = [p.text for p in library.paragraphs(entry.id) if p.text.endswith("。")]
        found.setdefault(Path(entry.path).name, []).extend(body)
    return found


def names(paths: tuple[str, ...]) -> list[str]:
    return [Path(path).name for path in paths]


def settle(*paths: Path) -> None:
    """Make files look as if they had been written an hour ago."""
    past = time.time() - 3600
    for path in paths:
        os.utime(path, (past, past))


@pytest.fixture
def library(library: Library) -> Iterator[Library]:
    """Whatever a test does, everything fits together afterwards."""
    yield library
    assert library.verify() == []


def test_new_files_go_in(library: Library, folder: Path, write: Write) -> None:
    write("甲.txt", A, B)
    write("下级/乙.md", C)
    result = library.sync([folder])
    assert names(result.added) == ["乙.md", "甲.txt"]
    assert (result.updated, result.unchanged, result.removed, result.failed) == ((), (), (), ())
    assert result.documents == 2
    assert result.paragraphs == library.status().paragraphs
    assert texts(library) == {"甲.txt": [A, B], "乙.md": [C]}


def test_what_went_in_is_found_by_words_and_by_meaning(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    write("甲.txt", A, B)
    write("乙.txt", C)
    library.sync([folder])
    (paragraph, score), *_ = library.keyword(library.tokenizer.tokens("外出报备"), 5)
    assert library.paragraphs_by_id([paragraph])[paragraph].text == C
    assert score > 0
    ids, scores = library.store.search(encoder.encode_query(B), 1)
    paragraph, start, end = library.paragraph_of(ids.tolist())[ids[0]]
    assert library.paragraphs_by_id([paragraph])[paragraph].text[start:end] == B
    assert scores[0] == pytest.approx(1.0, abs=2e-3)


def test_a_second_run_reads_and_encodes_nothing(
    library: Library,
    folder: Path,
    write: Write,
    encoder: CountingEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settle(write("甲.txt", A), write("乙.txt", B))
    library.sync([folder])
    state = (library.version, library.status(), encoder.texts, encoder.passage_calls)

    def never(*_: object) -> None:
        raise AssertionError("an unchanged file was opened")

    monkeypatch.setattr(survey, "_sha256", never)
    monkeypatch.setattr(one_file, "read", never)
    result = library.sync([folder])
    assert names(result.unchanged) == ["乙.txt", "甲.txt"]
    assert (result.added, result.updated, result.encoded, result.documents) == ((), (), 0, 0)
    assert state == (library.version, library.status(), encoder.texts, encoder.passage_calls)


def test_a_file_whose_time_alone_changed_costs_a_hash_and_no_reading(
    library: Library, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("甲.txt", A)
    library.sync([folder])
    version = library.version
    settle(path)
    monkeypatch.setattr(one_file, "read", lambda path: pytest.fail("it was read"))
    assert names(library.sync([folder]).unchanged) == ["甲.txt"]
    assert library.version == version


def test_a_change_of_equal_length_within_the_clock_s_grain_is_seen(
    library: Library, folder: Path, write: Write
) -> None:
    path = write("甲.txt", A)
    stat = path.stat()
    library.sync([folder])
    path.write_text(path.read_text(encoding="utf-8").replace("三十", "四十"), encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert names(library.sync([folder]).updated) == ["甲.txt"]
    assert texts(library) == {"甲.txt": [A.replace("三十", "四十")]}


def test_a_changed_file_replaces_its_paragraphs_and_encodes_only_the_new(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    write("甲.txt", A, B)
    library.sync([folder])
    document = library.documents()[0].id
    kept = {p.text: p.id for p in library.paragraphs(document)}[B]
    encoded = encoder.texts
    write("甲.txt", C, B)
    result = library.sync([folder])
    assert names(result.updated) == ["甲.txt"]
    assert (result.encoded, encoder.texts - encoded) == (1, 1)
    assert texts(library) == {"甲.txt": [C, B]}
    assert {p.text: p.id for p in library.paragraphs(document)}[B] == kept
    assert library.keyword(library.tokenizer.tokens("育秧"), 5) == []


def test_equal_paragraphs_both_exist_and_are_encoded_once(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    write("甲.txt", A)
    write("乙.txt", A)
    library.sync([folder])
    distinct = {
        p.text[start:end]
        for entry in library.documents()
        for p in library.paragraphs(entry.id)
        for start, end in p.passages
    }
    assert encoder.texts == len(distinct) < library.status().passages
    ids, scores = library.store.search(encoder.encode_query(A), 2)
    paragraphs = library.paragraphs_by_id(p for p, _, _ in library.paragraph_of(ids).values())
    assert {Path(p.source.path).name for p in paragraphs.values()} == {"甲.txt", "乙.txt"}
    assert scores[0] == scores[1]


def test_a_file_that_vanished_goes_and_its_vectors_wait_for_its_return(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    path = write("甲.txt", A)
    write("乙.txt", B)
    library.sync([folder])
    content = path.read_bytes()
    path.unlink()
    result = library.sync([folder])
    assert names(result.removed) == ["甲.txt"]
    assert texts(library) == {"乙.txt": [B]}
    assert library.keyword(library.tokenizer.tokens("育秧"), 5) == []
    encoded = encoder.texts
    path.write_bytes(content)
    assert names(library.sync([folder]).added) == ["甲.txt"]
    assert encoder.texts == encoded


def test_a_missing_folder_takes_nothing_with_it(
    library: Library, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("甲.txt", A)
    write("乙.txt", B)
    library.sync([folder])
    folder.rename(tmp_path / "拔掉的盘")
    result = library.sync([folder])
    assert [failure.path for failure in result.failed] == [str(folder)]
    assert "2 个文件仍保留" in result.failed[0].reason
    assert len(texts(library)) == 2
    folder.mkdir()
    result = library.sync([folder])
    assert "2 个文件仍保留" in result.failed[0].reason
    assert result.removed == ()
    assert len(texts(library)) == 2
    folder.rmdir()
    (tmp_path / "拔掉的盘").rename(folder)
    assert len(library.sync([folder]).unchanged) == 2


def test_a_named_file_that_is_missing_is_said_and_kept(
    library: Library, folder: Path, write: Write
) -> None:
    path = write("甲.txt", A)
    library.sync([path])
    path.unlink()
    result = library.sync([path, folder / "没有.txt"])
    assert names(tuple(f.path for f in result.failed)) == ["没有.txt", "甲.txt"]
    assert texts(library) == {"甲.txt": [A]}
    assert library.failures() == []


def test_syncing_one_folder_leaves_others_alone(
    library: Library, tmp_path: Path, write: Write
) -> None:
    write("东/甲.txt", A)
    write("西/乙.txt", B)
    library.sync([tmp_path / "总结" / "东", tmp_path / "总结" / "西"])
    shutil.rmtree(tmp_path / "总结" / "西")
    (tmp_path / "总结" / "西").mkdir()
    write("西二/丙.txt", C)
    result = library.sync([tmp_path / "总结" / "东"])
    assert (result.removed, names(result.unchanged)) == ((), ["甲.txt"])


def test_what_cannot_be_read_is_named_and_the_others_go_in(
    library: Library, folder: Path, write: Write
) -> None:
    write("甲.txt", A)
    bad = folder / "坏.docx"
    bad.write_bytes(b"PK\x03\x04 broken")
    result = library.sync([folder])
    assert names(result.added) == ["甲.txt"]
    assert names(tuple(f.path for f in result.failed)) == ["坏.docx"]
    assert [f.path for f in library.failures()] == [str(bad)]
    assert library.failures() == list(result.failed)
    assert library.status().failed == 1
    assert names(tuple(f.path for f in library.sync([folder]).failed)) == ["坏.docx"]
    bad.unlink()
    library.sync([folder])
    assert library.failures() == []


def test_a_file_that_became_unreadable_keeps_what_was_read(
    library: Library, folder: Path, write: Write
) -> None:
    path = write("甲.txt", A)
    library.sync([folder])
    path.write_bytes(b"")
    result = library.sync([folder])
    assert names(tuple(f.path for f in result.failed)) == ["甲.txt"]
    assert "保留" in result.failed[0].reason
    assert texts(library) == {"甲.txt": [A]}
    write("甲.txt", B)
    assert names(library.sync([folder]).updated) == ["甲.txt"]
    assert texts(library) == {"甲.txt": [B]}
    assert library.failures() == []


def lines(path: Path, *documents: dict[str, object] | str) -> Path:
    path.write_text(
        "".join(
            (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n"
            for line in documents
        ),
        encoding="utf-8",
    )
    return path


def test_a_jsonl_holds_many_documents_that_keep_their_ids(library: Library, folder: Path) -> None:
    path = folder / "全部.jsonl"
    lines(path, {"id": "a", "text": A}, {"id": "b", "text": B}, {"id": "d", "text": C})
    result = library.sync([path])
    assert (result.documents, names(result.added)) == (3, ["全部.jsonl"])
    before = {entry.external_id: entry.id for entry in library.documents()}
    assert set(before) == {"a", "b", "d"}
    lines(path, {"id": "c", "text": C}, {"id": "b", "text": B}, {"id": "a", "text": A + B})
    result = library.sync([path])
    after = {entry.external_id: entry.id for entry in library.documents()}
    assert set(after) == {"a", "b", "c"}
    assert (after["a"], after["b"]) == (before["a"], before["b"])
    assert result.documents == 2  # a changed, c is new


def test_of_a_jsonl_with_a_bad_line_nothing_goes_in(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "WINDOW_PASSAGES", 2)
    path = folder / "全部.jsonl"
    good = [{"id": str(n), "text": f"第{n}项工作已经完成。"} for n in range(20)]
    lines(path, *good, "{not json")
    result = library.sync([path])
    assert len(result.failed) == 1
    assert library.documents() == []
    lines(path, *good)
    assert library.sync([path]).documents == 20
    lines(path, *good[:10], "{not json")
    library.sync([path])
    assert len(library.documents()) == 20


def test_of_a_file_whose_reading_ends_half_way_nothing_goes_in_and_nothing_changes(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is whole, but the child that reads it is ended: out of memory, out of time."""
    monkeypatch.setattr(intake, "WINDOW_PASSAGES", 2)
    path = folder / "全部.jsonl"
    good = [{"id": str(n), "text": f"第{n}项工作已经完成。"} for n in range(20)]
    lines(path, *good)
    documents = intake.Preparer.documents

    def ended(self: intake.Preparer, position: int) -> Iterator[object]:
        yield from itertools.islice(documents(self, position), 12)
        raise ReadError(str(path), "读取这个文件时内存不够。")

    with monkeypatch.context() as short:
        short.setattr(intake.Preparer, "documents", ended)
        result = library.sync([path])
    assert names(tuple(f.path for f in result.failed)) == ["全部.jsonl"]
    assert (library.documents(), result.documents) == ([], 0)
    assert library.sync([path]).documents == 20
    before = texts(library)
    lines(path, *({**one, "text": f"{one['text']}又补记一句。"} for one in good))
    with monkeypatch.context() as short:
        short.setattr(intake.Preparer, "documents", ended)
        assert len(library.sync([path]).failed) == 1
    assert texts(library) == before
    assert library.sync([path]).documents == 20
    assert texts(library) != before


def test_a_full_disk_while_a_long_file_is_put_aside_is_a_sentence(
    library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "WINDOW_PASSAGES", 2)
    path = folder / "全部.jsonl"
    lines(path, *({"id": str(n), "text": f"第{n}项工作已经完成。"} for n in range(20)))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as little:
        little.setattr("index.library.spool.pickle.dump", full)
        with pytest.raises(LibraryError, match="磁盘写不下了"):
            library.sync([path])
    assert library.documents() == []
    assert library.sync([path]).documents == 20


def test_a_half_character_is_a_reason_and_no_crash(library: Library, folder: Path) -> None:
    path = lines(folder / "全部.jsonl", '{"id": "a", "text": "坏字\\ud800在这里。"}')
    result = library.sync([path])
    assert len(result.failed) == 1
    assert library.documents() == []


def test_windows_do_not_change_what_comes_out(
    library: Library,
    folder: Path,
    write: Write,
    tmp_path: Path,
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(12):
        write(f"{number}.txt", A, f"第{number}件事已经办结。", B)
    lines(folder / "全部.jsonl", *({"text": f"第{n}条经验值得推广。"} for n in range(30)))
    library.sync([folder])
    monkeypatch.setattr(intake, "WINDOW_PASSAGES", 3)
    monkeypatch.setattr(sync_module, "PUBLISH_EVERY", 0.0)
    other = Library.create(tmp_path / "另一个", CountingEncoder(), settings)  # type: ignore[arg-type]
    with other:
        other.sync([folder])
        assert texts(other) == texts(library)
        assert other.store.ids.tolist() == library.store.ids.tolist()
        assert (
            other.store.vectors(other.store.ids) == library.store.vectors(library.store.ids)
        ).all()
        words = library.tokenizer.tokens("值得推广的经验")
        assert other.keyword(words, 20) == library.keyword(words, 20)
        assert other.verify() == []


def test_metadata_csv_wins_over_options_and_both_over_the_text(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    write("甲.txt", A)
    write("下级/乙.txt", B)
    (folder / "metadata.csv").write_text(
        "path,unit,year\n甲.txt,临江区水务局,2019\n下级/乙.txt,,2018\n", encoding="utf-8"
    )
    library.sync([folder], given=Metadata(unit="青山镇政府", year=2020))
    found = {Path(e.path).name: (e.unit, e.year) for e in library.documents()}
    assert found == {"甲.txt": ("临江区水务局", 2019), "乙.txt": ("青山镇政府", 2018)}
    encoded = encoder.texts
    (folder / "metadata.csv").write_text(
        "path,unit,title\n甲.txt,清河街道,新的题目\n", encoding="utf-8"
    )
    result = library.sync([folder])
    assert sorted(names(result.updated)) == ["乙.txt", "甲.txt"]
    found = {Path(e.path).name: (e.unit, e.year) for e in library.documents()}
    assert found == {"甲.txt": ("清河街道", 2020), "乙.txt": ("青山镇政府", 2020)}
    assert library.documents()[1].title == "新的题目"
    assert encoder.texts == encoded
    assert library.sync([folder]).updated == ()


def test_options_are_remembered_and_may_be_changed(
    library: Library, folder: Path, write: Write
) -> None:
    path = write("甲.txt", A)
    library.sync([folder], given=Metadata(kind="述职报告"))
    assert library.sync([folder]).unchanged == (str(path),)
    assert library.documents()[0].kind == "述职报告"
    write("甲.txt", A, B)
    library.sync([folder])
    assert library.documents()[0].kind == "述职报告"
    assert library.sync([folder], given=Metadata(kind="工作要点")).updated == (str(path),)
    assert library.documents()[0].kind == "工作要点"


def test_a_file_named_alone_keeps_what_the_folder_s_table_says(
    library: Library, folder: Path, write: Write
) -> None:
    path = write("下级/乙.txt", B)
    (folder / "metadata.csv").write_text("path,year\n下级/乙.txt,2018\n", encoding="utf-8")
    library.sync([folder])
    assert library.sync([path]).unchanged == (str(path),)
    assert library.documents()[0].year == 2018


def test_a_table_that_cannot_be_read_is_named_and_changes_nothing(
    library: Library, folder: Path, write: Write
) -> None:
    write("甲.txt", A)
    table = folder / "metadata.csv"
    table.write_text("path,year\n甲.txt,2018\n", encoding="utf-8")
    library.sync([folder])
    table.write_text("path,year\n甲.txt,去年\n", encoding="utf-8")
    result = library.sync([folder])
    assert [f.path for f in result.failed] == [str(table)]
    assert names(result.unchanged) == ["甲.txt"]
    assert library.documents()[0].year == 2018


def test_sync_of_nothing_named_reads_again_what_was_named_before(
    library: Library, folder: Path, write: Write, tmp_path: Path
) -> None:
    write("甲.txt", A)
    alone = tmp_path / "单独.txt"
    alone.write_text(f"题目\n\n{B}\n", encoding="utf-8")
    library.sync([folder, alone, folder / "甲.txt"])
    assert library.roots() == [alone, folder]
    write("乙.txt", C)
    result = library.sync()
    assert names(result.added) == ["乙.txt"]
    assert len(result.unchanged) == 2


def test_another_way_of_preparing_reads_all_again_but_encodes_nothing(
    library: Library,
    folder: Path,
    write: Write,
    encoder: CountingEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("甲.txt", A)
    library.sync([folder])
    version, encoded = library.version, encoder.texts
    monkeypatch.setattr(survey, "PREPARATION_VERSION", survey.PREPARATION_VERSION + 1)
    result = library.sync([folder])
    assert names(result.unchanged) == ["甲.txt"]  # read again, and nothing differs
    assert (library.version, encoder.texts) == (version, encoded)


def test_an_interruption_keeps_what_was_encoded_and_the_next_sync_completes(
    folder: Path, write: Write, home: Path, settings: object
) -> None:
    for number in range(30):
        write(f"{number}.txt", *(f"第{number}号文件的第{n}段内容。" for n in range(6)))
    impatient = CountingEncoder(batch_size=8, interrupt_after=10)
    with Library.create(home, impatient, settings) as reopened:  # type: ignore[arg-type]
        with pytest.raises(KeyboardInterrupt):
            reopened.sync([folder])
        assert reopened.verify() == []
    patient = CountingEncoder(batch_size=8)
    with Library.open(home, patient, settings) as reopened:  # type: ignore[arg-type]
        result = reopened.sync([folder])
        assert len(reopened.documents()) == 30
        assert reopened.verify() == []
        assert impatient.texts == 80
        assert patient.texts == result.encoded
    whole = CountingEncoder()
    whole_home = home.parent / "一次做完"
    with Library.create(whole_home, whole, settings) as other:  # type: ignore[arg-type]
        other.sync([folder])
    assert impatient.texts + patient.texts == whole.texts


def test_progress_tells_rate_and_time_left(
    library: Library, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.library.pace._APART", 0.0)
    for number in range(8):
        write(f"{number}.txt", *(f"第{number}号文件的第{n}段内容。" for n in range(40)))
    reports: list[Progress] = []
    result = library.sync([folder], progress=reports.append)
    stages = [report.stage for report in reports]
    assert list(dict.fromkeys(stages)) == ["reading", "encoding", "publishing"]
    reading = [r for r in reports if r.stage == "reading"]
    assert [r.done for r in reading] == list(range(9))
    assert {r.total for r in reading} == {8}
    assert reading[3].item.endswith("3.txt")
    encoding = [r for r in reports if r.stage == "encoding"]
    assert encoding[-1].done == encoding[-1].total == result.encoded
    assert [r.done for r in encoding] == sorted(r.done for r in encoding)
    for report in encoding:
        assert report.rate is not None
        assert report.rate > 0
        assert report.seconds_left == pytest.approx((report.total - report.done) / report.rate)


def test_an_encoder_that_gives_nonsense_is_refused(
    library: Library, folder: Path, write: Write, encoder: CountingEncoder
) -> None:
    write("甲.txt", A)
    whole = encoder._vector
    encoder._vector = lambda text: whole(text) * float("nan")  # type: ignore[method-assign]
    with pytest.raises(EncoderError, match="无效的向量"):
        library.sync([folder])
    assert library.documents() == []
    encoder._vector = whole  # type: ignore[method-assign]
    library.sync([folder])
    assert texts(library) == {"甲.txt": [A]}


def test_what_could_not_be_read_of_a_file_is_remembered(library: Library, folder: Path) -> None:
    file = folder / "有批注.docx"
    with zipfile.ZipFile(file, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r" Target="word/document.xml" Type="http://schemas.openxmlformats.org'
            '/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        package.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body><w:p><w:r><w:t>{A}</w:t></w:r>"
            "<w:r><w:commentReference w:id='0'/></w:r></w:p></w:body></w:document>",
        )
    settle(file)
    result = library.sync([folder])
    assert result.failed == ()
    assert [partial.reason for partial in result.partly_read] == ["批注 1 条没有读入。"]
    assert library.partly_read() == list(result.partly_read)
    os.utime(file)  # only its time changed: hashed, not read
    assert library.sync([folder]).unchanged == (str(file),)
    assert [Path(partial.path).name for partial in library.partly_read()] == ["有批注.docx"]
    library.remove([str(file)])
    assert library.partly_read() == []
