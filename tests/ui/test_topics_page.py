"""专题 without a browser: the map, and one topic with its paragraphs."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from index.datatypes import Filters
from index.library import Library
from index.ui import opened, topics_page

SECONDS = 30

ROWS = {
    "year": [("廉政教育", "2022", 5), ("廉政教育", "2023", 2), ("乡村振兴", "2023", 1)],
    "unit": [("廉政教育", "青桐区水务局", 5), ("廉政教育", "云汀县农业农村局", 2)],
}


def page() -> None:
    from index.ui import topics_page

    topics_page.show()


def text_of(app: AppTest) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", each.proto.body)) for each in app.get("html"))


@pytest.fixture
def app(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(opened, "library", lambda: shelf)
    return AppTest.from_function(page, default_timeout=SECONDS)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers that the double's vectors do not decide."""
    monkeypatch.setattr(opened, "spread", lambda shelf, by: ROWS[by])


def chart_of(app: AppTest) -> dict[str, object]:
    [chart] = app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")
    spec: dict[str, object] = json.loads(chart.proto.spec)
    return spec


@pytest.mark.parametrize("by", ["按年份", "按单位"])
def test_the_map_is_drawn_from_the_real_index(app: AppTest, by: str) -> None:
    app.query_params["by"] = by
    app.run()
    assert not app.exception
    assert chart_of(app)["layer"]


@pytest.mark.usefixtures("known")
def test_a_topic_of_the_link_shows_its_numbers_and_paragraphs(
    app: AppTest, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Filters]] = []
    hits = opened.found(shelf, "廉政教育", "hybrid", Filters(), 10)

    def found(shelf: Library, query: str, mode: str, filters: Filters, k: int) -> object:
        asked.append((query, filters))
        return hits

    monkeypatch.setattr(opened, "found", found)
    app.query_params.update(about="廉政教育", in_year="2022")
    app.run()
    assert not app.exception
    assert app.selectbox(key="about").value == "廉政教育"
    assert app.button_group(key="in_year").value == "2022"
    assert asked == [("廉政教育", Filters(topic="廉政教育", year=(2022, 2022)))]
    assert "最有代表性的" in text_of(app)
    assert "".join(app.query_params["in_year"]) == "2022"

    app.selectbox(key="in_unit").set_value("云汀县农业农村局").run()
    assert asked[-1][1] == Filters(topic="廉政教育", year=(2022, 2022), unit="云汀县农业农村局")
    assert "".join(app.query_params["in_unit"]) == "云汀县农业农村局"

    app.button(key="back").click().run()
    assert not app.exception
    assert "about" not in app.query_params
    assert chart_of(app)


@pytest.mark.usefixtures("known")
def test_a_year_the_next_topic_lacks_is_let_go(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "found", lambda *a: [])
    app.query_params.update(about="廉政教育", in_year="2022")
    app.run()
    app.selectbox(key="about").set_value("乡村振兴").run()
    assert not app.exception
    assert app.button_group(key="in_year").value is None
    assert "这里没有段落" in text_of(app)


def test_an_unknown_topic_in_the_link_shows_the_map(app: AppTest) -> None:
    app.query_params["about"] = "没有这个专题"
    app.run()
    assert not app.exception
    assert chart_of(app)


def test_many_units_are_cut_and_the_rest_is_counted(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [("廉政教育", f"第{number}局", number) for number in range(1, 31)]
    monkeypatch.setattr(opened, "spread", lambda shelf, by: rows)
    app.query_params["by"] = "按单位"
    app.run()
    assert not app.exception
    assert f"还有 {30 - topics_page.MOST_UNITS} 个单位" in text_of(app)


YEARS = [("廉政教育", str(year), 1) for year in range(1990, 2024)] + [("廉政教育", "未知", 4)]


def test_many_years_are_one_column_but_the_last(
    app: AppTest, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "spread", lambda shelf, by: YEARS)
    found = dict((value, number) for _, value, number in topics_page._spread(shelf, "year"))
    last = [str(year) for year in range(2019, 2024)]
    assert found == {**dict.fromkeys(last, 1), "–2018": 29, "未知": 4}
    app.run()
    assert not app.exception
    encoding = json.dumps(chart_of(app)["layer"], ensure_ascii=False)
    assert json.dumps(["–2018", *last, "未知"], ensure_ascii=False) in encoding
    assert "更早" in encoding


def test_the_years_before_are_asked_for_together(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Filters] = []
    monkeypatch.setattr(opened, "spread", lambda shelf, by: YEARS)
    monkeypatch.setattr(opened, "found", lambda *given: asked.append(given[3]) or [])
    app.query_params.update(about="廉政教育", in_year="–2018")
    app.run()
    assert not app.exception
    assert asked == [Filters(topic="廉政教育", year=(0, 2018))]
    options = [option.content for option in app.button_group(key="in_year").proto.options]
    assert options[0] == "2023年 · 1 段"
    assert options[-1] == "2018年及以前 · 29 段"


def test_few_years_stay_as_they_are(shelf: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = YEARS[-topics_page.MOST_YEARS - 2 :]
    monkeypatch.setattr(opened, "spread", lambda shelf, by: rows)
    assert topics_page._spread(shelf, "year") == rows
