"""`verify` finds what does not fit, each kind of it, and `rebuild` mends what it says it mends."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryDamaged
from index.library import Library
from index.settings import Settings

from .conftest import Write

A = "春耕期间组织技术员下乡三十余次，解决育秧难题。"
B = "推进高标准农田建设，完成土地平整一万二千亩。"
C = "严格执行领导干部外出报备制度，做到按时请假销假。"


@pytest.fixture
def filled(library: Library, write: Write) -> Library:
    library.sync([write("甲.txt", A, B), write("乙.txt", C)])
    return library


def run(sql: str) -> Callable[[Library], None]:
    def damage(library: Library) -> None:
        library._catalogue.database.run(sql)

    return damage


def flip(name: str) -> Callable[[Library], None]:
    def damage(library: Library) -> None:
        file = library.folder / "vectors" / "000001" / name
        whole = bytearray(file.read_bytes())
        whole[-5] ^= 0x20
        file.write_bytes(whole)

    return damage


def delete_store(library: Library) -> None:
    shutil.rmtree(library.folder / "vectors")


def empty_pointer(library: Library) -> None:
    (library.folder / "vectors" / "current").write_bytes(b"")


def old_store(library: Library) -> None:
    """A store that is whole, but shows what was before."""
    vectors = library.folder / "vectors"
    kept = library.folder / "kept"
    shutil.copytree(vectors, kept)
    library.remove([1])
    shutil.rmtree(vectors)
    kept.rename(vectors)


DAMAGES: dict[str, tuple[str, Callable[[Library], None]]] = {
    "a vector is gone": ("vectors", run("DELETE FROM vector WHERE id = 2")),
    "all vectors are gone": ("vectors", run("DELETE FROM vector")),
    "a vector is damaged": ("vectors", run("UPDATE vector SET half = zeroblob(128) WHERE id = 1")),
    "a vector is cut short": ("vectors", run("UPDATE vector SET half = x'0000' WHERE id = 1")),
    "words of a paragraph are gone": ("words", run("DELETE FROM word WHERE rowid = 2")),
    "words without a paragraph": (
        "words",
        run("INSERT INTO word (rowid, words) VALUES (99, '词')"),
    ),
    "words of another text": ("words", run("UPDATE word SET words = '别的' WHERE rowid = 1")),
    "the word index is damaged": ("words", run("UPDATE word_content SET c0 = 'x' WHERE id = 1")),
    "the index of wording lost a paragraph": (
        "words",
        run(
            "INSERT INTO gram (gram, rowid, text) SELECT 'delete', 2, text FROM paragraph"
            " WHERE id = 2"
        ),
    ),
    "the index of wording is damaged": ("words", run("DELETE FROM gram_data WHERE id > 10")),
    "ids.npy is damaged": ("store", flip("ids.npy")),
    "vectors.npy is damaged": ("store", flip("vectors.npy")),
    "manifest.json is damaged": ("store", flip("manifest.json")),
    "the store is gone": ("store", delete_store),
    "the pointer is empty": ("store", empty_pointer),
    "the store is an old one": ("store", old_store),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_mended(
    filled: Library, name: str, encoder: CountingEncoder, settings: Settings
) -> None:
    part, damage = DAMAGES[name]
    assert filled.verify() == []
    damage(filled)
    problems = filled.verify()
    assert part in {problem.part for problem in problems}
    for problem in problems:
        assert problem.mends
        assert problem.message.endswith("。")
        assert "重建" in problem.message
    encoded = encoder.texts
    filled.rebuild()
    assert filled.verify() == []
    gone = {"a vector is gone": 1, "all vectors are gone": 4, "a vector is damaged": 1}
    gone["a vector is cut short"] = 1
    assert encoder.texts - encoded == gone.get(name, 0)  # only what has no whole vector
    with Library.open(filled.folder, encoder, settings) as again:
        assert again.keyword(again.tokenizer.tokens("报备"), 3) or name == "the store is an old one"
        assert len(again.store) == again.status().passages


def test_a_damaged_store_says_so_and_words_still_work(filled: Library, settings: Settings) -> None:
    flip("vectors.npy")(filled)
    with Library.open(filled.folder, CountingEncoder(), settings) as opened:
        assert opened.keyword(opened.tokenizer.tokens("报备"), 3)
        assert opened.version
        with pytest.raises(LibraryDamaged, match="重建"):
            _ = opened.store


def test_a_store_that_was_deleted_is_made_again_at_opening(
    filled: Library, settings: Settings, encoder: CountingEncoder
) -> None:
    delete_store(filled)
    encoded = encoder.texts
    with Library.open(filled.folder, encoder, settings) as opened:
        assert len(opened.store) == opened.status().passages
        assert opened.verify() == []
    assert encoder.texts == encoded


def test_what_a_killed_process_left_unpublished_is_published_at_the_next_opening(
    filled: Library, settings: Settings, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the commit and the publishing: only meaning lags, nothing is lost."""
    before = filled.status().passages
    with monkeypatch.context() as killed:
        killed.setattr("index.library.shadow.Shadow.publish", lambda *_, **__: 0)
        filled.sync([write("丙.txt", "汛期前逐一排查低洼易涝点。", "储备沙袋两万条。")])
    [problem] = filled.verify()
    assert (problem.part, problem.mends) == ("store", True)
    new = filled.status().passages - before
    assert new >= 2
    assert f"缺 {new} 条，多 0 条" in problem.message
    with Library.open(filled.folder, CountingEncoder(), settings) as opened:
        assert opened.verify() == []
        assert len(opened.store) == opened.status().passages
    assert filled.verify() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE paragraph SET text = '被改动的话。' WHERE id = 2",
        "DELETE FROM passage WHERE id = 2",
        "DELETE FROM paragraph WHERE id = 2",
    ],
)
def test_a_text_that_changed_cannot_be_mended_and_is_said(filled: Library, sql: str) -> None:
    run(sql)(filled)
    (problem, *_) = [problem for problem in filled.verify() if problem.part == "catalogue"]
    assert not problem.mends
    assert "重新添加" in problem.message
    filled.rebuild()
    assert [problem.part for problem in filled.verify()] == ["catalogue"]


def test_damaged_pages_are_found_and_not_called_mendable(
    filled: Library, settings: Settings, write: Write
) -> None:
    filled.sync([write(f"{n}.txt", *(f"第{n}件的第{m}段。" for m in range(60))) for n in range(9)])
    filled.close()
    file = filled.folder / "catalogue.sqlite"
    whole = bytearray(file.read_bytes())
    for page in range(len(whole) // 8192 // 2, len(whole) // 8192):
        whole[page * 8192 : page * 8192 + 64] = bytes(64)
    file.write_bytes(whole)
    with Library.open(filled.folder, CountingEncoder(), settings) as opened:
        (problem,) = opened.verify()
        assert (problem.part, problem.mends) == ("catalogue", False)
        with pytest.raises(LibraryDamaged, match="备份"):
            opened.rebuild()


def test_rebuilding_drops_vectors_that_nobody_uses(
    filled: Library, encoder: CountingEncoder
) -> None:
    count = "SELECT count(*) FROM vector WHERE kind = 'passage'"
    before = filled._catalogue.database.value(count)
    filled.vectors_for_texts(["廉政教育"], "query")
    filled.remove([1])
    assert filled._catalogue.database.value(count) == before
    filled.rebuild()
    assert filled._catalogue.database.value(count) < before
    assert filled.verify() == []
    queries = encoder.query_calls
    filled.vectors_for_texts(["廉政教育"], "query")
    assert encoder.query_calls == queries


def test_rebuilding_changes_no_answer(filled: Library, encoder: CountingEncoder) -> None:
    def answers() -> object:
        words = filled.tokenizer.tokens("春耕期间的农田建设")
        ids, scores = filled.store.search(encoder.encode_query(A), 5)
        return filled.keyword(words, 5), ids.tolist(), scores.tolist(), filled.documents()

    before = answers()
    filled.rebuild()
    assert answers() == before


def test_an_empty_library_is_whole(library: Library, tmp_path: Path) -> None:
    assert library.verify() == []
    library.rebuild()
    assert library.verify() == []
    assert len(library.store) == 0


def test_publishing_what_is_new_gives_what_publishing_anew_gives(
    filled: Library, folder: Path, write: Write
) -> None:
    """After each kind of change, also where an older passage had been without its vector."""
    run("DELETE FROM vector WHERE id = 2")(filled)
    filled._shadow.publish(anew=True)
    filled.rebuild()
    write("丙.txt", "第一件事办结。", A)
    filled.sync([folder])
    write("甲.txt", B, "第二件事办结。")
    (folder / "乙.txt").unlink()
    filled.sync([folder])
    filled.remove([folder / "丙.txt"])
    partly = filled.store
    filled._shadow.publish(anew=True)
    assert filled.refresh()
    anew = filled.store
    assert partly is not anew
    assert partly.ids.tolist() == anew.ids.tolist()
    assert (partly.vectors(partly.ids) == anew.vectors(anew.ids)).all()


def test_a_passage_that_was_without_its_vector_takes_its_place(filled: Library) -> None:
    run("DELETE FROM vector WHERE id = 2")(filled)
    filled._shadow.publish(anew=True)
    assert len(filled.store) < filled.status().passages
    encode = filled._catalogue.facts.encoder
    for key, text in filled._catalogue.vectors.texts_without(encode):
        rows = [(key, filled.encoder.encode_passages([text])[0])]
        filled._catalogue.vectors.save(1, "passage", rows)
    filled._shadow.publish()
    assert filled.verify() == []
