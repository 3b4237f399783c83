"""What is found about topics follows the library, is kept on the disk, and is never trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.catalogue.bodies import Bodies
from index.datatypes import Metadata
from index.embedding.testing import CountingEncoder
from index.library import Library
from index.topics import TopicIndex, evidence
from index.topics import assigning as module
from index.topics.evidence import Instruments

CLEAN = "组织全体干部观看警示教育片，开展廉洁教育，签订廉洁承诺书。"
SAFE = "开展安全生产隐患排查，组织应急演练，整改安全隐患四十处。"
PLAIN = "社区合唱队每周三晚上在文化站练歌。"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.create(tmp_path / "L", CountingEncoder(name="counting"))


def add(library: Library, path: Path, *paragraphs: str) -> int:
    """Write a file, read it in, and give the id of its document."""
    path.write_text("\n".join(paragraphs), encoding="utf-8")
    library.sync([path])
    library._settling.wait()  # it writes too
    return next(entry.id for entry in library.documents() if entry.path == str(path))


def texts(library: Library, topic: str) -> list[str]:
    """What is about a topic, by the index as it follows and as it is when all is measured anew."""
    ids = TopicIndex.of(library).paragraph_ids(topic).tolist()
    found = library.paragraphs_by_id(ids)
    return [found[id_].text for id_ in ids]


def anew(library: Library) -> dict[str, list[int]]:
    """Topic -> paragraphs, measured without anything that was kept, with the same instruments."""
    index = TopicIndex.of(library)
    fresh = replace(index, held=None, _found=[])
    ids = np.array([entry.id for entry in library.documents() if entry.counted])
    found, _ = fresh._measured(ids, np.zeros(len(ids), np.int64))
    return {
        topic.name: found.paragraphs.ids[found.paragraphs.topic(number)].tolist()
        for number, topic in enumerate(index.taxonomy.topics)
    }


def followed(library: Library) -> dict[str, list[int]]:
    index = TopicIndex.of(library)
    return {
        topic.name: sorted(index.paragraph_ids(topic.name).tolist())
        for topic in index.taxonomy.topics
    }


def test_it_follows_what_comes_changes_and_goes(library: Library, tmp_path: Path) -> None:
    clean = add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN, PLAIN)
    assert texts(library, "廉政教育") == [CLEAN]
    add(library, tmp_path / "乙.txt", "枕溪社区工作总结", SAFE, PLAIN)
    assert texts(library, "安全生产") == [SAFE]
    assert followed(library) == anew(library)
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", SAFE + "月底复查。", PLAIN)
    assert texts(library, "廉政教育") == []
    assert len(texts(library, "安全生产")) == 2
    assert followed(library) == anew(library)
    library.remove([clean])
    assert texts(library, "安全生产") == [SAFE]
    assert followed(library) == anew(library)


def test_only_what_came_is_measured(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        add(library, tmp_path / f"{number}.txt", "青禾镇工作总结", f"{number}{CLEAN}", PLAIN)
    TopicIndex.of(library).counts()
    asked: list[list[int]] = []
    true = Bodies.of_documents

    def noted(self: Bodies, ids: list[int]) -> object:
        asked.append(list(ids))
        return true(self, ids)

    monkeypatch.setattr(Bodies, "of_documents", noted)
    new = add(library, tmp_path / "新.txt", "枕溪社区工作总结", SAFE)
    TopicIndex.of(library).counts()
    assert asked == [[new]]


def test_a_library_opened_again_measures_nothing(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN, PLAIN)
    found = followed(library)
    library.close()
    monkeypatch.setattr(Instruments, "measure", None)
    monkeypatch.setattr(Bodies, "keys", None)
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert followed(again) == found
        (id_,) = found["廉政教育"]
        assert TopicIndex.of(again).topics_of([id_])[id_][0] == "廉政教育"


def test_a_title_that_is_mended_counts(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN, PLAIN, SAFE)
    before = followed(library)
    (entry,) = library.documents()
    library.mend([entry.id], Metadata(title="青禾镇安全生产工作总结"))
    assert followed(library) == anew(library)
    assert set(before["安全生产"]) <= set(followed(library)["安全生产"])


def test_a_text_that_goes_and_comes_back_has_no_stale_ids(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN, PLAIN)
    followed(library)
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", PLAIN)
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN, PLAIN)
    assert texts(library, "廉政教育") == [CLEAN]
    assert followed(library) == anew(library)


def test_other_topics_measure_all_anew(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", PLAIN, SAFE)
    followed(library)
    library.taxonomy_file.write_text(
        '[[topic]]\nname = "合唱"\nphrases = ["合唱队", "练歌"]\n', encoding="utf-8"
    )
    assert PLAIN in texts(library, "合唱")
    kept = library.assignments()
    assert kept is not None
    assert kept.topics == len(TopicIndex.of(library).taxonomy.topics)


def test_a_library_twice_as_large_has_another_background(library: Library, tmp_path: Path) -> None:
    for number in range(3):
        add(library, tmp_path / f"{number}.txt", "青禾镇工作总结", f"{number}{CLEAN}", PLAIN)
    first = TopicIndex.of(library)
    first.counts()
    add(library, tmp_path / "3.txt", "青禾镇工作总结", f"3{CLEAN}")
    assert TopicIndex.of(library).size == first.size
    for number in range(4, 9):
        add(library, tmp_path / f"{number}.txt", "枕溪社区工作总结", f"{number}{SAFE}", PLAIN)
    second = TopicIndex.of(library)
    assert second.size == library.paragraph_count >= module.GROWN * first.size
    assert followed(library) == anew(library)


def test_without_the_writers_lock_it_answers_from_memory(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN)
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as other:
        with other._writer.hold("占用"):
            assert texts(library, "廉政教育") == [CLEAN]
            assert library.assignments() is None
        add(library, tmp_path / "乙.txt", "枕溪社区工作总结", SAFE)
        assert texts(library, "廉政教育") == [CLEAN]
        assert library.assignments() is not None


@pytest.mark.parametrize("harm", ["cut", "other", "list", "gone"])
def test_damaged_files_are_made_again(library: Library, tmp_path: Path, harm: str) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN)
    found = followed(library)
    library.close()
    folder = tmp_path / "L" / "topics"
    file = folder / "000001" / "evidence.npy"
    data = file.read_bytes()
    if harm == "cut":
        file.write_bytes(data[:-4])
    elif harm == "other":
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif harm == "list":
        (folder / "current").write_bytes(b"?" + (folder / "current").read_bytes())
    else:
        file.unlink()
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        (problem,) = again.verify()
        assert (problem.part, problem.mends) == ("topics", True)
        assert followed(again) == found
        assert again.verify() == []
        again.rebuild()
        assert again.assignments() is None
        assert followed(again) == found


def test_a_paragraph_of_another_document_is_found_by_verify(
    library: Library, tmp_path: Path
) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN)
    add(library, tmp_path / "乙.txt", "枕溪社区工作总结", SAFE)
    followed(library)
    kept = library.assignments()
    assert kept is not None
    assert library.verify() == []
    paragraphs = replace(kept.paragraphs, of=1 - kept.paragraphs.of)
    library.keep_assignments(replace(kept, paragraphs=paragraphs))
    (problem,) = library.verify()
    assert (problem.part, problem.mends) == ("topics", True)


def test_what_was_interrupted_is_not_seen(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN)
    found = followed(library)
    add(library, tmp_path / "乙.txt", "枕溪社区工作总结", SAFE)

    class Killed(Exception):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr("index.assignments.replace_file", killed)
    with pytest.raises(Killed):
        followed(library)
    monkeypatch.undo()
    library.close()
    with Library.open(tmp_path / "L", CountingEncoder(name="counting")) as again:
        assert again.verify() == []
        assert followed(again)["廉政教育"] == found["廉政教育"]
        folders = [path.name for path in (tmp_path / "L" / "topics").iterdir() if path.is_dir()]
        assert len(folders) == 1


def test_the_evidence_that_is_kept_is_the_formulas(library: Library, tmp_path: Path) -> None:
    """One paragraph of one topic, by hand: everything but the meaning, which the double gives."""
    library.taxonomy_file.write_text(
        '[[topic]]\nname = "合唱"\nphrases = ["合唱队"]\n', encoding="utf-8"
    )
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", PLAIN, SAFE)
    index = TopicIndex.of(library)
    bodies = [body for body in library.bodies([1]) if body.text == PLAIN]
    meaning, _ = index.instruments._meaning([bodies[0].passages], library.store)
    counts = [index.instruments.counter.count(PLAIN)]
    sentences = 1 + len(PLAIN) / 60
    expected = evidence(meaning, np.array(counts), sentences, False, False, 1 / 2)
    table = index._assignments().paragraphs.table([bodies[0].id])
    about = expected >= module.ABOUT
    assert about.any()
    assert table[about] == pytest.approx(expected[about], rel=1e-5)
    assert not table[~about].any()


def test_status_counts_the_bytes(library: Library, tmp_path: Path) -> None:
    add(library, tmp_path / "甲.txt", "青禾镇工作总结", CLEAN)
    assert library.status().bytes["topics"] == 0
    followed(library)
    folder = tmp_path / "L" / "topics"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert library.status().bytes["topics"] == size > 0
    line = (folder / "current").read_bytes().split(b"\n", 1)[1]
    assert json.loads(line)["folder"] == "000001"
