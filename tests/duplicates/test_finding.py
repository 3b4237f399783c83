"""A library against itself: the right pairs, the right order, and nothing promised too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index import find_duplicates
from index.duplicates.comparing import STEPS
from index.embedding.testing import CountingEncoder
from index.fingerprints import crossing
from index.library import Library
from tests.duplicates.rows import BOATS, ROADS, SONGS, WELLS, size


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "L", CountingEncoder(name="counting")) as made:
        yield made


def fill(library: Library, folder: Path, *documents: dict[str, Any]) -> dict[str, int]:
    """Read documents in, each {title, unit, year, paragraphs}; gives their ids by title."""
    path = folder / "全部.jsonl"
    lines = [json.dumps(one, ensure_ascii=False) for one in documents]
    path.write_text("\n".join(lines), encoding="utf-8")
    library.sync([path])
    return {entry.title: entry.id for entry in library.documents()}


def document(title: str, unit: str | None, year: int | None, *paragraphs: str) -> dict[str, Any]:
    return {"title": title, "unit": unit, "year": year, "paragraphs": list(paragraphs)}


def test_a_pair_says_how_much_of_each_side_is_shared(library: Library, tmp_path: Path) -> None:
    ids = fill(
        library,
        tmp_path,
        # read in first, written last
        document("甲", "青禾镇", 2023, ROADS, SONGS, WELLS),
        document("乙", "枕溪镇", 2021, SONGS, BOATS),
        document("丙", "云汀镇", 2022, "果园套种的豆子收了两季，余下的苗送给邻村。"),
    )
    found = find_duplicates(library, 0.0)
    (pair,) = found.documents
    assert (pair.a.document_id, pair.b.document_id) == (ids["乙"], ids["甲"])  # the older first
    assert (pair.a.unit, pair.b.year) == ("枕溪镇", 2023)
    assert (pair.shared, pair.longest_run, pair.formula) == (size(SONGS), size(SONGS), 0)
    assert pair.reuse_a == pytest.approx(size(SONGS) / size(SONGS + BOATS))
    assert pair.reuse_b == pytest.approx(size(SONGS) / size(ROADS + SONGS + WELLS))
    assert pair.relation == "other"


def test_pairs_come_most_alike_first_and_can_be_cut_again(library: Library, tmp_path: Path) -> None:
    fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, ROADS, SONGS, WELLS),
        document("乙", "青禾镇", 2022, ROADS, SONGS, BOATS),
        document("丙", "枕溪镇", 2022, ROADS, SONGS, WELLS + "又修了一口。"),
    )
    found = find_duplicates(library, 0.1)
    titles = [(pair.a.title, pair.b.title) for pair in found.documents]
    assert titles == [("甲", "丙"), ("甲", "乙"), ("乙", "丙")]
    assert [pair.relation for pair in found.documents] == ["other", "own_past", "other"]
    both = size(ROADS + SONGS)
    # of two pairs the larger share counts, whichever side it is of
    shares = [both / size(ROADS + SONGS + WELLS), both / size(ROADS + SONGS + BOATS)]
    again = found.recut(max(shares) + 0.01)
    assert [(pair.a.title, pair.b.title) for pair in again.documents] == [("甲", "丙")]
    assert again.families == found.families
    assert again.documents == find_duplicates(library, max(shares) + 0.01).documents
    assert found.recut(1.0).documents == found.documents[:1]
    with pytest.raises(ValueError, match=r"0\.1"):
        found.recut(0.05)


def test_much_that_is_shared_is_listed_whatever_its_share(library: Library, tmp_path: Path) -> None:
    own = "".join(chr(0x4E00 + n) for n in range(2000))
    other = "".join(chr(0x5E00 + n) for n in range(2000))
    fill(
        library,
        tmp_path,
        document("甲", None, None, ROADS, SONGS, own),
        document("乙", None, None, ROADS, SONGS, other),
        document("丙", None, None, WELLS, other[::-1]),
        document("丁", None, None, WELLS, own[::-1]),
    )
    much, little = size(ROADS + SONGS), size(WELLS)
    assert find_duplicates(library, 0.1).documents == ()
    found = find_duplicates(library, 0.1, characters=little)
    assert [(pair.a.title, pair.b.title) for pair in found.documents] == [
        ("甲", "乙"),
        ("丙", "丁"),
    ]
    again = found.recut(0.5, much)
    assert [(pair.a.title, pair.shared) for pair in again.documents] == [("甲", much)]
    assert again.documents == find_duplicates(library, 0.5, characters=much).documents
    assert found.recut(0.5).documents == found.recut(0.5, much + 1).documents == ()
    with pytest.raises(ValueError, match="characters"):
        again.recut(0.5, little)
    with pytest.raises(ValueError, match="characters"):
        found.recut(0.5).recut(0.5, much)


def test_where_years_are_unknown_nobody_is_older(library: Library, tmp_path: Path) -> None:
    ids = fill(
        library,
        tmp_path,
        document("甲", "青禾镇", None, ROADS, SONGS),
        document("乙", "青禾镇", 2020, ROADS, SONGS, BOATS),
        document("丙", None, 2020, WELLS, "塘坝清淤两处，装了三道拦污栅。"),
        document("丁", None, 2021, WELLS),
    )
    first, second = find_duplicates(library, 0.1).documents
    assert (first.a.document_id, first.b.document_id) == (ids["甲"], ids["乙"])
    assert first.relation == "own"  # of one unit; which came first nobody knows
    assert second.relation == "other"  # two unknown units are not one


def test_a_family_tells_how_the_wording_travelled(library: Library, tmp_path: Path) -> None:
    lights = ROADS + WELLS
    edited = lights.replace("四十盏", "六十盏")
    ids = fill(
        library,
        tmp_path,
        document("后", "枕溪镇", 2023, edited, "新路通车。"),
        document("无年", "云汀镇", None, BOATS, lights),
        document("前", "青禾镇", 2021, SONGS, lights),
        document("再", "青禾镇", 2022, "开头。", "中间。", lights),
    )
    (family,) = find_duplicates(library, 0.9).families
    order = ["前", "再", "后", "无年"]
    assert [source.title for source in family.sources] == order
    assert [source.paragraph for source in family.sources] == [2, 3, 1, 2]
    assert family.first == family.sources[0]
    paragraphs = library.paragraphs_by_id(list(family.paragraph_ids))
    assert [paragraphs[id_].text for id_ in family.paragraph_ids] == [
        lights,
        lights,
        edited,
        lights,
    ]
    assert [paragraphs[id_].source.document_id for id_ in family.paragraph_ids] == [
        ids[title] for title in order
    ]
    assert (family.size, family.text) == (4, lights)
    assert (family.units, family.years) == (("青禾镇", "枕溪镇", "云汀镇"), (2021, 2022, 2023))


def test_own_phrases_of_the_library_are_prescribed(library: Library, tmp_path: Path) -> None:
    fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, ROADS),
        document("乙", "枕溪镇", 2022, ROADS, WELLS),
    )
    assert find_duplicates(library).documents
    library.formulas_file.write_text(f"{ROADS}｜镇里的统一说法\n", encoding="utf-8")
    found = find_duplicates(library, 0.0)
    assert (found.documents, found.families) == ((), ())
    assert "另加 1 条" in found.settings["固定表述"]


def test_what_was_removed_is_compared_no_more(library: Library, tmp_path: Path) -> None:
    ids = fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, ROADS),
        document("乙", "枕溪镇", 2022, ROADS, WELLS),
    )
    assert len(find_duplicates(library).documents) == 1
    library.remove([ids["乙"]])
    assert find_duplicates(library).documents == ()


def test_it_says_what_it_could_not_see(library: Library, tmp_path: Path) -> None:
    fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, ROADS),
        document("乙", None, None, ROADS, WELLS),
    )
    (tmp_path / "坏.docx").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    library.sync([tmp_path / "坏.docx"])
    said = "\n".join(find_duplicates(library).limits)
    for sentence in (
        "只比对了资料库里的 2 篇文档。",
        "有 1 个文件没能读入",
        "有 1 篇不知道是哪个单位的",
        "有 1 篇不知道年份",
    ):
        assert sentence in said


def test_it_says_where_not_every_two_were_compared(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(library, tmp_path, *(document(name, None, None, ROADS) for name in "甲乙丙丁"))
    assert "每两篇" not in "".join(find_duplicates(library).limits)
    monkeypatch.setattr(crossing, "MOST_HOLDERS", 3)
    assert "没有每两篇都比到" in "".join(find_duplicates(library).limits)


def test_the_steps_are_told_in_order(library: Library, tmp_path: Path) -> None:
    fill(library, tmp_path, document("甲", None, None, ROADS))
    told: list[str] = []
    find_duplicates(library, begun=told.append)
    assert tuple(told) == STEPS


def test_an_empty_library_has_no_duplicates(library: Library) -> None:
    found = find_duplicates(library)
    assert (found.documents, found.families) == ((), ())


@pytest.mark.parametrize("minimum", [-0.1, 50])
def test_a_share_is_no_percentage(library: Library, minimum: float) -> None:
    with pytest.raises(ValueError, match="share"):
        find_duplicates(library, minimum)


FORM = (
    "入冬前逐户走访老人{}户，发放煤票{}张，请瓦匠修灶{}口，",
    "给漏雨的仓房补瓦{}间，添棉被{}床，送大米{}袋，",
    "上下坝巡查险段{}趟，清水草{}担，换闸板{}块。",
)


def filled(*figures: int | str) -> str:
    return "".join(FORM).format(*figures)


def test_documents_that_differ_in_figures_alone_are_a_pair_and_a_family(
    library: Library, tmp_path: Path
) -> None:
    one = filled(31, 62, 4, 17, 205, 33, 8, 51, 6)
    other = filled("X", 71, "XX", 9, "十二", 41, 16, 7, 22)
    fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, one, ROADS),
        document("乙", "枕溪镇", 2022, other, BOATS),
    )
    found = find_duplicates(library, 0.1)
    (pair,) = found.documents
    pieces = "".join(FORM).split("{}")
    # single characters between two figures are nobody's
    expected = sum(size(piece) for piece in pieces if size(piece) > 1)
    assert pair.shared == pair.between == expected
    assert pair.reuse_a == pytest.approx(expected / size(one + ROADS))
    (family,) = found.families
    assert family.size == 2
    assert "只是数字、年份、空缺不同" in found.settings["最短的相同文字"]


def test_of_documents_that_are_the_same_nothing_stands_between_figures(
    library: Library, tmp_path: Path
) -> None:
    text = filled(31, 62, 4, 17, 205, 33, 8, 51, 6)
    fill(
        library,
        tmp_path,
        document("甲", "青禾镇", 2021, text, ROADS),
        document("乙", "枕溪镇", 2022, text, BOATS),
    )
    (pair,) = find_duplicates(library, 0.1).documents
    assert (pair.shared, pair.between) == (size(text), 0)
