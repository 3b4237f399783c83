"""The fingerprints follow the library: what comes is found, what goes is not, nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.alignment import fold
from index.embedding.testing import CountingEncoder
from index.fingerprints import FOLDING_VERSION, files
from index.library import Library
from index.library import prints as module

ROADS = "全年修好村口路灯四十盏，老人夜里出门不再摸黑走路。"
SONGS = "社区合唱队每周三晚上在文化站练歌，腊月里办了一场音乐会。"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.create(tmp_path / "L", CountingEncoder(name="counting"))


def add(library: Library, path: Path, *paragraphs: str) -> int:
    """Write a file, read it in, and give the id of its document."""
    path.write_text("\n".join(paragraphs), encoding="utf-8")
    library.sync([path])
    return next(entry.id for entry in library.documents() if entry.path == str(path))


def holders(library: Library, text: str) -> list[int]:
    return library.prints().written(fold(text).codes).document.tolist()


def test_what_is_added_is_found_and_what_goes_is_not(library: Library, tmp_path: Path) -> None:
    roads = add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    songs = add(library, tmp_path / "歌.txt", "枕溪社区工作总结", SONGS)
    assert (holders(library, ROADS), holders(library, SONGS)) == ([roads], [songs])
    library.remove([roads])
    assert (holders(library, ROADS), holders(library, SONGS)) == ([], [songs])


def test_a_changed_file_is_found_by_its_new_text_only(library: Library, tmp_path: Path) -> None:
    first = add(library, tmp_path / "报告.txt", "青禾镇工作总结", ROADS)
    assert holders(library, ROADS) == [first]
    again = add(library, tmp_path / "报告.txt", "青禾镇工作总结", SONGS)
    assert again == first  # one document, another text: what makes keys needed
    assert (holders(library, ROADS), holders(library, SONGS)) == ([], [again])


def test_places_are_characters_of_the_whole_document(library: Library, tmp_path: Path) -> None:
    title = "青禾镇工作总结"
    add(library, tmp_path / "路.txt", title, ROADS)
    found = library.prints().written(fold(ROADS).codes)
    assert (found.at.tolist(), found.where.tolist()) == ([0], [len(title)])
    assert found.length.tolist() == [len(fold(ROADS))]


def test_a_library_opened_again_reads_nothing_anew(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    holders(library, ROADS)
    library.close()
    monkeypatch.setattr(module.Texts, "paragraphs", None)
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert holders(again, ROADS) == [roads]


def test_without_the_writers_lock_it_answers_from_memory(library: Library, tmp_path: Path) -> None:
    roads = add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as other:
        with other._writer.hold("占用"):
            assert holders(library, ROADS) == [roads]
            assert library._prints.files.listed() == ()
        add(library, tmp_path / "歌.txt", "枕溪社区工作总结", SONGS)
        assert holders(library, ROADS) == [roads]
        assert len(library._prints.files.listed()) == 1


def test_many_additions_stay_few_segments(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SEGMENTS", 2)
    texts = [
        f"第{n}个村子{'甲乙丙丁戊己庚辛'[n]}今年修了{n}条水渠{ROADS}" * (8 - n) for n in range(8)
    ]
    ids = [add(library, tmp_path / f"{n}.txt", "总结", text) for n, text in enumerate(texts)]
    for text in texts:
        assert set(holders(library, text)) == set(ids)
        assert len(library._prints.files.listed()) <= 2


def segments_of(library: Library) -> int:
    return len(library._prints.files.listed())


def test_segments_that_were_joined_for_comparing_stay_joined(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"第{'甲乙丙'[n]}个村子今年修了{n}条水渠{ROADS}" * (9 - 4 * n) for n in range(3)]
    ids = [add(library, tmp_path / f"{n}.txt", "总结", text) for n, text in enumerate(texts)]
    for n, text in enumerate(texts[1:], 1):
        assert set(holders(library, text)) == set(ids), n
        add(library, tmp_path / f"更多{n}.txt", "总结", SONGS[: 14 + n])
    assert len(library.prints().segments) > 1
    library.remove([ids[1]])
    before = library.prints().corpus()
    after = library.prints(whole=True).corpus()
    assert segments_of(library) == 1
    assert after.documents.tolist() == before.documents.tolist()
    for name in ("starts", "codes", "hashes", "where", "breaks", "paragraphs", "slots"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name), name)
    with monkeypatch.context() as patch:
        patch.setattr(module, "joined", None)  # nothing is joined again
        assert library.prints(whole=True).corpus().codes is after.codes
    assert set(holders(library, ROADS)) == {ids[0], ids[2]}
    library.close()
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert again.prints(whole=True).corpus().documents.tolist() == after.documents.tolist()
        assert again.verify() == []


def test_while_somebody_writes_the_joined_segment_is_kept_in_memory(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS * 5)
    holders(library, ROADS)
    add(library, tmp_path / "歌.txt", "枕溪社区工作总结", SONGS)
    assert len(library.prints().segments) == 2
    with (
        Library.open(tmp_path / "L", CountingEncoder(name="counting")) as other,
        other._writer.hold("占用"),
    ):
        made = library.prints(whole=True)
        assert made.whole
        assert library.prints(whole=True) is made
        assert segments_of(library) == 2
    boats = add(library, tmp_path / "船.txt", "渡口工作总结", "渡口添了两条新船，船工轮流值守。")
    assert boats in library.prints(whole=True).documents
    assert segments_of(library) == 1


@pytest.mark.parametrize("harm", ["cut", "other", "list", "gone"])
def test_damaged_files_are_made_again(library: Library, tmp_path: Path, harm: str) -> None:
    roads = add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    holders(library, ROADS)
    library.close()
    folder = tmp_path / "L" / "fingerprints"
    codes = folder / "000001" / "written.codes.npy"
    data = codes.read_bytes()
    if harm == "cut":
        codes.write_bytes(data[:-4])
    elif harm == "other":
        codes.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif harm == "list":
        (folder / "current").write_bytes(b"?" + (folder / "current").read_bytes())
    else:
        codes.unlink()
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert holders(again, ROADS) == [roads]
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as third:
        assert [len(s.documents) for _, s in third._prints.files.read()] == [1]


def test_another_way_of_folding_makes_them_again(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    holders(library, ROADS)
    library.close()
    monkeypatch.setattr(files, "FOLDING_VERSION", FOLDING_VERSION + 1)
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert holders(again, ROADS) == [roads]


def test_a_text_that_is_there_twice_counts_once(library: Library, tmp_path: Path) -> None:
    long = ROADS * 10
    first = add(library, tmp_path / "一.txt", "青禾镇工作总结", long)
    add(library, tmp_path / "二.txt", "青禾镇工作总结", long)
    assert set(holders(library, ROADS)) == {first}
    assert np.array_equal(library.prints().documents, [first])


def test_verify_sees_fingerprints_of_another_text(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    holders(library, ROADS)
    assert library.verify() == []
    (_, segment), *_ = library._prints.files.read()
    codes = segment.written.codes.copy()
    codes[3] += 1
    other = replace(segment, written=replace(segment.written, codes=codes))
    library._prints.files.write((), other)
    (problem,) = library.verify()
    assert (problem.part, problem.mends) == ("fingerprints", True)
    library.rebuild()
    assert library.verify() == []
    assert len(holders(library, ROADS)) == 1


def test_status_counts_their_bytes(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "路.txt", "青禾镇工作总结", ROADS)
    holders(library, ROADS)
    folder = tmp_path / "L" / "fingerprints"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert library.status().bytes["fingerprints"] == size > 0
