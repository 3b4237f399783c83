"""Documents in and out of the tables: nothing half, no id twice, ids that outlive an edit."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from index.catalogue import Catalogue
from index.catalogue.files import FileRecord
from index.datatypes import Filters, Metadata, Paragraph, Passage, PreparedDocument, Removal

TITLED = Metadata(title="总结")


def document(*texts: str, metadata: Metadata = TITLED, path: str = "/甲.txt") -> PreparedDocument:
    """Paragraphs of two passages each, where they are long enough for two."""
    paragraphs = []
    start = 0
    for number, text in enumerate(texts, start=1):
        half = len(text) // 2
        spans = [Passage(0, half), Passage(half, len(text))] if half else [Passage(0, len(text))]
        end = start + len(text)
        paragraphs.append(Paragraph(number, text, ("一、工作",), start, end, 0, 3, tuple(spans)))
        start = end + 1
    content = sha256(repr((texts, metadata)).encode()).hexdigest()
    removals = (Removal("advert", "加入会员", 0),)
    return PreparedDocument(path, "txt", metadata, None, tuple(paragraphs), removals, content)


def record(path: str = "/甲.txt") -> FileRecord:
    return FileRecord(path, 10, 1, 2, "ab", "complete")


def put(catalogue: Catalogue, prepared: PreparedDocument, key: str = "#0") -> int:
    """Write as `sync` does; returns the id of the document."""
    with catalogue.change():
        file_id = catalogue.files.save(record(prepared.path))
        change = catalogue.changes.plan(file_id, key, prepared)
        new = catalogue.changes.write([(file_id, change)])
        catalogue.words.add((id_, "词") for id_, _ in new)
    return int(
        catalogue.database.value(
            "SELECT id FROM document WHERE file_id = ? AND key = ?", (file_id, key)
        )
    )


def ids_by_text(catalogue: Catalogue, document_id: int) -> dict[str, int]:
    return {
        paragraph.text: paragraph.id for paragraph in catalogue.documents.paragraphs(document_id)
    }


def test_a_document_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    metadata = Metadata("二〇二三年总结", "云溪县农业局", 2023, "工作总结")
    prepared = document("一、工作", "我们抓了春耕。", metadata=metadata)
    id_ = put(catalogue, prepared)
    entry = catalogue.documents.entries()[0]
    assert (entry.title, entry.unit, entry.year, entry.kind) == (
        "二〇二三年总结",
        "云溪县农业局",
        2023,
        "工作总结",
    )
    assert (entry.characters, entry.paragraphs, entry.removals) == (11, 2, 1)
    assert entry == catalogue.documents.entries_by_id([id_, 99])[id_]
    assert entry == catalogue.documents.entries_of_files(["/甲.txt", "/无.txt"])[0]
    first, second = catalogue.documents.paragraphs(id_)
    assert (first.text, second.text) == ("一、工作", "我们抓了春耕。")
    assert (second.start, second.end, second.number, second.source.page) == (5, 12, 2, 3)
    assert second.heading_path == ("一、工作",)
    assert second.passages == ((0, 3), (3, 7))
    assert second.source.unit == "云溪县农业局"
    assert catalogue.documents.removals(id_) == [Removal("advert", "加入会员", 0)]
    assert catalogue.documents.totals() == (1, 2, 4, 11)
    assert catalogue.documents.counts() == ({"云溪县农业局": 1}, {2023: 1}, {"工作总结": 1})


def test_passages_lead_to_their_paragraphs_and_back(catalogue: Catalogue) -> None:
    id_ = put(catalogue, document("我们抓了春耕。", "短", "我们抓了秋收。"))
    ids = ids_by_text(catalogue, id_)
    passages = catalogue.documents.passages_of([*ids.values(), 77])
    assert set(passages) == set(ids.values())
    assert [spans[1:] for spans in passages[ids["我们抓了春耕。"]]] == [(0, 3), (3, 7)]
    for paragraph_id, spans in passages.items():
        for passage_id, start, end in spans:
            assert catalogue.documents.paragraph_of([passage_id, 999]) == {
                passage_id: (paragraph_id, start, end)
            }


def test_an_edit_keeps_the_ids_of_what_did_not_change(catalogue: Catalogue) -> None:
    id_ = put(catalogue, document("开头一段。", "中间一段。", "末尾一段。"))
    before = ids_by_text(catalogue, id_)
    assert put(catalogue, document("新的开头。", "末尾一段。", "中间一段。", "再来一段。")) == id_
    after = ids_by_text(catalogue, id_)
    assert after["中间一段。"] == before["中间一段。"]
    assert after["末尾一段。"] == before["末尾一段。"]
    assert {after["新的开头。"], after["再来一段。"]}.isdisjoint(before.values())
    assert [p.number for p in catalogue.documents.paragraphs(id_)] == [1, 2, 3, 4]
    assert [p.start for p in catalogue.documents.paragraphs(id_)] == [0, 6, 12, 18]
    assert catalogue.words.missing() == catalogue.words.surplus() == []
    assert catalogue.documents.with_wrong_counts() == []
    assert catalogue.documents.with_wrong_hashes() == []


def test_equal_paragraphs_keep_their_order_and_each_its_own_id(catalogue: Catalogue) -> None:
    id_ = put(catalogue, document("同样的话。", "别的话。", "同样的话。"))
    before = [paragraph.id for paragraph in catalogue.documents.paragraphs(id_)]
    put(catalogue, document("同样的话。", "同样的话。", "同样的话。"))
    after = [paragraph.id for paragraph in catalogue.documents.paragraphs(id_)]
    assert after[:2] == [before[0], before[2]]
    assert after[2] not in before


def test_a_paragraph_that_is_cut_in_another_way_is_another(catalogue: Catalogue) -> None:
    whole = document("我们抓了春耕。")
    id_ = put(catalogue, whole)
    before = ids_by_text(catalogue, id_)
    recut = replace(whole.paragraphs[0], passages=(Passage(0, 7),))
    put(catalogue, replace(whole, paragraphs=(recut,), content_hash="cut anew"))
    assert set(ids_by_text(catalogue, id_).values()).isdisjoint(before.values())
    assert catalogue.documents.totals()[2] == 1


def test_equal_content_is_not_written_again(catalogue: Catalogue) -> None:
    prepared = document("我们抓了春耕。")
    put(catalogue, prepared)
    assert catalogue.changes.plan(1, "#0", prepared).same
    assert not catalogue.changes.plan(1, "#1", prepared).same
    assert not catalogue.changes.plan(None, "#0", prepared).same


def test_ids_are_never_given_twice(catalogue: Catalogue) -> None:
    seen: set[int] = set()
    passages: set[int] = set()
    for round_ in range(4):
        id_ = put(catalogue, document("我们抓了春耕。", f"第{round_}轮"))
        ids = set(ids_by_text(catalogue, id_).values())
        found = {p for spans in catalogue.documents.passages_of(ids).values() for p, _, _ in spans}
        assert ids.isdisjoint(seen)
        assert found.isdisjoint(passages)
        assert id_ == round_ + 1
        seen |= ids
        passages |= found
        with catalogue.change():
            catalogue.files.delete(["/甲.txt"])


def test_removing_a_file_leaves_no_row_anywhere(catalogue: Catalogue) -> None:
    put(catalogue, document("我们抓了春耕。", path="/乙.txt"))
    put(catalogue, document("我们抓了秋收。"))
    with catalogue.change():
        catalogue.files.delete(["/甲.txt"])
    for table in ("file", "document", "paragraph", "removal", "word"):
        assert catalogue.database.value(f"SELECT count(*) FROM {table}") == 1, table
    assert catalogue.documents.totals() == (1, 1, 2, 7)
    assert catalogue.words.document_frequency(["词"]) == {"词": 1}
    assert catalogue.damage() == []


def test_documents_that_a_file_no_longer_holds_go(catalogue: Catalogue) -> None:
    put(catalogue, document("第一篇。"), "=a")
    put(catalogue, document("第二篇。"), "=b")
    with catalogue.change():
        assert catalogue.changes.delete_others(1, {"=b"}) == 1
    assert [p.text for p in catalogue.documents.paragraphs(2)] == ["第二篇。"]
    assert len(catalogue.documents.entries()) == 1


@pytest.fixture
def units(catalogue: Catalogue) -> Catalogue:
    for name, unit, year in (
        ("/1.txt", "云溪县农业局", 2021),
        ("/2.txt", "云溪县农业局机关党委", 2022),
        ("/3.txt", None, 2023),
        ("/4.txt", "临江区水务局", None),
    ):
        put(
            catalogue,
            document("甲", "乙", metadata=Metadata("总结", unit, year, "总结"), path=name),
        )
    return catalogue


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        (Filters(year=(2021, 2022)), [1, 2]),
        (Filters(year=(2024, 2030)), []),
        (Filters(unit="云溪县农业局"), [1]),
        (Filters(unit="云溪"), [1, 2]),
        (Filters(unit="水务"), [4]),
        (Filters(kind="总结", year=(2023, 2023)), [3]),
        (Filters(document_ids=frozenset({2, 4, 9})), [2, 4]),
        (Filters(unit="云溪", document_ids=frozenset({2, 4})), [2]),
        (Filters(unit="%"), []),
    ],
)
def test_filters_choose_documents(units: Catalogue, filters: Filters, documents: list[int]) -> None:
    paragraphs, passages = units.documents.allowed(filters)
    expected = sorted(p.id for id_ in documents for p in units.documents.paragraphs(id_))
    assert paragraphs.tolist() == expected
    assert (paragraphs.dtype, passages.dtype) == (np.int64, np.int64)
    found = units.documents.passages_of(expected)
    assert passages.tolist() == sorted(p for spans in found.values() for p, _, _ in spans)


def test_a_text_that_changed_in_the_file_is_noticed(catalogue: Catalogue) -> None:
    put(catalogue, document("我们抓了春耕。", "我们抓了秋收。"))
    catalogue.database.run("UPDATE paragraph SET text = '我们抓了冬修。' WHERE id = 2")
    assert catalogue.documents.with_wrong_hashes() == [2]
    catalogue.database.run("DELETE FROM paragraph WHERE id = 1")
    assert catalogue.documents.with_wrong_counts() == [1]
