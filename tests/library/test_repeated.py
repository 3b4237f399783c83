"""The same document twice is found, said, and counted once unless a person says otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.datatypes import Entry, Filters
from index.errors import QueryError
from index.library import Library, likeness

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
    many = np.frombuffer(likeness.sketch(other), "<u4").reshape(1, -1)
    assert abs(likeness.alike(likeness.sketch(one), many)[0] - exact) < 0.13
