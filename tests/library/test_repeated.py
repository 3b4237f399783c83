"""The same document twice is found, said, and counted once unless a person says otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.datatypes import Entry, Filters, Metadata
from index.errors import QueryError
from index.library import Library, likeness
from index.topics import TopicIndex

BODY = "".join(
    f"第{number}号苗圃由林场技术员包管，春季移栽{number * 7}株，成活的挂牌登记，死的当月补种。"
    for number in range(1, 13)
)
MORE = "".join(f"{number}号沟渠清淤{number * 31}米，闸门有人守。" for number in range(1, 25))
TEXT = f"岚皋屿林场2022年工作总结\n一、苗圃管护\n{BODY}\n"


def sync(library: Library, folder: Path, **texts: str) -> tuple[str, ...]:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return library.sync([folder]).twins


def by_name(library: Library) -> dict[str, Entry]:
    return {Path(entry.path).stem: entry for entry in library.documents()}


def seen(library: Library, entry: Entry) -> bool:
    """Whether searches see a document: everything has to agree about it."""
    paragraphs = [paragraph.id for paragraph in library.paragraphs(entry.id)]
    assert paragraphs
    passages = [one[0] for some in library.passages_of(paragraphs).values() for one in some]
    allowed = library.allowed(Filters(document_ids=frozenset([entry.id])))
    assert allowed is not None
    tokens = library.tokenizer.tokens("苗圃")
    answers = {
        bool(set(passages) & set(library.store.ids.tolist())),
        bool(set(paragraphs) & {id_ for id_, _ in library.keyword(tokens, 1000)}),
        bool(set(paragraphs) & set(library.containing(["苗圃"]).tolist())),
        bool(len(allowed[0])),
        bool(len(allowed[1])),
    }
    assert len(answers) == 1
    assert library.verify() == []
    return answers.pop()


def test_the_same_text_in_another_format_is_counted_once(library: Library, tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text(
        "<html><body>" + "".join(f"<p>{line}</p>" for line in TEXT.split("\n")) + "</body></html>"
    )
    said = sync(library, tmp_path, a=TEXT)
    assert len(said) == 1
    assert "内容相同，查找时只算一份。" in said[0]
    first, second = by_name(library)["a"], by_name(library)["b"]
    assert first.twin is None
    assert second.twin is not None
    assert (second.twin.document_id, second.twin.relation) == (first.id, "same_text")
    assert seen(library, first)
    assert not seen(library, second)
    assert library.paragraph_count == first.paragraphs
    assert library.sync([tmp_path]).twins == ()


def test_another_takes_the_place_of_what_is_removed_or_changed(
    library: Library, tmp_path: Path
) -> None:
    sync(library, tmp_path, a=TEXT, b=TEXT, c=TEXT)
    assert [entry.counted for entry in library.documents()] == [True, False, False]
    kinds = [entry.twin.relation for entry in library.documents() if entry.twin]
    assert kinds == ["same_file", "same_file"]
    library.remove([library.documents()[0].id])
    (tmp_path / "a.txt").unlink()
    now = by_name(library)
    assert seen(library, now["b"])
    assert not seen(library, now["c"])
    sync(library, tmp_path, b="岚皋屿林场2022年防火情况\n今年没有火情。" * 30)
    now = by_name(library)
    assert seen(library, now["c"])
    assert now["c"].twin is None
    sync(library, tmp_path, b=TEXT)
    assert [by_name(library)[name].counted for name in "bc"] == [True, False]
    (tmp_path / "b.txt").unlink()
    library.sync([tmp_path])
    assert seen(library, by_name(library)["c"])


def test_an_uncounted_document_that_changes_is_counted(library: Library, tmp_path: Path) -> None:
    sync(library, tmp_path, a=TEXT, b=TEXT)
    sync(library, tmp_path, b=TEXT + "二、苗圃防汛\n" + MORE)
    assert seen(library, by_name(library)["b"])
    assert by_name(library)["b"].twin is None


def test_a_person_chooses_and_the_choice_is_remembered(library: Library, tmp_path: Path) -> None:
    sync(library, tmp_path, a=TEXT, b=TEXT)
    first, second = library.documents()
    library.count(second.id, True)
    assert seen(library, second)
    assert seen(library, first)
    library.rebuild()
    library.sync([tmp_path])
    assert library.document(second.id).counted
    library.count(second.id, False)
    assert not seen(library, second)
    library.count(first.id, False)  # one is always counted
    assert not seen(library, first)
    library.rebuild()
    assert seen(library, second)


def test_a_draft_is_said_and_counted(library: Library, tmp_path: Path) -> None:
    later = TEXT.replace("死的当月补种。第7号", "死的下月补种。第7号") + "以上情况，请予审阅。\n"
    other_year = later.replace("2022年", "2023年")
    sync(library, tmp_path, a=TEXT)
    said = sync(library, tmp_path, b=later, c=other_year)
    assert len(said) == 1
    assert "修改稿，有 9" in said[0]
    assert said[0].endswith("% 相同，两份都算。")
    now = by_name(library)
    twin = now["b"].twin
    assert twin is not None
    assert (twin.document_id, twin.relation) == (now["a"].id, "draft")
    assert now["c"].twin is None
    assert seen(library, now["b"])
    library.count(now["b"].id, False)
    assert not seen(library, now["b"])
    library.remove([now["a"].id])
    assert seen(library, now["b"])


def test_lines_of_jsonl_and_short_texts_are_never_twins(library: Library, tmp_path: Path) -> None:
    line = f'{{"text": "{BODY}"}}\n'
    (tmp_path / "many.jsonl").write_text(line * 2, encoding="utf-8")
    said = sync(library, tmp_path, a="岚皋屿林场通知\n明天放假。", b="岚皋屿林场通知\n明天放假。")
    assert said == ()
    assert all(entry.counted and entry.twin is None for entry in library.documents())
    with pytest.raises(QueryError, match="没有与别的文档重复"):
        library.count(library.documents()[0].id, False)


def test_a_sketch_estimates_what_is_shared() -> None:
    one = likeness.grams(likeness.folded([BODY]))
    other = likeness.grams(likeness.folded([BODY[: len(BODY) // 2], "完全是另一回事" * 3]))
    common = len(set(one.tolist()) & set(other.tolist()))
    exact = common / len(set(one.tolist()) | set(other.tolist()))
    sketches = [np.frombuffer(likeness.sketch(found), "<u4") for found in (one, other)]
    assert abs(np.mean(sketches[0] == sketches[1]) - exact) < 0.13


def brute_force(
    sketches: NDArray[np.uint32], stated: NDArray[np.int64], new: NDArray[np.bool_], least: float
) -> set[tuple[int, int]]:
    found = set()
    for later in range(len(sketches)):
        fitting = []
        for earlier in range(later):
            share = float(np.mean(sketches[later] == sketches[earlier]))
            pairs = zip(stated[later].tolist(), stated[earlier].tolist(), strict=True)
            agree = all(-1 in pair or pair[0] == pair[1] for pair in pairs)
            if share >= least and agree and (new[later] or new[earlier]):
                fitting.append((-share, earlier))
        found.update((later, earlier) for _, earlier in sorted(fitting)[: likeness.NEAREST])
    return found


def test_near_documents_are_those_that_comparing_all_with_all_finds() -> None:
    drawn = np.random.default_rng(5)
    size = likeness.SIZE
    sketches = drawn.integers(0, 2**32, (300, size), dtype=np.uint32)
    form = drawn.integers(0, 2**32, size, dtype=np.uint32)
    some = drawn.random((300, size)) < 0.08  # what every report of a kind says
    sketches[some] = np.broadcast_to(form, some.shape)[some]
    for row in range(0, 290, 10):  # a text and nine versions of it, ever less alike
        for step in range(1, 10):
            kept = drawn.random(size) < 1.0 - 0.04 * step
            sketches[row + step, kept] = sketches[row, kept]
    stated = drawn.integers(-1, 2, (300, 3))
    for new in (np.ones(300, bool), drawn.random(300) < 0.1):
        expected = brute_force(sketches, stated, new, 0.65)
        found = likeness.near(sketches, stated, new, 0.65)
        assert set(map(tuple, found.tolist())) == expected
        assert len(found) == len(expected) > 20
    nothing = np.zeros((0, size), np.uint32), np.zeros((0, 3), np.int64), np.zeros(0, bool)
    assert likeness.near(*nothing, 0.65).shape == (0, 2)
    assert likeness.near(sketches, stated, np.zeros(300, bool), 0.65).shape == (0, 2)


def test_of_a_crowd_of_one_form_a_draft_is_still_found() -> None:
    drawn = np.random.default_rng(6)
    form = drawn.integers(0, 2**32, likeness.SIZE, dtype=np.uint32)
    sketches = np.broadcast_to(form, (2000, likeness.SIZE)).copy()
    own = drawn.random(sketches.shape) < 0.3
    sketches[own] = drawn.integers(0, 2**32, int(own.sum()), dtype=np.uint32)
    sketches[1999] = sketches[7]
    sketches[1999, :4] = 1
    stated = np.full((2000, 3), -1)
    found = likeness.near(sketches, stated, np.ones(2000, bool), 0.6)
    assert [1999, 7] in found.tolist()
    assert len(found) <= 2000 * likeness.NEAREST


def test_mending_a_year_makes_a_draft_and_ends_it(library: Library, tmp_path: Path) -> None:
    later = TEXT.replace("死的当月补种。第7号", "死的下月补种。第7号")
    sync(library, tmp_path, a=TEXT, b=later.replace("2022年", "2023年"))
    first, second = (by_name(library)[name] for name in "ab")
    assert second.twin is None
    library.mend([second.id], Metadata(year=2022))
    twin = library.document(second.id).twin
    assert twin is not None
    assert (twin.document_id, twin.relation) == (first.id, "draft")
    library.count(second.id, False)
    assert not seen(library, second)
    # of the other one of the two, and with a choice that hid the draft
    library.mend([first.id], Metadata(year=2020))
    assert library.document(second.id).twin is None
    assert seen(library, second)
    assert library.sync([tmp_path]).twins == ()


def test_topics_leave_out_what_is_not_counted(library: Library, tmp_path: Path) -> None:
    report = "岚皋屿林场2022年工作总结\n一、廉政教育\n" + "".join(
        f"第{number}次开展廉政教育，组织护林员观看警示教育片，签下廉洁承诺书。\n"
        for number in range(1, 12)
    )
    sync(library, tmp_path, a=report)
    alone = TopicIndex.open(library).counts()
    assert alone["廉政教育"] > 5
    sync(library, tmp_path, b=report)
    _, second = library.documents()
    assert not second.counted
    both = TopicIndex.open(library)
    assert both.counts() == alone
    hidden = {paragraph.id for paragraph in library.paragraphs(second.id)}
    assert not hidden & set(both.paragraph_ids("廉政教育").tolist())
    assert sum(count for _, _, count in both.table(by="year")) == sum(alone.values())
    library.count(second.id, True)
    assert TopicIndex.open(library).counts()["廉政教育"] == 2 * alone["廉政教育"]
