"""库内雷同 without a browser: what is listed, cut, filtered, opened; worked out once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from index.embedding.testing import CountingEncoder
from index.errors import LibraryDamaged
from index.findings import Duplicates
from index.library import Library
from index.settings import Settings
from index.ui import duplicates_page, opened, self_comparison
from index.ui.self_comparison import SelfComparison
from tests.ui import repeats

SECONDS = 30


def page() -> None:
    from index.ui import duplicates_page

    duplicates_page.show()


@pytest.fixture(scope="module")
def borrowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("duplicates")
    settings = Settings(library=folder / "library", data_folder=folder)
    with Library.create(settings.library, CountingEncoder(), settings) as library:
        library.sync([repeats.written(folder)])
        yield library


def settled(work: SelfComparison) -> SelfComparison:
    """Wait until nothing is worked out any more."""
    assert work._thread is not None
    work._thread.join(SECONDS)
    return work


@pytest.fixture
def work(borrowing: Library, monkeypatch: pytest.MonkeyPatch) -> SelfComparison:
    made = SelfComparison()
    made.ask(borrowing, opened.wording_state(borrowing))
    monkeypatch.setattr(duplicates_page, "_comparison", lambda folder: made)
    return settled(made)


@pytest.fixture
def app(borrowing: Library, work: SelfComparison, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(opened, "library", lambda: borrowing)
    return AppTest.from_function(page, default_timeout=SECONDS)


def html_of(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def text_of(app: AppTest) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html_of(app)))


def listed(app: AppTest) -> list[tuple[str, str]]:
    if not app.dataframe:
        return []
    frame = app.dataframe[0].value
    return list(zip(frame["较早的一篇"], frame["较晚的一篇"], strict=True))


def ids(library: Library) -> dict[str, int]:
    return {entry.title: entry.id for entry in library.documents()}


def test_pairs_are_listed_with_their_figures(app: AppTest, work: SelfComparison) -> None:
    app.run()
    assert not app.exception
    assert listed(app) == [
        (repeats.HOSTILE_TITLE, "灯塔值守小结"),
        ("青禾镇2021年工作总结", "枕溪镇2022年工作总结"),
    ]
    row = app.dataframe[0].value.iloc[1]
    assert work.result is not None
    (pair,) = [one for one in work.result.documents if one.a.unit == "青禾镇" and one.reuse_a > 0.5]
    assert row["相同字数"] == pair.shared
    assert row["占前一篇"] == pytest.approx(100 * pair.reuse_a)
    assert row["占后一篇"] == pytest.approx(100 * pair.reuse_b)
    assert (row["单位"], row["年份"], row["单位 "], row["年份 "]) == (
        "青禾镇",
        "2021",
        "枕溪镇",
        "2022",
    )
    assert "只比对了资料库里的 6 篇文档" in text_of(app)


def test_the_slider_cuts_again_without_another_search(
    app: AppTest, work: SelfComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*_: Any, **__: Any) -> Duplicates:
        raise AssertionError("nothing may be compared again")

    monkeypatch.setattr(self_comparison, "find_duplicates", again)
    app.run()
    counts = {}
    for percent in (10, 50, 90, 100):
        app.slider(key="least").set_value(percent).run()
        assert not app.exception
        assert work.result is not None
        wanted = work.result.recut(percent / 100).documents
        assert listed(app) == [(pair.a.title, pair.b.title) for pair in wanted]
        counts[percent] = len(wanted)
    assert counts[10] > counts[50] > counts[90]
    assert "调低一些" in text_of(app) or counts[100]


def test_long_shared_passages_are_listed_whatever_their_share(
    app: AppTest, work: SelfComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert work.result is not None
    work.result = replace(work.result, characters=20)
    monkeypatch.setattr(duplicates_page, "MANY", 40)
    app.run()
    wanted = work.result.recut(0.5, 40).documents
    assert len(wanted) > len(work.result.recut(0.5).documents)
    assert listed(app) == [(pair.a.title, pair.b.title) for pair in wanted]
    app.toggle(key="many").set_value(False).run()
    assert len(listed(app)) == len(work.result.recut(0.5).documents)


def test_one_unit_and_between_units(app: AppTest) -> None:
    app.query_params["least"] = "10"
    app.run()
    everything = listed(app)
    assert ("青禾镇2021年工作总结", "青禾镇2022年工作总结") in everything
    app.toggle(key="between").set_value(True).run()
    assert set(everything) - set(listed(app)) == {("青禾镇2021年工作总结", "青禾镇2022年工作总结")}
    app.selectbox(key="of-unit").set_value("枕溪镇").run()
    assert not app.exception
    assert listed(app)
    assert all("枕溪镇2022年工作总结" in pair for pair in listed(app))
    app.selectbox(key="of-unit").set_value(None).run()
    app.toggle(key="between").set_value(False).run()
    assert listed(app) == everything


def test_families_tell_the_way_of_a_wording(app: AppTest) -> None:
    app.session_state["duplicates-view"] = "families"
    app.run()
    assert not app.exception
    text = text_of(app)
    first = text[text.index("同一写法 ×4") :]
    assert "3 个单位2021—2023年" in first
    way = re.search(r"2021年首见于.*?2023年[^×]*", first)
    assert way is not None
    places = re.findall(r"《(..镇)(\d{4})年", way[0])
    assert places == [
        ("青禾镇", "2021"),
        ("枕溪镇", "2022"),
        ("青禾镇", "2022"),
        ("云汀镇", "2023"),
    ]
    # who has it anew is told, who had it before is not
    assert way[0].count("该单位首次") == 2
    app.button(
        key=next(b.key for b in app.button if b.key and b.key.startswith("members-"))
    ).click()
    app.run()
    assert not app.exception
    assert "共 4 处，按年份先后" in text_of(app)


def test_two_documents_stand_side_by_side(app: AppTest, borrowing: Library) -> None:
    known = ids(borrowing)
    older, later = known["青禾镇2021年工作总结"], known["枕溪镇2022年工作总结"]
    app.query_params["pair"] = f"{older}-{later}"
    app.run()
    assert not app.exception
    text = text_of(app)
    assert text.index("较早的一篇《青禾镇2021年") < text.index("较晚的一篇《枕溪镇2022年")
    assert "数字前一篇 四十，后一篇 六十" in text.replace("盏", "")
    html = html_of(app)
    marked = [
        unescape(one) for one in re.findall(r'<span class="xz-m [a-z]+ same">(.*?)</span>', html)
    ]
    # the same words are marked on both sides
    assert sum(repeats.WELLS[:-1] in one for one in marked) == 2
    assert repeats.BEES[:6] not in text
    assert "略去没有相同文字的" in text
    app.toggle(key="whole-texts").set_value(True).run()
    assert repeats.BEES[:6] in text_of(app)
    app.button(key="back-to-pairs").click().run()
    assert listed(app)


@pytest.mark.parametrize("pair", ["7-99999", "99999-1", "x-y", "1", "", "²-³"])
def test_a_link_to_no_pair_is_no_error(app: AppTest, pair: str) -> None:
    app.query_params["pair"] = pair
    app.run()
    assert not app.exception
    if re.fullmatch(r"\d+-\d+", pair, re.ASCII):
        assert "已经有变动" in text_of(app)
    else:
        assert listed(app)


def test_the_map_shows_the_highest_share_of_two_units(app: AppTest, work: SelfComparison) -> None:
    app.session_state["duplicates-view"] = "units"
    app.query_params["least"] = "10"
    app.run()
    assert not app.exception
    [chart] = app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")
    spec = json.loads(chart.proto.spec)
    assert spec["layer"]
    assert work.result is not None
    cells = {
        (row["一方"], row["另一方"]): (row["最高"], row["对数"])
        for row in duplicates_page.cells_of(work.result.documents)[1]
    }
    with_each_other = [
        pair for pair in work.result.documents if {pair.a.unit, pair.b.unit} == {"青禾镇", "枕溪镇"}
    ]
    highest = max(pair.alike for pair in with_each_other)
    assert len(with_each_other) == 2
    assert cells["青禾镇", "枕溪镇"] == cells["枕溪镇", "青禾镇"] == (round(100 * highest), 2)
    assert cells["青禾镇", "青禾镇"][1] == 1
    assert ("枕溪镇", "枕溪镇") not in cells


def test_corpus_text_is_escaped(app: AppTest, borrowing: Library) -> None:
    known = ids(borrowing)
    for view in ("families", "pairs"):
        app.session_state["duplicates-view"] = view
        if view == "pairs":
            older, later = known[repeats.HOSTILE_TITLE], known["灯塔值守小结"]
            app.query_params["pair"] = f"{older}-{later}"
        app.run()
        assert not app.exception
        html = html_of(app)
        assert "&lt;script&gt;" in html
        assert not re.search(r"<(img|script|b>灯塔|i>局)", html)
    assert not app.markdown


def test_what_went_wrong_is_said(app: AppTest, work: SelfComparison) -> None:
    work.error = LibraryDamaged("资料库的比对文件损坏。请运行“重建”，原文不会丢失。")
    app.run()
    assert not app.exception
    assert "请运行“重建”" in text_of(app)


def test_a_library_of_one_document_has_nothing_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.create(tmp_path / "L", CountingEncoder()) as library:
        monkeypatch.setattr(opened, "library", lambda: library)
        # the link to 资料库 needs the frame of all pages
        monkeypatch.setattr(duplicates_page.components, "go_to_library", lambda label: None)
        app = AppTest.from_function(page, default_timeout=SECONDS).run()
    assert not app.exception
    assert "还不到两份资料" in text_of(app)


# ---- beside the page


def test_each_state_is_worked_out_once(borrowing: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    may_go_on = threading.Event()
    results = iter([Duplicates((), (), 0.1), Duplicates((), (), 0.2)])

    def find(library: Library, minimum: float, *, characters: int, begun: Any) -> Duplicates:
        begun("pairs")
        may_go_on.wait(SECONDS)
        asked.append(minimum)
        return next(results)

    monkeypatch.setattr(self_comparison, "find_duplicates", find)
    work = SelfComparison()
    for _ in range(3):
        work.ask(borrowing, "first")
    assert work.running
    while work.step is None:  # the thread has begun, or is about to
        pass
    assert (work.step, work.share) == ("pairs", 0.6)
    may_go_on.set()
    settled(work)
    work.ask(borrowing, "first")
    assert (asked, work.step, work.share) == ([self_comparison.LEAST], None, 0.0)
    first = work.result
    may_go_on.clear()
    work.ask(borrowing, "second")
    assert work.result is first  # the old one stays while the new one comes
    may_go_on.set()
    settled(work)
    assert (len(asked), work.state) == (2, "second")
    assert work.result is not None
    assert work.result.minimum == 0.2


def test_what_failed_is_not_tried_again_until_something_changes(
    borrowing: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def find(library: Library, minimum: float, *, characters: int, begun: Any) -> Duplicates:
        asked.append(minimum)
        raise LibraryDamaged("坏了")

    monkeypatch.setattr(self_comparison, "find_duplicates", find)
    work = SelfComparison()
    for _ in range(2):
        work.ask(borrowing, "first")
        settled(work)
    assert (len(asked), str(work.error), work.result) == (1, "坏了", None)
    work.ask(borrowing, "second")
    settled(work)
    assert len(asked) == 2
