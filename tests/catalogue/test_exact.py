"""Wording as it is written is found wherever it stands, by an index that stays in step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalogue import Catalogue, migrations
from index.text import spellings
from tests.catalogue.test_documents import document, put


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        (["第一议题"], ["落实第一议题制度。", "第一议题，App学习100%。"]),
        (["题制"], ["落实第一议题制度。"]),
        (["第一议题", "学习"], ["第一议题，App学习100%。"]),
        (["app"], ["第一议题，App学习100%。"]),
        (["100%"], ["第一议题，App学习100%。"]),
        (["%"], ["第一议题，App学习100%。"]),
        (["a%"], []),
        (["＊[甲]－^"], ["符号*[甲]-^。"]),
        (["党风廉政建设"], ["黨風廉政建設*【甲】"]),
        (["風廉政"], ["黨風廉政建設*【甲】"]),
        (["第一議題", "學習"], ["第一议题，App学习100%。"]),
        (["ＡＰＰ学习１００％"], ["第一议题，App学习100%。"]),
        (["题？"], []),
        (["题*"], []),
        (["' OR 1=1"], []),
        ([], []),
    ],
)
def test_phrases_are_found_as_they_are_written(
    catalogue: Catalogue, phrases: list[str], expected: list[str]
) -> None:
    texts = ["落实第一议题制度。", "第一议题，App学习100%。", "别的。"]
    put(catalogue, document(*texts, "黨風廉政建設*【甲】", "符号*[甲]-^。"))
    ids = catalogue.exact.containing([spellings(p) for p in phrases]).tolist()
    assert [catalogue.documents.paragraphs_by_id([id_])[id_].text for id_ in ids] == expected


@pytest.mark.parametrize("few", [0, 20_000])
def test_phrases_are_looked_for_among_the_paragraphs_that_are_named(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("index.catalogue.exact._FEW", few)
    put(catalogue, document("抓春耕。", "春耕备耕。", "秋收。", "再说春耕。"))

    def found(*among: int) -> list[int]:
        phrase = [spellings("春耕")]
        return catalogue.exact.containing(phrase, np.array(among, np.int64)).tolist()

    assert found(2, 3, 4) == [2, 4]
    assert found(3) == []
    assert found() == []


WRITTEN = st.text('党黨课的Aaａ1。*"?[]', min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(WRITTEN, min_size=1, max_size=8), phrase=WRITTEN)
def test_the_index_never_loses_a_paragraph(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], phrase: str
) -> None:
    catalogue = Catalogue(tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite")
    catalogue.migrate()
    put(catalogue, document(*texts))
    ways = spellings(phrase)
    expected = [
        number
        for number, text in enumerate(texts, start=1)
        if any(
            all(c in way for c, way in zip(text[at:], ways, strict=False))
            for at in range(len(text) - len(ways) + 1)
        )
    ]
    assert catalogue.exact.containing([ways]).tolist() == expected
    catalogue.close()


def test_few_texts_are_read_for_a_wording_of_three_characters(catalogue: Catalogue) -> None:
    put(catalogue, document(*(f"第{n}段说的是春耕。" for n in range(40)), "黨風廉政。"))
    plan = catalogue.database.rows(
        "EXPLAIN QUERY PLAN SELECT id FROM paragraph"
        " WHERE id IN (SELECT rowid FROM gram WHERE gram MATCH ?)",
        ('"党风廉"',),
    )
    assert "SEARCH paragraph USING INTEGER PRIMARY KEY" in plan[0][3]
    # what the index finds is looked at again, so a wrong answer of it would only show here
    catalogue.database.run("INSERT INTO gram (gram) VALUES ('delete-all')")
    assert catalogue.exact.containing([spellings("党风廉")]).tolist() == []
    assert catalogue.exact.containing([spellings("党风")]).tolist() == []
    assert catalogue.exact.containing([spellings("党")]).tolist() == [41]


def test_two_characters_are_found_wherever_they_stand(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalogue, document("抓春耕", "春耕", "抓春耕。", "开春，耕地。", "春", "“春耕”"))
    assert catalogue.exact.containing([spellings("春耕")]).tolist() == [1, 2, 3, 6]
    monkeypatch.setattr("index.catalogue.exact._BEGINNINGS", 2)
    assert catalogue.exact.containing([spellings("春耕")]).tolist() == [1, 2, 3, 6]
    assert catalogue.exact.containing([spellings("秋耕")]).tolist() == []


def test_the_index_follows_what_comes_changes_and_goes(catalogue: Catalogue) -> None:
    id_ = put(catalogue, document("我们抓了春耕。", "别的。"))
    put(catalogue, document("我们抓了秋收。", "别的。"))
    assert catalogue.exact.containing([spellings("抓了春耕")]).tolist() == []
    assert catalogue.exact.containing([spellings("抓了秋收")]).size == 1
    catalogue.database.run("UPDATE paragraph SET text = '改成备耕。' WHERE text = '别的。'")
    assert catalogue.exact.containing([spellings("改成备耕")]).size == 1
    assert catalogue.exact.sound()
    catalogue.database.run("DELETE FROM document WHERE id = ?", (id_,))
    assert catalogue.exact.containing([spellings("抓了秋收")]).tolist() == []
    assert catalogue.database.rows("SELECT rowid FROM gram WHERE gram MATCH '\"了秋收\"'") == []
    assert catalogue.exact.sound()


def test_an_index_that_is_not_of_the_texts_is_noticed_and_made_again(catalogue: Catalogue) -> None:
    put(catalogue, document("我们抓了春耕。"))
    catalogue.database.run("INSERT INTO gram (gram) VALUES ('delete-all')")
    assert not catalogue.exact.sound()
    with catalogue.change():
        catalogue.exact.make_again()
    assert catalogue.exact.sound()
    assert catalogue.exact.containing([spellings("抓了春耕")]).size == 1


def test_a_library_of_version_8_gets_the_index_of_what_it_holds(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = Catalogue(catalogue.file.with_name("older.sqlite"))
    with monkeypatch.context() as before:
        before.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:8])
        older.migrate()
        put(older, document("我们抓了春耕。"))
    older.migrate()
    assert older.exact.sound()
    assert older.exact.containing([spellings("抓了春耕")]).tolist() == [1]
    older.close()
