"""Opening, removing, uploading, following terms and encoders."""

from __future__ import annotations

import dataclasses
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from index.datatypes import Filters
from index.embedding.testing import CountingEncoder
from index.errors import (
    EncoderMismatch,
    LibraryBusy,
    LibraryDamaged,
    LibraryExists,
    LibraryNotFound,
    SchemaTooNew,
    UnknownDocument,
)
from index.library import Library, removing
from index.library.layout import safe_name
from index.settings import Settings

from .conftest import Write

A = "春耕期间组织技术员下乡三十余次，解决育秧难题。"
B = "推进高标准农田建设，完成土地平整一万二千亩。"
C = "严格执行领导干部外出报备制度，做到按时请假销假。"


def paragraph_with(library: Library, text: str) -> int:
    (id_,) = library.containing([text]).tolist()
    return int(id_)


# --- opening


def test_a_folder_without_a_library_is_named(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(LibraryNotFound, match=str(tmp_path)):
        Library.open(tmp_path, CountingEncoder(), settings)
    assert list(tmp_path.iterdir()) == []


def test_a_library_is_not_made_twice(library: Library, settings: Settings) -> None:
    with pytest.raises(LibraryExists, match="已经有资料库"):
        Library.create(library.folder, CountingEncoder(), settings)


@pytest.mark.parametrize("content", [b"", None])
def test_a_library_whose_making_was_cut_short_is_made(
    home: Path, settings: Settings, content: bytes | None
) -> None:
    home.mkdir()
    if content is not None:
        (home / "catalogue.sqlite").write_bytes(content)
        with Library.open(home, CountingEncoder(), settings) as opened:
            assert opened.status().documents == 0
            assert opened.status().encoder == "counting-64"
    else:
        (home / "writer.lock").touch()
        Library.create(home, CountingEncoder(), settings).close()


def test_a_newer_library_is_refused(library: Library, settings: Settings) -> None:
    library._catalogue.database.run("PRAGMA user_version = 99")
    with pytest.raises(SchemaTooNew, match="升级"):
        Library.open(library.folder, CountingEncoder(), settings)


def test_a_library_of_an_older_version_keeps_what_was_made_of_its_documents(
    library: Library, write: Write, folder: Path, settings: Settings
) -> None:
    """Fingerprints and topics name the state that they show; a new table changes no document."""
    write("甲.txt", f"总结\n{A}\n{B}")
    library.sync([folder])
    before, run = library.stamp, library._catalogue.database.run
    for trigger in ("brings_its_grams", "takes_its_grams_along", "changes_its_grams"):
        run(f"DROP TRIGGER paragraph_{trigger}")
    for table in ("TABLE grams", "TABLE gram", "VIEW ended"):
        run(f"DROP {table}")
    run("PRAGMA user_version = 8")
    with Library.open(library.folder, CountingEncoder(), settings) as upgraded:
        assert upgraded.stamp == before
        assert upgraded.containing(["技术员下乡"]).size == 1
        assert upgraded.verify() == []


def test_a_damaged_catalogue_says_what_to_do(home: Path, settings: Settings) -> None:
    home.mkdir()
    (home / "catalogue.sqlite").write_bytes(b"\x01" * 9000)
    with pytest.raises(LibraryDamaged, match="备份"):
        Library.open(home, CountingEncoder(), settings)


def test_opening_and_words_load_no_model(
    library: Library, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.sync([write("甲.txt", A)])
    monkeypatch.setattr("index.library.encoder_in_use.encoder_name", lambda settings: "counting-64")
    monkeypatch.setattr(
        "index.library.encoder_in_use.open_encoder",
        lambda settings: pytest.fail("a model was opened"),
    )
    with Library.open(library.folder, settings=settings) as opened:
        assert opened.keyword(opened.tokenizer.tokens("春耕"), 3)
        assert opened.status().documents == 1
        assert len(opened.store) == opened.status().passages
        assert opened.sync().unchanged


def test_a_library_may_be_moved_with_its_uploads(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    path = library.upload("上传.txt", f"题目\n\n{A}\n".encode())
    library.sync([path])
    library.close()
    moved = tmp_path / "搬走了"
    library.folder.rename(moved)
    with Library.open(moved, CountingEncoder(), settings) as opened:
        assert opened.documents()[0].path == str(moved / "uploads" / "上传.txt")
        assert opened.sync().unchanged == (str(moved / "uploads" / "上传.txt"),)
        assert opened.verify() == []


# --- the encoder


def test_another_encoder_is_refused_but_words_still_work(
    library: Library, write: Write, settings: Settings
) -> None:
    path = write("甲.txt", A)
    library.sync([path])
    with Library.open(library.folder, CountingEncoder(32), settings) as opened:
        with pytest.raises(EncoderMismatch, match=r"重新编码.*仍可按关键词搜索") as caught:
            opened.sync([path])
        assert (caught.value.expected, caught.value.found) == ("counting-64", "counting-32")
        with pytest.raises(EncoderMismatch):
            _ = opened.encoder
        with pytest.raises(EncoderMismatch):
            opened.vectors_for_texts(["廉政"], "query")
        assert opened.keyword(opened.tokenizer.tokens("春耕"), 3)
        assert opened.store.dimension == 64


def test_an_empty_library_takes_any_encoder(
    library: Library, write: Write, settings: Settings
) -> None:
    with Library.open(library.folder, CountingEncoder(32), settings) as opened:
        opened.sync([write("甲.txt", A)])
        assert opened.store.dimension == 32


def test_re_encoding_moves_to_the_new_encoder_and_never_mixes(
    library: Library, write: Write, settings: Settings
) -> None:
    library.sync([write("甲.txt", A, B), write("乙.txt", C)])
    passages = len(library.store)
    new = CountingEncoder(32, batch_size=1, interrupt_after=2)
    with Library.open(library.folder, new, settings) as opened:
        with pytest.raises(KeyboardInterrupt):
            opened.rebuild(reencode=True)
        assert opened.status().encoder == "counting-64"
        assert opened.store.dimension == 64
    new.interrupt_after = None
    with Library.open(library.folder, new, settings) as opened:
        opened.rebuild(reencode=True)
        assert opened.status().encoder == "counting-32"
        assert (opened.store.dimension, len(opened.store)) == (32, passages)
        assert opened.verify() == []
        best, _ = opened.store.search(opened.encoder.encode_query(C), 1)
        assert opened.paragraph_of(best.tolist())[best[0]][0] == paragraph_with(opened, C)
        assert new.texts == len(set(_passage_texts(opened)))  # none twice, in spite of the stop
    assert library.refresh()
    assert library.store.dimension == 32


def test_between_two_encoders_words_can_be_searched_and_meaning_says_wait(
    library: Library, write: Write, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.sync([write("甲.txt", A, B)])
    with Library.open(library.folder, CountingEncoder(32), settings) as opened:
        assert opened.store.dimension == 64
        with monkeypatch.context() as patched:
            patched.setattr("index.library.verification.rebuild", _stopped)
            with pytest.raises(KeyboardInterrupt):
                opened.rebuild(reencode=True)
        with pytest.raises(LibraryBusy, match="换用新的模型"):
            _ = opened.store
        assert opened.keyword(opened.tokenizer.tokens(A), 1)
        opened.rebuild()
        assert opened.store.dimension == 32


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt


def _passage_texts(library: Library) -> list[str]:
    return [
        paragraph.text[start:end]
        for entry in library.documents()
        for paragraph in library.paragraphs(entry.id)
        for start, end in paragraph.passages
    ]


def test_vectors_of_any_text_are_made_once(library: Library, encoder: CountingEncoder) -> None:
    first = library.vectors_for_texts(["廉政教育", "意识形态", "廉政教育"], "query")
    assert encoder.query_calls == 2
    assert first.shape == (3, 64)
    assert first.dtype == np.float32
    again = library.vectors_for_texts(["意识形态", "廉政教育"], "query")
    assert encoder.query_calls == 2
    assert np.array_equal(again, first[[1, 0]])
    assert first[0] == pytest.approx(encoder.encode_query("廉政教育"), abs=1e-3)
    library.vectors_for_texts(["廉政教育"], "passage")
    assert encoder.passage_calls == 1
    assert library.vectors_for_texts([], "query").shape == (0, 64)


# --- removing


def test_a_removed_document_is_no_longer_found(
    library: Library, write: Write, encoder: CountingEncoder
) -> None:
    first, second = write("1.txt", A), write("2.txt", B)
    library.sync([first, second])
    document = library.documents()[0]
    assert [entry.path for entry in library.remove([document.id])] == [str(first)]
    assert [entry.path for entry in library.documents()] == [str(second)]
    assert library.keyword(library.tokenizer.tokens("育秧"), 5) == []
    ids, _ = library.store.search(encoder.encode_query(A), 50)
    assert len(library.paragraph_of(ids.tolist())) == len(ids) == library.status().passages
    with pytest.raises(UnknownDocument):
        library.document(document.id)
    with pytest.raises(UnknownDocument):
        library.paragraphs(document.id)
    assert first.exists()
    assert library.verify() == []


def test_removing_by_path_takes_a_file_or_a_whole_folder(
    library: Library, folder: Path, write: Write
) -> None:
    write("东/甲.txt", A)
    write("东/乙.txt", B)
    write("东边/丙.txt", C)
    library.sync([folder])
    assert len(library.remove([folder / "东"])) == 2
    assert [Path(entry.path).name for entry in library.documents()] == ["丙.txt"]
    assert len(library.remove([str(folder / "东边" / "丙.txt")])) == 1
    assert library.status().documents == 0
    assert len(library.store) == 0
    assert library.verify() == []


def test_one_document_of_a_jsonl_may_go_alone(library: Library, folder: Path) -> None:
    path = folder / "全部.jsonl"
    path.write_text(f'{{"id": "a", "text": "{A}"}}\n{{"id": "b", "text": "{B}"}}\n', "utf-8")
    library.sync([path])
    library.remove([library.documents()[0].id])
    assert [entry.external_id for entry in library.documents()] == ["b"]
    assert library.sync([path]).documents == 0
    library.remove([library.documents()[0].id])
    assert library.sync([path]).documents == 2  # nothing of the file was left: it is new again


def test_removing_something_unknown_removes_nothing(
    library: Library, write: Write, tmp_path: Path
) -> None:
    path = write("甲.txt", A)
    library.sync([path])
    with pytest.raises(UnknownDocument, match="77"):
        library.remove([1, 77])
    with pytest.raises(UnknownDocument, match="没有"):
        library.remove([path, tmp_path / "没有"])
    assert library.status().documents == 1


# --- uploads


def test_uploads_are_kept_once_and_never_overwritten(library: Library) -> None:
    first = library.upload("总结.txt", "题目\n\n内容一。".encode())
    assert library.upload("总结.txt", "题目\n\n内容一。".encode()) == first
    second = library.upload("总结.txt", "题目\n\n内容二。".encode())
    assert (first.name, second.name) == ("总结.txt", "总结（2）.txt")
    assert first.read_text("utf-8").endswith("内容一。")
    assert first.parent == library.uploads_folder


def test_removing_an_uploaded_document_deletes_the_copy(library: Library, write: Write) -> None:
    copy = library.upload("上传.txt", f"题目\n\n{A}".encode())
    outside = write("外面.txt", B)
    library.sync([copy, outside])
    library.remove([entry.id for entry in library.documents()])
    assert not copy.exists()
    assert outside.exists()


def test_a_copy_that_could_not_be_deleted_is_deleted_at_the_next_opening(
    library: Library, settings: Settings, encoder: CountingEncoder
) -> None:
    copy = library.upload("上传.txt", f"题目\n\n{A}".encode())
    library.sync([copy])
    removing.remove(library._catalogue, library._layout, [1], str)  # and then the process is killed
    assert copy.exists()
    with Library.open(library.folder, encoder, settings) as opened:
        assert not copy.exists()
        assert len(opened.store) == 0
        assert opened.verify() == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("总结.docx", "总结.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\报告\\总结.pdf", "总结.pdf"),
        ("a:b*c?.txt", "a_b_c_.txt"),
        (".hidden.txt", "hidden.txt"),
        ("~$总结.docx", "总结.docx"),
        ("CON.txt", "_CON.txt"),
        ("", "未命名"),
        (".docx", "docx"),
        ("a\x00b.txt", "a_b.txt"),
        ("长" * 300 + ".docx", "长" * 80 + ".docx"),
        ("metadata.csv", "_metadata.csv"),
    ],
)
def test_names_of_uploads_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


# --- versions and readers


def test_the_version_changes_with_every_change_and_only_then(
    library: Library, write: Write
) -> None:
    seen = [library.version]

    def changed() -> bool:
        seen.append(library.version)
        return seen[-1] > seen[-2]

    path = write("甲.txt", A)
    library.sync([path])
    assert changed()
    library.sync([path])
    library.status()
    library.vectors_for_texts(["廉政"], "query")
    library.verify()
    assert not changed()
    write("甲.txt", B)
    library.sync([path])
    assert changed()
    library.remove([path])
    assert changed()
    library.rebuild()
    assert changed()


def test_a_reader_keeps_its_generation_until_it_refreshes(
    library: Library, write: Write, settings: Settings, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", A)])
    with Library.open(library.folder, encoder, settings) as reader:
        store, version = reader.store, reader.version
        assert not reader.refresh()
        library.sync([write("乙.txt", B)])
        library.remove([1])
        assert reader.store is store
        ids, _ = store.search(encoder.encode_query(A), 50)
        assert reader.paragraph_of(ids.tolist()) == {}  # what was removed is left out
        assert reader.refresh()
        assert reader.version > version
        ids, _ = reader.store.search(encoder.encode_query(B), 1)
        paragraph = reader.paragraph_of(ids.tolist())[ids[0]][0]
        assert paragraph == paragraph_with(reader, B)


def test_filters_follow_changes(library: Library, write: Write) -> None:
    library.sync([write("甲.txt", A, title="云溪县农业局2022年工作总结")])
    assert library.allowed(Filters()) is None
    assert library.allowed(Filters(topic="廉政教育")) is None
    before = library.allowed(Filters(year=(2022, 2022)))
    assert before is not None
    assert len(before[0]) == library.status().paragraphs
    library.sync([write("乙.txt", B, title="云溪县农业局2022年工作总结")])
    after = library.allowed(Filters(year=(2022, 2022)))
    assert after is not None
    assert len(after[0]) == library.status().paragraphs > len(before[0])


def test_keyword_search_with_exact_words_and_filters(library: Library, write: Write) -> None:
    library.sync([write("甲.txt", A, B), write("乙.txt", B + A)])
    words = library.tokenizer.tokens("高标准农田")
    everywhere = [id_ for id_, _ in library.keyword(words, 9)]
    assert len(everywhere) == 2
    assert [id_ for id_, _ in library.keyword(words, 9, phrases=["亩。春耕"])] == [
        paragraph_with(library, "亩。春耕")
    ]
    assert library.keyword(words, 9, phrases=["农田，"]) == []
    one = np.array([everywhere[-1]])
    assert [id_ for id_, _ in library.keyword(words, 1, allowed=one)] == [everywhere[-1]]
    assert library.keyword(words, 9, allowed=one, phrases=["没有的话"]) == []


def test_status_counts_what_is_there(library: Library, write: Write) -> None:
    library.sync(
        [
            write("甲.txt", A, title="云溪县农业局2022年工作总结"),
            write("乙.txt", B, C, title="临江区水务局2021年述职报告"),
        ]
    )
    status = library.status()
    stored = [p for entry in library.documents() for p in library.paragraphs(entry.id)]
    assert status.documents == 2
    assert status.paragraphs == library.paragraph_count == len(stored)
    assert status.passages == sum(len(p.passages) for p in stored) == len(library.store)
    assert status.characters == sum(len(p.text) for p in stored)
    assert status.units == {"临江区水务局": 1, "云溪县农业局": 1}
    assert status.years == {2021: 1, 2022: 1}
    assert status.encoder == "counting-64"
    assert status.bytes["vectors"] > len(stored) * 64 * 2
    assert status.bytes["catalogue"] > 0
    assert dataclasses.asdict(status)


# --- terms


def test_a_new_term_is_one_word_on_both_sides(library: Library, write: Write) -> None:
    library.sync([write("甲.txt", "全面推行滨水治理岗的做法受到好评。", B)])
    assert "滨水治理岗" not in library.tokenizer.tokens("滨水治理岗")
    version = library.version
    library.terms_file.write_text("# 本单位的说法\n滨水治理岗\n", encoding="utf-8")
    words = library.tokenizer.tokens("滨水治理岗")
    assert "滨水治理岗" in words
    assert library.token_document_frequency(["滨水治理岗"]) == {"滨水治理岗": 1}
    assert library.keyword(["滨水治理岗"], 5)[0][0] == paragraph_with(library, "滨水治理岗")
    assert library.version > version
    assert library.verify() == []
    library.terms_file.unlink()
    assert "滨水治理岗" not in library.tokenizer.tokens("滨水治理岗")
    assert library.token_document_frequency(["滨水治理岗"]) == {"滨水治理岗": 0}


def test_while_another_writes_queries_are_cut_with_the_old_terms(
    library: Library, write: Write
) -> None:
    library.sync([write("甲.txt", "全面推行滨水治理岗的做法受到好评。")])
    old = library.tokenizer.tokens("滨水治理岗")
    writing, done = threading.Event(), threading.Event()

    def write_long() -> None:
        with library._writer.hold("很久"):
            writing.set()
            done.wait()

    writer = threading.Thread(target=write_long)
    writer.start()
    writing.wait()
    library.terms_file.write_text("滨水治理岗\n", encoding="utf-8")
    assert library.tokenizer.tokens("滨水治理岗") == old
    assert library.keyword(old, 5)
    done.set()
    writer.join()
    assert library.tokenizer.tokens("滨水治理岗") != old
    assert library.keyword(["滨水治理岗"], 5)


def test_readers_follow_when_another_process_cut_the_words_again(
    library: Library, write: Write, settings: Settings, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", "全面推行滨水治理岗的做法受到好评。")])
    with Library.open(library.folder, encoder, settings) as reader:
        before = reader.tokenizer.fingerprint
        library.terms_file.write_text("滨水治理岗\n", encoding="utf-8")
        library.rebuild()
        assert reader.tokenizer.fingerprint == library.tokenizer.fingerprint != before


# --- many at once


def test_threads_read_while_one_writes(
    library: Library, write: Write, encoder: CountingEncoder
) -> None:
    library.sync([write("甲.txt", A)])
    stop = threading.Event()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                ids, _ = library.store.search(encoder.encode_query(A), 5)
                found = library.paragraph_of(ids.tolist())
                paragraphs = library.paragraphs_by_id(p for p, _, _ in found.values())
                assert any(A in p.text for p in paragraphs.values())
                assert library.keyword(library.tokenizer.tokens("育秧"), 3)
                for entry in library.documents():
                    assert len(library._catalogue.documents.paragraphs(entry.id)) in (
                        0,  # removed between the two questions
                        entry.paragraphs,
                    )
        except BaseException as error:
            errors.append(error)
            raise

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(12):
        path = write(f"新{number}.txt", *(f"第{number}件的第{n}段。" for n in range(20)))
        library.sync([path])
        if number % 3 == 2:
            library.remove([path])
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors
    assert library.verify() == []


def test_a_copy_of_the_folder_is_a_library(
    library: Library, write: Write, settings: Settings, tmp_path: Path
) -> None:
    library.sync([write("甲.txt", A)])
    library.close()
    shutil.copytree(library.folder, tmp_path / "备份")
    with Library.open(tmp_path / "备份", CountingEncoder(), settings) as copy:
        assert copy.verify() == []
        assert copy.keyword(copy.tokenizer.tokens("育秧"), 3)
