"""A draft against a small library: what is gathered, by invented texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.cli.reviewing import review_json
from index.embedding.testing import CountingEncoder
from index.errors import ModelNotFound
from index.findings import Draft, DraftParagraph
from index.library import Library
from index.report.contents import contents_of
from index.report.together import together_of
from index.review import drafts_of, gather, held, judge, pasted
from index.review import searching as searching_module
from index.settings import Settings

FIRST = "桑园里架起滴灌管三十里，采桑的老人说，今年的叶子比往年厚了一指。"
SECOND = "码头边的仓库改成夜校，船工们下了工就来认字、算账、学修柴油机。"
THIRD = "山后的果窖装了温度计，看窖人每两个钟头抄一次，抄满了九本账。"
NEW = "风车村今年没有新的打算，只把旧账一笔一笔理清楚了。"

Add = Callable[..., int]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = Settings(library=tmp_path / "never made", data_folder=tmp_path / "data")
    with Library.create(tmp_path / "资料", CountingEncoder(), settings) as made:
        yield made


@pytest.fixture
def add(library: Library, tmp_path: Path) -> Add:
    def add(name: str, *paragraphs: str, unit: str = "青溪县水务局", year: int = 2021) -> int:
        path = tmp_path / f"{name}.txt"
        title = f"{unit}{year}年工作总结"
        path.write_text("\n\n".join([title, *paragraphs]) + "\n", encoding="utf-8")
        result = library.sync([path])
        assert not result.failed
        return next(e.id for e in library.documents() if Path(e.path).name == path.name)

    return add


def draft_of(*paragraphs: str, unit: str | None = "白石县农业局", year: int | None = 2023) -> Draft:
    return Draft(
        "某总结",
        tuple(DraftParagraph(number, text) for number, text in enumerate(paragraphs, 1)),
        unit,
        year,
    )


def found(library: Library, draft: Draft) -> list[tuple[int, str, str]]:
    """(document id, draft's passage, source's passage) of every shared span, in order."""
    evidence = gather(library, draft)
    return [
        (
            one.document_id,
            draft.paragraphs[one.paragraph].text[slice(*one.span)],
            evidence.source_texts[one.paragraph_id][slice(*one.source_span)],
        )
        for one in sorted(evidence.spans, key=lambda one: (one.paragraph, one.span))
    ]


def test_a_passage_is_found_with_its_place_in_both(library: Library, add: Add) -> None:
    id_ = add("甲", FIRST, SECOND)
    assert found(library, draft_of(NEW, "到了秋天，" + SECOND)) == [
        (id_, SECOND.rstrip("。"), SECOND.rstrip("。"))
    ]


def test_passages_in_another_order_are_each_found(library: Library, add: Add) -> None:
    id_ = add("甲", FIRST, NEW, SECOND)
    assert [one[1][:2] for one in found(library, draft_of(SECOND, FIRST))] == ["码头", "桑园"]
    assert {one[0] for one in found(library, draft_of(SECOND, FIRST))} == {id_}


def test_other_figures_are_slots(library: Library, add: Add) -> None:
    add("甲", "全年修水渠12条、建泵站36座、清淤泥4800方。")
    draft = draft_of("全年修水渠31条、建泵站7座、清淤泥960方。")
    (one,) = gather(library, draft).spans
    assert one.only_slots
    assert [(slot.kind, slot.draft, slot.source) for slot in one.slots] == [
        ("number", "31", "12"),
        ("number", "7", "36"),
        ("number", "960", "4800"),
    ]
    assert judge(gather(library, draft)).paragraphs[0].label == "renamed"


def test_a_heading_copied_with_its_paragraph_belongs_to_one_run(library: Library, add: Add) -> None:
    add("甲", "一、夜校办到码头", SECOND)
    evidence = gather(library, draft_of("一、夜校办到码头", SECOND))
    lengths = {one.paragraph: (one.same, one.longest) for one in evidence.spans}
    assert lengths[0] == (7, lengths[1][0] + 7)
    assert judge(evidence).paragraphs[0].label == "verbatim"


def test_relation_and_direction(library: Library, add: Add) -> None:
    own = add("甲", FIRST, unit="白石县农业局", year=2022)
    older = add("乙", SECOND, unit="青溪县水务局", year=2021)
    newer = add("丙", THIRD, unit="青溪县水务局", year=2024)
    known = gather(library, draft_of(FIRST, SECOND, THIRD)).documents
    assert (known[own].relation, known[own].older) == ("own_past", True)
    assert (known[older].relation, known[older].older) == ("other", True)
    assert (known[newer].relation, known[newer].older) == ("other", False)
    nothing = gather(library, draft_of(FIRST, unit=None, year=None))
    assert (nothing.documents[own].relation, nothing.documents[own].older) == ("other", None)
    assert sum("不知道这份稿子是" in sentence for sentence in nothing.limits) == 2


def test_a_document_is_no_source_of_itself(library: Library, add: Add) -> None:
    one, other = add("甲", FIRST, SECOND), add("乙", FIRST, THIRD, year=2022)
    assert {span.document_id for span in gather(library, held(library, one)).spans} == {other}
    (entry,) = [entry for entry in library.documents() if entry.id == one]
    (draft,) = drafts_of([Path(entry.path)])
    assert {span.document_id for span in gather(library, draft).spans} == {other}
    assert any("就是这份稿子" in sentence for sentence in gather(library, draft).limits)


def test_documents_of_one_file_are_sources_of_each_other(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "短文.jsonl"
    documents = [
        {"id": "a", "title": "甲村总结", "paragraphs": [FIRST, THIRD]},
        {"id": "b", "title": "乙村总结", "paragraphs": [SECOND, FIRST]},
    ]
    path.write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    library.sync([path])
    ids = {entry.external_id: entry.id for entry in library.documents()}
    assert {one.document_id for one in gather(library, held(library, ids["a"])).spans} == {ids["b"]}
    drafts = {draft.title: draft for draft in drafts_of([path])}
    assert {one.document_id for one in gather(library, drafts["乙村总结"]).spans} == {ids["a"]}


def test_wording_of_many_unrelated_units_is_prescribed(library: Library, add: Add) -> None:
    shared = "统筹抓好桑蚕茶果四样老本行"
    units = ("青溪县水务局", "白石县交通局", "黄泥县司法局", "红岩县档案局", "绿洲县体育局")
    endings = ("渠通了。", "桥修了。", "案结了。", "柜满了。", "球赢了。")
    for number, (unit, end) in enumerate(zip(units, endings, strict=True)):
        add(str(number), f"{shared}，{end}", unit=unit)
    draft = draft_of(f"{shared}，路平了。")
    (prescribed,) = [one for one in gather(library, draft).prescribed if one.why == "units"]
    assert draft.paragraphs[0].text[slice(*prescribed.span)] == shared
    assert judge(gather(library, draft)).ratios.reuse == 0
    # one unit less, and it is what four others wrote
    library.remove([library.documents()[0].id])
    assert not [one for one in gather(library, draft).prescribed if one.why == "units"]


def test_thirty_offices_with_one_template_make_nothing_prescribed(
    library: Library, add: Add
) -> None:
    text = (FIRST, SECOND, THIRD, NEW, FIRST[::-1], SECOND[::-1], THIRD[::-1])
    for number, name in enumerate("甲乙丙丁戊己"):
        add(name, *text, unit=f"{name}县水务局", year=2018 + number)
    evidence = gather(library, draft_of(*text))
    assert [one for one in evidence.prescribed if one.why == "units"] == []
    assert judge(evidence).ratios.reuse > 0.95


def test_a_text_of_set_phrases_alone_is_compared_where_half_of_it_is_the_same(
    library: Library, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = add("甲", FIRST)
    monkeypatch.setattr(
        searching_module, "prescribed_mask", lambda whole, _: np.ones(len(whole.folded), np.bool_)
    )
    assert {one.document_id for one in gather(library, draft_of(FIRST)).spans} == {id_}
    assert gather(library, draft_of(FIRST[:14] + NEW + THIRD)).spans == ()


def test_a_model_that_is_not_there_is_said_and_the_rest_is_compared(
    library: Library, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise ModelNotFound("模型不在")

    id_ = add("甲", FIRST)
    monkeypatch.setattr(searching_module, "LEAST_DOCUMENTS", 1)
    monkeypatch.setattr(searching_module, "paraphrases", missing)
    evidence = gather(library, draft_of(FIRST))
    assert [one.document_id for one in evidence.spans] == [id_]
    assert "没有查意思相近而文字不同的段落：模型不在" in evidence.limits


def test_in_a_small_library_other_words_are_not_looked_for(library: Library, add: Add) -> None:
    add("甲", FIRST)
    assert any("资料库不到 30 篇" in one for one in gather(library, pasted(FIRST)).limits)


def test_the_date_below_a_report_is_no_finding(library: Library, add: Add) -> None:
    """It stands behind copied text and runs on from it, but is nobody's wording."""
    id_ = add("甲", FIRST, "2021年12月30日")
    assert found(library, draft_of(FIRST, "2021年12月30日")) == [(id_, FIRST[:-1], FIRST[:-1])]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("（新华社青禾11月27日电）《青禾日报》（2026年11月28日 02 版）", "电头、版次"),
        ("尊敬的各位来宾，女士们、先生们、朋友们，大家上午好", "称呼"),
        ("（责任单位：市柑橘局、市茶叶局、市竹编局、各县乡）", "责任单位"),
        ("各县、市、区柑橘局，市直各茶叶站，各竹编合作社：", "主送机关"),
    ],
)
def test_what_a_form_asks_for_is_no_reuse(library: Library, add: Add, part: str, why: str) -> None:
    add("甲", "往年的事情都在这里一一写明。" * 4, part)
    evidence = gather(library, draft_of("今年另有一番新的安排，明年再说明年的话。" * 4, part))
    assert {one.detail for one in evidence.prescribed if one.why == "listed"} == {why}
    assert not any(source.notable for source in judge(evidence).sources)


def test_words_in_letters_count_as_words(library: Library, add: Add) -> None:
    name, sentence = "Orange Improvement", "We dried nine hundred baskets of orange peel by hand"
    add("甲", name, "往年的事情都在这里一一写明。", sentence)
    assert [one for _, one, _ in found(library, draft_of(name, "今年另有安排。", sentence))] == [
        sentence
    ]


def test_what_was_not_read_of_the_draft_is_said_once(library: Library, add: Add) -> None:
    add("旧", FIRST)
    draft = replace(draft_of(FIRST), notes=("第 3 页是扫描图片，没有读出文字。",))
    review = judge(gather(library, draft))
    for said in (
        review_json(review)["limits"],
        contents_of(review, {}, date(2024, 1, 9)).limits,
        together_of([review], [[0.0]], date(2024, 1, 9)).limits,
    ):
        assert sum("第 3 页是扫描图片" in sentence for sentence in said) == 1


def test_a_report_names_the_library_and_not_where_it_lies(library: Library, add: Add) -> None:
    add("旧", FIRST)
    settings = gather(library, draft_of(FIRST)).settings
    assert settings["资料库"] == Path(library.folder).name == "资料"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", settings["版本"])
